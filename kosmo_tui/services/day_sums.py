"""How an Instagram account did, added up from the days that the store keeps: when Instagram cannot be asked, and over
times longer than the 30 days that one of its answers spans.

Only what can be added is added.  Reach and engaged accounts count people, who would count again on every day that they
came: of them the mean per day is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from kosmo_tui.api.instagram.metrics import ACCOUNT
from kosmo_tui.services.insights import ORDER, SERIES_DAYS, TITLES, Day, Missing, Overview, Total
from kosmo_tui.store.numbers import Numbers

PERIODS = (90, 365)  # days of a window that only the store can tell
_PER_DAY = {"reach": "Reach per day", "accounts_engaged": "Engaged per day"}
_ONE = timedelta(days=1)
_SYNC = "`kosmo sync` brings what Instagram still has"

Values = Mapping[date, float]


def added_up(numbers: Numbers, account: str, days: int) -> Overview | None:
    """The last `days` days that the store knows, ending with the newest; fewer when it knows nothing before.

    It is as old as the newest of them.  None when the store has no day of the account.  Blocks; raises StoreError.
    """
    newest = numbers.newest(account)
    if newest is None:
        return None
    last, seen_at = newest
    start, far = last - (days - 1) * _ONE, last - (max(2 * days, SERIES_DAYS) - 1) * _ONE
    values = {name: numbers.of(account, name, far, last) for name in dict.fromkeys(ORDER)}
    oldest = min(next(iter(found)) for found in values.values() if found)
    first = max(start, oldest)
    line = _days(values["reach"], max(min(first, last - (SERIES_DAYS - 1) * _ONE), oldest), last)
    totals = tuple(
        total
        for name, found in values.items()
        if (total := _total(name, found, first, last, line if name == "reach" else ())) is not None
    )
    return Overview(
        days=days,
        first=first,
        last=last,
        totals=totals,
        reach=line,
        missing=tuple(_missing(totals, start, first, last)),
        as_of=seen_at,
        added=True,
    )


def _total(name: str, values: Values, first: date, last: date, series: tuple[Day, ...]) -> Total | None:
    """One metric over the days from `first` to `last`, against as many before them if all of those are known."""
    count = (last - first).days + 1
    found = _within(values, first, last)
    if not found:
        return None
    earlier = _within(values, first - count * _ONE, first - _ONE)
    people = count > 1 and not ACCOUNT[name].additive
    whole = len(found) == count
    return Total(
        name=name,
        title=_PER_DAY[name] if people else TITLES[name],
        value=sum(found) / len(found) if people else sum(found),
        before=(sum(earlier) / (count if people else 1)) if whole and len(earlier) == count else None,
        series=series,
        known=None if whole else len(found),
    )


def _missing(totals: Sequence[Total], start: date, first: date, last: date) -> Iterator[Missing]:
    """What cannot be known of the days, and why."""
    people = [TITLES[total.name] for total in totals if total.title == _PER_DAY.get(total.name)]
    if people:
        yield Missing(
            f"{' and '.join(people).capitalize()} in all",
            "people who came on several days would count more than once; the mean per day is shown",
        )
    if start < first:
        yield Missing(f"Anything before {first.day} {first:%b %Y}", f"not in the store; {_SYNC}")
    if absent := [title for name, title in TITLES.items() if name not in {total.name for total in totals}]:
        yield Missing(", ".join(absent), f"no day of them is in the store; {_SYNC}")


def _within(values: Values, first: date, last: date) -> list[float]:
    return [value for day, value in values.items() if first <= day <= last]


def _days(values: Values, first: date, last: date) -> tuple[Day, ...]:
    return tuple(Day(day, values.get(day)) for day in (first + n * _ONE for n in range((last - first).days + 1)))
