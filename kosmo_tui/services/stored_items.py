"""A list of the store as a sequence: of a hundred thousand items only those are read that somebody looks at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Generic, TypeVar, overload

from msgspec import Struct

from kosmo_tui.store.cache import Cache, Kind
from kosmo_tui.store.cache import Item as Row
from kosmo_tui.store.errors import StoreError

Item = TypeVar("Item", covariant=True)
WINDOW = 200  # rows that are read together: some screens
_PAGE = 1000  # rows of one query when all are read: others use the store in between
_WINDOWS = 8  # that are remembered
_LOST = "(this cannot be read from the store any more; r asks the service)"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Rows(Struct, frozen=True):
    """Which rows of the store: those of an account's kind in one status, of one parent or all, from `since` on."""

    account: str
    kind: Kind
    status: str = ""
    parent: str | None = None
    since: datetime | None = None


class StoredItems(Sequence[Item], Generic[Item]):
    """The items of `rows`, newest first, as many as there were when this was made (which raises StoreError).

    `read` makes an item of a row.  What is not remembered is read from the store, which takes some milliseconds.
    What cannot be read (any more) has `_LOST` for its text: a list must not end the program because of a disk.
    """

    def __init__(self, cache: Cache, rows: Rows, read: Callable[[Row], Item]) -> None:
        self._cache = cache
        self._rows = rows
        self._read = read
        self._count = cache.extent(rows.account, rows.kind, parent=rows.parent, status=rows.status, since=rows.since)
        self._windows: OrderedDict[int, _Window[Item]] = OrderedDict()

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Item]: ...
    def __getitem__(self, place: int | slice) -> Item | Sequence[Item]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(self._count))]
        at = place + self._count if place < 0 else place
        if not 0 <= at < self._count:
            raise IndexError(place)
        window = self._window(at // WINDOW)
        return window[at % WINDOW] if at % WINDOW < len(window) else self._read(self._lost(f"lost {at}"))

    def place(self, id: str) -> int | None:
        """Where the item with this id is; None when it is not here."""
        rows, found = self._rows, None
        with suppress(StoreError):
            found = self._cache.place(
                rows.account, rows.kind, id, parent=rows.parent, status=rows.status, since=rows.since
            )
        return found if found is not None and found < self._count else None

    def rows(self) -> Iterator[Row]:
        """All rows, as many as can be read.  Blocks."""
        rows, left, after = self._rows, self._count, None
        with suppress(StoreError):
            while left > 0:
                page = self._cache.rows(
                    rows.account, rows.kind, parent=rows.parent, statuses=(rows.status,), newest_first=True,
                    first=min(left, _PAGE), after=after,
                )  # fmt: skip
                if not page:
                    return
                yield from page
                left, after = left - len(page), (page[-1].at, page[-1].id)

    def named(self, id: str) -> Item:
        """The item with this id, as far as it can be read."""
        row = None
        with suppress(StoreError):
            row = self._cache.get(self._rows.account, self._rows.kind, id)
        return self._read(row or self._lost(id))

    def _window(self, number: int) -> _Window[Item]:
        if number in self._windows:
            self._windows.move_to_end(number)
            return self._windows[number]
        rows = self._rows
        try:
            found = self._cache.window(
                rows.account, rows.kind, parent=rows.parent, status=rows.status, since=rows.since,
                skip=number * WINDOW, first=WINDOW,
            )  # fmt: skip
        except StoreError:
            return _Window((), self._read)
        self._windows[number] = _Window(found, self._read)
        while len(self._windows) > _WINDOWS:
            self._windows.popitem(last=False)
        return self._windows[number]

    def _lost(self, id: str) -> Row:
        rows = self._rows
        return Row(
            account=rows.account, kind=rows.kind, id=id, parent=rows.parent or "", status=rows.status,
            text=_LOST, content="", seen_at=_EPOCH,
        )  # fmt: skip


class _Window(Generic[Item]):
    """Rows that were read together; an item is made of one when it is looked at, as that takes most of the time."""

    def __init__(self, rows: Sequence[Row], read: Callable[[Row], Item]) -> None:
        self._rows = rows
        self._read = read
        self._items: dict[int, Item] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int) -> Item:
        if place not in self._items:
            self._items[place] = self._read(self._rows[place])
        return self._items[place]
