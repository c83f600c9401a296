"""Writes that are no new posts of Buffer: prepared posts of Instagram, changes of a post, deleted ones brought back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from kosmo_tui.compose.draft import Draft
from kosmo_tui.compose.when import When
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.services.editing import delete, move, reschedule
from kosmo_tui.services.orders import Order, request_of
from kosmo_tui.services.storage import StorageError
from tests.services.kosmos import INSTAGRAM, PHOTO, Kosmo, live
from tests.services.outbox.writes import NOW, send

# Instagram


async def test_a_prepared_post_is_published_and_not_made_anew(kosmo: Kosmo) -> None:
    never = {"match": "POST /media_publish", "fault": "status", "code": 500}
    publication = await send(kosmo, "prepared", INSTAGRAM, never, when=NOW)
    row = kosmo.outbox.get(publication.rows[0].id or 0)
    assert row.state == "unknown" and row.reference
    await kosmo.outbox.settle_all()
    assert "may still do so" in kosmo.outbox.get(row.id).hint
    kosmo.sandbox.clock.advance(600)
    await kosmo.outbox.settle_all()
    assert "cannot appear twice" in kosmo.outbox.get(row.id).hint
    again = await kosmo.outbox.send_again(row.id)
    await again.wait()
    assert again.rows[0].state == "confirmed", again.rows
    assert live(kosmo.sandbox, "prepared") == 1
    made = [entry for entry in kosmo.sandbox.log if entry["path"].endswith("/media") and entry["method"] == "POST"]
    assert len(made) == 1
    assert kosmo.outbox.get(row.id).reference == row.reference


async def test_a_prepared_post_that_expired_is_refused_and_made_anew(kosmo: Kosmo) -> None:
    never = {"match": "POST /media_publish", "fault": "status", "code": 500}
    publication = await send(kosmo, "expired", INSTAGRAM, never, when=NOW)
    id = publication.rows[0].id or 0
    kosmo.sandbox.clock.advance(25 * 3600)
    await kosmo.outbox.settle_all()
    assert kosmo.outbox.get(id).state == "refused"
    again = await kosmo.outbox.send_again(id)
    await again.wait()
    assert (again.rows[0].state, live(kosmo.sandbox, "expired")) == ("confirmed", 1)


# Changes of a post that is there


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("kind", ["edit", "delete", "move"])
async def test_a_change_is_settled_by_the_post(kosmo: Kosmo, kind: str, carried_out: bool) -> None:
    target = await kosmo.profile()
    await send(kosmo, "first", target)
    publication = await send(kosmo, "to be changed", target)
    client = kosmo.accounts.buffer["agency"]
    update = await client.get_update(kosmo.outbox.get(publication.rows[0].id or 0).remote_id)
    kosmo.sandbox.clock.advance(60)
    await client.list_profiles()  # by which the clock of the service is known
    due = kosmo.sandbox.clock.now().replace(second=0, microsecond=0) + timedelta(days=3)
    order = {
        "edit": lambda: reschedule(update, target, When("at", due)),
        "delete": lambda: delete(update, target),
        "move": lambda: move(update, target, "top"),
    }[kind]()
    operation = {"edit": "editPost", "delete": "deletePost", "move": "movePostInQueue"}[kind]
    fault = "drop_after_commit" if carried_out else "status"
    kosmo.sandbox.faults.load(
        [
            {"match": operation, "fault": fault, **({} if carried_out else {"code": 500})},
            {"match": "post", "fault": "slow", "seconds": 0, "times": int(kind == "edit") or 1},  # read before it
            {"match": "post", "fault": "status", "code": 500, "times": 9},
        ]
    )
    changed = kosmo.publisher.write([order])
    await changed.wait()
    kosmo.sandbox.faults.clear()
    state = changed.rows[0].state
    if state == "unknown":
        await kosmo.outbox.settle_all()
        kosmo.sandbox.clock.advance(600)
        await kosmo.outbox.settle_all()
    assert changed.rows[0].state == ("confirmed" if carried_out else "refused"), (state, changed.rows[0])


async def test_a_post_that_somebody_else_changed_meanwhile_is_for_a_person(kosmo: Kosmo) -> None:
    """It is not as it was to become, and not as it was: neither word would be true."""
    target = await kosmo.profile()
    publication = await send(kosmo, "to be changed", target)
    client = kosmo.accounts.buffer["agency"]
    update = await client.get_update(kosmo.outbox.get(publication.rows[0].id or 0).remote_id)
    blind = [{"match": "post", "fault": "slow", "seconds": 0}, {"match": "post", "fault": "html", "times": 9}]
    kosmo.sandbox.faults.load([{"match": "editPost", "fault": "drop_before"}, *blind])
    due = kosmo.sandbox.clock.now().replace(second=0, microsecond=0) + timedelta(days=3)
    changed = kosmo.publisher.write([reschedule(update, target, When("at", due))])
    await changed.wait()
    kosmo.sandbox.faults.clear()
    await client.edit_update(update.id, text="by somebody else")
    kosmo.sandbox.clock.advance(600)
    assert await kosmo.outbox.settle_all() == 1
    row = kosmo.outbox.get(changed.rows[0].id or 0)
    assert row.state == "unknown" and "was changed since" in row.hint
    assert [seen.text for seen in kosmo.outbox.evidence(row).seen] == ["by somebody else"]
    again = await kosmo.outbox.send_again(row.id)
    await again.wait()
    now = await client.get_update(update.id)
    assert (again.rows[0].state, now.text, now.scheduled_at) == ("confirmed", "by somebody else", due)


# Bringing a deleted post back


async def deleted(kosmo: Kosmo, text: str = "gone") -> int:
    """A post with everything, made and deleted; the id of the write that deleted it."""
    target = await kosmo.profile()
    post = Draft(text=f"{text}\n---\nand more", media=(PHOTO,), options={"spoiler": "careful"})
    made = kosmo.publisher.start(post, [target], When("at", kosmo.sandbox.clock.now() + timedelta(days=3)))
    await made.wait()
    client = kosmo.accounts.buffer["agency"]
    update = await client.get_update(kosmo.outbox.get(made.rows[0].id or 0).remote_id)
    publication = kosmo.publisher.write([delete(update, target)])
    await publication.wait()
    assert (publication.rows[0].state, live(kosmo.sandbox, text)) == ("confirmed", 0), publication.rows
    return publication.rows[0].id or 0


@pytest.mark.parametrize("killed", [None, ("store", "claim"), ("buffer", "create_update")])
async def test_a_deleted_post_comes_back_after_a_restart_and_once(
    sandbox: Sandbox, tmp_path: Path, killed: tuple[str, str] | None
) -> None:
    first = Kosmo(sandbox, tmp_path)
    id = await deleted(first)
    before = request_of(first.outbox.get(id)).before
    await first.close()
    if killed is not None:  # in the middle of bringing it back
        second = Kosmo(sandbox, tmp_path)
        second.dies(
            second.store.outbox if killed[0] == "store" else second.accounts.buffer["agency"], *killed[1:2], after=True
        )
        await second.outbox.undo(id)
        await asyncio.gather(*second.publisher._tasks, return_exceptions=True)
        await second.accounts.aclose()
    third = Kosmo(sandbox, tmp_path)
    await third.outbox.settle_all()
    if live(sandbox, "gone") == 0:
        publication = await third.outbox.undo(id)
        await publication.wait()
        assert (publication.rows[0].state, publication.notices) == ("confirmed", ()), publication.rows
    with pytest.raises(StorageError, match="brings the post back already"):
        await third.outbox.undo(id)
    (made,) = [row for row in third.outbox.rows() if row.undoes == id]
    again = await third.accounts.buffer["agency"].get_update(made.remote_id)
    await third.close()
    assert before is not None and again.id != before.id and live(sandbox, "gone") == 1
    for name in ("text", "thread", "media", "metadata", "scheduled_at", "status", "tag_ids", "profile_id"):
        assert getattr(again, name) == getattr(before, name), name


async def test_two_kosmos_do_not_bring_one_post_back_twice(sandbox: Sandbox, tmp_path: Path) -> None:
    first, second = Kosmo(sandbox, tmp_path), Kosmo(sandbox, tmp_path)
    id = await deleted(first)
    publications = await asyncio.gather(first.outbox.undo(id), second.outbox.undo(id))
    await asyncio.gather(*(publication.wait() for publication in publications))
    assert sorted(publication.rows[0].state for publication in publications) == ["confirmed", "refused"]
    assert live(sandbox, "gone") == 1
    await first.close()
    await second.close()


async def test_what_cannot_be_brought_back_says_why(kosmo: Kosmo) -> None:
    made = (await send(kosmo, "there", await kosmo.profile())).rows[0].id or 0
    with pytest.raises(StorageError, match="deleted no post"):
        await kosmo.outbox.undo(made)
    client, target = kosmo.accounts.buffer["agency"], await kosmo.profile()
    update = await client.get_update(kosmo.outbox.get(made).remote_id)
    blind = [{"match": "post", "fault": "slow", "seconds": 0}, {"match": "post", "fault": "html", "times": 9}]
    kosmo.sandbox.faults.load([{"match": "deletePost", "fault": "drop_before"}, *blind])
    publication = kosmo.publisher.write([delete(update, target)])
    await publication.wait()
    kosmo.sandbox.faults.clear()
    id = publication.rows[0].id or 0
    with pytest.raises(StorageError, match="not known that the post is gone"):
        await kosmo.outbox.undo(id)
    await kosmo.outbox.mark_sent(id)  # a person can be wrong about it
    back = await kosmo.outbox.undo(id)
    await back.wait()
    assert back.rows[0].state == "refused" and "still there" in back.rows[0].note
    assert live(kosmo.sandbox, "there") == 1


async def test_a_failed_post_that_was_changed_is_not_called_refused(kosmo: Kosmo) -> None:
    client = kosmo.accounts.buffer["agency"]
    able = {one.id for one in await client.list_profiles() if not (one.disconnected or one.locked)}
    posts = kosmo.sandbox.buffer.posts_now()
    failed = next(post for post in posts if post["status"] == "error" and post["channel"] in able)
    account = "buffer.agency"
    update = await client.get_update(failed["id"])
    order = Order(
        account=account,
        kind="edit",
        target=f"{account}/{update.profile_id}",
        profile_id=update.profile_id,
        arguments={"update_id": update.id, "text": "changed"},
        summary="changed",
    )
    publication = kosmo.publisher.write([order])
    await publication.wait()
    after = await client.get_update(failed["id"])
    assert (publication.rows[0].state, after.text) == ("confirmed", "changed"), publication.rows
