"""The insights service: windows in Pacific days, honest comparisons, and reasons for what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec import structs

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.api.errors import AuthExpired, RateLimited
from kosmo_tui.api.http import in_process
from kosmo_tui.api.instagram.models import Insight, Insights, Point
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.sandbox.clock import Clock
from kosmo_tui.services.insights import PACIFIC, TITLES, TOTALS, Overview, overview

NOW = datetime(2026, 11, 22, 12, 3, tzinfo=UTC)  # 04:03 on the Pacific coast
TODAY = date(2026, 11, 22)


class Recorded:
    """A client that answers from a table of values per day and metric, and writes down what it is asked."""

    def __init__(self, *, without: dict[str, str] | None = None, failing: int | None = None) -> None:
        self.without = without or {}
        self.failing = failing
        self.asked: list[tuple[str, str, datetime, datetime]] = []

    async def list_insights(
        self,
        metric: str | None = None,
        period: str | None = None,
        since: str | None = None,
        until: str | None = None,
        *,
        metric_type: str | None = None,
    ) -> Insights:
        start, end = (datetime.fromtimestamp(int(bound or 0), PACIFIC) for bound in (since, until))
        self.asked.append((metric or "", period or "", start, end))
        if self.failing in (len(self.asked), -1):
            raise RateLimited("the hour is used up")
        names, total = (metric or "").split(","), metric_type == "total_value"
        items = [self._insight(name, total, start, end) for name in names if name not in self.without]
        return Insights(items=tuple(items), notices=tuple(self.without[name] for name in names if name in self.without))

    def _insight(self, name: str, total: bool, start: datetime, end: datetime) -> Insight:
        days = (end.date() - start.date()).days
        if name == "reach" and total:  # of people it tells what of numbers it could not: how many there were
            return Insight(name=name, period="day", total=float(self.at(end.date(), -1)))
        if name in TOTALS:
            return Insight(name=name, period="day", total=float(sum(self.at(start.date(), n) for n in range(days))))
        ends = [start.date() + timedelta(days=n + 1) for n in range(days)]
        points = tuple(
            Point(value=float(self.at(day, -1)), end_time=datetime(day.year, day.month, day.day, tzinfo=PACIFIC))
            for day in ends
        )
        return Insight(name=name, period="day", points=points)

    @staticmethod
    def at(day: date, ahead: int) -> int:
        """The value of the day `ahead` days after `day`: the number of the day in the year."""
        return (day + timedelta(days=ahead)).timetuple().tm_yday


def yearday(day: date) -> int:
    return day.timetuple().tm_yday


def total(seen: Overview, name: str) -> tuple[float | None, float | None]:
    found = next(item for item in seen.totals if item.name == name)
    return found.value, found.before


async def test_a_week_and_the_week_before() -> None:
    client = Recorded()
    seen = await overview(client, days=7, now=NOW)
    week = [TODAY - timedelta(days=back) for back in range(1, 8)]
    assert (seen.first, seen.last) == (week[-1], week[0])
    now = sum(map(yearday, week))
    assert total(seen, "views") == (now, now - 7 * 7)
    assert total(seen, "follower_count") == (now, now - 7 * 7)
    assert total(seen, "reach") == (yearday(week[0]), yearday(week[0]) - 7)  # told by the service, not added up
    assert [day.day for day in seen.reach] == [TODAY - timedelta(days=back) for back in range(28, 0, -1)]
    assert [day.value for day in seen.reach] == [yearday(day.day) for day in seen.reach]
    assert seen.missing == ()
    assert seen.as_of == NOW
    assert [item.name for item in seen.totals][:5] == [
        "views",
        "reach",
        "total_interactions",
        "profile_views",
        "follower_count",
    ]


@pytest.mark.parametrize(("days", "again"), [(1, 3), (7, 2), (28, 2)])
async def test_it_asks_little_and_never_more_than_thirty_days_at_once(days: int, again: int) -> None:
    client = Recorded()
    seen = await overview(client, days=days, now=NOW)
    assert len(client.asked) == 3
    later = await overview(client, days=days, now=NOW + timedelta(hours=2), known=seen)
    assert len(client.asked) == 3 + again, "what lies far enough back has not changed since"
    assert later.totals == seen.totals
    await overview(client, days=days, now=NOW + timedelta(days=1), known=seen)
    assert len(client.asked) == 6 + again, "on the next day it is another window"
    for _, _, start, end in client.asked:
        assert end - start <= timedelta(days=30)
        assert end <= NOW + timedelta(days=1)
        assert (start.hour, end.hour) == (0, 0)


async def test_twenty_eight_days_have_no_older_followers_to_compare_with() -> None:
    seen = await overview(Recorded(), days=28, now=NOW)
    followers = next(item for item in seen.totals if item.name == "follower_count")
    assert followers.before is None
    assert followers.change is None
    assert [item.title for item in seen.missing] == ["Change of new followers"]
    assert "30 days" in seen.missing[0].reason


async def test_older_followers_that_were_kept_are_compared_with() -> None:
    kept = {TODAY - timedelta(days=back): 2.0 for back in range(1, 60)}
    seen = await overview(Recorded(), days=28, now=NOW, kept=kept)
    new, before = total(seen, "follower_count")
    assert new == sum(yearday(TODAY - timedelta(days=back)) for back in range(1, 29)), "what is told anew counts"
    assert before == 27 * 2.0 + yearday(TODAY - timedelta(days=29))
    assert seen.missing == ()


@pytest.mark.parametrize("days", [1, 7, 28])
async def test_while_a_day_is_not_told_yet_counts_end_a_day_earlier(days: int) -> None:
    class Late(Recorded):
        def _insight(self, name: str, total: bool, start: datetime, end: datetime) -> Insight:
            found = super()._insight(name, total, start, end)
            return structs.replace(found, points=found.points[:-1])

    seen = await overview(Late(), days=days, now=NOW)
    end = TODAY - timedelta(days=2)
    week = sum(yearday(end - timedelta(days=back)) for back in range(days))
    assert total(seen, "follower_count") == (week, None if days == 28 else week - days * days)
    assert [item.title for item in seen.missing][:2] == ["Reach of 21 Nov", "New followers of 21 Nov"]
    assert seen.reach[-1].value is None


@pytest.mark.parametrize("now", [datetime(2026, 11, 3, 6, tzinfo=UTC), datetime(2026, 3, 10, 20, tzinfo=UTC)])
async def test_a_change_of_clocks_shifts_no_day(now: datetime) -> None:
    seen = await overview(Recorded(), days=7, now=now)
    assert [day.value for day in seen.reach] == [yearday(day.day) for day in seen.reach]
    assert len({day.day for day in seen.reach}) == 28


async def test_a_metric_that_is_withheld_has_a_reason_and_is_no_zero() -> None:
    notice = "follower_count is not available: the account has fewer than 100 followers"
    seen = await overview(
        Recorded(without={"follower_count": notice, "profile_views": "profile_views: no"}), days=7, now=NOW
    )
    assert not {"follower_count", "profile_views"} & {item.name for item in seen.totals}
    assert {item.title: item.reason for item in seen.missing} == {
        "New followers": notice,
        "Profile views": "no",
    }


async def test_a_failed_request_costs_only_its_numbers() -> None:
    seen = await overview(Recorded(failing=3), days=7, now=NOW)
    assert total(seen, "views")[1] is None
    assert total(seen, "views")[0] is not None and total(seen, "follower_count")[1] is not None
    assert ("Totals of the time before", "the hour is used up") in [(item.title, item.reason) for item in seen.missing]


async def test_an_error_of_all_requests_is_raised() -> None:
    with pytest.raises(RateLimited):
        await overview(Recorded(failing=-1), days=7, now=NOW)


async def test_a_fault_of_the_program_is_not_hidden() -> None:
    class Broken(Recorded):
        async def list_insights(self, *args: object, **kwargs: object) -> Insights:
            raise KeyError("oops")

    with pytest.raises(KeyError):
        await overview(Broken(), days=7, now=NOW)


async def test_nothing_told_is_empty_not_zero() -> None:
    class Silent(Recorded):
        async def list_insights(self, *args: object, **kwargs: object) -> Insights:
            return Insights(items=())

    seen = await overview(Silent(), days=28, now=NOW)
    assert seen.empty
    assert {day.value for day in seen.reach} == {None}
    assert len(seen.missing) == 13


async def test_a_change_from_nothing_cannot_be_told() -> None:
    class FromZero(Recorded):
        @staticmethod
        def at(day: date, ahead: int) -> int:
            return 0 if day + timedelta(days=ahead) < TODAY - timedelta(days=7) else 3

    seen = await overview(FromZero(), days=7, now=NOW)
    assert total(seen, "views") == (21, 0)
    assert {item.change for item in seen.totals} == {None}


async def test_cancelling_asks_no_further() -> None:
    entered = asyncio.Event()

    class Slow(Recorded):
        async def list_insights(self, *args: object, **kwargs: object) -> Insights:
            entered.set()
            await asyncio.Event().wait()
            raise AuthExpired("never reached")

    task = asyncio.create_task(overview(Slow(), days=7, now=NOW))
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="1, 7, 28"):
        await overview(Recorded(), days=30, now=NOW)


@pytest.fixture
async def brands() -> AsyncIterator[tuple[Sandbox, Hub]]:
    """The sandbox's accounts, reached through the real client."""
    sandbox = Sandbox(clock=Clock(NOW))
    async with Hub.for_sandbox(sandbox.describe("http://demo.localhost"), in_process(sandbox.app)) as hub:
        for client in hub.instagram.values():
            await client.get_current_user()  # tells the client the sandbox's time; until then it has this machine's
        yield sandbox, hub


