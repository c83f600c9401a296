"""The dashboard on a sandbox in this process: real requests through the real client layer, no port, no terminal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.accounts.settings import Settings
from kosmo_tui.api.http import in_process
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.sandbox.clock import Clock
from kosmo_tui.store.database import Store
from kosmo_tui.ui.app import KosmoApp
from kosmo_tui.ui.widgets.detail import Detail

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


class Dashboard:
    """A running dashboard: keys go in, what it shows comes out."""

    def __init__(self, app: KosmoApp, pilot: Pilot[None], sandbox: Sandbox) -> None:
        self.app, self.pilot, self.sandbox = app, pilot, sandbox

    async def settle(self) -> None:
        """Wait until no worker runs and the screen has drawn what came, the detail as well."""
        await self._work()
        while any(detail.is_due for screen in self.app.screen_stack for detail in screen.query(Detail)):
            await self.pilot.pause(0.01)
        await self.pilot.pause()

    async def _work(self) -> None:
        await self.pilot.pause()
        while any(not worker.is_finished for worker in self.app.workers):  # one may have begun another
            await asyncio.wait_for(self.app.workers.wait_for_complete(), 30)
            await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, each when the one before it has done its work, and then wait."""
        for key in keys:
            await self.pilot.press(key)
            await self._work()
        await self.settle()

    async def packet(self, *keys: str) -> None:
        """Let keys come all at once, as over a slow line, and then wait."""
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else {"space": " "}.get(key)))
        await self.settle()

    async def type(self, text: str) -> None:
        """Type `text` as fast as keys come, and then wait."""
        await self.pilot.press(*("space" if char == " " else char for char in text))
        await self.settle()

    @property
    def text(self) -> str:
        """What stands on the screen, line by line."""
        width, height = self.app.size
        lines = [[" "] * width for _ in range(height)]
        for y, strip in enumerate(self.app.screen._compositor.render_strips()):
            lines[y] = list(strip.text)
        return "\n".join("".join(line).rstrip() for line in lines)

    @property
    def pane(self) -> Any:
        assert self.app.main is not None
        return self.app.main.pane


Open = Callable[..., AbstractAsyncContextManager[Dashboard]]


@pytest.fixture
def dashboard() -> Open:
    """`async with dashboard(account="buffer.agency") as board:` opens the dashboard and waits until it is full."""

    @asynccontextmanager
    async def open_(
        account: str = "buffer.agency",
        pane: str | None = None,
        *,
        size: tuple[int, int] = (120, 40),
        sandbox: Sandbox | None = None,
        settings: Settings | None = None,
        keys: dict[str, str] | None = None,
        faults: list[dict[str, Any]] | None = None,
        store: Store | None = None,
    ) -> AsyncIterator[Dashboard]:
        world = sandbox or Sandbox(clock=Clock(MONDAY))
        world.faults.load(faults or [])
        hub = Hub.for_sandbox(world.describe("http://sandbox.localhost"), in_process(world.app))
        hub.config.keys.update(keys or {})
        app = KosmoApp(
            hub,
            settings or Settings(timezone="Europe/Berlin"),
            store=store,
            start_account=account,
            start_pane=pane,
            now=world.clock.now,
        )
        async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
            board = Dashboard(app, pilot, world)
            await board.settle()
            yield board

    return open_
