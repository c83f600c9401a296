"""What the dashboard knows of each account: who it is, how it is doing, and its lists.

One `BufferDesk` or `InstagramDesk` per account.  A desk first recalls what the store has; it asks its client only when
it is told to, shares one answer among all lists that it fills, and keeps it.  Several desks can be refreshed at the
same time.  Drafts and writes come from the store and cost no request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.api.buffer.models import Overview as BufferOverview
from kosmo_tui.api.buffer.models import Profile, Update
from kosmo_tui.api.buffer.models import User as BufferUser
from kosmo_tui.api.errors import Forbidden, KosmoError, NotFound, RateLimited
from kosmo_tui.api.limits import Limits
from kosmo_tui.services import cached
from kosmo_tui.services.account_lists import (
    PENDING,
    WaitingPosts,
    known,
    published_media,
    sent_posts,
)
from kosmo_tui.services.budget import PURPOSE, Priority
from kosmo_tui.services.desk import AccountDesk, Clock, Stored
from kosmo_tui.services.listing import Listing
from kosmo_tui.services.refresh import Question, overdue
from kosmo_tui.store.errors import StoreError

if TYPE_CHECKING:  # the clients load httpx: not before the first screen stands
    from kosmo_tui.api.buffer.client import BufferClient
    from kosmo_tui.api.instagram.client import InstagramClient
    from kosmo_tui.api.instagram.models import Media
    from kosmo_tui.api.instagram.models import User as InstagramUser
    from kosmo_tui.services.comments import CommentOn
    from kosmo_tui.services.insights import Overview

VIEWS: dict[str, tuple[str, ...]] = {
    "buffer": ("queue", "sent", "drafts", "outbox", "profiles"),
    "instagram": ("media", "comments", "insights", "drafts", "outbox"),
}
PAGE = 50  # items of one page: a screen and a half, so that scrolling rarely waits
QUEUE_PAGE = 100  # the most that Buffer hands out: nearly every queue is one page, and only a whole one shows its slots


class BufferDesk(AccountDesk):
    """One Buffer account: its profiles, the pending posts of all of them, and what was sent."""

    service = "buffer"

    def __init__(self, account: str, hub: Hub, now: Clock, stored: Stored) -> None:
        super().__init__(account, hub, now, stored)
        self.user: BufferUser | None = None
        self._daily = True  # whether the user is asked for once a day
        self._waiting = WaitingPosts(self._cache, account)
        self.queue: Listing[Update] = Listing(self._fetch_queue, now, self._waiting)
        self._sent: dict[str | None, Listing[Update]] = {}

    @property
    def client(self) -> BufferClient:
        client = self._hub.buffer[self.name]
        if self.user is not None:
            client.learn(self.user, self.profiles)
        return client

    @property
    def _opened_limits(self) -> Limits | None:
        client = self._hub.buffer.opened.get(self.name)
        return client.limits if client is not None else None

    @property
    def listings(self) -> tuple[Listing[Any], ...]:
        return (self.queue, *self._sent.values())

    @property
    def known(self) -> bool:
        return self.user is not None

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """All profiles of all organizations."""
        return self._waiting.profiles

    @property
    def handle(self) -> str:
        """Whose account it is."""
        return (self.user.name or self.user.email) if self.user else ""

    @property
    def problems(self) -> tuple[str, ...]:
        cut = sum(profile.disconnected or profile.locked for profile in self.profiles)
        counts = ((len(self.failed()), "failed"), (cut, "disconnected"))
        return (*super().problems, *(f"{count} {what}" for count, what in counts if count))

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

    def overdue(self, profile_id: str | None = None) -> list[Update]:
        """What should have gone out and, when the queue was read, had not."""
        found = overdue(self.queue.items, self.queue.as_of) if self.queue.as_of is not None else []
        return [update for update in found if profile_id in (None, update.profile_id)]

    async def changed(self, before: Update, after: Update | None) -> None:
        """Show what became of a waiting post (None: it is deleted), also at the next start, until Buffer tells more."""
        kept = tuple(item for item in self.queue.items if item.id != before.id or after is not None)
        self.queue.items = tuple(after if after is not None and item.id == before.id else item for item in kept)
        with suppress(StoreError):
            await asyncio.to_thread(self._waiting.change, before, after, self._now())

    def question(self) -> Question:
        return Question(self.account, "queue", self.queue.as_of, self.error)

    def trouble(self) -> Question | None:
        """The same, more urgent: when something should have gone out since it was read, and it is not being read."""
        late = not self.queue.loading and overdue(self.queue.items, self._now())
        return replace(self.question(), priority=Priority.TROUBLE) if late else None

    def sent(self, profile_id: str | None) -> Listing[Update]:
        """The sent posts of one profile, or of all (None)."""
        if profile_id not in self._sent:
            kept = sent_posts(self._cache, self.account, profile_id)
            self._sent[profile_id] = Listing(_SentPosts(self, profile_id), self._now, kept)
            self._sent[profile_id].recall()
        return self._sent[profile_id]

    async def refresh(self, *, who: bool | None = None) -> None:
        """User, profiles and the pending posts, in as few requests as Buffer allows.  Errors are kept, not raised.

        The user is asked for once a day, always (`who`), or only while he is not known.
        """
        if who:
            self._who_at = None
        self._daily = who is not False
        self.loading = True
        try:
            await self.queue.refresh()
        finally:
            self.loading = False
            self._daily = True
            self.error = self.queue.error

    def _recall(self) -> None:
        if (found := known(self._cache, self.account, "user", BufferUser)) is not None:
            self.user, self._who_at = found
            self.queue.recall()

    async def _fetch_queue(self, cursor: str | None) -> tuple[Sequence[Update], str | None]:
        if cursor is None:
            asks_who = self._asks_who
            seen = await self.ask(self._overview(asks_who))
            if asks_who or self._who_at is None:
                await self._is(seen.user, self.user)
            self.user, self._waiting.profiles = seen.user, seen.profiles
            return seen.updates, seen.cursor
        page = await self.ask(self.client.posts_of_all(statuses=PENDING, first=PAGE, after=cursor))
        return page.updates, page.cursor

    @property
    def _asks_who(self) -> bool:
        return self.is_stale if self._daily else self._who_at is None

    async def _overview(self, asks_who: bool) -> BufferOverview:
        """Profiles and pending posts of the organizations that are known; asked for anew when that is no longer so."""
        client = self.client
        if asks_who:
            await client.organizations(refresh=True)
        try:
            return await client.overview(PENDING, first=QUEUE_PAGE)
        except (Forbidden, NotFound):
            if asks_who:
                raise
            self._who_at = None
            await client.organizations(refresh=True)
            return await client.overview(PENDING, first=QUEUE_PAGE)


class _SentPosts:
    """Fetches the sent posts of a desk, newest first."""

    def __init__(self, desk: BufferDesk, profile_id: str | None) -> None:
        self._desk, self._profile_id = desk, profile_id

    async def __call__(self, cursor: str | None) -> tuple[Sequence[Update], str | None]:
        page = await self._desk.ask(
            self._desk.client.posts_of_all(
                statuses=("sent",), profile_id=self._profile_id, newest_first=True, first=PAGE, after=cursor
            )
        )
        return page.updates, page.cursor


class InstagramDesk(AccountDesk):
    """One Instagram account: its media, the comments of one item or of all recent ones, and its insights."""

    service = "instagram"

    def __init__(self, account: str, hub: Hub, now: Clock, stored: Stored) -> None:
        super().__init__(account, hub, now, stored)
        self.user: InstagramUser | None = None
        self.media: Listing[Media] = Listing(self._fetch_media, now, published_media(self._cache, account))
        self._comments: dict[str | None, Listing[CommentOn]] = {}  # by the item they stand under; None: all items
        self._identifying = asyncio.Lock()
        self.overviews: dict[int, Overview] = {}  # the insights that are known, by the length of their window

    @property
    def client(self) -> InstagramClient:
        client = self._hub.instagram[self.name]
        if self.user is not None:
            client.learn(self.user)
        return client

    @property
    def _opened_limits(self) -> Limits | None:
        client = self._hub.instagram.opened.get(self.name)
        return client.limits if client is not None else None

    @property
    def listings(self) -> tuple[Listing[Any], ...]:
        return (self.media, *self._comments.values())

    @property
    def known(self) -> bool:
        return self.user is not None

    def question(self) -> Question:
        return Question(self.account, "user", self._who_at, self.error)

    def glance(self) -> Question | None:
        return None if self.known else self.question()

    @property
    def handle(self) -> str:
        """Whose account it is."""
        return f"@{self.user.username}" if self.user else ""

    def comments(self, media: Media | None) -> Listing[CommentOn]:
        """The comments on one item, or on all items, the newest first (None)."""
        key = media.id if media is not None else None
        if key not in self._comments:
            from kosmo_tui.services.comments import Comments

            fetch = _CommentsOn(self, media) if media is not None else self._fetch_recent
            self._comments[key] = Listing(fetch, self._now, Comments(self._cache, self.account, media))
            self._comments[key].recall()
        return self._comments[key]

    async def insights(self, days: int, now: datetime, *, insist: bool) -> Overview:
        """The numbers of the last `days` days, which `overviews` has then; raises the errors of the client.

        When kosmo asks by itself for days that it did not show before, as in the morning, it asks for these alone: the
        time before them waits for the next time.

        Without `insist` nothing is sent while Instagram is known to refuse: RateLimited is raised at once.
        """
        from kosmo_tui.services.insights import first_day, overview

        if not insist and (window := self._budget.barred(self.account)) is not None:
            raise RateLimited(
                "Instagram takes no requests for now",
                window=window.name,
                until=window.resets_at,
                hint="r asks it anyway",
            )
        known = self.overviews.get(days)
        new = known is not None and (known.added or known.first != first_day(days, now))
        compare = not new or PURPOSE.get() is Priority.USER
        if self.user is None:  # told once, it need not be asked for who the account is a second time
            await self.refresh()
            if self.error is not None:
                raise self.error
        kept = await asyncio.to_thread(self._followers)
        found = await self.ask(overview(self.client, days=days, now=now, known=known, kept=kept, compare=compare))
        self.overviews[days] = found
        with suppress(StoreError):
            await asyncio.to_thread(self._keep_insights, found)
        return found

    async def add_up(self, days: int) -> None:
        """Let `overviews` have what the store knows of single days, where that is newer than what Instagram told of
        all of them, and no less."""
        from kosmo_tui.services.day_sums import added_up

        with suppress(StoreError):
            found = await asyncio.to_thread(added_up, self._cache.numbers, self.account, days)
            known = self.overviews.get(days)
            lesser = known is None or known.added or (known.last < (found.last if found else known.last))
            if found is not None and lesser and (known is None or len(known.totals) <= len(found.totals)):
                self.overviews[days] = found

    def _followers(self) -> dict[date, float]:
        """New followers by day, as far as they are known."""
        with suppress(StoreError):
            return self._cache.numbers.of(self.account, "follower_count", date.min, date.max)
        return {}

    def _keep_insights(self, found: Overview) -> None:
        with self._cache.transaction():
            self._cache.put_fact(self.account, f"insights {found.days}", cached.encode(found), found.as_of)
            for metric, values in found.by_day().items():
                self._cache.numbers.put(self.account, metric, values, found.as_of)

    async def refresh(self, *, who: bool | None = None) -> None:
        """Who the account is, when that was not asked today, or always (`who`).  Errors are kept, not raised.

        Who asks while it is being asked waits for the same answer.
        """
        being_asked = self._identifying.locked()
        async with self._identifying:
            if (who and not being_asked) or self.is_stale:
                await self._identify()

    async def _identify(self) -> None:
        self.loading = True
        try:
            user = await self.ask(self.client.get_current_user())
            before, self.user = self.user, user
            await self._is(user, before)
        except KosmoError as error:
            self.error = error
        finally:
            self.loading = False

    def _recall(self) -> None:
        from kosmo_tui.api.instagram.models import User as InstagramUser  # a Buffer account needs none of it
        from kosmo_tui.services.insights import PERIODS, Overview

        if (found := known(self._cache, self.account, "user", InstagramUser)) is not None:
            self.user, self._who_at = found
        self.media.recall()
        for days in PERIODS:
            if (numbers := known(self._cache, self.account, f"insights {days}", Overview)) is not None:
                self.overviews[days] = numbers[0].safe()

    async def _fetch_media(self, cursor: str | None) -> tuple[Sequence[Media], str | None]:
        page = await self.ask(self.client.list_media(limit=PAGE, after=cursor))
        return page.items, page.after

    async def _fetch_recent(self, cursor: str | None) -> tuple[Sequence[CommentOn], str | None]:
        from kosmo_tui.services.comments import CommentOn

        page = await self.ask(self.client.recent_comments(after=cursor))
        return [CommentOn(thread.media, comment) for thread in page.items for comment in thread.comments], page.after


class _CommentsOn:
    """Fetches the comments on one item, newest first."""

    def __init__(self, desk: InstagramDesk, media: Media) -> None:
        self._desk, self._media = desk, media

    async def __call__(self, cursor: str | None) -> tuple[Sequence[CommentOn], str | None]:
        from kosmo_tui.services.comments import CommentOn

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
