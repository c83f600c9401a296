"""Marked items: they are counted, outlive a refresh, go with the account, and are changed together."""

from __future__ import annotations

from kosmo_tui.ui.screens.ask import AskScreen
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


async def test_marked_posts_are_changed_together_after_one_question(dashboard: Open) -> None:
    async with dashboard() as board:
        desk = board.app.workspace.desks["buffer.agency"]
        queue = desk.queue.items  # type: ignore[union-attr]
        draft = next(update for update in queue if update.status == "draft")
        usable = {one.id for one in desk.profiles if not (one.disconnected or one.locked or one.paused)}  # type: ignore[union-attr]
        free = [update for update in queue if update.status == "scheduled" and update.profile_id in usable]
        first, second = free[:2]

        async def mark(*ids: str) -> None:
            for one in ids:
                assert board.pane.feed.go_to(one)
                await board.press("space")

        def asked(*names: str) -> int:
            return sum(entry["operation"] in names for entry in board.sandbox.log)

        await mark(draft.id, first.id, second.id)
        await board.press("D")
        assert isinstance(board.app.screen, AskScreen)
        assert "Buffer · agency" in board.text and "Turn 2 marked posts" in board.text
        assert "Left out" in board.text and "draft already" in board.text
        assert "hidden" not in board.text
        await board.press("b")
        assert len(board.pane.marked) == 3 and not asked("editPost")
        await board.press("D", "y")
        states = {update.id: update.status for update in desk.queue.items}  # type: ignore[union-attr]
        assert asked("post", "editPost") == 4
        assert "2 posts turned back into drafts" in board.text
        assert states[first.id] == states[second.id] == "draft" and asked("editPost") == 2
        await board.press("x")
        assert "Delete 3 marked posts" in board.text and "6 requests" in board.text
        board.sandbox.log.clear()
        await board.press("y")
        assert len(board.sandbox.log) == 6 + 1, "the queue is read once"
        assert "3 posts deleted: u brings them back" in board.text
        assert asked("post", "editPost", "deletePost") == 6 and asked("deletePost") == 3
        assert not {draft.id, first.id, second.id} & {update.id for update in desk.queue.items}  # type: ignore[union-attr]
        assert board.pane.marked == ()
        assert len({row.id for row in desk.writes.items}) == 5, "each has a row of its own in the outbox"


async def test_marked_posts_that_failed_are_queued_again_together(dashboard: Open) -> None:
    async with dashboard() as board:
        desk = board.app.workspace.desks["buffer.agency"]
        failed = desk.failed()  # type: ignore[union-attr]
        timed_out = [one for one in failed if "in time" in str(one.error)]
        reconnected = [one for one in failed if "reconnect" in str(one.error) and one.profile_service == "twitter"]
        queued = next(one for one in desk.queue.items if one.status == "scheduled")  # type: ignore[union-attr]
        for one in (*failed, queued):
            assert board.pane.feed.go_to(one.id)
            await board.press("space")
        assert "a try again" in board.text
        before = len(board.sandbox.buffer.world.posts)
        board.sandbox.log.clear()
        await board.press("a")
        assert isinstance(board.app.screen, AskScreen) and len(failed) == 6
        assert "Queue 2 marked posts again?" in board.text and "4 requests, and one more" in board.text
        assert "1 of them may be live already" in board.text
        assert "Left out" in board.text and "until you reconnect it" in board.text and "change the text" in board.text
        await board.press("enter")
        assert not board.sandbox.log, "enter doubles nothing"
        await board.press("a", "y")
        assert len(board.sandbox.log) == 4 + 1, "the queue is read once"
        assert "2 posts queued again, each in a free slot" in board.text
        states = {one.id: one for one in desk.queue.items}  # type: ignore[union-attr]
        for one in (*timed_out, *reconnected):
            assert states[one.id].status == "scheduled" and states[one.id].error is None
        assert len(desk.failed()) == 4 and len(board.sandbox.buffer.world.posts) == before, "none is a new post"  # type: ignore[union-attr]
        assert [row.state for row in desk.writes.items] == ["confirmed"] * 2, "each has a row of its own in the outbox"


async def test_the_question_names_the_marked_posts_and_those_that_a_filter_hides(dashboard: Open) -> None:
    async with dashboard() as board:
        desk = board.app.workspace.desks["buffer.agency"]
        queue = desk.queue.items  # type: ignore[union-attr]
        marked = [update for update in queue if update.status == "scheduled" and "Five headlines" not in update.text][
            :6
        ]
        there = len(board.sandbox.buffer.world.posts)
        for update in marked:
            assert board.pane.feed.go_to(update.id)
            await board.press("space")
        assert "x delete" in board.text and "D to draft" in board.text, "what can be done to all of them comes first"
        await board.press("m")
        assert not isinstance(board.app.screen, AskScreen) and "one at a time" in board.text
        await board.press("slash")
        await board.type("five headlines")
        await board.press("enter", "x")
        text = board.text
        assert "Delete 6 marked posts" in text and "6 of them hidden by the filter" in text and "and 2 more" in text
        assert sum(f"“{update.text[:12]}" in text for update in marked[:4]) >= 3, "some words are written right to left"
        await board.press("enter")
        assert len(board.sandbox.buffer.world.posts) == there and len(board.pane.marked) == 6, "enter deletes nothing"
        await board.press("x", "q")
        assert board.app.is_running and len(board.pane.marked) == 6
