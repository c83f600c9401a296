"""When a post goes out: a small strict grammar, resolved in one zone, always shown back before it counts.

Nothing is guessed: a time that is past, that may be one of two days, that the clocks skip or that they show twice is
refused, with what could have been meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from whenever import PlainDateTime, ZonedDateTime

Mode = Literal["queue", "top", "now", "at"]
_Reader = Callable[[re.Match[str], "ZonedDateTime"], "ZonedDateTime"]

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PLACES: dict[Mode, str] = {
    "queue": "in the next free slot of the queue",
    "top": "next, at the front of the queue",
    "now": "now",
}
EXAMPLES = "next, next2, top, now, 17:30, 9am, tom 9, fri 17:30, +2h, in 3 days, 2026-12-24 18:00"


@dataclass(frozen=True)
class When:
    """A place in the queue, now, or (`at`) an instant: an aware datetime in the zone in which it was meant.

    With mode "queue", `at` is the free slot that the post will most likely get, None when that is not known.
    """

    mode: Mode
    at: datetime | None = None

    @property
    def iso(self) -> str | None:
        """The instant as ISO 8601 with offset, as the services want it; None unless `mode` is "at"."""
        return self.at.isoformat(timespec="seconds") if self.at and self.mode == "at" else None


class BadTime(ValueError):
    """A phrase that names no usable time; `candidates` are ISO 8601 times with offset that may have been meant."""

    def __init__(self, message: str, candidates: Sequence[datetime] = ()) -> None:
        self.candidates = tuple(
            found.isoformat(timespec="seconds" if found.second else "minutes") for found in candidates
        )
        super().__init__(message)

    def __str__(self) -> str:
        meant = " or ".join(self.candidates)
        return f"{self.args[0]}; {meant}?" if meant else str(self.args[0])


def parse(text: str, zone: ZoneInfo, now: datetime, slots: Sequence[datetime] = ()) -> When:
    """What `text` means at `now` in `zone`; nothing typed is the next free slot of the queue.

    `slots` are the free slots that are known, earliest first; `next2` is the second of them.  A time of day is its next
    occurrence.  Raises BadTime for a phrase that is not in the grammar, and for a time that is past, ambiguous, or
    skipped or repeated by a change of the clocks.
    """
    phrase = " ".join(text.lower().split())
    if phrase in {"top", "now"}:
        return When("top" if phrase == "top" else "now")
    free = [slot.astimezone(zone) for slot in slots if _until(slot, now) > timedelta(0)]
    if phrase in {"", "queue", "next"}:
        return When("queue", free[0] if free else None)
    if match := _NEXT_SLOT.fullmatch(phrase):
        number = int(match["number"])
        if number > len(free):
            known = f"only {len(free)}" if free else "none"
            raise BadTime(f"there is no free slot number {number}: {known} {'is' if len(free) < 2 else 'are'} known")
        return When("at", free[number - 1])
    for pattern, read in _FORMS:
        if match := pattern.fullmatch(phrase):
            return When("at", _read(read, match, now.astimezone(zone)))
    raise BadTime(f"“{text.strip()}” is no time: {EXAMPLES}")


def _read(read: _Reader, match: re.Match[str], now: datetime) -> datetime:
    from whenever import ZonedDateTime  # loading it takes longer than parsing: only where a time is to be read

    local = ZonedDateTime(now.replace(microsecond=0))
    try:
        return read(match, local).to_stdlib()
    except BadTime:
        raise
    except ValueError:
        raise BadTime("that is beyond the calendar") from None


def describe(when: When, now: datetime) -> str:
    """`Fri 27 Nov 17:30 GMT (+00:00) · 17:30Z · in 5 d 5 h`, or the place in the queue in words."""
    if when.at is None:
        return _PLACES[when.mode]
    at, utc = when.at, when.at.astimezone(UTC)
    name, offset = at.tzname() or "", at.strftime("%z")
    zone = f"{name} " if name[:1].isalpha() else ""
    utc_day = "" if utc.date() == at.date() else f"{_day(utc)} "
    there = f"{_day_of(at, now)} {at:%H:%M} {zone}({offset[:3]}:{offset[3:5]})"
    expected = "next free slot, expected " if when.mode == "queue" else ""
    return f"{expected}{there} · {utc_day}{utc:%H:%M}Z · {distance(_until(at, now))}"


def distance(delta: timedelta) -> str:
    """`in 2 y 3 mo`, `in 5 d 5 h`, `in 30 h 10 min`, `in 40 s`: the two largest units that matter; days from two on."""
    seconds = round(abs(delta.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days > 365:
        months = int(days / 365.2425 * 12)  # of the mean length of a month
        parts = (f"{months // 12} y", months % 12 and f"{months % 12} mo")
    elif days > 1:
        parts = (f"{days} d", hours % 24 and f"{hours % 24} h")
    elif hours:
        parts = (f"{hours} h", minutes % 60 and f"{minutes % 60} min")
    else:
        parts = (f"{minutes} min" if minutes else f"{seconds} s", 0)
    words = " ".join(part for part in parts if part)
    return f"{words} ago" if delta < timedelta(0) else f"in {words}"


def _until(at: datetime, now: datetime) -> timedelta:
    # Two datetimes in one zone are subtracted and compared by their wall clocks, which is wrong across a change.
    return at.astimezone(UTC) - now.astimezone(UTC)


def _day(moment: date) -> str:
    return f"{_DAYS[moment.weekday()].capitalize()} {moment.day} {_MONTHS[moment.month - 1]}"


def _day_of(at: datetime, now: datetime) -> str:
    """The day, with its year when that is not the present one."""
    return _day(at) if at.year == now.astimezone(at.tzinfo).year else f"{_day(at)} {at.year}"


# Reading one form each: what the pattern found, and now in the zone → an instant in that zone.


def _clock(match: re.Match[str]) -> time:
    """The time of day: `9`, `09:30`, `9.30`, `9am`, `9:30 pm`."""
    hour, minute, half = int(match["hour"]), int(match["minute"] or 0), match["half"]
    if half and not 1 <= hour <= 12:
        raise BadTime(f"there is no {hour} {half}")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59:
        raise BadTime(f"there is no {hour}:{minute:02} on a clock")
    return time(hour, minute)


def _time_of_day(match: re.Match[str], now: ZonedDateTime) -> ZonedDateTime:
    return _real(_coming(_today(now, _clock(match)), now, days=1), now)


def _day_and_time(match: re.Match[str], now: ZonedDateTime) -> ZonedDateTime:
    today, word = _today(now, _clock(match)), match["day"]
    if word == "today":
        return _ahead(_real(today, now), now, today.add(days=1))
    if word.startswith("tom"):
        return _real(today.add(days=1), now)
    return _real(_coming(today.add(days=_days_to(word, now)), now, days=7), now)


def _next_weekday(match: re.Match[str], now: ZonedDateTime) -> ZonedDateTime:
    """`next fri 9`: the coming Friday or the one after?  People mean either; only on a Friday there is no doubt."""
    days, timed = _days_to(match["day"], now), bool(match["hour"])
    wall = _today(now, _clock(match) if timed else time(9)).add(days=days)
    after = wall.add(days=7)
    if days == 0 and timed:
        return _real(after, now)
    questions = [question for question, open_ in (("which one", days), ("at what time", not timed)) if open_]
    raise BadTime(f"next {match['day']}: {' and '.join(questions)}", _offers([wall, after] if days else [after], now))


def _after(match: re.Match[str], now: ZonedDateTime) -> ZonedDateTime:
    """`+90m`, `in 2 h`: elapsed time.  `+3d`, `in 1 week`, with or without a time of day: by the calendar."""
    amount, unit = int(match["amount"]), match["unit"][0]
    if unit in "mh":
        if match["hour"]:
            raise BadTime("hours or minutes from now, and a time of day: give one of them")
        return _ahead(now.add(minutes=amount) if unit == "m" else now.add(hours=amount), now)
    wall = _today(now, _clock(match) if match["hour"] else time(now.hour, now.minute))
    return _ahead(_real(wall.add(days=amount * (7 if unit == "w" else 1)), now), now)


def _date_and_time(match: re.Match[str], now: ZonedDateTime) -> ZonedDateTime:
    from whenever import Instant, PlainDateTime

    try:
        read = datetime.fromisoformat(f"{match['date']}T{match['clock']}{match['offset'] or ''}".upper())
    except ValueError:
        raise BadTime(f"there is no {match[0]} on a calendar and a clock") from None
    read = read.replace(microsecond=0)
    at = Instant(read).to_tz(_zone(now)) if read.tzinfo else _real(PlainDateTime(read), now)
    if at > now.subtract(days=7, disambiguation="compatible"):  # just missed: the same time today or tomorrow
        instead = _coming(_today(now, at.time().to_stdlib()), now, days=1)
    else:  # long past: the same day of this year or the next
        instead = _coming(at.to_plain().add(years=now.year - at.year), now, years=1)
    return _ahead(at, now, instead)


def _day_alone(match: re.Match[str], now: ZonedDateTime) -> ZonedDateTime:
    raise BadTime(f"{match[0]} at what time? For example {match[0]} 09:00")


# What the clocks of a zone show, and when they do.


def _zone(now: ZonedDateTime) -> str:
    return now.tz_id or "UTC"


def _today(now: ZonedDateTime, clock: time) -> PlainDateTime:
    return now.to_plain().replace(hour=clock.hour, minute=clock.minute, second=clock.second)


def _days_to(day: str, now: ZonedDateTime) -> int:
    return (_DAYS.index(day[:3]) + 1 - now.day_of_week().value) % 7


def _coming(wall: PlainDateTime, now: ZonedDateTime, *, days: int = 0, years: int = 0) -> PlainDateTime:
    """`wall`, or when the clocks have shown it for the last time: so many days or years later."""
    last = wall.assume_tz(_zone(now), disambiguation="later")
    passed = last <= now if last.to_plain() == wall else wall <= now.to_plain()
    return wall.add(days=days, years=years) if passed else wall


def _real(wall: PlainDateTime, now: ZonedDateTime) -> ZonedDateTime:
    """When the clocks show `wall`; BadTime where they skip it, or show it twice from now on."""
    from whenever import RepeatedTime, SkippedTime

    zone = _zone(now)
    try:
        return wall.assume_tz(zone, disambiguation="raise")
    except (RepeatedTime, SkippedTime) as error:
        twice = isinstance(error, RepeatedTime)
        earlier, later = (wall.assume_tz(zone, disambiguation=which) for which in ("earlier", "later"))
    if twice and earlier <= now:
        return later
    clock, day = f"{wall.hour:02}:{wall.minute:02}", _day(wall.date().to_stdlib())
    why = (
        f"{clock} comes twice on {day}: the clocks go back in {zone}"
        if twice
        else f"{clock} does not exist on {day}: the clocks go forward in {zone}"
    )
    raise BadTime(why, [one.to_stdlib() for one in (earlier, later) if one > now])


def _ahead(at: ZonedDateTime, now: ZonedDateTime, *instead: PlainDateTime) -> ZonedDateTime:
    """`at`, unless it is past: then BadTime, with the times that may have been meant instead."""
    if at > now:
        return at
    then, present = at.to_stdlib(), now.to_stdlib()
    ago = distance(_until(then, present)) if at < now else "it is that time now"
    raise BadTime(f"{_day_of(then, present)} {then:%H:%M} is past: {ago}", _offers(instead, now))


def _offers(walls: Sequence[PlainDateTime], now: ZonedDateTime) -> list[datetime]:
    """When the clocks show these times, without those that are refused themselves."""
    found = []
    for wall in walls:
        with suppress(ValueError):
            found.append(_real(wall, now).to_stdlib())
    return found


_CLOCK = r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?(?: ?(?P<half>am|pm))?"
_DATE = r"(?P<date>\d{4}-\d{2}-\d{2})"
_ISO_CLOCK = r"(?P<clock>\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)"
_OFFSET = r"(?P<offset>z|[+-]\d{2}:?\d{2})?"
_DAY_ENDS = ("day", "sday", "nesday", "rsday", "day", "urday", "day")
_DAY_NAMES = "|".join(f"{name}(?:{end})?" for name, end in zip(_DAYS, _DAY_ENDS, strict=True))
_WEEKDAY = rf"(?P<day>{_DAY_NAMES})"
_DAY = rf"(?P<day>today|tom(?:orrow)?|{_DAY_NAMES})"
_NEXT_SLOT = re.compile(r"next ?(?P<number>[2-9])", re.ASCII)
_UNIT = "m|min|minutes?|h|hours?|d|days?|w|weeks?"
_FORMS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern, re.ASCII), read)
    for pattern, read in (
        (r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?: ?(?P<half>am|pm))?", _time_of_day),
        (r"(?P<hour>\d{1,2})(?P<minute>) ?(?P<half>am|pm)", _time_of_day),
        (rf"{_DAY} (?:at )?{_CLOCK}", _day_and_time),
        (rf"{_CLOCK} {_DAY}", _day_and_time),
        (rf"(?:\+ ?|in )(?P<amount>\d{{1,4}}) ?(?P<unit>{_UNIT})(?: (?:at )?{_CLOCK})?", _after),
        (rf"next {_WEEKDAY}(?: (?:at )?{_CLOCK})?", _next_weekday),
        (rf"{_DATE}[t ]{_ISO_CLOCK} ?{_OFFSET}", _date_and_time),
        (rf"{_DATE}|{_DAY}", _day_alone),
    )
)
