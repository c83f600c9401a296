"""Before the last look: how full a day is and what the files are, asked for once and never waited for long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.api.http import in_process
from kosmo_tui.compose.draft import Attachment, Draft, Target
from kosmo_tui.compose.facts import Facts, MediaFact
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.sandbox.buffer.networks import NETWORKS
from kosmo_tui.services import asking, rehearsal
from kosmo_tui.services.asking import Asking
from kosmo_tui.services.budget import Budget
from kosmo_tui.services.drafts import Drafts
from kosmo_tui.services.facts import of_files
from kosmo_tui.services.outbox import Outbox
from kosmo_tui.services.publish import Publisher
from kosmo_tui.services.review import Review, review
from kosmo_tui.services.targets import profile_targets
from kosmo_tui.services.workspace import BufferDesk, Workspace
from kosmo_tui.store.database import Store

PHOTO = "https://media.example/roast.jpg"


@pytest.fixture
async def workspace() -> AsyncIterator[tuple[Workspace, Sandbox]]:
    sandbox = Sandbox()
    async with Hub.for_sandbox(sandbox.describe("http://sandbox.localhost"), in_process(sandbox.app)) as hub:
        store = Store.in_memory()
        found = Workspace(
            hub,
            lambda: datetime.now(UTC),
            SimpleNamespace(
                drafts=Drafts(store),
                outbox=Outbox(Publisher(hub, store)),
                store=store,
                budget=Budget(store.ledger, lambda: datetime.now(UTC)),
            ),
        )
        desk = found.desks["buffer.agency"]
        await desk.refresh()
        yield found, sandbox


def target(workspace: Workspace, network: str) -> Target:
    desk = workspace.desks["buffer.agency"]
    assert isinstance(desk, BufferDesk)
    return next(one for one in profile_targets(desk.account, desk.profiles) if one.network == network)


def looked(draft: Draft, on: Target) -> Review:
    return review(draft.replace(targets=(on.key,)), [on], datetime.now(UTC))


def asked(sandbox: Sandbox) -> int:
    return sum("dailyPostingLimits" in str(entry["operation"]) for entry in sandbox.log)


async def test_a_full_day_is_known_before_anything_is_sent(
    workspace: tuple[Workspace, Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the composer and to a dry run: both refuse what the service then refuses."""
    found, sandbox = workspace
    on = target(found, "facebook")
    desk = found.desks["buffer.agency"]
    assert isinstance(desk, BufferDesk)
    at = datetime.now(UTC) + timedelta(days=3)
    draft = Draft(text="One too many", when=at.isoformat(timespec="minutes"))
    given = {"text": draft.text, "profile_ids": [on.profile_id], "scheduled_at": draft.when}

    async def told() -> tuple[Review, Review]:
        """What the composer and the dry run say, by their own requests."""
        full = await Asking(found.desks, None).complete({}, looked(draft, on))
        here = review(draft.replace(targets=(on.key,)), [on], datetime.now(UTC), full)
        return here, (await rehearsal.of_update(desk.client, desk.account, given, heads=False)).review

    before = asked(sandbox)
    assert not any(one.blocked for one in await told())
    assert asked(sandbox) - before == 2
    (limit,) = await desk.client.daily_limits([on.profile_id or ""], at.astimezone(on.tz).date())
    full = replace(NETWORKS["facebook"], daily_limit=limit.sent + limit.scheduled)
    monkeypatch.setitem(NETWORKS, "facebook", full)  # the day of the service is full now
    for one in await told():
        assert [finding.code for finding in one.errors] == ["daily_limit"]
    result = await desk.client.create_update(**given)
    assert [failure.kind for failure in result.failures] == ["refused"]


async def test_an_account_near_its_limit_is_not_asked(workspace: tuple[Workspace, Sandbox]) -> None:
    found, sandbox = workspace
    on = target(found, "facebook")
    desk = found.desks["buffer.agency"]
    window = desk.window
    assert window is not None and window.limit
    for _ in range(window.remaining - int(window.limit * asking.RESERVE) + 1):
        await desk.client.organizations(refresh=True)  # type: ignore[union-attr]
    at = (datetime.now(UTC) + timedelta(days=3)).isoformat(timespec="minutes")
    await Asking(found.desks, None).complete({}, looked(Draft(text="Hello", when=at), on))
    assert asked(sandbox) == 0


async def test_a_file_is_looked_at_once(workspace: tuple[Workspace, Sandbox]) -> None:
    found, _ = workspace
    on, seen = target(found, "facebook"), list[str]()

    def answer(request: Any) -> Response:
        seen.append(str(request.url))
        return Response(headers={"content-type": "image/jpeg", "content-length": "123"})

    web = Starlette(routes=[Route("/{path:path}", answer, methods=["HEAD"])])
    files = Asking(found.desks, partial(of_files, transport=in_process(web)))
    for _ in range(2):
        full = await files.complete({on.key: Facts(planned=7)}, looked(Draft(media=(Attachment(PHOTO, "A bag"),)), on))
        assert full[on.key] == Facts(planned=7, media={PHOTO: MediaFact(type="image/jpeg", size=123)})
    assert len(seen) == 1


async def test_slow_hosts_and_lost_answers_keep_nobody_waiting(
    workspace: tuple[Workspace, Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, sandbox = workspace
    on = target(found, "facebook")
    monkeypatch.setattr(asking, "PATIENCE", 0.05)
    sandbox.faults.load([{"match": "dailyPostingLimits", "fault": "hang_after_commit"}])

    async def never(urls: Iterable[str]) -> dict[str, MediaFact]:
        await sandbox_is_gone.wait()
        return {}

    sandbox_is_gone = asyncio.Event()
    at = (datetime.now(UTC) + timedelta(days=3)).isoformat(timespec="minutes")
    draft = Draft(text="Hello", when=at, media=(Attachment(PHOTO, "A bag"),))
    assert await Asking(found.desks, never).complete({}, looked(draft, on)) == {on.key: Facts()}
