"""What the dashboard knows of each account: who it is, how it is doing, and its lists.

One `BufferDesk` or `InstagramDesk` per account.  A desk asks its client only when it is told to, and shares one answer
among all lists that it fills.  Several desks can be refreshed at the same time.  Drafts and writes come from the store
and cost no request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Literal, TypeVar

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.api.buffer.models import Profile, Status, Update, UpdatePage
from kosmo_tui.api.buffer.models import User as BufferUser
from kosmo_tui.api.errors import AuthExpired, Forbidden, KosmoError, RateLimited, TokenError, Unavailable
from kosmo_tui.api.instagram.models import Comment, Media
from kosmo_tui.api.instagram.models import User as InstagramUser
from kosmo_tui.api.limits import Limits, Window
from kosmo_tui.services.insights import Overview, overview
from kosmo_tui.services.listing import Listing

if TYPE_CHECKING:  # the clients load httpx: not before the first screen stands
    from kosmo_tui.api.buffer.client import BufferClient
    from kosmo_tui.api.instagram.client import InstagramClient
    from kosmo_tui.services.drafts import Drafts, Kept
    from kosmo_tui.services.outbox import Outbox
    from kosmo_tui.store.records import OutboxRow

Answer = TypeVar("Answer")
Clock = Callable[[], datetime]
Health = Literal["unknown", "loading", "ok", "attention", "offline"]
VIEWS: dict[str, tuple[str, ...]] = {
    "buffer": ("queue", "sent", "drafts", "outbox", "profiles"),
    "instagram": ("media", "comments", "insights", "drafts", "outbox"),
}
_NEVER = datetime.max.replace(tzinfo=UTC)  # where posts without a time stand
PENDING: tuple[Status, ...] = ("scheduled", "sending", "error", "needs_approval", "draft")
PAGE = 50  # items of one page: a screen and a half, so that scrolling rarely waits
QUEUE_PAGE = 100  # the most that Buffer hands out: nearly every queue is one page, and only a whole one shows its slots


@dataclass(frozen=True)
class Stored:
    """What outlives the program: the drafts and the writes of all accounts."""

    drafts: Drafts
    outbox: Outbox


class _Desk:
    """What the desks of both services share."""

    service: ClassVar[str]

    def __init__(self, account: str, hub: Hub, now: Clock, stored: Stored) -> None:
        self.account = account
        self.name = account.partition(".")[2]
        self.drafts: Listing[Kept] = Listing(self._fetch_drafts, now)
        self.writes: Listing[OutboxRow] = Listing(self._fetch_writes, now)
        self._stored = stored
        self._reading = asyncio.Lock()
        self._asked = self._read = 0  # how often the store was to be read, and up to which of these it was
        self.error: KosmoError | None = None  # what the last request told of the account; None when it went well
        self.loading = False
        self._hub = hub
        self._now = now

    @property
    def known(self) -> bool:
        """Whether the service has said who the account is."""
        raise NotImplementedError

    @property
    def limits(self) -> Limits:
        """The rate limits of the account's client."""
        raise NotImplementedError

    @property
    def health(self) -> Health:
        """The state of the account: what a person has to mend is `attention`, a bad line `offline`."""
        if isinstance(self.error, Unavailable):
            return "offline"
        if self.problem:
            return "attention"
        return "ok" if self.known else "loading" if self.loading else "unknown"

    @property
    def problem(self) -> str:
        """What is wrong, in a few words; empty when nothing is."""
        return self.error.kind.replace("_", " ") if self.error is not None else ""

    @property
    def window(self) -> Window | None:
        """The rate window that is nearest its end."""
        return self.limits.tightest() if self.known else None

    async def ask(self, answer: Awaitable[Answer]) -> Answer:
        """Await `answer` and keep what it tells of the account's health.  Raises what it raises."""
        try:
            found = await answer
        except (TokenError, AuthExpired, Forbidden, RateLimited, Unavailable) as error:
            self.error = error
            raise
        self.error = None
        return found

    async def read_store(self) -> None:
        """Read the drafts and the writes of the account anew.  Errors are kept in the listings, not raised.

        What is there when this returns is at least as new as the call; calls that wait together share one reading.
        """
        self._asked += 1
        asked = self._asked
        async with self._reading:
            if self._read < asked:
                self._read = self._asked
                await asyncio.gather(self.drafts.refresh(), self.writes.refresh())

    async def _fetch_drafts(self, _: str | None) -> tuple[Sequence[Kept], None]:
        return await asyncio.to_thread(self._stored.drafts.list, self.account), None

    async def _fetch_writes(self, _: str | None) -> tuple[Sequence[OutboxRow], None]:
        return await asyncio.to_thread(self._stored.outbox.rows, account=self.account), None


