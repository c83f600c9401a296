"""Finding a post whose answer was lost: by what it is known, and that no order claims the post of another."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api.buffer.client import BufferClient
from kosmo_tui.api.buffer.looking import Sought
from kosmo_tui.api.buffer.matching import is_wanted
from kosmo_tui.api.buffer.models import Looked, Media, Update
from kosmo_tui.api.errors import AuthExpired, KosmoError, NotFound
from kosmo_tui.api.safe_text import SafeText
from kosmo_tui.sandbox.buffer.plans import ESSENTIALS
from tests.api.conftest import BufferWorld, Naps, Script, token

TWITTER = "4eb8572a512f7f621800004e"
PHOTO = "https://media.example.com/photo.jpg"
COPY = "https://buffer-media-uploads.s3.amazonaws.com/1234.jpg"

# One order after the other.


async def test_equal_orders_at_the_same_time_never_claim_each_others_post(buffer: BufferWorld) -> None:
    """Whatever happens to four of them: as many are told as live as there are posts, and each has its own."""
    client = buffer.client("default")
    buffer.sandbox.buffer.world.organizations[(await client.get_profile(TWITTER)).organization_id].plan = ESSENTIALS
    for number, faults in enumerate(itertools.permutations(["none", "drop_before", "drop_after_commit", "lie_failed"])):
        buffer.sandbox.log.clear()
        for fault in faults:
            buffer.fault("createPost", *(("slow",) if fault == "none" else (fault,)), **_slow(fault))
        text = f"four at once, {number}"
        results = await asyncio.gather(*(client.create_update(text, [TWITTER]) for _ in faults))
        live = [update.id for result in results for update in result.updates]
        assert sorted(live) == sorted(post["id"] for post in buffer.posts(text))
        assert len(live) == 3
        assert [failure.kind for result in results for failure in result.failures] == ["outcome_unknown"]
        assert buffer.operations().count("createPost") == 4


def _slow(fault: str) -> dict[str, Any]:
    return {"seconds": 0} if fault == "none" else {}


async def test_posts_that_somebody_accounts_for_are_not_claimed(buffer: BufferWorld) -> None:
    (other,) = (await buffer.client("default").create_update("equal", [TWITTER])).updates
    client = buffer.client("default")  # another kosmo
    buffer.fault("createPost", "drop_after_commit")
    (found,) = (await client.create_update("equal", [TWITTER], accounted={other.id})).updates
    assert found.id != other.id and {found.id, other.id} == {post["id"] for post in buffer.posts("equal")}
    buffer.fault("createPost", "drop_before")
    (failure,) = (
        await buffer.client("default").create_update("equal", [TWITTER], accounted=[found.id, other.id])
    ).failures
    assert failure.kind == "outcome_unknown"


async def test_profiles_do_not_wait_for_one_another(buffer: BufferWorld) -> None:
    one, other = await buffer.ids("twitter", "mastodon")
    client = buffer.client()
    buffer.fault("createPost", "hang_after_commit")
    await client.list_profiles()
    hanging = asyncio.ensure_future(client.create_update("hangs", [one]))
    while not buffer.posts("hangs"):  # noqa: ASYNC110  # its order takes some turns of the event loop
        await asyncio.sleep(0)
    assert (await client.create_update("does not wait", [other])).success
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging
    assert (await client.create_update("its turn", [one])).success


# Refusals that lie, and those that do not.

CHANNEL = {"id": "p1", "service": "mastodon", "organizationId": "o1", "name": "kosmo"}


def answers(payload: dict[str, Any], *posts: dict[str, Any]) -> Script:
    """Buffer with one profile, which answers `payload` to every createPost, and then shows `posts`."""

    def answer(request: Any) -> tuple[int, Any]:
        operation = request.content.decode()
        if '"operationName":"createPost"' in operation:
            return 200, {"data": {"createPost": payload}}
        if '"operationName":"posts"' in operation:
            return 200, {"data": {"posts": {"edges": [{"node": post} for post in posts], "pageInfo": {}}}}
        return 200, {"data": {"channel": CHANNEL}}

    return Script(answer)


def post(**more: Any) -> dict[str, Any]:
    return {"id": "u1", "channelId": "p1", "channelService": "mastodon", "status": "scheduled", "text": "hello", **more}


def scripted(script: Script, naps: Naps) -> BufferClient:
    return BufferClient.open(
        account="buffer.x", base_url="http://buffer.test", token=token, transport=script, retries=naps.retries()
    )


LIARS = [
    {"__typename": "UnexpectedError", "message": "why"},
    {"__typename": "RestProxyError", "message": "why", "code": 1000},
    {"__typename": "RestProxyError", "message": "why", "code": 1030},
    {"__typename": "RestProxyError", "message": "why", "code": None},
    {"__typename": "VoidMutationError", "message": "why"},
    {"__typename": "SomethingNew", "message": "why"},
]


@pytest.mark.parametrize("payload", LIARS, ids=repr)
async def test_a_failure_that_is_told_of_a_post_that_is_there(naps: Naps, payload: dict[str, Any]) -> None:
    script = answers(payload, post())
    result = await scripted(script, naps).create_update("hello", ["p1"])
    assert [update.id for update in result.updates] == ["u1"] and len(script.requests) == 3
    assert any("told of a failure" in notice for notice in result.notices)


@pytest.mark.parametrize("payload", LIARS, ids=repr)
async def test_a_failure_that_is_told_of_a_post_that_is_not_seen(naps: Naps, payload: dict[str, Any]) -> None:
    (failure,) = (await scripted(answers(payload), naps).create_update("hello", ["p1"])).failures
    clear = payload["__typename"] == "RestProxyError" and payload["code"] != 1000
    assert failure.kind == ("refused" if clear else "outcome_unknown")
    assert "why" in failure.message


@pytest.mark.parametrize("payload", LIARS, ids=repr)
async def test_a_failure_with_two_such_posts_stays_open(naps: Naps, payload: dict[str, Any]) -> None:
    (failure,) = (await scripted(answers(payload, post(), post(id="u2")), naps).create_update("hello", ["p1"])).failures
    assert failure.kind == "outcome_unknown" and "2 such posts" in failure.hint


@pytest.mark.parametrize(
    "payload",
    [
        {"__typename": "InvalidInputError", "message": "why"},
        {"__typename": "LimitReachedError", "message": "why"},
        {"__typename": "UnauthorizedError", "message": "why"},
        {"__typename": "NotFoundError", "message": "why"},
    ],
    ids=repr,
)
async def test_a_refusal_that_comes_before_any_work_costs_no_look(naps: Naps, payload: dict[str, Any]) -> None:
    script = answers(payload, post())
    (failure,) = (await scripted(script, naps).create_update("hello", ["p1"])).failures
    assert failure.kind in ("refused", "forbidden", "not_found") and len(script.requests) == 2


# Looking later.


async def look_for(
    client: BufferClient, profile_id: str, arguments: Any, since: datetime, exclude: Collection[str] = ()
) -> Looked:
    """What is found for one post; raises why it cannot be looked for."""
    (looked,) = await client.look_for([Sought(profile_id, arguments, since)], exclude)
    if isinstance(looked, KosmoError):
        raise looked
    return looked


async def test_several_lost_posts_are_found_by_one_reading_of_an_organization(buffer: BufferWorld) -> None:
    """Of two profiles and two days; equal ones have a post each, and one of too long ago is read on its own."""
    first, faults = buffer.client("default"), ("createPost", "drop_after_commit")
    profiles = [one.id for one in await first.list_profiles() if one.service in ("twitter", "linkedin")][:2]
    buffer.sandbox.buffer.world.organizations[(await first.get_profile(TWITTER)).organization_id].plan = ESSENTIALS
    sought: list[Sought] = []
    for days, texts in ((0, ["long ago"]), (9, ["one", "two", "none"]), (0.5, ["three"])):
        buffer.sandbox.clock.advance(days * 86400)
        for text in texts:
            for profile in profiles:
                since = (await buffer.client("default").get_profile(profile)) and buffer.sandbox.clock.now()
                given = {"text": text, "profile_ids": [profile]}
                buffer.fault(*faults) if text != "none" else buffer.fault("createPost", "drop_before")
                buffer.fault("posts", "html", times=3)
                (failure,) = (await buffer.client("default").create_update(**given)).failures
                assert failure.kind == "outcome_unknown"
                buffer.sandbox.faults.clear()
                sought.append(Sought(profile, given, since))
    gone = Sought("0" * 24, {"text": "gone"}, since)
    buffer.sandbox.log.clear()
    looked = await buffer.client("default").look_for([*sought, gone])
    assert isinstance(looked.pop(), NotFound)
    for one, found in zip(sought, looked, strict=True):
        assert isinstance(found, Looked)
        assert all(update.profile_id == one.profile_id for update in found.seen)
        real = [post["id"] for post in buffer.posts(one.arguments["text"]) if post["channel"] == one.profile_id]
        assert [found.found.id if found.found else None] == (real or [None])
    assert buffer.operations().count("posts") == 2


async def test_a_later_look_finds_the_post(buffer: BufferWorld) -> None:
    client = buffer.client("default")
    await client.prepare([TWITTER])
    since = client.now()
    arguments: dict[str, Any] = {"text": "found later", "profile_ids": [TWITTER], "media": {"photo": [PHOTO]}}
    for how in ({}, {"now": True}, {"next": True}, {"scheduled_at": "2099-02-01T10:00:00Z"}, {"save_to_draft": True}):
        buffer.fault("createPost", "drop_after_commit")
        buffer.fault("posts", "html", times=3)
        given = {**arguments, **how, "text": f"found later {how}"}
        (failure,) = (await client.create_update(**given)).failures
        assert failure.kind == "outcome_unknown"
        buffer.sandbox.clock.advance(7200)  # two hours, and a restart
        buffer.sandbox.log.clear()
        fresh = buffer.client("default")
        looked = await look_for(fresh, TWITTER, given, since)
        (real,) = buffer.posts(given["text"])
        assert looked.found is not None and looked.found.id == real["id"]
        assert looked.found in looked.seen and looked.at >= since
        assert buffer.operations() == ["channel", "posts"]
        assert (await look_for(fresh, TWITTER, given, since, exclude={real["id"]})).found is None
        client, since = buffer.client("default"), fresh.now()
        await client.prepare([TWITTER])


async def test_a_later_look_of_an_order_whose_time_has_come(buffer: BufferWorld) -> None:
    client = buffer.client("default")
    await client.prepare([TWITTER])
    since = client.now()
    given = {"text": "on time", "scheduled_at": (since + timedelta(minutes=30)).isoformat()}
    made = await client.create_update("on time", [TWITTER], scheduled_at=given["scheduled_at"])
    buffer.sandbox.clock.advance(86400)
    looked = await look_for(buffer.client("default"), TWITTER, given, since)
    assert looked.found is not None and looked.found.id == made.updates[0].id and looked.found.status == "sent"


async def test_a_look_shows_the_newest_first_and_claims_nothing_that_differs(buffer: BufferWorld) -> None:
    client = buffer.client("default")
    await client.prepare([TWITTER])
    since = client.now()
    made = []
    for number in range(3):
        made += (await client.create_update(f"other words {number}", [TWITTER])).updates
        buffer.sandbox.clock.advance(1)
    looked = await look_for(buffer.client("default"), TWITTER, {"text": "these words"}, since)
    assert looked.found is None
    assert [update.id for update in looked.seen] == [update.id for update in reversed(made)]


async def test_preparing_looks_profiles_up_once(buffer: BufferWorld) -> None:
    client = buffer.client("default")
    buffer.sandbox.clock.advance(300)
    await client.prepare([TWITTER])
    assert abs((client.now() - datetime.now(UTC)).total_seconds() - 300) < 5
    await client.prepare([TWITTER])
    await client.create_update("prepared", [TWITTER])
    assert buffer.operations() == ["channel", "createPost"]
    with pytest.raises(NotFound):
        await client.prepare([TWITTER, "0" * 24])
    buffer.fault("channel", "expired_token")
    with pytest.raises(AuthExpired):
        await buffer.client("default").prepare([TWITTER])


async def test_daily_limits_of_a_day(buffer: BufferWorld) -> None:
    client = buffer.client()
    instagram, twitter = await buffer.ids("instagram", "twitter")
    before = await client.daily_limits([twitter, instagram], datetime(2099, 2, 1).date())
    assert [limit.profile_id for limit in before] == [twitter, instagram]
    assert [(limit.sent, limit.scheduled, limit.limit, limit.at_limit) for limit in before] == [
        (0, 0, 100, False),
        (0, 0, 50, False),
    ]
    for hour in (0, 23):  # in the zone of the profile, New York
        due = datetime(2099, 2, 1, 5, tzinfo=UTC) + timedelta(hours=hour)
        await client.create_update(f"at {hour}", [twitter], scheduled_at=due)
    (after,) = await client.daily_limits([twitter], datetime(2099, 2, 1).date())
    assert after.scheduled == 2
    (today,) = await client.daily_limits([twitter])
    assert today.scheduled + today.sent > 0


async def test_pages_of_several_organizations_lead_to_the_last_post(buffer: BufferWorld) -> None:
    """Page by page, and on from where the overview ends: every post once, in one order."""
    several = 0
    for name in ("agency", "client_acct", "default"):
        client = buffer.client(name)
        profiles = await client.list_profiles()
        several = max(several, len({profile.organization_id for profile in profiles}))
        own = {profile.id for profile in profiles}
        there = [one["id"] for one in buffer.sandbox.buffer.posts_now(status="scheduled") if one["channel"] in own]
        first = await client.overview(["scheduled"], first=7)
        for updates, cursor in (((), None), (first.updates, first.cursor)):
            found = list(updates)
            while cursor is not None or not found:
                page = await client.posts_of_all(statuses=["scheduled"], first=7, after=cursor)
                found += page.updates
                cursor = page.cursor
                if cursor is None:
                    break
            assert sorted(update.id for update in found) == sorted(there)
        newest = await client.posts_of_all(statuses=["sent"], newest_first=True, first=20)
        times = [update.scheduled_at for update in newest.updates]
        assert times == sorted(times, key=str, reverse=True) and newest.has_more == (newest.cursor is not None)
        one = await client.posts_of_all(statuses=["sent"], profile_id=profiles[0].id, first=5)
        assert {update.profile_id for update in one.updates} == {profiles[0].id}
    assert several > 1


# By what a post is known.

words = st.text(max_size=40)
DUE = datetime(2099, 2, 1, 10, tzinfo=UTC)


def update(**more: Any) -> Update:
    given = {"text": SafeText("one ☕"), "status": "scheduled", "profile_service": "twitter", **more}
    return Update(id="u", profile_id="p", **given)


def wanted(**more: Any) -> dict[str, Any]:
    return {"text": "one ☕", "assets": [], "mode": "addToQueue", **more}


@given(words)
def test_a_text_is_known_whatever_is_done_to_its_space(text: str) -> None:
    assert is_wanted(update(text=SafeText(f" {text.replace(' ', chr(10))}  ")), wanted(text=text))


@given(words, words)
def test_another_text_is_another_post(text: str, more: str) -> None:
    assert is_wanted(update(text=SafeText(text)), wanted(text=text + "x" + more)) is False


PARTS = [{"text": "one ☕"}, {"text": "two", "assets": [{"image": {"url": PHOTO}}]}]


@pytest.mark.parametrize(
    ("told", "asked", "known"),
    [
        ({"text": SafeText("café")}, {"text": "cafe\u0301"}, True),
        ({"text": SafeText("cafe")}, {"text": "café"}, False),
        ({"media": (Media(type="image", url=PHOTO),)}, {"assets": [{"image": {"url": PHOTO}}]}, True),
        ({"media": (Media(type="image", url=COPY),)}, {"assets": [{"image": {"url": PHOTO}}]}, True),
        ({"media": (Media(type="image", url=PHOTO + "?2"),)}, {"assets": [{"image": {"url": PHOTO}}]}, False),
        ({"media": (Media(type="video", url=COPY),)}, {"assets": [{"image": {"url": PHOTO}}]}, False),
        ({"media": (Media(type="image", url=COPY),) * 2}, {"assets": [{"image": {"url": PHOTO}}]}, False),
        ({"media": (Media(type="image", url="https://[x"),)}, {"assets": [{"image": {"url": PHOTO}}]}, True),
        ({"media": (Media(type="link", url=PHOTO),)}, {}, True),
        ({"due_at": DUE + timedelta(seconds=59)}, {"dueAt": DUE.isoformat()}, True),
        ({"due_at": DUE + timedelta(seconds=60)}, {"dueAt": DUE.isoformat()}, False),
        ({"due_at": None}, {"dueAt": DUE.isoformat()}, False),
        ({"status": "draft"}, {"dueAt": DUE.isoformat(), "saveToDraft": True}, True),
        ({"status": "draft"}, {}, False),
        ({"status": "scheduled"}, {"saveToDraft": True}, False),
        ({"status": "needs_approval"}, {}, True),
        ({"metadata": {"twitter": {"thread": PARTS}}}, {"metadata": {"twitter": {"thread": PARTS}}}, True),
        ({"metadata": {"twitter": {"thread": PARTS}}}, {}, False),
        ({}, {"metadata": {"twitter": {"thread": PARTS}}}, False),
        ({}, {"metadata": {"twitter": {"thread": PARTS[:1]}}}, True),
        ({"metadata": {"twitter": {"thread": PARTS}}}, {"metadata": {"twitter": {"thread": PARTS * 2}}}, False),
        (
            {"metadata": {"twitter": {"linkAttachment": {"url": PHOTO, "title": "looked up"}}}},
            {"metadata": {"twitter": {"linkAttachment": {"url": PHOTO}}}},
            True,
        ),
        (
            {"metadata": {"twitter": {"linkAttachment": {"url": COPY}}}},
            {"metadata": {"twitter": {"linkAttachment": {"url": PHOTO}}}},
            False,
        ),
        ({"metadata": {"twitter": {"firstComment": "a"}}}, {"metadata": {"twitter": {"firstComment": "b"}}}, False),
        ({"metadata": {"twitter": {"firstComment": "a "}}}, {"metadata": {"twitter": {"firstComment": "a"}}}, True),
    ],
    ids=repr,
)
def test_by_what_a_post_is_known(told: dict[str, Any], asked: dict[str, Any], known: bool) -> None:
    assert is_wanted(update(**told), wanted(**asked)) is known
