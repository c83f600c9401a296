"""Closing, holding back, and the journal: what is not sent is known, and what may be sent is written down before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from kosmo_tui.api.buffer.models import CreateResult
from kosmo_tui.api.instagram.models import Published
from kosmo_tui.compose.when import When
from kosmo_tui.services.publish import Publication, Publisher
from kosmo_tui.store.errors import StoreError
from tests.services.publishing import (
    DRAFT,
    INSTAGRAM,
    MOMENT,
    Buffer,
    Hub,
    Instagram,
    all_well,
    profile,
    publisher_of,
    states,
    stored,
)

# Closing


async def test_closing_waits_then_leaves_what_is_open_as_unknown() -> None:
    called = asyncio.Event()

    async def never(*_: Any, **__: Any) -> CreateResult:
        called.set()
        await asyncio.Event().wait()
        raise AssertionError

    publisher = publisher_of(Hub({"agency": Buffer(never), "other": Buffer(all_well)}))
    other = publisher.start(DRAFT, [profile(2, "buffer.other")], When("queue"))
    publication = publisher.start(DRAFT, [profile(1)], When("queue"))
    await other.wait()
    await called.wait()
    await publisher.aclose(grace=0.01)
    assert (states(publication), states(other)) == ({"p1": "unknown"}, {"p2": "confirmed"})
    assert stored(publisher) == {"p1": "unknown", "p2": "confirmed"}
    assert publisher.pending == 0
    await publisher.aclose()


async def test_closing_while_instagram_prepares_is_refused_and_after_it_unknown() -> None:
    async def stays(*, on_container: Callable[[str], Awaitable[None]], caption: str, **_: Any) -> Published:
        if caption == "later":
            await on_container("c1")
        arrived.set()
        await asyncio.Event().wait()
        raise AssertionError

    for caption in ("early", "later"):
        arrived = asyncio.Event()
        publisher = publisher_of(Hub(instagram={"brand": Instagram(stays)}))
        publisher.start(DRAFT.replace(text=caption), [INSTAGRAM], When("now"))
        await arrived.wait()
        await publisher.aclose(grace=0)
        (row,) = publisher.store.outbox.rows()
        assert (row.state, row.reference) == (("unknown", "c1") if caption == "later" else ("refused", ""))


# Holding back


async def held(hold: float = 60, **options: Any) -> tuple[Publisher, Publication, Buffer]:
    client = Buffer(all_well)
    publisher = publisher_of(Hub({"agency": client}), hold=hold, now=lambda: MOMENT, **options)
    publication = publisher.start(DRAFT, [profile(1), profile(2)], When("now"))
    noted = asyncio.Event()
    publication.subscribe(lambda one: noted.set() if one.rows[-1].id is not None else None)
    await noted.wait()
    return publisher, publication, client


async def test_a_post_for_now_can_be_taken_back() -> None:
    publisher, publication, client = await held()
    assert (publisher.holding, publisher.pending) == (2, 2)
    assert publication.held_until is not None and (publication.held_until - MOMENT).total_seconds() == 60
    assert {row.not_before for row in publisher.store.outbox.rows()} == {publication.held_until}
    assert publisher.take_back(publication)
    assert not publisher.take_back(publication), "only once"
    await publication.wait()
    assert (client.calls, client.prepared, publisher.store.outbox.rows()) == ([], [], [])
    assert publication.taken_back and publication.rest is not None
    assert publication.rest.targets == ("buffer.agency/p1", "buffer.agency/p2")
    assert (publisher.holding, publisher.pending) == (0, 0)


async def test_an_old_look_is_no_word_on_what_is_sent_again() -> None:
    publisher, publication, _ = await held()
    for row in publisher.store.outbox.rows():
        publisher.tell(replace(row, state="unknown", note="looked at before it was sent again"))
    assert not publication.done
    assert publisher.take_back(publication)
    await publication.wait()


async def test_it_is_sent_when_the_time_is_up_or_at_once_when_asked() -> None:
    publisher, publication, client = await held(hold=0.05)
    await publication.wait()
    assert len(client.calls) == 2
    assert not publisher.take_back(publication)
    publisher, publication, client = await held()
    publisher.send_now(publication)
    await publication.wait()
    assert len(client.calls) == 2 and publication.held_until is None


async def test_only_posts_for_now_are_held_back() -> None:
    client = Buffer(all_well)
    publisher = publisher_of(Hub({"agency": client}), hold=60)
    await publisher.start(DRAFT, [profile(1)], When("queue")).wait()
    assert len(client.calls) == 1


async def test_closing_neither_sends_nor_loses_what_is_held_back() -> None:
    publisher, publication, client = await held()
    await publisher.aclose()
    await publication.wait()
    assert client.calls == []
    assert set(stored(publisher).values()) == set(states(publication).values()) == {"queued"}
    assert "Not sent" in publication.rows[0].note
    publisher, publication, client = await held()
    await publisher.aclose(finish=True)
    assert set(states(publication).values()) == {"confirmed"}


# The journal


async def test_without_a_journal_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Buffer(all_well)
    for publisher in (publisher_of(Hub({"agency": client}), volatile=False), publisher_of(Hub({"agency": client}))):
        if publisher._journal:
            monkeypatch.setattr(publisher.store.outbox, "add", full)
        publication = publisher.start(DRAFT, [profile(1)], When("now"))
        await publication.wait()
        assert states(publication) == {"p1": "refused"}
        assert "nothing was sent" in publication.rows[0].note
        assert publication.rest is not None
    assert client.calls == []


def full(*_: Any, **__: Any) -> Any:
    raise StoreError("the disk is full", "make room")


async def test_a_claim_that_cannot_be_written_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Buffer(all_well)
    publisher = publisher_of(Hub({"agency": client}))
    monkeypatch.setattr(publisher.store.outbox, "claim", full)
    publication = publisher.start(DRAFT, [profile(1)], When("queue"))
    await publication.wait()
    assert (states(publication), stored(publisher), client.calls) == ({"p1": "refused"}, {"p1": "refused"}, [])


async def test_an_answer_that_cannot_be_written_is_told_and_written_later(monkeypatch: pytest.MonkeyPatch) -> None:
    publisher = publisher_of(Hub({"agency": Buffer(all_well)}))
    with monkeypatch.context() as broken:
        broken.setattr(publisher.store.outbox, "settle", full)
        publication = publisher.start(DRAFT, [profile(1)], When("queue"))
        await publication.wait()
    assert states(publication) == {"p1": "confirmed"}
    assert any("could not be written" in notice for notice in publication.notices)
    assert stored(publisher) == {"p1": "sending"}, "as a reader at the next start would find it"
    await publisher.start(DRAFT, [profile(2)], When("queue")).wait()
    assert stored(publisher) == {"p1": "confirmed", "p2": "confirmed"}


async def test_one_row_that_cannot_be_written_keeps_no_other_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    publisher = publisher_of(Hub({"agency": Buffer(all_well)}))
    settle, stuck = publisher.store.outbox.settle, [1]

    def some(id: int, *given: Any, **options: Any) -> Any:
        return full() if id in stuck else settle(id, *given, **options)

    monkeypatch.setattr(publisher.store.outbox, "settle", some)
    for number in (1, 2):
        await publisher.start(DRAFT, [profile(number)], When("queue")).wait()
    assert stored(publisher) == {"p1": "sending", "p2": "confirmed"}
    stuck.clear()
    await publisher.aclose()
    assert stored(publisher) == {"p1": "confirmed", "p2": "confirmed"}, "closing is the last chance to write it"


async def test_a_fault_in_writing_an_answer_down_leaves_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: Any, **__: Any) -> Any:
        raise TypeError("a bug")

    publisher = publisher_of(Hub({"agency": Buffer(all_well)}))
    monkeypatch.setattr(publisher.store.outbox, "settle", fault)
    publication = publisher.start(DRAFT, [profile(1)], When("queue"))
    await asyncio.wait_for(publication.wait(), 10)
    assert states(publication) == {"p1": "confirmed"}
    assert any("could not be written" in notice for notice in publication.notices)


async def test_a_container_that_cannot_be_noted_is_not_published(monkeypatch: pytest.MonkeyPatch) -> None:
    published: list[str] = []

    async def makes(*, on_container: Callable[[str], Awaitable[None]], **_: Any) -> Published:
        await on_container("c1")
        published.append("c1")
        return Published(id="17")

    publisher = publisher_of(Hub(instagram={"brand": Instagram(makes)}))
    monkeypatch.setattr(publisher.store.outbox, "refer", full)
    publication = publisher.start(DRAFT, [INSTAGRAM], When("now"))
    await publication.wait()
    assert ([row.state for row in publication.rows], published) == (["refused"], [])


async def test_an_equal_post_is_not_sent_while_one_is_on_its_way() -> None:
    release, called = asyncio.Event(), asyncio.Event()

    async def slow(ids: Sequence[str], **_: Any) -> CreateResult:
        called.set()
        await release.wait()
        return await all_well(ids)

    client = Buffer(slow)
    publisher = publisher_of(Hub({"agency": client}))
    first = publisher.start(DRAFT, [profile(1)], When("queue"))
    await called.wait()
    second = publisher.start(DRAFT, [profile(1)], When("queue"))
    await second.wait()
    assert states(second) == {"p1": "refused"}
    release.set()
    await first.wait()
    assert (states(first), len(client.calls)) == ({"p1": "confirmed"}, 1)
    await publisher.start(DRAFT, [profile(1)], When("queue")).wait()
    assert len(client.calls) == 2, "afterwards the same may be said again"
