"""A list that grows for years (sent posts, media): the store holds it, and reads only the rows looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from kosmo_tui.services import cached
from kosmo_tui.services.kept import FROM_THE_TOP, Recalled
from kosmo_tui.services.stored_items import Rows, StoredItems
from kosmo_tui.store.cache import Cache, Listed
from kosmo_tui.store.cache import Item as Row

Item = TypeVar("Item")
_CLOCKS_APART = timedelta(hours=1)  # how far our clock, which `as_of` is of, may be ahead of the service's
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class _Gap(Struct, frozen=True):
    """Below `since` items may be missing, down to those that were there at `until`, which are read to `cursor`."""

    since: datetime
    until: datetime
    cursor: str | None
    whole: bool


class StoredList(Generic[Item]):
    """A list of things that have happened, newest first.  `write` makes a row of an item (and of when it was seen).

    `wider` is a list that has all items of this one, e.g. that of all profiles.  What lies below a gap is not shown
    until the gap is read: a hole in the middle would be a lie.
    """

    def __init__(
        self,
        cache: Cache,
        name: str,
        rows: Rows,
        write: Callable[[Item, datetime], Row],
        read: Callable[[Row], Item],
        wider: StoredList[Item] | None = None,
    ) -> None:
        self._cache = cache
        self._name = name
        self._rows = rows
        self._write = write
        self._read = read
        self._wider = wider

    def recall(self) -> Recalled[Item] | None:
        """The list as it was read; or the part of the wider one, when that was read later."""
        own, wide = self._known(), self._wider._known() if self._wider is not None else None
        if wide is not None and (own is None or own[0].as_of < wide[0].as_of):
            cursor = None if wide[0].whole else FROM_THE_TOP
            return self._recalled(replace(wide[0], cursor=cursor), wide[1])
        return self._recalled(*own) if own is not None else None

    def keep(self, page: Sequence[Item], cursor: str | None, as_of: datetime, *, first: bool) -> Recalled[Item]:
        """Keep a page.  A first one is all that there is from its last item on: what it lacks is gone."""
        mine, rows = self._rows, [self._write(item, as_of) for item in page]
        end = min((row.at for row in rows if row.at is not None), default=None)
        with self._cache.transaction():
            if first:
                self._cache.replace(
                    mine.account, mine.kind, rows, parent=mine.parent, statuses=(mine.status,),
                    after=None if cursor is None else end,
                )  # fmt: skip
            else:
                self._cache.put(rows)
            listed, gap = self._known() or (None, None)
            listed, gap = _onward(listed, gap, as_of, end, cursor, first=first)
            self._cache.put_listed(mine.account, self._name, listed)
            self._cache.put_fact(mine.account, f"{self._name} gap", cached.encode(gap), as_of)
        return self._recalled(listed, gap)

    def reach(self, since: datetime | None, as_of: datetime) -> None:
        """Take over what was read elsewhere: all since a time (None: all there is), as of `as_of`.

        What was read further back stays, with the cursor that leads on below it.
        """
        with self._cache.transaction():
            listed, gap = self._known() or (Listed(_NEVER, None, False), _Gap(as_of, _NEVER, None, False))
            if gap is not None and (since is None or since < gap.since):
                gap = None if since is None else _Gap(since, _NEVER, None, False)
                listed = Listed(listed.as_of, None, since is None)
            listed = replace(listed, as_of=max(as_of, listed.as_of))
            self._cache.put_listed(self._rows.account, self._name, listed)
            self._cache.put_fact(self._rows.account, f"{self._name} gap", cached.encode(gap), as_of)

    def _known(self) -> tuple[Listed, _Gap | None] | None:
        account = self._rows.account
        listed = self._cache.listed(account, self._name)
        gap = self._cache.fact(account, f"{self._name} gap")
        return (listed, cached.decode(gap[0], _Gap) if gap else None) if listed is not None else None

    def _recalled(self, listed: Listed, gap: _Gap | None) -> Recalled[Item]:
        rows = replace(self._rows, since=gap.since) if gap is not None else self._rows
        return Recalled(StoredItems(self._cache, rows, self._read), listed.as_of, listed.cursor)


def _onward(
    listed: Listed | None, gap: _Gap | None, as_of: datetime, end: datetime | None, cursor: str | None, *, first: bool
) -> tuple[Listed, _Gap | None]:
    """How far a list is read after a page of it that ends with an item of `end`, and the gap that is left."""
    if first or listed is None:
        before = listed or Listed(_NEVER, None, False)
    else:
        before, as_of = listed, listed.as_of
    if cursor is None or end is None:
        return Listed(as_of, cursor, cursor is None), None
    if first or listed is None:
        if end <= before.as_of - _CLOCKS_APART:  # all that is new is on this page; the old cursor leads on below
            return replace(before, as_of=as_of), gap
        return Listed(as_of, cursor, False), _Gap(end, before.as_of, before.cursor, before.whole)
    if gap is not None and end <= gap.until - _CLOCKS_APART:
        return Listed(as_of, gap.cursor, gap.whole), None
    return Listed(as_of, cursor, False), gap and replace(gap, since=end)
