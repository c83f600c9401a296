"""What the dashboard shows of Instagram: typed views of Graph's JSON.

The seven functions return Graph's own JSON (`Page.raw`, without the paging URLs, which hold the token); these models
are decoded from it.  A key that Graph left out is None: "not told" is never 0.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from kosmo_tui.api.safe_text import SafeText

Item = TypeVar("Item")


class User(msgspec.Struct, frozen=True, kw_only=True):
    """The professional account.  `user_id` is its 1784… id, which writes must name (`id` may be app-scoped)."""

    id: str
    user_id: str
    username: SafeText = SafeText()
    name: SafeText = SafeText()
    account_type: str | None = None
    media_count: int | None = None
    followers_count: int | None = None
    follows_count: int | None = None
    profile_picture_url: str | None = None
    raw: dict[str, Any] = {}


class Child(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a carousel."""

    id: str
    media_type: str | None = None
    media_url: str | None = None


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A published item.  A reel reads back as media_type VIDEO with media_product_type REELS."""

    id: str
    caption: SafeText = SafeText()
    media_type: str | None = None
    media_product_type: str | None = None
    media_url: str | None = None
    thumbnail_url: str | None = None
    permalink: str | None = None
    timestamp: datetime | None = None
    username: SafeText = SafeText()
    like_count: int | None = None
    comments_count: int | None = None
    alt_text: SafeText | None = None
    is_comment_enabled: bool | None = None
    children: tuple[Child, ...] = ()
    raw: dict[str, Any] = {}

    @property
    def kind(self) -> str:
        """`image`, `video`, `reel`, `story` or `carousel`: what a person would call it."""
        if self.media_product_type == "REELS":
            return "reel"
        if self.media_product_type == "STORY":
            return "story"
        return {"CAROUSEL_ALBUM": "carousel", "VIDEO": "video"}.get(self.media_type or "", "image")


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment and the replies that came with it (only top-level comments have replies)."""

    id: str
    text: SafeText = SafeText()
    username: SafeText = SafeText()
    timestamp: datetime | None = None
    like_count: int | None = None
    hidden: bool | None = None
    parent_id: str | None = None
    media_id: str | None = None
    replies: tuple[Comment, ...] = ()
    raw: dict[str, Any] = {}


class Thread(msgspec.Struct, frozen=True, kw_only=True):
    """A media item and its newest comments; `more` when it has others, which follow the cursor `after`."""

    media: Media
    comments: tuple[Comment, ...] = ()
    more: bool = False
    after: str | None = None


class Page(msgspec.Struct, Generic[Item], frozen=True, kw_only=True):
    """One page: `after` is the cursor of the next page, None on the last one; `raw` is Graph's JSON without URLs."""

    items: tuple[Item, ...]
    after: str | None = None
    before: str | None = None
    raw: dict[str, Any] = {}


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a series; `end_time` is the end of its Pacific day."""

    value: float | dict[str, float]
    end_time: datetime | None = None


class Breakdown(msgspec.Struct, frozen=True, kw_only=True):
    """A total split by `keys` (e.g. ("country",)); every result is (values of the keys, number)."""

    keys: tuple[str, ...]
    results: tuple[tuple[tuple[str, ...], float], ...]


class Insight(msgspec.Struct, frozen=True, kw_only=True):
    """One metric: either a series (`points`) or a total, perhaps with breakdowns."""

    name: str
    period: str
    title: SafeText = SafeText()
    points: tuple[Point, ...] = ()
    total: float | None = None
    breakdowns: tuple[Breakdown, ...] = ()


class Insights(msgspec.Struct, frozen=True, kw_only=True):
    """What could be had, and a notice with the reason for every metric that could not."""

    items: tuple[Insight, ...]
    notices: tuple[str, ...] = ()
    raw: dict[str, Any] = {}

    def get(self, name: str) -> Insight | None:
        """The insight called `name`, or None."""
        return next((item for item in self.items if item.name == name), None)


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of `create_media`: a published item (`permalink`) or a container (`status_code`)."""

    id: str
    permalink: str | None = None
    status_code: str | None = None
    container_id: str | None = None
    notices: tuple[str, ...] = ()
    raw: dict[str, Any] = {}


class Container(msgspec.Struct, frozen=True, kw_only=True):
    """What is being published: `status_code` IN_PROGRESS, FINISHED, ERROR, EXPIRED or PUBLISHED, `status` in words."""

    id: str
    status_code: str = ""
    status: SafeText = SafeText()


class LookedMedia(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen when a publication was looked for: its container (None when it is not known, or no more), the item
    that it became, if it did, and what was published since, newest first.  `at` is when it was looked (UTC)."""

    state: Container | None
    found: Published | None
    seen: tuple[Media, ...]
    at: datetime


class PublishingLimit(msgspec.Struct, frozen=True, kw_only=True):
    """How many posts were published in the last `duration` seconds, and how many may be; None when not told."""

    used: int | None = None
    total: int | None = None
    duration: int | None = None
