"""A sandbox at a fixed time, and a way to ask its Buffer side."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from kosmo_tui.sandbox import Sandbox
from kosmo_tui.sandbox.clock import Clock
from tests.sandbox.asking import START, Buffer, Still


@pytest.fixture
def clock() -> Clock:
    return Still(START)


@pytest.fixture
def sandbox(clock: Clock) -> Sandbox:
    return Sandbox(seed=7, clock=clock, unlimited=True)


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=sandbox.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as client:
        yield client


@pytest.fixture
def buffer(sandbox: Sandbox, http: httpx.AsyncClient) -> Buffer:
    return Buffer(sandbox, http)
