"""How an Instagram account did in the last day, week or 28 days, against the same time before.

Instagram counts in Pacific days and its numbers can lag by 48 hours; a window here is whole Pacific days that are over.
What it does not tell is None with a reason beside it, never 0.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec

from kosmo_tui.api.errors import KosmoError
from kosmo_tui.api.instagram.metrics import MetricType
from kosmo_tui.api.instagram.models import Insights
from kosmo_tui.api.safe_text import clean

PACIFIC = ZoneInfo("America/Los_Angeles")
PERIODS = (1, 7, 28)  # days of a window that Instagram tells with the one before it
SERIES_DAYS = 28
SETTLED = timedelta(days=3)  # the numbers of a day can come 48 hours late

# Totals of a window that one request can ask together: `metric_type=total_value`, `period=day`, no breakdown.
TOTALS = {
    "views": "Views",
    "total_interactions": "Interactions",
    "profile_views": "Profile views",
    "accounts_engaged": "Accounts engaged",
    "likes": "Likes",
    "comments": "Comments",
    "shares": "Shares",
    "saves": "Saves",
    "replies": "Replies",
    "reposts": "Reposts",
    "website_clicks": "Website clicks",
}
WHOLE = (*TOTALS, "reach")  # what Instagram can tell of a whole window
TITLES = {**TOTALS, "reach": "Reach", "follower_count": "New followers"}
REQUESTS = {
    "now": "Totals",
    "before": "Totals of the time before",
    "daily": "Values per day",
}
_LAG = "Instagram lags by up to 48 hours"
_SILENCE = f"{_LAG} and told no value for these days yet."
ORDER = ("views", "reach", "total_interactions", "profile_views", "follower_count", *TOTALS)


class InsightsClient(Protocol):
    """The one function that this service needs of an Instagram client."""

    async def list_insights(
        self,
        metric: str | None = None,
        period: str | None = None,
        since: str | None = None,
        until: str | None = None,
        *,
        metric_type: MetricType | None = None,
    ) -> Insights: ...


class Day(msgspec.Struct, frozen=True):
    """The value of one Pacific day; None when Instagram told none."""

    day: date
    value: float | None


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """One metric over the window and over the window before; `series` is per day where Instagram tells that.

    `known` is how many days of the window are in it when not all are.
    """

    name: str
    title: str
    value: float
    before: float | None = None
    series: tuple[Day, ...] = ()
    known: int | None = None

    @property
    def change(self) -> float | None:
        """The change against the window before as a fraction of it (0.12 = 12 % more); None when it cannot be told."""
        return None if not self.before else (self.value - self.before) / self.before


class Missing(msgspec.Struct, frozen=True):
    """A metric that could not be had, and why."""

    title: str
    reason: str


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of `days` Pacific days, `first` to `last`; `reach` is per day, oldest first, over 28 days at least.

    They are `added` up from single days when it was not Instagram that told them of the whole window.
    """

    days: int
    first: date
    last: date
    totals: tuple[Total, ...]
    reach: tuple[Day, ...]
    missing: tuple[Missing, ...]
    as_of: datetime
    added: bool = False

    @property
    def weekdays(self) -> tuple[float | None, ...]:
        """The mean reach of each day of the week, Monday first; None where no such day was told."""
        told: list[list[float]] = [[] for _ in range(7)]
        for day in self.reach:
            if day.value is not None:
                told[day.day.weekday()].append(day.value)
        return tuple(sum(values) / len(values) if values else None for values in told)

    def by_day(self) -> dict[str, dict[date, float]]:
        """The values of single days: of the series, and all totals when the window is a day."""
        lines = {"reach": self.reach} | {total.name: total.series for total in self.totals if total.series}
        found = {name: {day.day: day.value for day in days if day.value is not None} for name, days in lines.items()}
        if self.days == 1:
            found = {total.name: {self.last: total.value} for total in self.totals if not total.series} | found
        return found

    def safe(self) -> Overview:
        """With the texts of Instagram safe to display again, when this comes out of a store."""
        return msgspec.structs.replace(
            self, missing=tuple(Missing(clean(one.title), clean(one.reason)) for one in self.missing)
        )

    @property
    def empty(self) -> bool:
        """Whether Instagram told nothing at all."""
        return not self.totals and all(day.value is None for day in self.reach)


