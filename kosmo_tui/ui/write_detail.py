"""A write of the outbox: how it looks in a list, and everything about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from typing import Any

from msgspec.structs import replace
from textual.content import Content

from kosmo_tui.api.safe_text import clean
from kosmo_tui.compose.draft import Draft
from kosmo_tui.services.due import due
from kosmo_tui.services.evidence import evidence
from kosmo_tui.services.orders import NEW, Request, Unreadable, draft_of, request_of
from kosmo_tui.store.records import NewWrite, OutboxRow, is_left
from kosmo_tui.ui.draft_detail import media_lines
from kosmo_tui.ui.evidence_sides import seen_side
from kosmo_tui.ui.lines import Line, block, heading, hint, lines, moment
from kosmo_tui.ui.text import State, mark, muted, network, sentence

KINDS = {"create": "post", "publish": "post", "edit": "change", "delete": "delete", "move": "move"}
_LOOKS = {
    "holding": State("◷", "holding", "accent"),
    "orphaned": State("?", "not sent", "warning"),
    "queued": State("·", "waiting", "muted"),
    "sending": State("↑", "sending", "accent"),
    "confirmed": State("✓", "confirmed", "success"),
    "done": State("✓", "done", "success"),
    "refused": State("✕", "refused", "error"),
    "unknown": State("?", "unknown", "warning"),
}
_DUE = {"published": "Published", "scheduled": "Scheduled for", "asked": "To go out"}
_ABOVE = {"text", "caption", "media", "image_url", "alt_text", "profile_ids"}
_MOST = 4_000  # characters of an answer that are worth reading

Possible = tuple[str, str]
"""The name of an action, and what it is called for this write."""


def is_held(row: OutboxRow, now: datetime) -> bool:
    """Whether it can still be taken back."""
    return row.state == "queued" and bool(row.owner) and row.not_before is not None and row.not_before > now


def look(row: OutboxRow, now: datetime) -> State:
    """Glyph, word and colour of its state."""
    name: str = row.state
    if row.state == "queued":
        name = "orphaned" if is_left(row) else "holding" if is_held(row, now) else "queued"
    elif row.state == "confirmed" and KINDS.get(row.kind) != "post":
        name = "done"
    found = _LOOKS[name]
    return replace(found, glyph=mark(found.glyph))


def write_text(row: NewWrite) -> str:
    """The text that was to go out, in full and clean; of a change its summary."""
    try:
        request = request_of(row)
    except Unreadable:
        return clean(row.summary)
    if request.draft is None and not {"text", "caption"} & set(request.arguments):
        return clean(row.summary)
    return clean(draft_of(row).on(row.target).text)


def possible(row: OutboxRow, now: datetime) -> tuple[Possible, ...]:
    """What can be done with a write now, the most wanted first."""
    is_post = row.kind in NEW
    return (
        *([("undo", "take back")] if is_held(row, now) else []),
        *([("again", "decide")] if row.state == "unknown" or is_left(row) else []),
        *([("again", "send again")] if row.state == "refused" else []),
        *([("again", "bring back")] if row.state == "confirmed" and row.kind == "delete" else []),
        *([("to_draft", "to draft")] if is_post and (row.state == "refused" or is_left(row)) else []),
        *([("delete", "discard")] if is_left(row) else []),
        *([("link", "link")] if row.link else []),
        *([("duplicate", "duplicate")] if is_post else []),
    )


def write_detail(row: OutboxRow, now: datetime, zone: tzinfo, key: Callable[[str], str]) -> Content:
    """What was asked, when, what came of it, and what can be done now; `key` names the key of an action."""
    asked, draft, damage = Request(arguments={}), Draft(), ""
    try:
        asked, draft = request_of(row), draft_of(row).on(row.target)
    except Unreadable as error:
        damage = f"{error.message}: {error.hint}"
    time = due(row)
    return lines(
        heading(look(row, now), network(row.network)),
        muted(f"{row.label} · {row.account}"),
        muted(f"{KINDS.get(row.kind, row.kind)} · attempt {row.attempt}"),
        "",
        *_outcome(row, now, zone),
        Content("  ").join(hint(name, key(name), label) for name, label in possible(row, now)) or None,
        *block("Text", write_text(row) or muted("(no text)")),
        *media_lines(draft.media),
        muted(damage) if damage else None,
        *(block(_DUE[time.how], moment(time.at, zone, now)) if time else []),
        *block("Asked of the service", *_pairs(asked.arguments)),
        *block("Times", *_times(row, zone)),
        *block("Warnings overridden, because", clean(row.reason) or None),
        *block("You decided", clean(row.resolved) or None),
        *([Content(""), seen_side(evidence(row), now, zone)] if row.evidence else []),
        *block("Link", clean(row.link) or None),
        *block("Answer of the service", *_answer(row.answer)),
        "",
        muted(f"write {row.id}"),
        muted(f"brings back what write {row.undoes} deleted") if row.undoes is not None else None,
        muted(f"post {clean(row.remote_id)}") if row.remote_id else None,
        muted(f"container {clean(row.reference)}") if row.reference else None,
    )


def _outcome(row: OutboxRow, now: datetime, zone: tzinfo) -> Iterator[Line]:
    """What happened, and what the service or kosmo advises."""
    if is_held(row, now):
        assert row.not_before is not None
        yield f"goes out at {row.not_before.astimezone(zone):%H:%M:%S}"
    elif is_left(row):
        yield "Nothing was sent: kosmo ended before its turn came."
    if row.note:
        yield sentence(clean(row.note))
    if row.hint:
        yield muted(f"{mark('→')} {clean(row.hint)}")


def _times(row: OutboxRow, zone: tzinfo) -> Iterator[Line]:
    for what, at in (("noted", row.created_at), ("sent", row.sent_at), ("settled", row.settled_at)):
        if at is not None:
            there = at.astimezone(zone)
            yield f"{what:<8}{there:%a} {there.day} {there:%b %H:%M:%S %Z}"


def _pairs(given: dict[str, Any], under: str = "", *, all_of_it: bool = False) -> Iterator[str]:
    """Names and values, one per line; without `all_of_it` not what stands above already: text and media."""
    for name, value in given.items():
        if not all_of_it and name in _ABOVE:
            continue
        if isinstance(value, dict):
            yield from _pairs(value, f"{under}{name}.", all_of_it=True)
        elif value not in (None, "", False, []):
            told = value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)
            yield clean(f"{under}{name}: {told}"[:_MOST])


def _answer(text: str) -> Iterator[Line]:
    """The answer of a service as far as it says something, one thing per line."""
    if not text:
        return
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if isinstance(answer, dict):
        yield from (muted(line) for line in _pairs(answer, all_of_it=True))
    else:
        yield muted(clean(text[:_MOST]))
