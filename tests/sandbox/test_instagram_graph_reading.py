"""Hosts, versions, ways to send, field selection, lists."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosmo_tui.sandbox.faults import Fault
from kosmo_tui.sandbox.instagram.errors import GraphError
from kosmo_tui.sandbox.instagram.selection import parse
from tests.sandbox.graph_sandbox import Graph

AGENCY = "17841411718913026"
EXAMPLE, COMMENT = "17895695668004550", "17853788044894720"


async def test_me_on_the_instagram_host() -> None:
    fields = "user_id,username,name,account_type,media_count,followers_count,follows_count,profile_picture_url,website"
    answer = (await Graph().get("me", fields=fields)).good
    assert answer.pop("profile_picture_url").startswith("https://scontent.cdninstagram.com/")
    assert answer == {
        "user_id": "17841400000000017", "username": "little.fern.bakery", "name": "Little Fern Bakery",
        "account_type": "BUSINESS", "media_count": 7, "followers_count": 87, "follows_count": 112,
        "id": "37219989057646241",
    }  # fmt: skip


async def test_both_ids_of_an_account_lead_to_it() -> None:
    graph = Graph()
    by_each = [
        (await graph.get(name, fields="user_id")).good for name in ("me", "17841400000000017", "37219989057646241")
    ]
    assert by_each == [{"user_id": "17841400000000017", "id": "37219989057646241"}] * 3


async def test_the_account_of_facebook_login_is_found_through_its_page() -> None:
    graph = Graph()
    assert (await graph.get("me", "agency")).good == {"name": "Robin Vale", "id": "10224466880012345"}
    fields = "id,name,access_token,instagram_business_account{id,username}"
    linked, unlinked = (await graph.get("me/accounts", "agency", fields=fields)).data
    assert linked["instagram_business_account"] == {"id": AGENCY, "username": "harbour.and.pine"}
    assert "instagram_business_account" not in unlinked
    page = linked["access_token"]
    with_page_token = await graph.get(AGENCY, token=page, fields="username,media_count")
    assert with_page_token.good == {"username": "harbour.and.pine", "media_count": 34, "id": AGENCY}
    assert (await graph.get("me", token=page, fields="instagram_business_account")).good["id"] == linked["id"]
    assert (await graph.get(AGENCY, token=unlinked["access_token"])).code == (100, 33)
    assert (await graph.get(AGENCY, "agency", fields="user_id")).code == (100, None)
    assert (await graph.get("me/media", "agency")).code == (2500, None)


async def test_objects_of_others_are_not_there() -> None:
    graph = Graph()
    for path in (EXAMPLE, COMMENT, f"{EXAMPLE}/comments", "17841400000000017", "1", "nobody"):
        answer = await graph.get(path, "agency")
        assert answer.error["type"] == "GraphMethodException"
        assert answer.code == (100, 33) and f"'{path.partition('/')[0]}'" in answer.error["message"]


@pytest.mark.parametrize(
    ("asked", "served"),
    [("v26.0", "v26.0"), ("v25.0", "v25.0"), ("v21.0", "v21.0"), ("v20.0", "v21.0"), ("v3.2", "v21.0"), ("", "v25.0")],
)
async def test_versions(asked: str, served: str) -> None:
    answer = await Graph().get("me/media", version=asked, limit=1)
    assert answer.headers["facebook-api-version"] == served
    assert answer.good["paging"]["next"].startswith(f"http://sandbox.test/{served}/17841400000000017/media?")


@pytest.mark.parametrize("asked", ["v1", "v99.0", "v25.1", "v0.0", "v25"])
async def test_versions_that_never_were(asked: str) -> None:
    answer = await Graph().get("me/media", version=asked)
    assert (answer.error["code"], answer.error["message"]) == (2500, "Unknown path components: /me/media")


async def test_ways_to_send_the_token() -> None:
    graph = Graph()
    token = graph.token("default")
    asked: list[dict[str, Any]] = [
        {"headers": {"Authorization": f"Bearer {token}"}},
        {"headers": {"Authorization": f"OAuth {token}"}},
        {"params": {"access_token": token}},
    ]
    for each in asked:
        assert (await graph.http.get("/v25.0/me", **each)).json() == {"id": "37219989057646241"}


@pytest.mark.parametrize("way", ["query", "form", "json", "multipart"])
async def test_ways_to_send_parameters(way: str) -> None:
    graph = Graph()
    asked = {"message": "Grüße, 🥐 & “Kuchen”", "access_token": graph.token("default")}
    sent: dict[str, Any] = {
        "query": {"params": asked},
        "form": {"data": asked},
        "json": {"json": asked},
        "multipart": {"files": {name: (None, value) for name, value in asked.items()}},
    }[way]
    answer = await graph.http.post(f"/v25.0/{EXAMPLE}/comments", **sent)
    comment = await graph.get(answer.json()["id"], fields="text,username")
    assert comment.good["text"] == asked["message"] and comment.good["username"] == "little.fern.bakery"


@pytest.mark.parametrize("lists", ["a,b", "[]", '["a","b"]'])
async def test_lists_with_commas_and_as_json(lists: str) -> None:
    metrics = lists.replace("a", "reach").replace("b", "follower_count")
    answer = await Graph().get("me/insights", "brand_account", metric=metrics, period='["day"]')
    expected = "The parameter metric is required." if lists == "[]" else None
    assert (answer.body["error"]["message"] if expected else [entry["name"] for entry in answer.data]) == (
        expected or ["reach", "follower_count"]
    )


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff\xfe", b'"text"', b"[" * 100_000])
@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain"]
)
async def test_a_body_that_is_none_is_a_missing_parameter(body: bytes, kind: str) -> None:
    graph = Graph()
    headers = {"Authorization": f"Bearer {graph.token('default')}", "Content-Type": kind}
    answer = await graph.http.post("/v25.0/me/media", content=body, headers=headers)
    assert answer.json()["error"]["message"] == "The parameter image_url is required."


async def test_slashes_are_escaped_on_the_instagram_host_alone() -> None:
    graph = Graph()
    assert r"https:\/\/www.instagram.com\/p\/" in (await graph.get(EXAMPLE, fields="permalink")).text
    facebook = await graph.get(f"{AGENCY}/media", "agency", fields="permalink", limit=1)
    assert "https://www.instagram.com/" in facebook.text


async def test_trailing_slash_and_summary_are_tolerated() -> None:
    assert (await Graph().get(EXAMPLE + "/", summary="true", fields="media_type")).good["media_type"] == "IMAGE"


async def test_selection_order_expansion_and_absent_keys() -> None:
    graph = Graph()
    fields = "username,caption,children,alt_text,thumbnail_url,comments.limit(1){text,from,replies{text}},media_type"
    answer = (await graph.get(EXAMPLE, fields=fields)).good
    assert list(answer) == ["username", "caption", "alt_text", "comments", "media_type", "id"]
    (comment,) = answer["comments"]["data"]
    assert list(comment) == ["text", "from", "id"]
    following = await graph.follow(answer["comments"]["paging"]["next"])
    assert following.data[0]["id"] == COMMENT
    assert following.data[0]["replies"]["data"][0]["text"] == "They wait for you 🥐"
    assert (await graph.get(EXAMPLE)).good == {"id": EXAMPLE}


async def test_defaults_of_lists() -> None:
    graph = Graph()
    assert all(list(item) == ["id"] for item in (await graph.get("me/media")).data)
    assert all(list(item) == ["timestamp", "text", "id"] for item in (await graph.get(f"{EXAMPLE}/comments")).data)
    assert (await graph.get("me/live_media")).good == {"data": []}


async def test_children_of_an_album_have_few_fields() -> None:
    graph = Graph()
    album = next(item for item in graph.media("brand_account") if item["children"])
    fields = "id,media_type,media_url,permalink,caption,like_count,username"
    children = (await graph.get(f"{album['id']}/children", "brand_account", fields=fields)).data
    assert [child["id"] for child in children] == album["children"]
    assert all(not {"permalink", "caption", "like_count"} & child.keys() for child in children)
    nested = await graph.get(album["id"], "brand_account", fields="children{id,media_type}")
    assert [child["id"] for child in nested.good["children"]["data"]] == album["children"]


async def test_media_of_others_that_tag_the_account() -> None:
    graph = Graph()
    fields = "username,owner,like_count,caption"
    items = (await graph.get(f"{AGENCY}/tags", "agency", fields=fields)).data
    assert len(items) == 8 and all("owner" not in item for item in items)
    assert {"like_count" in item for item in items} == {True, False}  # some hide their likes
    media = items[0]["id"]
    assert (await graph.get(media, "agency", fields="username")).good["username"] == items[0]["username"]
    asked = f"mentioned_media.media_id({media}){{caption}}"
    assert (await graph.get(AGENCY, "agency", fields=asked)).good["mentioned_media"]["caption"] == items[0]["caption"]
    answer = await graph.post(f"{AGENCY}/mentions", "agency", media_id=media, message="Thank you!")
    asked = f"mentioned_comment.comment_id({answer.good['id']}){{text}}"
    assert (await graph.get(AGENCY, "agency", fields=asked)).good["mentioned_comment"]["text"] == "Thank you!"
    assert (await Graph(instagram_tags=False).get("me/tags")).code == (2500, None)


async def test_business_discovery() -> None:
    graph = Graph()
    asked = "business_discovery.username({}){{username,media_count,media.limit(2){{view_count,caption}}}}"
    found = await graph.get(AGENCY, "agency", fields=asked.format("northwind.coffee"))
    discovered = found.good["business_discovery"]
    assert discovered["media_count"] == 74
    assert all(item["view_count"] > 0 for item in discovered["media"]["data"])
    assert (await graph.get(AGENCY, "agency", fields=asked.format("nobody"))).code == (110, 2207013)


@pytest.mark.parametrize("account", ["default", "brand_account", "agency"])
@pytest.mark.parametrize("limit", [1, 7, 25, 1000])
async def test_walking_a_list_there_and_back(account: str, limit: int) -> None:
    graph = Graph()
    path = f"{AGENCY}/media" if account == "agency" else "me/media"
    seen = []
    answer = await graph.get(path, account, limit=limit, fields="timestamp")
    while True:
        assert 1 <= len(answer.data) <= min(limit, 100)
        seen += [(item["timestamp"], item["id"]) for item in answer.data]
        if "next" not in answer.good["paging"]:
            break
        answer = await graph.follow(answer.good["paging"]["next"])
    expected = [item["id"] for item in graph.media(account) if item["media_product_type"] != "STORY"]
    assert [identifier for _, identifier in seen] == expected
    assert seen == sorted(seen, key=lambda item: item[0], reverse=True)
    back = [item["id"] for item in answer.data]
    while "previous" in answer.good["paging"]:
        answer = await graph.follow(answer.good["paging"]["previous"])
        back = [item["id"] for item in answer.data] + back
    assert back == expected


async def test_pages_may_be_short_before_the_last_one() -> None:
    graph = Graph()
    first = await graph.get("me/media", "brand_account", limit=20)
    second = await graph.follow(first.good["paging"]["next"])
    assert (len(first.data), len(second.data)) == (20, 19) and "next" in second.good["paging"]
    whole = Graph(short_pages=False)
    first = await whole.get("me/media", "brand_account", limit=20)
    assert len((await whole.follow(first.good["paging"]["next"])).data) == 20


async def test_cursors_survive_what_is_new_and_die_with_their_item() -> None:
    graph = Graph()
    page = await graph.get(f"{AGENCY}/media", "agency", limit=3)
    after = page.good["paging"]["cursors"]["after"]
    rest = (await graph.get(f"{AGENCY}/media", "agency", limit=3, after=after)).data
    await graph.published("agency")
    assert (await graph.get(f"{AGENCY}/media", "agency", limit=3, after=after)).data == rest
    gone = page.data[-1]["id"]
    assert (await graph.delete(gone, "agency")).good == {"success": True, "deleted_id": gone}
    assert (await graph.get(gone, "agency")).code == (100, 33)
    assert (await graph.get(f"{AGENCY}/media", "agency", limit=3, after=after)).code == (100, None)


@pytest.mark.parametrize(
    "asked", [{"limit": 0}, {"limit": -1}, {"limit": "many"}, {"after": "x"}, {"after": "x", "before": "y"}]
)
async def test_bad_paging(asked: dict[str, Any]) -> None:
    assert (await Graph().get("me/media", **asked)).code == (100, None)


async def test_media_by_time() -> None:
    graph = Graph()
    items = (
        await graph.get("me/media", "brand_account", fields="timestamp", since="2026-11-15", until="2026-11-20")
    ).data
    assert items and all("2026-11-15" <= item["timestamp"] <= "2026-11-20T09" for item in items)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ("id,nonsense", 100), ("comments{nonsense}", 100), ("id,,caption", 2500), ("comments{text", 2500),
        ("id}", 2500), ("comments.limit", 2500), ("comments.limit(", 2500), ("caption{", 2500), ("id,id", 2500),
        ("children{" * 20 + "id" + "}" * 20, 2500), ("comments{text,text}", 2500), ("comments.limit(x)", 100),
    ],
)  # fmt: skip
async def test_fields_that_are_refused(fields: str, code: int) -> None:
    assert (await Graph().get(EXAMPLE, fields=fields)).code == (code, None)


_names = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
_values = st.from_regex(r"[A-Za-z0-9,]{0,5}", fullmatch=True)


def _lists(inner: Any) -> Any:
    modifier = st.lists(st.tuples(_names, _values), max_size=2, unique_by=lambda pair: pair[0])
    one = st.tuples(_names, modifier, inner)
    return st.lists(one, min_size=1, max_size=3, unique_by=lambda item: item[0])


def _spelled(fields: Any) -> str:
    return ",".join(
        name + "".join(f".{key}({value})" for key, value in modifiers) + (f"{{{_spelled(inner)}}}" if inner else "")
        for name, modifiers, inner in fields
    )


@settings(deadline=None)
@given(_lists(_lists(_lists(st.none()) | st.none()) | st.none()))
def test_what_is_selected_is_read_as_it_is_written(fields: Any) -> None:
    text = _spelled(fields)
    assert ",".join(item.source for item in parse(text)) == text


@settings(deadline=None)
@given(st.text(alphabet="ab,.(){} \n1é", max_size=20))
def test_any_text_is_a_selection_or_a_syntax_error(text: str) -> None:
    try:
        parse(text)
    except GraphError as error:
        assert error.code == 2500


@settings(deadline=None, max_examples=40)
@given(
    path=st.lists(
        st.sampled_from(["me", EXAMPLE, COMMENT, "media", "comments", "insights", "v25.0", "replies", "x"]), max_size=4
    ),
    method=st.sampled_from(["GET", "POST", "DELETE", "PUT"]),
    parameters=st.dictionaries(
        st.sampled_from(
            ["fields", "limit", "after", "metric", "period", "since", "message", "image_url", "hide", "children"]
        ),
        st.sampled_from(["", "id", "1", "reach", "day", "true", "[", "[1]", "{}", "https://a/b.jpg", "\x00", "9" * 30]),
        max_size=4,
    ),
)
async def test_nothing_makes_it_fall_over(path: list[str], method: str, parameters: dict[str, str]) -> None:
    graph = Graph()
    answer = await graph.ask(method, "/".join(path), **parameters)
    assert answer.status in {200, 400, 403}
    assert answer.status == 200 or answer.error["message"]


@pytest.mark.parametrize("account", ["default", "agency"])
@pytest.mark.parametrize("code", [None, 4, 17, 32, 613, 80002])
async def test_rate_limits_by_order(account: str, code: int | None) -> None:
    graph = Graph()
    graph.fault = Fault("*", "rate_limited", code=code)
    answer = await graph.get("me", account)
    assert answer.error["code"] == (code or 80002)
    assert answer.error["message"].startswith("(#") == (account == "agency")
    if answer.error["code"] == 80002:
        usage = json.loads(answer.headers["x-business-use-case-usage"])
        assert all(entry[0]["call_count"] == 100 for entry in usage.values())
        assert all(entry[0]["estimated_time_to_regain_access"] > 0 for entry in usage.values())
    else:
        assert json.loads(answer.headers["x-app-usage"])["call_count"] == 100
    assert (await graph.get("me", account)).status == 200


async def test_usage_of_an_account_climbs_and_comes_back() -> None:
    graph = Graph(account_calls_per_day=10)
    seen = []
    for _ in range(10):
        usage = json.loads((await graph.get("me")).headers["x-business-use-case-usage"])["17841400000000017"][0]
        seen.append(usage["call_count"])
        assert usage["estimated_time_to_regain_access"] == 0
    assert seen == [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
    answer = await graph.get("me")
    assert answer.error["code"] == 80002
    wait = json.loads(answer.headers["x-business-use-case-usage"])["17841400000000017"][0]
    assert (await graph.get("me", "brand_account")).status == 200
    graph.clock.advance(minutes=wait["estimated_time_to_regain_access"] - 1)
    assert (await graph.get("me")).error["code"] == 80002
    graph.clock.advance(minutes=1)
    assert (await graph.get("me")).status == 200
