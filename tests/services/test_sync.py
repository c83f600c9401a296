"""The history of accounts in the store: all of it, whatever happens on the way, and nothing asked for twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.api.buffer.models import Update
from kosmo_tui.api.errors import KosmoError
from kosmo_tui.api.http import in_process
from kosmo_tui.api.safe_text import clean
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.sandbox.instagram.figures import Figures
from kosmo_tui.sandbox.instagram.ranges import day_of, end_of, start_of
from kosmo_tui.services import cached, insights, media_history
from kosmo_tui.services.budget import RESERVE, Budget
from kosmo_tui.services.reader import Progress, Reader
from kosmo_tui.services.storage import open_store
from kosmo_tui.services.sync import Brought, Sync
from kosmo_tui.services.workspace import BufferDesk, InstagramDesk, Workspace

EVER = datetime(2010, 1, 1, tzinfo=UTC)
AGENCY, BRAND = "buffer.agency", "instagram.brand_account"
BUFFER = ("buffer.default", AGENCY, "buffer.client_acct")
ORDER = [*BUFFER, "instagram.default", BRAND, "instagram.agency"]


class Killed(BaseException):
    """The end of a kosmo in the middle of its work; no handler of errors sees it as one."""


class World:
    """A sandbox, and kosmos that use it one after the other with one folder."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder, self.sandbox = folder, sandbox
        self.store = open_store(folder)

    async def sync(
        self,
        *accounts: str,
        since: datetime = EVER,
        reserve: float = RESERVE,
        report: Callable[[Progress], None] = lambda _: None,
        prepare: Callable[[Hub], None] = lambda _: None,
    ) -> list[Brought]:
        about = self.sandbox.describe("http://sandbox.localhost")
        async with Hub.for_sandbox(about, in_process(self.sandbox.app)) as hub:
            prepare(hub)
            now = self.sandbox.clock.now
            sync = Sync(hub, self.store, since, folder=self.folder, reserve=reserve, now=now, report=report)
            return await sync.run(accounts)

    async def cost(self, *accounts: str, since: datetime = EVER) -> int:
        """How many requests a run takes that must bring everything."""
        before = len(self.sandbox.log)
        assert all(one.whole for one in await self.sync(*accounts, since=since))
        return len(self.sandbox.log) - before

    def restart(self) -> None:
        self.store.close()
        self.store = open_store(self.folder)

    def kept(self, account: str = AGENCY) -> dict[str, str]:
        """The posts in the store: id → status."""
        return {item.id: item.status for item in self.store.cache.rows(account, "post", first=10**6)}

    def posts(self, account: str = AGENCY) -> dict[str, str]:
        """The posts that there really are."""
        world = self.sandbox.buffer.world
        token = self.sandbox.buffer.tokens[account.partition(".")[2]]
        channels = {
            c.id for organization in world.accounts[token].organizations for c in world.channels_of(organization.id)
        }
        return {one["id"]: one["status"] for one in self.sandbox.buffer.posts_now() if one["channel"] in channels}


@pytest.fixture
def make(tmp_path: Path) -> Any:
    worlds = []

    def world(**options: Any) -> World:
        worlds.append(World(tmp_path, Sandbox(**{"unlimited": True, **options})))
        return worlds[-1]

    yield world
    for one in worlds:
        one.store.close()


async def test_every_post_is_there_and_a_second_run_asks_only_for_what_may_have_changed(make: Any) -> None:
    world = make(posts=250, hostile=True)
    brought = await world.sync(*BUFFER)
    for account, one in zip(BUFFER, brought, strict=True):
        assert one.whole
        assert world.kept(account) == world.posts(account)
    assert sum(one.requests for one in brought) == len(world.sandbox.log) <= 3 + 3 * 5
    for item in world.store.cache.rows(AGENCY, "post", first=10**6):
        assert item.text == "\n".join(map(clean, item.text.split("\n"))), "hostile texts are cleaned"
        assert (found := cached.decode(item.content, Update)) and found.text == clean(found.text.raw)
    again = await world.cost(AGENCY)
    assert again <= 4
    world.sandbox.clock.advance(3 * 86_400)  # posts have gone out, and numbers of younger ones have changed
    assert await world.cost(AGENCY) <= 6
    assert world.kept() == world.posts()


