"""Where a listing lies in the store, so that it is there before the first request, and without a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

Item = TypeVar("Item")
FROM_THE_TOP = ""  # the cursor of a list that is known from elsewhere: the service is asked for its first page


class Recalled(Struct, Generic[Item], frozen=True):
    """A list as the store has it: `as_of` is when its first page was read, `cursor` where the service goes on.

    `deeper` brings more of it from the store; None when all that is there is in `items`.  It blocks, as `recall` does.
    """

    items: Sequence[Item]
    as_of: datetime
    cursor: str | None
    deeper: Callable[[], Recalled[Item] | None] | None = None


class Kept(Protocol[Item]):
    """A list in the store.  Both methods block, and raise StoreError."""

    def recall(self) -> Recalled[Item] | None:
        """What there is of the list; None when it was never read."""
        ...

    def keep(self, page: Sequence[Item], cursor: str | None, as_of: datetime, *, first: bool) -> Recalled[Item] | None:
        """Keep a page, the first one or a further one, in one transaction.

        Returns the list as it is then; None when it is to be held in memory.
        """
        ...
