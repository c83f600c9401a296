"""What is known of a profile without asking."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from types import SimpleNamespace

import httpx
import pytest

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.api.buffer.models import DailyLimit
from kosmo_tui.api.http import in_process
from kosmo_tui.compose.facts import MediaFact
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.services.budget import Budget
from kosmo_tui.services.drafts import Drafts
from kosmo_tui.services.facts import facts, of_files
from kosmo_tui.services.targets import profile_target
from kosmo_tui.services.workspace import BufferDesk
from kosmo_tui.store.database import Store


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(unlimited=True)


@pytest.fixture
async def desk(sandbox: Sandbox) -> AsyncIterator[BufferDesk]:
    async with Hub.for_sandbox(sandbox.describe("http://sandbox.localhost"), in_process(sandbox.app)) as hub:
        store = Store.in_memory()
        budget = Budget(store.ledger, lambda: datetime.now(UTC))
        stored = SimpleNamespace(drafts=Drafts(store), outbox=store.outbox, store=store, budget=budget)
        yield BufferDesk("buffer.default", hub, lambda: datetime.now(UTC), stored)
        store.close()


async def test_nothing_is_known_before_anything_was_read(desk: BufferDesk) -> None:
    found = facts(desk, "nobody")
    assert (found.posts, found.plan_limit, found.planned, found.as_of) == ((), None, 0, None)


async def test_facts_are_what_the_lists_show(desk: BufferDesk, sandbox: Sandbox) -> None:
    await desk.refresh()
    profile = desk.profiles[0]
    await desk.sent(profile.id).refresh()
    seen = len(sandbox.log)
    day = date(2026, 11, 23)
    daily = {
        day: (
            DailyLimit(profile_id=profile.id, sent=2, scheduled=3, limit=9),
            DailyLimit(profile_id="x", sent=1, scheduled=1),
        )
    }
    found = facts(desk, profile.id, daily=daily, media={"u": MediaFact(size=1)})
    assert len(sandbox.log) == seen  # it asks nobody
    waiting = [update for update in desk.queue.items if update.profile_id == profile.id]
    scheduled = {update.id for update in waiting if update.status == "scheduled"}
    sent = {update.id: update for update in desk.sent(profile.id).items}
    assert {post.id for post in found.posts} == {*sent, *(update.id for update in waiting)}
    assert found.planned == len(scheduled) > 0
    assert found.plan_limit == 10  # of the free plan
    assert (found.daily_limit, found.daily_used) == (9, {day: 5})
    assert found.as_of == desk.queue.as_of
    for post in found.posts:
        if post.id in sent:
            update = sent[post.id]
            assert (post.at, post.status, post.text) == (update.sent_at, "sent", update.text.raw)
            assert post.media == tuple(one.url for one in update.media if one.type != "link")
    assert next(iter(scheduled)) not in {post.id for post in found.without(next(iter(scheduled))).posts}
    assert found.without(next(iter(scheduled))).planned == found.planned - 1
    assert found.without(next(iter(sent))).planned == found.planned


async def test_the_boards_of_a_profile_are_its_target_s(sandbox: Sandbox) -> None:
    async with Hub.for_sandbox(sandbox.describe("http://sandbox.localhost"), in_process(sandbox.app)) as hub:
        listed = [one for name in hub.buffer for one in await hub.buffer[name].list_profiles()]
    (pinterest,) = [one for one in listed if one.service == "pinterest"]
    assert profile_target("buffer.x", pinterest).boards == tuple((board.id, board.name) for board in pinterest.boards)
    assert pinterest.boards


async def test_files_are_looked_at_once_each() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        if request.url.path == "/gone.jpg":
            return httpx.Response(404)
        return httpx.Response(200, headers={"content-type": "image/jpeg", "content-length": "1234"})

    there, gone = "https://northwind.example/a.jpg", "https://northwind.example/gone.jpg"
    found = await of_files([there, gone, there], httpx.MockTransport(answer))
    assert sorted(asked) == [there, gone]
    assert found[there] == MediaFact(size=1234, type="image/jpeg")
    assert "404" in found[gone].problem
