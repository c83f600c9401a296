"""What becomes of a post whose composer is closed before the answer is there."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kosmo_tui.api.errors import AuthExpired, OutcomeUnknown
from kosmo_tui.compose.draft import Draft
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.services.drafts import Place
from kosmo_tui.services.workspace import BufferDesk
from kosmo_tui.ui.panes.base import Changed
from kosmo_tui.ui.screens.compose_targets import TargetList
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


async def test_a_draft_goes_when_every_target_has_the_post_and_not_before(
    dashboard: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard(sandbox=Sandbox()) as board:
        client = board.app.hub.buffer["agency"]
        send, gate = client.create_update, asyncio.Event()

        async def held(**options: Any) -> Any:
            await gate.wait()
            return await send(**options)

        monkeypatch.setattr(client, "create_update", held)
        await board.pilot.press("c", "space", "tab")
        await board.type("A post that is taken")
        await board.press("f5", "enter")
        assert [kept.draft.text for kept in board.app.drafts.list()] == ["A post that is taken"]
        await board.press("escape")
        gate.set()
        await settled(board)
        assert board.app.drafts.list() == []


async def test_what_was_discarded_comes_back(dashboard: Open) -> None:
    async with dashboard() as board:
        await board.pilot.press("c", "space", "tab")
        await board.type("Not so good")
        await board.press("escape", "d")
        assert board.app.drafts.list() == []
        assert "u brings it back" in board.text
        await board.press("u")
        assert [kept.draft.text for kept in board.app.drafts.list()] == ["Not so good"]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_draft_that_was_cut_off_is_offered_once(dashboard: Open, size: tuple[int, int]) -> None:
    async with dashboard(size=size) as board:
        draft = Draft(text="Half a thought", targets=("buffer.agency/none",))
        board.app.drafts.add("buffer.agency", draft, Place(focus="text", cursor=(0, 4)))
        board.app.drafts.add("buffer.agency", Draft(text="Left by its writer"), Place(cursor=(0, 4)))
        await board.press("c")
        assert "was cut off: “Half a thought”" in board.text
        await board.press("o")
        await board.type("!")
        assert "Half! a thought" in board.text
        await board.press("escape", "c")
        assert "cut off" not in board.text and "New post" in board.text


async def test_a_new_post_sets_the_draft_that_was_cut_off_aside(dashboard: Open) -> None:
    async with dashboard() as board:
        board.app.drafts.add("buffer.agency", Draft(text="Half a thought"), Place(focus="text"))
        await board.press("c", "n")
        assert "New post" in board.text and "Half a thought" not in board.text
        await board.press("escape", "c")
        assert "cut off" not in board.text
        assert [kept.draft.text for kept in board.app.drafts.list()] == ["Half a thought"]


async def test_a_kept_change_of_a_post_is_still_a_change(dashboard: Open) -> None:
    async with dashboard() as board:
        desk = board.app.workspace.desks["buffer.agency"]
        update = next(one for one in desk.queue.items if one.status == "scheduled" and one.text)  # type: ignore[union-attr]
        board.app.composing.open(desk, edits=update)
        await board.settle()
        assert "Edit post" in board.text
        await board.press("end")
        await board.type("!!")
        await board.press("escape", "k")
        (kept,) = board.app.drafts.list()
        await board.press("c")
        assert "New post" in board.text, "a change is not offered as a new post"
        await board.press("escape")
        board.app.composing.open_draft(kept)
        await board.settle()
        assert "Edit post" in board.text and "!!" in board.text


@pytest.mark.parametrize("written_on", [False, True])
async def test_a_draft_goes_when_what_was_unknown_is_found_to_be_there_unless_somebody_wrote_on(
    dashboard: Open, monkeypatch: pytest.MonkeyPatch, written_on: bool
) -> None:
    async with dashboard(sandbox=Sandbox()) as board:

        async def lost(**_: Any) -> None:
            raise OutcomeUnknown("the connection was lost")

        monkeypatch.setattr(board.app.hub.buffer["agency"], "create_update", lost)
        await board.pilot.press("c", "space", "tab")
        await board.type("Is it there?")
        await board.press("f5", "enter", "escape")
        await settled(board)
        (kept,) = board.app.drafts.list()
        assert (kept.draft.text, kept.draft.targets) == ("Is it there?", ())
        if written_on:
            board.app.drafts.save(kept, kept.draft.replace(text="Another thought"), kept.place)
        (publication,) = board.app.publisher.publications
        (row,) = publication.rows
        await board.app.outbox.mark_sent(row.id or 0)
        await board.settle()
        assert [kept.draft.text for kept in board.app.drafts.list()] == (["Another thought"] if written_on else [])


async def test_the_help_does_what_a_key_of_the_composer_does(dashboard: Open) -> None:
    async with dashboard() as board:
        await board.press("question_mark")
        await board.type("next target")
        await board.press("enter")
        assert "c begins one" in board.text
        await board.press("c", "space", "f1")
        await board.type("next target")
        assert "While writing a post" in board.text
        await board.press("enter")
        assert "[X]" in board.text


async def test_profiles_that_come_while_a_post_is_written_can_be_chosen(
    dashboard: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard() as board:
        desk = board.app.workspace.desks["buffer.agency"]
        assert isinstance(desk, BufferDesk)
        user, profiles = desk.user, desk.profiles
        kept = board.app.drafts.add("buffer.agency", Draft(text="Early", targets=(f"buffer.agency/{profiles[0].id}",)))
        monkeypatch.setattr(desk, "user", None)
        monkeypatch.setattr(desk, "profiles", ())
        board.app.composing.open_draft(kept)
        await board.settle()
        assert "profiles are not read yet" in board.text
        screen = board.app.composing.screen
        assert screen is not None and not screen.query_one(TargetList).chosen
        monkeypatch.setattr(desk, "user", user)
        monkeypatch.setattr(desk, "profiles", profiles)
        board.app.main.post_message(Changed("buffer.agency"))  # type: ignore[union-attr]
        await board.settle()
        assert "not read yet" not in board.text
        assert [target.profile_id for target in screen.query_one(TargetList).chosen] == [profiles[0].id]
        assert screen.draft.targets == kept.draft.targets and screen.draft.text == "Early"
