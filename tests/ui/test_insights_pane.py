"""The insights pane: what it shows of an account, in which period, and what it says when there is nothing to show."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from textual.app import App, ComposeResult
from textual.widget import Widget

from kosmo_tui.api.errors import KosmoError, Unavailable
from kosmo_tui.services.insights import Day, Missing, Overview, Total
from kosmo_tui.ui.panes.insights import InsightsPane, change

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
        self.gate = asyncio.Event()
        if not held:
            self.gate.set()

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
        windows = {"day": "21 Nov · whole", "week": "15 Nov – 21 Nov", "28 days": "25 Oct – 21 Nov"}
        for key, period in (("left", "week"), ("left", "day"), ("p", "week"), ("right", "28 days"), ("p", "day")):
            if key == "p":
                await pilot.press(key)
            else:  # the screen hands the arrows on
                assert app.pane.step(-1 if key == "left" else +1)
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert windows[period] in shown(app.pane)
        assert desk.asked == [28, 7, 1]
        app.pane.load(force=True)
        await app.workers.wait_for_complete()
        assert desk.asked == [28, 7, 1, 1]


async def test_a_period_is_chosen_with_the_mouse() -> None:
    app = PaneApp()
    async with app.run_test(size=(120, 40)) as pilot:
        app.open(all_periods())
        await app.workers.wait_for_complete()
        periods = app.query_one("Periods")
        await pilot.click("Periods", offset=(periods.size.width - 12, 0))
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
        assert app.pane.days == 28


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
