"""The sandbox on a port of this machine, for other programs."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import signal
import socket
import sys
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from kosmo_tui.sandbox.delivery import ABORT
from kosmo_tui.sandbox.sandbox import Sandbox


def serve(
    sandbox: Sandbox | None = None,
    port: int = 0,
    *,
    host: str = "127.0.0.1",
    seed: int = 0,
    posts: int | None = None,
    hostile: bool = False,
    unlimited: bool = False,
) -> int:
    """Serve `sandbox` (or a new one made from the other arguments) until SIGINT or SIGTERM, and return which.

    Prints one JSON line (`Sandbox.describe`) when it listens; port 0 takes a free one.  Raises ValueError for a host
    that is not loopback (whoever reaches the port owns the sandbox), OSError when the port is taken.
    """
    listening = _listen(host, port)
    sandbox = sandbox or Sandbox(seed=seed, posts=posts, hostile=hostile, unlimited=unlimited)
    config = uvicorn.Config(
        sandbox.app,
        http=_Protocol,
        interface="asgi3",
        proxy_headers=False,
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=False,  # the sandbox tells its own time
        timeout_graceful_shutdown=1,
    )
    server = _Server(config, sandbox)
    with listening:
        asyncio.run(server.serve(sockets=[listening]))
    return server.stopped_by


def _listen(host: str, port: int) -> socket.socket:
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise ValueError(f"the sandbox listens on loopback only, not on {host}")
    listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    # Accepted connections inherit it.  Without it each answer waits 40 ms for the client's delayed acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


class _Protocol(H11Protocol):
    """HTTP/1.1 that gives the application a way to cut its connection, as a scope extension."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        inner = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[ABORT] = transport.abort
            try:
                await inner(scope, receive, send)
            except asyncio.CancelledError:  # the server ends
                transport.abort()
                while (await receive())["type"] != "http.disconnect":
                    pass

        self.app = app


class _Server(uvicorn.Server):
    """uvicorn that says when it listens, and ends without an error when it is told to."""

    def __init__(self, config: uvicorn.Config, sandbox: Sandbox) -> None:
        super().__init__(config)
        self._sandbox = sandbox
        self.stopped_by = 0

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        assert sockets
        host, port = sockets[0].getsockname()[:2]
        url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        sys.stdout.write(json.dumps(self._sandbox.describe(url)) + "\n")
        sys.stdout.flush()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Whoever still waits (for a fault's delay, for an answer that never comes) is cut off."""
        for task in self.server_state.tasks:
            task.cancel()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        def stop(number: int, _: Any) -> None:
            self.stopped_by = number
            self.should_exit = True

        kept = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in kept.items():
                signal.signal(number, handler)
