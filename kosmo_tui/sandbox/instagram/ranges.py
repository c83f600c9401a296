"""Points in time as Graph takes them, and the days of insights, which end at Pacific midnight."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from kosmo_tui.sandbox.instagram.errors import invalid
from kosmo_tui.sandbox.instagram.parameters import Parameters
from kosmo_tui.sandbox.instagram.tokens import PACIFIC

DAY = timedelta(days=1)
_RELATIVE = re.compile(r"(?P<sign>[+-]?)\s*(?P<n>\d{1,4})\s*(?P<unit>second|minute|hour|day|week)s?(?P<ago>\s+ago)?")


def moment(parameters: Parameters, name: str, now: datetime) -> datetime:
    """`since` or `until`: unix seconds, an ISO date or time (without zone: Pacific), `yesterday`, `-7 days`.

    Raises 100 for anything else.
    """
    text = parameters.text(name).strip()
    bad = invalid(f"Param {name} must be a UNIX timestamp or a date")
    try:
        if re.fullmatch(r"\d{1,12}", text):
            return datetime.fromtimestamp(int(text), UTC)
        if text in {"now", "today", "yesterday", "tomorrow"}:
            shift = {"yesterday": -DAY, "tomorrow": DAY}.get(text, timedelta())
            return now if text == "now" else start_of(day_of(now) + shift)
        if found := _RELATIVE.fullmatch(text):
            span = timedelta(**{found["unit"] + "s": int(found["n"])})
            return now - span if found["sign"] == "-" or found["ago"] else now + span
        parsed = datetime.fromisoformat(text)
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=PACIFIC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise bad from error


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