async def overview(
    client: InsightsClient,
    *,
    days: int,
    now: datetime,
    known: Overview | None = None,
    kept: Mapping[date, float] | None = None,
    compare: bool = True,
) -> Overview:
    """The totals of the last `days` (1, 7 or 28) whole Pacific days, their change, and reach per day.

    Three requests: totals of the window, totals of the one before, and the daily series.  Reach of several days is
    asked for as a total: it counts people, and is no sum of daily reach.  A request that fails costs only its numbers;
    its error is raised when no other one brought anything either.

    `known` is what was told earlier: the window before it is not asked for again when it is the same and settled.
    `kept` are new followers by day, which Instagram forgets.  Without `compare` the window before is not asked for, and
    that is said.
    """
    if days not in PERIODS:
        raise ValueError(f"days is one of {', '.join(map(str, PERIODS))}, not {days}")
    today, length, one = now.astimezone(PACIFIC).date(), timedelta(days=days), timedelta(days=1)
    last, start, first = today - one, first_day(days, now), today - timedelta(days=SERIES_DAYS)
    told = _before(known, start)
    asked = {
        "now": _totals(client, start, today),
        "daily": client.list_insights("reach,follower_count", "day", _midnight(first - one), _midnight(today)),
    }
    if told is None and compare:
        asked["before"] = _totals(client, start - length, start)
    answers = dict(zip(asked, await asyncio.gather(*asked.values(), return_exceptions=True), strict=True))
    parts = {name: _part(answer) for name, answer in answers.items()}
    errors = {name: answer for name, answer in answers.items() if isinstance(answer, KosmoError)}
    if errors and not any(part.items for part in parts.values()):
        raise next(iter(errors.values()))

    series = {name: by_day(parts["daily"], name) for name in ("reach", "follower_count")}
    followers = {**(kept or {}), **series["follower_count"]}
    end = _end(followers, last)
    values = {name: _total(parts["now"], name) for name in WHOLE}
    values["follower_count"] = _sum(followers, end, days)
    earlier = told or {name: _total(parts["before"], name) if compare else None for name in WHOLE}
    earlier["follower_count"] = _sum(followers, end - length, days)
    late = [
        Missing(f"{TITLES[name]} of {last.day} {last:%b}", f"{_LAG}; its number is without that day")
        for name, told_days in series.items()
        if values[name] is not None and last not in told_days and last - one in told_days
    ]
    if told is None and not compare:
        late.insert(0, Missing(REQUESTS["before"], "asked for with the next refresh; r asks now"))

    lines = {name: _days(series[name], first, SERIES_DAYS) for name in series}
    return Overview(
        days=days,
        first=start,
        last=last,
        totals=tuple(
            Total(name=name, title=TITLES[name], value=value, before=earlier[name], series=lines.get(name, ()))
            for name in dict.fromkeys(ORDER)
            if (value := values[name]) is not None
        ),
        reach=lines["reach"],
        missing=(*late, *_missing(values, earlier, parts, errors)),
        as_of=now.astimezone(UTC),
    )


def first_day(days: int, now: datetime) -> date:
    """The first of the last `days` whole Pacific days."""
    return now.astimezone(PACIFIC).date() - timedelta(days=days)


def _totals(client: InsightsClient, start: date, end: date) -> Awaitable[Insights]:
    return client.list_insights(",".join(WHOLE), "day", _midnight(start), _midnight(end), metric_type="total_value")


def _before(known: Overview | None, start: date) -> dict[str, float | None] | None:
    """The totals of the window that ends where `start` begins, if they are known and can have changed no more."""
    if known is None or known.added or known.first != start or known.as_of < midnight(start) + SETTLED:
        return None
    told: dict[str, float | None] = dict.fromkeys(WHOLE)
    told |= {total.name: total.before for total in known.totals if total.name in told}
    return told if any(value is not None for value in told.values()) else None


def midnight(day: date) -> datetime:
    """The time at which `day` begins on the Pacific coast (UTC)."""
    return datetime.combine(day, time(), PACIFIC).astimezone(UTC)


def _midnight(day: date) -> str:
    """The same as Graph takes it: in Unix seconds."""
    return str(int(midnight(day).timestamp()))


def _part(answer: Insights | BaseException) -> Insights:
    """What one request brought; an error of the client brings nothing, any other is a fault of the program."""
    if isinstance(answer, Insights):
        return answer
    if isinstance(answer, KosmoError):
        return Insights(items=())
    raise answer


def _total(part: Insights, name: str) -> float | None:
    found = part.get(name)
    return found.total if found else None


def by_day(part: Insights, name: str) -> dict[date, float]:
    """The series `name` by Pacific day; a point is told with the end of its day, which is the next day's midnight."""
    found = part.get(name)
    return {
        (point.end_time - timedelta(hours=1)).astimezone(PACIFIC).date(): point.value
        for point in (found.points if found else ())
        if point.end_time is not None and isinstance(point.value, (int, float))
    }


def _days(values: Mapping[date, float], first: date, count: int) -> tuple[Day, ...]:
    return tuple(Day(day, values.get(day)) for day in (first + timedelta(days=ahead) for ahead in range(count)))


def _end(values: Mapping[date, float], last: date) -> date:
    """The day with which a count ends: `last`, or the day before while `last` is not told yet."""
    before = last - timedelta(days=1)
    return before if last not in values and before in values else last


def _sum(values: Mapping[date, float], last: date, count: int) -> float | None:
    """The sum of the `count` days that end with `last`; None when a day of them was not told: a part is no total."""
    known = [day.value for day in _days(values, last - timedelta(days=count - 1), count) if day.value is not None]
    return sum(known) if len(known) == count else None


def _missing(
    values: Mapping[str, float | None],
    earlier: Mapping[str, float | None],
    parts: Mapping[str, Insights],
    errors: Mapping[str, KosmoError],
) -> Iterator[Missing]:
    """What is not there and why: a request that failed, or a metric with the notice that names it."""
    for request, error in errors.items():
        yield Missing(REQUESTS[request], error.message)
    notices = list(dict.fromkeys(notice for part in parts.values() for notice in part.notices))
    for name in dict.fromkeys(ORDER):
        if values[name] is None and ("daily" if name == "follower_count" else "now") not in errors:
            told = next((notice for notice in notices if _names(notice, name)), _SILENCE)
            yield Missing(TITLES[name], told.removeprefix(f"{name}: "))
    if values["follower_count"] is not None and earlier["follower_count"] is None:
        yield Missing("Change of new followers", "Instagram keeps the daily count for 30 days only.")
    for notice in notices:
        if not any(_names(notice, name) for name in TITLES):
            yield Missing("Note", notice)


def _names(notice: str, metric: str) -> bool:
    """Whether `notice` speaks of `metric` (`views` is no part of `profile_views`)."""
    return re.search(rf"\b{metric}\b", notice) is not None