async def test_a_large_account_is_told_everything(brands: tuple[Sandbox, Hub]) -> None:
    sandbox, hub = brands
    seen = await overview(hub.instagram["brand_account"], days=7, now=NOW)
    assert {item.name for item in seen.totals} == set(TITLES)
    assert all(item.before is not None for item in seen.totals)
    assert seen.missing == ()
    assert all(day.value for day in seen.reach)
    insights = [entry for entry in sandbox.log if "/insights" in entry["path"]]
    assert [entry["status"] for entry in insights] == [200] * 3
    week = sum(day.value or 0 for day in seen.reach[-7:])
    assert total(seen, "reach")[0] < week  # people who came on two days count once


async def test_the_window_before_is_the_window_of_a_week_ago(brands: tuple[Sandbox, Hub]) -> None:
    client = brands[1].instagram["agency"]
    now = await overview(client, days=7, now=NOW)
    then = await overview(client, days=7, now=NOW - timedelta(days=7))
    assert [total(now, name)[1] for name in TOTALS] == [total(then, name)[0] for name in TOTALS]
    assert total(now, "reach")[1] == total(then, "reach")[0]


async def test_a_small_account_learns_why_followers_are_missing(brands: tuple[Sandbox, Hub]) -> None:
    seen = await overview(brands[1].instagram["default"], days=28, now=NOW)
    assert "follower_count" not in {item.name for item in seen.totals}
    assert [item.title for item in seen.missing] == ["New followers"]
    assert "100 followers" in seen.missing[0].reason


async def test_an_expired_token_is_told_as_such(brands: tuple[Sandbox, Hub]) -> None:
    sandbox, hub = brands
    sandbox.faults.load([{"match": "*", "fault": "expired_token", "times": 50}])
    with pytest.raises(AuthExpired):
        await overview(hub.instagram["brand_account"], days=7, now=NOW)
