"""The layers in which Buffer says no, and the rate windows."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from kosmo_tui.sandbox import Sandbox
from kosmo_tui.sandbox.clock import Clock
from tests.sandbox.asking import CREATE, Buffer

ACCOUNT = "{ account { id } }"


def entries(header: str) -> dict[str, dict[str, str]]:
    """`"100-in-15min";q=100;w=900` … by name."""
    found = {}
    for entry in header.split(", "):
        name, *parameters = entry.split(";")
        found[name.strip('"')] = dict(parameter.split("=", 1) for parameter in parameters)
    return found


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/", "/graphql"])
@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "An authentication JWT or Access Token is required"),
        ({"Authorization": "Basic abc"}, "An authentication JWT or Access Token is required"),
        ({"Authorization": "Bearer "}, "An authentication JWT or Access Token is required"),
        ({"Authorization": "Bearer nobody"}, "Access token is not valid"),
    ],
)
async def test_a_token_is_asked_for_before_anything_is_read(
    http: httpx.AsyncClient, method: str, path: str, headers: dict[str, str], message: str
) -> None:
    answer = await http.request(method, path, headers=headers, content=b"{no json")
    assert answer.status_code == 401
    assert answer.json() == {"errors": [{"message": message, "extensions": {"code": "UNAUTHENTICATED"}}]}
    assert not [name for name in answer.headers if "ratelimit" in name.lower()]


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"{half", "application/json", 400, "BAD_REQUEST"),
        (b"[]", "application/json", 400, "BAD_REQUEST"),
        (b'"text"', "application/json", 400, "BAD_REQUEST"),
        (b"{}", "application/json", 400, "BAD_REQUEST"),
        (b'{"query": 5}', "application/json", 400, "BAD_REQUEST"),
        (b'{"query": "{account{id}}", "variables": []}', "application/json", 400, "BAD_REQUEST"),
        (b'{"query": "{account{id}}", "operationName": "x"}', "application/json", 400, "BAD_REQUEST"),
        (b'{"query": "query a{account{id}} query b{account{id}}"}', "application/json", 400, "BAD_REQUEST"),
        (b'{"query": "{account{id}}"}', "text/plain", 400, "BAD_REQUEST"),
        (b'{"query": "{account{id}"}', "application/json", 400, "GRAPHQL_PARSE_FAILED"),
        (b'{"query": "{account}"}', "application/json", 400, "GRAPHQL_VALIDATION_FAILED"),
        (b'{"query": "{account{id}}"}', "application/json; charset=utf-8", 200, None),
    ],
)
async def test_requests_that_are_no_query(
    sandbox: Sandbox, http: httpx.AsyncClient, content: bytes, kind: str, status: int, code: str | None
) -> None:
    headers = {"Authorization": f"Bearer {sandbox.buffer.tokens['agency']}", "Content-Type": kind}
    answer = await http.post("/", content=content, headers=headers)
    assert answer.status_code == status
    assert "RateLimit" in answer.headers
    if code:
        assert answer.json()["errors"][0]["extensions"]["code"] == code


async def test_other_methods_than_post_are_refused_with_a_token(buffer: Buffer) -> None:
    token = buffer.sandbox.buffer.tokens["agency"]
    answer = await buffer.http.get("/graphql", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 405


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            (
                'mutation { createPost(input: {channelId: "", schedulingType: automatic_publishing, mode: addToQueue}) '
                "{ __typename } }"
            ),
            'Value "automatic_publishing" does not exist in "SchedulingType" enum.',
        ),
        (
            (
                'mutation { createPost(input: {channelId: "1", schedulingType: automatic, mode: addToQueue}) '
                "{ ... on VoidMutationError { message } } }"
            ),
            'can never be of type "VoidMutationError"',
        ),
        ('mutation { deletePost(input: {id: "1"}) { ... on NotFoundError { message } } }', '"NotFoundError"'),
        ('mutation { createPost(input: {channelId: "1", mode: addToQueue}) { __typename } }', "schedulingType"),
        ("{ posts { edges { cursor } } }", '"PostsInput!" is required'),
        (
            (
                'mutation { createPost(input: {channelId: "1", schedulingType: automatic, mode: recommendedTime}) '
                "{ __typename } }"
            ),
            "recommendedTime",
        ),
    ],
)
async def test_queries_that_do_not_fit_the_schema(buffer: Buffer, query: str, message: str) -> None:
    answer = await buffer.send(query)
    assert answer.status_code == 400
    error = answer.json()["errors"][0]
    assert message in error["message"]
    assert "'" not in error["message"]
    assert error["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
    assert set(error["locations"][0]) == {"line", "column"}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"channelId": 5},
        {"assets": {"images": [{"url": "https://media.example.com/a.jpg"}]}},  # the form before May 2026
        {"dueAt": "tomorrow"},
        {"dueAt": "2026-12-01T10:00:00"},  # no offset
        {"dueAt": 1795000000},
        {"mode": "recommendedTime"},
        {"surprise": True},
        {"metadata": {"instagram": {"type": "post"}}},  # shouldShareToFeed is missing
    ],
)
async def test_variables_of_the_wrong_types(buffer: Buffer, given: dict[str, Any]) -> None:
    whole = {"channelId": "4eb8572a512f7f621800004e", "schedulingType": "automatic", "mode": "addToQueue"}
    answer = await buffer.send(CREATE, input=whole | given if given else {})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("field", ["post", "channel"])
async def test_unknown_and_foreign_things_are_told_apart_in_errors(buffer: Buffer, field: str) -> None:
    query = f"query ($id: {field.title()}Id!) {{ {field}(input: {{id: $id}}) {{ id }} }}"
    answer = await buffer.send(query, id="0" * 24)
    assert answer.status_code == 200
    assert answer.json()["data"] is None
    error = answer.json()["errors"][0]
    assert (error["message"], error["extensions"]) == (f"{field.title()} not found", {"code": "NOT_FOUND"})
    assert error["path"] == [field]
    foreign = "4eb8586e512f7f621800005d" if field == "post" else "4eb8572a512f7f621800004e"
    assert (await buffer.trouble(query, id=foreign))["extensions"]["code"] == "FORBIDDEN"
    buffer.account = "default"
    assert (await buffer.ask(query, id=foreign))[field] == {"id": foreign}


async def test_mutations_tell_the_same_by_union_members(buffer: Buffer) -> None:
    assert (await buffer.create("0" * 24))["__typename"] == "NotFoundError"
    assert (await buffer.create("4eb8572a512f7f621800004e"))["__typename"] == "UnauthorizedError"
    assert (await buffer.edit(id="0" * 24))["__typename"] == "NotFoundError"
    assert (await buffer.edit(id="4eb8586e512f7f621800005d", text="mine"))["__typename"] == "UnauthorizedError"


COSTLY = """{ posts(input: {organizationId: "x"}) { edges { node { metadata { ... on TwitterPostMetadata {
  thread { assets { ... on ImageAsset { image { userTags { %s } } } } } } } } } } }"""


@pytest.mark.parametrize(
    "query",
    [
        "{ " + " ".join(f"a{n}: account {{ id }}" for n in range(31)) + " }",
        "{ account { " + " ".join("id @include(if: true)" for _ in range(51)) + " } }",
        "{ account { " + "id " * 15_001 + "} }",
        COSTLY % ("x " * 8000),
    ],
    ids=["aliases", "directives", "tokens", "cost"],
)
async def test_queries_that_are_too_much(buffer: Buffer, query: str) -> None:
    answer = await buffer.send(query)
    refusal = {"message": "Query exceeds maximum allowed complexity. Please simplify your query."}
    assert (answer.status_code, answer.json()) == (200, {"errors": [refusal]})


async def test_thirty_aliases_are_fine(buffer: Buffer) -> None:
    assert len(await buffer.ask("{ " + " ".join(f"a{n}: account {{ id }}" for n in range(30)) + " }")) == 30


async def test_introspection_works(buffer: Buffer) -> None:
    from graphql import build_client_schema, get_introspection_query

    schema = build_client_schema(await buffer.ask(get_introspection_query()))
    assert schema.query_type and "posts" in schema.query_type.fields


async def test_three_windows_are_told_in_headers(clock: Clock) -> None:
    sandbox = Sandbox(clock=clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox.app), base_url="http://x") as http:
        for name, quotas in {
            "default": (100, 250, 3000), "client_acct": (100, 250, 7500), "agency": (100, 500, 15000),
        }.items():  # fmt: skip
            buffer = Buffer(sandbox, http)
            buffer.account = name
            clock.advance(100)
            await buffer.send(ACCOUNT)
            clock.advance(3)
            answer = await buffer.send("{ broken")
            policy, left = entries(answer.headers["RateLimit-Policy"]), entries(answer.headers["RateLimit"])
            assert list(policy) == list(left)
            assert [int(entry["q"]) for entry in policy.values()] == list(quotas)
            assert [int(entry["w"]) for entry in policy.values()] == [900, 86400, 2592000]
            assert all(re.fullmatch(r":[A-Za-z0-9+/=]+:", entry["pk"]) for entry in policy.values())
            assert [int(entry["r"]) for entry in left.values()] == [quota - 2 for quota in quotas]
            assert int(left[next(iter(left))]["t"]) == 897
            assert next(iter(policy)) == "100-in-15min"


async def test_windows_roll(clock: Clock) -> None:
    sandbox = Sandbox(clock=clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox.app), base_url="http://x") as http:
        buffer = Buffer(sandbox, http)
        buffer.account = "default"
        for _ in range(60):
            await buffer.send(ACCOUNT)
        clock.advance(600)
        for _ in range(40):
            assert (await buffer.send(ACCOUNT)).status_code == 200
        answer = await buffer.send(ACCOUNT)
        assert answer.status_code == 429
        assert answer.json()["errors"] == [
            {
                "message": "Too many requests from this client. Please try again later.",
                "extensions": {"code": "RATE_LIMIT_EXCEEDED", "window": "15m"},
            }
        ]
        assert int(answer.headers["Retry-After"]) in (299, 300)
        clock.advance(301)  # the first 60 are given back, the 40 are not
        for _ in range(60):
            assert (await buffer.send(ACCOUNT)).status_code == 200
        assert (await buffer.send(ACCOUNT)).status_code == 429
        clock.advance(1000)
        for _ in range(90):
            assert (await buffer.send(ACCOUNT)).status_code == 200
        answer = await buffer.send(ACCOUNT)  # 250 a day
        assert answer.json()["errors"][0]["extensions"]["window"] == "24h"
        assert 80_000 < int(answer.headers["Retry-After"]) <= 86_400
        other = Buffer(sandbox, http)
        assert (await other.send(ACCOUNT)).status_code == 200, "windows belong to a key"


async def test_unlimited_is_a_thousandfold(buffer: Buffer) -> None:
    policy = entries((await buffer.send(ACCOUNT)).headers["RateLimit-Policy"])
    assert [int(entry["q"]) for entry in policy.values()] == [100_000, 500_000, 15_000_000]
