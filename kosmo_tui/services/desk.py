"""What the desks of both services share: recalling, asking within the budget, health, drafts and writes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, TypeVar

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.api.buffer.models import User as BufferUser
from kosmo_tui.api.errors import AuthExpired, Forbidden, KosmoError, RateLimited, TokenError, Unavailable
from kosmo_tui.api.limits import Limits, Window
from kosmo_tui.services.account_lists import keep_user
from kosmo_tui.services.budget import PURPOSE, Budget
from kosmo_tui.services.listing import Listing
from kosmo_tui.services.refresh import Question
from kosmo_tui.store.database import Store
from kosmo_tui.store.errors import StoreError

if TYPE_CHECKING:
    from kosmo_tui.api.instagram.models import User as InstagramUser
    from kosmo_tui.services.drafts import Drafts, Kept
    from kosmo_tui.services.outbox import Outbox
    from kosmo_tui.store.records import OutboxRow

Answer = TypeVar("Answer")
Clock = Callable[[], datetime]
Health = Literal["unknown", "loading", "ok", "attention", "offline"]
WHO = timedelta(days=1)  # how long it is taken for granted who an account is
OPENED = timedelta(minutes=15)  # and how long what the store says of it, however old: an opening asks for what is shown


class Stored(Protocol):
    """Who has what outlives the program: drafts and writes, what was seen of all accounts, and what was spent on it."""

    @property
    def drafts(self) -> Drafts: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def store(self) -> Store: ...
    @property
    def budget(self) -> Budget: ...


class AccountDesk:
    """What the desks of both services share."""

    service: ClassVar[str]

    def __init__(self, account: str, hub: Hub, now: Clock, stored: Stored) -> None:
        self.account = account
        self.name = account.partition(".")[2]
        self.drafts: Listing[Kept] = Listing(self._fetch_drafts, now)
        self.writes: Listing[OutboxRow] = Listing(self._fetch_writes, now)
        self._stored = stored
        self._cache = stored.store.cache
        self._budget = stored.budget
        self._recalled_at: datetime | None = None
        self._who_at: datetime | None = None  # when the service said who the account is
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
    def _opened_limits(self) -> Limits | None:
        """The rate limits of the account's client; None before it is opened, which is not done for them."""
        raise NotImplementedError

    @property
    def listings(self) -> tuple[Listing[Any], ...]:
        """The lists that were read from the service or the store so far."""
        raise NotImplementedError

    def question(self) -> Question:
        """What `refresh` asks."""
        raise NotImplementedError

    def glance(self) -> Question | None:
        """What is asked of the account at the start although another one is shown; None when nothing is."""
        return self.question()

    def trouble(self) -> Question | None:
        """What has to be asked although nobody looks at the account; None when nothing has."""
        return None

    def recall(self) -> None:
        """Take what the store has of the account; once, and without a request.  Blocks for some milliseconds."""
        if self._recalled_at is not None:
            return
        self._recalled_at = self._now()
        self._budget.recall(self.account)
        with suppress(StoreError):
            self._recall()

    def _recall(self) -> None:
        raise NotImplementedError

    @property
    def unkept(self) -> StoreError | None:
        """Why something that the service told could not be kept, if so."""
        return next((listing.unkept for listing in self.listings if listing.unkept is not None), None)

    @property
    def health(self) -> Health:
        """The state of the account: what a person has to mend is `attention`, a bad line `offline`."""
        if isinstance(self.error, Unavailable):
            return "offline"
        if self.problems:
            return "attention"
        return "ok" if self.known else "loading" if self.loading else "unknown"

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, each thing in a word or two: first what keeps the account from being asked."""
        if self.error is None:
            return ()
        return ("offline" if isinstance(self.error, Unavailable) else self.error.kind.replace("_", " "),)

    @property
    def window(self) -> Window | None:
        """The rate window that is nearest its end."""
        if (limits := self._opened_limits) is not None:
            self._budget.read(self.account, limits)
        return self._budget.tightest(self.account) if self.known else None

    async def ask(self, answer: Awaitable[Answer]) -> Answer:
        """Await `answer`, keep what it tells of the account's health and write down what it cost.

        Raises what it raises.
        """
        try:
            found = await answer
        except (TokenError, AuthExpired, Forbidden, RateLimited, Unavailable) as error:
            self.error = error
            if isinstance(error, RateLimited) and (limits := self._opened_limits) is not None:
                self._budget.refused(self.account, limits, error)
            raise
        finally:
            if (limits := self._opened_limits) is not None:
                await asyncio.to_thread(self._budget.spent, self.account, limits, PURPOSE.get())
        self.error = None
        return found

    @property
    def is_stale(self) -> bool:
        """Whether it is to be asked anew who the account is; a clock that went backwards counts, too."""
        now, known = self._now(), ((self._who_at, WHO), (self._recalled_at, OPENED))
        return self._who_at is None or not any(at and timedelta(0) <= now - at < span for at, span in known)

    async def _is(self, user: BufferUser | InstagramUser, before: BufferUser | InstagramUser | None) -> None:
        """Keep who the account is now; what was seen of another one by the same name is forgotten."""
        self._who_at = self._now()

        with suppress(StoreError):
            await asyncio.to_thread(keep_user, self._cache, self.account, user, self._now())
        if before is not None and before.id != user.id:
            for listing in self.listings:
                listing.forget()

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
