"""A paged list of one account: what is loaded, how old it is, whether there is more, and what went wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from kosmo_tui.api.errors import KosmoError


class Identified(Protocol):
    """Anything with an id that does not change."""

    @property
    def id(self) -> Hashable: ...


Item = TypeVar("Item", bound=Identified)
Fetch = Callable[[str | None], Awaitable[tuple[Sequence[Item], str | None]]]
"""Fetches the page after a cursor (None: the first) → its items and the cursor of the next page (None: the last)."""


@dataclass
class Listing(Generic[Item]):
    """Items in the order of the service.  `as_of` is when the first page was read; None means never.

    A failed refresh keeps what was there: an old list with an error beside it is worth more than an empty one.
    """

    fetch: Fetch[Item]
    now: Callable[[], datetime]
    items: tuple[Item, ...] = ()
    as_of: datetime | None = None
    cursor: str | None = None
    error: KosmoError | None = None
    loading: bool = False

    @property
    def has_more(self) -> bool:
        """Whether the service has items beyond the loaded ones."""
        return self.cursor is not None

    async def refresh(self) -> None:
        """Read the first page anew.  Pages that were loaded below it stay while the two still overlap.

        A failure is kept in `error`, never raised.
        """
        if self.loading:
            return
        self.loading = True
        try:
            items, cursor = await self.fetch(None)
        except KosmoError as error:
            self.error = error
        except Exception:
            self.error = KosmoError("a fault of kosmo itself kept this list from being read", hint="please report it")
            raise
        else:
            self._take_first(items, cursor)
            self.error = None
        finally:
            self.loading = False

    async def more(self) -> None:
        """Read the next page, if there is one.  A failure is kept in `error`."""
        if self.loading or self.cursor is None:
            return
        self.loading = True
        asked = self.cursor
        try:
            items, cursor = await self.fetch(asked)
        except KosmoError as error:
            self.error = error
        else:
            known = {item.id for item in self.items}
            self.items += tuple(item for item in items if item.id not in known)
            self.cursor = None if cursor == asked else cursor  # a cursor that repeats would loop for ever
            self.error = None
        finally:
            self.loading = False

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
        self.as_of = self.now()
