"""Whether a post is what was asked for: how a post is found again after its answer was lost.

Buffer has no idempotency key, so a post is known by its contents alone.  What Buffer does not tell back is not
compared, and neither is what it may change on the way: space, the form of accents, seconds, the address of media.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.api.safe_text import raw

_OPTIONS = ("linkAttachment", "firstComment", "title", "spoilerText", "topic", "boardServiceId")
_DUE_SLACK = timedelta(minutes=1)  # Buffer rounds due times to their minute


def is_wanted(update: Update, wanted: Mapping[str, Any]) -> bool:
    """Whether `update` is what a `CreatePostInput` or `EditPostInput` asked for; keys it lacks may be anything."""
    if "text" in wanted and plain(update.text.raw) != plain(wanted["text"] or ""):
        return False
    if "assets" in wanted and not _same_assets(_told_assets(update), wanted["assets"]):
        return False
    if (update.status == "draft") != bool(wanted.get("saveToDraft")) and "mode" in wanted:
        return False
    if wanted.get("dueAt") and not wanted.get("saveToDraft"):
        due = datetime.fromisoformat(wanted["dueAt"])
        if update.due_at is None or abs(update.due_at - due) >= _DUE_SLACK:
            return False
    if "text" not in wanted and not wanted.get("metadata"):
        return True
    given: dict[str, Any] = raw(next(iter((wanted.get("metadata") or {}).values()), {}))
    told = raw(update.metadata.get(update.profile_service, {}))
    return _same_thread(told.get("thread") or (), given.get("thread") or ()) and all(
        _same(key, told[key], given[key]) for key in _OPTIONS if key in told and key in given
    )


def plain(text: str) -> str:
    """A text without what is changed on the way: the form of accents (NFC), and space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _same(key: str, told: Any, wanted: Any) -> bool:
    if wanted is None:  # it was to go, and is there
        return False
    if key == "linkAttachment":  # title and picture of a card are looked up by Buffer
        return bool(told["url"] == wanted["url"])
    return plain(str(told)) == plain(str(wanted))


def _same_thread(told: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]]) -> bool:
    if len(told) <= 1 and len(wanted) <= 1:
        return True  # a thread of one is a post
    return len(told) == len(wanted) and all(
        plain(one.get("text") or "") == plain(other.get("text") or "")
        and _same_assets(_assets(one.get("assets") or ()), other.get("assets") or ())
        for one, other in zip(told, wanted, strict=True)
    )


Asset = tuple[str, str]  # kind and URL


def _told_assets(update: Update) -> list[Asset]:
    return [(media.type, media.url) for media in update.media if media.type != "link"]


def _assets(inputs: Iterable[Mapping[str, Any]]) -> list[Asset]:
    return [(kind, value["url"]) for one in inputs for kind, value in one.items() if kind != "link"]


def _same_assets(told: Sequence[Asset], inputs: Iterable[Mapping[str, Any]]) -> bool:
    """As many, of the same kinds in the same order; the URLs count where they are not of a copy that Buffer made."""
    wanted = _assets(raw(list(inputs)))
    return len(told) == len(wanted) and all(
        kind == other and (url == asked or _host(url) != _host(asked))
        for (kind, url), (other, asked) in zip(told, wanted, strict=True)
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
