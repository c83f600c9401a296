"""Accounts, pages and Facebook users."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from kosmo_tui.sandbox.instagram import comments, media
from kosmo_tui.sandbox.instagram.account_insights import account_insights
from kosmo_tui.sandbox.instagram.call import Call, Edge, Reader, Schema
from kosmo_tui.sandbox.instagram.errors import GraphError, invalid, missing_object, unknown_path
from kosmo_tui.sandbox.instagram.paging import paged
from kosmo_tui.sandbox.instagram.ranges import moment
from kosmo_tui.sandbox.instagram.selection import Selection
from kosmo_tui.sandbox.instagram.world import Account, Comment, Media, Page, Person

_PUBLIC: dict[str, Reader] = {
    "id": lambda call, account: account.scoped_id,
    "username": lambda call, account: account.username,
    "name": lambda call, account: account.title,
    "profile_picture_url": lambda call, account: media.signed(f"t51.2885-19/{account.id}_n.jpg", call.now),
    "followers_count": lambda call, account: call.figures.followers(account, call.now),
    "follows_count": lambda call, account: account.follows,
    "media_count": lambda call, account: len(account.feed),
    "biography": lambda call, account: account.biography or None,
    "website": lambda call, account: account.website or None,
}
_INSTAGRAM = _PUBLIC | {
    "user_id": lambda call, account: account.id,
    "account_type": lambda call, account: account.account_type,
}
_FACEBOOK = _PUBLIC | {
    "ig_id": lambda call, account: int(account.id[::-1].lstrip("0")),
    "has_profile_pic": lambda call, account: True,
    "is_published": lambda call, account: True,
    "legacy_instagram_user_id": lambda call, account: account.id[::-1],
    "shopping_product_tag_eligibility": lambda call, account: False,
}


def like(call: Call, account: Account) -> Mapping[str, Any]:
    """`POST` and `DELETE /{ig-user}/likes` of a `media_id` or `comment_id`: on graph.facebook.com only (since 2026)."""
    if call.flavour == "instagram":
        raise unknown_path("/likes")
    call.may("manage_engagement")
    name = "comment_id" if "comment_id" in call.parameters else "media_id"
    identifier = call.parameters.need(name)
    node = call.world.objects.get(identifier)
    if not isinstance(node, Media | Comment):
        raise missing_object(call.method, identifier)
    liking = call.method == "POST"
    if liking != (identifier in account.liked):
        node.hearts += 1 if liking else -1
        account.liked ^= {identifier}
    return {"success": True}


def subscribe(call: Call, account: Account) -> Mapping[str, Any]:
    """`POST /{ig-user}/subscribed_apps`: by id only, `me` is refused.  Nothing is ever sent to a webhook."""
    if call.target == "me":
        raise call.missing()
    return {"success": True}


def publishing_limit(account: Account, edge: Edge) -> Mapping[str, Any]:
    """`/{ig-user}/content_publishing_limit`: posts of the last 24 hours, or since `since` (at most 24 hours ago)."""
    call = edge.call
    call.may("content_publish")
    day_ago = call.now - timedelta(days=1)
    since = moment(edge.parameters, "since", call.now) if "since" in edge.parameters else day_ago
    if since < day_ago - timedelta(seconds=60):
        raise invalid("Param since must be a timestamp within the last 24 hours")
    used = sum(1 for published in account.published if published > since)
    fields: dict[str, Any] = {
        "quota_usage": used,
        "config": {"quota_total": call.switches.publish_quota, "quota_duration": 86400},
    }
    readers: dict[str, Reader] = {name: lambda call, node, value=value: value for name, value in fields.items()}  # type: ignore[misc]
    return {"data": [Schema(readers, {}).read(call, account, edge.with_default("quota_usage").fields)]}


def _tags(account: Account, edge: Edge) -> Mapping[str, Any]:
    if edge.call.flavour == "instagram" and not edge.call.switches.instagram_tags:
        raise unknown_path("/tags")
    return media.tags(account, edge)


def _live(account: Account, edge: Edge) -> Mapping[str, Any]:
    return {"data": []}


EDGES = {
    "media": media.listed,
    "stories": media.stories,
    "tags": _tags,
    "live_media": _live,
    "insights": account_insights,
    "content_publishing_limit": publishing_limit,
}


def _discover(call: Call, account: Account, selection: Selection) -> Account:
    username = selection.modifiers.get("username", "")
    for found in call.world.accounts.values():
        if found.username == username:
            return found
    raise GraphError(
        110,
        "Invalid user id",
        2207013,
        transient=False,
        title="Cannot find User",
        text=f"The user with username: {username} cannot be found.",
    )


_DISCOVERED = Schema({**_PUBLIC, "id": lambda call, account: account.id}, {"media": media.discovered})
INSTAGRAM_SCHEMA = Schema(_INSTAGRAM, EDGES)
FACEBOOK_SCHEMA = Schema(
    _FACEBOOK,
    EDGES,
    {
        "business_discovery": (_discover, _DISCOVERED),
        "mentioned_media": (
            lambda call, account, selection: media.mentioned(call, selection.modifiers.get("media_id", "")),
            media.FACEBOOK,
        ),
        "mentioned_comment": (
            lambda call, account, selection: media.mentioned_comment(call, selection.modifiers.get("comment_id", "")),
            comments.SCHEMA,
        ),
    },
)


def schema(call: Call) -> Schema:
    """The fields of an account on the host of the call."""
    return FACEBOOK_SCHEMA if call.flavour == "facebook" else INSTAGRAM_SCHEMA


def get(call: Call, account: Account) -> Mapping[str, Any]:
    """`GET /{ig-user}`; without `fields` only the id."""
    return schema(call).read(call, account, call.fields)


_PAGE = Schema(
    {
        "id": lambda call, page: page.id,
        "name": lambda call, page: page.name,
        "access_token": lambda call, page: call.tokens.of_page(page),
        "category": lambda call, page: "Coffee shop",
        "tasks": lambda call, page: ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"],
    },
    {},
    {
        name: (lambda call, page, selection: page.account, FACEBOOK_SCHEMA)
        for name in ("instagram_business_account", "connected_instagram_account")
    },
)
_PERSON = Schema({"id": lambda call, person: person.id, "name": lambda call, person: person.name}, {})


def get_page(call: Call, page: Page) -> Mapping[str, Any]:
    """`GET /{page}`: name and id by default; a page without a linked account lacks `instagram_business_account`."""
    return _PAGE.read(
        call, page, Edge(call, page.id, "", call.parameters, call.fields).with_default("name", "id").fields
    )


def get_person(call: Call, person: Person) -> Mapping[str, Any]:
    """`GET /me` with the token of a Facebook user: the user, not the Instagram account."""
    edge = Edge(call, person.id, "", call.parameters, call.fields).with_default("name", "id")
    return _PERSON.read(call, person, edge.fields)


def pages(person: Person, edge: Edge) -> Mapping[str, Any]:
    """`/me/accounts`: the pages that the user may act for, each with its own token."""
    edge = edge.with_default("access_token", "category", "name", "id", "tasks")
    return paged(edge, person.pages, 100, lambda page: _PAGE.read(edge.call, page, edge.fields))


def permissions(person: Person, edge: Edge) -> Mapping[str, Any]:
    """`/me/permissions`: what the token was granted."""
    return {"data": [{"permission": name, "status": "granted"} for name in edge.call.token.permissions]}
