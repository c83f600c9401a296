"""What the dashboard knows of each account: who it is, how it is doing, and its lists.

One `BufferDesk` or `InstagramDesk` per account.  A desk asks its client only when it is told to, and shares one answer
among all lists that it fills.  Several desks can be refreshed at the same time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.api.buffer.models import Profile, Status, Update, UpdatePage
from kosmo_tui.api.buffer.models import User as BufferUser
from kosmo_tui.api.errors import KosmoError, Unavailable
from kosmo_tui.api.instagram.models import Comment, Media
from kosmo_tui.api.instagram.models import User as InstagramUser
from kosmo_tui.api.limits import Window
from kosmo_tui.services.insights import Overview, overview
from kosmo_tui.services.listing import Listing

if TYPE_CHECKING:  # the clients load httpx: not before the first screen stands
    from kosmo_tui.api.buffer.client import BufferClient
    from kosmo_tui.api.instagram.client import InstagramClient

Clock = Callable[[], datetime]
Health = Literal["unknown", "loading", "ok", "attention", "offline"]
VIEWS: dict[str, tuple[str, ...]] = {
    "buffer": ("queue", "sent", "profiles"),
    "instagram": ("media", "comments", "insights"),
}
PENDING: tuple[Status, ...] = ("scheduled", "sending", "error", "needs_approval", "draft")
PAGE = 50  # items of one page: a screen and a half, so that scrolling rarely waits
QUEUE_PAGE = 100  # the most that Buffer hands out: nearly every queue is one page, and only a whole one shows its slots


def health_of(error: KosmoError | None, *, loading: bool, known: bool) -> Health:
    """The state of an account from its last error: what a person has to mend is `attention`, a bad line `offline`."""
    match error:
        case None:
            return "ok" if known else "loading" if loading else "unknown"
        case Unavailable():
            return "offline"
        case _:
            return "attention"


class BufferDesk:
    """One Buffer account: its profiles, the pending posts of all of them, and what was sent."""

    service = "buffer"

    def __init__(self, account: str, hub: Hub, now: Clock) -> None:
        self.account = account
        self._now = now
        self.name = account.partition(".")[2]
        self._hub = hub
        self.user: BufferUser | None = None
        self.profiles: tuple[Profile, ...] = ()
        self.error: KosmoError | None = None
        self.loading = False
        self.queue: Listing[Update] = Listing(self._fetch_queue, now)
        self._sent: dict[str | None, Listing[Update]] = {}

    @property
    def client(self) -> BufferClient:
        return self._hub.buffer[self.name]

    @property
    def handle(self) -> str:
        return (self.user.name or self.user.email) if self.user else ""

    @property
    def health(self) -> Health:
        state = health_of(self.error, loading=self.loading, known=self.user is not None)
        if state == "ok" and any(profile.disconnected or profile.locked for profile in self.profiles):
            return "attention"
        return state

    @property
    def problem(self) -> str:
        """What is wrong in two words; empty when nothing is."""
        if self.error is not None:
            return self.error.kind.replace("_", " ")
        cut = sum(profile.disconnected or profile.locked for profile in self.profiles)
        return f"{cut} disconnected" if cut else ""

    @property
    def window(self) -> Window | None:
        """The rate window that is nearest its end."""
        return self.client.limits.tightest() if self.user else None

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
            seen = await self.client.overview(PENDING, first=QUEUE_PAGE)
        except KosmoError as error:
            self.error = self.queue.error = error
        else:
            self.user, self.profiles, self.error = seen.user, seen.profiles, None
            self.queue.fill(seen.updates, seen.cursor)
        finally:
            self.loading = False
            self.queue.changes += 1

    async def _fetch_queue(self, cursor: str | None) -> tuple[Sequence[Update], str | None]:
        if cursor is None:
            seen = await self.client.overview(PENDING, first=QUEUE_PAGE)
            self.user, self.profiles, self.error = seen.user, seen.profiles, None
            return seen.updates, seen.cursor
        return await _posts_of_all(self, None, PENDING, cursor, newest_first=False)


class _SentPosts:
    """Fetches the sent posts of a desk, newest first."""

    def __init__(self, desk: BufferDesk, profile_id: str | None) -> None:
        self._desk, self._profile_id = desk, profile_id

    async def __call__(self, cursor: str | None) -> tuple[Sequence[Update], str | None]:
        return await _posts_of_all(self._desk, self._profile_id, ("sent",), cursor, newest_first=True)


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
    updates.sort(key=lambda update: update.scheduled_at or update.created_at or datetime.max, reverse=newest_first)
    onward = "\n".join(f"{name}={found.cursor}" for name, found in pages if found.has_more and found.cursor)
    return updates, onward or None


class InstagramDesk:
    """One Instagram account: its media, the comments of one item or of all recent ones, and its insights."""

    service = "instagram"

    def __init__(self, account: str, hub: Hub, now: Clock) -> None:
        self.account = account
        self._now = now
        self.name = account.partition(".")[2]
        self._hub = hub
        self.user: InstagramUser | None = None
        self.error: KosmoError | None = None
        self.loading = False
        self.media: Listing[Media] = Listing(self._fetch_media, now)
        self.recent: Listing[CommentOn] = Listing(self._fetch_recent, now)
        self._comments: dict[str, Listing[CommentOn]] = {}

    @property
    def client(self) -> InstagramClient:
        return self._hub.instagram[self.name]

    @property
    def handle(self) -> str:
        return f"@{self.user.username}" if self.user else ""

    @property
    def health(self) -> Health:
        return health_of(self.error, loading=self.loading, known=self.user is not None)

    @property
    def problem(self) -> str:
        """What is wrong in two words; empty when nothing is."""
        return self.error.kind.replace("_", " ") if self.error is not None else ""

    @property
    def window(self) -> Window | None:
        """The rate window that is nearest its end."""
        return self.client.limits.tightest() if self.user else None

    def comments(self, media: Media | None) -> Listing[CommentOn]:
        """The comments on one item, or on the newest items (None)."""
        if media is None:
            return self.recent
        if media.id not in self._comments:
            self._comments[media.id] = Listing(_CommentsOn(self, media), self._now)
        return self._comments[media.id]

    async def insights(self, days: int, now: datetime) -> Overview:
        """The numbers of the last `days` days; raises the errors of the client."""
        return await overview(self.client, days=days, now=now)

    async def refresh(self) -> None:
        """Who the account is.  Errors are kept, not raised."""
        if self.loading:
            return
        self.loading = True
        try:
            self.user = await self.client.get_current_user()
            self.error = None
        except KosmoError as error:
            self.error = error
        finally:
            self.loading = False

    async def _fetch_media(self, cursor: str | None) -> tuple[Sequence[Media], str | None]:
        page = await self.client.list_media(limit=PAGE, after=cursor)
        return page.items, page.after

    async def _fetch_recent(self, cursor: str | None) -> tuple[Sequence[CommentOn], str | None]:
        page = await self.client.recent_comments(after=cursor)
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
        page = await self._desk.client.list_comments(self._media.id, limit=50, after=cursor)
        return [CommentOn(self._media, comment) for comment in page.items], page.after


Desk = BufferDesk | InstagramDesk


class Workspace:
    """The desks of all accounts, in the order of the configuration."""

    def __init__(self, hub: Hub, now: Clock) -> None:
        self.desks: dict[str, Desk] = {
            account: (BufferDesk if account.startswith("buffer.") else InstagramDesk)(account, hub, now)
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
