"""The first free slot is the one that the service gives: asked of the sandbox, whose slots are made apart from ours."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.api.buffer.models import Profile, Update
from kosmo_tui.api.http import in_process
from kosmo_tui.compose.when import parse
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.services.budget import Budget
from kosmo_tui.services.drafts import Drafts
from kosmo_tui.services.slots import known_free, known_slots, next_free, zone_of
from kosmo_tui.services.workspace import BufferDesk
from kosmo_tui.store.database import Store
from tests.sandbox.asking import Still

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# zone, times of the week's days, paused days: each has a time in the hour that a change of clocks skips or repeats
SCHEDULES: list[tuple[str, dict[str, tuple[str, ...]], tuple[str, ...]]] = [
    ("Europe/Berlin", dict.fromkeys(WEEK, ("02:30", "09:00")), ()),
    ("America/New_York", dict.fromkeys(WEEK, ("01:15", "02:15")), ("sat",)),
    ("Australia/Lord_Howe", dict.fromkeys(WEEK, ("01:45", "02:00", "02:15")), ("mon", "tue")),
    ("Pacific/Chatham", {"sun": ("03:00", "02:50"), "sat": ("23:59",)}, ()),
    ("America/St_Johns", {"sun": ("02:00", "00:00"), "wed": ("12:00",)}, ("wed",)),
]
# Shortly before the changes of March, April, September and October, and before those of New York.
STARTS = [
    datetime(2027, 3, 26, 15, tzinfo=UTC),
    datetime(2027, 4, 2, 20, tzinfo=UTC),
    datetime(2027, 9, 24, 23, 30, tzinfo=UTC),
    datetime(2027, 10, 29, 1, tzinfo=UTC),
    datetime(2027, 3, 13, 4, tzinfo=UTC),
    datetime(2027, 11, 6, 4, 59, tzinfo=UTC),
]


TEXT_ALONE = ("twitter", "linkedin", "mastodon", "bluesky", "facebook", "threads")


@pytest.fixture(params=STARTS, ids=lambda start: f"{start:%Y-%m-%d}")
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    return Sandbox(seed=5, posts=8, clock=Still(request.param), unlimited=True)


@pytest.fixture
async def hub(sandbox: Sandbox) -> AsyncIterator[Hub]:
    async with Hub.for_sandbox(sandbox.describe("http://sandbox.localhost"), in_process(sandbox.app)) as hub:
        yield hub


async def scheduled(hub: Hub, sandbox: Sandbox) -> list[Profile]:
    """Profiles that can post, with the schedules above."""
    client, given = hub.buffer["agency"], iter(SCHEDULES)
    usable = [
        profile.id
        for profile in await client.list_profiles()
        if profile.service in TEXT_ALONE and not (profile.disconnected or profile.locked)
    ]
    for profile_id, (zone, times, paused) in zip(usable, given, strict=False):
        channel = sandbox.buffer.world.channels[profile_id]
        channel.timezone, channel.schedule, channel.paused_days = zone, times, paused
    return [profile for profile in await client.list_profiles() if profile.id in usable[: len(SCHEDULES)]]


def desk_of(hub: Hub, now: Callable[[], datetime]) -> BufferDesk:
    store = Store.in_memory(now)
    budget = Budget(store.ledger, now)
    stored = SimpleNamespace(drafts=Drafts(store), outbox=store.outbox, store=store, budget=budget)
    return BufferDesk("buffer.agency", hub, now, stored)


async def pending(hub: Hub, profile: Profile) -> tuple[Update, ...]:
    return (await hub.buffer["agency"].list_pending_updates(profile.id, count=100)).updates


async def test_the_queue_takes_the_first_free_slot(hub: Hub, sandbox: Sandbox) -> None:
    client, now = hub.buffer["agency"], sandbox.clock.now
    profiles = await scheduled(hub, sandbox)
    assert len(profiles) == len(SCHEDULES)
    for profile in profiles:
        for number in range(6):
            free = next_free(profile, await pending(hub, profile), now())
            assert len(free) == 9
            phrase, takes = ("next3", free[2]) if number % 3 == 1 else ("next", free[0])  # now and then one from behind
            when = parse(phrase, zone_of(profile), now(), free)
            (made,) = (await client.create_update(f"queued {number}", [profile.id], scheduled_at=when.iso)).updates
            assert made.scheduled_at is not None and when.at is not None
            assert made.scheduled_at.timestamp() == takes.timestamp() == when.at.timestamp(), profile.timezone
        sandbox.clock.advance(5 * 3600)  # some of them go out


async def test_only_what_holds_a_slot_takes_it(hub: Hub, sandbox: Sandbox) -> None:
    client, now = hub.buffer["agency"], sandbox.clock.now()
    for profile in await scheduled(hub, sandbox):
        first, second, *_ = next_free(profile, await pending(hub, profile), now)
        beside = (first + timedelta(seconds=30)).isoformat()
        await client.create_update("half a minute later", [profile.id], scheduled_at=beside)
        await client.create_update("a draft", [profile.id], scheduled_at=first.isoformat(), save_to_draft=True)
        (made,) = (await client.create_update("queued", [profile.id])).updates
        assert made.scheduled_at is not None and made.scheduled_at.timestamp() == first.timestamp(), profile.timezone
        (after, *_) = next_free(profile, await pending(hub, profile), now)
        assert after.timestamp() == second.timestamp()


async def test_behind_the_last_loaded_post_no_slot_is_known(
    hub: Hub, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, profiles = sandbox.clock.now, await scheduled(hub, sandbox)
    whole, part = desk_of(hub, now), desk_of(hub, now)
    for days in (4, 5):
        due = (now() + timedelta(days=days)).isoformat()
        await hub.buffer["agency"].create_update("later", [profiles[0].id], scheduled_at=due)
    await whole.refresh()
    monkeypatch.setattr("kosmo_tui.services.workspace.QUEUE_PAGE", len(whole.queue.items) - 1)
    await part.refresh()
    assert part.queue.has_more and not whole.queue.has_more
    end = max(update.scheduled_at.timestamp() for update in part.queue.items if update.scheduled_at)
    for profile in profiles:
        every, known = known_free(whole, profile, now()), known_free(part, profile, now())
        assert every == next_free(profile, await pending(hub, profile), now())
        assert known == tuple(slot for slot in every if slot.timestamp() < end)
        week = list(known_slots(whole, profile, now(), 7))
        assert list(known_slots(part, profile, now(), 7)) == [slot for slot in week if slot.at.timestamp() < end]
    assert any(known_free(part, profile, now()) for profile in profiles)


async def test_of_a_queue_that_was_never_read_no_slot_is_known(hub: Hub, sandbox: Sandbox) -> None:
    now, unread = sandbox.clock.now, desk_of(hub, sandbox.clock.now)
    for profile in await scheduled(hub, sandbox):
        assert known_free(unread, profile, now()) == () and not list(known_slots(unread, profile, now(), 7))
