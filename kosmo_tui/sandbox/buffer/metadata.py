"""`Post.metadata`: what a caller gave for the post's network, as it is read back."""

from __future__ import annotations

import re
from typing import Any

from kosmo_tui.sandbox.buffer.content import link_card, read_assets
from kosmo_tui.sandbox.buffer.networks import NETWORKS
from kosmo_tui.sandbox.buffer.records import Channel, Post

_MARKS = re.compile(r"(?P<url>https?://\S+)|(?P<hashtag>#\w+)|(?P<mention>@[\w.]+)|(?P<cashtag>\$[A-Z]{1,6}\b)")
_HOME = "https://example.com/"
_CATEGORIES = {"1": "Film & Animation", "10": "Music", "22": "People & Blogs", "26": "Howto & Style"}


def post_metadata(channel: Channel, post: Post) -> dict[str, Any]:
    """The member of `PostMetadata` for the post's network."""
    own = post.metadata
    network = NETWORKS[channel.service]
    view: dict[str, Any] = {
        "__typename": network.post_metadata,
        "annotations": [*_marks(post.text), *_given(own)],
        "type": _type(channel.service, own),
        **{key: own.get(key) for key in ("firstComment", "title", "spoilerText", "topic", "link", "url")},
        "isAiGenerated": bool(own.get("isAiGenerated")),
    }
    if network.threaded:
        view["thread"] = [_part(part) for part in own.get("thread") or ()]
        view["threadCount"] = len(view["thread"])
    if network.link_attachment:
        view["linkAttachment"] = link_card(own["linkAttachment"]) if own.get("linkAttachment") else None
    if channel.service in _MORE:
        view |= _MORE[channel.service](channel, own)
    return view


def _marks(text: str) -> list[dict[str, Any]]:
    """Links, hashtags, mentions and cashtags of a text, with their indices in code points."""
    found = []
    for match in _MARKS.finditer(text):
        kind = match.lastgroup or "annotation"
        content = match[0] if kind == "url" else match[0][1:]
        url = match[0] if kind == "url" else f"{_HOME}{kind}/{content}"
        found.append(
            {"type": kind, "content": content, "text": match[0], "url": url, "indices": [match.start(), match.end()]}
        )
    return found


def _given(own: dict[str, Any]) -> list[dict[str, Any]]:
    """Annotations that the caller placed itself (Facebook's, and LinkedIn's with other names)."""
    return [
        {
            "type": "annotation",
            "content": item.get("content") or item.get("entity"),
            "text": item.get("text") or item.get("localizedName"),
            "url": item.get("url") or item.get("link"),
            "indices": item.get("indices") or [item.get("start", 0), item.get("start", 0) + item.get("length", 0)],
        }
        for item in own.get("annotations") or ()
    ]


def _type(service: str, own: dict[str, Any]) -> str:
    if len(own.get("thread") or ()) > 1:
        return "thread"
    default = {"youtube": "short", "googlebusiness": "whats_new"}.get(service, "post")
    return own.get("type") or default


def _part(part: dict[str, Any]) -> dict[str, Any]:
    return {
        "text": part.get("text") or "",
        "assets": read_assets(part.get("assets") or ())[0],
        "linkAttachment": None,
    }


def _instagram(_: Channel, own: dict[str, Any]) -> dict[str, Any]:
    return {
        "shouldShareToFeed": bool(own.get("shouldShareToFeed", True)),
        "geolocation": own.get("geolocation"),
        "stickerFields": own.get("stickerFields"),
    }


def _twitter(_: Channel, own: dict[str, Any]) -> dict[str, Any]:
    given = own.get("retweet")
    if not given:
        return {"retweet": None}
    return {
        "retweet": {
            "id": given["id"],
            "text": given.get("comment") or "",
            "thumbnails": [],
            "url": f"https://x.com/i/status/{given['id']}",
            "user": {"avatar": f"{_HOME}avatar.png", "name": "Somebody", "username": "somebody"},
            "createdAt": "2026-01-01T00:00:00.000Z",
        }
    }


def _pinterest(channel: Channel, own: dict[str, Any]) -> dict[str, Any]:
    return {"board": next((board for board in channel.boards if board["serviceId"] == own.get("boardServiceId")), None)}


def _threads(_: Channel, own: dict[str, Any]) -> dict[str, Any]:
    return {"locationId": own.get("locationId"), "locationName": own.get("locationName")}


def _youtube(_: Channel, own: dict[str, Any]) -> dict[str, Any]:
    category = own.get("categoryId")
    return {
        "category": {"categoryId": category, "title": _CATEGORIES.get(category, "Other")} if category else None,
        "embeddable": own.get("embeddable") is not False,
        "license": own.get("license"),
        "madeForKids": bool(own.get("madeForKids")),
        "notifySubscribers": own.get("notifySubscribers") is not False,
        "privacy": own.get("privacy"),
    }


def _google(_: Channel, own: dict[str, Any]) -> dict[str, Any]:
    given = own.get("detailsEvent") or {}
    if own.get("type") == "event":
        return {
            "details": {
                "__typename": "GoogleBusinessEventMetaData",
                **given,
                "button": given.get("button") or "none",
                "startTime": None,
                "endTime": None,
            }
        }
    if own.get("type") == "offer":
        return {"details": {"__typename": "GoogleBusinessOfferMetaData", **(own.get("detailsOffer") or {})}}
    given = own.get("detailsWhatsNew") or {}
    return {
        "details": {
            "__typename": "GoogleBusinessWhatsNewMetaData",
            "button": given.get("button") or "none",
            "link": given.get("link"),
        }
    }


_MORE = {
    "instagram": _instagram,
    "twitter": _twitter,
    "pinterest": _pinterest,
    "threads": _threads,
    "youtube": _youtube,
    "googlebusiness": _google,
}
