"""What Buffer refuses in a post: text, media and required fields, network by network."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kosmo_tui.sandbox.buffer.content import read_assets, url_trouble
from kosmo_tui.sandbox.buffer.networks import NETWORKS, Network
from kosmo_tui.sandbox.buffer.records import Channel

Fields = Mapping[str, Any]
Assets = Sequence[Mapping[str, Any]]
TEXT_REQUIRED = "Text is required"  # said without "Invalid post:" when it is all
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # other than white space
_LINK = re.compile(r"https?://\S+")


def own_metadata(channel: Channel, metadata: Fields | None) -> tuple[dict[str, Any], list[str]]:
    """The part of `PostInputMetaData` for the channel's network, and the keys given for others."""
    given = {key: value for key, value in (metadata or {}).items() if value is not None}
    own = given.pop(NETWORKS[channel.service].metadata, {})
    return dict(own), sorted(given)


def judge(channel: Channel, text: str, assets: Assets, own: Fields, *, draft: bool = False) -> list[str]:
    """Everything that is wrong with a post, in Buffer's order; required fields are not asked of a draft."""
    network = NETWORKS[channel.service]
    troubles = list(_always(channel, network, text, assets, own))
    if not draft:
        if not text.strip() and not assets and not own.get("linkAttachment") and not network.media:
            troubles.append(TEXT_REQUIRED)
        troubles += _required(channel, network, assets, own)
    return troubles


def _always(channel: Channel, network: Network, text: str, assets: Assets, own: Fields) -> list[str]:
    troubles = []
    if _CONTROL.search(text):
        troubles.append("Text contains control characters")
    limit = _limit(channel, network)
    if (length := network.count(text)) > limit:
        troubles.append(f"{network.title} posts can have at most {limit} characters, this one has {length}")
    troubles += _media(network, assets)
    if link := own.get("linkAttachment"):
        if assets:
            troubles.append("linkAttachment cannot be combined with assets")
        if trouble := url_trouble(link["url"]):
            troubles.append(f"Invalid linkAttachment: {trouble}")
    if network.threaded and own.get("thread") is not None:
        troubles += _thread(network, limit, text, own["thread"])
    if channel.service in _EXTRA:
        troubles += _EXTRA[channel.service](text, own)
    return troubles


def _limit(channel: Channel, network: Network) -> int:
    if channel.service == "mastodon":
        return channel.max_characters
    if channel.service == "twitter" and channel.subscription:
        return 25_000
    return network.limit


def _media(network: Network, assets: Assets) -> list[str]:
    kinds = [asset["type"] for asset in assets]
    troubles = []
    for kind, most in (("image", network.images), ("video", network.videos), ("document", network.documents)):
        if kinds.count(kind) > most:
            noun = kind if most == 1 else kind + "s"
            troubles.append(f"{network.title} posts can have at most {most} {noun}")
    if len(set(kinds)) > 1 and not network.mixed:
        troubles.append(f"{network.title} posts cannot mix images, videos and documents")
    if network.mixed and len(kinds) > network.images:
        troubles.append(f"{network.title} posts can have at most {network.images} images and videos")
    return troubles


def _thread(network: Network, limit: int, text: str, thread: Sequence[Fields]) -> list[str]:
    if not thread:
        return ["A thread needs at least one post"]
    troubles = []
    if (thread[0].get("text") or "") != text:
        troubles.append("The first post of a thread must have the same text as the post")
    for number, part in enumerate(thread[1:], 2):
        words = part.get("text") or ""
        assets, _, wrong = read_assets(part.get("assets") or ())
        troubles += wrong + _media(network, assets)
        if not words.strip() and not assets:
            troubles.append(f"Post {number} of the thread is empty")
        if network.count(words) > limit:
            troubles.append(f"Post {number} of the thread has more than {limit} characters")
    return troubles


def _required(channel: Channel, network: Network, assets: Assets, own: Fields) -> list[str]:
    troubles = []
    kinds = [asset["type"] for asset in assets]
    if network.media == "video" and "video" not in kinds:
        troubles.append(f"{network.title} posts require a video")
    elif network.media and not kinds:
        # Instagram's sentence ends with a full stop before the joining comma, TikTok's does not: seen so in the wild.
        stop = "." if channel.service == "instagram" else ""
        troubles.append(f"{network.title} posts require at least one {network.media}{stop}")
    if channel.service in _NEEDS:
        troubles += _NEEDS[channel.service](channel, kinds, own)
    return troubles


