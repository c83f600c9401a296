"""What is told in passing covers little, is told once, and is gone when the next key is pressed."""

from __future__ import annotations

import pytest
from textual.widgets._toast import Toast

from kosmo_tui.ui.screens.ask import Answer, AskScreen
from kosmo_tui.ui.toasts import cut
from tests.ui.conftest import Dashboard, Open

LONG = "What was asked for could not be done because of this and of that, and of much more that nobody reads. " * 6


def shown(board: Dashboard) -> list[Toast]:
    """The toasts that are on the screen, of all screens."""
    return [toast for screen in board.app.screen_stack for toast in screen.query(Toast) if toast.is_on_screen]


async def test_toasts_cover_little_and_go_with_the_next_key(dashboard: Open) -> None:
    async with dashboard(size=(60, 20)) as board:
        for number in range(4):
            board.app.notify(f"{number}: {LONG}", markup=False)
        await board.settle()
        assert ["2: What" in board.text, "3: What" in board.text, "1: What" in board.text] == [True, True, False]
        assert sum(toast.region.height for toast in shown(board)) == 4
        assert board.text.count("…") >= 2
        await board.press("j")
        assert not shown(board) and "3: What" not in board.text


async def test_an_error_outlives_a_key_and_is_told_in_more_lines(dashboard: Open) -> None:
    async with dashboard(size=(60, 20)) as board:
        board.app.notify("Buffer cannot be reached. Try again when the network is back.", title="No", severity="error")
        board.app.notify("Copied.", markup=False)
        await board.press("j")
        assert "Buffer cannot be reached" in board.text and "back." in board.text and "Copied." in board.text


async def test_what_is_told_is_seen_once_with_a_dialog_open(dashboard: Open) -> None:
    async with dashboard() as board:
        board.app.notify("Told once", severity="error", markup=False)
        await board.settle()
        await board.app.push_screen(AskScreen("Sure?", "", [Answer("b", "back")]))
        await board.settle()
        assert board.text.count("Told once") == 1 and len(shown(board)) == 1
        await board.press("b")
        assert board.text.count("Told once") == 1


@pytest.mark.parametrize(
    ("text", "lines", "told"),
    [
        ("one two three", 2, "one two three"),
        ("one two three four five six", 2, "one two\nthree…"),
        ("one\ntwo\nthree", 2, "one\ntwo…"),
    ],
)
def test_cut_at_a_word(text: str, lines: int, told: str) -> None:
    assert cut(text, 10, lines) == told
