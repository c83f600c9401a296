"""Media nodes: fields by host, lists, children, deletion, comments on and off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha1
from typing import Any

from kosmo_tui.sandbox.instagram.call import Call, Edge, EdgeReader, Reader, Schema, stamp
from kosmo_tui.sandbox.instagram.errors import GraphError, invalid, required
from kosmo_tui.sandbox.instagram.paging import between, paged
from kosmo_tui.sandbox.instagram.world import Account, Comment, Media

NEWEST = 10_000  # no more of an account can be listed
STORY_LIFE = timedelta(hours=24)
_URL_LIFE = timedelta(days=4, hours=12)


def signed(path: str, now: datetime) -> str:
    """A URL of the content network: signed, and dead four and a half days later (`oe` is a hex unix time)."""
    expires = int((now + _URL_LIFE).timestamp()) // 3600 * 3600
    signature = sha1(f"{path}{expires}".encode(), usedforsecurity=False).hexdigest()[:32]
    return (
        f"https://scontent.cdninstagram.com/v/{path}?_nc_ht=scontent.cdninstagram.com&oh=00_{signature}&oe={expires:X}"
    )


def _media_url(call: Call, media: Media) -> str | None:
    if media.flagged:
        return None
    if media.type == "CAROUSEL_ALBUM":
        return _media_url(call, media.children[0])
    ending = "mp4" if media.type == "VIDEO" else "jpg"
    return signed(f"t51.29350-15/{media.id}_n.{ending}", call.now)


def _thumbnail(call: Call, media: Media) -> str | None:
    return signed(f"t51.29350-15/{media.id}_thumb.jpg", call.now) if media.type == "VIDEO" else None


def _like_count(call: Call, media: Media) -> int | None:
    return None if media.likes_hidden and not call.owns(media.account) else media.likes(call.now)


def _view_count(call: Call, media: Media) -> int:
    raise GraphError(36104, "You do not have permission to access this field outside of the Business Discovery API.")


_CHILD: dict[str, Reader] = {
    "id": lambda call, media: media.id,
    "media_type": lambda call, media: media.type,
    "media_product_type": lambda call, media: media.product,
    "media_url": _media_url,
    "thumbnail_url": _thumbnail,
    "shortcode": lambda call, media: media.shortcode,
    "timestamp": lambda call, media: stamp(media.created),
    "username": lambda call, media: media.username,
    "alt_text": lambda call, media: media.alt_text or None,
    "owner": lambda call, media: {"id": media.account.scoped_id} if call.owns(media.account) else None,
}
FIELDS: dict[str, Reader] = _CHILD | {
    "caption": lambda call, media: media.caption or None,
    "permalink": lambda call, media: media.permalink,
    "like_count": _like_count,
    "comments_count": lambda call, media: media.comments_count,
    "is_comment_enabled": lambda call, media: media.comments_enabled,
    "is_shared_to_feed": lambda call, media: media.shared_to_feed if media.product == "REELS" else None,
    "is_ai_generated": lambda call, media: False,
    "media_audio_type": lambda call, media: "ORIGINAL_SOUND" if media.product == "REELS" else None,
    "current_live_viewer_count": lambda call, media: None,
}


def _figure(name: str) -> Reader:
    return lambda call, media: call.figures.of_media(media, name, call.now)


_FACEBOOK: dict[str, Reader] = FIELDS | {
    "ig_id": lambda call, media: media.id[::-1],
    "legacy_instagram_media_id": lambda call, media: f"{media.id}_{media.account.id}" if media.account else None,
    "reposts_count": _figure("reposts"),
    "saved_count": _figure("saved"),
    "shares_count": _figure("shares"),
    "total_like_count": _figure("total_likes"),
    "total_comments_count": _figure("total_comments"),
    "total_views_count": _figure("total_views"),
    "boost_eligibility_info": lambda call, media: {"eligible_to_boost": media.product != "STORY"},
    "boost_ads_list": lambda call, media: None,
    "copyright_check_information": lambda call, media: {
        "status": {"status": "completed", "matches_found": media.flagged}
    },
    "collaborators": lambda call, media: None,
    "view_count": _view_count,
}
_ONLY_CHILD = frozenset(_CHILD)


def children(media: Media, edge: Edge) -> Mapping[str, Any]:
    """The items of a carousel, as fewer fields than media have: no caption, no counts, no permalink."""
    return {"data": [read(edge.call, child, edge) for child in media.children]}


EDGES: dict[str, EdgeReader] = {"children": children}  # comments.py and media_insights.py add theirs
INSTAGRAM = Schema(FIELDS, EDGES)
FACEBOOK = Schema(_FACEBOOK, EDGES)
_DISCOVERY_SCHEMA = Schema(
    {name: FIELDS[name] for name in FIELDS if name not in {"owner", "alt_text", "is_comment_enabled"}}
    | {"view_count": lambda call, media: call.figures.of_media(media, "views", call.now)},
    {"children": children},
)


def schema(call: Call) -> Schema:
    """The fields that the host of the call knows."""
    return FACEBOOK if call.flavour == "facebook" else INSTAGRAM


def read(call: Call, media: Media, edge: Edge) -> dict[str, Any]:
    """One item of a list."""
    if media.parent:
        known = schema(call)
        absent = [field for field in edge.fields if field.name in known.fields and field.name not in _ONLY_CHILD]
        return known.read(call, media, [field for field in edge.fields if field not in absent])
    return schema(call).read(call, media, edge.fields)


def listed(account: Account, edge: Edge) -> Mapping[str, Any]:
    """`/{ig-user}/media`: newest first, without stories, the newest 10,000."""
    items = between(edge, account.feed[:NEWEST])
    return paged(edge, items, edge.call.switches.media_page_limit, lambda media: read(edge.call, media, edge))


def discovered(account: Account, edge: Edge) -> Mapping[str, Any]:
    """The media of an account found by Business Discovery."""
    return paged(
        edge,
        account.feed,
        edge.call.switches.media_page_limit,
        lambda media: _DISCOVERY_SCHEMA.read(edge.call, media, edge.fields),
    )


def stories(account: Account, edge: Edge) -> Mapping[str, Any]:
    """`/{ig-user}/stories`: those of the last 24 hours."""
    alive = [media for media in account.media if media.product == "STORY" and not gone(media, edge.call.now)]
    return paged(edge, alive, 100, lambda media: read(edge.call, media, edge))


def tags(account: Account, edge: Edge) -> Mapping[str, Any]:
    """`/{ig-user}/tags`: media of others that tag the account."""
    return paged(edge, account.tagged, 100, lambda media: read(edge.call, media, edge))


def gone(media: Media, now: datetime) -> bool:
    """Is it a story that is over?"""
    return media.product == "STORY" and now - media.created >= STORY_LIFE


def get(call: Call, media: Media) -> Mapping[str, Any]:
    """`GET /{media}`."""
    return read(call, media, Edge(call, media.id, "", call.parameters, call.fields))


def update(call: Call, media: Media) -> Mapping[str, Any]:
    """`POST /{media}`: comments on or off, and nothing else; a caption cannot be changed."""
    if media.parent:
        raise call.missing()
    call.may("manage_comments")
    if "comment_enabled" not in call.parameters:
        raise required("comment_enabled")
    media.comments_enabled = call.parameters.flag("comment_enabled")
    return {"success": True}


def delete(call: Call, media: Media) -> Mapping[str, Any]:
    """`DELETE /{media}`: on graph.facebook.com only (since December 2025)."""
    if call.flavour == "instagram":
        raise call.missing()
    call.may("manage_contents")
    if media.parent:
        raise GraphError(
            -1,
            "Fatal",
            2207073,
            style="oauth",
            transient=False,
            title="Media Type Not Supported",
            text="The media type is not supported for this endpoint",
        )
    call.world.remove_media(media)
    return {"success": True, "deleted_id": media.id}


def mentioned(call: Call, identifier: str) -> Media:
    """The media behind `mentioned_media.media_id(…)`.  Raises 100 when it does not mention the account."""
    found = call.world.objects.get(identifier)
    if not isinstance(found, Media) or found.account is not None:
        raise invalid("Invalid parameter")
    return found


def mentioned_comment(call: Call, identifier: str) -> Comment:
    """The comment behind `mentioned_comment.comment_id(…)`.  Raises 100 when it does not mention the account."""
    found = call.world.objects.get(identifier)
    if not isinstance(found, Comment) or found.media.account is not None:
        raise invalid("Invalid parameter")
    return found
