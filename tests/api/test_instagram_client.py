"""The client: what it asks, whom it acts for, and what never leaves it."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from kosmo_tui.api import functions
from kosmo_tui.api.errors import BadAnswer, BadParameter, ConfigError, NotFound, Refused, Unavailable
from kosmo_tui.api.instagram.client import COMMENT_FIELDS, MEDIA_FIELDS, without_field
from tests.api.instagram_answers import ACCOUNT, TOKEN, Script, error

PAGING = {"cursors": {"before": "B", "after": "A"}, "next": f"https://graph/?access_token={TOKEN}"}


async def test_media_with_the_fields_of_the_dashboard() -> None:
    service = Script()
    service.answers["GET /me/media"] = {"data": [{"id": "1", "caption": "hi"}], "paging": PAGING}
    async with service.client() as client:
        page = await client.list_media(limit=5, after="X")
    assert service.seen == [("GET /me/media", {"fields": MEDIA_FIELDS, "limit": "5", "after": "X"})]
    assert (page.items[0].caption, page.after) == ("hi", "A")
    assert functions.as_json(page) == {
        "data": [{"id": "1", "caption": "hi"}],
        "paging": {"cursors": {"before": "B", "after": "A"}},
    }


async def test_the_token_is_in_the_header_and_nowhere_else() -> None:
    service = Script()
    service.answers |= {
        "GET /me/media": {"data": [], "paging": PAGING},
        "POST /media": error(100, message=f"bad {TOKEN[:3]}"),
    }
    async with service.client() as client:
        page = await client.list_media()
        with pytest.raises(Refused):
            await client.create_media("https://cdn.example/a.jpg")
    assert all(headers["authorization"] == f"Bearer {TOKEN}" for headers in service.headers)
    assert TOKEN not in json.dumps(service.seen) + json.dumps(page.raw) + repr(client)


async def test_a_field_that_the_host_does_not_know_is_left_out() -> None:
    service = Script()
    service.answers["GET /7"] = lambda sent: (
        error(100, message="(#100) Tried accessing nonexisting field (alt_text)")
        if "alt_text" in sent["fields"]
        else {"id": "7"}
    )
    async with service.client() as client:
        assert (await client.get_media("7")).id == "7"
        assert service.count("GET /7") == 2
        with pytest.raises(Refused, match="alt_text"):  # who asks for it by name is told
            await client.get_media("7", "id,alt_text")


def test_leaving_out_a_field() -> None:
    assert without_field("id,text,replies{id,text}", "text") == "id,replies{id}"
    assert without_field(COMMENT_FIELDS, "replies") == COMMENT_FIELDS
    assert without_field("id,like_count", "like") == "id,like_count"


async def test_comments_with_replies_and_one_comment() -> None:
    service = Script()
    service.answers |= {
        "GET /7/comments": {"data": [{"id": "1", "replies": {"data": [{"id": "2"}]}}], "paging": PAGING},
        "GET /1": {"id": "1", "text": "hi", "media": {"id": "7"}},
    }
    async with service.client() as client:
        page = await client.list_comments("7", limit=50)
        comment = await client.get_comment("1")
    assert page.items[0].replies[0].parent_id == "1"
    assert comment.media_id == "7"
    assert functions.as_json(comment) == {"id": "1", "text": "hi", "media": {"id": "7"}}


async def test_recent_comments_take_one_request_and_fewer_comments_when_it_is_too_much() -> None:
    def answer(sent: dict[str, str]) -> Any:
        if "comments.limit(20)" in sent["fields"]:
            return 500, error(1, message="Please reduce the amount of data you're asking for")[1]
        comments = {"data": [{"id": "1", "username": "a"}], "paging": PAGING}
        return {"data": [{"id": "7", "comments": comments}, {"id": "8"}], "paging": PAGING}

    service = Script()
    service.answers["GET /me/media"] = answer
    async with service.client() as client:
        page = await client.recent_comments()
    assert "comments.limit(10)" in service.seen[-1][1]["fields"] and len(service.seen) == 2
    first, second = page.items
    assert (first.comments[0].media_id, first.more, first.after) == ("7", True, "A")
    assert (second.comments, second.more, second.after) == ((), False, None)
    assert TOKEN not in str(page.raw)


@pytest.mark.parametrize("limit", [0, -1, 101, 10_000])
async def test_a_limit_outside_the_page_is_not_sent(limit: int) -> None:
    service = Script()
    async with service.client() as client:
        for ask in (client.list_media(limit), client.list_comments("7", limit), client.recent_comments(limit)):
            with pytest.raises(BadParameter, match="from 1 to"):
                await ask
        with pytest.raises(BadParameter, match="exclude"):
            await client.list_media(after="A", before="B")
    assert service.seen == []


@pytest.mark.parametrize("bad", ["", "../me", "1?fields=x", "1/2", "a b", "é", "1" * 81])
async def test_what_is_no_id_is_not_sent(bad: str) -> None:
    service = Script()
    async with service.client() as client:
        for ask in (client.get_media(bad), client.list_comments(bad), client.get_comment(bad)):
            with pytest.raises(BadParameter):
                await ask
    assert service.seen == []


async def test_the_account_is_found_once() -> None:
    service = Script()
    service.answers["GET /insights"] = {"data": []}
    async with service.client() as client:
        await client.list_insights("reach")
        await client.list_insights("reach")
    assert service.count("GET /me") == 1


async def test_the_account_is_learnt_from_its_profile() -> None:
    service = Script()
    service.answers["GET /media"] = {"data": []}
    async with service.client() as client:
        assert (await client.get_current_user()).user_id == ACCOUNT
        await client.list_media()
    assert [name for name, _ in service.seen] == ["GET /me", "GET /media"]


async def test_what_is_no_text_is_not_sent() -> None:
    service = Script()
    async with service.client(user_id=ACCOUNT) as client:
        with pytest.raises(BadParameter, match="caption"):
            await client.create_media("https://cdn.example/a.jpg", b"caf\xe9".decode("utf-8", "surrogateescape"))
        with pytest.raises(BadParameter, match="after"):
            await client.list_media(after="\ud800")
    assert service.seen == []


async def test_a_named_account_is_not_looked_for() -> None:
    service = Script()
    service.answers["GET /media"] = {"data": []}
    async with service.client(user_id=ACCOUNT, login="facebook") as client:
        await client.list_media()
    assert [name for name, _ in service.seen] == ["GET /media"]


def pages(*linked: str | None) -> dict[str, Any]:
    return {
        "data": [
            {"id": str(number), "name": f"Page {number}"}
            | ({"instagram_business_account": {"id": account, "username": f"u{account}"}} if account else {})
            for number, account in enumerate(linked)
        ]
    }


async def test_facebook_login_finds_the_account_through_its_page() -> None:
    service = Script()
    service.answers |= {
        "GET /me/accounts": [
            {**pages(None), "paging": PAGING},
            pages(None, ACCOUNT, ACCOUNT),  # two Pages of one account are one account
        ],
        f"GET /{ACCOUNT}": {"id": ACCOUNT, "username": "agency"},
        "GET /content_publishing_limit": {"data": [{"quota_usage": 2, "config": {"quota_total": 50}}]},
    }
    async with service.client(login="facebook") as client:
        user = await client.get_current_user()
        limit = await client.publishing_limit()
    assert (user.username, user.user_id) == ("agency", ACCOUNT)
    assert (limit.used, limit.total, limit.duration) == (2, 50, None)
    assert service.count("GET /me/accounts") == 2
    assert all("access_token" not in sent["fields"] for _, sent in service.seen)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (pages(), NotFound, "no Facebook Page"),
        (pages(None, None), NotFound, "Page 0, Page 1"),
        (pages("1", None, "2"), ConfigError, "@u1"),
    ],
)
async def test_facebook_login_without_one_account(answer: Any, kind: type[Exception], words: str) -> None:
    service = Script()
    service.answers["GET /me/accounts"] = answer
    async with service.client(login="facebook") as client:
        with pytest.raises(kind, match=words) as caught:
            await client.list_media()
    assert "user_id" in caught.value.hint and "instagram.brand_account" in caught.value.message


@pytest.mark.parametrize(
    "options", [{"api_version": "25"}, {"api_version": "v25.0/me"}, {"user_id": "me"}, {"user_id": ""}]
)
def test_a_wrong_setting_is_a_config_error(options: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="brand_account"):
        Script().client(**options)


async def test_the_host_follows_the_login() -> None:
    hosts = []

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append(str(request.url.copy_with(query=None)))
        return httpx.Response(200, json={"data": []})

    for login in ("instagram", "facebook"):
        async with Script().client(login=login, user_id="5", transport=httpx.MockTransport(answer)) as client:
            await client.list_media()
    assert hosts == ["https://graph.instagram.com/v25.0/5/media", "https://graph.facebook.com/v25.0/5/media"]


async def test_usage_headers_are_kept() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        usage = {"1": [{"call_count": 40, "total_time": 1, "total_cputime": 1, "estimated_time_to_regain_access": 0}]}
        headers = {"X-Business-Use-Case-Usage": json.dumps(usage)}
        return httpx.Response(200, json={"data": []}, headers=headers)

    async with Script().client(transport=httpx.MockTransport(answer)) as client:
        await client.list_media()
        window = client.limits.window("account")
    assert window is not None and window.remaining == 60


@pytest.mark.parametrize(
    ("answer", "kind"),
    [([1, 2], BadAnswer), ("<html>login</html>", BadAnswer), ({"data": 5}, BadAnswer), (error(2), Unavailable)],
)
async def test_answers_that_are_none(answer: Any, kind: type[Exception]) -> None:
    service = Script()
    service.answers["GET /me/media"] = (lambda _: answer) if isinstance(answer, list) else answer
    async with service.client() as client:
        with pytest.raises(kind):
            await client.list_media()
