"""The question before one change of all marked posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from textual.content import Content

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.services.editing import Change
from kosmo_tui.services.explain import explain
from kosmo_tui.ui.screens.ask import Answer, AskScreen
from kosmo_tui.ui.text import MUTED, mark, network, one_line, plural

_NAMED = 4  # posts that the question names, and as many that are left out
_EXCERPT = 40  # characters of each


class Bulk(NamedTuple):
    """How a change of many is asked for and told of, and how many requests it costs for each post: one reads it, one
    changes it."""

    question: str
    yes: Answer
    requests: int
    done: str


BULKS: Mapping[Change, Bulk] = {
    "delete": Bulk(
        "Delete {} at Buffer?", Answer("y", "delete", "error"), 2, "{} deleted: u brings them back one by one"
    ),
    "to_draft": Bulk("Turn {} back into drafts?", Answer("y", "turn", "primary"), 2, "{} turned back into drafts"),
    "again": Bulk("Queue {} again?", Answer("y", "queue", "primary"), 2, "{} queued again, each in a free slot"),
}


def bulk_question(
    bulk: Bulk, account: Content, updates: Sequence[Update], hidden: int, left_out: Sequence[tuple[Update, str]]
) -> AskScreen:
    """Whether to do it to `updates`, of which so many are `hidden` by the filter.

    `left_out` are the other marked ones, each with a sentence that says why.
    """
    count = len(updates)
    perhaps_live = sum((why := explain(update)) is not None and why.may_be_live for update in updates)
    doubling = perhaps_live if bulk is BULKS["again"] else 0
    yes = bulk.yes._replace(variant="error") if doubling else bulk.yes  # enter does nothing that may double a post
    who = "It" if count == 1 else f"{doubling} of them"
    answers = [yes, Answer("b", "back")] if count else [Answer("b", "back")]
    named = [f"{mark('·')} “{_excerpt(update)}” {network(update.profile_service)}" for update in updates[:_NAMED]]
    if count > _NAMED:
        named.append(f"{mark('·')} and {count - _NAMED} more")
    text = Content.assemble(
        account,
        (f"\n\n{bulk.question.format(plural(count, 'marked post'))}\n", "bold"),
        "".join(f"{line}\n" for line in named),
        (f"{hidden} of them hidden by the filter.\n" if hidden else "", "$text-warning"),
        (f"{who} may be live already: look at the profile first.\n" if doubling else "", "$text-warning"),
        (f"It costs {plural(bulk.requests * count, 'request')}, and one more to read the queue anew.", MUTED),
    )
    told = [f"Left out: “{_excerpt(update)}”: {why}" for update, why in left_out[:_NAMED]]
    if len(left_out) > _NAMED:
        told.append(f"Left out: {len(left_out) - _NAMED} more.")
    return AskScreen(text, "\n".join(told), answers)


def _excerpt(update: Update) -> str:
    text = one_line(update.text[:200]) or "(no text)"
    return text if len(text) <= _EXCERPT else f"{text[: _EXCERPT - 1].rstrip()}…"
