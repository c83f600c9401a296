"""Marked items: they are counted, outlive a refresh and a filter, and go with the account."""

from __future__ import annotations

from tests.ui.conftest import Dashboard, Open


def marked(board: Dashboard) -> list[str]:
    return [entry.key for entry in board.pane.marked]


def signs(board: Dashboard) -> int:
    """How many rows show that they are marked."""
    return sum(line.count("◆") + line.count("◈") for line in board.text.splitlines()[1:-1])


async def test_marks_follow_the_items_and_go_with_the_account(dashboard: Open) -> None:
    async with dashboard() as board:
        first, *_ = waiting = [update.id for update in board.app.workspace.desks["buffer.agency"].pending()]  # type: ignore[union-attr]
        assert board.pane.feed.go_to(first)
        await board.press("space")
        assert board.pane.feed.highlighted.key != first, "the cursor goes on"
        assert marked(board) == [first] and signs(board) == 1 and "◆ 1 marked" in board.text
        slot = next(entry for entry in board.pane.feed.entries if entry.key.startswith("slot:"))
        board.pane.feed.go_to(slot.key)
        await board.press("space")
        assert marked(board) == [first], "a free slot is no post"
        board.pane.feed.go_to(waiting[4])
        await board.press("space", "r")
        assert marked(board) == [first, waiting[4]] and signs(board) == 2 and "◆ 2 marked" in board.text
        board.sandbox.buffer.world.posts.remove(first)
        await board.press("r")
        assert marked(board) == [waiting[4]], "what is gone is not marked any more"
        await board.press("]", "[")
        assert marked(board), "another view leaves them"
        await board.press("escape")
        assert marked(board) == [] and signs(board) == 0 and "marked" not in board.text
        board.pane.feed.go_to(waiting[4])
        await board.press("space", "]", "1", "2", "[")
        assert marked(board) == [], "another account takes them away"
