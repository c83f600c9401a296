"""Keys that come in one packet mean what they would mean one by one."""

from __future__ import annotations

import pytest
from textual.command import CommandPalette
from textual.widgets import TextArea

from kosmo_tui.sandbox.buffer.world import Post
from kosmo_tui.ui.screens.ask import AskScreen
from kosmo_tui.ui.screens.compose import ComposeScreen
from kosmo_tui.ui.screens.main import MainScreen
from tests.ui.conftest import Dashboard, Open


def posts(board: Dashboard) -> dict[str, Post]:
    return {post.id: post for post in board.sandbox.buffer.world.posts}


async def test_what_is_done_is_done_to_the_row_that_the_keys_before_it_went_to(dashboard: Open) -> None:
    async with dashboard() as board:
        await board.press("g")
        there = posts(board)
        second = board.pane.feed.entries[board.pane.feed.index + 2].item
        await board.packet("j", "down", "x")
        assert isinstance(board.app.screen, AskScreen)
        assert board.pane.feed.highlighted.item is second
        await board.packet("y")
        assert there.keys() - posts(board).keys() == {second.id}


@pytest.mark.parametrize("keys", ["xyy", "xyyx", "xnn", "xbb", "cc", "??"])
async def test_a_key_too_many_takes_no_screen_away(dashboard: Open, keys: str) -> None:
    async with dashboard() as board:
        await board.press("g")
        before = len(posts(board))
        await board.packet(*({"?": "question_mark"}.get(key, key) for key in keys))
        assert board.app.is_running
        if isinstance(board.app.screen, ComposeScreen):
            await board.press("escape", "d")
        while not isinstance(board.app.screen, MainScreen):
            await board.press("escape")
        assert before - len(posts(board)) == keys.startswith("xy"), "one answer, one delete"


async def test_two_answers_do_not_close_what_was_asked_about(dashboard: Open) -> None:
    async with dashboard() as board:
        await board.press("c", "tab")
        await board.type("A thought")
        await board.press("escape")
        await board.packet("b", "b")
        assert isinstance(board.app.screen, ComposeScreen)
        assert board.app.screen.query_one(TextArea).text.startswith("A thought")


async def test_a_text_field_gets_letters_and_moves_in_their_order(dashboard: Open) -> None:
    async with dashboard() as board:
        await board.packet("c", "tab", *"teh", "backspace", "backspace", *"he ", "left", "left", *"re", "end", "!")
        field = board.app.focused
        assert isinstance(field, TextArea)
        assert field.text == "three !"


async def test_what_is_typed_after_the_key_of_a_composer_is_for_the_composer(dashboard: Open) -> None:
    async with dashboard() as board:
        await board.packet("c", "space", "tab", *"hi")
        assert "Post to · 1 of 11" in board.text and board.app.focused.text == "hi"


async def test_what_is_typed_after_a_free_slot_was_opened_does_nothing_to_the_posts(dashboard: Open) -> None:
    async with dashboard() as board:
        free = next(entry for entry in board.pane.feed.entries if entry.key.startswith("slot"))
        board.pane.feed.go_to(free.key)
        before = len(posts(board))
        await board.packet("enter", *"xy", "escape")
        assert len(posts(board)) == before


async def test_keys_that_come_before_a_screen_is_laid_out_or_after_it_is_left_end_nothing(dashboard: Open) -> None:
    async with dashboard() as board:
        for _ in range(3):
            await board.packet("ctrl+p", "pagedown")
            await board.packet("escape")
            await board.packet("ctrl+f", "e", "escape")
        assert isinstance(board.app.screen, MainScreen)
        assert "fault of kosmo" not in board.text and "NoMatches" not in board.text


async def test_what_lies_over_a_dialog_goes_with_it(dashboard: Open) -> None:
    async with dashboard() as board:
        await board.press("c")
        composer = board.app.screen
        assert isinstance(composer, ComposeScreen)
        board.app.action_command_palette()
        await board.settle()
        assert isinstance(board.app.screen, CommandPalette)
        for _ in range(2):
            composer.dismiss(None)
            await board.settle()
            assert isinstance(board.app.screen, MainScreen) and len(board.app.screen_stack) == 1
