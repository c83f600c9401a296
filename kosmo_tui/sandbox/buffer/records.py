"""What exists in Buffer's side of the sandbox: accounts, organizations, channels, posts, ideas and templates."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


def object_id(when: datetime, *about: object) -> str:
    """24 hex digits as MongoDB makes them: seconds of `when`, then digits that follow from `about`."""
    digest = hashlib.blake2b(repr(about).encode(), digest_size=8).hexdigest()
    return f"{int(when.timestamp()) & 0xFFFFFFFF:08x}{digest}"


def iso(when: datetime | None) -> str | None:
    """A time as Buffer writes it: UTC with milliseconds and Z."""
    if when is None:
        return None
    when = when.astimezone(UTC)
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z"


@dataclass(frozen=True)
class Plan:
    """What a subscription allows: requests per window, and numbers of things (`limits` as in OrganizationLimits)."""

    name: str
    requests: tuple[int, int, int]  # per 15 minutes, 24 hours, 30 days
    limits: Mapping[str, int]


@dataclass
class Tag:
    id: str
    name: str
    color: str
    color_name: str | None
    locked: bool = False


@dataclass
class Idea:
    id: str
    organization_id: str
    content: dict[str, Any]  # IdeaContent as it is answered
    group_id: str | None
    position: float
    created_at: datetime
    updated_at: datetime


@dataclass
class Template:
    id: str
    organization_id: str
    title: str
    body: str
    description: str
    emoji: str
    visibility: str
    created_at: datetime
    updated_at: datetime


@dataclass
class Organization:
    id: str
    name: str
    owner_email: str
    plan: Plan
    members: int = 1
    tags: dict[str, Tag] = field(default_factory=dict)
    ideas: dict[str, Idea] = field(default_factory=dict)
    idea_groups: dict[str, str] = field(default_factory=dict)  # id → name
    templates: dict[str, Template] = field(default_factory=dict)


@dataclass
class Account:
    """Who stands behind an API key; `name` is the key's name in the sandbox (`default`, `agency`, …)."""

    name: str
    token: str
    id: str
    email: str
    full_name: str
    timezone: str
    created_at: datetime
    organizations: tuple[Organization, ...]
    plan: Plan
    connected_apps: tuple[dict[str, Any], ...] = ()


@dataclass
class Channel:
    id: str
    organization_id: str
    service: str
    type: str
    name: str
    display_name: str
    descriptor: str
    service_id: str
    timezone: str
    created_at: datetime
    schedule: dict[str, tuple[str, ...]]  # mon…sun → HH:MM in the channel's zone
    paused_days: tuple[str, ...] = ()
    paused: bool = False
    disconnected: bool = False
    locked: bool = False
    server: str = ""  # Mastodon and Bluesky
    max_characters: int = 500  # Mastodon: what the instance allows
    subscription: str | None = None  # X: "Premium" allows long posts
    boards: tuple[dict[str, Any], ...] = ()  # Pinterest
    shortener: str | None = "buff.ly"
    scopes: tuple[str, ...] = ()
    posting_goal: int | None = None


@dataclass(slots=True)
class Post:
    id: str
    channel_id: str
    organization_id: str
    status: str
    text: str
    created_at: datetime
    updated_at: datetime
    author_id: str
    due_at: datetime | None = None
    sent_at: datetime | None = None
    share_mode: str = "addToQueue"
    scheduling_type: str = "automatic"
    custom: bool = False
    shared_now: bool = False
    assets: tuple[dict[str, Any], ...] = ()  # Asset objects as they are answered; never changed in place
    metadata: dict[str, Any] = field(default_factory=dict)  # the network's own part of PostInputMetaData
    tags: tuple[str, ...] = ()
    error: dict[str, str | None] | None = None
    fails_with: dict[str, str | None] | None = None  # seeded: what will go wrong when it is due
    idea_id: str | None = None
    notes: tuple[dict[str, Any], ...] = ()
    via: str = "buffer"

    @property
    def delay(self) -> int:
        """Seconds between the due time and the time of sending, 8 to 22 as seen in live data."""
        return 8 + int(self.id[-4:], 16) % 15
