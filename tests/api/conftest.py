"""Ways to a service for tests: scripted answers, and a real socket that answers with raw bytes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from kosmo_tui.api.buffer.client import BufferClient
from kosmo_tui.api.errors import ApiError
from kosmo_tui.api.http import Answer, Connection, Request, in_process
from kosmo_tui.api.retries import Retries
from kosmo_tui.api.secret import Secret

TOKEN = "SECRET-tokentokentoken"


async def token() -> Secret:
    return Secret(TOKEN)


class Script(httpx.MockTransport):
    """Answers in turn with what it was given: responses, exceptions, or functions of the request; repeats the last."""

    def __init__(self, *steps: Any) -> None:
        super().__init__(self._answer)
        self.steps = steps
        self.requests: list[httpx.Request] = []

    def _answer(self, request: httpx.Request) -> httpx.Response:
        step = self.steps[min(len(self.requests), len(self.steps) - 1)]
        self.requests.append(request)
        if callable(step):
            step = step(request)
        if isinstance(step, BaseException):
            raise step
        assert isinstance(step, tuple)
        status, body, headers = (*step, {})[:3]
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return httpx.Response(status, content=content, headers={"content-type": "application/json", **headers})

    def bodies(self) -> list[Any]:
        """The JSON bodies that were sent."""
        return [json.loads(request.content) for request in self.requests]


class Naps(list[float]):
    """The sleeps of a request loop that does not sleep."""

    def retries(self, **changes: Any) -> Retries:
        async def sleep(seconds: float) -> None:
            self.append(seconds)

        return Retries(**{"sleep": sleep, "random": lambda: 0.5, **changes})


@pytest.fixture
def naps() -> Naps:
    return Naps()


@asynccontextmanager
async def raw_server(
    answer: bytes | None, *, stay: bool = False, received: list[bytes] | None = None
) -> AsyncIterator[str]:
    """A TCP server that reads a request, answers with `answer` and hangs up (or stays silent); yields its URL."""
    leave = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.read(65536)
            if received is not None:
                received.append(head)
            if answer is not None:
                writer.write(answer)
                await writer.drain()
            if stay:
                await leave.wait()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        leave.set()
        server.close()
        await server.wait_closed()


@dataclass
class BufferWorld:
    """The sandbox in this process, seen from both sides: clients of its accounts, and what really happened."""

    sandbox: Any
    naps: Naps

    def client(self, name: str = "agency", **options: Any) -> BufferClient:
        """A client of an account; it does not sleep."""

        async def token() -> Secret:
            return Secret(self.sandbox.buffer.tokens[name])

        given = {
            "account": f"buffer.{name}",
            "base_url": "http://sandbox.test",
            "token": token,
            "transport": in_process(self.sandbox.app),
            "retries": self.naps.retries(),
        }
        return BufferClient.open(**{**given, **options})

    def fault(self, match: str, fault: str, **details: Any) -> None:
        """Make the next matching request misbehave."""
        self.sandbox.faults.load({"match": match, "fault": fault, **details})

    def operations(self) -> list[str]:
        """The GraphQL root fields that were asked for, in order."""
        return [entry["operation"] for entry in self.sandbox.log]

    def posts(self, text: str) -> list[dict[str, Any]]:
        """The posts of this text that really exist."""
        return [post for post in self.sandbox.buffer.posts_now() if post["text"] == text]

    async def ids(self, *services: str, name: str = "agency") -> list[str]:
        """The ids of the first profile of each of these services; asked by a client of its own, off the record."""
        profiles = await self.client(name).list_profiles()
        self.sandbox.log.clear()
        return [next(profile.id for profile in profiles if profile.service == service) for service in services]


@pytest.fixture(scope="session")
def one_sandbox() -> Any:
    """Building the schema takes a while, going back to the seed does not."""
    from kosmo_tui.sandbox import Sandbox

    return Sandbox(unlimited=True)


@pytest.fixture
def buffer(one_sandbox: Any, naps: Naps) -> BufferWorld:
    """The sandbox as new."""
    one_sandbox.reset()
    return BufferWorld(one_sandbox, naps)


@pytest.fixture(scope="session")
def one_graph() -> Any:
    """A sandbox for Instagram; posts are Buffer's, whose side takes much longer to build and is not asked."""
    from kosmo_tui.sandbox import Sandbox
    from kosmo_tui.sandbox.clock import Clock
    from tests.api.graph_world import START

    return Sandbox(posts=1, clock=Clock(START))


@pytest.fixture
def world(one_graph: Any) -> Any:
    """Instagram as it was seeded."""
    from tests.api.graph_world import World

    one_graph.clock.reset()
    one_graph.faults.clear()
    one_graph.log.clear()
    one_graph.instagram.reset()
    return World(one_graph)


READ, WRITE = Request("GET", "/things", label="things"), Request("POST", "/things", write=True, label="make")


def fine(_: Answer) -> ApiError | None:
    return None


def connect(
    transport: Any, retries: Retries | None = None, judge: Any = fine, base_url: str = "https://h.test"
) -> Connection:
    return Connection(base_url=base_url, token=token, judge=judge, transport=transport, retries=retries)


def wrapped(cause: BaseException) -> httpx.ConnectError:
    error = httpx.ConnectError(f"https://h.test/?access_token={TOKEN}")
    error.__cause__ = OSError("all attempts failed")
    error.__cause__.__context__ = ExceptionGroup("attempts", [cause]) if isinstance(cause, Exception) else cause
    return error
