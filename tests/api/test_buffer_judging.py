"""The ways in which Buffer says no."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api.buffer.client import BufferClient
from kosmo_tui.api.buffer.judging import judge, refusal
from kosmo_tui.api.buffer.wire import CreateData, read
from kosmo_tui.api.errors import (
    ApiError,
    AuthExpired,
    BadAnswer,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unavailable,
)
from kosmo_tui.api.http import Answer
from tests.api.conftest import Naps, Script, token


def errors(code: str | None, message: str = "why", **more: Any) -> dict[str, Any]:
    extensions = {"extensions": {"code": code, **more}} if code else {}
    return {"data": None, "errors": [{"message": message, **extensions}]}


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, errors("UNAUTHENTICATED"), AuthExpired),
        (401, errors("UNAUTHORIZED"), AuthExpired),
        (200, errors("UNAUTHENTICATED"), AuthExpired),
        (200, errors("UNAUTHORIZED"), Forbidden),
        (200, errors("FORBIDDEN"), Forbidden),
        (200, errors("NOT_FOUND"), NotFound),
        (400, errors("GRAPHQL_VALIDATION_FAILED"), Refused),
        (400, errors("BAD_USER_INPUT"), Refused),
        (400, errors(None), Refused),
        (429, errors("RATE_LIMIT_EXCEEDED", window="24h"), RateLimited),
        (429, errors(None), RateLimited),
        (200, errors(None, "Query exceeds maximum allowed complexity. Please simplify your query."), Refused),
        (200, errors("UNEXPECTED"), Unavailable),
        (200, errors("SOMETHING_NEW"), Unavailable),
        (503, errors("INTERNAL_SERVER_ERROR"), Unavailable),
        (200, {}, BadAnswer),
        (200, [], BadAnswer),
        (200, "data", BadAnswer),
        (200, {"data": None}, BadAnswer),
        (200, {"data": [], "errors": []}, BadAnswer),
    ],
    ids=repr,
)
def test_an_error_has_its_type_and_a_next_step(status: int, body: Any, error: type[ApiError]) -> None:
    found = judge(Answer(status, {}, body), "buffer.agency")
    assert type(found) is error and found.hint
    if body and isinstance(body, dict) and body.get("errors") and error is not RateLimited:
        assert body["errors"][0]["message"] in found.message


def test_good_answers_and_those_that_the_status_explains() -> None:
    assert judge(Answer(200, {}, {"data": {"account": {}}}), "x") is None
    assert judge(Answer(502, {}, {}), "x") is None
    assert judge(Answer(404, {}, None), "x") is None


def test_numbers_that_only_some_tokens_may_read_are_left_out() -> None:
    hidden = {"message": "no", "path": ["posts", "edges", 0, "node", "metrics"], "extensions": {"code": "FORBIDDEN"}}
    data = {"posts": {"edges": []}}
    assert judge(Answer(200, {}, {"data": data, "errors": [hidden]}), "x") is None
    other = {**hidden, "path": ["posts"]}
    assert isinstance(judge(Answer(200, {}, {"data": data, "errors": [hidden, other]}), "x"), Forbidden)
    assert isinstance(judge(Answer(200, {}, {"data": None, "errors": [hidden]}), "x"), Forbidden)


KEYS = ["data", "errors", "message", "extensions", "code", "window", "path"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.sampled_from([200, 400, 401, 429, 500]), JSON)
def test_no_body_makes_trouble(status: int, body: Any) -> None:
    found = judge(Answer(status, {}, body), "buffer.agency")
    if found is None and status < 400:
        assert isinstance(body["data"], dict)  # so that the client can read it


@pytest.mark.parametrize(
    ("payload", "error", "code"),
    [
        ({"__typename": "NotFoundError", "message": "why"}, NotFound, ""),
        ({"__typename": "UnauthorizedError", "message": "why"}, Forbidden, ""),
        ({"__typename": "LimitReachedError", "message": "why"}, Refused, "LimitReachedError"),
        ({"__typename": "InvalidInputError", "message": "why"}, Refused, "InvalidInputError"),
        ({"__typename": "RestProxyError", "message": "why", "code": 1023}, Refused, "1023"),
        ({"__typename": "RestProxyError", "message": "why", "code": None}, Refused, "RestProxyError"),
        ({"__typename": "RestProxyError", "message": "why", "code": 1000}, OutcomeUnknown, "RestProxyError"),
        ({"__typename": "UnexpectedError", "message": "why"}, OutcomeUnknown, "UnexpectedError"),
        ({"__typename": "VoidMutationError", "message": "why"}, OutcomeUnknown, "VoidMutationError"),
        ({"__typename": "PostActionSuccess", "post": None, "message": "why"}, OutcomeUnknown, "PostActionSuccess"),
        ({"message": "why"}, OutcomeUnknown, ""),
    ],
    ids=repr,
)
def test_the_members_of_the_union(payload: dict[str, Any], error: type[ApiError], code: str) -> None:
    found = refusal(read(CreateData, {"createPost": payload}, "createPost").create_post)
    assert type(found) is error and "why" in found.message and found.code == code
    assert found.may_have_been_published is (error is OutcomeUnknown)


CHANNEL = {"channel": {"id": "1", "service": "twitter", "organizationId": "2"}}


async def test_a_success_that_cannot_be_read_is_looked_for(naps: Naps) -> None:
    post = {"id": "9", "channelId": "1", "status": "scheduled", "text": "hi", "createdAt": "2999-01-01T00:00:00Z"}
    broken = {"createPost": {"__typename": "PostActionSuccess", "post": {**post, "text": 5}}}
    script = Script(
        (200, {"data": CHANNEL}), (200, {"data": broken}), (200, {"data": {"posts": {"edges": [{"node": post}]}}})
    )
    client = BufferClient.open(account="buffer.x", token=token, transport=script, retries=naps.retries())
    result = await client.create_update("hi", ["1"])
    assert result.success and result.updates[0].id == "9" and result.notices
    assert [body["operationName"] for body in script.bodies()] == ["channel", "createPost", "posts"]


async def test_a_list_that_leads_in_a_circle_ends(naps: Naps) -> None:
    page = {"posts": {"edges": [], "pageInfo": {"endCursor": "same", "hasNextPage": True}}}
    script = Script((200, {"data": CHANNEL}), (200, {"data": page}))
    client = BufferClient.open(account="buffer.x", token=token, transport=script, retries=naps.retries())
    with pytest.raises(BadAnswer, match="circle"):
        await client.list_sent_updates("1", page=900)
    assert len(script.requests) == 3


async def test_filters_and_inputs_go_as_variables(naps: Naps) -> None:
    script = Script((200, {"data": CHANNEL}), (200, {"data": {"posts": {}}}))
    client = BufferClient.open(account="buffer.x", token=token, transport=script, retries=naps.retries())
    await client.list_sent_updates("1", count=7)
    body = script.bodies()[1]
    assert body["variables"] == {
        "input": {
            "organizationId": "2",
            "filter": {"status": ["sent"], "channelIds": ["1"]},
            "sort": [{"field": "dueAt", "direction": "desc"}],
        },
        "first": 7,
        "after": None,
    }
    sent = script.requests[1]
    assert (sent.method, sent.url.host, sent.url.path) == ("POST", "api.buffer.com", "/")
