"""What a feed shows: entries by their places, and their places by their keys."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, Protocol, overload, runtime_checkable

if TYPE_CHECKING:
    from kosmo_tui.ui.widgets.feed import Entry


class Rows(Sequence["Entry"]):
    """Entries in their order, which know where they are."""

    @abstractmethod
    def place(self, key: str) -> int | None:
        """Where the entry with `key` is; None when there is none."""


class Listed(Rows):
    """Entries that are all there."""

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        self._entries = entries
        self._places = {entry.key: place for place, entry in enumerate(entries)}

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, place: int) -> Entry: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Entry]: ...
    def __getitem__(self, place: int | slice) -> Entry | Sequence[Entry]:
        return self._entries[place]

    def place(self, key: str) -> int | None:
        return self._places.get(key)


@runtime_checkable
class Placed(Protocol):
    """Items that are found by their ids without a look at all of them, as those of the store are."""

    def __len__(self) -> int: ...
    def __getitem__(self, place: int, /) -> Any: ...
    def place(self, id: str, /) -> int | None:
        """Where the item with this id is; None when there is none."""


class Each(Rows):
    """A row for each of `items`, made by `entry` when somebody looks at it; the id of an item is the key of its row."""

    def __init__(self, items: Placed, entry: Callable[[Any], Entry]) -> None:
        self.items = items
        self._entry = entry

    def __len__(self) -> int:
        return len(self.items)

    @overload
    def __getitem__(self, place: int) -> Entry: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Entry]: ...
    def __getitem__(self, place: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        return self._entry(self.items[place])

    def place(self, key: str) -> int | None:
        return self.items.place(key)

    def of(self, items: Placed) -> Each:
        """The same rows of other items."""
        return Each(items, self._entry)


def found(entries: Sequence[Entry], keys: Collection[str]) -> Sequence[Entry]:
    """The entries with these keys, in their order."""
    if not keys:
        return ()
    rows = entries if isinstance(entries, Rows) else Listed(entries)
    places = (rows.place(key) for key in keys)
    return [rows[place] for place in sorted(place for place in places if place is not None)]
