"""The outbox with real requests: what settles by looking, what asks a person, and what a person can decide."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kosmo_tui.sandbox import Sandbox
from kosmo_tui.services import outbox as outbox_module
from kosmo_tui.services.drafts import Drafts
from kosmo_tui.services.editing import delete
from kosmo_tui.services.orders import new_write, of_post
from kosmo_tui.services.outbox import Outbox
from kosmo_tui.services.spent import drop_spent
from kosmo_tui.services.storage import StorageError
from tests.services.kosmos import Kosmo, draft, live
from tests.services.outbox.writes import BLIND, LOST, NOW, QUEUE, gone, send, told, unknown


async def test_looking_confirms_and_whoever_follows_the_post_hears_it(kosmo: Kosmo) -> None:
    publication, row = await unknown(kosmo)
    heard: list[str] = []
    publication.subscribe(lambda one: heard.append(one.rows[0].state))
    assert await kosmo.outbox.settle_all() == 0
    await asyncio.sleep(0)
    assert heard[-1] == publication.rows[0].state == "confirmed"
    settled = kosmo.outbox.get(row.id)
    (post,) = [post for post in kosmo.sandbox.buffer.posts_now() if post["text"] == "lost"]
    assert settled.remote_id == post["id"]


@pytest.mark.parametrize("written_on", ["", "other words", "one more target"])
async def test_a_draft_goes_when_a_later_kosmo_finds_its_post_unless_somebody_wrote_on(
    sandbox: Sandbox, tmp_path: Path, written_on: str
) -> None:
    first = Kosmo(sandbox, tmp_path)
    target = await first.profile()
    drafts = Drafts(first.store)
    kept = drafts.add(target.account, draft("lost", target))
    other = drafts.add(target.account, draft("lost", target))
    sandbox.faults.load([LOST, BLIND])
    await first.publisher.start(kept.draft, [target], QUEUE, draft_id=kept.id).wait()
    sandbox.faults.clear()
    if written_on:
        changed = {"text": "lost?"} if written_on == "other words" else {"targets": (target.key, "buffer.agency/more")}
        drafts.save(kept, kept.draft.replace(**changed), kept.place)
    await first.close()
    second = Kosmo(sandbox, tmp_path)
    assert await second.outbox.settle_all() == 0
    left = {one.id for one in Drafts(second.store).list()}
    await second.close()
    assert left == ({kept.id, other.id} if written_on else {other.id})


async def test_a_draft_stays_while_one_of_its_targets_is_unknown_or_refused(kosmo: Kosmo) -> None:
    target = await kosmo.profile()
    drafts = Drafts(kosmo.store)
    kept = drafts.add(target.account, draft("lost", target))
    kosmo.sandbox.faults.load([LOST, BLIND])
    await kosmo.publisher.start(kept.draft, [target], QUEUE, draft_id=kept.id).wait()
    assert drop_spent(kosmo.store) == 0
    kosmo.sandbox.faults.clear()
    row = kosmo.outbox.rows()[0]
    await kosmo.outbox.mark_sent(row.id)
    assert drafts.list() == []


async def test_an_absence_is_evidence_and_no_last_word(kosmo: Kosmo) -> None:
    _, row = await unknown(kosmo)
    gone(kosmo)
    await send(kosmo, "another post", await kosmo.profile())
    assert await kosmo.outbox.settle_all() == kosmo.outbox.needing() == 1
    row = kosmo.outbox.get(row.id)
    assert row.state == "unknown"
    assert "1 made since it was sent" in row.hint
    evidence = kosmo.outbox.evidence(row)
    assert evidence.sent.text == "lost" and evidence.at is not None
    assert [seen.text for seen in evidence.seen] == ["another post"]


async def test_two_equal_posts_are_not_told_apart(sandbox: Sandbox, tmp_path: Path) -> None:
    first = Kosmo(sandbox, tmp_path)
    _, row = await unknown(first)
    target = await first.profile()
    await first.accounts.buffer["agency"].create_update("lost", [target.profile_id])  # by somebody else
    await first.close()
    second = Kosmo(sandbox, tmp_path)
    await second.outbox.settle_all()
    row = second.outbox.get(row.id)
    assert row.state == "unknown"
    assert [seen.text for seen in second.outbox.evidence(row).seen] == ["lost", "lost"]
    await second.close()


async def test_one_reading_serves_all_unknown_posts_of_an_account(kosmo: Kosmo) -> None:
    for network in ("mastodon", "bluesky"):
        for number in range(3):
            await send(kosmo, f"{network} {number}", await kosmo.profile(network), LOST, BLIND)
    await kosmo.accounts.buffer["agency"].list_profiles()
    kosmo.sandbox.log.clear()
    assert await kosmo.outbox.settle_all() == 0
    assert [entry["operation"] for entry in kosmo.sandbox.log] == ["posts"]
    assert {row.state for row in kosmo.outbox.rows()} == {"confirmed"}


async def test_nobody_looks_unasked_when_requests_run_out(kosmo: Kosmo) -> None:
    _, row = await unknown(kosmo)
    outbox = Outbox(kosmo.publisher, may_look=lambda account: account != "buffer.agency")
    kosmo.sandbox.log.clear()
    assert await outbox.settle_all() == 1 and list(kosmo.sandbox.log) == []
    assert (await outbox.settle(row.id)).state == "confirmed", "a person may always look"
    await outbox.aclose()


@pytest.mark.parametrize("days", [-1, 1])
async def test_the_clock_of_this_machine_settles_nothing(sandbox: Sandbox, tmp_path: Path, days: int) -> None:
    """Whatever it says when something is sent, and when it is looked for by a later kosmo."""
    first = Kosmo(sandbox, tmp_path, now=lambda: sandbox.clock.now() + timedelta(days=days))
    target = await first.profile()
    await unknown(first)
    update = await first.accounts.buffer["agency"].create_update("to be changed", [target.profile_id])
    blind = [{"match": "post", "fault": "slow", "seconds": 0}, {"match": "post", "fault": "html", "times": 9}]
    sandbox.faults.load([{"match": "deletePost", "fault": "drop_before"}, *blind])
    publication = first.publisher.write([delete(update.updates[0], target)])
    await publication.wait()
    sandbox.faults.clear()
    await first.close()
    second = Kosmo(sandbox, tmp_path, now=lambda: sandbox.clock.now() - timedelta(days=days))
    await second.outbox.settle_all()
    assert {row.kind: row.state for row in second.outbox.rows()} == {"create": "confirmed", "delete": "unknown"}
    sandbox.clock.advance(600)
    await second.outbox.settle_all()
    assert {row.kind: row.state for row in second.outbox.rows()} == {"create": "confirmed", "delete": "refused"}
    await second.close()


async def test_what_a_first_attempt_made_is_found_after_a_second_was_refused(kosmo: Kosmo) -> None:
    """The first one is under way for long, is not seen, and is sent again, which the service refuses."""
    _, row = await unknown(kosmo)
    posts = kosmo.sandbox.buffer.world.posts
    real = next(post for post in kosmo.sandbox.buffer.posts_now() if post["text"] == "lost")
    hidden = posts.get(real["id"])
    assert hidden is not None
    posts.remove(hidden.id)
    kosmo.sandbox.clock.advance(60)
    kosmo.sandbox.faults.load([{"match": "createPost", "fault": "rate_limited"}])
    again = await kosmo.outbox.send_again(row.id)
    await again.wait()
    assert again.rows[0].state == "refused"
    posts.put(hidden)
    kosmo.sandbox.clock.advance(60)
    again = await kosmo.outbox.send_again(row.id)
    await again.wait()
    assert (again.rows[0].state, live(kosmo.sandbox, "lost")) == ("confirmed", 1)


async def test_one_write_that_cannot_be_looked_for_keeps_no_other_from_it(sandbox: Sandbox, tmp_path: Path) -> None:
    first = Kosmo(sandbox, tmp_path)
    target = await first.profile()
    order = of_post(draft("lost", target), target, QUEUE)
    bad = new_write(order, batch="b", draft=None, draft_id=None, reason="", not_before=None)
    sandbox.faults.load([LOST, BLIND])
    await first.publisher.start(draft("lost", target), [target], QUEUE).wait()
    gone_ = replace(bad, profile_id="0" * 24, target="buffer.agency/gone", fingerprint="gone")
    damaged = replace(bad, request="{", target="buffer.agency/damaged", fingerprint="damaged")
    for row in first.store.outbox.add([gone_, damaged]):  # newer, so they are looked for first
        first.store.outbox.settle(row.id, "unknown")
    sandbox.faults.clear()
    assert await first.outbox.settle_all() == 2
    states = {row.target: row.state for row in first.outbox.rows()}
    assert first.outbox.evidence(first.outbox.rows()[0]).sent.text == "lost", "as much as its summary tells"
    notes = [row.hint for row in first.outbox.rows(states={"unknown"})]
    await first.close()
    assert states[target.key] == "confirmed"
    assert all("cannot be looked for" in note for note in notes), notes


async def test_what_a_killed_kosmo_left_unsent_is_for_a_person(sandbox: Sandbox, tmp_path: Path) -> None:
    first = Kosmo(sandbox, tmp_path, hold=60)
    target = await first.profile()
    for text in ("discarded", "drafted", "sent after all"):
        publication = first.publisher.start(draft(text, target), [target], NOW)
        noted = asyncio.Event()
        publication.subscribe(lambda one, noted=noted: noted.set() if one.rows[0].id else None)  # type: ignore[misc]
        await noted.wait()
    second = Kosmo(sandbox, tmp_path)
    assert await second.outbox.settle_all() == 0, "the first one lives: nobody touches its rows"
    for row in second.outbox.rows():
        with pytest.raises(StorageError):
            await second.outbox.discard(row.id)
        with pytest.raises(StorageError):
            await second.outbox.send_again(row.id)
    first.kill()
    assert await second.outbox.settle_all() == 3
    by_text = {row.summary: row.id for row in second.outbox.rows()}
    await second.outbox.discard(by_text["discarded"])
    assert (await second.outbox.to_draft(by_text["drafted"])).text == "drafted"
    publication = await second.outbox.send_again(by_text["sent after all"])
    await publication.wait()
    assert second.outbox.needing() == 0
    states = {row.summary: row.state for row in second.outbox.rows()}
    assert states == {"discarded": "refused", "drafted": "refused", "sent after all": "confirmed"}
    assert live(sandbox, "sent after all") == 1 and live(sandbox, "discarded") == live(sandbox, "drafted") == 0
    await first.publisher.aclose(0)
    await first.accounts.aclose()
    await second.close()


async def test_two_kosmos_do_not_send_one_row_twice(sandbox: Sandbox, tmp_path: Path) -> None:
    first, second = Kosmo(sandbox, tmp_path), Kosmo(sandbox, tmp_path)
    for number in range(10):
        text = f"both {number}"
        _, row = await unknown(first, text)
        gone(first)
        publications = await asyncio.gather(first.outbox.send_again(row.id), second.outbox.send_again(row.id))
        await asyncio.gather(*(publication.wait() for publication in publications))
        row = first.outbox.get(row.id)
        assert (row.state, row.attempt, live(sandbox, text)) == ("confirmed", 2, 1)
    await first.close()
    await second.close()


async def test_what_another_kosmo_has_in_hand_is_not_settled_nor_sent_again(sandbox: Sandbox, tmp_path: Path) -> None:
    first, second = Kosmo(sandbox, tmp_path), Kosmo(sandbox, tmp_path)
    _, row = await unknown(first)
    gone(first)
    look = await second.publisher.settler.look(row)
    first.store.outbox.again(row.id)
    first.store.outbox.claim(row.id, sandbox.clock.now())
    with pytest.raises(StorageError):
        await second.publisher.settler.note(row, look)
    publication = second.publisher.again(row)  # ordered on what was shown before
    await publication.wait()
    assert "nothing was sent" in publication.rows[0].note
    assert second.outbox.get(row.id).state == "sending"
    assert live(sandbox, "lost") == 0
    await first.close()
    await second.close()


async def test_it_looks_again_by_itself_when_the_account_answers(kosmo: Kosmo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "FIRST_PAUSE", 3600.0)
    publication, row = await unknown(kosmo)
    await told(kosmo)  # of the unknown write; by then there is a reader, which waits for its pause to end
    assert kosmo.outbox.get(row.id).state == "unknown"
    found = asyncio.Event()
    publication.subscribe(lambda one: found.set() if one.rows[0].state == "confirmed" else None)
    kosmo.outbox.reachable("buffer.agency")
    await asyncio.wait_for(found.wait(), 10)


async def test_it_stops_looking_when_looking_tells_nothing_new(kosmo: Kosmo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "FIRST_PAUSE", 0.0)
    _, row = await unknown(kosmo)
    gone(kosmo)
    kosmo.sandbox.clock.advance(3600)
    await kosmo.outbox.settle_all()
    await asyncio.gather(*kosmo.outbox._readers.values())
    assert kosmo.outbox.get(row.id).state == "unknown"
    assert sum("posts" in (entry["operation"] or "") for entry in kosmo.sandbox.log) <= 2


async def test_old_confirmed_writes_are_forgotten(sandbox: Sandbox, tmp_path: Path) -> None:
    kosmo = Kosmo(sandbox, tmp_path)
    await send(kosmo, "old", await kosmo.profile())
    _, row = await unknown(kosmo, "old and unknown")
    gone(kosmo)
    later = kosmo.sandbox.clock.now() + timedelta(days=91)
    kosmo.publisher.now = lambda: later
    await kosmo.outbox.settle_all()
    assert [row.summary for row in kosmo.outbox.rows()] == ["old and unknown"]
    assert row.id
    await kosmo.close()
