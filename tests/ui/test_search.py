"""The search: what was seen is found while one types, also without a network, and led to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.api.safe_text import SafeText
from kosmo_tui.services import cached
from kosmo_tui.ui.screens.search import SearchScreen
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
        await board.press("enter")
        if size[0] < 100:
            assert "seen 3 h ago" in board.text
            await board.press("enter")
        assert "here it is in full" in board.text or not isinstance(app.screen, SearchScreen)
        while isinstance(app.screen, SearchScreen):
            await board.press("escape")
        await board.press("ctrl+f")
        await board.type("nothinglikethis")
        assert "Nothing that was seen has all of this" in board.text
        await board.press("escape")
        assert app.screen is app.main
