"""A Graph API that answers from a script, and time that passes only when somebody waits for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx

from kosmo_tui.api.instagram.client import InstagramClient
from kosmo_tui.api.instagram.publishing import Clock
from kosmo_tui.api.retries import Retries
from kosmo_tui.api.secret import Secret

TOKEN = "IGAAscriptedtoken"
START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ACCOUNT = "17841400000000000"


class Time:
    """Sleeping takes no time and is counted."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    @property
    def clock(self) -> Clock:
        return Clock(
            sleep=self.sleep,
            monotonic=lambda: sum(self.slept),
            now=lambda: START + timedelta(seconds=sum(self.slept)),
        )


class Script:
    """A service: `answers["POST /media"]` is a list of answers, the last of which is repeated.

    An answer is a JSON value, `(status, JSON value)`, an exception to raise, or a function of the parameters.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {"GET /me": {"id": "1", "user_id": ACCOUNT}}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.headers: list[httpx.Headers] = []
        self.time = Time()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        _, version, path = request.url.path.split("/", 2)
        assert version == "v25.0"
        name = f"{request.method} /{path.removeprefix(f'{ACCOUNT}/')}"
        sent = {
            key: values[0] for key, values in parse_qs(request.url.query.decode() or request.content.decode()).items()
        }
        self.seen.append((name, sent))
        self.headers.append(request.headers)
        answer = self.answers[name]
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Callable):  # type: ignore[arg-type]
            answer = answer(sent)
        if isinstance(answer, Exception):
            raise answer
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        return httpx.Response(status, json=body) if not isinstance(body, str) else httpx.Response(status, html=body)

    def count(self, name: str) -> int:
        return sum(1 for seen, _ in self.seen if seen == name)

    def client(self, **options: Any) -> InstagramClient:
        async def token() -> Secret:
            return Secret(TOKEN)

        return InstagramClient.open(
            **{
                "account": "instagram.brand_account",
                "token": token,
                "transport": httpx.MockTransport(self),
                "retries": Retries(sleep=self.time.sleep, now=lambda: START),
                "clock": self.time.clock,
                **options,
            }
        )


def error(code: int, subcode: int | None = None, message: str = "Nope", **more: Any) -> tuple[int, dict[str, Any]]:
    """A 400 with Graph's error body."""
    body = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A", **more}
    return 400, {"error": body if subcode is None else {**body, "error_subcode": subcode}}