class BufferDesk(_Desk):
    """One Buffer account: its profiles, the pending posts of all of them, and what was sent."""

    service = "buffer"

    def __init__(self, account: str, hub: Hub, now: Clock, stored: Stored) -> None:
        super().__init__(account, hub, now, stored)
        self.user: BufferUser | None = None
        self.profiles: tuple[Profile, ...] = ()
        self.queue: Listing[Update] = Listing(self._fetch_queue, now)
        self._sent: dict[str | None, Listing[Update]] = {}

    @property
    def client(self) -> BufferClient:
        return self._hub.buffer[self.name]

    @property
    def limits(self) -> Limits:
        return self.client.limits

    @property
    def known(self) -> bool:
        return self.user is not None

    @property
    def handle(self) -> str:
        """Whose account it is."""
        return (self.user.name or self.user.email) if self.user else ""

    @property
    def problem(self) -> str:
        cut = sum(profile.disconnected or profile.locked for profile in self.profiles)
        counts = ((len(self.failed()), "failed"), (cut, "disconnected"))
        return super().problem or ", ".join(f"{count} {what}" for count, what in counts if count)

    def profile(self, profile_id: str) -> Profile | None:
        return next((profile for profile in self.profiles if profile.id == profile_id), None)

    def pending(self, profile_id: str | None = None) -> list[Update]:
        """What will go out: of one profile, or of all."""
        return [
            update
            for update in self.queue.items
            if update.status in ("scheduled", "sending", "needs_approval") and profile_id in (None, update.profile_id)
        ]

    def failed(self, profile_id: str | None = None) -> list[Update]:
        return [u for u in self.queue.items if u.status == "error" and profile_id in (None, u.profile_id)]

    def sent(self, profile_id: str | None) -> Listing[Update]:
        """The sent posts of one profile, or of all (None)."""
        if profile_id not in self._sent:
            self._sent[profile_id] = Listing(_SentPosts(self, profile_id), self._now)
        return self._sent[profile_id]

    async def refresh(self) -> None:
        """User, profiles and the pending posts, in as few requests as Buffer allows.  Errors are kept, not raised."""
        if self.loading:
            return
        self.loading = True
        try:
            await self.queue.refresh()
        finally:
            self.loading = False
            self.error = self.queue.error

    async def _fetch_queue(self, cursor: str | None) -> tuple[Sequence[Update], str | None]:
        if cursor is None:
            seen = await self.ask(self.client.overview(PENDING, first=QUEUE_PAGE))
            self.user, self.profiles = seen.user, seen.profiles
            return seen.updates, seen.cursor
        return await self.ask(_posts_of_all(self, None, PENDING, cursor, newest_first=False))


class _SentPosts:
    """Fetches the sent posts of a desk, newest first."""

    def __init__(self, desk: BufferDesk, profile_id: str | None) -> None:
        self._desk, self._profile_id = desk, profile_id

    async def __call__(self, cursor: str | None) -> tuple[Sequence[Update], str | None]:
        return await self._desk.ask(_posts_of_all(self._desk, self._profile_id, ("sent",), cursor, newest_first=True))


async def _posts_of_all(
    desk: BufferDesk, profile_id: str | None, statuses: Sequence[Status], cursor: str | None, *, newest_first: bool
) -> tuple[Sequence[Update], str | None]:
    """One page of every organization of the account (or of the one that owns the profile), in one order.

    The joint cursor is the organizations' cursors, one per line as `organization=cursor`.
    """
    profile = desk.profile(profile_id) if profile_id else None
    if profile is not None:
        organizations = [profile.organization_id]
    else:
        organizations = [organization.id for organization in await desk.client.organizations()]
    after: dict[str, str | None] = dict.fromkeys(organizations)
    if cursor is not None:
        after = {name: position for name, _, position in (line.partition("=") for line in cursor.splitlines())}

    async def page(organization_id: str, position: str | None) -> tuple[str, UpdatePage]:
        found = await desk.client.posts(
            organization_id,
            profile_ids=[profile_id] if profile_id else None,
            statuses=statuses,
            newest_first=newest_first,
            first=PAGE,
            after=position,
        )
        return organization_id, found

    pages = await asyncio.gather(*(page(organization_id, position) for organization_id, position in after.items()))
    updates = [update for _, found in pages for update in found.updates]
    updates.sort(key=lambda update: update.scheduled_at or update.created_at or _NEVER, reverse=newest_first)
    onward = "\n".join(f"{name}={found.cursor}" for name, found in pages if found.has_more and found.cursor)
    return updates, onward or None


