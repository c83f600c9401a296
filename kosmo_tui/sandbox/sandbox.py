"""Both services and the controls behind one ASGI application.

Not offered, and answered as unknown paths: Instagram's hashtag search, webhooks that are really sent, Buffer's OAuth.
"""

from __future__ import annotations

import re
from collections import deque
from email.utils import format_datetime
from typing import Any, Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kosmo_tui.sandbox import control, delivery
from kosmo_tui.sandbox.buffer import Buffer, Switches, paths
from kosmo_tui.sandbox.clock import Clock
from kosmo_tui.sandbox.faults import AFTER, BEFORE, SERVICE, Fault, Faults
from kosmo_tui.sandbox.instagram import Instagram, batch
from kosmo_tui.sandbox.instagram import Switches as InstagramSwitches

LOGIN = {"default": "instagram", "brand_account": "instagram", "agency": "facebook"}
MAX_BODY = 4_000_000
_SECRET = ("token", "secret", "code", "batch")  # query parameters with such a word in their name are not logged


class Service(Protocol):
    """What the core needs of a service."""

    @property
    def tokens(self) -> dict[str, str]:
        """Account name → token."""

    async def answer(self, request: Request, body: bytes, fault: Fault | None) -> Response:
        """Judge a request; `fault` is one that the service shows in its own style."""

    def tick(self) -> None:
        """Bring the service's world to the clock's now."""

    def reset(self) -> None:
        """Back to the seed."""


class Sandbox:
    """A world made from `seed`; `posts` is how many posts Buffer's agency has sent (default: some months of them).

    `hostile` poisons every seeded text, `unlimited` raises the rate limits a thousandfold, `switches` and
    `instagram_switches` say how Buffer's and Instagram's side behave where nobody knows.
    """

    def __init__(
        self,
        seed: int = 0,
        posts: int | None = None,
        hostile: bool = False,
        unlimited: bool = False,
        clock: Clock | None = None,
        switches: Switches | None = None,
        instagram_switches: InstagramSwitches | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self.faults = Faults()
        self.log: deque[dict[str, Any]] = deque(maxlen=10_000)
        self.buffer = Buffer(self.clock, seed, hostile, unlimited, posts, switches)
        self.instagram = Instagram(self.clock, seed, hostile, unlimited, instagram_switches)

    def reset(self) -> None:
        """Back to the seed: clock, worlds, faults and log."""
        self.clock.reset()
        self.faults.clear()
        self.log.clear()
        self.buffer.reset()
        self.instagram.reset()

    def tick(self) -> None:
        """Bring both services to the clock's now."""
        self.buffer.tick()
        self.instagram.tick()

    def describe(self, url: str) -> dict[str, Any]:
        """What a client needs to know when the sandbox is reached at `url`."""
        url = url.rstrip("/")
        return {
            "url": url,
            "control": f"{url}/_sandbox",
            "buffer": {"url": url, "tokens": self.buffer.tokens},
            "instagram": {"url": url, "tokens": self.instagram.tokens, "login": LOGIN},
        }

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application: Buffer at `/` and `/graphql`, controls at `/_sandbox`, Instagram everywhere else."""
        if scope["type"] != "http":
            return
        request = Request(_with_a_path(scope), receive)
        try:
            body = await _body(request)
        except ClientDisconnect:
            return
        path = request.url.path
        response: ASGIApp
        if body is None:
            response = JSONResponse({"error": "Payload too large"}, status_code=413)
        elif path == "/_sandbox" or path.startswith("/_sandbox/"):
            response = control.answer(self, request, body)
        else:
            response = await self._serve(request, body)
        if isinstance(response, Response):
            # Clients may set their watch by it.
            response.headers["Date"] = format_datetime(self.clock.now(), usegmt=True)
            if request.method == "HEAD":
                response.body = b""  # the headers, the length among them, are those of the whole
        await response(scope, receive, send)

    async def _serve(self, request: Request, body: bytes) -> ASGIApp:
        """What a service answers, or what a fault makes of it."""
        path = request.url.path
        is_buffer = paths.is_buffers(path) and not (path in {"", "/"} and batch.is_form(request, body))
        operations = self.buffer.operations(body) if is_buffer and request.method == "POST" else []
        fault = self.faults.take(request.method, path, operations)
        entry = {
            "method": request.method,
            "path": _without_secrets(request),
            "operation": ",".join(dict.fromkeys(operations)) or None,
            "status": None,  # stays so when no answer goes out
            "fault": fault.fault if fault else None,
        }
        self.log.append(entry)
        service: Service = self.buffer if is_buffer else self.instagram
        response: ASGIApp
        if fault and fault.fault in BEFORE:
            response = delivery.instead(fault)
        else:
            service.tick()
            answer = await service.answer(request, body, fault if fault and fault.fault in SERVICE else None)
            response = await delivery.spoiled(answer, fault) if fault and fault.fault in AFTER else answer
        entry["status"] = getattr(response, "status_code", None)
        return response


def _with_a_path(scope: Scope) -> Scope:
    """The scope of a request whose target may be a whole URL, as for a proxy, with the path of that URL."""
    path = scope["path"]
    if path and not path.startswith("/"):
        path = "/" + path.partition("://")[2].partition("/")[2]
    return {**scope, "path": path}


async def _body(request: Request) -> bytes | None:
    """The body, None when it is longer than MAX_BODY: then no more of it is read than needed to know that."""
    length = request.headers.get("content-length", "")
    if re.fullmatch(r"[0-9]{1,20}", length) and int(length) > MAX_BODY:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return None
    return bytes(body)


def _without_secrets(request: Request) -> str:
    kept = [(key, value) for key, value in request.query_params.multi_items() if not _is_secret(key)]
    query = "&".join(f"{key}={value}" for key, value in kept)
    return request.url.path + (f"?{query}" if query else "")


def _is_secret(key: str) -> bool:
    return any(word in key.lower() for word in _SECRET)
