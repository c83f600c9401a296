"""The Instagram side alone behind an ASGI client, with a clock that stands until it is moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from starlette.requests import Request

from kosmo_tui.sandbox.faults import Fault
from kosmo_tui.sandbox.instagram import Instagram, Switches

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class StandingClock:
    """Time that moves only when told."""

    def __init__(self, start: datetime = START) -> None:
        self.time = start

    def now(self) -> datetime:
        return self.time

    def advance(self, **span: float) -> None:
        self.time += timedelta(**span)


@dataclass(frozen=True)
class Answer:
    """Status, headers and decoded body."""

    status: int
    headers: httpx.Headers
    body: Any
    text: str

    @property
    def error(self) -> dict[str, Any]:
        """The error in the body; fails when there is none."""
        assert self.status >= 400, self.text
        return dict(self.body["error"])

    @property
    def code(self) -> tuple[int, int | None]:
        """Code and subcode of the error."""
        return self.error["code"], self.error.get("error_subcode")

    @property
    def data(self) -> Any:
        """The list of a good answer."""
        return self.good["data"]

    @property
    def good(self) -> Any:
        """The body of a good answer."""
        assert self.status == 200, self.text
        return self.body


class Graph:
    """Calls with the token of an account: `await graph.get("me/media", account="agency", limit=2)`."""

    def __init__(self, seed: int = 1, start: datetime = START, hostile: bool = False, **switches: Any) -> None:
        self.clock = StandingClock(start)
        self.side = Instagram(self.clock, seed, hostile, False, Switches(**switches))
        self.fault: Fault | None = None
        transport = httpx.ASGITransport(self._app)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://sandbox.test", timeout=None)

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        body = await request.body()
        self.side.tick()
        fault, self.fault = self.fault, None
        await (await self.side.answer(request, body, fault))(scope, receive, send)

    def token(self, account: str) -> str:
        """The token of an account, or one of the troublesome ones."""
        return {**self.side.tokens, **self.side.special_tokens}[account]

    async def ask(
        self,
        method: str,
        path: str,
        account: str | None = "default",
        version: str = "v25.0",
        token: str | None = None,
        json: Any = None,
        **parameters: Any,
    ) -> Answer:
        """One request; parameters go into the query, or the body as JSON when `json` is given."""
        headers = {}
        if token or account:
            headers["Authorization"] = f"Bearer {token or self.token(account or '')}"
        url = "/" + "/".join(part for part in (version, path) if part)
        sent = await self.http.request(method, url, params=parameters, json=json, headers=headers)
        return Answer(sent.status_code, sent.headers, sent.json(), sent.text)

    async def get(self, path: str, account: str | None = "default", **parameters: Any) -> Answer:
        return await self.ask("GET", path, account, **parameters)

    async def post(self, path: str, account: str | None = "default", **parameters: Any) -> Answer:
        return await self.ask("POST", path, account, **parameters)

    async def delete(self, path: str, account: str | None = "default", **parameters: Any) -> Answer:
        return await self.ask("DELETE", path, account, **parameters)

    async def follow(self, url: str) -> Answer:
        """A paging URL, as it is."""
        parts = urlsplit(url)
        assert parts.netloc == "sandbox.test"
        sent = await self.http.get(url)
        return Answer(sent.status_code, sent.headers, sent.json(), sent.text)

    async def container(self, account: str = "default", **parameters: Any) -> str:
        """A new container."""
        me = "17841411718913026" if account == "agency" else "me"
        parameters = parameters or {"image_url": "https://example.com/photo.jpg", "caption": "Hello"}
        return str((await self.post(f"{me}/media", account, **parameters)).good["id"])

    async def published(self, account: str = "default", **parameters: Any) -> str:
        """A new item, published."""
        me = "17841411718913026" if account == "agency" else "me"
        container = await self.container(account, **parameters)
        self.clock.advance(seconds=50)
        return str((await self.post(f"{me}/media_publish", account, creation_id=container)).good["id"])

    def media(self, account: str) -> list[dict[str, Any]]:
        """What really exists."""
        return [item for item in self.side.media_now() if item["account"] == account]
