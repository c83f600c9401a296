"""Asks the services for what is shown and has grown old: at the start, and while somebody looks and does not write."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kosmo_tui.services.budget import PURPOSE, Priority
from kosmo_tui.services.refresh import Refresh

if TYPE_CHECKING:
    from kosmo_tui.ui.app import KosmoApp


class Freshness:
    """Does what `policy` allows, for the dashboard of `app`.  `paused` while the terminal has no focus."""

    def __init__(self, app: KosmoApp, policy: Refresh) -> None:
        self._app = app
        self.policy = policy
        self.paused = False

    def open(self) -> None:
        """After the first paint: recall the other accounts, and ask for what is old, the account shown first."""
        self._app.run_worker(self._open(), name="open the accounts", group="refresh", exit_on_error=False)

    def keep(self) -> None:
        """Ask for what is shown, if it is old."""
        if not self.paused and self._app.composing.screen is None:
            self._app.run_worker(self._keep(), name="keep fresh", group="refresh", exit_on_error=False)

    async def _open(self) -> None:
        main = self._app.main
        if main is None:
            return
        for desk in main.workspace:
            desk.recall()
            await asyncio.sleep(0)  # a key that comes now need not wait for all of them
        main.describe()
        for desk in sorted(main.workspace, key=lambda desk: desk is not main.desk):
            wanted = desk is main.desk and not desk.known
            PURPOSE.set(Priority.USER if wanted else Priority.REFRESH)
            if await self.policy.due(replace(desk.question(), priority=PURPOSE.get())):
                main.refresh_accounts([desk])
        await self._keep()

    async def _keep(self) -> None:
        main = self._app.main
        if main is None:
            return
        pane, desk = main.pane, main.desk
        question = pane.question()
        if question is not None and question.as_of is not None and await self.policy.due(question):
            PURPOSE.set(question.priority)
            if (pane, desk) == (main.pane, main.desk):
                pane.load(force=True)
        for other in main.workspace:
            trouble = other.trouble()
            if trouble is not None and await self.policy.due(trouble):
                PURPOSE.set(Priority.TROUBLE)
                main.refresh_accounts([other])
        main.describe()
