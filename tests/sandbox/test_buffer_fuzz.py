"""Whatever is asked, the sandbox answers as the service would, and never with a failure of its own."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import graphql
import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema as documents
from hypothesis_graphql import nodes

from kosmo_tui.sandbox import Sandbox
from kosmo_tui.sandbox.buffer.schema import sdl
from kosmo_tui.sandbox.clock import Clock
from tests.sandbox.asking import START

SANDBOX = Sandbox(seed=7, clock=Clock(START), unlimited=True)
WORLD = SANDBOX.buffer.world
ACCOUNT = WORLD.accounts[SANDBOX.buffer.tokens["agency"]]
HOME = ACCOUNT.organizations[0]
CHANNELS = [channel.id for channel in WORLD.channels_of(HOME.id)]
POSTS = [post.id for post in WORLD.posts if post.organization_id == HOME.id][::5]
NOWHERE = "0" * 24


def ids(*real: str) -> st.SearchStrategy[graphql.StringValueNode]:
    """Mostly ids of things that exist."""
    return st.sampled_from([*real * 3, NOWHERE, "4eb8572a512f7f621800004e", "x"]).map(nodes.String)


TIMES = st.datetimes(START.replace(tzinfo=None), START.replace(year=2027, tzinfo=None)).map(
    lambda when: nodes.String(f"{when:%Y-%m-%dT%H:%M:%S}Z")
)
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    **{f"{name}Id": ids(NOWHERE) for name in ("Account", "Draft", "Invitation", "Note", "PostGroup")},
    **{name: ids(NOWHERE) for name in ("Uuid", "Email")},
    "ChannelId": ids(*CHANNELS),
    "OrganizationId": ids(HOME.id),
    "PostId": ids(*POSTS),
    "IdeaId": ids(*HOME.ideas),
    "TagId": ids(*HOME.tags),
    "PostTemplateId": ids(*HOME.templates),
    "DateTime": TIMES,
}


def send(content: bytes) -> httpx.Response:
    """An answer over ASGI; any exception of the sandbox comes out here."""

    async def run() -> httpx.Response:
        headers = {"Authorization": f"Bearer {ACCOUNT.token}", "Content-Type": "application/json"}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=SANDBOX.app), base_url="http://x") as http:
            return await http.post("/", content=content, headers=headers)

    return asyncio.run(run())


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents(sdl(), custom_scalars=SCALARS))
def test_valid_requests_are_answered(query: str) -> None:
    answer = send(json.dumps({"query": query}).encode())
    body = answer.json()
    assert answer.status_code == 200, body
    codes = {error.get("extensions", {}).get("code") for error in body.get("errors", ())}
    assert codes <= {"NOT_FOUND", "FORBIDDEN", "UNEXPECTED", None}, body
    assert body.get("data") is not None or body["errors"]


@settings(max_examples=150, deadline=None)
@given(st.binary() | st.text().map(lambda text: json.dumps({"query": text}).encode()))
def test_nonsense_is_refused(content: bytes) -> None:
    answer = send(content)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = ("channelId", "text", "mode", "schedulingType", "dueAt", "assets", "metadata", "tagIds", "saveToDraft")


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=3))
def test_any_variables_are_judged(given_: dict[str, Any]) -> None:
    query = (
        "mutation ($input: CreatePostInput!) { createPost(input: $input) { __typename"
        " ... on MutationError { message } ... on PostActionSuccess { post { text } } } }"
    )
    whole = {"channelId": CHANNELS[0], "mode": "addToQueue", "schedulingType": "automatic", "text": "t"} | given_
    answer = send(json.dumps({"query": query, "variables": {"input": whole}}).encode())
    assert answer.status_code in (200, 400), answer.text
    if answer.status_code == 200:
        assert answer.json()["data"]["createPost"]["__typename"] in {
            "PostActionSuccess", "NotFoundError", "UnauthorizedError", "InvalidInputError", "LimitReachedError",
            "RestProxyError",
        }  # fmt: skip


def test_lone_surrogates_cannot_break_an_answer() -> None:
    query = """mutation ($input: CreatePostInput!) { createPost(input: $input) {
      ... on PostActionSuccess { post { text } } } }"""
    given_ = {"channelId": CHANNELS[0], "mode": "addToQueue", "schedulingType": "automatic", "text": "a\ud83d b😀"}
    answer = send(json.dumps({"query": query, "variables": {"input": given_}}).encode())
    assert answer.json()["data"]["createPost"]["post"]["text"] == "a\ufffd b😀"
