"""What the Buffer functions return: the shapes of the function reference, decoded from GraphQL answers.

Names follow the reference ("profile" is a GraphQL `Channel`, "update" a `Post`).  Every text that a person wrote or a
service sent is `SafeText`; times are aware datetimes; ids are strings.

Annotations are what they say and not strings, which msgspec would have to read one by one at every start.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec

from kosmo_tui.api.safe_text import SafeText

Status = Literal["draft", "needs_approval", "scheduled", "sending", "sent", "error"]


class Schedule(msgspec.Struct, frozen=True):
    """The posting slots of one weekday: `day` is `mon`…`sun`, `times` are `HH:MM` in the profile's zone."""

    day: str
    times: tuple[str, ...] = ()
    paused: bool = False


class Organization(msgspec.Struct, frozen=True, kw_only=True):
    """A Buffer organization and how much its plan allows (`scheduled_posts` is per profile; None when not told)."""

    id: str
    name: SafeText = SafeText()
    channel_count: int | None = None
    scheduled_posts: int | None = None


class User(msgspec.Struct, frozen=True, kw_only=True):
    """The person behind the token."""

    id: str
    name: SafeText = SafeText()
    email: SafeText = SafeText()
    timezone: str | None = None
    organizations: tuple[Organization, ...] = ()


class Board(msgspec.Struct, frozen=True):
    """A Pinterest board; `id` is the board's id at Pinterest, which a post must name."""

    id: str
    name: SafeText = SafeText()


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A connected social account.  `service` is Buffer's name of the network (`twitter`, `googlebusiness`, …)."""

    id: str
    service: str
    service_type: str = ""
    service_username: SafeText = SafeText()
    formatted_username: SafeText = SafeText()
    avatar: str = ""
    timezone: str = "Europe/London"  # Buffer's own default for a channel
    paused: bool = False
    disconnected: bool = False
    locked: bool = False
    schedules: tuple[Schedule, ...] = ()
    organization_id: str = ""
    # Beyond the reference, for the composer: the instance's limit of a Mastodon profile, X Premium, Pinterest boards.
    max_characters: int | None = None
    subscription: str | None = None
    boards: tuple[Board, ...] = ()


class UserTag(msgspec.Struct, frozen=True):
    """Somebody tagged in an image, at a place from (0, 0) to (1, 1)."""

    handle: SafeText
    x: float
    y: float


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """Words of a text that stand for a page or a person: the characters from `start` to before `end`."""

    text: SafeText
    start: int
    end: int


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """One attachment: `type` is `image`, `video`, `document` or `link`.

    `title` is a video's or a document's, `thumbnail_offset` where a video's thumbnail was taken, in milliseconds.
    """

    type: str
    url: str = ""
    thumbnail: str = ""
    alt_text: SafeText = SafeText()
    width: int | None = None
    height: int | None = None
    title: SafeText = SafeText()
    thumbnail_offset: int | None = None
    user_tags: tuple[UserTag, ...] = ()


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a post was not published, as Buffer tells it."""

    message: SafeText
    raw: SafeText = SafeText()
    support_url: str = ""


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One number of a sent post; `unit` is `count` or `percentage`."""

    name: SafeText
    value: float
    unit: str = "count"


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """Metrics by type, as of Buffer's last daily run; an absent key means "not available", never 0."""

    metrics: dict[str, Metric]
    updated_at: datetime | None = None


class Update(msgspec.Struct, frozen=True, kw_only=True):
    """One post on one profile.

    `due_at` is Buffer's time for it; `scheduled_at` the time at which it will go out (or went out), whoever chose it:
    the queue or a person (`custom_scheduled`).  `share_mode` is how it was filed (`addToQueue`, `shareNext`,
    `shareNow`, `customScheduled`).  `mentions` are those that somebody
    placed in the text of a Facebook or LinkedIn post.  `metadata` is what its network got beside text and media (first
    comment, board, thread, …), in the shape that `create_update` and `edit_update` take: one key, the service, or none.
    """

    id: str
    profile_id: str
    profile_service: str
    status: Status
    text: SafeText = SafeText()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    due_at: datetime | None = None
    scheduled_at: datetime | None = None
    sent_at: datetime | None = None
    media: tuple[Media, ...] = ()
    tags: tuple[SafeText, ...] = ()
    tag_ids: tuple[str, ...] = ()
    statistics: Statistics | None = None
    error: Failure | None = None
    service_link: str | None = None
    via: str = ""
    custom_scheduled: bool = False
    share_mode: str = ""
    scheduling_type: str = ""
    mentions: tuple[Mention, ...] = ()
    metadata: dict[str, dict[str, Any]] = {}
    allowed_actions: tuple[str, ...] = ()

    @property
    def thread(self) -> tuple[str, ...]:
        """The texts of the thread, the first one included; () when it is none."""
        parts = self.metadata.get(self.profile_service, {}).get("thread", ())
        return tuple(part["text"] for part in parts)


class UpdatePage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of updates.  Buffer counts nothing, so `total` is always None; `cursor` leads to the next page."""

    updates: tuple[Update, ...]
    page: int
    count: int
    has_more: bool
    total: None = None
    cursor: str | None = None


class CreateFailure(msgspec.Struct, frozen=True, kw_only=True):
    """A profile that did not take the post; `kind` is an error kind (`refused`, `outcome_unknown`, …)."""

    profile_id: str
    kind: str
    message: SafeText
    hint: SafeText = SafeText()


class CreateResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a `create_update`: every profile is in `updates` or in `failures`."""

    success: bool
    updates: tuple[Update, ...] = ()
    failures: tuple[CreateFailure, ...] = ()
    notices: tuple[str, ...] = ()


class DailyLimit(msgspec.Struct, frozen=True, kw_only=True):
    """How many posts a profile has sent and planned on a day of its zone; `limit` is None where there is none."""

    profile_id: str
    sent: int
    scheduled: int
    limit: int | None = None
    at_limit: bool = False


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen when a post was looked for: the one that must be it, or None; and all that were made since, newest
    first.  `at` is when it was looked, by Buffer's clock."""

    found: Update | None
    seen: tuple[Update, ...]
    at: datetime


class LookedChange(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of a post that was to be changed: as it is now (None: gone), whether the change is `done`, and
    whether anybody has `touched` it since.  `at` is when it was looked, by Buffer's clock."""

    update: Update | None
    done: bool
    touched: bool
    at: datetime


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """What the dashboard shows first of an account: every profile, and the first pending posts by time.

    `cursor` leads on: one line `organization=cursor` for each organization that has more, None when none has.
    """

    user: User
    profiles: tuple[Profile, ...]
    updates: tuple[Update, ...]
    cursor: str | None = None