async def test_the_dashboard_lists_what_was_brought_and_asks_for_nothing(make: Any) -> None:
    world = make(posts=300)
    now = world.sandbox.clock.now
    since = now() - timedelta(days=90)
    await world.sync(AGENCY, BRAND, since=since)
    about = world.sandbox.describe("http://sandbox.localhost")
    async with Hub.for_sandbox(about, in_process(world.sandbox.app)) as hub:
        budget = Budget(world.store.ledger, now)
        stored = SimpleNamespace(drafts=None, outbox=None, store=world.store, budget=budget)
        desks = Workspace(hub, now, stored).desks
        agency, brand = desks[AGENCY], desks[BRAND]
        assert isinstance(agency, BufferDesk) and isinstance(brand, InstagramDesk)
        asked = len(world.sandbox.log)
        agency.recall()
        brand.recall()
        there = world.posts()
        assert agency.known and {one.id for one in agency.queue.items} == {id for id in there if there[id] != "sent"}
        sent = [one.id for one in agency.sent(None).items]
        lately = {row.id for row in world.store.cache.rows(AGENCY, "post", first=10**6) if row.at and row.at >= since}
        assert len(sent) > 150 and set(sent) >= lately - {one.id for one in agency.queue.items}
        of_one = agency.sent(agency.profiles[0].id)
        assert of_one.items and {one.id for one in of_one.items} < set(sent)
        media = world.sandbox.instagram.world.accounts["brand_account"].feed
        assert brand.known and {one.id for one in brand.media.items} >= {m.id for m in media if m.created >= since}
        every = brand.comments(None)
        while every.has_more:
            await every.more()
        kept = {row.id for row in world.store.cache.rows(BRAND, "comment", first=10**6)}
        assert len(every.items) > 500 and {one.id for one in every.items} == kept
        places = [one.media.id for one in every.items]
        assert list(dict.fromkeys(places)) == [one.id for one in brand.media.items if one.id in places]
        for item in brand.media.items:
            under = brand.comments(item)
            assert [one.id for one in under.items] == [one.id for one in every.items if one.media.id == item.id]
            assert under.as_of is not None and under.whole, "also of those without comments it is known"
        assert len(world.sandbox.log) == asked
        await agency.sent(None).refresh()
        assert [one.id for one in agency.sent(None).items] == sent, "the first page takes nothing away"
        assert not agency.sent(None).has_more, "what sync has read is not read again by scrolling"


async def test_pending_posts_that_are_gone_leave_the_store_and_sent_ones_stay(make: Any) -> None:
    world = make()
    await world.sync(AGENCY)
    posts = world.sandbox.buffer.world.posts
    for status in ("scheduled", "draft", "sent"):
        posts.remove(next(id for id, one in world.posts().items() if one == status))
    before = world.kept()
    await world.sync(AGENCY)
    lost = set(before) - set(world.kept())
    assert sorted(before[id] for id in lost) == ["draft", "scheduled"]


