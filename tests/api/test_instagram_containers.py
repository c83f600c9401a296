"""A container's id comes before its publication, and tells afterwards what became of it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from kosmo_tui.api.errors import AuthExpired, BadParameter, KosmoError, NotFound, OutcomeUnknown, Refused, Unavailable
from kosmo_tui.api.instagram.client import InstagramClient
from kosmo_tui.api.instagram.models import LookedMedia
from kosmo_tui.api.instagram.publishing import Sought
from kosmo_tui.sandbox.instagram.switches import Switches as Doubts
from tests.api.graph_world import ACCOUNTS, JPEG, MP4, World

ARGUMENTS: dict[str, Any] = {"image_url": JPEG, "caption": "once, @friend — café"}
LOST = [{"fault": "drop_after_commit"}, {"fault": "truncated"}, {"fault": "lie_failed"}, {"fault": "html"}]


async def look_for(client: InstagramClient, container_id: str, arguments: Any, since: datetime) -> LookedMedia:
    """What is found for one publication; raises why it cannot be looked for."""
    (looked,) = await client.look_for([Sought(container_id, arguments, since)])
    if isinstance(looked, KosmoError):
        raise looked
    return looked


async def left(world: World, client: InstagramClient, **arguments: Any) -> str:
    """The id of a container that was made and not published."""
    made = await client.create_media(**{**ARGUMENTS, **arguments}, publish=False)
    await world.sleep(60)
    return made.id


def published(world: World) -> int:
    return world.asked("/media_publish", "POST")


# The id is handed out first.


@pytest.mark.parametrize("urls", [JPEG, MP4, f"{JPEG},{MP4}"])
@pytest.mark.parametrize("name", ACCOUNTS)
async def test_the_container_is_known_before_it_is_published(world: World, name: str, urls: str) -> None:
    before, told = world.ids(name), []

    async def on_container(container_id: str) -> None:
        await asyncio.sleep(0)
        told.append((container_id, published(world), world.ids(name)))

    async with world.client(name) as client:
        done = await client.create_media(urls, "words", on_container=on_container)
        ((container_id, asked, live),) = told
        assert (asked, live) == (0, before) and done.container_id == container_id
        assert (await client.get_container(container_id)).status_code == "PUBLISHED"


async def test_a_plain_function_is_told_too(world: World) -> None:
    told: list[str] = []
    async with world.client() as client:
        done = await client.create_media(**ARGUMENTS, publish=False, on_container=told.append)
    assert told == [done.id]


async def test_when_the_id_cannot_be_kept_nothing_is_published(world: World) -> None:
    before = world.ids()

    def full(_: str) -> None:
        raise OSError("no space left")

    async with world.client() as client:
        with pytest.raises(OSError, match="no space"):
            await client.create_media(**ARGUMENTS, on_container=full)
    assert world.ids() == before and published(world) == 0


async def test_a_publication_that_is_called_off_leaves_its_container(world: World) -> None:
    told: list[str] = []
    before = len(world.live())
    world.fault("POST /media_publish", "hang_after_commit")
    async with world.client() as client:
        task = asyncio.ensure_future(client.create_media(**ARGUMENTS, on_container=told.append))
        while not published(world):  # noqa: ASYNC110  # it takes some turns of the event loop
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        looked = await look_for(client, told[0], ARGUMENTS, world.sandbox.clock.now())
    assert len(world.live()) == before + 1
    assert looked.found is not None and looked.found.id == world.live()[0]["id"]


@pytest.mark.parametrize("order", [{"fault": "drop_before"}, {"fault": "html"}, {"fault": "status", "code": 502}])
async def test_an_open_question_names_the_container(world: World, order: dict[str, Any]) -> None:
    told: list[str] = []
    world.fault("POST /media_publish", **order)
    async with world.client() as client:
        with pytest.raises(OutcomeUnknown) as caught:
            await client.create_media(**ARGUMENTS, on_container=told.append)
    assert told == [caught.value.reference]


@pytest.mark.parametrize("code", [1, 2, 4, 9, 10, 24, 100, 190, 368, 9007])
async def test_a_lie_is_never_believed_when_nobody_can_look(world: World, code: int) -> None:
    """The post is live; whatever was answered, it is an open question while its container cannot be read."""
    before = len(world.live())

    def blind(progress: str) -> None:
        if progress.startswith("the answer was unclear"):
            world.fault("*", "html", times=99)

    async with world.client() as client:
        container_id = await left(world, client)
        world.fault("POST /media_publish", "lie_failed", code=code)
        with pytest.raises(OutcomeUnknown) as caught:
            await client.publish_container(container_id, ARGUMENTS, on_progress=blind)
    assert caught.value.reference == container_id
    assert len(world.live()) == before + 1 and published(world) == 1


# Publishing a container that was left.


@pytest.mark.parametrize("name", ACCOUNTS)
async def test_a_container_that_was_left_is_published_once(world: World, name: str) -> None:
    before = len(world.live(name))
    async with world.client(name) as client:
        container_id = await left(world, client)
        done = await client.publish_container(container_id, ARGUMENTS)
        again = await client.publish_container(container_id, ARGUMENTS)
    assert len(world.live(name)) == before + 1 and published(world) == 1
    assert done.id == again.id == world.live(name)[0]["id"]
    assert done.permalink == again.permalink is not None


@pytest.mark.parametrize("second", ["same_id", "error"])
async def test_publishing_at_the_same_time_makes_one_post(world: World, second: Any) -> None:
    before = len(world.live())
    world.sandbox.instagram.switches = Doubts(second_publish=second)
    try:
        async with world.client() as client, world.client() as other:
            container_id = await left(world, client)
            done = await asyncio.gather(
                client.publish_container(container_id, ARGUMENTS), other.publish_container(container_id, ARGUMENTS)
            )
    finally:
        world.sandbox.instagram.switches = Doubts()
    assert len(world.live()) == before + 1
    assert {one.id for one in done} == {world.live()[0]["id"]}


async def test_a_container_that_is_being_filled_is_waited_for(world: World) -> None:
    async with world.client() as client:
        made = await client.create_media("https://cdn.example/slow.mp4", "slow", publish=False)
        arguments = {"image_url": "https://cdn.example/slow.mp4", "caption": "slow"}
        done = await client.publish_container(made.id, arguments)
    assert done.id == world.live()[0]["id"] and world.waited > 100


async def test_a_container_that_failed_or_expired_is_refused_with_the_reason(world: World) -> None:
    async with world.client() as client:
        world.fault("POST /media", "container_error", subcode=2207026)
        failed = await left(world, client)
        with pytest.raises(Refused, match="format") as caught:
            await client.publish_container(failed, ARGUMENTS)
        assert caught.value.code == "2207026"
        late = await left(world, client)
        await world.sleep(25 * 3600)
        with pytest.raises(Refused, match=r"24 hours|expired"):
            await client.publish_container(late, ARGUMENTS)
        with pytest.raises(NotFound):
            await client.publish_container("17900000000000000", ARGUMENTS)
        with pytest.raises(BadParameter):
            await client.publish_container("../me", ARGUMENTS)
    assert published(world) == 0


@pytest.mark.parametrize("order", LOST)
async def test_a_lost_answer_to_the_second_try_is_settled_too(world: World, order: dict[str, Any]) -> None:
    before = len(world.live())
    async with world.client(write_timeout=1.5) as client:
        container_id = await left(world, client)
        world.fault("POST /media_publish", **order)
        try:
            done = await client.publish_container(container_id, ARGUMENTS)
        except OutcomeUnknown as error:
            assert order["fault"] == "html" and error.reference == container_id
            assert len(world.live()) == before
        else:
            assert len(world.live()) == before + 1 and done.id == world.live()[0]["id"]
    assert published(world) == 1


async def test_when_the_container_cannot_be_read_nothing_is_sent(world: World) -> None:
    async with world.client() as client:
        container_id = await left(world, client)
        for order, kind in (({"fault": "html"}, Unavailable), ({"fault": "expired_token"}, AuthExpired)):
            world.fault("*", times=99, **order)
            with pytest.raises(kind):
                await client.publish_container(container_id, ARGUMENTS)
            world.sandbox.faults.clear()
    assert published(world) == 0


# Looking later.


def now(world: World) -> datetime:
    return world.sandbox.clock.now()


@pytest.mark.parametrize("urls", [JPEG, MP4, f"{JPEG},{MP4}"])
async def test_a_later_look_finds_the_item(world: World, urls: str) -> None:
    arguments, since = {**ARGUMENTS, "image_url": urls}, now(world)
    async with world.client() as client:
        done = await client.create_media(**arguments)
        await client.create_media(JPEG, "something else")
        await world.sleep(3 * 86400)
        world.sandbox.log.clear()
        looked = await look_for(client, str(done.container_id), arguments, since)
    assert looked.found is not None and (looked.found.id, looked.found.permalink) == (done.id, done.permalink)
    assert looked.state is not None and looked.state.status_code == "PUBLISHED"
    assert [media.id for media in looked.seen] == world.ids()[:2] and looked.at > since
    assert {entry["method"] for entry in world.sandbox.log} == {"GET"} and len(world.sandbox.log) == 2


async def test_a_later_look_at_what_was_not_published(world: World) -> None:
    since = now(world)
    async with world.client() as client:
        container_id = await left(world, client)
        twin = await client.create_media(**ARGUMENTS)  # an equal one, by another order
        looked = await look_for(client, container_id, ARGUMENTS, since)
        assert looked.found is None and looked.state is not None and looked.state.status_code == "FINISHED"
        assert [media.id for media in looked.seen] == [twin.id]
        await world.sleep(25 * 3600)
        looked = await look_for(client, container_id, ARGUMENTS, since)
        assert looked.found is None and looked.state is not None and looked.state.status_code == "EXPIRED"


async def test_a_later_look_without_a_container(world: World) -> None:
    since = now(world)
    async with world.client() as client:
        for container_id in ("", "17900000000000000"):
            looked = await look_for(client, container_id, ARGUMENTS, since)
            assert (looked.state, looked.found, looked.seen) == (None, None, ())
        done = await client.create_media(**ARGUMENTS)
        looked = await look_for(client, "", ARGUMENTS, since)
        assert looked.found is not None and looked.found.id == done.id
        await client.create_media(**ARGUMENTS)  # now there are two that look alike
        assert (await look_for(client, "", ARGUMENTS, since)).found is None
        later = now(world) + timedelta(hours=1)
        assert (await look_for(client, "", ARGUMENTS, later)).seen == ()


async def test_a_published_container_whose_item_is_not_certain(world: World) -> None:
    since = now(world)
    async with world.client() as client:
        done = await client.create_media(**ARGUMENTS)
        await client.create_media(**ARGUMENTS)
        looked = await look_for(client, str(done.container_id), ARGUMENTS, since)
    assert looked.found is not None and looked.found.id == done.container_id
    assert looked.found.status_code == "PUBLISHED" and looked.found.notices


async def test_several_are_looked_for_with_one_reading_of_what_was_published(world: World) -> None:
    since = now(world)
    async with world.client() as client:
        ids = [await left(world, client, caption=f"left {number}") for number in range(2)]
        done = await client.create_media(JPEG, "published")
        world.sandbox.log.clear()
        sought = [Sought(one, {"image_url": JPEG, "caption": f"left {n}"}, since) for n, one in enumerate(ids)]
        sought.append(Sought(str(done.container_id), {"image_url": JPEG, "caption": "published"}, since))
        looked = await client.look_for(sought)
    found = [one.found.id if isinstance(one, LookedMedia) and one.found else None for one in looked]
    assert found == [None, None, done.id]
    assert len(world.sandbox.log) == 4


@pytest.mark.parametrize("order", [{"fault": "html"}, {"fault": "expired_token"}, {"fault": "rate_limited"}])
async def test_a_look_that_fails_says_so(world: World, order: dict[str, Any]) -> None:
    async with world.client() as client:
        container_id = await left(world, client)
        world.fault("*", times=99, **order)
        with pytest.raises(KosmoError) as caught:
            await look_for(client, container_id, ARGUMENTS, now(world))
    assert not isinstance(caught.value, OutcomeUnknown)
