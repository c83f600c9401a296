"""Posting times across zones and the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.sandbox.buffer.slots import DAYS, slots

ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo", "Asia/Beirut",
     "America/Santiago", "Pacific/Apia", "Antarctica/Troll"]
)  # fmt: skip
TIMES = st.lists(st.times().map(lambda at: f"{at:%H:%M}"), max_size=4).map(tuple)
SCHEDULES = st.dictionaries(st.sampled_from(DAYS), TIMES)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)).map(lambda when: when.replace(tzinfo=UTC))


@given(SCHEDULES, ZONES, MOMENTS, st.lists(st.sampled_from(DAYS), max_size=3))
def test_slots_are_the_times_of_the_schedule_and_all_of_them(
    schedule: dict[str, tuple[str, ...]], zone: str, after: datetime, paused: list[str]
) -> None:
    tz = ZoneInfo(zone)
    found = list(islice(slots(schedule, zone, after, paused_days=paused), 30))
    assert all(earlier < later for earlier, later in zip([after, *found], found, strict=False))
    open_days = {day: times for day, times in schedule.items() if day not in paused and times}
    assert bool(found) == bool(open_days)
    wanted = set()
    for number in range(-1, (found[-1].astimezone(tz).date() - after.astimezone(tz).date()).days + 2 if found else 0):
        day = after.astimezone(tz).date() + timedelta(days=number)
        for time in open_days.get(DAYS[day.weekday()], ()):
            wanted.add(datetime.fromisoformat(f"{day} {time}").replace(tzinfo=tz).astimezone(UTC))
    assert set(found) == {moment for moment in wanted if after < moment <= found[-1]} if found else True


@given(SCHEDULES, ZONES, MOMENTS)
def test_backwards_is_the_same_list(schedule: dict[str, tuple[str, ...]], zone: str, start: datetime) -> None:
    forward = list(islice(slots(schedule, zone, start), 20))
    if forward:
        backward = islice(slots(schedule, zone, forward[-1] + timedelta(seconds=1), backwards=True), len(forward))
        assert list(backward) == forward[::-1]


def test_the_days_on_which_clocks_change() -> None:
    schedule = dict.fromkeys(DAYS, ("02:30", "03:30"))
    spring = list(islice(slots(schedule, "Europe/Berlin", datetime(2027, 3, 28, tzinfo=UTC)), 3))
    # 02:30 does not exist on that day: it falls together with 03:30, and is one slot.
    assert [f"{slot:%d %H:%M}" for slot in spring] == ["28 01:30", "29 00:30", "29 01:30"]
    autumn = list(islice(slots(schedule, "Europe/Berlin", datetime(2027, 10, 30, 23, tzinfo=UTC)), 3))
    # 02:30 comes twice: the first one counts.
    assert [f"{slot:%d %H:%M}" for slot in autumn] == ["31 00:30", "31 02:30", "01 01:30"]
