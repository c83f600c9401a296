"""Posting times: from a weekly schedule in a channel's own zone to moments in UTC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def slots(
    schedule: Mapping[str, Sequence[str]],
    zone: str,
    after: datetime,
    *,
    paused_days: Sequence[str] = (),
    backwards: bool = False,
) -> Iterator[datetime]:
    """The slots of `schedule` (`mon`…`sun` → `HH:MM`) after `after`, or before it and descending, without end.

    A time that the clocks skip in spring falls on the moment after the jump, one that comes twice in autumn on its
    first occurrence.  No slots at all: nothing is yielded.
    """
    times = {
        day: [time.fromisoformat(text) for text in schedule.get(day, ())] for day in DAYS if day not in paused_days
    }
    if not any(times.values()):
        return
    tz = ZoneInfo(zone)
    step = timedelta(days=-1 if backwards else 1)
    day = after.astimezone(tz).date() - step  # a slot before midnight can lie behind a jump that crosses it
    last = after
    while True:
        for moment in sorted(_on(day, times.get(DAYS[day.weekday()], ()), tz), reverse=backwards):
            if moment < last if backwards else moment > last:
                last = moment
                yield moment
        try:
            day += step
        except OverflowError:
            return


def _on(day: date, times: Sequence[time], tz: ZoneInfo) -> set[datetime]:
    return {datetime.combine(day, at, tz).astimezone(UTC) for at in times}
