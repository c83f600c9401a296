"""Changing pending posts by keys, on the sandbox: every change is asked, journaled, shown at once, and can be told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.sandbox.clock import Clock
from kosmo_tui.services.explain import explain
from kosmo_tui.store.database import Store
from kosmo_tui.ui.screens.ask import AskScreen
from kosmo_tui.ui.screens.reschedule import RescheduleScreen
from kosmo_tui.ui.screens.review import ReviewScreen
from kosmo_tui.ui.widgets.detail import Detail
from tests.ui.conftest import MONDAY, Dashboard, Open

SIZES = [(120, 40), (80, 24)]


def on_a_free_profile(board: Dashboard, status: str, *, queued: bool | None = None) -> Update:
    """Puts the cursor on a post of that status on a profile that works."""
    desk = board.app.workspace.desks["buffer.agency"]
    for update in desk.queue.items:  # type: ignore[union-attr]
        profile = desk.profile(update.profile_id)  # type: ignore[union-attr]
        usable = profile is not None and not (profile.disconnected or profile.locked or profile.paused)
        fits = queued is None or update.custom_scheduled != queued
        if update.status == status and usable and fits and board.pane.feed.go_to(update.id):
            return update
    raise AssertionError(f"no post that is {status}")


def in_list(board: Dashboard, update_id: str) -> Update | None:
    items = board.app.workspace.desks["buffer.agency"].queue.items  # type: ignore[union-attr]
    return next((item for item in items if item.id == update_id), None)


async def mentioning(board: Dashboard, text: str, name: str) -> Update:
    """Puts the cursor on a new post at LinkedIn whose text mentions a page."""
    desk = board.app.workspace.desks["buffer.agency"]
    profile = next(one for one in desk.profiles if one.service == "linkedin" and not one.paused)  # type: ignore[union-attr]
    place = {"id": "1", "entity": "urn:li:organization:1", "link": "https://example.com/1", "localizedName": name,
             "start": text.index(name), "length": len(name), "vanityName": "v"}  # fmt: skip
    made = await board.app.hub.buffer["agency"].create_update(
        text, [profile.id], metadata={"linkedin": {"annotations": [place]}}
    )
    await board.press("r")
    assert board.pane.feed.go_to(made.updates[0].id)
    return made.updates[0]


def writes(board: Dashboard) -> list[str]:
    """The mutations that the sandbox has seen."""
    names = ("createPost", "editPost", "deletePost", "movePostInQueue")
    return [name for entry in board.sandbox.log for name in names if name in str(entry)]


def toasts(board: Dashboard) -> str:
    return " ".join(f"{note.title} {note.message}" for note in board.app._notifications)


@pytest.mark.parametrize("size", SIZES)
async def test_a_deletion_is_asked_with_account_and_profile_and_comes_back(
    dashboard: Open, size: tuple[int, int]
) -> None:
    async with dashboard(size=size) as board:
        update = on_a_free_profile(board, "scheduled", queued=False)
        await board.press("x")
        assert isinstance(board.app.screen, AskScreen)
        desk = board.app.workspace.desks["buffer.agency"]
        profile = desk.profile(update.profile_id)  # type: ignore[union-attr]
        assert profile is not None
        assert "Buffer · agency" in board.text and str(profile.formatted_username) in board.text
        await board.press("b")
        assert in_list(board, update.id) is not None and not writes(board)
        await board.press("x", "y")
        assert in_list(board, update.id) is None and "Deleted" in toasts(board)
        await board.press("u")
        assert "new id" in toasts(board)
        await board.press("r")
        again = [item for item in desk.queue.items if item.text == update.text and item.profile_id == update.profile_id]  # type: ignore[union-attr]
        assert any(item.scheduled_at == update.scheduled_at and item.id != update.id for item in again)


async def test_a_deleted_post_comes_back_from_the_outbox_after_a_restart(dashboard: Open, tmp_path: Path) -> None:
    world = Sandbox(clock=Clock(MONDAY))
    store = Store.open(tmp_path, world.clock.now)
    async with dashboard(sandbox=world, store=store) as board:
        update = on_a_free_profile(board, "scheduled", queued=False)
        await board.press("x", "y")
        assert in_list(board, update.id) is None
    store.close()
    store = Store.open(tmp_path, world.clock.now)
    async with dashboard(pane="outbox", size=(80, 24), sandbox=world, store=store) as board:
        await board.press("u")
        assert "nothing to take back" in toasts(board), "this run has done nothing"
        assert "bring" in board.text
        await board.press("a")
        assert isinstance(board.app.screen, AskScreen) and "buffer.agency" in board.text
        await board.press("y")
        assert "new id" in toasts(board)
        again = [post for post in world.buffer.posts_now() if post["text"] == update.text.raw]
        assert update.id not in {post["id"] for post in again} and update.profile_id in {
            one["channel"] for one in again
        }
        await board.press("G", "a", "y")
        assert "brings the post back already" in toasts(board)
    store.close()


async def test_what_has_changed_the_time_of_a_post_is_taken_back(dashboard: Open) -> None:
    async with dashboard() as board:
        update = on_a_free_profile(board, "scheduled")
        for keys in (("D", "y"), ("T", "y"), ("m", *"+3d", "enter")):
            assert board.pane.feed.go_to(update.id)
            await board.press(*keys)
            changed = in_list(board, update.id)
            assert changed is not None
            assert (changed.status, changed.scheduled_at) != (update.status, update.scheduled_at)
            await board.press("u")
            back = in_list(board, update.id)
            assert back is not None and (back.status, back.scheduled_at) == ("scheduled", update.scheduled_at), keys
            assert "Taken back: the move of" in toasts(board)
        (post,) = (post for post in board.sandbox.buffer.world.posts if post.id == update.id)
        assert post.due_at == update.scheduled_at, "at Buffer, too"
        await board.press("u")
        assert "nothing to take back" in toasts(board)


@pytest.mark.parametrize("size", SIZES)
async def test_another_time_typed_or_from_the_free_slots(dashboard: Open, size: tuple[int, int]) -> None:
    async with dashboard(size=size) as board:
        update = on_a_free_profile(board, "scheduled")
        await board.press("m")
        assert isinstance(board.app.screen, RescheduleScreen)
        assert "Buffer · agency" in board.text and "Free slots" in board.text
        await board.press("enter")
        assert isinstance(board.app.screen, RescheduleScreen), "no time is no answer"
        await board.type("+3d 10:17")
        assert "10:17" in board.text and "in 3 d" in board.text
        await board.press("enter")
        moved = in_list(board, update.id)
        assert moved is not None and moved.scheduled_at is not None and moved.custom_scheduled
        assert moved.scheduled_at - MONDAY > timedelta(days=2)
        assert board.pane.feed.go_to(update.id), "the queue shows it at its new place"
        await board.press("m", "down", "down", "up", "enter")
        slotted = in_list(board, update.id)
        assert slotted is not None and slotted.scheduled_at != moved.scheduled_at
        assert "Moved" in toasts(board)

        on_a_free_profile(board, "scheduled", queued=True)
        await board.press("m")
        await board.type("queue")
        assert "slot of the queue already" in board.text, "a time that cannot be is refused with a sentence"
        board.app.screen.query_one(Input).value = "25:00"
        await board.settle()
        assert "✕" in board.text
        await board.press("enter")
        assert isinstance(board.app.screen, RescheduleScreen)
        board.app.screen.query_one(Input).value = "next fri 9"
        await board.settle()
        assert "Which one is meant?" in board.text and "Free slots" not in board.text
        await board.press("down")
        assert "→ Fri 20 Nov 09:00" in board.text
        await board.press("down")
        assert "→ Fri 27 Nov 09:00" in board.text and "Which one is meant?" in board.text
        await board.press("escape")
        assert not isinstance(board.app.screen, RescheduleScreen)


async def test_to_the_front_to_the_end_back_to_a_draft_and_the_draft_to_a_time(dashboard: Open) -> None:
    async with dashboard() as board:
        for key, answer in (("t", "to the front"), ("T", "to the end")):
            update = on_a_free_profile(board, "scheduled", queued=True)
            await board.press(key)
            assert isinstance(board.app.screen, AskScreen) and "queue?" in board.text
            await board.press("y")
            assert answer in toasts(board)
            moved = in_list(board, update.id)
            assert moved is not None and moved.status == "scheduled"
        update = on_a_free_profile(board, "scheduled")
        await board.press("D", "y")
        draft = in_list(board, update.id)
        assert draft is not None and (draft.status, draft.scheduled_at) == ("draft", None)
        assert board.pane.feed.go_to(update.id)
        await board.press("D")
        assert "a draft already" in toasts(board)
        await board.press("m", "down", "enter")
        again = in_list(board, update.id)
        assert again is not None and again.status == "scheduled"


async def test_a_failed_post_is_explained_and_sent_again_or_changed(dashboard: Open) -> None:
    async with dashboard() as board:
        desk = board.app.workspace.desks["buffer.agency"]
        told = next(
            told
            for update in desk.queue.items  # type: ignore[union-attr]
            if (told := explain(update)) is not None and told.may_be_live and board.pane.feed.go_to(update.id)
        )
        await board.press("a")
        assert isinstance(board.app.screen, AskScreen) and told.live.partition(":")[0] in board.text
        await board.press("enter")
        assert not writes(board) and board.app.composing.screen is not None, "one that may be live is not sent by enter"
        await board.press("escape")
        update = on_a_free_profile(board, "error")
        await board.settle()
        assert "Is it live?" in board.text
        await board.press("a")
        assert isinstance(board.app.screen, AskScreen)
        assert "Send this post again?" in board.text and "Buffer · agency" in board.text
        await board.press("2")
        again = in_list(board, update.id)
        assert again is not None and again.status == "scheduled" and again.error is None
        update = on_a_free_profile(board, "error")
        await board.press("e")
        assert "Queue for 1" in board.text
        board.app.screen.query_one("#text", TextArea).text = "Other words"
        await board.settle()
        await board.press("f5", "enter", "escape")
        changed = in_list(board, update.id)
        assert changed is not None and (changed.text, changed.status) == ("Other words", "scheduled")


async def test_what_is_not_possible_says_why(dashboard: Open) -> None:
    async with dashboard() as board:
        on_a_free_profile(board, "scheduled")
        await board.press("a")
        assert "has not failed" in toasts(board)
        await board.press("right_square_bracket")
        assert board.pane.VIEW == "sent"
        for key in ("x", "e", "m", "t", "D"):
            await board.press(key)
        assert "has gone out" in toasts(board) and not isinstance(board.app.screen, AskScreen)
        await board.app.main.action_show_view("profiles")  # type: ignore[union-attr]
        await board.press("x")
        assert "no post of Buffer" in toasts(board)


@pytest.mark.parametrize("size", SIZES)
async def test_the_detail_ends_with_the_possible_keys_as_they_are_bound(dashboard: Open, size: tuple[int, int]) -> None:
    async with dashboard(size=size, keys={"delete": "f8"}) as board:
        on_a_free_profile(board, "scheduled")
        await board.press("enter")
        board.app.screen.query_one("#queue Detail", Detail).scroll_end(animate=False)
        await board.settle()
        shown = board.text.replace("\N{NO-BREAK SPACE}", " ")
        assert "e edit" in shown and "m move" in shown and "f8 delete" in shown
        await board.press("f8")
        assert isinstance(board.app.screen, AskScreen)


async def test_a_change_for_now_can_be_taken_back_and_a_lost_answer_is_told(dashboard: Open) -> None:
    async with dashboard() as board:
        update = on_a_free_profile(board, "scheduled")
        await board.press("m")
        await board.type("now")
        await board.pilot.press("enter")
        await board.pilot.pause()
        assert board.app.publisher.holding == 1
        await board.pilot.press("x")
        await board.pilot.pause()
        assert "is on its way" in toasts(board) and not isinstance(board.app.screen, AskScreen)
        await board.pilot.press("u")
        await board.settle()
        assert board.app.publisher.holding == 0 and not writes(board)
        kept = in_list(board, update.id)
        assert kept is not None and kept.status == "scheduled"

        faults = [
            {"match": "deletePost", "fault": "drop_before"},
            {"match": "post", "fault": "slow", "seconds": 0},  # read before it
            {"match": "post", "fault": "status", "code": 503, "times": 20},
        ]
        board.sandbox.faults.load(faults)
        update = on_a_free_profile(board, "scheduled")
        await board.press("x", "y")
        assert "not known: the outbox tells more" in toasts(board)
        assert in_list(board, update.id) == update, "a lost answer leaves the list as it was"


@pytest.mark.parametrize("size", SIZES)
async def test_a_changed_post_keeps_its_time_and_a_changed_draft_stays_one_until_a_time_is_typed(
    dashboard: Open, size: tuple[int, int]
) -> None:
    async with dashboard(size=size) as board:
        update = on_a_free_profile(board, "scheduled")
        await board.press("e")
        assert board.app.composing.screen is not None and "Edit post" in board.text
        board.app.screen.query_one("#text", TextArea).text = "Other words"
        await board.settle()
        await board.press("f5")
        assert isinstance(board.app.screen, ReviewScreen) and "Other words" in board.text
        await board.press("enter")
        assert writes(board) == ["editPost"]
        await board.press("escape")
        changed = in_list(board, update.id)
        assert changed is not None and changed.text == "Other words"
        assert changed.scheduled_at == update.scheduled_at and len(changed.media) == len(update.media)

        # What the change cannot keep is said before it is sent, and goes out with a reason only.
        update = await mentioning(board, "Coffee by Halyard", "Halyard")
        await board.press("e")
        assert "plain text" not in board.text
        board.app.screen.query_one("#text", TextArea).text = "New: Coffee by Halyard"
        await board.settle()
        await board.press("f5", "enter")
        assert isinstance(board.app.screen, ReviewScreen) and writes(board).count("editPost") == 1
        assert "“Halyard” may be plain text afterwards" in " ".join(board.text.split())
        await board.press("1", "enter", "escape")
        changed = in_list(board, update.id)
        assert changed is not None and changed.text == "New: Coffee by Halyard" and not changed.mentions

        update = on_a_free_profile(board, "draft")
        await board.press("e")
        assert "Save draft for 1" in board.text and "stays a draft at Buffer" in board.text
        board.app.screen.query_one("#text", TextArea).text = "Quite other words"
        await board.settle()
        await board.press("f5")
        assert isinstance(board.app.screen, ReviewScreen)
        assert "Save draft" in board.text and "stays a draft at Buffer" in board.text
        await board.press("enter", "escape")
        changed = in_list(board, update.id)
        assert changed is not None and (changed.text, changed.status) == ("Quite other words", "draft")
        assert board.pane.feed.go_to(update.id)
        await board.press("e")
        board.app.screen.query_one("#when", Input).value = "queue"
        await board.settle()
        assert "Queue for 1" in board.text and "stays a draft" not in board.text
        await board.press("f5", "enter", "escape")
        queued = in_list(board, update.id)
        assert queued is not None and queued.status == "scheduled"


async def held(board: Dashboard) -> None:
    """Writes a post for now, up to the point where it is held back."""
    await board.press("c", "space", "tab")
    await board.type("For now")
    board.app.screen.query_one("#when", Input).value = "now"
    await board.settle()
    await board.press("f5")
    assert isinstance(board.app.screen, ReviewScreen) and "goes out now" in board.text
    await board.pilot.press("enter")
    await board.pilot.pause(0.1)
    assert board.app.publisher.holding == 1 and "held back" in board.text


@pytest.mark.parametrize("size", SIZES)
async def test_a_held_post_is_taken_back_from_the_composer_or_sent_at_once(
    dashboard: Open, size: tuple[int, int]
) -> None:
    async with dashboard(size=size) as board:
        await held(board)
        assert "takes it back" in board.text and "outbox 1" in board.text
        await board.pilot.press("u")
        await board.settle()
        assert board.app.publisher.holding == 0 and not writes(board)
        assert board.app.store.outbox.rows() == []
        assert [kept.draft.text for kept in board.app.drafts.list("buffer.agency")] == ["For now"]
        await board.press("escape")
        await held(board)
        await board.pilot.press("n")
        await board.app.publisher.publications[-1].wait()
        await board.settle()
        assert writes(board) == ["createPost"] and "confirmed" in board.text
