"""A paged list of one account: what is known of it, how old that is, whether there is more, and what went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from kosmo_tui.api.errors import KosmoError
from kosmo_tui.services.budget import Priority
from kosmo_tui.services.kept import Kept, Recalled
from kosmo_tui.services.refresh import Question
from kosmo_tui.store.errors import StoreError


class Identified(Protocol):
    """Anything with an id that does not change."""

    @property
    def id(self) -> Hashable: ...


Item = TypeVar("Item", bound=Identified)
Fetch = Callable[[str | None], Awaitable[tuple[Sequence[Item], str | None]]]
"""Fetches the page after a cursor (None: the first) → its items and the cursor of the next page (None: the last)."""
_HELD = 500  # rows of the store that are held in memory when it takes no more


class Listing(Struct, Generic[Item], eq=False):
    """Items in the order of the service.  `as_of` is when the first page was read; None means never.

    `kept` is where the list lies in the store, when it does.  A failed refresh keeps what was there: an old list with
    an error beside it is worth more than an empty one.  `unkept` is why the last page could not be kept, if so.
    `deeper` brings more from the store, as long as that has more: it costs no request.
    """

    fetch: Fetch[Item]
    now: Callable[[], datetime]
    kept: Kept[Item] | None = None
    items: Sequence[Item] = ()
    as_of: datetime | None = None
    cursor: str | None = None
    error: KosmoError | None = None
    unkept: StoreError | None = None
    deeper: Callable[[], Recalled[Item] | None] | None = None
    _answered: asyncio.Event | None = None  # while the service is asked
    _reading: bool = False  # while that is done

    @property
    def loading(self) -> bool:
        """Whether the service is being asked."""
        return self._answered is not None

    @property
    def has_more(self) -> bool:
        """Whether the store or the service has items beyond the known ones."""
        return self.deeper is not None or self.cursor is not None

    @property
    def whole(self) -> bool:
        """Whether every item of the service is known; of a list that was never read none is."""
        return self.as_of is not None and not self.has_more

    def recall(self) -> None:
        """Take what the store has; blocks for some milliseconds.  A store that fails has nothing."""
        with suppress(StoreError):
            if self.kept is not None and (found := self.kept.recall()) is not None:
                self._take(found)

    def question(self, account: str, what: str, priority: Priority = Priority.REFRESH) -> Question:
        """What `refresh` asks of the account."""
        return Question(account, what, self.as_of, self.error, priority)

    def forget(self) -> None:
        """Take nothing for known any more."""
        self.items, self.as_of, self.cursor, self.deeper = (), None, None, None

    async def refresh(self) -> None:
        """Read the first page anew.  Pages that were known below it stay while the two still overlap.

        Who asks while the service is being asked waits for the same answer.  A failure is kept in `error`, never
        raised.
        """
        if self._answered is not None:
            await self._answered.wait()
            return
        async with self._asking():
            items, cursor = await self.fetch(None)
            as_of = self.now()
            if not await self._keep(items, cursor, as_of, first=True):
                self._take_first(items, cursor)
            self.as_of, self.error = as_of, None

    async def more(self) -> None:
        """Read what comes next, if there is more, from the store as long as that has it.  Failures go to `error`."""
        if self.loading or self._reading:
            return
        if self.deeper is not None:
            await self._more_of_the_store(self.deeper)
            return
        if self.cursor is None:
            return
        if not self.cursor:  # FROM_THE_TOP
            await self.refresh()
            return
        async with self._asking():
            asked = self.cursor
            items, cursor = await self.fetch(asked)
            cursor = None if cursor == asked else cursor  # a cursor that repeats would loop for ever
            if not await self._keep(items, cursor, self.as_of or self.now(), first=False):
                known = {item.id for item in self.items}
                self.items = (*self.items, *(item for item in items if item.id not in known))
                self.cursor = cursor
            self.error = None

    async def _more_of_the_store(self, deeper: Callable[[], Recalled[Item] | None]) -> None:
        self._reading, self.deeper = True, None
        try:
            with suppress(StoreError):
                if (found := await asyncio.to_thread(deeper)) is not None:
                    self._take(found)
        finally:
            self._reading = False

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[None]:
        self._answered = asyncio.Event()
        try:
            yield
        except KosmoError as error:
            self.error = error
        except Exception:
            self.error = KosmoError("a fault of kosmo itself kept this list from being read", hint="please report it")
            raise
        finally:
            self._answered.set()
            self._answered = None

    async def _keep(self, items: Sequence[Item], cursor: str | None, as_of: datetime, *, first: bool) -> bool:
        """Whether the store has the page and the list; else the list is to be held here."""
        if self.kept is None:
            return False
        try:
            found = await asyncio.to_thread(self.kept.keep, items, cursor, as_of, first=first)
        except StoreError as error:
            self.unkept = error
            if not isinstance(self.items, tuple):
                self.items = tuple(self.items[:_HELD])
            return False
        self.unkept = None
        if found is not None:
            self._take(found)
        return found is not None

    def _take(self, found: Recalled[Item]) -> None:
        self.items, self.as_of, self.cursor, self.deeper = found.items, found.as_of, found.cursor, found.deeper

    def _take_first(self, items: Sequence[Item], cursor: str | None) -> None:
        fresh = {item.id for item in items}
        places = {item.id: place for place, item in enumerate(self.items)}
        last_known = next((places[item.id] for item in reversed(items) if item.id in places), None)
        if last_known is not None and cursor is not None:
            # The tail stays, and with it the cursor that leads beyond it: a refresh must not lose the reader's place.
            tail = [item for item in self.items[last_known + 1 :] if item.id not in fresh]
            self.items = (*items, *tail)
            self.cursor = self.cursor if tail else cursor
        else:
            self.items, self.cursor = tuple(items), cursor
