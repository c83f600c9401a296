"""The ledger: what is left and what was spent outlives the program, and a wrong clock blocks nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from kosmo_tui.store.database import Store
from kosmo_tui.store.ledger import KEPT, Kept
from tests.store.conftest import Clock


def test_windows_outlive_the_program_and_are_full_after_their_reset(
    open_store: Callable[[], Store], clock: Clock
) -> None:
    first = open_store()
    resets = clock.now + timedelta(minutes=15)
    first.ledger.put("buffer.a", "15m", 100, 40, None, clock.now)
    first.ledger.put("buffer.a", "15m", 100, 3, resets, clock.now)
    first.ledger.put("buffer.a", "24h", 250, 10, None, clock.now)
    first.close()
    ledger, seen = open_store().ledger, clock.now
    assert ledger.windows("buffer.a") == [Kept("15m", 100, 3, resets, seen), Kept("24h", 250, 10, None, seen)]
    assert ledger.windows("buffer.b") == []
    clock.move(minutes=15)
    assert ledger.windows("buffer.a")[0] == Kept("15m", 100, 100, None, seen)
    assert ledger.windows("buffer.a")[1].remaining == 10


def test_a_window_of_a_clock_that_was_wrong_is_left_out(store: Store, clock: Clock) -> None:
    store.ledger.put("buffer.a", "24h", 250, 0, clock.now + timedelta(hours=1), clock.now)
    clock.move(seconds=-2)
    assert [window.remaining for window in store.ledger.windows("buffer.a")] == [0]
    clock.move(days=-400)
    assert store.ledger.windows("buffer.a") == []


def test_spending_adds_up_by_purpose_and_time(open_store: Callable[[], Store], clock: Clock) -> None:
    first, second = open_store(), open_store()
    start = clock.now
    first.ledger.spend("buffer.a", "refresh", clock.now)
    second.ledger.spend("buffer.a", "refresh", clock.now, 2)
    clock.move(hours=1)
    second.ledger.spend("buffer.a", "write", clock.now)
    first.ledger.spend("buffer.b", "write", clock.now, 50)
    assert first.ledger.spent("buffer.a", start) == 4
    assert first.ledger.spent("buffer.a", start, "refresh") == 3
    assert first.ledger.spent("buffer.a", clock.now) == 1
    assert first.ledger.spent("buffer.c", start) == 0


def test_old_spending_is_forgotten(store: Store, clock: Clock) -> None:
    start = clock.now
    store.ledger.spend("buffer.a", "refresh", clock.now)
    clock.now += KEPT + timedelta(microseconds=1)
    store.ledger.spend("buffer.a", "refresh", clock.now)
    assert store.ledger.spent("buffer.a", start) == 1
