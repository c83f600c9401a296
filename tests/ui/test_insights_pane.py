"""The insights pane: what it shows of an account, in which period, and what it says when there is nothing to show."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec import structs
from textual.app import App, ComposeResult
from textual.widget import Widget

from kosmo_tui.api.errors import KosmoError, Unavailable
from kosmo_tui.services.insights import Day, Missing, Overview, Total
from kosmo_tui.ui.panes.figures import change
from kosmo_tui.ui.panes.insights import InsightsPane
from tests.ui.conftest import Open

NOW = datetime(2026, 11, 22, 12, 3, tzinfo=UTC)
LAST = date(2026, 11, 21)


def overview(days: int, *, views: float = 48_213, missing: tuple[Missing, ...] = (), told: bool = True) -> Overview:
    line = tuple(Day(LAST - timedelta(days=back), 1000.0 + back if told else None) for back in range(27, -1, -1))
    totals = (
        Total(name="views", title="Views", value=views, before=43_012.0),
        Total(name="reach", title="Reach", value=31_000.0, before=32_000.0, series=line),
        Total(name="profile_views", title="Profile views", value=1_204.0, before=1_204.0),
    )
    return Overview(
        days=days,
        first=LAST - timedelta(days=days - 1),
        last=LAST,
        totals=totals if told else (),
        reach=line,
        missing=missing,
        as_of=NOW,
    )


class Desk:
    """An account whose answers wait until they are let go."""

    def __init__(self, account: str, answer: dict[int, Overview | KosmoError], *, held: bool = False) -> None:
        self.account = account
        self.answer = answer
        self.overviews: dict[int, Overview] = {}
        self.asked: list[int] = []
        self.kept: dict[int, Overview] = {}  # what the store has by day
        self.gate = asyncio.Event()
        if not held:
            self.gate.set()

    async def add_up(self, days: int) -> None:
        if days in self.kept:
            self.overviews.setdefault(days, self.kept[days])

    async def insights(self, days: int, now: datetime, *, insist: bool) -> Overview:
        self.asked.append(days)
        await self.gate.wait()
        found = self.answer[days]
        if isinstance(found, KosmoError):
            raise found
        self.overviews[days] = found
        return found


class PaneApp(App[None]):
    zone = UTC

    def now(self) -> datetime:
        return NOW

    def compose(self) -> ComposeResult:
        yield InsightsPane()

    @property
    def pane(self) -> InsightsPane:
        return self.query_one(InsightsPane)

    def open(self, desk: Desk) -> None:
        self.pane.visit(desk, None)
        self.pane.load()
        self.pane.focus_list()


def shown(widget: Widget) -> str:
    """The text that stands on the screen."""
    strips = widget.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


def all_periods(account: str = "instagram.default") -> Desk:
    return Desk(account, {days: overview(days, views=days * 1000) for days in (1, 7, 28)})


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_totals_change_and_chart_at_every_size(size: tuple[int, int]) -> None:
    app = PaneApp()
    async with app.run_test(size=size) as pilot:
        app.open(Desk("instagram.brand_account", {28: overview(28)}))
        await app.workers.wait_for_complete()
        await pilot.pause()
        text = shown(app.pane)
        assert "48.2k ▲ 12%" in text
        assert "31.0k ▼ 3%" in text
        assert "25 Oct – 21 Nov" in text
        assert "Reach per day, last 28 days · most 1,027 on 25 Oct" in text
        assert "┤" in text
        assert "└" in text
        assert app.pane.as_of() == NOW


async def test_a_pane_of_middling_width_stacks_its_parts_and_cuts_no_title() -> None:
    app = PaneApp()
    async with app.run_test(size=(72, 60)) as pilot:
        app.open(Desk("instagram.brand_account", {28: overview(28)}))
        await app.workers.wait_for_complete()
        await pilot.pause()
        lines = shown(app.pane).splitlines()
        table = next(y for y, line in enumerate(lines) if "Exactly" in line)
        weekdays = next(y for y, line in enumerate(lines) if "Reach by weekday" in line)
        assert weekdays > table + 3
        assert ("Mon" in lines[weekdays + 1], "Tue" in lines[weekdays + 2]) == (True, True)
        assert not any("…" in line for line in lines)


async def test_the_period_is_switched_by_keys_and_asked_for_once() -> None:
    app = PaneApp()
    async with app.run_test(size=(120, 40)) as pilot:
        desk = all_periods()
        app.open(desk)
        desk.kept = {days: structs.replace(overview(days), added=True) for days in (90, 365)}
        windows = {"day": "21 Nov · whole", "week": "15 Nov – 21 Nov", "28 days": "25 Oct – 21 Nov"}
        windows |= {"90 days": "24 Aug – 21 Nov · added", "year": "22 Nov 2025 – 21 Nov 2026 · added"}
        steps = (
            ("left", "week"),
            ("left", "day"),
            ("p", "week"),
            ("right", "28 days"),
            ("p", "90 days"),
            ("p", "year"),
        )
        for key, period in (*steps, ("p", "day")):
            if key == "p":
                await pilot.press(key)
            else:  # the screen hands the arrows on
                assert app.pane.step(-1 if key == "left" else +1)
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert windows[period] in shown(app.pane)
        assert desk.asked == [28, 7, 1], "the long ones are not asked for"
        app.pane.load(force=True)
        await app.workers.wait_for_complete()
        assert desk.asked == [28, 7, 1, 1]


async def test_a_period_is_chosen_with_the_mouse() -> None:
    app = PaneApp()
    async with app.run_test(size=(120, 40)) as pilot:
        app.open(all_periods())
        await app.workers.wait_for_complete()
        periods = app.query_one("Periods")
        await pilot.click("Periods", offset=(periods.size.width - 27, 0))
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.pane.days == 7
        assert "15 Nov – 21 Nov" in shown(app.pane)


async def test_beyond_the_last_period_the_key_is_not_taken() -> None:
    class Outer(PaneApp):
        moved = 0

        def action_away(self) -> None:
            self.moved += 1

        BINDINGS = [("right", "away", "away")]  # noqa: RUF012

    app = Outer()
    async with app.run_test() as pilot:
        app.open(all_periods())
        await pilot.press("right")
        assert app.moved == 1
        assert app.pane.step(+1) and app.pane.step(+1) and not app.pane.step(+1)
        assert app.pane.days == 365


async def test_a_late_answer_is_not_shown_for_another_account() -> None:
    app = PaneApp()
    async with app.run_test(size=(120, 40)) as pilot:
        slow = Desk("instagram.default", {28: overview(28, views=11_111)}, held=True)
        app.open(slow)
        await pilot.pause()
        assert "Loading…" in shown(app.pane)
        app.open(Desk("instagram.brand_account", {28: overview(28, views=22_222)}))
        slow.gate.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "22.2k" in shown(app.pane)
        assert "11.1k" not in shown(app.pane)
        app.open(slow)
        await pilot.pause()
        assert "11.1k" in shown(app.pane)
        assert slow.asked == [28]


async def test_an_error_says_what_to_do_and_keeps_what_was_there() -> None:
    app = PaneApp()
    async with app.run_test(size=(120, 40)) as pilot:
        desk = Desk("instagram.default", {28: Unavailable("graph.instagram.com did not answer", hint="try later")})
        app.open(desk)
        await app.workers.wait_for_complete()
        await pilot.pause()
        text = shown(app.pane)
        assert "graph.instagram.com did not answer" in text and "Try later" in text
        assert "r tries again" in text
        desk.answer[28] = overview(28)
        app.pane.load(force=True)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "did not answer" not in shown(app.pane)
        desk.answer[28] = Unavailable("gone again")
        app.pane.load(force=True)
        await app.workers.wait_for_complete()
        await pilot.pause()
        text = shown(app.pane)
        assert "Gone again" in text
        assert "48.2k" in text


async def test_what_is_missing_has_a_reason_even_when_everything_is() -> None:
    app = PaneApp()
    reason = Missing("New followers", "the account has [64] followers")
    async with app.run_test(size=(80, 24)) as pilot:
        app.open(Desk("instagram.default", {28: overview(28, missing=(reason,), told=False)}))
        await app.workers.wait_for_complete()
        await pilot.pause()
        text = shown(app.pane)
        assert "Instagram told nothing about these days." in text
        assert "New followers not available: the account has [64] followers" in text
        assert app.pane.copied() == ""


async def test_the_numbers_can_be_copied() -> None:
    app = PaneApp()
    async with app.run_test():
        app.open(Desk("instagram.default", {28: overview(28)}))
        await app.workers.wait_for_complete()
        assert app.pane.copied().splitlines()[0] == "Views\t48213\t43012"


async def test_what_the_store_has_is_shown_while_the_service_is_asked_and_when_it_fails() -> None:
    app = PaneApp()
    async with app.run_test(size=(120, 40)) as pilot:
        desk = Desk("instagram.default", {28: Unavailable("no network")}, held=True)
        desk.kept = {28: structs.replace(overview(28), added=True)}
        app.open(desk)
        await pilot.pause()
        assert "added up from the store" in shown(app.pane) and "no network" not in shown(app.pane)
        desk.gate.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "added up from the store" in shown(app.pane) and "No network" in shown(app.pane)
        desk.answer[28] = overview(28)
        app.pane.load()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "whole days, Pacific time" in shown(app.pane) and desk.asked == [28, 28]


async def test_a_time_of_which_the_store_has_nothing_says_what_brings_it() -> None:
    app = PaneApp()
    async with app.run_test(size=(120, 40)) as pilot:
        app.open(all_periods())
        await app.workers.wait_for_complete()
        await pilot.press("p", "p")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.pane.days == 365 and app.pane.question() is None
        assert "No day of this account is in the store yet" in shown(app.pane) and "kosmo sync" in shown(app.pane)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_year_is_drawn_by_weeks_and_says_of_how_many_days_a_number_is(size: tuple[int, int]) -> None:
    line = tuple(Day(LAST - timedelta(days=back), 1000.0 if back < 7 else 10.0) for back in range(364, -1, -1))
    totals = (
        Total(name="views", title="Views", value=123_456.0),
        Total(name="reach", title="Reach per day", value=500.0, series=line),
        Total(name="follower_count", title="New followers", value=312.0, known=29),
    )
    app = PaneApp()
    async with app.run_test(size=size) as pilot:
        desk = all_periods()
        year = structs.replace(overview(365), totals=totals, reach=line, added=True)
        desk.kept = {365: year}
        app.open(desk)
        await pilot.press("p", "p")
        await app.workers.wait_for_complete()
        await pilot.pause()
        text = shown(app.pane)
        assert "means of weeks · most 1,000 in the week from 15 Nov" in text and "29 days only" in text
        assert "22 Nov 2025 – 21 Nov 2026" in text and "…" not in text


@pytest.mark.parametrize(
    ("value", "before", "text"),
    [
        (112, 100, "▲ 12% more"),
        (97, 100, "▼ 3% less"),
        (5, 5, "= same"),
        (0, 0, "= same"),
        (5, 0, "new"),
        (5, None, ""),
        (1001, 1000, "▲ <1% more"),
        (1e9, 1, "▲ 9999% more"),
        (0, 7, "▼ 100% less"),
    ],
)
def test_a_change_in_words(value: float, before: float | None, text: str) -> None:
    assert change(Total(name="views", title="Views", value=value, before=before), words=True)[0] == text


async def test_the_header_says_that_insights_are_being_asked_for(dashboard: Open) -> None:
    async with dashboard("instagram.brand_account", "insights") as board:
        assert "as of 10:00" in board.text
        board.sandbox.faults.load([{"match": "GET /insights", "fault": "slow", "seconds": 0.3, "times": 9}])
        await board.pilot.press("r")
        while board.pane.asking and "refreshing…" not in board.text:
            await board.pilot.pause()
        assert "refreshing…" in board.text
        await board.settle()
        assert "as of 10:00" in board.text