async def test_killed_at_every_page_it_brings_the_same_and_asks_for_no_page_twice_but_the_lost_one(make: Any) -> None:
    world = make(posts=300)
    kills, done = 0, False
    while not done:
        real, pages = world.store.cache.keep_page, 0

        def killed(*args: Any, real: Any = real, after: bool = bool(kills % 2), **options: Any) -> None:
            nonlocal pages
            pages += 1
            if pages == 3 and not after:  # two pages are kept by each kosmo: that of the pending posts, and one
                raise Killed
            real(*args, **options)
            if pages == 3 and after:
                raise Killed

        world.store.cache.keep_page = killed
        try:
            (one,) = await world.sync(AGENCY)
            done = one.whole
        except Killed:
            kills += 1
        world.restart()
    assert world.kept() == world.posts()
    assert kills >= 2
    lists = [entry for entry in world.sandbox.log if entry["operation"] == "posts"]
    unbroken = -(-list(world.posts().values()).count("sent") // 100)
    # Each run looks at the newest page again, and one page of it may be lost.
    assert len(lists) <= unbroken + 2 * kills + 1


async def test_a_later_run_with_an_earlier_since_goes_on_where_the_first_ended(make: Any) -> None:
    world = make(posts=600)
    near = world.sandbox.clock.now() - timedelta(days=30)
    first = await world.cost(AGENCY, since=near)
    sent = world.store.cache.rows(AGENCY, "post", statuses=("sent",), first=10**6)
    posts = world.posts()
    there = [one for one in world.sandbox.buffer.posts_now() if posts.get(one["id"]) == "sent"]
    wanted = {one["id"] for one in there if datetime.fromisoformat(one["dueAt"]) >= near}
    assert wanted <= {item.id for item in sent}
    assert len(sent) < len(wanted) + 100, "no page more than needed"
    assert first < 3 + len(sent) / 100 + 2
    rest = await world.cost(AGENCY)
    assert rest <= 4 + (len(there) - len(sent)) / 100 + 1
    assert world.kept() == world.posts()
    assert await world.cost(AGENCY, since=near) <= 4


async def test_it_stops_at_the_reserve_and_goes_on_when_the_window_is_back(make: Any) -> None:
    world = make(posts=700, unlimited=False)
    (one,) = await world.sync(AGENCY, reserve=0.62)
    assert (one.whole, one.error) == (False, None)
    assert one.waits_for is not None and (one.waits_for.name, one.waits_for.remaining) == ("15m", 93)
    asked = len(world.sandbox.log)
    world.restart()
    (again,) = await world.sync(AGENCY, reserve=0.62)
    assert again.waits_for == one.waits_for
    assert len(world.sandbox.log) == asked, "another kosmo knows it, too"
    world.sandbox.clock.advance(901)
    (last,) = await world.sync(AGENCY, reserve=0.62)
    assert last.whole
    assert world.kept() == world.posts()
    assert not any(entry["status"] == 429 for entry in world.sandbox.log)


@pytest.mark.parametrize(
    ("account", "fault", "window"),
    [
        *((AGENCY, {"match": "posts", "window": name}, name) for name in ("15m", "24h", "30d")),
        (BRAND, {"match": "*", "code": 80002}, "account"),
        (BRAND, {"match": "*", "code": 4}, "app"),
    ],
)
async def test_a_429_ends_it_and_nothing_is_asked_before_the_window_is_back(
    make: Any, account: str, fault: dict[str, Any], window: str
) -> None:
    world = make()

    def trouble(now: Progress) -> None:
        if now.done and not world.sandbox.faults.hits:
            world.sandbox.faults.load([{**fault, "fault": "rate_limited", "times": 99}])

    since = world.sandbox.clock.now() - timedelta(days=2)
    (one,) = await world.sync(account, report=trouble, since=since)
    assert one.error is not None and (one.error.kind, one.error.exit_code) == ("rate_limited", 3)
    asked = len(world.sandbox.log)
    world.restart()
    (again,) = await world.sync(account, since=since)
    assert again.waits_for is not None and (again.waits_for.name, again.waits_for.remaining) == (window, 0)
    assert len(world.sandbox.log) == asked


async def test_when_the_network_goes_what_was_read_stays_and_the_next_run_brings_the_rest(make: Any) -> None:
    world = make(posts=500)

    def trouble(now: Progress) -> None:
        if now.done >= 300 and not world.sandbox.faults.hits:
            world.sandbox.faults.load([{"match": "*", "fault": "drop_before", "times": 3}])

    (one,) = await world.sync(AGENCY, report=trouble)
    assert one.error is not None and (one.error.kind, one.error.exit_code) == ("unavailable", 3)
    assert one.posts >= 300
    assert len(world.kept()) == one.posts
    (rest,) = await world.sync(AGENCY)
    assert rest.whole
    assert one.posts + rest.posts <= len(world.posts()) + 300, "the pending ones and a page or two are read again"
    assert world.kept() == world.posts()


async def test_a_full_disk_is_told_and_loses_nothing(make: Any) -> None:
    world = make(posts=500)
    await world.sync("buffer.default")
    raw = world.store._connection
    pages = raw.value("PRAGMA page_count")
    raw.value(f"PRAGMA max_page_count = {pages + 40}")
    (one,) = await world.sync(AGENCY)
    assert one.error is not None and one.error.kind == "store" and "the disk is full" in one.error.message
    assert len(world.kept()) == one.posts
    raw.value("PRAGMA max_page_count = 1000000")
    (rest,) = await world.sync(AGENCY)
    assert rest.whole
    assert world.kept() == world.posts()


async def test_of_two_runs_at_once_one_brings_it_and_the_other_says_so(make: Any) -> None:
    world = make()
    (one,), (other,) = await asyncio.gather(world.sync(AGENCY), world.sync(AGENCY))
    (busy,) = [run for run in (one, other) if run.error is not None]
    assert busy.error is not None and busy.error.kind == "busy" and not busy.requests
    assert world.kept() == world.posts()
    (after,) = await world.sync(AGENCY)
    assert after.whole


# Instagram ----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def brand(make: Any) -> AsyncIterator[tuple[World, Callable[[], Any]]]:
    """A world, and a function that brings media and comments of the brand account and says what it asked."""
    world = make(hostile=True)

    async def read() -> list[str]:
        about = world.sandbox.describe("http://sandbox.localhost")
        async with Hub.for_sandbox(about, in_process(world.sandbox.app)) as hub:
            client, before = hub.instagram["brand_account"], len(world.sandbox.log)
            budget = Budget(world.store.ledger, world.sandbox.clock.now)
            cache, now = world.store.cache, world.sandbox.clock.now
            reader = Reader(BRAND, client, cache, budget, now, lambda _: None)
            assert await media_history.read(reader, client, EVER) == []
            return [entry["path"] for entry in list(world.sandbox.log)[before:]]

    yield world, read


async def test_all_media_with_all_comments_and_later_only_what_is_new(brand: tuple[World, Callable[[], Any]]) -> None:
    world, read = brand
    there = world.sandbox.instagram.world.accounts["brand_account"]
    begun = world.sandbox.clock.now()
    asked = await read()
    items = world.store.cache.rows(BRAND, "media", first=1000)
    assert {item.id for item in items} == {media.id for media in there.feed}
    for media in there.feed:
        kept = {item.id for item in world.store.cache.rows(BRAND, "comment", parent=media.id, first=1000)}
        assert {one.id for one in media.comments if one.created <= begun} <= kept
        assert kept <= {one.id for one in media.comments}
    assert all(item.text == "\n".join(map(clean, item.text.split("\n"))) for item in items)
    assert len(asked) == len(set(asked)), "no page twice"
    old, words = there.feed[40], "who would have thought"
    world.sandbox.instagram.world.comment(old, "late", "1", words, world.sandbox.clock.now())
    world.sandbox.clock.advance(13 * 3600)
    again = await read()
    commented = {media.id for media in there.feed if any(one.created > begun for one in media.comments)}
    threads = [path.split("?")[0].split("/")[2] for path in again if "/comments?" in path]
    assert set(threads) <= commented - {old.id}, "what is new under an old item comes with the page"
    assert len(again) == len(set(again))
    assert len(again) - len(threads) <= 4, "the user, one page of media, and its comments in at most two tries"
    (found,) = world.store.search.find(words)
    assert (found.kind, found.parent) == ("comment", old.id)


async def test_what_is_said_to_be_brought_is_in_the_store_and_no_comment_is_read_twice(make: Any) -> None:
    world = make()
    (one,) = await world.sync(BRAND, since=world.sandbox.clock.now() - timedelta(days=100))
    assert one.comments == world.store.cache.count(BRAND, "comment") > 500
    assert one.media == world.store.cache.count(BRAND, "media")
    threads = [entry["path"] for entry in world.sandbox.log if "/comments?" in entry["path"]]
    assert threads and all("after=" in path for path in threads), "they go on where the page of the items ended"


async def test_a_cursor_that_died_with_its_item_does_not_end_the_list(make: Any) -> None:
    world = make()
    there = world.sandbox.instagram.world

    def remove(now: Progress) -> None:
        if now.what == "media and comments" and now.done:
            last = there.accounts["brand_account"].feed[49]  # the cursor stands for it
            if not removed:
                removed.append(last.id)
                there.remove_media(last)

    removed: list[str] = []
    (one,) = await world.sync(BRAND, since=world.sandbox.clock.now() - timedelta(days=200), report=remove)
    assert one.whole and removed
    kept = {item.id for item in world.store.cache.rows(BRAND, "media", first=1000)}
    assert kept == {media.id for media in there.accounts["brand_account"].feed} | set(removed)


async def test_numbers_by_day_are_those_of_the_service_and_asked_for_once(make: Any) -> None:
    world = make()
    now = world.sandbox.clock.now()
    since = now - timedelta(days=40)
    cost = await world.cost(BRAND, since=since)
    figures = Figures(seed=0, start=world.sandbox.clock.start)
    account, today = world.sandbox.instagram.world.accounts["brand_account"], day_of(now)
    days = [today - timedelta(days=ahead) for ahead in range(1, 41)]
    for metric in ("reach", *insights.TOTALS):
        kept = world.store.cache.numbers.of(BRAND, metric, days[-1], today)
        told = {day: figures.total(account, metric, start_of(day), end_of(day)) for day in reversed(days)}
        assert kept == told, metric
    kept = world.store.cache.numbers.of(BRAND, "follower_count", days[-1], today)
    assert 28 <= len(kept) <= 30
    again = await world.cost(BRAND, since=since)
    assert again <= 3 < 40 < cost
    world.sandbox.clock.advance(2 * 86_400)
    asked = len(world.sandbox.log)
    await world.sync(BRAND, since=since)
    totals = [e["path"] for e in list(world.sandbox.log)[asked:] if "views" in e["path"] and "/insights" in e["path"]]
    assert len(totals) == 5, "two new days, and three whose numbers may have come late"


async def test_what_a_token_may_not_have_is_said_and_the_rest_is_brought(make: Any) -> None:
    world = make()
    raised: list[KosmoError] = []

    def forbid(hub: Hub) -> None:
        from kosmo_tui.api.errors import Forbidden

        async def refused(*_: Any, **__: Any) -> Any:
            raise Forbidden("the token lacks instagram_manage_comments")

        hub.instagram["brand_account"].recent_comments = refused  # type: ignore[method-assign]

    (one,) = await world.sync(BRAND, since=world.sandbox.clock.now() - timedelta(days=3), prepare=forbid)
    assert not raised and one.whole and one.media
    assert one.missing == ["comments: the token lacks instagram_manage_comments"]
