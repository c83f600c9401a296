"""Comments and replies: reading, answering, hiding, deleting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kosmo_tui.sandbox.instagram import media as media_nodes
from kosmo_tui.sandbox.instagram.call import Call, Edge, Reader, Schema, stamp
from kosmo_tui.sandbox.instagram.errors import invalid, required
from kosmo_tui.sandbox.instagram.paging import paged
from kosmo_tui.sandbox.instagram.world import Account, Comment, Media

_LONGEST = 2200

_FIELDS: dict[str, Reader] = {
    "id": lambda call, comment: comment.id,
    "text": lambda call, comment: comment.text,
    "timestamp": lambda call, comment: stamp(comment.created),
    "username": lambda call, comment: comment.username,
    "from": lambda call, comment: {"id": comment.author_id, "username": comment.username},
    "like_count": lambda call, comment: comment.hearts,
    "hidden": lambda call, comment: comment.hidden,
    "parent_id": lambda call, comment: comment.parent.id if comment.parent else None,
    "user": lambda call, comment: {"id": comment.own.scoped_id} if call.owns(comment.own) else None,
    "legacy_instagram_comment_id": lambda call, comment: comment.id[::-1],
}


def replies(comment: Comment, edge: Edge) -> Mapping[str, Any]:
    """`/{comment}/replies`; a reply has none of its own."""
    edge = edge.with_default("timestamp", "text", "id")
    items = comment.replies[::-1] if edge.call.switches.replies_newest_first else comment.replies
    return paged(edge, items, edge.call.switches.comment_page_limit, lambda item: _read(edge, item))


def comments(media: Media, edge: Edge) -> Mapping[str, Any]:
    """`/{media}/comments`: top level only, newest first, at most 50 a page, no filter by time."""
    if media.parent:
        raise edge.call.missing()
    edge.call.may("manage_comments")
    edge = edge.with_default("timestamp", "text", "id")
    return paged(edge, media.comments, edge.call.switches.comment_page_limit, lambda item: _read(edge, item))


media_nodes.EDGES["comments"] = comments
_MEDIA = Schema({name: media_nodes.FIELDS[name] for name in ("id", "media_product_type")}, {})
SCHEMA = Schema(_FIELDS, {"replies": replies}, {"media": (lambda call, comment, selection: comment.media, _MEDIA)})


def _read(edge: Edge, comment: Comment) -> dict[str, Any]:
    return SCHEMA.read(edge.call, comment, edge.fields)


def get(call: Call, comment: Comment) -> Mapping[str, Any]:
    """`GET /{comment}`."""
    call.may("manage_comments")
    edge = Edge(call, comment.id, "", call.parameters, call.fields).with_default("timestamp", "text", "id")
    return _read(edge, comment)


def create(call: Call, media: Media) -> Mapping[str, Any]:
    """`POST /{media}/comments`: a comment of the account below its own media."""
    if media.parent:
        raise call.missing()
    call.may("manage_comments")
    words = _message(call)
    if not media.comments_enabled:
        raise invalid("Comments are disabled on this media")
    return _write(call, media, words, None)


def reply(call: Call, comment: Comment) -> Mapping[str, Any]:
    """`POST /{comment}/replies`: below the top-level comment, also when that is a reply; not below a hidden one."""
    call.may("manage_comments")
    words = _message(call)
    top = comment.parent or comment
    if comment.hidden or top.hidden:
        raise call.missing() if call.switches.replied_hidden_is_gone else invalid("Cannot reply to a hidden comment")
    return _write(call, comment.media, words, comment)


def hide(call: Call, comment: Comment) -> Mapping[str, Any]:
    """`POST /{comment}?hide=`: comments of the owner stay visible, though the answer is the same."""
    call.may("manage_comments")
    if "hide" not in call.parameters:
        raise required("hide")
    wanted = call.parameters.flag("hide")
    comment.hidden = wanted and comment.own is not comment.media.account
    return {"success": True}


def delete(call: Call, comment: Comment) -> Mapping[str, Any]:
    """`DELETE /{comment}`: for the owner of the media."""
    call.may("manage_comments")
    call.world.remove_comment(comment)
    return {"success": True}


def mention(call: Call, account: Account) -> Mapping[str, Any]:
    """`POST /{ig-user}/mentions`: answers media or a comment of somebody else that mentions the account."""
    call.may("manage_comments")
    media = media_nodes.mentioned(call, call.parameters.need("media_id"))
    words = _message(call)
    parent = None
    if "comment_id" in call.parameters:
        parent = media_nodes.mentioned_comment(call, call.parameters.text("comment_id"))
    return _write(call, media, words, parent, account)


def _message(call: Call) -> str:
    words = call.parameters.need("message")
    if not words.strip():
        raise required("message")
    if len(words) > _LONGEST:
        raise invalid(f"Param message must be at most {_LONGEST} characters long")
    return words


def _write(
    call: Call, media: Media, words: str, parent: Comment | None, account: Account | None = None
) -> Mapping[str, Any]:
    author = account or media.account
    assert author
    comment = call.world.comment(
        media, author.username, author.scoped_id, words, call.now.replace(microsecond=0), parent
    )
    comment.own = author
    return {"id": comment.id}
