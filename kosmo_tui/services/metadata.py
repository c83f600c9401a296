"""What a draft has beside text and attachments → Buffer's `metadata.<service>`, and its thread.

The names of the options are those of compose/options.py, the fields those of `PostInputMetaData` in Buffer's schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kosmo_tui.api.buffer.attachments import Attachments
from kosmo_tui.compose.draft import Target
from kosmo_tui.compose.options import options_of

THREADED = frozenset({"twitter", "threads", "mastodon", "bluesky"})  # the networks whose metadata has a `thread`
_FIELDS = {
    "first_comment": "firstComment",
    "board": "boardServiceId",
    "spoiler": "spoilerText",
    "title": "title",
    "topic": "topic",
    "type": "type",
    "privacy": "privacy",
    "link": "url",
}


def metadata(
    target: Target, options: Mapping[str, str], items: Sequence[str], media: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    """The `metadata` parameter of `create_update` for `target`; None when there is nothing to say.

    `items` are the posts of a thread, one when there is none; `media` (of `buffer_media`) goes with the first of them.
    """
    chosen = {option.name: options.get(option.name, "").strip() for option in options_of(target)}
    chosen = {name: value for name, value in chosen.items() if value}
    google = target.network == "googlebusiness"
    found: dict[str, Any] = _google(chosen) if google else {_FIELDS[name]: chosen[name] for name in chosen}
    if len(items) > 1 and target.network in THREADED:
        # Buffer publishes what stands in `thread`, the first post included; outer text and assets only mirror it.
        first, *rest = items
        media = media or {}
        photos = tuple(zip(media.get("photo", ()), media.get("alt_text", ()), strict=True))
        assets = Attachments(photos=photos, videos=tuple(media.get("video", ()))).assets  # judged when it is sent
        found["thread"] = [{"text": first, "assets": assets}, *({"text": item, "assets": []} for item in rest)]
    return {target.network: found} if found else None


def _google(chosen: Mapping[str, str]) -> dict[str, Any]:
    """Google's posts have details by their type: the button of an update, the days of an event or an offer."""
    kind, link = chosen.get("type", "whats_new"), chosen.get("link")
    if not chosen:
        return {}
    if kind == "whats_new":
        return {"type": kind, "detailsWhatsNew": {"button": "learn_more", "link": link} if link else {"button": "none"}}
    days = {
        field: f"{chosen[name]}T00:00:00.000Z"
        for field, name in (("startDate", "start"), ("endDate", "end"))
        if name in chosen
    }
    details: dict[str, Any] = {"title": chosen.get("title"), **days, "link": link}
    if kind == "event":
        details |= {"isFullDayEvent": True, "button": "learn_more" if link else "none"}
    details = {name: value for name, value in details.items() if value is not None}
    # What `create_update` puts in by itself for an update is taken out with None.
    return {
        "type": kind,
        "title": chosen.get("title"),
        "detailsEvent" if kind == "event" else "detailsOffer": details,
        "detailsWhatsNew": None,
    }
