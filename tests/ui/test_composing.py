"""What becomes of a post whose composer is closed before the answer is there."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kosmo_tui.api.errors import AuthExpired
from tests.ui.conftest import Dashboard, Open


async def send_to_three(board: Dashboard, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Send a post to three profiles; the service refuses all of them once the event is set."""
    gate = asyncio.Event()

    async def refused(*_: Any, **__: Any) -> None:
        await gate.wait()
        raise AuthExpired("the token is not accepted")

    monkeypatch.setattr(board.app.hub.buffer["agency"], "create_update", refused)
    await board.pilot.press("c", "space", "down", "space", "down", "down", "space", "tab")
    await board.type("A post that nobody takes")
    await board.press("f5", "enter")
    return gate


async def settled(board: Dashboard) -> None:
    while board.app.publisher.pending:
        await board.pilot.pause(0.02)
    await board.settle()


async def test_it_is_kept_once_for_the_account_that_wrote_it(dashboard: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    async with dashboard() as board:
        gate = await send_to_three(board, monkeypatch)
        await board.press("escape")
        gate.set()
        await settled(board)
        (kept,) = board.app.drafts.list()
        assert (kept.account, len(kept.draft.targets)) == ("buffer.agency", 3)
        assert "3 of 3 targets did not take the post" in board.text
        await board.press("c")
        assert "A post that nobody takes" not in board.text, "c writes a new post"
        await board.press("escape")
        board.app.composing.open_draft(kept)
        await board.settle()
        assert "A post that nobody takes" in board.text


async def test_it_is_kept_while_another_post_is_written(dashboard: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    async with dashboard() as board:
        gate = await send_to_three(board, monkeypatch)
        await board.press("escape", "c", "tab")
        await board.type("Another post")
        gate.set()
        await settled(board)
        assert len(board.app.drafts.list()) == 2
        await board.press("escape", "k")
        texts = [kept.draft.text for kept in board.app.drafts.list()]
        assert sorted(texts) == ["A post that nobody takes", "Another post"]


async def test_it_stays_on_the_screen_when_the_composer_is_open(
    dashboard: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard() as board:
        gate = await send_to_three(board, monkeypatch)
        gate.set()
        await settled(board)
        assert "refused" in board.text
        await board.press("escape")
        assert [kept.place.focus for kept in board.app.drafts.list()] == [""]


async def test_leaving_while_it_is_sent_asks(dashboard: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    async with dashboard() as board:
        gate = await send_to_three(board, monkeypatch)
        await board.press("escape", "q")
        assert "3 posts on the way" in board.text
        await board.press("s")
        gate.set()
        await settled(board)
        assert board.app.is_running
