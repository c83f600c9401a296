"""When a post goes out: a small strict grammar, resolved in one zone, always shown back before it counts.

Nothing is guessed: a time that is past, that may be one of two days, that the clocks skip or that they show twice is
refused, with what could have been meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Mode = Literal["queue", "top", "now", "at"]

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
        self.candidates = tuple(found.isoformat(timespec="minutes") for found in candidates)
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
    local = now.astimezone(zone)
    for pattern, read in _FORMS:
        if match := pattern.fullmatch(phrase):
            return When("at", read(match, local))
    raise BadTime(f"“{text.strip()}” is no time: {EXAMPLES}")


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
    """`in 2 y 3 mo`, `in 5 d 5 h`, `in 2 h 10 min`, `in 40 s`, `3 min ago`: the two largest units that matter."""
    seconds = round(abs(delta.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days > 365:
        months = int(days / 365.2425 * 12)  # of the mean length of a month
        parts = (f"{months // 12} y", months % 12 and f"{months % 12} mo")
    elif days:
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


def _day(moment: datetime) -> str:
    return f"{_DAYS[moment.weekday()].capitalize()} {moment.day} {_MONTHS[moment.month - 1]}"


def _day_of(at: datetime, now: datetime) -> str:
    """The day, with its year when that is not the present one."""
    return _day(at) if at.year == now.astimezone(at.tzinfo).year else f"{_day(at)} {at.year}"


# Reading one form each: what the pattern found, and now in the zone → an aware, valid, future datetime.


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


def _time_of_day(match: re.Match[str], now: datetime) -> datetime:
    clock = _clock(match)
    return _on(now.date() + timedelta(days=clock <= now.time()), clock, now)


def _day_and_time(match: re.Match[str], now: datetime) -> datetime:
    clock, word = _clock(match), match["day"]
    if word == "today":
        return _on(now.date(), clock, now)
    if word.startswith("tom"):
        return _on(now.date() + timedelta(days=1), clock, now)
    ahead = (_DAYS.index(word[:3]) - now.weekday()) % 7
    if ahead == 0 and clock <= now.time():
        ahead = 7
    return _on(now.date() + timedelta(days=ahead), clock, now)


def _after(match: re.Match[str], now: datetime) -> datetime:
    """`+90m`, `in 2 h`: elapsed time.  `+3d`, `in 1 week`, with or without a time of day: by the calendar."""
    amount, unit = int(match["amount"]), match["unit"][0]
    if unit in "mh":
        if match["hour"]:
            raise BadTime("hours or minutes from now, and a time of day: give one of them")
        elapsed = timedelta(minutes=amount) if unit == "m" else timedelta(hours=amount)
        return _checked(lambda: (now.astimezone(UTC) + elapsed).astimezone(now.tzinfo).replace(microsecond=0), now)
    clock = _clock(match) if match["hour"] else now.time().replace(second=0, microsecond=0)
    days = amount * (7 if unit == "w" else 1)
    return _checked(lambda: _in_zone(now.date() + timedelta(days=days), clock, now), now)


def _date_and_time(match: re.Match[str], now: datetime) -> datetime:
    try:
        day = date(int(match["y"]), int(match["m"]), int(match["d"]))
        clock = time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
        offset = datetime.strptime(match["offset"].upper(), "%z").tzinfo if match["offset"] else None
    except ValueError:
        raise BadTime(f"there is no {match[0]} on a calendar and a clock") from None
    if offset is None:
        return _on(day, clock, now)
    return _checked(lambda: datetime.combine(day, clock, offset).astimezone(now.tzinfo), now)


def _day_alone(match: re.Match[str], now: datetime) -> datetime:
    raise BadTime(f"{match[0]} at what time? For example {match[0]} 09:00")


def _on(day: date, clock: time, now: datetime) -> datetime:
    return _checked(lambda: _in_zone(day, clock, now), now)


def _checked(resolve: Callable[[], datetime], now: datetime) -> datetime:
    try:
        at = resolve()
        if (left := _until(at, now)) <= timedelta(0):
            ago = distance(left) if left else "it is that time now"
            raise BadTime(f"{_day_of(at, now)} {at:%H:%M} is past: {ago}")
    except (OverflowError, ValueError) as error:
        if isinstance(error, BadTime):
            raise
        raise BadTime("that is beyond the calendar") from None
    return at


def _in_zone(day: date, clock: time, now: datetime) -> datetime:
    """A time on the clocks of `now`'s zone; BadTime where they skip it or show it twice."""
    wall = datetime.combine(day, clock)
    earlier, later = (wall.replace(tzinfo=now.tzinfo, fold=fold) for fold in (0, 1))
    if earlier.utcoffset() == later.utcoffset():
        return earlier
    # In a gap, reading with the offset before and after the change gives the two nearest times that exist.
    candidates = tuple(sorted(one.astimezone(UTC).astimezone(now.tzinfo) for one in (earlier, later)))
    skipped = candidates[0].replace(tzinfo=None) != wall
    ahead = tuple(candidate for candidate in candidates if _until(candidate, now) > timedelta(0))
    if skipped:
        raise BadTime(f"{wall:%H:%M} does not exist on {wall:%d %b}: the clocks go forward in {now.tzinfo}", ahead)
    raise BadTime(f"{wall:%H:%M} comes twice on {wall:%d %b}: the clocks go back in {now.tzinfo}", ahead)


_CLOCK = r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?(?: ?(?P<half>am|pm))?"
_ISO_CLOCK = r"(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
_DATE = r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"
_DAY_ENDS = ("day", "sday", "nesday", "rsday", "day", "urday", "day")
_DAY_NAMES = "|".join(f"{name}(?:{end})?" for name, end in zip(_DAYS, _DAY_ENDS, strict=True))
_DAY = rf"(?P<day>today|tom(?:orrow)?|{_DAY_NAMES})"
_NEXT_SLOT = re.compile(r"next ?(?P<number>[2-9])", re.ASCII)
_UNIT = "m|min|minutes?|h|hours?|d|days?|w|weeks?"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], datetime]], ...] = tuple(
    (re.compile(pattern, re.ASCII), read)
    for pattern, read in (
        (r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?: ?(?P<half>am|pm))?", _time_of_day),
        (r"(?P<hour>\d{1,2})(?P<minute>) ?(?P<half>am|pm)", _time_of_day),
        (rf"{_DAY} (?:at )?{_CLOCK}", _day_and_time),
        (rf"{_CLOCK} {_DAY}", _day_and_time),
        (rf"(?:\+ ?|in )(?P<amount>\d{{1,4}}) ?(?P<unit>{_UNIT})(?: (?:at )?{_CLOCK})?", _after),
        (rf"{_DATE}[t ]{_ISO_CLOCK} ?(?P<offset>z|[+-]\d{{2}}:?\d{{2}})?", _date_and_time),
        (rf"{_DATE}|{_DAY}", _day_alone),
    )
)
