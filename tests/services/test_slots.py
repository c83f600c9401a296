"""Free slots in the zone of the profile, over changes of clocks, and what a failure means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api.buffer.models import Failure, Profile, Schedule, Update
from kosmo_tui.api.safe_text import SafeText
from kosmo_tui.services.explain import explain, profile_problem, profile_state
from kosmo_tui.services.slots import free_slots

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


def test_slots_from_now_to_the_last_day() -> None:
    now = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)  # 10:30 in Berlin
    slots = free_slots(profile(), [], now, 2)
    assert [f"{slot.at:%a %H:%M %z}" for slot in slots] == ["Sun 17:30 +0100", "Mon 09:00 +0100", "Mon 17:30 +0100"]


def test_a_planned_post_takes_its_slot_and_a_failed_one_does_not() -> None:
    now = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
    taken = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    assert len(free_slots(profile(), [planned(taken)], now, 1)) == 1
    assert len(free_slots(profile(), [planned(taken, "error")], now, 1)) == 2
    other = Update(id="o", profile_id="q", profile_service="x", status="scheduled", scheduled_at=taken)
    assert len(free_slots(profile(), [other], now, 1)) == 2


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (datetime(2026, 3, 28, 22, 0, tzinfo=UTC), ["03:30"]),  # 02:30 is skipped in Berlin on 29 March
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), ["02:30", "03:30"]),  # it comes twice on 25 October
    ],
)
def test_changes_of_clocks(day: datetime, expected: list[str]) -> None:
    slots = free_slots(profile(times=("02:30", "03:30")), [], day + timedelta(hours=1, minutes=1), 1)
    assert [f"{slot.at:%H:%M}" for slot in slots] == expected


def test_paused_days_wrong_times_and_wrong_zones() -> None:
    now = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
    paused = Profile(id="p", service="x", schedules=tuple(Schedule(day, ("09:00",), paused=True) for day in WEEK))
    assert free_slots(paused, [], now, 7) == []
    assert free_slots(profile(times=("25:00", "nine")), [], now, 7) == []
    assert len(free_slots(profile(zone="Mars/Base"), [], now, 1)) == 2


@given(st.sampled_from(ZONES), st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.integers(1, 8))
def test_slots_are_ahead_in_order_and_real(zone: str, naive: datetime, days: int) -> None:
    now = naive.replace(tzinfo=UTC)
    slots = free_slots(profile(zone, ("00:15", "02:30", "12:00", "23:45")), [], now, days)
    instants = [slot.at.astimezone(UTC) for slot in slots]
    assert instants == sorted(instants) and all(instant > now for instant in instants)
    for slot in slots:
        local = slot.at.astimezone(UTC).astimezone(ZoneInfo(zone))
        assert f"{local:%H:%M}" in ("00:15", "02:30", "12:00", "23:45")
    assert len({slot.id for slot in slots}) == len(slots)


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
