"""The budget: what a person does may always, the rest stops at the reserve; over restarts, clocks and processes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api.errors import RateLimited
from kosmo_tui.api.limits import Limits
from kosmo_tui.services.budget import Budget, Priority
from kosmo_tui.store.database import Store

ACCOUNT = "buffer.a"
SPANS = {"15m": 900, "24h": 86_400, "30d": 2_592_000}


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def answer(limits: Limits, clock: Clock, **left: tuple[int, int]) -> None:
    """An answer whose headers say of windows (by name, without their underscore) what is left of 100, and how long."""
    names = {f"_{name}": name for name in SPANS}
    rest = ", ".join(f'"{names[name]}";r={some};t={seconds}' for name, (some, seconds) in left.items())
    policy = ", ".join(f'"{names[name]}";q=100;w={SPANS[names[name]]}' for name in left)
    limits.update_buffer({"ratelimit": rest, "ratelimit-policy": policy}, clock())


def test_who_matters_less_stops_earlier_and_nobody_below_the_reserve(clock: Clock) -> None:
    budget, limits = Budget(Store.in_memory(clock).ledger, clock), Limits()
    assert all(budget.allows(ACCOUNT, priority) is None for priority in Priority)
    for left, going in ((31, 4), (30, 3), (25, 2), (20, 1), (0, 1)):
        answer(limits, clock, _15m=(left, 60), _24h=(90, 7))
        budget.spent(ACCOUNT, limits, Priority.REFRESH)
        assert sum(budget.allows(ACCOUNT, priority) is None for priority in Priority) == going
    assert budget.allows("buffer.b", Priority.METRICS) is None
    stopped = budget.allows(ACCOUNT, Priority.TROUBLE)
    assert stopped is not None and (stopped.name, stopped.resets_at) == ("15m", clock() + timedelta(seconds=60))
    clock.now += timedelta(seconds=60)
    assert budget.allows(ACCOUNT, Priority.METRICS) is None


def test_a_large_wish_is_refused_before_it_eats_the_reserve(clock: Clock) -> None:
    budget, limits = Budget(Store.in_memory(clock).ledger, clock, reserve=0.5), Limits()
    answer(limits, clock, _24h=(80, 7))
    budget.spent(ACCOUNT, limits, Priority.USER)
    assert budget.allows(ACCOUNT, Priority.TROUBLE, 30) is None
    assert budget.allows(ACCOUNT, Priority.TROUBLE, 31) is not None


@pytest.mark.parametrize("window", SPANS)
def test_a_refusal_stops_until_its_window_comes_back(clock: Clock, window: str) -> None:
    budget, limits = Budget(Store.in_memory(clock).ledger, clock), Limits()
    answer(limits, clock, **{f"_{name}": (90, 900) for name in SPANS})
    refusal = RateLimited("too many", window=window, retry_after=SPANS[window])
    budget.refused(ACCOUNT, limits, refusal)
    budget.spent(ACCOUNT, limits, Priority.REFRESH)
    back = clock() + timedelta(seconds=SPANS[window])
    stopped = budget.allows(ACCOUNT, Priority.TROUBLE)
    assert stopped is not None and (stopped.name, stopped.resets_at) == (window, back)
    clock.now = back
    assert budget.allows(ACCOUNT, Priority.TROUBLE) is None


def test_the_ledger_tells_the_next_kosmo_and_the_one_beside(tmp_path: Path, clock: Clock) -> None:
    first, second = Store.open(tmp_path, clock), Store.open(tmp_path, clock)
    ours, theirs, limits = Budget(first.ledger, clock), Budget(second.ledger, clock), Limits()
    answer(limits, clock, _24h=(90, 3600))
    answer(limits, clock, _24h=(10, 3600))
    ours.spent(ACCOUNT, limits, Priority.METRICS)
    assert theirs.allows(ACCOUNT, Priority.REFRESH) is not None
    clock.now += timedelta(minutes=1)
    other = Limits()
    answer(other, clock, _24h=(60, 3600))
    theirs.spent(ACCOUNT, other, Priority.USER)
    assert ours.allows(ACCOUNT, Priority.METRICS) is None
    assert first.ledger.spent(ACCOUNT, clock() - timedelta(hours=1)) == 3
    assert first.ledger.spent(ACCOUNT, clock() - timedelta(hours=1), "metrics") == 2
    first.close()
    assert ours.allows(ACCOUNT, Priority.REFRESH, 40) is not None  # without the store it goes by what it has seen
    ours.spent(ACCOUNT, limits, Priority.USER)
    reopened = Budget(second.ledger, clock)
    reopened.recall(ACCOUNT)
    window = reopened.tightest(ACCOUNT)
    assert window is not None and (window.name, window.remaining) == ("24h", 60)
    assert window.resets_at == clock() + timedelta(hours=1)
    second.close()


@given(
    back=st.timedeltas(timedelta(0), timedelta(days=4000)),
    name=st.sampled_from(sorted(SPANS)),
    seconds=st.integers(0, 2_592_000),
)
def test_a_clock_that_went_back_blocks_no_longer_than_the_window_is_long(
    back: timedelta, name: str, seconds: int
) -> None:
    clock = Clock()
    store = Store.in_memory(clock)
    budget, limits = Budget(store.ledger, clock), Limits()
    answer(limits, clock, **{f"_{name}": (0, min(seconds, SPANS[name]))})
    budget.spent(ACCOUNT, limits, Priority.REFRESH)
    clock.now -= back
    for some in (budget, Budget(store.ledger, clock)):  # this kosmo, and the next
        stopped = some.allows(ACCOUNT, Priority.REFRESH)
        if stopped is not None:
            assert stopped.resets_at is not None
            assert stopped.resets_at <= clock() + timedelta(seconds=SPANS[name] + 60)
    store.close()