def _instagram(_: Channel, kinds: Sequence[str], own: Fields) -> list[str]:
    kind = own.get("type")
    if kind not in {"post", "story", "reel"}:
        return ["Instagram posts require a type (post, story, or reel)."]
    if kind == "reel" and kinds and kinds != ["video"]:
        return ["Instagram reels require exactly one video."]
    if kind == "story" and len(kinds) > 1:
        return ["Instagram stories can have only one image or video."]
    return []


def _facebook(_: Channel, kinds: Sequence[str], own: Fields) -> list[str]:
    kind = own.get("type")
    if kind is None:
        return ["Facebook posts require a type (post, story, or reel)."]
    if kind == "reel" and kinds != ["video"]:
        return ["Facebook reels require exactly one video."]
    if kind == "story" and len(kinds) != 1:
        return ["Facebook stories require exactly one image or video."]
    return []


def _pinterest(channel: Channel, _: Sequence[str], own: Fields) -> list[str]:
    board = own.get("boardServiceId")
    if not board:
        return ["Pinterest posts require a board"]
    if all(known["serviceId"] != board for known in channel.boards):
        return ["Pinterest board not found"]
    return []


def _youtube(_: Channel, __: Sequence[str], own: Fields) -> list[str]:
    troubles = []
    if not (own.get("title") or "").strip():
        troubles.append("YouTube posts require a title")
    if not own.get("categoryId"):
        troubles.append("YouTube posts require a category")
    return troubles


def _google(_: Channel, __: Sequence[str], own: Fields) -> list[str]:
    kind = own.get("type")
    if kind is None:
        return ["Google Business Profile posts require a type (whats_new, offer, or event)."]
    field = {"event": "detailsEvent", "offer": "detailsOffer", "whats_new": "detailsWhatsNew"}[kind]
    details = own.get(field)
    if details is None:
        return [f"Google Business Profile posts of type {kind} require {field}"]
    if kind == "whats_new":
        return []
    troubles = [
        f"Google Business Profile posts of type {kind} require {name}"
        for name in ("title", "startDate", "endDate")
        if not details.get(name)
    ]
    if not troubles and details["endDate"] < details["startDate"]:
        troubles.append("endDate must not be before startDate")
    return troubles


def _instagram_text(text: str, own: Fields) -> list[str]:
    troubles = []
    if len(own.get("firstComment") or "") > 2196:
        troubles.append("The first comment on Instagram can have at most 2196 characters")
    if len(re.findall(r"#\w+", text)) > 30:
        troubles.append("Instagram posts can have at most 30 hashtags")
    return troubles


def _linkedin_text(_: str, own: Fields) -> list[str]:
    if len(own.get("firstComment") or "") > 1248:
        return ["The first comment on LinkedIn can have at most 1248 characters"]
    return []


def _threads_text(text: str, own: Fields) -> list[str]:
    troubles = []
    if len(set(_LINK.findall(text))) > 5:
        troubles.append("Threads posts can have at most 5 links")
    if len(own.get("topic") or "") > 50 or re.search(r"[.&]", own.get("topic") or ""):
        troubles.append("A topic on Threads can have at most 50 characters, and neither . nor &")
    return troubles


def _youtube_text(text: str, own: Fields) -> list[str]:
    title = own.get("title") or ""
    troubles = ["YouTube titles can have at most 100 characters"] if len(title) > 100 else []
    if re.search(r"[<>]", title + text):
        troubles.append("YouTube titles and descriptions cannot have < or >")
    return troubles


def _pinterest_text(_: str, own: Fields) -> list[str]:
    return ["Pinterest titles can have at most 100 characters"] if len(own.get("title") or "") > 100 else []


_NEEDS: dict[str, Callable[[Channel, Sequence[str], Fields], list[str]]] = {
    "instagram": _instagram,
    "facebook": _facebook,
    "pinterest": _pinterest,
    "youtube": _youtube,
    "googlebusiness": _google,
}
_EXTRA: dict[str, Callable[[str, Fields], list[str]]] = {
    "instagram": _instagram_text,
    "linkedin": _linkedin_text,
    "threads": _threads_text,
    "youtube": _youtube_text,
    "pinterest": _pinterest_text,
}
