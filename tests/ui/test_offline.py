"""What was seen is there before the first request and without a network; what is asked is counted by the sandbox."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual.events import AppBlur, AppFocus
from textual.widgets import Input

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.accounts.settings import Settings
from kosmo_tui.api.buffer.models import Update
from kosmo_tui.api.http import in_process
from kosmo_tui.api.safe_text import SafeText
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.sandbox.clock import Clock
from kosmo_tui.services import cached
from kosmo_tui.services.account_lists import sent_posts
from kosmo_tui.services.sync import Sync
from kosmo_tui.services.workspace import VIEWS
from kosmo_tui.store.cache import Cache, Item
from kosmo_tui.store.database import Store
from kosmo_tui.ui.app import KosmoApp
from tests.ui.conftest import MONDAY, Dashboard, Open

FOUR = ("buffer.default", "buffer.agency", "instagram.default", "instagram.agency")
BRAND = "instagram.brand_account"
OTHER_FOUR = ("buffer.default", "buffer.agency", "buffer.client_acct", BRAND)


class Machine:
    """A machine with a state folder, on which kosmo is started again and again."""

    def __init__(self, folder: Path, accounts: tuple[str, ...] = FOUR) -> None:
        self.sandbox = Sandbox(clock=Clock(MONDAY))
        self.folder, self.accounts = folder, accounts

    def app(self, account: str, pane: str | None = None) -> tuple[KosmoApp, Store]:
        about = self.sandbox.describe("http://sandbox.localhost")
        for service in ("buffer", "instagram"):
            tokens = about[service]["tokens"]
            about[service]["tokens"] = {n: t for n, t in tokens.items() if f"{service}.{n}" in self.accounts}
        store = Store.open(self.folder, self.sandbox.clock.now)
        hub = Hub.for_sandbox(about, in_process(self.sandbox.app))
        zone = Settings(timezone="Europe/Berlin")
        return KosmoApp(
            hub, zone, store=store, start_account=account, start_pane=pane, now=self.sandbox.clock.now
        ), store

    async def sync(self, days: int) -> None:
        """Bring the history of all accounts, as `kosmo sync` does."""
        now = self.sandbox.clock.now
        about = self.sandbox.describe("http://sandbox.localhost")
        with closing(Store.open(self.folder, now)) as store:
            async with Hub.for_sandbox(about, in_process(self.sandbox.app)) as hub:
                sync = Sync(hub, store, now() - timedelta(days=days), folder=self.folder, reserve=0, now=now)
                assert all(one.whole for one in await sync.run(self.accounts))

    def leaks(self) -> bool:
        """Whether a token stands in any file of the folder, which must hold more than a few pages."""
        kept = b"".join(path.read_bytes() for path in self.folder.iterdir() if path.is_file())
        tokens = (*self.sandbox.buffer.tokens.values(), *self.sandbox.instagram.tokens.values())
        return len(kept) < 50_000 or any(token.encode() in kept for token in tokens)

    def asked(self) -> int:
        """How many requests came since this was last called."""
        count = len(self.sandbox.log)
        self.sandbox.log.clear()
        return count


@pytest.mark.parametrize(
    ("four", "account", "pane"),
    [
        (FOUR, "buffer.agency", "queue"),
        (FOUR, "buffer.agency", "sent"),
        (FOUR, "instagram.agency", "media"),
        (FOUR, "instagram.agency", "comments"),
        (OTHER_FOUR, "buffer.client_acct", "sent"),  # of two organizations
        (OTHER_FOUR, BRAND, "media"),
    ],
)
async def test_opening_four_accounts_is_cheap_and_free_while_what_is_known_is_fresh(
    tmp_path: Path, four: tuple[str, ...], account: str, pane: str
) -> None:
    machine = Machine(tmp_path, four)
    for wait, most in ((0, 10), (60, 0), (3600, 4), (1, 0), (25 * 3600, 4), (15 * 24 * 3600, 4)):
        machine.sandbox.clock.advance(wait)
        app, store = machine.app(account, pane)
        async with app.run_test(size=(120, 40)) as pilot:
            board = Dashboard(app, pilot, machine.sandbox)  # type: ignore[arg-type]
            await board.settle()
            asked = machine.asked()
            assert asked <= most and bool(asked) == bool(most), f"{asked} requests after {wait} s"
            assert "Loading" not in board.text
        store.close()


async def test_opening_insights_is_cheap_as_well(tmp_path: Path) -> None:
    machine = Machine(tmp_path, ("buffer.default", "buffer.agency", BRAND, "instagram.agency"))
    # Until it has an answer the client goes by this machine's clock: a sandbox of another month would be asked more.
    today = datetime.now(UTC).replace(hour=18, minute=0)
    machine.sandbox = Sandbox(clock=Clock(today))
    for wait, most, numbers, compared in (
        (0, 10, 3, True),
        (2, 4, 2, True),
        (25, 4, 2, False),
        (0.1, 4, 0, True),
        (15 * 24, 4, 2, False),
    ):
        machine.sandbox.clock.advance(wait * 3600)
        app, store = machine.app(BRAND, "insights")
        async with app.run_test(size=(120, 40)) as pilot:
            board = Dashboard(app, pilot, machine.sandbox)  # type: ignore[arg-type]
            await board.settle()
            paths = [entry["path"] for entry in machine.sandbox.log]
            assert len(paths) <= most, paths
            assert sum("/insights?" in path for path in paths) == numbers
            assert "Reach per day" in board.text and "Loading" not in board.text
            assert ("Totals of the time before not available" in board.text) != compared
            assert ("% more" in board.text or "% less" in board.text) == compared
            if not compared:  # with the next refresh comes the rest
                for hours, told in ((0.9, 1), (0.2, 3)):  # who the account is, then the time before
                    machine.asked()
                    machine.sandbox.clock.advance(hours * 3600)
                    app.main._time_passes()  # type: ignore[union-attr]
                    await board.settle()
                    assert sum(entry["path"].startswith("/v") for entry in machine.sandbox.log) == told
                assert "% more" in board.text or "% less" in board.text
        machine.asked()
        store.close()


async def test_asking_an_account_anew_leaves_a_trace_in_every_view(tmp_path: Path) -> None:
    machine = Machine(tmp_path, ("buffer.agency", BRAND))
    app, store = machine.app("buffer.agency")
    async with app.run_test(size=(120, 40)) as pilot:
        board = Dashboard(app, pilot, machine.sandbox)  # type: ignore[arg-type]
        await board.settle()
        second, now = re.compile(r" (\d\d:\d\d:\d\d)$"), machine.sandbox.clock.now
        for account in machine.accounts:
            for view in VIEWS[account.partition(".")[0]]:
                await _open(board, account, view)
                for key in ("R", "p", "R") if view == "insights" else ("R",):  # there also of 90 days, from the store
                    machine.sandbox.clock.advance(61)
                    app.main._time_passes()  # type: ignore[union-attr]
                    await board.settle()
                    assert not second.search(board.text.splitlines()[0].rstrip()), (view, "it was news for a minute")
                    before = now()
                    await board.press(key)
                    if key == "R":
                        found = second.search(board.text.splitlines()[0].rstrip())
                        assert found, (view, board.text.splitlines()[0])
                        assert before.time() <= time.fromisoformat(found[1]).replace(hour=9, microsecond=999_999)
    store.close()


async def test_insights_ask_nothing_by_themselves_while_they_are_known_to_be_refused(tmp_path: Path) -> None:
    machine = Machine(tmp_path, (BRAND,))
    app, store = machine.app(BRAND, "media")
    async with app.run_test(size=(120, 40)) as pilot:
        board = Dashboard(app, pilot, machine.sandbox)  # type: ignore[arg-type]
        await board.settle()
        now = machine.sandbox.clock.now()
        store.ledger.put(BRAND, "account", 100, 0, now + timedelta(minutes=40), now)
        machine.asked()
    store.close()
    app, store = machine.app(BRAND, "media")
    async with app.run_test(size=(120, 40)) as pilot:
        board = Dashboard(app, pilot, machine.sandbox)  # type: ignore[arg-type]
        await _open(board, BRAND, "insights")
        assert "Instagram takes no requests for now" in board.text and "10:40" in board.text
        assert machine.asked() == 0
        await board.press("r")
        assert machine.asked() > 0 and "Reach per day" in board.text
    store.close()


async def test_what_somebody_else_has_asked_before_it_begins_is_not_asked_again(tmp_path: Path) -> None:
    machine = Machine(tmp_path, FOUR[:1])
    app, store = machine.app("buffer.default")
    async with app.run_test(size=(120, 40)) as pilot:
        board = Dashboard(app, pilot, machine.sandbox)  # type: ignore[arg-type]
        await board.settle()
        assert app.main is not None
        desk = app.main.desk
        machine.asked()
        machine.sandbox.clock.advance(3600)
        question = desk.question()
        for _ in range(2):  # the second was decided on the same grounds, and begins when the first has its answer
            app.main.refresh_account(desk, still=lambda: desk.question() == question)
            await board.settle()
        assert machine.asked() == 1
    store.close()


async def test_a_429_without_headers_keeps_what_asks_by_itself_away_as_well(tmp_path: Path) -> None:
    machine = Machine(tmp_path, FOUR[:1])
    app, store = machine.app("buffer.default")
    async with app.run_test(size=(120, 40)) as pilot:
        board = Dashboard(app, pilot, machine.sandbox)  # type: ignore[arg-type]
        await board.settle()
        assert app.main is not None

        async def passes(minutes: int) -> int:
            machine.asked()
            machine.sandbox.clock.advance(minutes * 60)
            app.main._time_passes()  # type: ignore[union-attr]
            await board.settle()
            return machine.asked()

        assert await passes(14) == 0
        machine.sandbox.faults.load([{"match": "posts", "fault": "status", "code": 429, "times": 1}])
        await board.press("r")
        assert machine.asked() == 1
        assert await passes(3) == 0 and await passes(3) == 0, "old by now, and a first failure is long enough ago"
        assert "0/100 requests until" in board.text
        await board.press("r")
        assert machine.asked() == 1, "a person always may"
    store.close()


async def test_eight_hours_cost_two_accounts_less_than_a_third_of_their_day(tmp_path: Path) -> None:
    machine = Machine(tmp_path, FOUR[:2])
    app, store = machine.app("buffer.agency")
    async with app.run_test(size=(120, 40)) as pilot:
        board = Dashboard(app, pilot, machine.sandbox)  # type: ignore[arg-type]
        await board.settle()
        assert app.main is not None
        for minute in range(8 * 60):
            machine.sandbox.clock.advance(60)
            app.main._time_passes()
            if minute % 15 == 0:
                await board.settle()
            else:
                await pilot.pause()
        for account in machine.accounts:
            spent = store.ledger.spent(account, MONDAY - timedelta(days=1))
            assert 0 < spent < 70, f"{account}: {spent}"
        assert store.ledger.spent("buffer.agency", MONDAY) >= 30, "what is shown is kept fresh"
        assert len(machine.sandbox.log) < 140

        async def passes(minutes: int) -> int:
            machine.asked()
            machine.sandbox.clock.advance(minutes * 60)
            app.main._time_passes()  # type: ignore[union-attr]
            await board.settle()
            return machine.asked()

        app.post_message(AppBlur())
        await pilot.pause()
        assert await passes(60) == 0, "nobody looks at it"
        app.post_message(AppFocus())
        await board.settle()
        assert machine.asked() > 0, "somebody looks again"
        await board.press("c")
        assert await passes(60) == 0, "nobody is disturbed who writes"
        await board.press("escape")
        assert await passes(1) > 0
    store.close()


async def test_what_a_full_disk_does_not_take_is_shown_all_the_same_and_that_is_said(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    app, store = machine.app("buffer.agency")
    pages = store._connection.value("PRAGMA page_count")
    store._connection.value(f"PRAGMA max_page_count = {pages}")  # the file cannot grow any more, as on a full disk
    async with app.run_test(size=(140, 40)) as pilot:
        board = Dashboard(app, pilot, machine.sandbox)  # type: ignore[arg-type]
        await board.settle()
        assert "Queue 41" in board.text and "as of 10:00" in board.text
        assert "not kept: the disk is full" in board.text
        await board.press("]")
        await board.settle()
        assert "✓" in board.text and "not kept: the disk is full" in board.text
        store._connection.value("PRAGMA max_page_count = 1000000")
        await board.press("R")
        await board.settle()
        assert "not kept" not in board.text
        assert store.cache.rows("buffer.agency", "post", first=1)
    store.close()


async def test_what_is_left_of_the_day_is_the_person_s(tmp_path: Path) -> None:
    machine = Machine(tmp_path, FOUR[:2])
    for turn in ("first", "later"):
        app, store = machine.app("buffer.agency")
        if turn == "later":
            now = machine.sandbox.clock.now()
            store.ledger.put("buffer.agency", "24h", 500, 100, now + timedelta(hours=5), now)
            machine.asked()
        async with app.run_test(size=(120, 40)) as pilot:
            board = Dashboard(app, pilot, machine.sandbox)  # type: ignore[arg-type]
            await board.settle()
            if turn == "later":
                assert "no refresh: 100/500 requests until 16:00 are yours" in board.text
                assert store.ledger.spent("buffer.agency", now) == 0 < store.ledger.spent("buffer.default", now)
                await board.press("r")
                assert store.ledger.spent("buffer.agency", now) > 0, "who asks for it gets it"
        store.close()
        machine.sandbox.clock.advance(3600)


async def test_without_a_network_all_that_was_seen_can_be_read_with_its_age(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    app, store = machine.app("buffer.agency")
    views = (("buffer.agency", "queue"), ("buffer.agency", "sent"), ("buffer.agency", "profiles"))
    views += (("instagram.default", "media"), ("instagram.default", "comments"), ("instagram.default", "insights"))
    seen = {}
    async with app.run_test(size=(120, 40)) as pilot:
        board = Dashboard(app, pilot, machine.sandbox)  # type: ignore[arg-type]
        for account, view in views:
            await _open(board, account, view)
            seen[account, view] = _words(board.text)
            assert seen[account, view]
    store.close()
    assert not machine.leaks()
    machine.sandbox.clock.advance(2 * 24 * 3600)
    machine.sandbox.faults.load([{"match": "*", "fault": "drop_before", "times": 10_000}])
    app, store = machine.app("buffer.agency")
    assert app.main is None
    async with app.run_test(size=(120, 40)) as pilot:
        board = Dashboard(app, pilot, machine.sandbox)  # type: ignore[arg-type]
        for account, view in views:
            await _open(board, account, view)
            assert "16 Nov 10:00" in board.text, (account, view)
            if view not in ("queue", "profiles"):  # their free slots and distances go with the time
                assert len(_words(board.text) & seen[account, view]) > len(seen[account, view]) / 2, (account, view)
    store.close()


async def test_what_sync_brought_is_there_without_a_network_and_says_how_old_it_is(tmp_path: Path) -> None:
    machine = Machine(tmp_path, (BRAND,))
    await machine.sync(days=100)
    machine.sandbox.clock.advance(3 * 24 * 3600)
    machine.sandbox.faults.load([{"match": "*", "fault": "drop_before", "times": 10_000}])
    app, store = machine.app(BRAND, "comments")
    async with app.run_test(size=(120, 40)) as pilot:
        board = Dashboard(app, pilot, machine.sandbox)  # type: ignore[arg-type]
        await board.settle()
        assert "16 Nov 10:0" in board.text and "Nothing could be loaded" not in board.text
        while board.pane.listing().deeper:
            await board.press("G")
        rows = store.cache.count(BRAND, "comment")
        assert len(board.pane.listing().items) == rows > 500
        await _open(board, BRAND, "media")
        while not board.pane.feed.highlighted.item.comments_count:
            await board.press("down")
        media = board.pane.feed.highlighted.item
        await board.press("enter")
        under = board.pane.listing().items
        assert len(under) == store.cache.count(BRAND, "comment", parent=media.id) > 0
        assert under[0].comment.username in board.text and "16 Nov 10:0" in board.text
        await _open(board, BRAND, "insights")
        assert "19 Oct – 15 Nov · added up from the store" in board.text and "16 Nov 10:0" in board.text
        assert "1,189,317" in board.text and "Reach per day, last 28 days" in board.text
        await board.press("p", "p")
        assert "8 Aug – 15 Nov · added up from the store" in board.text, "of the year what is there"
        assert "Anything before 8 Aug 2026 not available: not in the store" in board.text
    store.close()


async def test_long_times_cost_no_request(tmp_path: Path) -> None:
    machine = Machine(tmp_path, (BRAND,))
    await machine.sync(days=100)
    app, store = machine.app(BRAND, "insights")
    async with app.run_test(size=(120, 40)) as pilot:
        board = Dashboard(app, pilot, machine.sandbox)  # type: ignore[arg-type]
        await board.settle()
        machine.asked()
        for days in (90, 365):
            await board.press("p")
            assert board.pane.days == days and "added up from the store" in board.text
            await board.press("r")
        assert machine.asked() == 0
    store.close()


async def test_what_sync_brought_is_shown_first_and_refreshed_as_ever(tmp_path: Path) -> None:
    machine = Machine(tmp_path, (BRAND,))
    await machine.sync(days=100)
    for hours, most in ((0, 0), (1, 1)):
        machine.sandbox.clock.advance(hours * 3600)
        app, store = machine.app(BRAND, "comments")
        machine.asked()
        async with app.run_test(size=(120, 40)) as pilot:
            board = Dashboard(app, pilot, machine.sandbox)  # type: ignore[arg-type]
            await board.settle()
            assert machine.asked() == most
            while board.pane.listing().deeper:
                await board.press("G")
            assert machine.asked() == 0, "what lies below is in the store"
            assert len(board.pane.listing().items) == store.cache.count(BRAND, "comment")
        store.close()


async def test_what_should_have_gone_out_is_told_on_top_of_the_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(tmp_path)
    app, store = machine.app("buffer.agency")
    async with app.run_test(size=(120, 40)) as pilot:
        board = Dashboard(app, pilot, machine.sandbox)  # type: ignore[arg-type]
        await board.settle()
        assert "overdue" not in board.text
        monkeypatch.setattr(machine.sandbox.buffer, "tick", lambda: None)  # Buffer publishes nothing any more
        dues = sorted(one.due_at for one in board.app.workspace.desks["buffer.agency"].pending() if one.due_at)  # type: ignore[union-attr]
        machine.sandbox.clock.advance((dues[0] - MONDAY).total_seconds() + 660)
        assert "overdue" not in board.text, "what was read before its time says nothing"
        await board.press("r")
        assert "Should have gone out · 1" in board.text and "1 overdue" in board.text
    store.close()


async def _open(board: Dashboard, account: str, view: str) -> None:
    from kosmo_tui.ui.widgets.sidebar import Place

    assert board.app.main is not None
    await board.app.main.go(Place(account), view)
    await board.settle()


def _words(text: str) -> set[str]:
    return {word for line in text.splitlines()[2:-1] for word in line.split() if len(word) > 5}


async def test_of_ten_thousand_sent_posts_those_in_sight_are_read(
    dashboard: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, account = Store.open(tmp_path, lambda: MONDAY), "buffer.agency"
    posts = [
        Update(
            id=f"p{n:05}",
            profile_id="x",
            profile_service=("twitter", "mastodon")[n % 2],
            status="sent",
            text=SafeText(f"post {n}{' GRÜSSE Ç' * (n % 5 == 0)}"),
            tags=(SafeText("autumn"),) * (n % 7 == 0),
            sent_at=MONDAY - timedelta(minutes=n),
            scheduled_at=MONDAY - timedelta(minutes=n),
        )
        for n in range(10_000)
    ]
    store.cache.put(cached.of_update(account, one, MONDAY) for one in posts)
    sent_posts(store.cache, account, None).keep(posts[:5], None, MONDAY, first=False)
    read: list[int] = []
    window = Cache.window

    def counted(*args: Any, **options: Any) -> Sequence[Item]:
        rows = window(*args, **options)
        read.append(len(rows))
        return rows

    monkeypatch.setattr(Cache, "window", counted)
    async with dashboard(pane="sent", store=store) as board:
        assert len(board.pane.feed.entries) == 10_000 and "16 Nov 26" in board.text
        await board.press("G")
        assert board.pane.feed.highlighted.key == "p09999" and "post 9999" in board.text
        board.pane.draw()
        await board.press("g", "down")
        assert board.pane.feed.highlighted.key == "p00001"
        assert sum(read) < 1500
        words = {entry.key: board.pane.words(entry).casefold() for entry in board.pane.entries()}
        read.clear()
        await board.press("slash")
        for sought in ("post 777", "Mastodon", "grüsse ç m", "grüsse ç x", "autumn", "9 m", "post 1", "nothing"):
            board.app.screen.query_one("#sent Input", Input).value = ""
            await board.type(sought)
            expected = [key for key, found in words.items() if sought.casefold() in found]
            assert f"Sent {len(expected)}/10000" in board.text, "the filter looks at all of them"
            assert [entry.key for entry in board.pane.feed.entries[:99]] == expected[:99]
        store.cache.put([cached.of_update(account, replace(posts[0], id="new", text=SafeText("Nothing")), MONDAY)])
        board.pane.listing().recall()
        board.app.main._time_passes()
        await board.settle()
        assert "Sent 1/10001" in board.text, "the list is another one"
        assert sum(read) < 1500, "to find them they are not made"
        await board.press("escape")
        assert len(board.pane.feed.entries) == 10_001
    store.close()
