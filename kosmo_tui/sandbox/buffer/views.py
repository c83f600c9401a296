"""Records as the API answers them: dicts by field name; what costs something is a function, called on demand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from kosmo_tui.sandbox.buffer import metrics
from kosmo_tui.sandbox.buffer.metadata import post_metadata
from kosmo_tui.sandbox.buffer.networks import NETWORKS
from kosmo_tui.sandbox.buffer.posts import micros
from kosmo_tui.sandbox.buffer.records import Account, Channel, Idea, Organization, Post, Tag, Template, iso
from kosmo_tui.sandbox.buffer.slots import DAYS
from kosmo_tui.sandbox.buffer.world import Refusal, World

View = dict[str, Any]
_COMMON = ["updatePostTags", "addPostNote", "duplicatePost"]
_OPEN = ["publishPostNow", "updatePost", "publishPostNext", "updatePostSchedule", *_COMMON, "deletePost"]
_ACTIONS: dict[str, list[str]] = {
    "draft": ["addPostToQueue", *_OPEN, "requestPostApproval", "updateShopGridLink"],
    "needs_approval": ["approvePost", "rejectPost", "revertPostApprovalRequest", *_OPEN],
    "scheduled": ["movePostToDraft", "removePostScheduledTime", *_OPEN, "updateShopGridLink"],
    "sending": ["viewPost", "addPostNote", "duplicatePost"],
    "sent": ["viewPost", "sharePostLink", "copyPostLink", *_COMMON, "updateShopGridLink"],
    "error": ["addPostToQueue", "movePostToDraft", *_OPEN],
}
PRODUCTS = ("analyze", "engage", "publish")  # of every channel
_AVATARS = "https://buffer-channel-avatars-bucket.s3.amazonaws.com"


def account(world: World, who: Account) -> View:
    def organizations(_: Any, filter: Mapping[str, Any] | None = None) -> list[View]:
        wanted = (filter or {}).get("organizationId")
        return [organization(world, item) for item in who.organizations if wanted in (None, item.id)]

    return {
        "id": who.id,
        "email": who.email,
        "backupEmail": None,
        "avatar": f"{_AVATARS}/{who.id}.png",
        "createdAt": who.created_at,
        "organizations": organizations,
        "timezone": who.timezone,
        "name": who.full_name,
        "preferences": {"timeFormat": "24", "startOfWeek": "monday", "defaultScheduleOption": "Queue"},
        "connectedApps": list(who.connected_apps),
    }


def organization(world: World, item: Organization) -> View:
    return {
        "id": item.id,
        "channelCount": len(world.channels_of(item.id)),
        "limits": item.plan.limits,
        "members": {"totalCount": item.members},
        "name": item.name,
        "ownerEmail": item.owner_email,
        "shouldEnforce2FASetup": False,
    }


def channel(world: World, item: Channel) -> View:
    return {
        "id": item.id,
        "allowedActions": [],  # as callers with an API key see it
        "avatar": f"{_AVATARS}/{item.id}.jpg",
        "descriptor": item.descriptor,
        "displayName": item.display_name,
        "externalLink": f"https://{item.service}.example/{item.name}",
        "hasActiveMemberDevice": item.service in {"instagram", "tiktok"},
        "isDisconnected": item.disconnected,
        "isLocked": item.locked,
        "isNew": False,
        "isQueuePaused": item.paused,
        "linkShortening": {
            "isEnabled": item.shortener is not None,
            "config": {"domain": item.shortener, "name": item.shortener} if item.shortener else None,
        },
        "metadata": _channel_metadata(item),
        "name": item.name,
        "organizationId": item.organization_id,
        "postingGoal": lambda _: _posting_goal(world, item),
        "postingSchedule": [
            {"day": day, "times": list(item.schedule.get(day, ())), "paused": day in item.paused_days} for day in DAYS
        ],
        "products": list(PRODUCTS),
        "scopes": list(item.scopes),
        "service": item.service,
        "serviceId": item.service_id,
        "showTrendingTopicSuggestions": False,
        "timezone": item.timezone,
        "type": item.type,
        "weeklyPostingLimit": lambda _: _weekly_limit(world, item),
        "createdAt": item.created_at,
        "updatedAt": item.created_at,
    }


def post(world: World, item: Post) -> View:
    home = world.channels[item.channel_id]
    service = home.service
    sent = item.status == "sent"
    notified = item.scheduling_type == "notification" and sent
    hides_type = world.switches.scheduling_type_reads_null and item.via == "buffer"
    tags = world.organizations[item.organization_id].tags
    link = NETWORKS[service].link.format(id=int(item.id[8:], 16) % 10**16)
    return {
        "id": item.id,
        "allowedActions": _ACTIONS[item.status],
        "assets": item.assets,
        "author": lambda _: author(world.author(item.author_id)),
        "channel": lambda _: channel(world, home),
        "channelId": item.channel_id,
        "channelService": service,
        "dueAt": item.due_at,
        "error": item.error,
        "externalLink": link if sent and not notified else None,
        "ideaId": item.idea_id,
        "isCustomScheduled": item.custom,
        "metadata": lambda _: post_metadata(home, item),
        "metrics": lambda _: metrics.of_post(item, service, world.now()),
        "metricsUpdatedAt": lambda _: (
            metrics.last_run(world.now()) if metrics.of_post(item, service, world.now()) is not None else None
        ),
        "notes": lambda _: [_note(world, item, note) for note in item.notes],
        "notificationStatus": "notified" if notified else None,
        "schedulingType": None if hides_type else item.scheduling_type,
        "sentAt": item.sent_at,
        "sharedNow": item.shared_now,
        "shareMode": item.share_mode,
        "status": item.status,
        "tags": [tag(tags[tag_id]) for tag_id in item.tags if tag_id in tags],
        "text": item.text,
        "via": item.via,
        "createdAt": item.created_at,
        "updatedAt": item.updated_at,
    }


def author(who: Account) -> View:
    return {
        "id": who.id,
        "avatar": f"{_AVATARS}/{who.id}.png",
        "email": who.email,
        "isDeleted": False,
        "name": who.full_name,
    }


def _note(world: World, item: Post, note: View) -> View:
    return {
        **note,
        "allowedActions": ["updateNote", "deleteNote"] if note["type"] == "userGenerated" else [],
        "author": author(world.author(item.author_id)),
        "createdAt": item.created_at,
        "updatedAt": None,
    }


def tag(item: Tag) -> View:
    return {
        "id": item.id,
        "color": item.color,
        "colorName": item.color_name,
        "isLocked": item.locked,
        "name": item.name,
    }


def idea(item: Idea) -> View:
    return {
        "__typename": "Idea",
        "id": item.id,
        "content": item.content,
        "groupId": item.group_id,
        "organizationId": item.organization_id,
        "position": item.position,
        "createdAt": int(item.created_at.timestamp()),  # the one place with unix seconds
        "updatedAt": int(item.updated_at.timestamp()),
    }


def template(item: Template) -> View:
    return {
        "id": item.id,
        "body": item.body,
        "description": item.description,
        "emoji": item.emoji,
        "organizationId": item.organization_id,
        "title": item.title,
        "visibility": item.visibility,
        "createdAt": item.created_at,
        "updatedAt": item.updated_at,
    }


def refusal(no: Refusal) -> View:
    """A member of the union of errors."""
    return {"__typename": no.typename, "message": no.message, "code": no.code, "link": None}


def _channel_metadata(item: Channel) -> View | None:
    match item.service:
        case "instagram" | "tiktok" | "youtube":
            name = {"instagram": "Instagram", "tiktok": "Tiktok", "youtube": "Youtube"}[item.service]
            return {"__typename": f"{name}Metadata", "defaultToReminders": False}
        case "facebook" | "googlebusiness":
            name = "Facebook" if item.service == "facebook" else "GoogleBusiness"
            place = {"googleAccountId": item.service_id, "location": item.display_name, "mapsLink": None}
            return {"__typename": f"{name}Metadata", "locationData": place}
        case "pinterest":
            return {"__typename": "PinterestMetadata", "boards": list(item.boards)}
        case "mastodon":
            return {
                "__typename": "MastodonMetadata",
                "maxCharacters": item.max_characters,
                "serverUrl": item.server,
            }
        case "bluesky":
            return {"__typename": "BlueskyMetadata", "serverUrl": item.server}
        case "twitter":
            return {"__typename": "TwitterMetadata", "subscriptionType": item.subscription}
        case "linkedin":
            return {"__typename": "LinkedInMetadata", "shouldShowLinkedinAnalyticsRefreshBanner": False}
    return None  # Threads has no metadata of its own


def _week(world: World, item: Channel) -> dict[str, int]:
    monday = world.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=world.now().weekday())
    low, high = micros(monday), micros(monday + timedelta(days=7)) - 1
    return {
        status: sum(1 for _ in world.posts.walk([item.id], [status], low=low, high=high))
        for status in ("scheduled", "sent")
    }


def _weekly_limit(world: World, item: Channel) -> View | None:
    limit = NETWORKS[item.service].daily_limit
    return {**_week(world, item), "limit": 7 * limit} if limit is not None else None


def _posting_goal(world: World, item: Channel) -> View | None:
    if item.posting_goal is None:
        return None
    week = _week(world, item)
    monday = world.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=world.now().weekday())
    sent, planned = week["sent"], week["sent"] + week["scheduled"]
    goal = item.posting_goal
    return {
        "goal": goal,
        "periodStart": monday,
        "periodEnd": monday + timedelta(days=7),
        "scheduledCount": week["scheduled"],
        "sentCount": sent,
        "status": "Hit" if sent >= goal else "OnTrack" if planned >= goal else "AtRisk",
    }


def plain(item: Post) -> View:
    """A post as `GET /_sandbox/posts` shows it."""
    return {
        "id": item.id,
        "channel": item.channel_id,
        "status": item.status,
        "text": item.text,
        "dueAt": iso(item.due_at),
        "sentAt": iso(item.sent_at),
        "createdAt": iso(item.created_at),
        "shareMode": item.share_mode,
        "via": item.via,
        "media": [asset["source"] for asset in item.assets],
        "metadata": json_values(item.metadata),
        "error": item.error,
    }


def json_values(value: Any) -> Any:
    """Times inside `value` as strings."""
    if isinstance(value, Mapping):
        return {key: json_values(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_values(item) for item in value]
    return iso(value) if isinstance(value, datetime) else value
