"""What the Buffer client does when things go wrong: every fault of the sandbox, and no post twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kosmo_tui.api.buffer.client import BufferClient
from kosmo_tui.api.errors import ApiError, AuthExpired, BadAnswer, Forbidden, NotFound, RateLimited, Unavailable
from kosmo_tui.api.secret import Secret
from tests.api.conftest import BufferWorld

TWITTER = "4eb8572a512f7f621800004e"
QUICK: dict[str, Any] = {"timeout": 1.0}  # seconds that an attempt may take, where the service hangs

# Reads.


@pytest.mark.parametrize("fault", ["drop_before", "drop_after_commit", "html", "truncated", "lie_failed"])
async def test_a_read_survives_one_fault(buffer: BufferWorld, fault: str) -> None:
    buffer.fault("channel", fault)
    profile = await buffer.client("default").get_profile(TWITTER)
    assert profile.id == TWITTER
    assert buffer.operations() == ["channel", "channel"] and len(buffer.naps) == 1


async def test_a_read_survives_a_service_that_hangs(buffer: BufferWorld) -> None:
    buffer.fault("channel", "hang_after_commit")
    profile = await buffer.client("default", **QUICK).get_profile(TWITTER)
    assert profile.id == TWITTER and len(buffer.operations()) == 2


async def test_a_slow_service_is_waited_for(buffer: BufferWorld) -> None:
    buffer.fault("channel", "slow", seconds=0.05)
    await buffer.client("default").get_profile(TWITTER)
    assert buffer.operations() == ["channel"]


@pytest.mark.parametrize(
    ("fault", "details", "error"),
    [
        ("drop_before", {}, Unavailable),
        ("drop_after_commit", {}, Unavailable),
        ("html", {}, Unavailable),
        ("truncated", {}, BadAnswer),
        ("lie_failed", {}, Unavailable),
        ("status", {"code": 500}, Unavailable),
        ("status", {"code": 503}, Unavailable),
        ("status", {"code": 200}, BadAnswer),
        ("status", {"code": 302}, BadAnswer),
        ("status", {"code": 401}, AuthExpired),
        ("status", {"code": 403}, Forbidden),
        ("status", {"code": 404}, NotFound),
        ("status", {"code": 429}, RateLimited),
        ("rate_limited", {"window": "24h"}, RateLimited),
        ("expired_token", {}, AuthExpired),
    ],
)
async def test_a_fault_that_stays_is_told(
    buffer: BufferWorld, fault: str, details: dict[str, Any], error: type[ApiError]
) -> None:
    buffer.fault("*", fault, times=9, **details)
    with pytest.raises(error) as caught:
        await buffer.client("default").get_profile(TWITTER)
    told = caught.value
    assert type(told) is error and told.message and told.hint
    assert not told.may_have_been_published
    assert 1 <= len(buffer.operations()) <= 3
    assert len(buffer.operations()) == (3 if told.transient and error is not RateLimited else 1)


async def test_a_rate_limit_tells_window_and_time(buffer: BufferWorld) -> None:
    buffer.fault("account", "rate_limited", window="30d")
    with pytest.raises(RateLimited) as caught:
        await buffer.client("default").get_current_user()
    assert caught.value.window == "30d" and caught.value.code == "RATE_LIMIT_EXCEEDED"
    assert caught.value.until is not None and caught.value.until > datetime.now(UTC)
    assert "30 days" in caught.value.hint
    assert buffer.naps == []


async def test_a_wrong_token(buffer: BufferWorld) -> None:
    async def wrong() -> Secret:
        return Secret("SECRET-nobody-knows-it")

    with pytest.raises(AuthExpired, match="of buffer") as caught:
        await buffer.client("default", token=wrong).get_current_user()
    assert "publish.buffer.com/settings/api" in caught.value.hint
    assert "SECRET" not in str(caught.value.as_json())


# Writes.


async def order(client: BufferClient, text: str, profile: str = TWITTER, **how: Any) -> Any:
    return await client.create_update(text, [profile], **how)


@pytest.mark.parametrize("fault", ["drop_after_commit", "truncated", "lie_failed", "hang_after_commit"])
@pytest.mark.parametrize("how", ["queue", "now", "at", "draft"])
async def test_a_post_whose_answer_is_lost_is_found_and_not_sent_again(
    buffer: BufferWorld, fault: str, how: str
) -> None:
    options: dict[str, Any] = {
        "queue": {},
        "now": {"now": True},
        "at": {"scheduled_at": datetime.now(UTC) + timedelta(days=2)},
        "draft": {"save_to_draft": True},
    }[how]
    buffer.fault("createPost", fault)
    result = await order(buffer.client("default", **QUICK), "only once ☕", **options)
    (post,) = buffer.posts("only once ☕")
    assert buffer.operations() == ["channel", "createPost", "posts"]
    assert result.success and [update.id for update in result.updates] == [post["id"]]
    assert any("found by looking" in notice for notice in result.notices)


@pytest.mark.parametrize(
    ("fault", "details"),
    [("drop_before", {}), ("html", {}), *(("status", {"code": code}) for code in (500, 502, 503, 504))],
)
async def test_a_post_that_is_not_found_stays_an_open_question(
    buffer: BufferWorld, fault: str, details: dict[str, Any]
) -> None:
    buffer.fault("createPost", fault, **details)
    result = await order(buffer.client("default"), "perhaps")
    (failure,) = result.failures
    assert failure.kind == "outcome_unknown" and "no such post" in failure.hint
    assert not result.success and result.updates == ()
    assert buffer.posts("perhaps") == []
    assert buffer.operations() == ["channel", "createPost", "posts"]


async def test_when_looking_fails_too(buffer: BufferWorld) -> None:
    buffer.fault("createPost", "drop_after_commit")
    buffer.fault("posts", "html", times=3)
    result = await order(buffer.client("default"), "in the dark")
    (failure,) = result.failures
    assert failure.kind == "outcome_unknown" and "looking for it failed too" in failure.hint
    assert len(buffer.posts("in the dark")) == 1
    assert buffer.operations().count("createPost") == 1


async def test_an_older_post_of_the_same_words_is_not_taken_for_the_lost_one(buffer: BufferWorld) -> None:
    client = buffer.client("default")
    first = await order(client, "again")
    buffer.fault("createPost", "drop_before")
    second = await order(client, "again")
    assert first.success and second.failures[0].kind == "outcome_unknown"
    buffer.fault("createPost", "drop_after_commit")
    third = await order(client, "again")
    assert third.success and third.updates[0].id != first.updates[0].id
    assert len(buffer.posts("again")) == 2


async def test_an_older_post_of_somebody_else_is_not_taken_for_the_lost_one(buffer: BufferWorld) -> None:
    assert (await order(buffer.client("default"), "again")).success
    buffer.sandbox.clock.advance(5)
    buffer.fault("createPost", "drop_before")
    (failure,) = (await order(buffer.client("default"), "again")).failures  # a client that knows of no post
    assert failure.kind == "outcome_unknown" and "no such post" in failure.hint


async def test_of_two_equal_posts_none_is_taken_for_the_lost_one(buffer: BufferWorld) -> None:
    assert (await order(buffer.client("default"), "at once")).success
    buffer.fault("createPost", "drop_after_commit")
    (failure,) = (await order(buffer.client("default"), "at once")).failures
    assert failure.kind == "outcome_unknown" and "2 such posts" in failure.hint


async def test_a_post_of_another_time_or_other_media_is_not_taken_for_the_lost_one(buffer: BufferWorld) -> None:
    due = datetime.now(UTC) + timedelta(days=2)
    await order(buffer.client("default"), "same words", scheduled_at=due)
    buffer.fault("createPost", "drop_before", times=2)
    another = buffer.client("default")  # does not know of the first post
    for how in ({"scheduled_at": due + timedelta(hours=1)}, {"media": {"photo": "https://media.example.com/a.jpg"}}):
        assert (await order(another, "same words", **how)).failures[0].kind == "outcome_unknown"


@pytest.mark.parametrize(
    ("fault", "details", "kind"),
    [
        ("rate_limited", {"window": "24h"}, "rate_limited"),
        ("expired_token", {}, "auth"),
        ("status", {"code": 403}, "forbidden"),
        ("status", {"code": 429}, "rate_limited"),
        ("status", {"code": 400}, "bad_answer"),
    ],
)
async def test_a_clear_no_needs_no_looking(buffer: BufferWorld, fault: str, details: dict[str, Any], kind: str) -> None:
    buffer.fault("createPost", fault, **details)
    result = await order(buffer.client("default"), "no")
    assert [failure.kind for failure in result.failures] == [kind]
    assert buffer.posts("no") == [] and buffer.operations() == ["channel", "createPost"]


async def test_one_lost_answer_does_not_touch_the_other_profiles(buffer: BufferWorld) -> None:
    ids = await buffer.ids("twitter", "linkedin", "mastodon", "facebook", "bluesky")
    buffer.fault("createPost", "drop_after_commit")
    result = await buffer.client().create_update("to all", ids)
    assert result.success and [update.profile_id for update in result.updates] == ids
    assert len(buffer.posts("to all")) == len(ids)
    assert buffer.operations().count("createPost") == len(ids)
    assert sum("found by looking" in notice for notice in result.notices) == 1


async def test_a_lookup_that_fails_sends_nothing(buffer: BufferWorld) -> None:
    buffer.fault("*", "expired_token", times=9)
    with pytest.raises(AuthExpired):
        await order(buffer.client("default"), "nothing")
    assert buffer.operations() == ["channel"] and buffer.posts("nothing") == []


async def test_at_most_three_posts_are_sent_at_once(buffer: BufferWorld) -> None:
    ids = await buffer.ids("twitter", "linkedin", "mastodon", "facebook", "bluesky")
    client = buffer.client()
    await client.list_profiles()
    buffer.sandbox.log.clear()
    buffer.fault("createPost", "hang_after_commit", times=9)
    sending = asyncio.ensure_future(client.create_update("crowd", ids))
    for _ in range(1000):  # turns of the event loop; all that can be sent is sent long before
        await asyncio.sleep(0)
    assert buffer.operations() == ["createPost"] * 3
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert len(buffer.posts("crowd")) == 3  # being cancelled sends nothing more, and nothing again


# The same over a real socket.


@pytest.mark.parametrize("fault", ["drop_after_commit", "hang_after_commit", "truncated", "lie_failed"])
async def test_over_a_real_connection_there_is_exactly_one_post(sandbox: Any, fault: str) -> None:
    async def token() -> Secret:
        return Secret(sandbox.token("buffer.default"))

    about = sandbox.description["buffer"]
    client = BufferClient.open(account="buffer.default", base_url=about["url"], token=token, timeout=2.0)
    sandbox.faults({"match": "createPost", "fault": fault})
    result = await order(client, "only once, far away")
    await client.aclose()
    posts = [post for post in sandbox.control("posts") if post["text"] == "only once, far away"]
    assert [update.id for update in result.updates] == [post["id"] for post in posts] and len(posts) == 1
    assert [entry["operation"] for entry in sandbox.log()] == ["channel", "createPost", "posts"]
