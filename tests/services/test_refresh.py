"""What the dashboard asks by itself: counted by the sandbox, over hours, restarts, refusals and wrong clocks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.api.errors import RateLimited, Unavailable
from kosmo_tui.api.limits import Limits
from kosmo_tui.services import cached
from kosmo_tui.services.account_lists import sent_posts
from kosmo_tui.services.budget import Budget, Priority
from kosmo_tui.services.refresh import Question, Refresh, overdue
from kosmo_tui.store.database import Store

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
A = "buffer.a"


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def policy(clock: Clock, minutes: int = 15) -> tuple[Refresh, Budget]:
    budget = Budget(Store.in_memory(clock).ledger, clock)
    return Refresh(budget, clock, minutes), budget


async def test_what_is_old_is_due_and_what_was_never_read(clock: Clock) -> None:
    refresh, _ = policy(clock)
    for age, due in ((0, False), (14, False), (15, True), (600, True), (-1, True), (-6000, True)):
        assert await refresh.due(Question(A, "queue", NOON - timedelta(minutes=age), None)) is due
    assert await refresh.due(Question(A, "queue", None, None))
    stuck = Question(A, "queue", NOON - timedelta(minutes=20), None, Priority.TROUBLE)
    assert not await refresh.due(stuck), "a stuck post is looked at seldom"
    never, _ = policy(clock, 0)
    assert not await never.due(Question(A, "queue", NOON - timedelta(days=9), None))
    assert await never.due(Question(A, "queue", None, None))


async def test_who_fails_is_left_alone_for_longer_and_longer_up_to_the_interval(clock: Clock) -> None:
    refresh, _ = policy(clock)
    asked = []
    error = Unavailable("no network")
    for minute in range(120):
        clock.now = NOON + timedelta(minutes=minute)
        if await refresh.due(Question(A, "queue", None, error)):
            asked.append(minute)
            error = Unavailable("no network")
    assert [later - earlier for earlier, later in pairwise(asked)] == [3, 5, 9] + [16] * 6
    assert not await refresh.due(Question(A, "queue", None, error))
    clock.now = NOON - timedelta(days=3)
    assert await refresh.due(Question(A, "queue", None, error)), "a clock that went back makes nothing wait for it"


@pytest.mark.parametrize(("window", "seconds"), [("15m", 900), ("24h", 86_400), ("30d", 2_592_000)])
async def test_after_a_refusal_nothing_is_asked_before_its_window_comes_back(
    clock: Clock, window: str, seconds: int
) -> None:
    refresh, budget = policy(clock)
    limits = Limits()
    limits.update_buffer({}, clock())
    error = RateLimited("too many requests", window=window, retry_after=seconds)
    budget.refused(A, limits, error)
    budget.spent(A, limits, Priority.REFRESH)
    for share in (0.01, 0.5, 0.99):
        clock.now = NOON + timedelta(seconds=seconds * share)
        assert not await refresh.due(Question(A, "queue", NOON - timedelta(days=1), error))
        new = Question(A, "user", None, None, Priority.USER)
        assert not await refresh.due(new), "nor what nothing is known of: no key was pressed for it"
    assert refresh.stopped[A].resets_at == NOON + timedelta(seconds=seconds)
    clock.now = NOON + timedelta(seconds=seconds)
    assert await refresh.due(Question(A, "queue", NOON - timedelta(days=1), error))
    assert A not in refresh.stopped


def post(number: int, at: datetime, status: str = "sent") -> Update:
    return Update(id=f"p{number:04}", profile_id="x", profile_service="x", status=status, scheduled_at=at)  # type: ignore[arg-type]


def test_overdue_is_what_was_still_waiting_ten_minutes_after_its_time() -> None:
    late, just, sent = (
        post(1, NOON - timedelta(minutes=11), "scheduled"),
        post(2, NOON - timedelta(minutes=10), "sending"),
        post(3, NOON - timedelta(days=1)),
    )
    assert overdue([late, just, sent], NOON) == [late]


@given(st.lists(st.tuples(st.sampled_from(["post", "refresh", "more", "restart"]), st.integers(1, 9)), max_size=40))
def test_the_list_in_the_store_never_has_a_hole(steps: Sequence[tuple[str, int]]) -> None:
    """However posts come and pages are read: what is shown is the service's list from its top, in its order."""
    clock, store = Clock(), Store.in_memory()
    service = [post(number, NOON - timedelta(hours=30 - number)) for number in range(12)][::-1]
    shown: Sequence[Update] = ()
    cursor: str | None = None
    for step, count in steps:
        clock.now += timedelta(hours=3)
        if step == "post":
            new = [post(len(service) + n, clock.now - timedelta(minutes=150 - n)) for n in range(count)]
            service[:0] = new[::-1]
            continue
        kept = sent_posts(store.cache, A, None)
        if step == "restart":
            recalled = kept.recall()
            assert recalled is None or [one.id for one in recalled.items] == [one.id for one in shown]
            continue
        if step == "more" and cursor is None:
            continue
        start = 0 if step == "refresh" else next(n for n, one in enumerate(service) if one.id == cursor) + 1
        page = service[start : start + 5]
        onward = page[-1].id if start + 5 < len(service) else None
        found = kept.keep(page, onward, clock.now, first=step == "refresh")
        shown, cursor = found.items, found.cursor
        if step == "refresh":
            top = service
        assert [one.id for one in shown] == [one.id for one in top if one in service][: len(shown)] or step == "more"
        assert len({one.id for one in shown}) == len(shown)
    store.close()


def test_the_rows_of_a_large_list_are_read_where_they_are_looked_at(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    every = [post(number, NOON - timedelta(minutes=number)) for number in range(1000)]
    store.cache.put(cached.of_update(A, one, NOON) for one in every)
    other = Store.open(tmp_path)
    store.cache.put([cached.of_update("buffer.b", post(5, NOON), NOON)])
    items = sent_posts(other.cache, A, None).keep(every[:5], None, NOON, first=False).items
    assert len(items) == 1000 and items[999].id == "p0999" and items[-1000].id == "p0000"
    assert [one.id for one in items[198:203]] == [one.id for one in every[198:203]]
    assert items.place("p0777") == 777 and items.place("p1000") is None  # type: ignore[attr-defined]
    store.cache.replace(A, "post", [cached.of_update(A, every[0], NOON)], statuses=("sent",))
    assert items[500].text.startswith("(this cannot be read"), "another kosmo has removed what was not read yet"
    with pytest.raises(IndexError):
        items[1000]
    store.close()
    other.close()