class InstagramDesk(_Desk):
    """One Instagram account: its media, the comments of one item or of all recent ones, and its insights."""

    service = "instagram"

    def __init__(self, account: str, hub: Hub, now: Clock, stored: Stored) -> None:
        super().__init__(account, hub, now, stored)
        self.user: InstagramUser | None = None
        self.media: Listing[Media] = Listing(self._fetch_media, now)
        self.recent: Listing[CommentOn] = Listing(self._fetch_recent, now)
        self._comments: dict[str, Listing[CommentOn]] = {}

    @property
    def client(self) -> InstagramClient:
        return self._hub.instagram[self.name]

    @property
    def limits(self) -> Limits:
        return self.client.limits

    @property
    def known(self) -> bool:
        return self.user is not None

    @property
    def handle(self) -> str:
        """Whose account it is."""
        return f"@{self.user.username}" if self.user else ""

    def comments(self, media: Media | None) -> Listing[CommentOn]:
        """The comments on one item, or on the newest items (None)."""
        if media is None:
            return self.recent
        if media.id not in self._comments:
            self._comments[media.id] = Listing(_CommentsOn(self, media), self._now)
        return self._comments[media.id]

    async def insights(self, days: int, now: datetime) -> Overview:
        """The numbers of the last `days` days; raises the errors of the client."""
        return await self.ask(overview(self.client, days=days, now=now))

    async def refresh(self) -> None:
        """Who the account is.  Errors are kept, not raised."""
        if self.loading:
            return
        self.loading = True
        try:
            self.user = await self.ask(self.client.get_current_user())
        except KosmoError as error:
            self.error = error
        finally:
            self.loading = False

    async def _fetch_media(self, cursor: str | None) -> tuple[Sequence[Media], str | None]:
        page = await self.ask(self.client.list_media(limit=PAGE, after=cursor))
        return page.items, page.after

    async def _fetch_recent(self, cursor: str | None) -> tuple[Sequence[CommentOn], str | None]:
        page = await self.ask(self.client.recent_comments(after=cursor))
        return [CommentOn(thread.media, comment) for thread in page.items for comment in thread.comments], page.after


class CommentOn:
    """A comment with the item that it stands under."""

    __slots__ = ("comment", "media")

    def __init__(self, media: Media, comment: Comment) -> None:
        self.media, self.comment = media, comment

    @property
    def id(self) -> str:
        return self.comment.id


class _CommentsOn:
    """Fetches the comments on one item, newest first."""

    def __init__(self, desk: InstagramDesk, media: Media) -> None:
        self._desk, self._media = desk, media

    async def __call__(self, cursor: str | None) -> tuple[Sequence[CommentOn], str | None]:
        page = await self._desk.ask(self._desk.client.list_comments(self._media.id, limit=50, after=cursor))
        return [CommentOn(self._media, comment) for comment in page.items], page.after


Desk = BufferDesk | InstagramDesk


class Workspace:
    """The desks of all accounts, in the order of the configuration."""

    def __init__(self, hub: Hub, now: Clock, stored: Stored) -> None:
        self.desks: dict[str, Desk] = {
            account: (BufferDesk if account.startswith("buffer.") else InstagramDesk)(account, hub, now, stored)
            for account in hub.accounts
        }

    def __iter__(self) -> Iterator[Desk]:
        return iter(self.desks.values())

    def __len__(self) -> int:
        return len(self.desks)

    def numbered(self, number: int) -> Desk | None:
        """The desk of the number key `number` (1 to 9)."""
        desks = list(self.desks.values())
        return desks[number - 1] if 0 < number <= len(desks) else None
