"""Free slots in the zone of the profile, over changes of clocks, and what a failure means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api.buffer.models import Failure, Profile, Schedule, Update
from kosmo_tui.api.safe_text import SafeText
from kosmo_tui.services.explain import explain, profile_problem, profile_state
from kosmo_tui.services.slots import Slot, free_slots, next_free

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ZONES = (
    "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Chatham",
    "America/St_Johns", "Africa/Cairo", "Asia/Tokyo", "America/Sao_Paulo", "Europe/London",
)  # fmt: skip


def profile(zone: str = "Europe/Berlin", times: tuple[str, ...] = ("09:00", "17:30"), **more: bool) -> Profile:
    return Profile(
        id="p", service="twitter", timezone=zone, schedules=tuple(Schedule(day, times) for day in WEEK), **more
    )


def planned(at: datetime, status: str = "scheduled") -> Update:
    return Update(id=str(at), profile_id="p", profile_service="twitter", status=status, scheduled_at=at)  # type: ignore[arg-type]


def free(*about: Any) -> list[Slot]:
    return list(free_slots(*about))


def test_slots_from_now_to_the_last_day() -> None:
    now = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)  # 10:30 in Berlin
    slots = free(profile(), [], now, 2)
    assert [f"{slot.at:%a %H:%M %z}" for slot in slots] == ["Sun 17:30 +0100", "Mon 09:00 +0100", "Mon 17:30 +0100"]


def test_a_planned_post_takes_its_slot_and_a_failed_one_does_not() -> None:
    now = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
    taken = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    assert len(free(profile(), [planned(taken)], now, 1)) == 1
    assert len(free(profile(), [planned(taken, "error")], now, 1)) == 2
    assert len(free(profile(), [planned(taken, "draft")], now, 1)) == 2
    other = Update(id="o", profile_id="q", profile_service="x", status="scheduled", scheduled_at=taken)
    assert len(free(profile(), [other], now, 1)) == 2


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (datetime(2026, 3, 28, 22, 0, tzinfo=UTC), ["03:30"]),  # 02:30 is skipped in Berlin on 29 March
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), ["02:30", "03:30"]),  # it comes twice on 25 October
    ],
)
def test_changes_of_clocks(day: datetime, expected: list[str]) -> None:
    slots = free(profile(times=("02:30", "03:30")), [], day + timedelta(hours=1, minutes=1), 1)
    assert [f"{slot.at:%H:%M}" for slot in slots] == expected


def test_paused_days_wrong_times_and_wrong_zones() -> None:
    now = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
    paused = Profile(id="p", service="x", schedules=tuple(Schedule(day, ("09:00",), paused=True) for day in WEEK))
    assert free(paused, [], now, 7) == []
    assert free(profile(times=("25:00", "nine")), [], now, 7) == []
    assert len(free(profile(zone="Mars/Base"), [], now, 1)) == 2


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Europe/London", datetime(2027, 3, 28, tzinfo=UTC), "Sun 02:30 +0100"),  # 01:30 does not exist
        ("Europe/London", datetime(2027, 10, 30, 23, tzinfo=UTC), "Sun 01:30 +0100"),  # and here it comes twice
        ("Australia/Lord_Howe", datetime(2027, 10, 2, 14, tzinfo=UTC), "Sun 01:30 +1030"),  # 02:00 to 02:30 is skipped
        ("Asia/Kathmandu", datetime(2027, 3, 28, tzinfo=UTC), "Mon 01:30 +0545"),
    ],
)
def test_half_past_one(zone: str, day: datetime, expected: str) -> None:
    assert f"{next_free(profile(zone, ('01:30',)), [], day, 1)[0]:%a %H:%M %z}" == expected


def test_a_slot_that_would_come_twice_is_free_once() -> None:
    before = datetime(2027, 10, 30, 20, tzinfo=UTC)
    first, then = next_free(profile("Europe/London", ("01:30",)), [], before, 2)
    assert first.astimezone(UTC) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert then.astimezone(UTC) == datetime(2027, 11, 1, 1, 30, tzinfo=UTC)
    (free,) = next_free(profile("Europe/London", ("01:30",)), [planned(first.astimezone(UTC))], before, 1)
    assert free == then


def test_as_many_as_are_wanted_however_rare() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    weekly = Profile(id="p", service="x", timezone="UTC", schedules=(Schedule("mon", ("09:00",)),))
    assert [at.day for at in next_free(weekly, [], now, 3)] == [23, 30, 7]
    assert len(next_free(weekly, [], now)) == 9
    assert next_free(profile(times=()), [], now) == ()


@given(st.sampled_from(ZONES), st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.integers(1, 8))
def test_slots_are_ahead_in_order_and_real(zone: str, naive: datetime, days: int) -> None:
    now = naive.replace(tzinfo=UTC)
    times = ("00:15", "02:30", "12:00", "23:45")
    slots = free(profile(zone, times), [], now, days)
    instants = [slot.at.astimezone(UTC) for slot in slots]
    assert instants == sorted(set(instants)) and all(instant > now for instant in instants)
    assert all(slot.at.astimezone(UTC).astimezone(ZoneInfo(zone)).fold == slot.at.fold == 0 for slot in slots)
    off = [slot.at for slot in slots if f"{slot.at:%H:%M}" not in times]
    for at in off:  # only where the clocks of that day have skipped a slot
        midnight = at.replace(hour=0, minute=0)
        assert at.utcoffset() != midnight.utcoffset()
    assert len({slot.id for slot in slots}) == len(slots)
    assert tuple(slot.at for slot in slots) == next_free(profile(zone, times), [], now, len(slots))


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("Please reconnect your account", "permission"),
        ("The aspect ratio is not supported", "picture"),
        ("We could not fetch the file", "download"),
        ("Status is a duplicate", "has this post already"),
        ("Too many posts today", "too much"),
        ("Gateway timed out", "did not answer"),
        ("Your caption is too long", "does not fit"),
        ("Action blocked to protect our community", "held the post back"),
        ("Kaboom", "its words are below"),
        ("", "gave no reason"),
    ],
)
def test_a_failure_says_why_whether_live_and_what_to_do(message: str, words: str) -> None:
    update = Update(
        id="1", profile_id="p", profile_service="x", status="error", error=Failure(message=SafeText(message))
    )
    told = explain(update)
    assert told is not None and words in told.cause
    assert told.live.endswith(".") and told.action.endswith(".")


def test_only_failed_posts_are_explained() -> None:
    assert explain(planned(datetime(2026, 11, 22, tzinfo=UTC))) is None


def test_what_keeps_a_profile_from_publishing() -> None:
    assert profile_state(profile()) == "ok" and profile_problem(profile()) == ""
    assert profile_state(profile(paused=True, disconnected=True)) == "disconnected"
    assert "reconnect" in profile_problem(profile(disconnected=True))
    assert "plan" in profile_problem(profile(locked=True))
    assert "resume" in profile_problem(profile(paused=True))
    assert "no time" in profile_problem(profile(times=()))
