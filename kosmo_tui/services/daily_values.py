"""Instagram's numbers by Pacific day into the store, back to a time.

Series come 30 days in a request.  Of a total Instagram tells the sum of whatever range is asked for, so that each day
of the totals takes a request: all of them share it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from kosmo_tui.api.errors import Forbidden
from kosmo_tui.api.instagram.client import InstagramClient
from kosmo_tui.services.insights import PACIFIC, SETTLED, TOTALS, by_day, midnight
from kosmo_tui.services.reader import Course, Reader
from kosmo_tui.services.spans import Span

KEPT = timedelta(days=730)  # Instagram has no numbers that are older
WINDOW = 29  # days of one request: 30 are allowed, but not 30 of which one has 25 hours
SERIES = {"reach": KEPT, "follower_count": timedelta(days=29)}  # and how far back they reach
_TITLES = {"reach": "reach by day", "follower_count": "new followers by day"}
_FEW = timedelta(days=30)
_ONE = timedelta(days=1)


async def read(reader: Reader, client: InstagramClient, since: datetime) -> list[str]:
    """Bring the numbers of all days that are over, back to `since`; what cannot be had and why."""
    try:
        for metric in SERIES:
            await _series(reader, client, metric, since)
        await _totals(reader, client, since)
    except Forbidden as error:
        return [f"insights: {error.message}"]
    return []


async def price(reader: Reader, since: datetime, now: datetime) -> int:
    """How many requests `read` takes at most."""
    windows = 0
    for metric in SERIES:
        course = await _course(reader, metric, since, now)
        windows += sum(-(-(last - first + _ONE).days // WINDOW) for first, last in map(_days, course.gaps))
    totals = await _course(reader, "totals", since, now)
    return windows + sum((last - first + _ONE).days for first, last in map(_days, totals.gaps))


async def _course(reader: Reader, name: str, since: datetime, now: datetime) -> Course:
    """The days of which a metric, or "totals", is still to be read."""
    today = now.astimezone(PACIFIC).date()
    first = max(since, now - SERIES.get(name, KEPT)).astimezone(PACIFIC).date()
    return await reader.course(f"sync {name}", midnight(first), midnight(today), settled=SETTLED, belated=timedelta())


async def _series(reader: Reader, client: InstagramClient, metric: str, since: datetime) -> None:
    course = await _course(reader, metric, since, client.now())
    for first, last in map(_days, course.gaps):
        while last >= first:
            begin = max(first, last - (WINDOW - 1) * _ONE)
            start, end = midnight(begin), midnight(last + _ONE)
            found = await reader.ask(partial(client.list_insights, metric, "day", start, end))
            await reader.keep((), course.cover((start, end)), values={metric: by_day(found, metric)})
            reader.told(_TITLES[metric], course.share, start)
            last = begin - _ONE


async def _totals(reader: Reader, client: InstagramClient, since: datetime) -> None:
    """Day by day, and no further back than Instagram told of a reach: before that the account was none to count."""
    now = client.now()
    reached = await reader.first_value("reach")
    since = max(since, midnight(reached) if reached else now - _FEW)
    course, names = await _course(reader, "totals", since, now), tuple(TOTALS)
    for day in (day for gap in course.gaps for day in _newest_first(*_days(gap))):
        start, end, before = midnight(day), midnight(day + _ONE), reader.requests
        found = await reader.ask(partial(client.list_insights, names, "day", start, end))
        told = {name: insight.total for name in names if (insight := found.get(name)) and insight.total is not None}
        if reader.requests > before + 1 and told:  # each metric that is refused costs a request, every day anew
            names = tuple(told)
        values = {name: {day: total} for name, total in told.items()}
        await reader.keep((), course.cover((start, end)), values=values)
        reader.told("totals by day", course.share, start)


def _days(gap: Span) -> tuple[date, date]:
    """The first and the last Pacific day of a gap between midnights."""
    start, end = (moment.astimezone(PACIFIC).date() for moment in gap)
    return start, end - _ONE


def _newest_first(first: date, last: date) -> Iterator[date]:
    while last >= first:
        yield last
        last -= _ONE
