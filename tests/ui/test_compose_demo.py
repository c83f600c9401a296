"""The composer in the dashboard on the sandbox: what is written there stands in the queue a moment later."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from textual.widgets import TextArea

from kosmo_tui.sandbox import Sandbox
from kosmo_tui.ui.screens.compose import ComposeScreen
from kosmo_tui.ui.screens.compose_media import Field
from tests.ui.conftest import Open


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_post_for_two_profiles_stands_in_the_queue(dashboard: Open, size: tuple[int, int]) -> None:
    # The client refuses a time that is past by the wall clock, so the sandbox runs on it too.
    sandbox = Sandbox()
    async with dashboard(size=size, sandbox=sandbox) as board:
        await board.press("c")
        screen = board.app.screen
        assert isinstance(screen, ComposeScreen)
        assert "agency" in board.text.splitlines()[1 if size[0] > 100 else 0]
        await board.press("space", "down", "space")
        screen.query_one("#text", TextArea).text = "Written in the composer"
        await board.settle()
        assert "Queue for 2" in board.text
        await board.press("f5", "enter")
        (publication,) = board.app.publisher.publications
        await publication.wait()
        await board.settle()
        assert board.text.count("confirmed") == 2
        await board.press("escape")
        assert board.app.main is not None
        desk = board.app.main.desk
        posts = [update for update in desk.queue.items if update.text == "Written in the composer"]
        assert len({update.profile_id for update in posts}) == len(posts) == 2
        assert all(update.scheduled_at and update.scheduled_at > datetime.now(UTC) for update in posts)


async def test_a_refusal_after_the_composer_was_closed_loses_nothing(
    dashboard: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard(faults=[{"match": "createPost", "fault": "rate_limited", "window": "24h"}]) as board:
        client = board.app.hub.buffer["agency"]
        send, answered = client.create_update, asyncio.Event()

        async def held(*args: Any, **options: Any) -> Any:
            await answered.wait()
            return await send(*args, **options)

        monkeypatch.setattr(client, "create_update", held)
        await board.press("c", "space")
        screen = board.app.screen
        screen.query_one("#text", TextArea).text = "Not lost"
        screen.query_one("#when", Field).value = "fri 17:30"
        await board.settle()
        await board.press("f5", "enter", "escape")
        assert not isinstance(board.app.screen, ComposeScreen)
        answered.set()
        await board.app.publisher.publications[0].wait()
        await board.settle()
        (kept,) = board.app.drafts.list()
        board.app.composing.open_draft(kept)
        await board.settle()
        again = board.app.screen
        assert isinstance(again, ComposeScreen)
        assert (again.draft.text, again.draft.when, len(again.draft.targets)) == ("Not lost", "fri 17:30", 1)


async def test_a_refusal_is_told_and_the_text_is_still_there(dashboard: Open) -> None:
    async with dashboard(faults=[{"match": "createPost", "fault": "rate_limited", "window": "24h"}]) as board:
        await board.press("c", "space")
        screen = board.app.screen
        screen.query_one("#text", TextArea).text = "Not lost"
        await board.settle()
        await board.press("f5", "enter")
        await board.app.publisher.publications[0].wait()
        await board.settle()
        assert "✕ refused" in board.text
        await board.press("enter")
        assert "Not lost" in board.text
        assert "Refused:" in board.text


async def test_nothing_of_the_dashboard_is_read_around_the_composer(dashboard: Open) -> None:
    async with dashboard(size=(200, 60)) as board:
        await board.press("c")
        beside = [line[:30] + line[170:] for line in board.text.splitlines()]
        assert not "".join(beside).strip()
