"""What becomes of a post whose composer is closed before the answer is there."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import TextArea
from textual.widgets._toast import Toast

from kosmo_tui.api.errors import AuthExpired, OutcomeUnknown
from kosmo_tui.compose.draft import Draft
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.services.drafts import Place
from kosmo_tui.services.workspace import BufferDesk
from kosmo_tui.store.database import Store
from kosmo_tui.ui.panes.pane import Changed
from kosmo_tui.ui.screens.compose_frame import Frame
from kosmo_tui.ui.screens.compose_targets import TargetList
from kosmo_tui.ui.screens.review import ReviewScreen
from tests.ui.conftest import Dashboard, Open

SIZES = [(120, 40), (80, 24)]


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


@pytest.mark.parametrize("size", SIZES)
async def test_what_nobody_takes_is_kept_once_for_its_account_whatever_is_written_meanwhile(
    dashboard: Open, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    async with dashboard(size=size) as board:
        gate = await send_to_three(board, monkeypatch)
        await board.press("escape", "q")
        assert "3 posts on the way" in board.text, "leaving while it is sent asks"
        await board.press("s", "c", "tab")
        await board.type("Another post")
        screen = board.app.composing.screen
        assert board.app.is_running and screen is not None
        gate.set()
        await settled(board)
        told = "3 of 3 targets did not take the post"
        assert told in board.text and "Another post" in board.text
        frame, toasts = screen.query_one(Frame).region, [toast.region for toast in screen.query(Toast)]
        assert toasts and all(frame.bottom <= toast.y for toast in toasts), "what is told lies over nothing"
        assert screen.query_one("#send").region.bottom <= frame.bottom
        assert len(board.app.drafts.list()) == 2
        await board.press("escape", "k")
        every = {kept.draft.text: kept for kept in board.app.drafts.list()}
        assert sorted(every) == ["A post that nobody takes", "Another post"]
        kept = every["A post that nobody takes"]
        assert (kept.account, len(kept.draft.targets)) == ("buffer.agency", 3)
        await board.press("c")
        assert kept.draft.text not in board.text and "New post" in board.text, "c writes a new post"
        await board.press("escape")
        board.app.composing.open_draft(kept)
        await board.settle()
        assert kept.draft.text in board.text
        await board.press("f5", "enter")  # refused at once now, and the composer is open: it has it
        await settled(board)
        assert "refused" in board.text
        await board.press("escape")
        assert [kept.place.focus for kept in board.app.drafts.list()] == ["", ""]


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


@pytest.mark.parametrize("size", SIZES)
async def test_a_draft_that_was_cut_off_is_offered_and_one_that_was_left_is_not(
    dashboard: Open, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    async with dashboard(size=size) as board:

        def texts() -> list[str]:
            return sorted(kept.draft.text for kept in board.app.drafts.list())

        draft = Draft(text="Half a thought", targets=("buffer.agency/none",))
        board.app.drafts.add("buffer.agency", draft, Place(focus="text", cursor=(0, 4)))
        board.app.drafts.add("buffer.agency", Draft(text="Left by its writer"), Place(cursor=(0, 4)))
        board.app.drafts.add("buffer.agency", Draft(text="Older"), Place(focus="text"))
        board.app.stored_changed()
        await board.settle()
        with monkeypatch.context() as slow:  # a key must not wait for a disk, nor what is typed after it
            slow.setattr(board.app.drafts, "list", lambda *_: pytest.fail("the drafts are read in the event loop"))
            await board.press("c")
        assert "was cut off: “Older”" in board.text
        await board.press("n")
        assert "New post" in board.text and "Older" not in board.text
        await board.press("escape", "c")
        assert "was cut off: “Half a thought”" in board.text, "what was set aside is offered no more"
        await board.press("o")
        await board.type("!")
        assert "Half! a thought" in board.text
        await board.press("escape")
        await board.pilot.press("c", "tab", *"At", "space", *"once")
        await board.settle()
        assert "cut off" not in board.text and "At once" in board.text, "no letter of what follows the key is lost"
        await board.press("escape", "d")
        assert "u brings it back" in board.text and "At once" not in texts()
        await board.press("u")
        assert texts() == ["At once", "Half! a thought", "Left by its writer", "Older"]


@pytest.mark.parametrize("size", SIZES)
async def test_a_full_disk_is_told_while_typing_goes_on_and_nothing_is_sent_nor_lost(
    dashboard: Open, tmp_path: Path, size: tuple[int, int]
) -> None:
    store = Store.open(tmp_path)
    async with dashboard(sandbox=Sandbox(), size=size, store=store) as board:
        desk = board.app.workspace.desks["buffer.agency"]
        assert isinstance(desk, BufferDesk)
        facebook = next(one for one in desk.profiles if one.service == "facebook" and not one.disconnected)
        board.app.composing.open(desk, profile=facebook.id)
        await board.type("Kept")
        screen = board.app.composing.screen
        assert screen is not None
        await screen.session.flush()
        pages = store._connection.value("PRAGMA page_count")
        store._connection.value(f"PRAGMA max_page_count = {pages}")  # the file cannot grow any more, as on a full disk
        pasted = "long enough for pages of its own " * 120
        screen.query_one("#text", TextArea).insert(pasted)
        await board.press("f5")
        assert "not saved: the disk is full" in board.text and "Not sent: the draft cannot be saved" in board.text
        await board.type("and on")
        assert "and on" in board.text, "typing goes on"
        await board.press("escape", "k")
        assert "The draft cannot be saved" in board.text, "it is not left without a question"
        await board.press("b")
        assert not board.app.publisher.publications and store.outbox.rows() == []
        assert [kept.draft.text for kept in board.app.drafts.list()] == ["Kept"]
        store._connection.value("PRAGMA max_page_count = 1000000")
        await screen.session.flush()
        await board.settle()
        assert "not saved" not in board.text
        assert [kept.draft.text for kept in board.app.drafts.list()] == [f"Kept{pasted}and on"]
        await board.press("f5", "enter")
        await settled(board)
        assert [row.state for row in store.outbox.rows()] == ["confirmed"] and board.app.drafts.list() == []
    store.close()


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


@pytest.mark.parametrize("size", SIZES)
async def test_a_post_that_may_be_there_is_a_finding_until_that_is_decided_and_its_draft_goes_with_it(
    dashboard: Open, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    async with dashboard(sandbox=Sandbox(), size=size) as board:

        async def lost(**_: Any) -> None:
            raise OutcomeUnknown("the connection was lost")

        def drafts() -> list[tuple[str, tuple[str, ...]]]:
            return [(kept.draft.text, kept.draft.targets) for kept in board.app.drafts.list()]

        async def write(text: str) -> int:
            """Send a post of which no answer comes; its row in the outbox."""
            await board.pilot.press("c", "space", "tab")
            await board.type(text)
            await board.press("f5", "enter", "escape")
            await settled(board)
            return board.app.publisher.publications[-1].rows[0].id or 0

        monkeypatch.setattr(board.app.hub.buffer["agency"], "create_update", lost)
        row = await write("Is it there?")
        assert drafts() == [("Is it there?", ())]
        await board.pilot.press("c", "space", "tab")
        await board.type("Is it there?")
        screen = board.app.composing.screen
        assert screen is not None
        said = " ".join(str(screen.query_one(TargetList).get_option_at_index(0).prompt).split())
        assert f"An equal post may be there already (outbox {row})" in said
        assert "decide on that one in the outbox first" in said
        await board.press("f5")
        assert not isinstance(board.app.screen, ReviewScreen), "it is not sent beside one that may be there"
        await board.type("!")
        assert "may be there" not in board.text, "another text is another post"
        await board.press("backspace")
        await board.app.outbox.keep(row)
        await board.settle()
        await board.press("f5")
        assert isinstance(board.app.screen, ReviewScreen)
        assert f"▲ An equal post may be there already (outbox {row})" in board.text and "Reason" in board.text
        await board.press("escape")
        await board.app.outbox.mark_sent(row)
        await board.settle()
        assert "may be there" not in board.text, "what is decided is no doubt any more"
        await board.press("escape", "d")
        assert drafts() == [], "the draft of a post that is there went"
        row = await write("Written on")
        (kept,) = board.app.drafts.list()
        board.app.drafts.save(kept, kept.draft.replace(text="Another thought"), kept.place)
        await board.app.outbox.mark_sent(row)
        await board.settle()
        assert drafts() == [("Another thought", ())], "unless somebody wrote on"


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
        monkeypatch.setattr(desk._waiting, "profiles", ())
        board.app.composing.open_draft(kept)
        await board.settle()
        assert "profiles are not read yet" in board.text
        screen = board.app.composing.screen
        assert screen is not None and not screen.query_one(TargetList).chosen
        monkeypatch.setattr(desk, "user", user)
        monkeypatch.setattr(desk._waiting, "profiles", profiles)
        board.app.main.post_message(Changed("buffer.agency"))  # type: ignore[union-attr]
        await board.settle()
        assert "not read yet" not in board.text
        assert [target.profile_id for target in screen.query_one(TargetList).chosen] == [profiles[0].id]
        assert screen.draft.targets == kept.draft.targets and screen.draft.text == "Early"
