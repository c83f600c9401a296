"""What was sent and what is there, side by side: what a person needs who has to decide whether they are the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import msgspec

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.api.instagram.models import Media
from kosmo_tui.api.safe_text import clean
from kosmo_tui.services.orders import Request, Unreadable, attached, request_of
from kosmo_tui.store.records import OutboxRow

_TEXT, _POSTS = 2000, 20  # characters of a post, and posts, that are kept as evidence


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A post as reading showed it, or as it was sent: `at` when it goes or went out, `made` when it came into being.

    Texts are clean; `media` counts the attachments.
    """

    id: str = ""
    text: str = ""
    media: int = 0
    at: datetime | None = None
    made: datetime | None = None
    status: str = ""
    link: str = ""


@dataclass(frozen=True)
class Evidence:
    """What was `sent`, what was `seen` on the target (newest first) at `at`, and a sentence on it."""

    sent: Seen
    seen: tuple[Seen, ...] = ()
    at: datetime | None = None
    note: str = ""


class _Kept(msgspec.Struct, frozen=True):
    at: datetime
    seen: tuple[Seen, ...] = ()
    note: str = ""


def evidence(row: OutboxRow) -> Evidence:
    """The two sides for a row; `at` is None when nobody has looked yet."""
    try:
        request = request_of(row)
    except Unreadable:
        request = Request(arguments={"text": row.summary})
    given = request.arguments
    sent = Seen(
        text=clean(given.get("text") or given.get("caption") or ""),
        media=attached(given),
        at=request.at,
        made=row.sent_at,
    )
    if not row.evidence:
        return Evidence(sent)
    kept = msgspec.json.decode(row.evidence, type=_Kept)
    return Evidence(sent, kept.seen, kept.at, kept.note)


def as_json(seen: Iterable[Seen], at: datetime, note: str) -> str:
    """Evidence as a row keeps it."""
    return msgspec.json.encode(_Kept(at, tuple(islice(seen, _POSTS)), note), enc_hook=str).decode()


def of_update(update: Update) -> Seen:
    """A post at Buffer."""
    return Seen(
        id=update.id,
        text=str(update.text)[:_TEXT],
        media=len([media for media in update.media if media.type != "link"]),
        at=update.sent_at or update.scheduled_at or update.due_at,
        made=update.created_at,
        status=update.status,
        link=update.service_link or "",
    )


def of_media(media: Media) -> Seen:
    """An item at Instagram."""
    return Seen(
        id=media.id,
        text=str(media.caption)[:_TEXT],
        media=max(1, len(media.children)),
        at=media.timestamp,
        made=media.timestamp,
        status="published",
        link=media.permalink or "",
    )
