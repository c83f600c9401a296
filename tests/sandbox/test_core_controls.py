"""Clock, faults, hostile texts, controls and the seeded world."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.sandbox import Sandbox
from kosmo_tui.sandbox.buffer.rules import judge
from kosmo_tui.sandbox.clock import Clock
from kosmo_tui.sandbox.faults import BadFault, Faults
from kosmo_tui.sandbox.hostile import VENOM, poison
from kosmo_tui.sandbox.instagram import Switches
from tests.sandbox.asking import START, Buffer, Still


def test_a_clock_runs_and_can_be_moved_ahead_only() -> None:
    clock = Clock(START)
    first = clock.now()
    assert START <= first < START + timedelta(minutes=1) and first.tzinfo is UTC
    assert clock.advance(3600) - first >= timedelta(hours=1)
    for seconds in (-1, float("nan"), float("inf"), 1e10):
        with pytest.raises(ValueError, match="advances"):
            clock.advance(seconds)
    clock.reset()
    assert clock.now() - START < timedelta(minutes=1)
    with pytest.raises(ValueError, match="aware"):
        Clock(datetime(2026, 1, 1))
    assert abs(Clock().now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_faults_match_in_order_and_are_counted() -> None:
    faults = Faults()
    faults.load(
        [
            {"match": "createPost", "fault": "drop_before", "times": 2},
            {"match": "POST /media_publish", "fault": "html"},
            {"match": "GET /", "fault": "truncated"},
            {"match": "*", "fault": "slow", "seconds": 0},
        ]
    )
    taken = [
        faults.take(*request)
        for request in (
            ("POST", "/", ["createPost", "account"]),
            ("POST", "/v25.0/17/media_publish/", []),
            ("GET", "/v25.0/17", []),
            ("GET", "/", []),
            ("POST", "/graphql", ["createPost"]),
            ("POST", "/graphql", ["createPost"]),
        )
    ]
    assert [fault and fault.fault for fault in taken] == [
        "drop_before",
        "html",
        "slow",
        "truncated",
        "drop_before",
        None,
    ]
    assert (faults.listed(), len(faults.hits)) == ([], 5)


@pytest.mark.parametrize(
    ("order", "word"),
    [
        ({"match": "posts"}, "needs fault"),
        ({"fault": "html"}, "needs match"),
        ({"match": "posts", "fault": "explode"}, "unknown fault 'explode'"),
        ({"match": "", "fault": "html"}, "match must be"),
        ({"match": 5, "fault": "html"}, "match must be"),
        ({"match": "FETCH /x", "fault": "html"}, "match must be"),
        ({"match": "*", "fault": "html", "when": 1}, "unknown key 'when'"),
        ({"match": "*", "fault": "html", "times": 0}, "times"),
        ({"match": "*", "fault": "html", "times": True}, "times"),
        ({"match": "*", "fault": "html", "times": None}, "times"),
        ({"match": "*", "fault": "status"}, "code"),
        ({"match": "*", "fault": "status", "code": 99}, "code"),
        ({"match": "*", "fault": "status", "code": "500"}, "code"),
        ({"match": "*", "fault": "slow"}, "seconds"),
        ({"match": "*", "fault": "slow", "seconds": "1"}, "seconds"),
        ({"match": "*", "fault": "rate_limited", "window": "1h"}, "window"),
        ("posts", "JSON object"),
    ],
)
async def test_faults_that_make_no_sense_are_refused_as_a_whole(
    http: httpx.AsyncClient, sandbox: Sandbox, order: Any, word: str
) -> None:
    with pytest.raises(BadFault, match=word):
        Faults().load([order])
    answer = await http.post("/_sandbox/faults", json=[{"match": "*", "fault": "html"}, order])
    assert answer.status_code == 400 and word in answer.json()["error"]
    assert sandbox.faults.listed() == []


@given(st.text(), st.integers(0, 10_000))
def test_poison_is_mixed_in_and_nothing_is_lost(text: str, number: int) -> None:
    poisoned = poison(text, number)
    venom = VENOM[number % len(VENOM)]
    assert poisoned == poison(text, number)
    assert poisoned.replace(venom, "", 1) == text or venom in text
    assert len(poisoned) == len(text) + len(venom)


def test_all_venoms_are_used_and_can_be_sent() -> None:
    assert {poison("", number) for number in range(len(VENOM))} == set(VENOM)
    assert json.loads(json.dumps(VENOM)) == list(VENOM)
    "".join(VENOM).encode()


async def test_controls(http: httpx.AsyncClient, buffer: Buffer) -> None:
    about = (await http.get("/_sandbox")).json()
    assert about["instagram"].pop("special_tokens") == buffer.sandbox.instagram.special_tokens
    assert about == buffer.sandbox.describe("http://sandbox.test")
    assert set(about) == {"url", "control", "buffer", "instagram"}
    assert set(about["buffer"]["tokens"]) == {"default", "agency", "client_acct"}
    assert (
        set(about["instagram"]["tokens"]) == set(about["instagram"]["login"]) == {"default", "brand_account", "agency"}
    )
    post = await buffer.made(mode="shareNow")
    before = (await http.get("/_sandbox/clock")).json()["now"]
    after = (await http.post("/_sandbox/clock", json={"advance": 60})).json()["now"]
    assert (datetime.fromisoformat(after) - datetime.fromisoformat(before)).total_seconds() >= 60
    found = (await http.get("/_sandbox/posts", params={"channel": post["channelId"]})).json()
    assert {item["channel"] for item in found} == {post["channelId"]}
    assert next(item for item in found if item["id"] == post["id"])["status"] == "sent"
    everything = (await http.get("/_sandbox/posts")).json()
    assert len({item["channel"] for item in everything}) > 15
    media = (await http.get("/_sandbox/media")).json()
    assert isinstance(media, list) and media
    await http.post("/_sandbox/faults", json={"match": "*", "fault": "html"})
    assert (await http.get("/_sandbox/faults")).json()["open"] == [{"match": "*", "fault": "html", "times": 1}]
    assert (await http.delete("/_sandbox/faults")).json() == {"open": []}
    await http.post("/_sandbox/reset")
    assert (await http.get("/_sandbox/log")).json() == []
    assert len((await http.get("/_sandbox/posts")).json()) == len(everything) - 1


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("GET", "/_sandbox/nothing", b"", 404),
        ("DELETE", "/_sandbox/clock", b"", 405),
        ("POST", "/_sandbox/clock", b"", 400),
        ("POST", "/_sandbox/clock", b"{", 400),
        ("POST", "/_sandbox/clock", b'{"advance": "5"}', 400),
        ("POST", "/_sandbox/clock", b'{"advance": -5}', 400),
        ("POST", "/_sandbox/clock", b'{"advance": true}', 400),
        ("POST", "/_sandbox/clock", b'{"advance": 1, "back": 2}', 400),
        ("POST", "/_sandbox/faults", b"5", 400),
        ("GET", "/_sandbox/posts?limit=many", b"", 400),
        ("GET", "/_sandbox/posts?limit=-1", b"", 400),
        ("GET", "/_sandbox/posts?status=lost", b"", 400),
    ],
)
async def test_controls_that_make_no_sense(
    http: httpx.AsyncClient, method: str, path: str, content: bytes, status: int
) -> None:
    answer = await http.request(method, path, content=content)
    assert answer.status_code == status and answer.json()["error"]


async def test_the_log_tells_all_but_secrets(http: httpx.AsyncClient, buffer: Buffer) -> None:
    await http.get("/")
    await buffer.made()
    token = buffer.sandbox.instagram.tokens["default"]
    await http.get("/v25.0/me", params={"fields": "id", "access_token": token})
    await http.get("/refresh_access_token", params={"grant_type": "ig_refresh_token", "access_token": token})
    await http.get("/access_token", params={"client_secret": "s3cret", "access_token": token})
    log = (await http.get("/_sandbox/log")).json()
    assert [(entry["method"], entry["operation"], entry["fault"]) for entry in log[:2]] == [
        ("GET", None, None),
        ("POST", "createPost", None),
    ]
    assert [entry["path"] for entry in log[2:]] == [
        "/v25.0/me?fields=id",
        "/refresh_access_token?grant_type=ig_refresh_token",
        "/access_token",
    ]
    assert log[0]["status"] == 401 and log[1]["status"] == 200
    text = json.dumps(log)
    assert "s3cret" not in text
    assert not [token for token in buffer.sandbox.buffer.tokens.values() if token in text]


async def test_faults_know_the_operation_that_runs(http: httpx.AsyncClient, buffer: Buffer) -> None:
    query = """query a { account { id } } query b { ...root ... on Query { channel(input: {id: "x"}) { id } } }
      fragment root on Query { account { name } }"""
    token = buffer.sandbox.buffer.tokens["agency"]
    for name, operation in (("a", "account"), ("b", "account,channel")):
        body = {"query": query, "operationName": name}
        await http.post("/", json=body, headers={"Authorization": f"Bearer {token}"})
        assert buffer.sandbox.log[-1]["operation"] == operation
    await http.post("/", json={"query": "{ ...loop } fragment loop on Query { ...loop account { id } }"})
    assert buffer.sandbox.log[-1]["operation"] == "account"


async def test_a_huge_body_is_refused_before_it_is_read(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1_000_000
            yield b"x" * 1_000_000

    for length in ({}, {"Content-Length": "200000000"}):
        answer = await http.post("/", content=endless(), headers=length)
        assert answer.status_code == 413
        assert parsedate_to_datetime(answer.headers["Date"]) == sandbox.clock.now()
        assert read == 5_000_000, "four are taken, the fifth is too much; with a length none"
    assert (await http.post("/", content=b"x" * 4_000_000)).status_code == 401


async def test_posts_are_shown_newest_first_and_a_part_of_them(clock: Clock) -> None:
    sandbox = Sandbox(seed=7, clock=clock, posts=1500)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox.app), base_url="http://x") as http:

        async def shown(**asked: Any) -> list[Any]:
            return list((await http.get("/_sandbox/posts", params=asked)).json())

        draft = await Buffer(sandbox, http).made(saveToDraft=True)
        clock.advance(1)
        later = await Buffer(sandbox, http).made(text="and another")
        found = await shown()
        assert [post["id"] for post in found[:2]] == [later["id"], draft["id"]] and len(found) == 1000
        assert [post["createdAt"] for post in found] == sorted((post["createdAt"] for post in found), reverse=True)
        assert [post["status"] for post in await shown(status="sent", limit=7)] == ["sent"] * 7
        assert len(await shown(limit=1_000_000)) == len(sandbox.buffer.world.posts) > 1500


async def test_what_buffer_has_elsewhere_is_not_taken_for_instagram(http: httpx.AsyncClient) -> None:
    answer = await http.get("/1/user.json", params={"access_token": "old"})
    assert (answer.status_code, answer.json()["code"]) == (410, 410)
    assert (await http.post("/1/profiles/4eb8/updates/pending.json")).status_code == 410
    for path in ("/token", "/reg", "/token/introspection", "/auth", "/.well-known/openid-configuration"):
        answer = await http.post(path, data={"grant_type": "refresh_token"})
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    assert "fbtrace_id" in (await http.get("/me")).json()["error"]


async def test_a_batch_at_the_root_is_instagrams_and_all_else_is_buffers(
    http: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    batch = json.dumps([{"relative_url": "me?fields=username"}])
    token = {"access_token": sandbox.instagram.tokens["default"]}
    answer = await http.post("/", data={"batch": batch, **token})
    assert json.loads(answer.json()[0]["body"])["username"] == "little.fern.bakery"
    answer = await http.post("/", files={"batch": (None, batch)}, params=token)
    assert [item["code"] for item in answer.json()] == [200]
    for sent in ({"data": token}, {"json": {"batch": batch}}, {"content": batch}):
        answer = await http.post("/", **sent)  # type: ignore[arg-type]
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    await http.post("/", params={"batch": batch}, data={"x": "y"})
    assert [entry["path"] for entry in sandbox.log] == ["/"] * 6


async def test_head_is_get_without_a_body(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    ask = {"headers": {"Authorization": f"Bearer {sandbox.instagram.tokens['default']}"}}
    head, get = await http.head("/v25.0/me", **ask), await http.get("/v25.0/me", **ask)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(get.content))
    assert (await http.head("/v25.0/123", **ask)).status_code == 400
    ask = {"headers": {"Authorization": f"Bearer {sandbox.buffer.tokens['default']}"}}
    for method in ("HEAD", "GET", "PUT"):
        answer = await http.request(method, "/graphql", **ask)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
        assert bool(answer.content) == (method != "HEAD")


async def test_doubts_about_instagram_can_be_settled(clock: Clock) -> None:
    sandbox = Sandbox(clock=clock, instagram_switches=Switches(default_version="v22.0"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox.app), base_url="http://x") as http:
        assert (await http.get("/me")).headers["facebook-api-version"] == "v22.0"


def snapshot(sandbox: Sandbox) -> str:
    return json.dumps([sandbox.describe("http://x"), sandbox.buffer.posts_now()])


def test_a_seed_is_a_world() -> None:
    first, second = Sandbox(seed=3, clock=Still(START)), Sandbox(seed=3, clock=Still(START))
    list(second.buffer.world.posts)  # posts are made on demand; the order in which they are changes nothing
    assert snapshot(first) == snapshot(second)
    before = snapshot(first)
    first.reset()
    assert snapshot(first) == before
    assert snapshot(Sandbox(seed=4, clock=Still(START))) != before
    later = Sandbox(seed=3, clock=Still(START + timedelta(days=30)))
    assert list(later.buffer.world.channels) == list(first.buffer.world.channels), "ids do not depend on the day"


def test_the_world_is_as_promised(sandbox: Sandbox) -> None:
    world = sandbox.buffer.world
    accounts = {account.name: account for account in world.accounts.values()}
    channels = {
        name: [c for home in a.organizations for c in world.channels_of(home.id)] for name, a in accounts.items()
    }
    assert [accounts[name].plan.name for name in ("default", "agency", "client_acct")] == ["Free", "Team", "Essentials"]
    assert (len(channels["default"]), len(accounts["client_acct"].organizations)) == (3, 2)
    agency = channels["agency"]
    assert len({channel.service for channel in agency}) == 8
    assert len({channel.timezone for channel in agency}) >= 6
    assert [sum(getattr(c, flag) for c in agency) for flag in ("disconnected", "paused")] == [1, 1]
    for channel_id in ("4eb8572a512f7f621800004e", "4eb8572a512f7f6218000050"):
        assert channel_id in [channel.id for channel in channels["default"]]
    assert world.posts["4eb8586e512f7f621800005d"].status == "sent"
    pending = [post for channel in agency for post in world.posts.of(channel.id, "scheduled")]
    assert 35 <= len(pending) <= 50
    assert all(post.due_at and post.due_at > START for post in pending)
    waiting = [post for channel in agency for post in world.posts.of(channel.id, "needs_approval")]
    assert len(waiting) == 1
    failed = [post for post in world.posts if post.status == "error"]
    assert len(failed) > 5
    assert all(post.error and all(post.error[key] for key in ("message", "rawError", "supportUrl")) for post in failed)
    sent = [post for post in world.posts if post.status == "sent"]
    assert min(post.sent_at for post in sent if post.sent_at) < START - timedelta(days=100)
    texts = {post.text for post in world.posts}
    assert (
        "" in texts and any(len(text) > 500 for text in texts) and any("日" in text or "東" in text for text in texts)
    )
    assert {asset["type"] for post in world.posts for asset in post.assets} == {"image", "video"}


@pytest.mark.parametrize("seed", range(4))
def test_seeded_posts_obey_the_rules(seed: int) -> None:
    world = Sandbox(seed=seed, clock=Still(START)).buffer.world
    for post in world.posts:
        channel = world.channels[post.channel_id]
        assert judge(channel, post.text, post.assets, post.metadata, draft=post.status == "draft") == []
    for channel in world.channels.values():
        times = [post.due_at for post in world.posts.of(channel.id, "scheduled", "needs_approval")]
        assert len(times) == len(set(times))


async def test_posts_go_out_while_the_demo_runs(buffer: Buffer) -> None:
    world = buffer.sandbox.buffer.world
    before = sum(world.posts.count(channel.id, "sent") for channel in buffer.channels())
    buffer.sandbox.clock.advance(3 * 86_400)
    await buffer.posts()
    assert sum(world.posts.count(channel.id, "sent") for channel in buffer.channels()) > before + 5


async def test_hostile_worlds_answer_and_poison_every_text(clock: Clock) -> None:
    sandbox = Sandbox(seed=7, clock=clock, hostile=True)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox.app), base_url="http://x") as http:
        buffer = Buffer(sandbox, http)
        posts = await buffer.all(first=100)
        assert all(any(venom in post["text"] for venom in VENOM) for post in posts)
        errors = [post["error"]["message"] for post in posts if post["error"]]
        assert errors and all(any(venom in text for venom in VENOM) for text in errors)
        pictures = [asset for post in buffer.sandbox.buffer.world.posts for asset in post.assets if "image" in asset]
        assert all(any(venom in asset["image"]["altText"] for venom in VENOM) for asset in pictures)
        found = await buffer.ask("{ account { name organizations { name } } }")
        assert any(venom in found["account"]["name"] for venom in VENOM)
        plain = "what a person writes comes back as it was"
        assert (await buffer.made(text=plain))["text"] == plain
