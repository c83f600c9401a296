"""What may be sent again, and what a person decides: it is looked for first."""

from __future__ import annotations

from pathlib import Path

import pytest

from kosmo_tui.compose.draft import Draft
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.services.drafts import Drafts
from kosmo_tui.services.orders import Order, new_write, of_post
from kosmo_tui.services.storage import StorageError
from tests.services.kosmos import Kosmo, draft, live
from tests.services.outbox.writes import BLIND, LOST, NOW, QUEUE, gone, send, unknown


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
