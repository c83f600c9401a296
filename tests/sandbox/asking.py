"""Asks the Buffer side of a sandbox over ASGI, as any client would."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx

from kosmo_tui.sandbox import Sandbox
from kosmo_tui.sandbox.clock import Clock

START = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)  # a Wednesday

CREATE = """mutation ($input: CreatePostInput!) { createPost(input: $input) {
  __typename ... on MutationError { message } ... on RestProxyError { code link }
  ... on PostActionSuccess { post { ...post } } } }"""
EDIT = CREATE.replace("CreatePostInput", "EditPostInput").replace("createPost", "editPost")
MOVE = """mutation ($input: MovePostInQueueInput!) { movePostInQueue(input: $input) {
  __typename ... on MutationError { message } ... on PostActionSuccess { post { ...post } } } }"""
DELETE = """mutation ($input: DeletePostInput!) { deletePost(input: $input) {
  __typename ... on MutationError { message } ... on DeletePostSuccess { id } } }"""
POST = """fragment post on Post { id text status dueAt sentAt shareMode isCustomScheduled sharedNow schedulingType via
  channelId channelService externalLink allowedActions createdAt updatedAt tags { id name } ideaId notificationStatus
  error { message rawError supportUrl } assets { __typename type source thumbnail mimeType }
  metadata { __typename ... on CommonPostMetadata { type annotations { type text indices } } }
  metrics { type value } metricsUpdatedAt }"""
POSTS = """query ($input: PostsInput!, $first: Int, $after: String) {
  posts(input: $input, first: $first, after: $after) {
  edges { cursor node { ...post } } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }"""


class Still(Clock):
    """A clock that only moves when it is told to, so that no test depends on how fast the machine is."""

    def now(self) -> datetime:
        return self.start + self._offset


class Buffer:
    """Asks the sandbox as one of its Buffer accounts."""

    def __init__(self, sandbox: Sandbox, http: httpx.AsyncClient) -> None:
        self.sandbox, self.http = sandbox, http
        self.account = "agency"

    async def send(self, query: str, headers: dict[str, str] | None = None, **variables: Any) -> httpx.Response:
        if "...post" in query:
            query += POST
        token = self.sandbox.buffer.tokens[self.account]
        body = {"query": query, "variables": variables}
        return await self.http.post("/", json=body, headers={"Authorization": f"Bearer {token}"} | (headers or {}))

    async def ask(self, query: str, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = await self.send(query, **variables)
        body = answer.json()
        assert answer.status_code == 200, body
        assert "errors" not in body, body
        return body["data"]

    async def trouble(self, query: str, **variables: Any) -> dict[str, Any]:
        """The first entry of errors[]."""
        error: dict[str, Any] = (await self.send(query, **variables)).json()["errors"][0]
        return error

    async def create(self, channel: str = "twitter", **given: Any) -> dict[str, Any]:
        """The member of the union that createPost answers; `channel` is a service of the account or an id."""
        ids = [item.id for item in self.channels() if channel in (item.service, item.id)]
        given = {
            "channelId": ids[0] if ids else channel,
            "schedulingType": "automatic",
            "mode": "addToQueue",
            "text": "hello",
        } | given
        answer: dict[str, Any] = (await self.ask(CREATE, input=given))["createPost"]
        return answer

    async def made(self, channel: str = "twitter", **given: Any) -> dict[str, Any]:
        """A post that was accepted."""
        answer = await self.create(channel, **given)
        assert answer["__typename"] == "PostActionSuccess", answer
        post: dict[str, Any] = answer["post"]
        return post

    async def edit(self, **given: Any) -> dict[str, Any]:
        answer: dict[str, Any] = (await self.ask(EDIT, input=given))["editPost"]
        return answer

    async def post(self, post_id: str) -> dict[str, Any]:
        found: dict[str, Any] = (
            await self.ask("query ($input: PostInput!) { post(input: $input) { ...post } }", input={"id": post_id})
        )["post"]
        return found

    async def posts(self, first: int | None = None, after: str | None = None, **given: Any) -> dict[str, Any]:
        given = {"organizationId": self.organization} | given
        found: dict[str, Any] = (await self.ask(POSTS, input=given, first=first, after=after))["posts"]
        return found

    async def all(self, first: int = 50, **given: Any) -> list[dict[str, Any]]:
        """All posts, page by page."""
        found, after = [], None
        while True:
            page = await self.posts(first=first, after=after, **given)
            found += [edge["node"] for edge in page["edges"]]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    @property
    def organization(self) -> str:
        return self._account.organizations[0].id

    def channels(self) -> list[Any]:
        world = self.sandbox.buffer.world
        return [channel for home in self._account.organizations for channel in world.channels_of(home.id)]

    def channel(self, service: str) -> Any:
        return next(channel for channel in self.channels() if channel.service == service)

    @property
    def _account(self) -> Any:
        return self.sandbox.buffer.world.accounts[self.sandbox.buffer.tokens[self.account]]
