"""Reads the history of one account into the store: within the budget, newest first, one page and one transaction at a
time, and nothing twice that cannot have changed.

How far a list was read lies in the store's `listed` as spans of time.  A cursor is no place to go on from on another
day: both services may have forgotten it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

from kosmo_tui.api.errors import BadAnswer, NotFound, RateLimited, Refused
from kosmo_tui.api.limits import Limits, Window
from kosmo_tui.services import spans
from kosmo_tui.services.budget import Budget, Priority
from kosmo_tui.services.spans import BEGINNING, Span
from kosmo_tui.services.storage import told
from kosmo_tui.store.cache import Cache, Item, Kind, Listed

Answer = TypeVar("Answer")
LIVELY = timedelta(days=30)  # numbers and comments of what is younger still change
REREAD = timedelta(hours=12)  # how often what still changes is read again: numbers come once a day
_BELATED = timedelta(hours=1)  # how late something can turn up in a list at its place in time


class Client(Protocol):
    """What is needed of a client of any service."""

    @property
    def limits(self) -> Limits: ...
    def now(self) -> datetime: ...


class OutOfBudget(Exception):
    """What is left in `window` is the person's."""

    def __init__(self, window: Window) -> None:
        super().__init__(window.name)
        self.window = window


@dataclass(frozen=True)
class Progress:
    """How far the reading of an account is.

    `done` counts what this run has brought of `what`; `share` is how much of the time that they lie in is
    read (0.0 to 1.0), None when nobody knows; `back_to` the time reached.  `requests` is what the account has cost so
    far, `left` its tightest window.
    """

    account: str
    what: str
    done: int = 0
    share: float | None = None
    back_to: datetime | None = None
    requests: int = 0
    left: Window | None = None


@dataclass(frozen=True)
class Page:
    """One page of a list by time: `oldest` is the least time on it, `cursor` leads on, None from the last page.

    `listed` says how far other lists are read with it.
    """

    items: Sequence[Item]
    oldest: datetime | None
    cursor: str | None
    listed: Mapping[str, Listed] = field(default_factory=dict)


Fetch = Callable[[datetime | None, str | None], Awaitable[Page]]
"""Asks for the page after a cursor (None: the first) of what is not younger than a time (None: of all)."""


@dataclass
class Course:
    """What of a list is `covered`, and what is to be read: the `gaps`, newest first.  `as_of` is when what still
    changes was last read again."""

    name: str
    covered: tuple[Span, ...]
    gaps: tuple[Span, ...]
    as_of: datetime

    @property
    def share(self) -> float:
        """How much of the gaps is read by now."""
        left = spans.length(gap for start, end in self.gaps for gap in spans.gaps(self.covered, start, end))
        whole = spans.length(self.gaps)
        return 1 - left / whole if whole else 1.0

    def cover(self, span: Span) -> dict[str, Listed]:
        """Count `span` as read; what is to be noted of the list then."""
        self.covered = spans.joined(self.covered, span)
        whole = len(self.covered) == 1 and self.covered[0][0] <= BEGINNING
        return {self.name: Listed(self.as_of, spans.encode(self.covered), whole)}


