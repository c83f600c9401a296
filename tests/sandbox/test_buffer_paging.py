"""Lists of posts: order, filters, and cursors that stay right while posts come and go."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.asking import DELETE, POSTS, START, Buffer


def by(field: str, direction: str = "asc") -> list[dict[str, str]]:
    return [{"field": field, "direction": direction}]


def ids(posts: list[dict[str, Any]]) -> list[str]:
    return [post["id"] for post in posts]


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("field", ["dueAt", "createdAt"])
async def test_every_post_comes_once_and_in_order(buffer: Buffer, field: str, direction: str) -> None:
    posts = await buffer.all(first=7, sort=by(field, direction))
    home = buffer.organization
    everything = {post.id for post in buffer.sandbox.buffer.world.posts if post.organization_id == home}
    assert len(posts) == len(everything) and set(ids(posts)) == everything
    values = [post[field] or "" for post in posts]
    assert values == sorted(values, reverse=direction == "desc")
    whole = await buffer.all(first=100, sort=by(field, direction))
    assert ids(whole) == ids(posts), "the size of pages changes nothing"


async def test_two_sort_keys(buffer: Buffer) -> None:
    sort = [*by("dueAt", "desc"), *by("createdAt")]
    posts = await buffer.all(first=9, sort=sort)
    assert len(set(ids(posts))) == len(posts)
    drafts = [post["createdAt"] for post in posts if post["dueAt"] is None]
    assert len(drafts) > 3 and drafts == sorted(drafts)
    dues = [post["dueAt"] or "" for post in posts]
    assert dues == sorted(dues, reverse=True)
    twice = {"organizationId": buffer.organization, "sort": by("dueAt") * 2}
    assert "once" in (await buffer.trouble(POSTS, input=twice))["message"]


async def test_page_info(buffer: Buffer) -> None:
    page = await buffer.posts(first=3)
    cursors = [edge["cursor"] for edge in page["edges"]]
    assert page["pageInfo"] == {
        "startCursor": cursors[0],
        "endCursor": cursors[-1],
        "hasNextPage": True,
        "hasPreviousPage": False,
    }
    empty = await buffer.posts(filter={"channelIds": []})
    assert empty == {
        "edges": [],
        "pageInfo": {"startCursor": None, "endCursor": None, "hasNextPage": False, "hasPreviousPage": False},
    }
    second = await buffer.posts(first=2, after=cursors[0])
    assert [edge["cursor"] for edge in second["edges"]] == cursors[1:]
    assert second["pageInfo"]["hasPreviousPage"] is False


async def test_page_sizes(buffer: Buffer) -> None:
    assert len((await buffer.posts())["edges"]) == 20
    assert len((await buffer.posts(first=5000))["edges"]) == 100
    buffer.sandbox.buffer.switches.page_max = 10
    assert len((await buffer.posts(first=50))["edges"]) == 10
    for first in (0, -1):
        error = await buffer.trouble(POSTS, input={"organizationId": buffer.organization}, first=first)
        assert "first" in error["message"]


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "é", base64.b64encode(b"null").decode(), "W10=", "a" * 5000])
async def test_cursors_of_somebody_else(buffer: Buffer, cursor: str) -> None:
    error = await buffer.trouble(POSTS, input={"organizationId": buffer.organization}, after=cursor)
    assert (error["message"], error["extensions"]["code"]) == ("Invalid cursor", "UNEXPECTED")


async def test_a_cursor_belongs_to_an_order(buffer: Buffer) -> None:
    cursor = (await buffer.posts(first=1))["pageInfo"]["endCursor"]
    assert base64.b64decode(base64.b64decode(cursor)).startswith(b"[")
    query = {"organizationId": buffer.organization, "sort": by("createdAt")}
    assert (await buffer.trouble(POSTS, input=query, after=cursor))["message"] == "Invalid cursor"


async def test_cursors_stay_right_while_posts_come_and_go(buffer: Buffer) -> None:
    sort = by("dueAt")
    page = await buffer.posts(first=5, sort=sort, filter={"status": ["scheduled"]})
    seen = [edge["node"] for edge in page["edges"]]
    rest = ids(await buffer.all(sort=sort, filter={"status": ["scheduled"]}))[5:]
    for post in seen[2:]:  # the last one seen goes, too
        await buffer.ask(DELETE, input={"id": post["id"]})
    await buffer.made(mode="customScheduled", dueAt=(START + timedelta(minutes=1)).isoformat())
    after = page["pageInfo"]["endCursor"]
    page = await buffer.posts(first=100, sort=sort, filter={"status": ["scheduled"]}, after=after)
    assert [edge["node"]["id"] for edge in page["edges"]] == rest


async def test_filters(buffer: Buffer) -> None:
    world = buffer.sandbox.buffer.world
    every = await buffer.all()
    x, page = buffer.channel("twitter").id, buffer.channel("facebook").id
    tags = list(world.organizations[buffer.organization].tags)
    soon, late = START.isoformat(), (START + timedelta(days=2)).isoformat()

    async def found(**wanted: Any) -> set[str]:
        return set(ids(await buffer.all(filter=wanted)))

    def expected(fits: Any) -> set[str]:
        fitting = {post["id"] for post in every if fits(post)}
        assert fitting, "the test would show nothing"
        return fitting

    def due(post: dict[str, Any]) -> str:
        return post["dueAt"] or ""

    low, high = "2026-11-18T12:00:00.000Z", "2026-11-20T12:00:00.000Z"
    assert await found(channelIds=[x, page]) == expected(lambda post: post["channelId"] in (x, page))
    assert await found(status=["draft", "error"]) == expected(lambda post: post["status"] in ("draft", "error"))
    assert await found(dueAt={"start": soon, "end": late}) == expected(lambda post: low <= due(post) <= high)
    assert await found(dueAt={"end": late}) == expected(lambda post: "" < due(post) <= high)
    assert await found(startDate=soon, endDate=late) == expected(lambda post: low <= due(post) <= high)
    assert await found(createdAt={"start": soon}) == set()
    assert await found(createdAt={"end": soon}) == set(ids(every))
    assert await found(dueAtPresence="absent") == expected(lambda post: post["dueAt"] is None)
    assert await found(dueAtPresence="present") == expected(lambda post: post["dueAt"])
    assert await found(tags={"in": tags[:2]}) == expected(
        lambda post: {tag["id"] for tag in post["tags"]} & set(tags[:2])
    )
    assert await found(tags={"in": [], "isEmpty": True}) == expected(lambda post: not post["tags"])
    assert await found(tagIds=tags[:1]) == expected(lambda post: tags[0] in [tag["id"] for tag in post["tags"]])
    assert await found(channelIds=[x], status=["sent"], dueAt={"start": "2026-11-10T00:00:00Z"}) == expected(
        lambda post: post["channelId"] == x and post["status"] == "sent" and due(post) >= "2026-11-10"
    )


async def test_filters_that_contradict_each_other_or_are_not_ours(buffer: Buffer) -> None:
    about = {"organizationId": buffer.organization}
    error = await buffer.trouble(
        POSTS, input=about | {"filter": {"dueAtPresence": "absent", "dueAt": {"start": START.isoformat()}}}
    )
    assert "absent" in error["message"]
    foreign = await buffer.trouble(POSTS, input=about | {"filter": {"channelIds": ["4eb8572a512f7f621800004e"]}})
    assert foreign["extensions"]["code"] == "FORBIDDEN"
    unknown = await buffer.trouble(POSTS, input={"organizationId": "0" * 24})
    assert unknown["extensions"]["code"] == "NOT_FOUND"


async def test_a_hundred_thousand_posts_are_paged_like_ten(buffer: Buffer) -> None:
    from kosmo_tui.sandbox import Sandbox

    sandbox = Sandbox(seed=7, clock=buffer.sandbox.clock, posts=100_000, unlimited=True)
    world = sandbox.buffer.world
    buffer.http._transport.app = sandbox.app  # type: ignore[attr-defined]
    buffer = Buffer(sandbox, buffer.http)
    sent = sum(world.posts.count(channel.id, "sent") for channel in buffer.channels())
    assert sent == 100_000
    last = await buffer.posts(first=100, sort=by("dueAt", "desc"), filter={"status": ["sent"]})
    again = await buffer.posts(
        first=100, sort=by("dueAt", "desc"), filter={"status": ["sent"]}, after=last["pageInfo"]["endCursor"]
    )
    dues = [edge["node"]["dueAt"] for edge in last["edges"] + again["edges"]]
    assert dues == sorted(dues, reverse=True) and len(dues) == 200
    oldest = await buffer.posts(first=1, filter={"status": ["sent"]})
    assert oldest["edges"][0]["node"]["dueAt"] < "2020"
