"""Insights out of the store: only what can be added is, and of how many days a number is, is said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from kosmo_tui.services.day_sums import added_up
from kosmo_tui.services.insights import Overview, Total
from kosmo_tui.store.database import Store

LAST = date(2026, 11, 21)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
A = "instagram.a"


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store.in_memory()
    yield store
    store.close()


def keep(store: Store, metric: str, days: int, *, value: float = 1.0, skip: int = 0, at: datetime = NOON) -> None:
    """Keep `value` for each of `days` days; the last of them lies `skip` days before LAST."""
    values = {LAST - timedelta(days=back): value for back in range(skip, skip + days)}
    store.cache.numbers.put(A, metric, values, at)


def total(seen: Overview | None, name: str) -> Total:
    assert seen is not None
    return next(one for one in seen.totals if one.name == name)


@pytest.mark.parametrize("days", [1, 7, 28, 90, 365])
def test_numbers_are_added_and_people_are_not(store: Store, days: int) -> None:
    for skip, value in ((0, 3.0), (days, 2.0)):
        for metric in ("views", "reach", "accounts_engaged"):
            keep(store, metric, days, value=value, skip=skip)
    seen = added_up(store.cache.numbers, A, days)
    assert seen is not None and seen.added and (seen.last, seen.as_of) == (LAST, NOON)
    assert (seen.last - seen.first).days + 1 == days
    views, reach = total(seen, "views"), total(seen, "reach")
    assert (views.value, views.before, views.known) == (3.0 * days, 2.0 * days, None)
    assert (reach.value, reach.before) == (3.0, 2.0)
    assert reach.title == ("Reach" if days == 1 else "Reach per day")
    said = [one.title for one in seen.missing]
    assert ("Reach and accounts engaged in all" in said) is (days > 1)
    assert "New followers" in said[-1] and "kosmo sync" in seen.missing[-1].reason
    assert len(seen.reach) == max(days, min(28, 2 * days)) and seen.reach[-1].day == LAST


def test_a_number_of_fewer_days_says_so_and_is_compared_with_nothing(store: Store) -> None:
    keep(store, "views", 180)
    keep(store, "follower_count", 29)
    keep(store, "likes", 100, skip=2)
    seen = added_up(store.cache.numbers, A, 90)
    assert (total(seen, "views").value, total(seen, "views").before) == (90, 90)
    followers, likes = total(seen, "follower_count"), total(seen, "likes")
    assert (followers.value, followers.before, followers.known) == (29, None, 29)
    assert (likes.value, likes.before, likes.known) == (88, None, 88)


def test_of_a_time_before_the_first_day_that_is_known_it_says_so(store: Store) -> None:
    keep(store, "views", 40)
    seen = added_up(store.cache.numbers, A, 365)
    assert seen is not None and seen.first == LAST - timedelta(days=39)
    assert (total(seen, "views").value, total(seen, "views").known) == (40, None)
    assert seen.missing[0].title == "Anything before 13 Oct 2026"


def test_it_is_as_old_as_its_last_day_and_knows_no_other_account(store: Store) -> None:
    keep(store, "views", 30, skip=5, at=NOON - timedelta(days=5))
    keep(store, "views", 60, skip=40, at=NOON)
    seen = added_up(store.cache.numbers, A, 7)
    assert seen is not None and (seen.last, seen.as_of) == (LAST - timedelta(days=5), NOON - timedelta(days=5))
    assert added_up(store.cache.numbers, "instagram.b", 7) is None
