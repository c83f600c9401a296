"""The Outbox pane: what was sent and what became of it, what only a person can decide, leaving in the middle of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kosmo_tui.accounts.settings import Settings
from kosmo_tui.compose.draft import Draft, Target
from kosmo_tui.compose.when import When
from kosmo_tui.services.orders import new_write, of_post
from kosmo_tui.services.publish import Publication
from kosmo_tui.services.targets import instagram_target, profile_target
from kosmo_tui.store.database import Store
from kosmo_tui.store.records import OutboxRow
from kosmo_tui.ui.screens.ask import AskScreen
from kosmo_tui.ui.screens.resolve import ResolveScreen
from tests.ui.conftest import Dashboard, Open

SIZES = [(120, 40), (80, 24)]
LOST = {"match": "createPost", "fault": "drop_before", "times": 1}


def targets(board: Dashboard, *networks: str) -> list[Target]:
    profiles: Any = board.app.workspace.desks["buffer.agency"].profiles  # type: ignore[union-attr]
    found = {profile.service: profile_target("buffer.agency", profile) for profile in profiles}
    return [found[network] for network in networks]


async def done(board: Dashboard, publication: Publication) -> None:
    await asyncio.wait_for(publication.wait(), 30)
    await board.settle()


async def send(board: Dashboard, text: str, *networks: str, when: str = "queue") -> Publication:
    publication = board.app.publisher.start(Draft(text=text), targets(board, *networks), When(when))  # type: ignore[arg-type]
    await done(board, publication)
    return publication


async def lose(board: Dashboard, text: str, network: str) -> OutboxRow:
    """Send a post of which no answer comes, and which is not there."""
    board.sandbox.faults.load([LOST])
    publication = await send(board, text, network)
    row = board.app.outbox.get(publication.rows[0].id or 0)
    assert row.state == "unknown"
    return row


def made(board: Dashboard, text: str) -> int:
    """How often a post exists in the service."""
    return sum(post.text == text for post in board.sandbox.buffer.world.posts)


def left_queued(store: Store, target: Target, text: str) -> OutboxRow:
    """A write that a kosmo which was ended has left."""
    order = of_post(Draft(text=text), target, When("queue"))
    (row,) = store.outbox.add([new_write(order, batch=text, draft=None, draft_id=None, reason="", not_before=None)])
    return row


@pytest.mark.parametrize("size", SIZES)
async def test_a_walk_through_what_was_sent_and_what_only_a_person_can_decide(
    dashboard: Open, size: tuple[int, int]
) -> None:
    async with dashboard(pane="outbox", size=size) as board:
        assert "Nothing was sent from here yet" in board.text
        await send(board, "All is well", "linkedin")
        row = await lose(board, "Nobody knows", "twitter")
        await send(board, "Well again", "linkedin")
        items = [getattr(entry.item, "summary", None) for entry in board.pane.feed.entries]
        assert items == [None, "Nobody knows", None, "Well again", "All is well"]
        assert "Needs you · 1 to resolve" in board.text
        lines = board.text.splitlines()
        assert any("? unknown" in line and " X " in line and "Nobody knows" in line for line in lines)
        assert any("✓ confirmed" in line and "LinkedIn" in line and "Well again" in line for line in lines)
        assert "? 1 to resolve" in lines[-1] and "Outbox ?1" in lines[0]

        await board.press("G")
        foot = board.text.splitlines()[-1]
        assert "d duplicate" in foot and "a " not in foot.split("duplicate")[0], "nothing is open with this one"
        await board.press("5")
        assert "? 1 to resolve" in board.text.splitlines()[-1]
        await board.press("O")
        assert board.pane.VIEW == "outbox" and "agency" in board.text.splitlines()[0]
        assert board.pane.feed.highlighted.item.summary == "Nobody knows", "also on a second visit, from elsewhere"
        assert "a decide" in board.text.splitlines()[-1]

        await board.press("a")
        assert isinstance(board.app.screen, ResolveScreen)
        for told in ("What was sent", "What is there, as of", "s sent", "a again", "k keep", "l look", "esc back"):
            assert told in board.text, told
        assert "Buffer · agency" in board.text and "X " in board.text, "account and profile are named"
        await board.press("escape")
        assert board.app.outbox.needing() == 1, "escape decides nothing"

        await board.press("a", "a")
        assert isinstance(board.app.screen, AskScreen)
        assert "Send again to X" in board.text and "buffer.agency" in board.text
        await board.press("b")
        assert board.app.outbox.get(row.id).attempt == 1 and made(board, "Nobody knows") == 0

        drafts = len(board.app.drafts.list())
        board.app.clear_notifications()
        board.sandbox.faults.load([{"match": "*", "fault": "drop_before", "times": 50}])
        await done(board, await board.app.outbox.send_again(row.id))
        board.sandbox.faults.clear()
        said = " ".join(str(one.message) for one in board.app._notifications)
        assert "could not be looked for" in said and "nothing was sent" in said and "still unknown" in said, said
        assert "among the drafts" not in said and len(board.app.drafts.list()) == drafts
        assert made(board, "Nobody knows") == 0 and board.app.outbox.get(row.id).state == "unknown"

        await board.press("a", "k")
        after = board.app.outbox.get(row.id)
        assert (after.state, after.resolved) == ("unknown", "kept")
        assert "to resolve" not in board.text and "? unknown" in board.text
        await board.app.outbox.mark_sent(row.id)

        row = await lose(board, "Is it there?", "twitter")
        await board.press("O", "a", "s")
        assert board.app.outbox.get(row.id).state == "confirmed"
        assert "to resolve" not in board.text and "✓ confirmed" in board.text
        assert made(board, "Is it there?") == 0, "nothing was sent"

        row = await lose(board, "Once more", "twitter")
        await board.press("O", "a", "a", "y")
        while board.app.publisher.pending:
            await board.pilot.pause(0.02)
        await board.settle()
        after = board.app.outbox.get(row.id)
        assert (after.state, after.attempt, made(board, "Once more")) == ("confirmed", 2, 1)


async def test_the_detail_tells_everything_about_a_write(dashboard: Open) -> None:
    async with dashboard(pane="outbox", size=(120, 60), settings=Settings(timezone="Asia/Tokyo")) as board:
        draft = Draft(text="Look at this\nand at that")
        publication = board.app.publisher.start(
            draft, targets(board, "linkedin"), When("queue"), reason="checked by hand"
        )
        await done(board, publication)
        row = board.app.outbox.get(publication.rows[0].id or 0)
        for told in (
            "✓ Confirmed · LinkedIn",
            "buffer.agency",
            "attempt 1",
            "and at that",
            "checked by hand",
            "noted",
            row.remote_id,
        ):
            assert told in board.text, told
        there = board.sandbox.clock.now().astimezone(board.app.zone)
        minutes = {f"{there - timedelta(minutes=ago):%H:%M}" for ago in (0, 1)}
        assert any(minute in board.text and "JST" in board.text for minute in minutes), "times are the user's"


async def test_a_post_that_is_there_is_found_by_looking_again_and_not_doubled(dashboard: Open) -> None:
    async with dashboard(pane="outbox") as board:
        lies = [
            {"match": "createPost", "fault": "drop_after_commit", "times": 1},
            {"match": "posts", "fault": "status", "code": 503, "times": 9},
        ]
        board.sandbox.faults.load(lies)
        publication = await send(board, "It is there", "linkedin")
        row_id = publication.rows[0].id or 0
        assert board.app.outbox.get(row_id).state == "unknown" and made(board, "It is there") == 1
        await board.press("a")
        assert "nothing was read yet: l looks now" in board.text
        await board.press("l")
        assert "Looking failed: " in board.text and "could not be read" in board.text, "and no word against it"
        assert "read yet" not in board.text
        board.sandbox.faults.clear()
        (post,) = (post for post in board.sandbox.buffer.world.posts if post.text == "It is there")
        assert post.due_at is not None
        post.due_at += timedelta(minutes=7)  # it went into another slot than was expected
        await board.press("l")
        assert "Nothing is open any more" in board.text
        await board.press("escape")
        there = post.due_at.astimezone(board.app.zone)
        assert "Scheduled for" in board.text and f"{there:%H:%M} CET" in board.text, "late, the true time is told"
        (shown,) = publication.rows
        assert shown.at == post.due_at
        assert board.app.outbox.get(row_id).state == "confirmed" and made(board, "It is there") == 1
        assert "to resolve" not in board.text


async def test_what_a_killed_kosmo_left_is_not_sent_by_itself(dashboard: Open, tmp_path: Path) -> None:
    async with dashboard() as board:
        x, linkedin = targets(board, "twitter", "linkedin")
    dead = Store.open(tmp_path)
    left_queued(dead, x, "Left behind")
    left_queued(dead, linkedin, "Also left behind")
    dead.close()
    store = Store.open(tmp_path)
    async with dashboard(pane="outbox", store=store) as board:
        assert "Needs you · 2 to resolve" in board.text and "? not sent" in board.text
        assert "? 2 to resolve" in board.text.splitlines()[-1]
        await board.press("x")
        assert "Needs you · 1 to resolve" in board.text and "Discarded" in board.text
        await board.press("g", "D")
        assert board.app.outbox.needing() == 0
        assert board.app.composing.screen is not None and "▌Left behind" in board.text
        assert made(board, "Left behind") == made(board, "Also left behind") == 0
    store.close()


async def test_a_refused_post_becomes_a_draft_again_and_makes_no_second_one(dashboard: Open) -> None:
    async with dashboard(pane="outbox") as board:
        publication = await send(board, "Without a picture", "instagram")
        assert publication.rows[0].state == "refused"
        assert "✕ refused" in board.text and "a send again   D to draft" in board.text.splitlines()[-1]
        await board.press("D")
        assert board.app.composing.screen is not None and "Without a picture" in board.text
        await board.press("escape")
        for kept in board.app.drafts.list():
            board.app.drafts.delete(kept.id)
        (target,) = targets(board, "instagram")
        draft = Draft(text="Not this one either", targets=(target.key,))
        kept = board.app.drafts.add("buffer.agency", draft)
        publication = board.app.publisher.start(draft, [target], When("queue"), draft_id=kept.id)
        await done(board, publication)
        await board.press("g", "D")
        assert board.app.composing.screen is not None and "Not this one either" in board.text
        assert [one.id for one in board.app.drafts.list()] == [kept.id], "its draft is there: that one is opened"


async def test_a_post_for_now_is_held_and_taken_back_into_the_composer(dashboard: Open) -> None:
    async with dashboard(pane="outbox") as board:
        (target,) = targets(board, "linkedin")
        draft = Draft(text="Too early", targets=(target.key,), when="now")
        kept = board.app.drafts.add("buffer.agency", draft)
        publication = board.app.publisher.start(draft, [target], When("now"), draft_id=kept.id)
        await board.settle()
        until = publication.held_until
        assert until is not None
        shown = f"{until.astimezone(board.app.zone):%H:%M:%S}"
        assert f"◷ holding 1 · u takes back until {shown}" in board.text.splitlines()[-1]
        assert "◷ holding" in board.text and f"goes out at {shown}" in board.text
        await board.press("u")
        assert publication.taken_back and made(board, "Too early") == 0
        assert board.app.composing.screen is not None and "Too early" in board.text
        assert [one.id for one in board.app.drafts.list()] == [kept.id], "it is one draft, not two"
        assert board.app.outbox.rows() == []
        await board.press("escape", "left_square_bracket")
        assert board.pane.VIEW == "drafts"
        board.app.drafts.delete(kept.id)
        publication = board.app.publisher.start(Draft(text="Too early again"), [target], When("now"))
        board.app.drafts.add("buffer.agency", Draft(text="Another thing"))
        board.app.stored_changed()
        await board.settle()
        await board.press("x", "u")
        assert publication.taken_back, "what is held goes before older things that can be undone"
        assert "Another thing" not in [one.draft.text for one in board.app.drafts.list()]
        await board.press("u")
        assert "Another thing" in [one.draft.text for one in board.app.drafts.list()]


async def test_with_no_hold_it_goes_at_once(dashboard: Open) -> None:
    async with dashboard(pane="outbox", settings=Settings(timezone="Europe/Berlin", hold_seconds=0)) as board:
        publication = await send(board, "Now means now", "linkedin", when="now")
        assert publication.rows[0].state == "confirmed" and made(board, "Now means now") == 1


async def test_leaving_while_a_post_is_held_asks(dashboard: Open, tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    async with dashboard(pane="outbox", store=store) as board:
        publication = board.app.publisher.start(Draft(text="Later"), targets(board, "linkedin"), When("now"))
        await board.settle()
        await board.press("q")
        for told in ("1 post held back", "f send, then quit", "q quit, send later", "s stay"):
            assert told in board.text, told
        await board.press("s")
        assert board.app.is_running and publication.held_until is not None
        await board.press("q")
        await board.pilot.press("q")
        await board.pilot.pause()
    assert made(board, "Later") == 0
    assert [(row.state, row.summary) for row in store.outbox.rows()] == [("queued", "Later")]
    store.close()
    again = Store.open(tmp_path)
    assert [row.owner for row in again.outbox.adopt()] == [""], "it needs a person at the next start"
    again.close()


async def test_send_then_quit_sends_and_leaves(dashboard: Open, tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    async with dashboard(pane="outbox", store=store) as board:
        board.app.publisher.start(Draft(text="Off you go"), targets(board, "linkedin"), When("now"))
        await board.settle()
        await board.press("q")
        await board.pilot.press("f")
        for _ in range(200):
            if not board.app.is_running:
                break
            await asyncio.sleep(0.02)
    assert made(board, "Off you go") == 1
    assert [row.state for row in store.outbox.rows()] == ["confirmed"]
    store.close()


async def test_leaving_while_a_post_is_sent_asks_and_can_wait(dashboard: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    async with dashboard(pane="outbox") as board:
        gate = asyncio.Event()
        create = board.app.hub.buffer["agency"].create_update

        async def slow(*words: Any, **options: Any) -> Any:
            await gate.wait()
            return await create(*words, **options)

        monkeypatch.setattr(board.app.hub.buffer["agency"], "create_update", slow)
        publication = board.app.publisher.start(Draft(text="On its way"), targets(board, "linkedin"), When("queue"))
        while publication.rows[0].state != "sending":
            await board.pilot.pause(0.02)
        await board.settle()
        assert "↑ sending 1" in board.text.splitlines()[-1]
        await board.press("q")
        for told in ("1 post on the way", "f finish, then quit", "q quit now", "s stay"):
            assert told in board.text, told
        await board.pilot.press("f")
        await board.pilot.pause()
        assert "Waiting for the answer to 1 post" in board.text
        await board.pilot.press("s")
        await board.press("q")
        assert "1 post on the way" in board.text
        gate.set()
        await done(board, publication)
        assert "on the way" not in board.text and "Every post has its answer now" in board.text
        await board.press("s")
        assert board.app.is_running and not isinstance(board.app.screen, AskScreen), "a changed mind is heeded"


async def test_nothing_goes_out_while_it_is_asked_and_all_goes_on_after(dashboard: Open) -> None:
    async with dashboard(pane="outbox", settings=Settings(timezone="Europe/Berlin", hold_seconds=0.5)) as board:
        publication = board.app.publisher.start(Draft(text="Asked"), targets(board, "linkedin"), When("now"))
        while board.app.publisher.holding == 0 or publication.rows[0].id is None:
            await board.pilot.pause()
        await board.pilot.press("q")
        await board.pilot.pause(0.7)  # longer than the hold
        assert "1 post held back: nothing was sent yet" in board.text and made(board, "Asked") == 0
        await board.pilot.press("s")
        await done(board, publication)
        assert made(board, "Asked") == 1 and board.app.is_running


async def test_a_lost_terminal_loses_nothing(dashboard: Open, tmp_path: Path) -> None:
    """What SIGHUP does: the app exits at once, with a composer open and a post held back."""
    store = Store.open(tmp_path)
    async with dashboard(store=store) as board:
        board.app.publisher.start(Draft(text="Held"), targets(board, "linkedin"), When("now"))
        await board.press("c", "tab")
        await board.pilot.press(*"halfway")
        board.app.exit(return_code=129)
        await board.pilot.pause()
    assert [(row.state, row.summary) for row in store.outbox.rows()] == [("queued", "Held")]
    assert any("halfway" in row.words for row in store.drafts.list())
    assert made(board, "Held") == 0
    store.close()


async def test_instagram_has_an_outbox_too(dashboard: Open) -> None:
    async with dashboard("instagram.brand_account", "outbox", settings=Settings(hold_seconds=0)) as board:
        target = instagram_target("instagram.brand_account", "northwind")
        publication = board.app.publisher.start(Draft(text="No picture"), [target], When("now"))
        await done(board, publication)
        assert "✕ refused" in board.text and "Instagram" in board.text


async def test_a_store_that_cannot_be_used_is_told_and_nothing_is_sent(dashboard: Open) -> None:
    store = Store.in_memory()
    store.notice = "The state folder cannot be written. Drafts last only while kosmo runs, and nothing can be sent."
    async with dashboard(store=store) as board:
        assert "The state folder cannot be written" in board.text
        assert "nothing is kept on disk" in board.text.splitlines()[-1]
        publication = await send(board, "Nowhere to note it", "linkedin")
        assert publication.rows[0].state == "refused" and made(board, "Nowhere to note it") == 0
    store.close()
