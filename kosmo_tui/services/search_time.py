"""Times to filter by: `<fri`, `>2026-11-01`, `today`, `2026-11`, `>-7d`, `mon..fri`, in the user's zone.

A day, a month and a year last; `<` is before their beginning, `>` after their end, `<=` and `>=` take them in.
Times of day and times to come are read as for a post (compose/when.py).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from kosmo_tui.compose.when import BadTime
from kosmo_tui.compose.when import parse as parse_when

Span = tuple[datetime | None, datetime | None]
"""From the first to before the second; None is without a limit."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NEAR = {"yesterday": -1, "today": 0, "tom": 1, "tomorrow": 1}
_WEEKDAY = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_AWAY = re.compile(r"([+-])(\d{1,4}) ?(h|d|w)[a-z]*", re.ASCII)
_HOURS = {"h": 1, "d": 24, "w": 24 * 7}
_SIGN = re.compile(r"(<=|>=|<|>|=)?(.*)", re.DOTALL)
EXAMPLES = "<fri, today, >2026-11-01, 2026-11, >-7d, mon..fri"


class BadSpan(ValueError):
    """A phrase that names no time; it says why."""


def span(text: str, zone: tzinfo, now: datetime) -> Span:
    """What `text` means at `now` in `zone`, in UTC.  Raises BadSpan."""
    phrase = " ".join(text.lower().split())
    if ".." in phrase:
        first, _, last = phrase.partition("..")
        if not first.strip(". ") and not last.strip(". "):
            raise BadSpan(EXAMPLES)
        return (
            _lasting(first, zone, now)[0] if first.strip() else None,
            _lasting(last, zone, now)[1] if last.strip(". ") else None,
        )
    match = _SIGN.fullmatch(phrase)
    assert match is not None  # it takes everything
    sign, phrase = match[1] or "=", match[2].strip()
    if not phrase:
        raise BadSpan(EXAMPLES)
    start, end = _lasting(phrase, zone, now)
    match sign:
        case "<":
            return None, start
        case "<=":
            return None, end
        case ">":
            return end, None
        case ">=":
            return start, None
    if start == end:  # a moment: what is there on its day
        return _days(start.astimezone(zone), zone)
    return start, end


def _lasting(phrase: str, zone: tzinfo, now: datetime) -> tuple[datetime, datetime]:
    """From when to when it is what `phrase` names; twice the same for a moment."""
    phrase = phrase.strip()
    today = now.astimezone(zone)
    try:
        if phrase == "now":
            return now.astimezone(UTC), now.astimezone(UTC)
        if phrase in _NEAR:
            return _days(today + timedelta(days=_NEAR[phrase]), zone)
        if match := _WEEKDAY.fullmatch(phrase):
            return _days(today + timedelta(days=(_DAYS.index(match[1]) - today.weekday()) % 7), zone)
        if match := _DATE.fullmatch(phrase):
            return _date(match, zone)
        if match := _AWAY.fullmatch(phrase):
            away = timedelta(hours=int(match[2]) * _HOURS[match[3]])
            at = now.astimezone(UTC) + (away if match[1] == "+" else -away)
            return at, at
        at = _moment(phrase, zone, now)
        return at, at
    except (OverflowError, ValueError) as error:
        if isinstance(error, BadSpan):
            raise
        raise BadSpan(f"there is no “{phrase}” on a calendar") from None


def _days(day: datetime, zone: tzinfo, count: int = 1) -> tuple[datetime, datetime]:
    first = datetime.combine(day.date(), time(), zone)
    last = datetime.combine(day.date() + timedelta(days=count), time(), zone)
    return first.astimezone(UTC), last.astimezone(UTC)


def _date(match: re.Match[str], zone: tzinfo) -> tuple[datetime, datetime]:
    """A day, a month, or a year."""
    year, month, day = (int(number) if number else None for number in match.groups())
    assert year is not None
    first = datetime(year, month or 1, day or 1, tzinfo=zone)
    if day is not None:
        return _days(first, zone)
    after = datetime(year + (month in (None, 12)), 1 if month in (None, 12) else (month or 0) + 1, 1, tzinfo=zone)
    return first.astimezone(UTC), after.astimezone(UTC)


def _moment(phrase: str, zone: tzinfo, now: datetime) -> datetime:
    """A day with a time, past or to come, or a phrase of the composer."""
    if phrase[:4].isdecimal():
        try:
            at = datetime.fromisoformat(phrase.upper())
        except ValueError:
            raise BadSpan(f"there is no “{phrase}” on a calendar and a clock") from None
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    if isinstance(zone, ZoneInfo) and zone.key:
        try:
            when = parse_when(phrase, zone, now)
        except BadTime as error:
            if error.candidates:
                raise BadSpan(str(error)) from None
        else:
            if when.mode == "at" and when.at is not None:
                return when.at.astimezone(UTC)
    raise BadSpan(f"“{phrase}” is no day and no time: {EXAMPLES}")
