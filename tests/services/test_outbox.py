"""The outbox with real requests: what settles by looking, what asks a person, and what a person can decide."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kosmo_tui.compose.draft import Draft, Target
from kosmo_tui.compose.when import When
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.services import outbox as outbox_module
from kosmo_tui.services.drafts import Drafts
from kosmo_tui.services.editing import delete, move, reschedule
from kosmo_tui.services.orders import Order, new_write, of_post, request_of
from kosmo_tui.services.outbox import Outbox
from kosmo_tui.services.publication import Publication
from kosmo_tui.services.spent import drop_spent
from kosmo_tui.services.storage import StorageError
from kosmo_tui.store.records import OutboxRow
from tests.services.kosmos import INSTAGRAM, PHOTO, Kosmo, draft, live

NOW, QUEUE = When("now"), When("queue")
LOST = {"match": "createPost", "fault": "drop_after_commit"}
BLIND = {"match": "posts", "fault": "status", "code": 500, "times": 50}


@pytest.fixture(scope="module")
def one_sandbox() -> Sandbox:
    return Sandbox(unlimited=True)


@pytest.fixture
def sandbox(one_sandbox: Sandbox) -> Sandbox:
    one_sandbox.reset()
    return one_sandbox


@pytest.fixture
async def kosmo(sandbox: Sandbox, tmp_path: Path) -> Any:
    kosmo = Kosmo(sandbox, tmp_path)
    yield kosmo
    await kosmo.close()


async def send(kosmo: Kosmo, text: str, target: Target, *faults: dict[str, Any], when: When = QUEUE) -> Publication:
    kosmo.sandbox.faults.load(list(faults))
    publication = kosmo.publisher.start(draft(text, target), [target], when)
    await publication.wait()
    kosmo.sandbox.faults.clear()
    return publication


async def unknown(kosmo: Kosmo, text: str = "lost") -> tuple[Publication, OutboxRow]:
    """A post of which nobody knows whether it is there."""
    publication = await send(kosmo, text, await kosmo.profile(), LOST, BLIND)
    assert publication.rows[0].state == "unknown"
    return publication, kosmo.outbox.get(publication.rows[0].id or 0)


def gone(kosmo: Kosmo) -> None:
    """Nothing was made after all."""
    kosmo.sandbox.reset()


async def told(kosmo: Kosmo) -> None:
    """Wait until the outbox tells of a change."""
    heard = asyncio.Event()
    stop = kosmo.outbox.subscribe(heard.set)
    await asyncio.wait_for(heard.wait(), 10)
    stop()


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


async def test_an_equal_post_waits_for_what_is_unknown(kosmo: Kosmo) -> None:
    await unknown(kosmo)
    kosmo.sandbox.faults.load([BLIND])
    blind = kosmo.publisher.start(draft("lost", await kosmo.profile()), [await kosmo.profile()], QUEUE)
    await blind.wait()
    assert "may be there" in blind.rows[0].note
    kosmo.sandbox.faults.clear()
    again = await send(kosmo, "lost", await kosmo.profile())
    assert again.rows[0].state == "refused" and "is there already" in again.rows[0].note
    assert live(kosmo.sandbox, "lost") == 1
    once_more = await send(kosmo, "lost", await kosmo.profile())
    assert once_more.rows[0].state == "confirmed", "nothing is unknown any more: it may be said twice"


async def test_an_equal_post_looks_once_for_what_is_kept_as_unknown(kosmo: Kosmo) -> None:
    _, row = await unknown(kosmo)
    await kosmo.outbox.keep(row.id)
    again = await send(kosmo, "lost", await kosmo.profile())
    assert again.rows[0].state == "refused" and "is there already" in again.rows[0].note
    assert live(kosmo.sandbox, "lost") == 1


async def test_what_is_kept_as_unknown_and_not_there_forbids_nothing(kosmo: Kosmo) -> None:
    _, row = await unknown(kosmo)
    await kosmo.outbox.keep(row.id)
    gone(kosmo)
    again = await send(kosmo, "lost", await kosmo.profile())
    assert again.rows[0].state == "confirmed", again.rows[0].note
    assert kosmo.outbox.get(row.id).state == "unknown"


async def test_sending_again_looks_first(kosmo: Kosmo) -> None:
    _, row = await unknown(kosmo)
    publication = await kosmo.outbox.send_again(row.id)
    await publication.wait()
    assert publication.rows[0].state == "confirmed" and "found by looking" in publication.rows[0].note
    assert live(kosmo.sandbox, "lost") == 1
    assert kosmo.outbox.get(row.id).attempt == 1


async def test_sending_again_does_nothing_while_nobody_can_look(kosmo: Kosmo) -> None:
    _, row = await unknown(kosmo)
    kosmo.sandbox.faults.load([BLIND])
    publication = await kosmo.outbox.send_again(row.id)
    await publication.wait()
    assert publication.rows[0].state == "unknown" and "nothing was sent again" in publication.rows[0].note
    assert live(kosmo.sandbox, "lost") == 1


async def test_what_is_not_there_is_sent_again_on_the_same_row(kosmo: Kosmo) -> None:
    _, row = await unknown(kosmo)
    gone(kosmo)
    publication = await kosmo.outbox.send_again(row.id)
    await publication.wait()
    row = kosmo.outbox.get(row.id)
    assert (row.state, row.attempt, live(kosmo.sandbox, "lost")) == ("confirmed", 2, 1)


async def test_a_refused_post_can_be_sent_again(kosmo: Kosmo) -> None:
    publication = await send(kosmo, "refused", await kosmo.profile(), {"match": "createPost", "fault": "rate_limited"})
    assert publication.rows[0].state == "refused"
    again = await kosmo.outbox.send_again(publication.rows[0].id or 0)
    await again.wait()
    assert (again.rows[0].state, live(kosmo.sandbox, "refused")) == ("confirmed", 1)
    with pytest.raises(StorageError):
        await kosmo.outbox.send_again(again.rows[0].id or 0)


async def test_what_was_refused_although_it_is_there_is_not_sent_again(kosmo: Kosmo) -> None:
    _, row = await unknown(kosmo)
    told = kosmo.store.outbox.settle(row.id, "refused", note="the service says no")
    again = await kosmo.outbox.send_again(told.id)
    await again.wait()
    assert (again.rows[0].state, live(kosmo.sandbox, "lost")) == ("confirmed", 1)
    assert kosmo.outbox.get(row.id).state == "confirmed"


async def test_what_a_person_decides_is_told(kosmo: Kosmo) -> None:
    publication, row = await unknown(kosmo)
    await kosmo.outbox.keep(row.id)
    kept = kosmo.outbox.get(row.id)
    assert (kept.state, kept.resolved, kosmo.outbox.needing()) == ("unknown", "kept", 0)
    await kosmo.outbox.mark_sent(row.id)
    assert (publication.rows[0].state, kosmo.outbox.get(row.id).resolved) == ("confirmed", "sent")
    with pytest.raises(StorageError):
        await kosmo.outbox.keep(row.id)


async def test_a_draft_holds_what_no_target_took(kosmo: Kosmo) -> None:
    first, second = await kosmo.profile(), await kosmo.profile("bluesky")
    kosmo.sandbox.faults.load([{**LOST, "fault": "rate_limited", "times": 2}])
    post = draft("nobody", first).replace(targets=(first.key, second.key))
    publication = kosmo.publisher.start(post, [first, second], QUEUE)
    await publication.wait()
    assert {row.state for row in publication.rows} == {"refused"}
    kosmo.sandbox.faults.clear()
    taken = await kosmo.outbox.to_draft(publication.rows[0].id or 0)
    assert taken == post.replace(targets=(first.key, second.key))


async def test_a_draft_of_a_kosmo_that_was_killed_keeps_only_the_targets_without_the_post(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    first = Kosmo(sandbox, tmp_path)
    found = [await first.profile(network) for network in ("mastodon", "bluesky", "linkedin", "threads")]
    post = Draft(text="to four", targets=tuple(target.key for target in found))
    drafts = Drafts(first.store)
    kept, written_on = (drafts.add("buffer.agency", post) for _ in range(2))
    for number, draft_id in enumerate((kept.id, written_on.id)):
        orders = [of_post(post, target, QUEUE) for target in found]
        rows = first.store.outbox.add(
            [
                new_write(order, batch=f"b{number}", draft=post, draft_id=draft_id, reason="", not_before=None)
                for order in orders
            ]
        )
        for row, state in zip(rows, ("confirmed", "refused", "unknown", "confirmed"), strict=True):
            first.store.outbox.settle(row.id, state)
    changed = drafts.save(written_on, post.replace(text="something else"), written_on.place)
    sandbox.faults.load([BLIND])
    await first.close()
    second = Kosmo(sandbox, tmp_path)
    await second.outbox.settle_all()
    left = {one.id: one.draft for one in Drafts(second.store).list()}
    sandbox.faults.clear()
    await second.close()
    assert left == {kept.id: post.replace(targets=(found[1].key,)), written_on.id: changed.draft}


async def test_what_may_be_there_or_changes_a_post_is_no_draft(kosmo: Kosmo) -> None:
    _, row = await unknown(kosmo)
    with pytest.raises(StorageError, match="may be there"):
        await kosmo.outbox.to_draft(row.id)
    assert kosmo.outbox.get(row.id).state == "unknown"
    target = await kosmo.profile()
    order = Order(account=target.account, kind="delete", target=target.key, arguments={"update_id": "x"}, summary="x")
    publication = kosmo.publisher.write([order])
    await publication.wait()
    with pytest.raises(StorageError, match="changes a post"):
        await kosmo.outbox.to_draft(publication.rows[0].id or 0)


async def test_what_a_person_discarded_does_not_come_back_with_the_others_of_its_post(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    first = Kosmo(sandbox, tmp_path, hold=60)
    targets = [await first.profile(), await first.profile("bluesky")]
    post = draft("two", targets[0]).replace(targets=tuple(target.key for target in targets))
    first.publisher.start(post, targets, NOW)
    await first.close()
    second = Kosmo(sandbox, tmp_path)
    await second.outbox.settle_all()
    ids = {row.target: row.id for row in second.outbox.rows()}
    await second.outbox.discard(ids[targets[0].key])
    taken = await second.outbox.to_draft(ids[targets[1].key])
    await second.close()
    assert taken.targets == (targets[1].key,)


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
