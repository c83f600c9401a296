"""The search: what was seen is found while one types, also without a network, and led to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.api.safe_text import SafeText
from kosmo_tui.compose.draft import Draft
from kosmo_tui.services import cached
from kosmo_tui.ui.screens.search import SearchScreen
from kosmo_tui.ui.widgets.detail import Detail
from kosmo_tui.ui.widgets.feed import Feed
from tests.ui.conftest import MONDAY, Open


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_walk_through_the_search(dashboard: Open, size: tuple[int, int]) -> None:
    async with dashboard(size=size) as board:
        app = board.app
        hostile = Update(
            id="old", profile_id="gone", profile_service="mastodon", status="sent",
            text=SafeText("[/] [b]zanzibar 日本 🎉"), scheduled_at=MONDAY - timedelta(days=400),
        )  # fmt: skip
        app.store.cache.put([cached.of_update("buffer.agency", hostile, MONDAY - timedelta(hours=3))])
        await board.press("ctrl+f")
        assert isinstance(app.screen, SearchScreen) and "Everything that was ever seen" in board.text
        await board.type("zanzi account:nobody")
        assert "no account is called “nobody”" in board.text and "1 found" in board.text
        await board.press("ctrl+u")
        await board.type("zanzibar status:sent")
        assert "[/] [b]zanzibar" in board.text and "no account" not in board.text
        await board.press("right")  # at the end of what is typed it leads on
        assert "seen 3 h ago" in board.text and isinstance(app.screen.focused, Detail)
        await board.press("enter")
        assert "here it is in full" in board.text and board.pane.VIEW == "queue"
        await board.press("escape", "escape")
        assert app.screen is app.main
        await board.press("ctrl+f")
        await board.type("nothinglikethis")
        assert "Nothing that was seen has all of this" in board.text and "go there" not in board.text
        await board.press("escape")
        assert app.screen is app.main


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_enter_goes_to_the_item_whatever_the_pane_shows(dashboard: Open, size: tuple[int, int]) -> None:
    async with dashboard(account="buffer.default", size=size) as board:
        app = board.app
        kept = app.drafts.add("buffer.agency", Draft(text="quokka on the roof"))
        queued = next(item for item in app.workspace.desks["buffer.agency"].queue.items if item.status == "scheduled")
        there = ["enter"] if size[0] >= 100 else ["enter", "enter"]  # a narrow list opens the detail first
        await board.press("2", "slash")
        await board.type("no row has this")
        await board.press("enter", "1", "ctrl+f")
        word = max(queued.text.split(), key=lambda one: len(one) if one.isalpha() else 0)
        await board.type(f"{word} account:agency status:scheduled")
        feed = app.screen.query_one(Feed)
        while feed.highlighted is not None and feed.highlighted.item.item.id != queued.id:
            before = feed.index
            await board.press("down")
            assert feed.index > before, "the post is not among what was found"
        await board.press(*there)
        assert app.screen is app.main and app.main.place.account == "buffer.agency"
        assert board.pane.VIEW == "queue" and board.pane.feed.highlighted.key == queued.id and not board.pane.shown
        await board.press("ctrl+f")
        await board.type("quokk kind:draft")
        await board.press(*there)
        assert app.composing.screen is app.screen and app.screen is not app.main
        assert kept.draft.text in board.text


async def test_the_search_says_how_it_understood_the_filters_and_in_which_zone_times_are(dashboard: Open) -> None:
    async with dashboard() as board:
        await board.press("3", "4", "5", "6", "2", "ctrl+f")
        assert "items of Instagram" in board.text
        assert "buffer.default" in board.text and "instagram.default" in board.text
        await board.type("account:agency due:<fri")
        assert "→ buffer.agency or instagram.agency · before Fri 20 Nov 00:00 CET" in board.text
        assert "times in Europe/Berlin" in board.text
        assert "b.agency" in board.text
        hit = board.app.screen.query_one(Feed).highlighted.item
        at = hit.item.at.astimezone(board.app.zone)
        lines = board.text.splitlines()
        assert any("b.agency" in line and f"{at:%H:%M}" in line for line in lines)
        assert f"{at:%H:%M} CET (+01:00)" in board.text, "the detail tells the time as the list does"
        await board.type(" status:failed kind:nothing")
        assert "no kind is called" in board.text and "post failed" in board.text
        board.app.screen.query_one("Input").value = "status:failed due:mon..fri profile:x"
        await board.settle()
        assert "X " in board.text and "from Mon 16 Nov 00:00 before Sat 21 Nov 00:00 CET" in board.text
