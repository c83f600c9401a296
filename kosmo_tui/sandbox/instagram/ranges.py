"""Points in time as Graph takes them, and the days of insights, which end at Pacific midnight."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

from kosmo_tui.sandbox.instagram.errors import invalid
from kosmo_tui.sandbox.instagram.parameters import Parameters
from kosmo_tui.sandbox.instagram.tokens import PACIFIC

DAY = timedelta(days=1)
_NEAR = {"yesterday": -DAY, "today": timedelta(), "midnight": timedelta(), "tomorrow": DAY}
_RELATIVE = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<n>\d{1,4})\s*(?P<unit>second|sec|minute|min|hour|day|week|month|year)s?(?P<ago>\s+ago)?"
)
_UNITS = {"sec": "second", "min": "minute"}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(rf"(?:(last|next)\s+)?({'|'.join(_WEEKDAYS)})")
_WRITTEN = ("%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%d.%m.%Y")


def moment(parameters: Parameters, name: str, now: datetime) -> datetime:
    """`since` or `until`: unix seconds, an ISO date or time, or a text as PHP's strtotime reads it.

    The texts are the common ones: `@1790000000`, `yesterday`, `-7 days`, `2 weeks ago`, `last monday`, `Nov 1 2026`,
    `1 November 2026`, `11/1/2026`.  What has no zone is Pacific time.  Raises 100 for anything else.
    """
    text = " ".join(parameters.text(name).replace(",", " ").split())
    try:
        if re.fullmatch(r"@?\d{1,12}", text):
            return datetime.fromtimestamp(int(text.lstrip("@")), UTC)
        found = _in_words(text.lower(), now) or _written(text)
        if found is None:
            parsed = datetime.fromisoformat(text)
            found = parsed if parsed.tzinfo else parsed.replace(tzinfo=PACIFIC)
        return found.astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise invalid(f"Param {name} must be a UNIX timestamp or a date") from error


def _in_words(text: str, now: datetime) -> datetime | None:
    """A text that goes out from `now`, None for another."""
    today = day_of(now)
    if text == "now":
        return now
    if text in _NEAR:
        return start_of(today + _NEAR[text])
    if found := _WEEKDAY.fullmatch(text):
        ahead = (_WEEKDAYS.index(found[2]) - today.weekday()) % 7
        if found[1] == "last":
            ahead -= 7
        elif found[1] == "next" and not ahead:
            ahead = 7
        return start_of(today + ahead * DAY)
    if not (found := _RELATIVE.fullmatch(text)):
        return None
    count = -int(found["n"]) if (found["sign"] == "-") != bool(found["ago"]) else int(found["n"])
    unit = _UNITS.get(found["unit"], found["unit"])
    if unit in {"month", "year"}:
        return _months_from(now, count * (12 if unit == "year" else 1))
    return now + timedelta(**{unit + "s": count})


def _months_from(now: datetime, count: int) -> datetime:
    """The same day `count` months on; a day that the month lacks runs over into the next one, as in PHP."""
    local = now.astimezone(PACIFIC)
    years, month = divmod(local.month - 1 + count, 12)
    return local.replace(year=local.year + years, month=month + 1, day=1) + (local.day - 1) * DAY


def _written(text: str) -> datetime | None:
    """Midnight of a date that is written out, None for another text."""
    for form in _WRITTEN:
        with suppress(ValueError):
            return start_of(datetime.strptime(text, form).date())
    return None


def day_of(moment: datetime) -> date:
    """The Pacific day that a moment lies in."""
    return moment.astimezone(PACIFIC).date()


def start_of(day: date) -> datetime:
    """Its Pacific midnight, in UTC: 07:00 in summer, 08:00 in winter."""
    return datetime.combine(day, time(), PACIFIC).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The Pacific midnight at its end, in UTC; the day that the clocks change has 23 or 25 hours."""
    return start_of(day + DAY)


def days_between(since: datetime, until: datetime) -> list[date]:
    """The Pacific days that overlap `since`..`until`, oldest first."""
    days, day = [], day_of(since)
    while start_of(day) < until:
        days.append(day)
        day += DAY
    return days
