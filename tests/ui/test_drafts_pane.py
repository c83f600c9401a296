"""The Drafts pane: what was written is found again, can be doubled, deleted and brought back."""

from __future__ import annotations

import pytest

from kosmo_tui.compose.draft import Attachment, Draft
from kosmo_tui.services.drafts import Kept
from tests.ui.conftest import Dashboard, Open


def target(board: Dashboard, network: str) -> str:
    desk = board.app.workspace.desks["buffer.agency"]
    found = next(profile for profile in desk.profiles if profile.service == network)  # type: ignore[union-attr]
    return f"buffer.agency/{found.id}"


async def keep(board: Dashboard, text: str, *networks: str, account: str = "buffer.agency") -> Kept:
    keys = tuple(target(board, network) for network in networks)
    kept = board.app.drafts.add(account, Draft(text=text, targets=keys))
    board.app.stored_changed()
    await board.settle()
    return kept


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_drafts_stand_newest_change_first_with_what_they_are_for(dashboard: Open, size: tuple[int, int]) -> None:
    async with dashboard(pane="drafts", size=size) as board:
        assert "There are no drafts" in board.text and "c writes a post" in board.text
        keys = board.text.splitlines()[-1]
        assert "c compose" in keys and "delete" not in keys and "open" not in keys, "nothing is there to do that to"
        first = await keep(board, "The first thought", "twitter", "linkedin")
        await keep(board, "The second thought")
        rows = [entry.item.draft.text for entry in board.pane.feed.entries]
        assert rows == ["The second thought", "The first thought"]
        assert "open" in board.text.splitlines()[-1]
        assert "X LinkedIn" in board.text and "no target" in board.text and "Drafts 2" in board.text
        board.app.drafts.save(first, first.draft.replace(text="The first, changed"), first.place)
        board.app.stored_changed()
        await board.settle()
        assert board.pane.feed.entries[0].item.draft.text == "The first, changed"


async def test_an_account_and_a_profile_show_their_own_drafts_and_the_palette_leads_to_them(dashboard: Open) -> None:
    async with dashboard() as board:
        offered = {command.title: command for command in board.app.get_system_commands(board.app.screen)}
        for view in ("outbox", "drafts"):
            await offered[f"View {view}"].callback()
            await board.settle()
            assert view == board.pane.VIEW
        await keep(board, "Only for X", "twitter")
        await keep(board, "Only for LinkedIn", "linkedin")
        await keep(board, "For nobody yet")
        await keep(board, "For the brand", account="instagram.brand_account")
        assert "For nobody yet" in board.text and "For the brand" not in board.text
        await board.press("b", "down", "enter")
        if board.pane.VIEW != "drafts":
            await board.app.main.action_show_view("drafts")  # type: ignore[union-attr]
            await board.settle()
        assert "Only for X" in board.text and "For nobody yet" in board.text
        assert "Only for LinkedIn" not in board.text
        await board.press("5")
        await board.app.main.action_show_view("drafts")  # type: ignore[union-attr]
        await board.settle()
        assert "For the brand" in board.text and "For nobody yet" not in board.text


async def test_the_detail_tells_what_differs_per_target_and_what_is_wrong(dashboard: Open) -> None:
    async with dashboard(pane="drafts", size=(120, 60)) as board:
        bluesky, linkedin = target(board, "bluesky"), target(board, "linkedin")
        image = Attachment("https://example.com/a.jpg", "A roast")
        draft = Draft(text="The base", targets=(bluesky, linkedin), media=(image,))
        draft = draft.override(linkedin, text="Another one for LinkedIn", when="fri 17:30")
        draft = draft.override(bluesky, text="word " * 70)
        board.app.drafts.add("buffer.agency", draft)
        board.app.stored_changed()
        await board.settle()
        assert "✕1" in board.text.split("The base")[0].splitlines()[-1], "the row counts what blocks"
        for told in ("The base", "A roast", "Another one for LinkedIn", "fri 17:30", "300"):
            assert told in board.text


async def test_drafts_are_deleted_without_a_question_brought_back_doubled_found_and_written_on(dashboard: Open) -> None:
    async with dashboard(pane="drafts") as board:

        def shown() -> list[str]:
            return [entry.item.draft.text for entry in board.pane.feed.entries]

        kept = await keep(board, "one", "twitter")
        await board.press("x")
        assert not shown() and "u brings it back" in board.text
        assert [one.id for one in board.app.drafts.list("buffer.agency")] == []
        await board.press("u")
        assert [entry.key for entry in board.pane.feed.entries] == [kept.id]
        await board.press("u")
        assert "nothing to take back" in board.text
        for text in ("two", "three"):
            await keep(board, text)
        await board.press("g", "x", "x", "u")
        assert shown() == ["two", "one"], "undo goes back one by one"
        await board.press("u")
        assert sorted(shown()) == ["one", "three", "two"]
        assert board.pane.feed.go_to(kept.id)
        await board.press("d")
        assert sorted(shown()) == ["one", "one", "three", "two"]
        assert board.pane.feed.highlighted.key != kept.id, "the cursor is on the new one"
        assert board.pane.feed.highlighted.item.draft == kept.draft
        x = target(board, "twitter")
        board.app.drafts.add("buffer.agency", Draft(text="A base", targets=(x,)).override(x, text="hidden treasure"))
        await keep(board, "Something else")
        await board.press("slash")
        await board.type("treasure")
        assert shown() == ["A base"], "the filter looks at every text of a draft"
        assert "Drafts 1/6" in board.text
        await board.press("enter", "enter")
        assert board.app.composing.screen is not None and "A base" in board.text, "enter writes on"


async def test_control_characters_in_a_draft_reach_no_screen(dashboard: Open) -> None:
    async with dashboard(pane="drafts") as board:
        await keep(board, "before \x1b]52;c;aGk=\x07 [/b] after\u202e")
        assert "before" in board.text
        assert not [char for char in board.text if (ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0]
        assert "\u202e" not in board.text
        await board.press("x", "u")
        assert "[/b]" in board.text, "and none is markup"
