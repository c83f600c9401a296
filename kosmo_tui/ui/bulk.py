"""The question before one change of all marked posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from textual.content import Content

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.services.editing import Change
from kosmo_tui.ui.screens.ask import Answer, AskScreen
from kosmo_tui.ui.text import MUTED, one_line, plural

_NAMED = 4  # posts left out that the question names


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
}


def bulk_question(bulk: Bulk, account: Content, count: int, left_out: Sequence[tuple[Update, str]]) -> AskScreen:
    """Whether to do it to `count` posts; `left_out` are the other marked ones, each with a sentence that says why."""
    answers = [bulk.yes, Answer("b", "back")] if count else [Answer("b", "back")]
    text = Content.assemble(
        account,
        (f"\n\n{bulk.question.format(plural(count, 'marked post'))}\n", "bold"),
        (f"It costs {plural(bulk.requests * count, 'request')}, and one more to read the queue anew.", MUTED),
    )
    told = [f"Left out: “{one_line(update.text[:30]) or '(no text)'}”: {why}" for update, why in left_out[:_NAMED]]
    if len(left_out) > _NAMED:
        told.append(f"Left out: {len(left_out) - _NAMED} more.")
    return AskScreen(text, "\n".join(told), answers)
