"""Buffer's GraphQL answers as they come over the wire → the models.

Unknown fields are ignored; a missing or null field becomes its default; a field of the wrong type is a BadAnswer that
names it.  Every text passes through SafeText here, ids and enums too: nothing else reaches a model.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar, get_args

import msgspec

from kosmo_tui.api.buffer.models import (
    Board,
    DailyLimit,
    Failure,
    Metric,
    Organization,
    Profile,
    Schedule,
    Statistics,
    Status,
    Update,
    User,
)
from kosmo_tui.api.buffer.post_metadata import Asset, PostMetadata
from kosmo_tui.api.errors import BadAnswer
from kosmo_tui.api.safe_text import SafeText

T = TypeVar("T")
_STATUSES: dict[str, Status] = {status: status for status in get_args(Status)}
_YEARS = range(1970, 2200)  # beyond them a "time" stands for none (year 1), or overflows in zone arithmetic


class _Wire(msgspec.Struct, rename="camel"):
    pass


class _Limits(_Wire):
    scheduled_posts: int | None = None


class _Organization(_Wire):
    id: SafeText
    name: SafeText = SafeText()
    channel_count: int | None = None
    limits: _Limits = msgspec.field(default_factory=_Limits)

    def model(self) -> Organization:
        return Organization(
            id=self.id, name=self.name, channel_count=self.channel_count, scheduled_posts=self.limits.scheduled_posts
        )


class _Account(_Wire):
    id: SafeText
    name: SafeText = SafeText()
    email: SafeText = SafeText()
    timezone: SafeText | None = None
    organizations: tuple[_Organization, ...] = ()

    def model(self) -> User:
        organizations = tuple(organization.model() for organization in self.organizations)
        return User(id=self.id, name=self.name, email=self.email, timezone=self.timezone, organizations=organizations)


class _Slots(_Wire):
    day: SafeText
    times: tuple[SafeText, ...] = ()
    paused: bool = False


class _Board(_Wire):
    service_id: SafeText
    name: SafeText = SafeText()


class _ChannelMetadata(_Wire):
    max_characters: int | None = None
    subscription_type: SafeText | None = None
    boards: tuple[_Board, ...] = ()


class _Channel(_Wire):
    id: SafeText
    service: SafeText
    organization_id: SafeText = SafeText()
    type: SafeText = SafeText()
    name: SafeText = SafeText()
    display_name: SafeText | None = None
    avatar: SafeText = SafeText()
    timezone: SafeText = SafeText("Europe/London")
    is_queue_paused: bool = False
    is_disconnected: bool = False
    is_locked: bool = False
    posting_schedule: tuple[_Slots, ...] = ()
    metadata: _ChannelMetadata = msgspec.field(default_factory=_ChannelMetadata)

    def model(self) -> Profile:
        return Profile(
            id=self.id,
            service=self.service,
            service_type=self.type,
            service_username=self.name,
            formatted_username=self.display_name or self.name,
            avatar=self.avatar,
            timezone=self.timezone,
            paused=self.is_queue_paused,
            disconnected=self.is_disconnected,
            locked=self.is_locked,
            schedules=tuple(Schedule(slots.day, slots.times, slots.paused) for slots in self.posting_schedule),
            organization_id=self.organization_id,
            max_characters=self.metadata.max_characters,
            subscription=self.metadata.subscription_type,
            boards=tuple(Board(board.service_id, board.name) for board in self.metadata.boards),
        )


class _Error(_Wire):
    message: SafeText = SafeText()
    raw_error: SafeText = SafeText()
    support_url: SafeText = SafeText()

    def model(self) -> Failure:
        return Failure(message=self.message, raw=self.raw_error, support_url=self.support_url)


class _Tag(_Wire):
    id: SafeText = SafeText()
    name: SafeText = SafeText()


class _Metric(_Wire):
    type: SafeText
    value: float
    name: SafeText = SafeText()
    unit: SafeText = SafeText("count")


class _Post(_Wire):
    id: SafeText
    channel_id: SafeText = SafeText()
    channel_service: SafeText = SafeText()
    status: SafeText = SafeText()
    text: SafeText = SafeText()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    due_at: datetime | None = None
    sent_at: datetime | None = None
    is_custom_scheduled: bool = False
    share_mode: SafeText = SafeText()
    scheduling_type: SafeText = SafeText()
    external_link: SafeText | None = None
    via: SafeText = SafeText()
    allowed_actions: tuple[SafeText, ...] = ()
    error: _Error | None = None
    tags: tuple[_Tag, ...] = ()
    assets: tuple[Asset, ...] = ()
    metadata: PostMetadata = msgspec.field(default_factory=PostMetadata)
    metrics: tuple[_Metric, ...] | None = None
    metrics_updated_at: datetime | None = None

    def model(self) -> Update:
        due, sent, error, card = _time(self.due_at), _time(self.sent_at), self.error, self.metadata.card()
        media = tuple(asset.model() for asset in self.assets)
        if card is not None:
            media += (card,)
        return Update(
            id=self.id,
            profile_id=self.channel_id,
            profile_service=self.channel_service,
            status=self._status(),
            text=self.text,
            created_at=_time(self.created_at),
            updated_at=_time(self.updated_at),
            due_at=due,
            scheduled_at=due or sent,
            sent_at=sent,
            media=media,
            tags=tuple(tag.name for tag in self.tags),
            tag_ids=tuple(tag.id for tag in self.tags if tag.id),
            statistics=self._statistics(),
            error=error.model() if error else None,
            service_link=self.external_link,
            via=self.via,
            custom_scheduled=self.is_custom_scheduled,
            share_mode=self.share_mode,
            scheduling_type=self.scheduling_type,
            mentions=self.metadata.mentions(),
            metadata=self.metadata.given(self.channel_service),
            allowed_actions=self.allowed_actions,
        )

    def _status(self) -> Status:
        """The status; one that Buffer added since is told by what else the post shows."""
        known = _STATUSES.get(self.status)
        if known is not None:
            return known
        if self.sent_at is not None:
            return "sent"
        return "error" if self.error is not None else "scheduled" if self.due_at is not None else "draft"

    def _statistics(self) -> Statistics | None:
        if self.metrics is None:
            return None
        metrics = {str(one.type): Metric(name=one.name, value=one.value, unit=one.unit) for one in self.metrics}
        return Statistics(metrics=metrics, updated_at=_time(self.metrics_updated_at))


class _Edge(_Wire):
    node: _Post


class _PageInfo(_Wire):
    end_cursor: str | None = None  # opaque, goes back as it came, is never shown
    has_next_page: bool = False


class _Page(_Wire):
    edges: tuple[_Edge, ...] = ()
    page_info: _PageInfo = msgspec.field(default_factory=_PageInfo)

    def models(self) -> tuple[Update, ...]:
        return tuple(edge.node.model() for edge in self.edges)


class AccountData(_Wire):
    """`data` of the `account` query."""

    account: _Account


class ChannelsData(_Wire):
    """`data` of the `channels` query."""

    channels: tuple[_Channel, ...]


class ChannelData(_Wire):
    """`data` of the `channel` query."""

    channel: _Channel


class PostsData(_Wire):
    """`data` of the `posts` query."""

    posts: _Page


class PostData(_Wire):
    """`data` of the `post` query."""

    post: _Post


class OverviewData(_Wire):
    """`data` of the `overview` query."""

    channels: tuple[_Channel, ...]
    posts: _Page


class Payload(_Wire):
    """What a mutation returns: one member of a union, told apart by `typename`."""

    typename: SafeText = msgspec.field(default=SafeText(), name="__typename")
    post: _Post | None = None
    id: SafeText = SafeText()
    message: SafeText = SafeText()
    code: int | None = None


class CreateData(_Wire):
    """`data` of the `createPost` mutation."""

    create_post: Payload


class EditData(_Wire):
    """`data` of the `editPost` mutation."""

    edit_post: Payload


class DeleteData(_Wire):
    """`data` of the `deletePost` mutation."""

    delete_post: Payload


class MoveData(_Wire):
    """`data` of the `movePostInQueue` mutation."""

    move_post_in_queue: Payload


class _DailyLimit(_Wire):
    channel_id: SafeText
    sent: int = 0
    scheduled: int = 0
    limit: int | None = None
    is_at_limit: bool = False

    def model(self) -> DailyLimit:
        return DailyLimit(
            profile_id=self.channel_id,
            sent=self.sent,
            scheduled=self.scheduled,
            limit=self.limit,
            at_limit=self.is_at_limit,
        )


class DailyLimitsData(_Wire):
    """`data` of the `dailyPostingLimits` query."""

    daily_posting_limits: tuple[_DailyLimit, ...]


def read(type_: type[T], data: Any, operation: str) -> T:
    """`data` of an answer to `operation` as `type_`.  Raises BadAnswer that names the field which does not fit."""
    try:
        return msgspec.convert(_without_nulls(data), type_, dec_hook=_text)
    except msgspec.ValidationError as error:
        reason = str(error)
    except UnicodeEncodeError:
        reason = "a field holds half a character"
    except RecursionError:
        reason = "it is nested too deeply"
    raise BadAnswer(
        f"Buffer's answer to {operation} cannot be used: {reason}",
        hint="Buffer may have changed its interface: look for a newer version of kosmo-tui",
    )


def _without_nulls(value: Any) -> Any:
    """Null means "not told", as a missing field does; the models know one way to say so."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value if item is not None]
    return value


def _text(type_: type, value: Any) -> Any:
    if not isinstance(value, str):
        raise TypeError(f"Expected `str`, got `{type(value).__name__}`")
    return type_(value)


def _time(value: datetime | None) -> datetime | None:
    """In UTC; a time without an offset is UTC already."""
    if value is None or value.year not in _YEARS:
        return None
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
