"""Finding a text in a long list of the store: all words are read once, items are made only to be looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, overload

from kosmo_tui.services.stored_items import WINDOW, StoredItems
from kosmo_tui.store.cache import Item as Row

Item = TypeVar("Item", covariant=True)


class Sieve(Generic[Item]):
    """The `words` of the rows of all `items`.  Making it blocks: a tenth of a second for 10,000 of them."""

    def __init__(self, items: StoredItems[Item], words: Callable[[Row], str]) -> None:
        self.items = items
        self._words = {row.id: words(row).casefold() for row in items.rows()}
        self._sought, self._found = "", Sifted(list(self._words), items)

    def having(self, sought: str) -> Sifted[Item]:
        """The items whose words contain `sought`, which is without case, in the order of the list."""
        if sought != self._sought:
            among = self._found.ids if sought.startswith(self._sought) else self._words
            found = [id for id in among if sought in self._words[id]]
            self._sought, self._found = sought, Sifted(found, self.items)
        return self._found


class Sifted(Sequence[Item], Generic[Item]):
    """Those of `items` that have one of `ids`, in the order of these; each is read when somebody looks at it."""

    def __init__(self, ids: Sequence[str], items: StoredItems[Item]) -> None:
        self.ids = ids
        self._items = items
        self._read: OrderedDict[int, Item] = OrderedDict()

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Item]: ...
    def __getitem__(self, place: int | slice) -> Item | Sequence[Item]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        at = range(len(self))[place]
        if at not in self._read:
            self._read[at] = self._items.named(self.ids[at])
            if len(self._read) > WINDOW:
                self._read.popitem(last=False)
        return self._read[at]

    def place(self, id: str) -> int | None:
        """Where the item with this id is; None when it is not here."""
        return self.ids.index(id) if id in self.ids else None
