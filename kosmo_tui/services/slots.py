"""Free slots: the times of a profile's posting schedule that no pending post takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kosmo_tui.api.buffer.models import Profile, Update

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Slot:
    """A time at which the queue of `profile` would publish, and nothing is planned."""

    profile: Profile
    at: datetime  # aware, in the profile's zone

    @property
    def id(self) -> str:
        return f"slot:{self.profile.id}:{self.at.isoformat()}"


def zone_of(profile: Profile) -> ZoneInfo:
    """The zone of a profile; Buffer's default when it names none that exists."""
    try:
        return ZoneInfo(profile.timezone)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("Europe/London")


def free_slots(profile: Profile, updates: Iterable[Update], now: datetime, days: int) -> list[Slot]:
    """The free slots of `profile` from `now` to the end of the `days`-th day, today included.

    A wall-clock time that a change of clocks skips is no slot; one that comes twice is its first occurrence.
    A paused weekday has none.
    """
    zone = zone_of(profile)
    taken = {
        update.scheduled_at.astimezone(UTC).replace(second=0, microsecond=0)
        for update in updates
        if update.profile_id == profile.id and update.scheduled_at is not None and update.status != "error"
    }
    today = now.astimezone(zone).date()
    times = {schedule.day: schedule.times for schedule in profile.schedules if not schedule.paused}
    found = []
    for day in (today + timedelta(days=ahead) for ahead in range(days)):
        for text in times.get(_DAYS[day.weekday()], ()):
            at = _wall_clock(day, text, zone)
            if at is not None and at > now and at.astimezone(UTC) not in taken:
                found.append(Slot(profile, at))
    return sorted(found, key=lambda slot: slot.at)


def _wall_clock(day: date, text: str, zone: ZoneInfo) -> datetime | None:
    try:
        local = datetime.combine(day, time.fromisoformat(text), zone)
    except ValueError:
        return None
    # zoneinfo takes skipped times without a word; only a real one survives the way to UTC and back.
    return local if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None) else None