class Reader:
    """One account on its way into the store.  `brought` counts what this run has read: kinds of items, and "value".

    Every method raises StorageError when the store fails; what was kept before stays.
    """

    def __init__(
        self,
        account: str,
        client: Client,
        cache: Cache,
        budget: Budget,
        now: Callable[[], datetime],
        report: Callable[[Progress], None],
    ) -> None:
        self.account = account
        self.now = now
        self.brought: Counter[str] = Counter()
        self._items: set[tuple[Kind, str]] = set()
        self._client = client
        self._cache = cache
        self._budget = budget
        self._report = report
        self._before = client.limits.answers
        self._what, self._brought_before = "", 0

    @property
    def requests(self) -> int:
        """How many requests were answered in this run."""
        return self._client.limits.answers - self._before

    def told(self, what: str, share: float | None = None, back_to: datetime | None = None) -> None:
        """Report how far the reading is."""
        if what != self._what:
            self._what, self._brought_before = what, self.brought.total()
        done, left = self.brought.total() - self._brought_before, self._client.limits.tightest()
        self._report(Progress(self.account, what, done, share, back_to, self.requests, left))

    async def ask(self, request: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer to a request, if it may be made.  Raises OutOfBudget when not, and what the client raises."""
        window = await asyncio.to_thread(self._budget.allows, self.account, Priority.METRICS)
        if window is not None:
            raise OutOfBudget(window)
        try:
            return await request()
        except RateLimited as error:
            self._budget.refused(self.account, self._client.limits, error)
            raise
        finally:
            await asyncio.to_thread(self._budget.spent, self.account, self._client.limits, Priority.METRICS)

    async def listed(self, name: str) -> Listed | None:
        """How far a list was read."""
        with told():
            return await asyncio.to_thread(self._cache.listed, self.account, name)

    async def unfinished(self, prefix: str) -> list[str]:
        """The lists whose names begin with `prefix` and that were not read to their ends."""
        with told():
            return list(await asyncio.to_thread(self._cache.unfinished, self.account, prefix))

    async def first_value(self, metric: str) -> date | None:
        """The first day of which the store has a value of a metric."""
        with told():
            values = await asyncio.to_thread(self._cache.numbers.of, self.account, metric, date.min, date.max)
        return next(iter(values), None)

    async def keep(
        self,
        items: Sequence[Item],
        listed: Mapping[str, Listed],
        *,
        values: Mapping[str, Mapping[date, float]] | None = None,
        gone: tuple[Kind, Collection[str], datetime] | None = None,
    ) -> None:
        """Keep a page and how far it leads, in one transaction (see `Cache.keep_page`)."""
        with told():
            await asyncio.to_thread(
                self._cache.keep_page, self.account, items, listed, values=values, seen_at=self.now(), gone=gone
            )
        # What lists have in common, or is read again where a list was entered anew, counts once.
        new = {(item.kind, item.id) for item in items} - self._items
        self._items |= new
        self.brought.update(kind for kind, _ in new)
        self.brought["value"] += sum(map(len, (values or {}).values()))

    async def write(self, change: Callable[[Cache], None]) -> None:
        """Let `change` write what the dashboard knows of the account."""
        with told():
            await asyncio.to_thread(change, self._cache)

    async def reached(self, name: str) -> datetime | None:
        """Since when all of a list is read up to the newest; None when it was never read."""
        listed = await self.listed(name)
        covered = spans.decode(listed.cursor) if listed and listed.cursor else ()
        return covered[0][0] if covered else None

    async def course(
        self,
        name: str,
        since: datetime,
        until: datetime,
        *,
        settled: timedelta = LIVELY,
        belated: timedelta = _BELATED,
    ) -> Course:
        """What is to be read of a list between two times: what never was, and what has changed since it was read.

        What lies `settled` back changes no more.
        """
        listed, now = await self.listed(name), self.now()
        covered = spans.decode(listed.cursor) if listed and listed.cursor else ()
        if listed is not None and timedelta() <= now - listed.as_of < REREAD:
            covered, as_of = (
                spans.before(covered, max((end for _, end in covered), default=now) - belated),
                listed.as_of,
            )
        else:  # also when it was read in the future: one of the clocks was wrong
            covered, as_of = spans.before(covered, min(listed.as_of if listed else now, now) - settled), now
        return Course(name, covered, tuple(spans.gaps(covered, since, until)), as_of)

    async def walk(self, name: str, what: str, fetch: Fetch, since: datetime) -> None:
        """Read a list by time back to `since`, page by page."""
        until = self._client.now()
        course = await self.course(name, since, until)
        self.told(what, course.share)
        for gap in course.gaps:
            await self._walk(course, gap, what, fetch, bounded=gap[1] < until)

    async def _walk(self, course: Course, gap: Span, what: str, fetch: Fetch, *, bounded: bool) -> None:
        """Read the list through one gap; `bounded` when it does not begin with the newest."""
        start, end = gap
        bound, reached = (end if bounded else None), end
        cursor: str | None = None
        walked: set[str | None] = set()  # the cursors since the list was last entered by time
        entered: datetime | None = None
        while reached > start:
            try:
                if cursor in walked:
                    raise BadAnswer(f"the list of {what} leads in a circle", hint="try again later")
                page = await fetch(bound, cursor)
            except (Refused, NotFound, BadAnswer):
                if cursor is None or entered == reached:
                    raise
                # The cursor is dead, perhaps with the item it stood for: enter the list by the time that was reached.
                bound, cursor, entered = reached, None, reached
                walked.clear()
                continue
            walked.add(cursor)
            reached = BEGINNING if page.cursor is None else min(reached, page.oldest or reached)
            await self.keep(page.items, {**page.listed, **course.cover((reached, end))})
            self.told(what, course.share, max(reached, start))
            if page.cursor is None:
                return
            cursor = page.cursor
