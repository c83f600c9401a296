"""The world: believable, consistent, the same for one seed; comments and tokens."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Any

import pytest
from starlette.requests import Request

from kosmo_tui.sandbox.faults import Fault
from kosmo_tui.sandbox.hostile import VENOM
from kosmo_tui.sandbox.instagram import Instagram
from tests.sandbox.graph_sandbox import START, Graph, StandingClock

EXAMPLE, COMMENT = "17895695668004550", "17853788044894720"


async def everything(graph: Graph, path: str, account: str, **parameters: Any) -> list[Any]:
    """All pages of a list."""
    answer = await graph.get(path, account, **parameters)
    found = list(answer.data)
    while "next" in answer.good.get("paging", {}):
        answer = await graph.follow(answer.good["paging"]["next"])
        found += answer.data
    return found


async def test_one_seed_makes_one_world() -> None:
    first, second, other = Graph(seed=5), Graph(seed=5), Graph(seed=6)
    for graph in (first, second, other):
        graph.clock.advance(hours=5)
        graph.side.tick()
    assert first.side.media_now() == second.side.media_now() != other.side.media_now()
    assert first.side.tokens == second.side.tokens != other.side.tokens
    before = first.side.media_now()
    await first.published()
    assert first.side.media_now() != before
    first.clock.time = START
    first.side.reset()
    assert first.side.media_now() == Graph(seed=5).side.media_now()


async def test_the_brand_is_large_and_speaks_many_languages() -> None:
    graph = Graph()
    items = await everything(
        graph, "me/media", "brand_account", fields="caption,media_type,media_product_type,timestamp", limit=50
    )
    kinds = {(item["media_type"], item["media_product_type"]) for item in items}
    assert len(items) >= 60
    assert kinds == {("IMAGE", "FEED"), ("VIDEO", "FEED"), ("VIDEO", "REELS"), ("CAROUSEL_ALBUM", "FEED")}
    captions = [item.get("caption") for item in items]
    assert None in captions and any(caption and len(caption) > 1500 for caption in captions)
    scripts = {
        unicodedata.name(sign, "?").split()[0] for caption in captions for sign in caption or "" if sign.isalpha()
    }
    assert {
        "LATIN",
        "CYRILLIC",
        "HIRAGANA",
        "ARABIC",
        "HEBREW",
        "HANGUL",
        "CJK",
        "THAI",
        "DEVANAGARI",
        "GREEK",
    } <= scripts
    assert (await graph.get("me/stories", "brand_account")).data
    assert (await graph.get("me", "brand_account", fields="followers_count")).good["followers_count"] > 100_000
    assert (await graph.get("me", fields="followers_count")).good["followers_count"] < 100


@pytest.mark.parametrize("account", ["default", "brand_account", "agency"])
async def test_counts_are_those_of_the_lists(account: str) -> None:
    graph = Graph(expansion_rows=10**6)
    path = "17841411718913026" if account == "agency" else "me"
    fields = "timestamp,comments_count,is_comment_enabled"
    items = await everything(graph, f"{path}/media", account, fields=fields, limit=40)
    assert (await graph.get(path, account, fields="media_count")).good["media_count"] == len(items)
    for item in items[:12]:
        comments = await everything(
            graph,
            f"{item['id']}/comments",
            account,
            fields="timestamp,replies.limit(50){timestamp,parent_id}",
            limit=50,
        )
        replies = [reply for comment in comments for reply in comment.get("replies", {"data": []})["data"]]
        assert item["comments_count"] == len(comments) + len(replies)
        times = [comment["timestamp"] for comment in comments]
        assert times == sorted(times, reverse=True)
        now = START.strftime("%Y-%m-%dT%H:%M:%S+0000")
        assert all(item["timestamp"] <= other["timestamp"] <= now for other in comments + replies)
        assert all(reply["parent_id"] for reply in replies)


async def test_comments_come_fifty_a_page_at_most() -> None:
    graph = Graph()
    busy = max(graph.media("brand_account"), key=lambda item: item["comments_count"])
    assert busy["comments_count"] > 100
    assert len((await graph.get(f"{busy['id']}/comments", "brand_account", limit=500)).data) == 50
    assert len((await graph.get(f"{busy['id']}/comments", "brand_account")).data) == 25


async def test_the_examples_of_the_reference_exist() -> None:
    graph = Graph()
    comments = (await graph.get(f"{EXAMPLE}/comments", fields="id,text,timestamp,username,like_count", limit=20)).data
    assert COMMENT in [comment["id"] for comment in comments]
    answer = await graph.get(COMMENT, fields="text,username,like_count,media{id,media_product_type},parent_id")
    assert answer.good["media"] == {"id": EXAMPLE, "media_product_type": "FEED"}
    assert "parent_id" not in answer.good


async def test_comments_arrive_over_time_and_the_clock_may_jump() -> None:
    graph = Graph()

    async def comments() -> int:
        return sum(item["comments_count"] for item in graph.media("brand_account"))

    before = await comments()
    graph.clock.advance(hours=1)
    await graph.get("me")
    hour = await comments()
    assert 20 < hour - before < 120
    graph.clock.advance(days=300)
    graph.side.tick()
    assert hour < await comments() <= hour + 200


async def test_answering_hiding_and_deleting() -> None:
    graph = Graph()
    reply = (await graph.post(f"{COMMENT}/replies", message="Saved!")).good["id"]
    below = (await graph.post(f"{reply}/replies", message="Both of them.")).good["id"]
    assert (await graph.get(below, fields="parent_id,text,user")).good == {
        "parent_id": COMMENT, "text": "Both of them.", "user": {"id": "37219989057646241"}, "id": below,
    }  # fmt: skip
    thread = (await graph.get(f"{COMMENT}/replies", fields="text")).data
    assert [answer["text"] for answer in thread][-2:] == ["Saved!", "Both of them."]
    assert (await graph.get(f"{reply}/replies")).data == []

    assert (await graph.post(COMMENT, hide="true")).good == {"success": True}
    assert (await graph.get(COMMENT, fields="hidden")).good["hidden"] is True
    assert (await graph.post(f"{COMMENT}/replies", message="?")).code == (100, 33)
    assert (await graph.post(reply, hide="true")).good == {"success": True}
    assert (await graph.get(reply, fields="hidden")).good["hidden"] is False  # one's own stay visible
    assert (await graph.post(COMMENT, hide="false")).good and (await graph.post(f"{COMMENT}/replies", message="!")).good
    assert (await graph.post(COMMENT)).error["message"] == "The parameter hide is required."
    assert (await graph.post(f"{COMMENT}/replies")).error["message"] == "The parameter message is required."

    count = (await graph.get(EXAMPLE, fields="comments_count")).good["comments_count"]
    assert (await graph.delete(COMMENT)).good == {"success": True}
    assert (await graph.get(COMMENT)).code == (100, 33) and (await graph.get(reply)).code == (100, 33)
    assert (await graph.get(EXAMPLE, fields="comments_count")).good["comments_count"] == count - 5


async def test_comments_can_be_switched_off() -> None:
    graph = Graph()
    assert (await graph.post(EXAMPLE, comment_enabled="false")).good == {"success": True}
    assert (await graph.get(EXAMPLE, fields="is_comment_enabled")).good["is_comment_enabled"] is False
    assert (await graph.post(f"{EXAMPLE}/comments", message="Anybody?")).code == (100, None)
    assert (await graph.post(EXAMPLE, comment_enabled="perhaps")).code == (100, None)
    assert (await graph.post(EXAMPLE, json={"comment_enabled": True})).good == {"success": True}


async def test_liking_on_the_facebook_host() -> None:
    graph = Graph()
    path = "17841411718913026/likes"
    media = graph.media("agency")[-1]["id"]
    comment = (await graph.post(f"{media}/comments", "agency", message="Thanks")).good["id"]

    async def counts() -> tuple[int, int]:
        liked = (await graph.get(media, "agency", fields="like_count")).good["like_count"]
        return liked, (await graph.get(comment, "agency", fields="like_count")).good["like_count"]

    likes, none = await counts()
    for _ in range(2):  # a second like is none
        assert (await graph.post(path, "agency", media_id=media)).good == {"success": True}
        assert (await graph.post(path, "agency", comment_id=comment)).good == {"success": True}
    assert await counts() == (likes + 1, none + 1)
    assert (await graph.delete(path, "agency", media_id=media)).good == {"success": True}
    assert await counts() == (likes, none + 1)
    assert (await graph.post(path, "agency", media_id="1")).code == (100, 33)
    assert (await graph.post("me/likes", media_id=EXAMPLE)).code == (2500, None)


async def test_urls_of_media_are_signed_and_die_in_some_days() -> None:
    answer = await Graph().get(EXAMPLE, fields="media_url,timestamp")
    expires = int(re.search(r"oe=([0-9A-F]+)$", answer.good["media_url"])[1], 16)  # type: ignore[index]
    assert 4 * 86400 <= expires - START.timestamp() <= 5 * 86400
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000", answer.good["timestamp"])


async def test_flagged_media_have_no_url() -> None:
    graph = Graph()
    items = await everything(graph, "me/media", "brand_account", fields="media_url,thumbnail_url,media_type")
    without = [item for item in items if "media_url" not in item]
    assert without and all("thumbnail_url" in item for item in without)
    assert all(("thumbnail_url" in item) == (item["media_type"] == "VIDEO") for item in items)


async def token_call(graph: Graph, path: str, **parameters: str) -> Any:
    return (await graph.http.get(path, params=parameters)).json()


async def test_refreshing_a_token() -> None:
    graph = Graph()
    ask = {"grant_type": "ig_refresh_token"}
    answer = await token_call(graph, "/refresh_access_token", access_token=graph.token("default"), **ask)
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 5184000)
    assert answer["permissions"].startswith("instagram_business_")
    assert (await graph.get("me", token=answer["access_token"])).status == 200
    young = await token_call(graph, "/refresh_access_token", access_token=answer["access_token"], **ask)
    assert young["error"]["code"] == 100
    graph.clock.advance(days=59)
    assert (await graph.get("me")).code == (190, 0)  # the old one is dead, the new one lives
    assert (await graph.get("me", token=answer["access_token"])).status == 200
    again = await token_call(graph, "/refresh_access_token", access_token=answer["access_token"], **ask)
    graph.clock.advance(days=59)
    assert (await graph.get("me", token=again["access_token"])).status == 200
    dead = await token_call(graph, "/refresh_access_token", access_token=answer["access_token"], **ask)
    assert dead["error"]["code"] == 190


async def test_exchanging_tokens() -> None:
    graph = Graph()
    secret = {"client_secret": "s", "grant_type": "ig_exchange_token"}
    short = graph.token("short_lived")
    answer = await token_call(graph, "/access_token", access_token=short, **secret)
    graph.clock.advance(hours=2)
    assert (await graph.get("me", token=short)).code == (190, 0)
    assert (await graph.get("me", token=answer["access_token"])).status == 200
    missing = await token_call(graph, "/access_token", access_token=short, grant_type="ig_exchange_token")
    assert missing["error"]["message"] == "The parameter client_secret is required."

    asked = {"client_id": "1", "client_secret": "s", "grant_type": "fb_exchange_token"}
    facebook = await token_call(graph, "/v25.0/oauth/access_token", fb_exchange_token=graph.token("agency"), **asked)
    assert (await graph.get("me/accounts", token=facebook["access_token"])).data
    wrong = await token_call(graph, "/v25.0/oauth/access_token", fb_exchange_token=graph.token("default"), **asked)
    assert wrong["error"]["message"] == "Invalid OAuth access token - Cannot parse access token"
    assert (await token_call(graph, "/access_token", grant_type="magic"))["error"]["code"] == 100

    strict = Graph(versioned_token_endpoints=False)
    asked = secret | {"access_token": strict.token("short_lived")}
    assert "access_token" in await token_call(strict, "/access_token", **asked)
    assert (await token_call(strict, "/v25.0/access_token", **asked))["error"]["code"] == 100

    code = {"client_id": "1", "client_secret": "s", "redirect_uri": "https://a.example/", "code": "c"}
    sent = await graph.http.post("/oauth/access_token", data=code | {"grant_type": "authorization_code"})
    assert (await graph.get("me", token=sent.json()["access_token"])).status == 200


@pytest.mark.parametrize(
    ("name", "code"),
    [("expired", (190, 0)), ("revoked", (190, 460)), ("agency_expired", (190, 463)), ("agency_revoked", (190, 460))],
)
async def test_tokens_that_are_trouble(name: str, code: tuple[int, int]) -> None:
    answer = await Graph().get("me", name)
    assert answer.code == code and answer.error["type"] == "OAuthException"


async def test_a_token_without_scopes_reads_the_basics_only() -> None:
    graph = Graph()
    assert (await graph.get("me/media", "basic_only", fields="caption")).data
    for method, path in (("GET", f"{EXAMPLE}/comments"), ("POST", "me/media"), ("GET", "me/content_publishing_limit")):
        answer = await graph.ask(method, path, "basic_only")
        assert (answer.code, answer.status) == ((10, None), 403)


@pytest.mark.parametrize(("account", "subcode"), [("default", 0), ("agency", 463)])
async def test_expired_by_order(account: str, subcode: int) -> None:
    graph = Graph()
    graph.fault = Fault("*", "expired_token")
    answer = await graph.get("me", account)
    assert answer.code == (190, subcode) and "Session has expired on Sunday, 22-Nov-26" in answer.error["message"]
    assert (await graph.get("me", account)).status == 200


async def test_hostile_texts_are_everywhere() -> None:
    graph = Graph(hostile=True)
    items = await everything(graph, "me/media", "brand_account", fields="caption,alt_text,username,permalink")
    poisoned = [
        text for item in items for text in (item.get("caption"), item.get("alt_text"), item["username"]) if text
    ]
    assert all(any(venom in text for venom in VENOM) for text in poisoned)
    assert all(re.fullmatch(r"[!-~]+", item["permalink"]) for item in items)
    graph.clock.advance(hours=1)
    for path, fields in (("me", "name,username"), (f"{items[0]['id']}/comments", "text,username")):
        answer = await graph.get(path, "brand_account", fields=fields)
        for entry in answer.body.get("data", [answer.body]):
            assert all(any(venom in entry[name] for venom in VENOM) for name in fields.split(","))


async def test_unlimited_raises_the_limits_a_thousandfold() -> None:
    from kosmo_tui.sandbox.instagram import Switches

    async def nothing() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    side = Instagram(StandingClock(), 1, False, True, Switches(account_calls_per_day=1))
    headers = [(b"authorization", f"Bearer {side.tokens['default']}".encode()), (b"host", b"sandbox.test")]
    scope = {"type": "http", "method": "GET", "path": "/v25.0/me", "query_string": b"", "headers": headers}
    scope |= {"scheme": "http", "server": ("sandbox.test", 80), "raw_path": b"/v25.0/me", "root_path": ""}
    codes = [(await side.answer(Request(scope, nothing), b"")).status_code for _ in range(1001)]
    assert codes == [200] * 1000 + [400]


async def test_facebook_login_from_a_code_to_a_long_lived_token() -> None:
    graph = Graph()
    app = {"client_id": "77", "client_secret": "s"}
    code = {**app, "redirect_uri": "https://example.com/", "code": "AQD"}
    short = await token_call(graph, "/v26.0/oauth/access_token", **code)
    assert short["expires_in"] == 3600
    pages = await graph.get("me/accounts", token=short["access_token"])
    assert pages.data[0]["name"] == "Harbour & Pine"
    long = {**app, "grant_type": "fb_exchange_token", "fb_exchange_token": short["access_token"]}
    assert (await token_call(graph, "/oauth/access_token", **long))["expires_in"] == 60 * 86400
    del code["redirect_uri"]
    refused = await token_call(graph, "/oauth/access_token", **code)
    assert refused["error"]["message"] == "The parameter redirect_uri is required."


async def test_what_a_token_is_good_for() -> None:
    graph = Graph()
    asked = {"client_id": "77", "client_secret": "s", "grant_type": "client_credentials"}
    app = (await token_call(graph, "/oauth/access_token", **asked))["access_token"]
    agency = graph.token("agency")
    about = (await token_call(graph, "/debug_token", input_token=agency, access_token=app))["data"]
    assert (about["app_id"], about["type"], about["is_valid"]) == ("77", "USER", True)
    assert about["expires_at"] - about["issued_at"] == 60 * 86400
    granted = (await graph.get("me/permissions", "agency")).data
    assert [item["permission"] for item in granted] == about["scopes"] and "instagram_content_publish" in about[
        "scopes"
    ]
    page = (await graph.get("me/accounts", "agency")).data[0]
    about = (await token_call(graph, "/debug_token", input_token=page["access_token"], access_token=agency))["data"]
    assert (about["type"], about["profile_id"], about["expires_at"]) == ("PAGE", page["id"], 0)
    for token, code in ((graph.token("agency_revoked"), 460), ("EAABnothing", None), (graph.token("default"), None)):
        about = (await token_call(graph, "/debug_token", input_token=token, access_token=app))["data"]
        assert (about["is_valid"], about["error"].get("subcode")) == (False, code)
    for asking in ("EAABnothing", graph.token("agency_expired")):
        answer = await token_call(graph, "/debug_token", input_token=agency, access_token=asking)
        assert answer["error"]["code"] == 190
    basics = (await graph.get("me/permissions", "agency_basic_only")).data
    assert "instagram_content_publish" not in [item["permission"] for item in basics]


async def test_comments_do_not_come_in_a_heap() -> None:
    graph = Graph()
    for account in graph.side.world.accounts.values():
        for media in account.feed:
            times = Counter(comment.created for comment in media.comments)
            assert all(media.created <= time <= START for time in times)
            assert max(times.values(), default=0) <= 3
