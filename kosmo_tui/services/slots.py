"""Free slots: the times of a profile's posting schedule that no pending post takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, takewhile
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct

from kosmo_tui.api.buffer.models import Profile, Update

if TYPE_CHECKING:
    from kosmo_tui.services.workspace import BufferDesk

KNOWN = 9  # how many free slots a phrase can name: next, next2 … next9
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOLDING = ("scheduled", "needs_approval", "sending")  # a draft and a failed post hold no slot


class Slot(Struct, frozen=True):
    """A time at which the queue of `profile` would publish, and nothing is planned."""

    profile: Profile
    at: datetime  # aware, in the profile's zone

    @property
    def id(self) -> str:
        return f"slot:{self.profile.id}:{self.at.isoformat()}"


def zone_of(profile: Profile) -> ZoneInfo:
    """The zone of a profile; Buffer's default when it names none that exists."""
    return _zone(profile.timezone)


@lru_cache(256)
def _zone(name: str) -> ZoneInfo:
    """Python keeps only the eight zones used last, and reads the files of others at every row that is drawn."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("Europe/London")


def free_slots(profile: Profile, updates: Iterable[Update], now: datetime, days: int) -> Iterator[Slot]:
    """The free slots of `profile` from `now` to the end of the `days`-th day of its zone, today included."""
    end = now.astimezone(zone_of(profile)).date() + timedelta(days=days)
    return (Slot(profile, at) for at in takewhile(lambda at: at.date() < end, _free(profile, updates, now)))


def next_free(profile: Profile, updates: Iterable[Update], now: datetime, count: int = KNOWN) -> tuple[datetime, ...]:
    """The next `count` free slots of `profile` after `now`, earliest first, in its zone; the queue takes the first."""
    return tuple(islice(_free(profile, updates, now), count))


def known_free(desk: BufferDesk, profile: Profile, now: datetime) -> tuple[datetime, ...]:
    """The next free slots of a profile of `desk`, as far as they are known.

    Behind the last post that is loaded nothing is known, as long as there are more.
    """
    end = _known_until(desk, now)
    return tuple(at for at in next_free(profile, desk.queue.items, now) if at.astimezone(UTC) < end)


def known_slots(desk: BufferDesk, profile: Profile, now: datetime, days: int) -> Iterator[Slot]:
    """The free slots of a profile of `desk` in the next `days` days of its zone, as far as they are known."""
    end = _known_until(desk, now)
    return (slot for slot in free_slots(profile, desk.queue.items, now, days) if slot.at.astimezone(UTC) < end)


def _known_until(desk: BufferDesk, now: datetime) -> datetime:
    if desk.queue.whole:
        return datetime.max.replace(tzinfo=UTC)
    return max((update.scheduled_at for update in desk.queue.items if update.scheduled_at), default=now)


def _free(profile: Profile, updates: Iterable[Update], now: datetime) -> Iterator[datetime]:
    taken = {
        update.scheduled_at.astimezone(UTC)  # two times in zones are equal by their clocks, not by their instants
        for update in updates
        if update.profile_id == profile.id and update.scheduled_at is not None and update.status in _HOLDING
    }
    return (at for at in _slots(profile, now) if at.astimezone(UTC) not in taken)


def _slots(profile: Profile, after: datetime) -> Iterator[datetime]:
    """The slots of the schedule after `after`, in the profile's zone, in order and without end.

    A time that the clocks skip falls as much behind the change as it was to be behind its begin, one that comes twice
    is its first occurrence.  A paused weekday has none, and a time that is no time is left out.
    """
    times = [_times(profile, day) for day in _DAYS]
    if not any(times):
        return
    zone = zone_of(profile)
    last = after.astimezone(UTC)
    day = after.astimezone(zone).date() - timedelta(days=1)  # a slot before midnight may fall behind it
    while day < date.max:
        # On the way to UTC a time that does not exist takes the offset of before the change (PEP 495, fold 0).
        for at in sorted(datetime.combine(day, clock, zone).astimezone(UTC) for clock in times[day.weekday()]):
            if at > last:
                last = at
                yield at.astimezone(zone)
        day += timedelta(days=1)


def _times(profile: Profile, day: str) -> list[time]:
    found = []
    for schedule in profile.schedules:
        for text in schedule.times if schedule.day == day and not schedule.paused else ():
            try:
                found.append(time.fromisoformat(text).replace(tzinfo=None))
            except ValueError:
                continue
    return found
