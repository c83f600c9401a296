"""Asks the services for what is shown and has grown old: at the start, and while somebody looks and does not write."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kosmo_tui.services.budget import PURPOSE, Priority
from kosmo_tui.services.refresh import Question, Refresh
from kosmo_tui.services.workspace import InstagramDesk

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
            priority = Priority.USER if desk is main.desk and not desk.known else Priority.REFRESH
            if still := await self._due(desk.glance, priority):
                main.refresh_account(desk, who=False, still=still)
        await self._keep()

    async def _keep(self) -> None:
        main = self._app.main
        if main is None:
            return
        pane, desk = main.pane, main.desk

        def shown() -> Question | None:
            """What was read of the view in use, while it is that."""
            question = pane.question() if (pane, desk) == (main.pane, main.desk) else None
            return question if question is not None and question.as_of is not None else None

        if await self._due(shown):
            pane.load(force=True)
        if isinstance(desk, InstagramDesk) and desk.is_stale and (still := await self._due(desk.question)):
            main.refresh_account(desk, still=still)
        for other in main.workspace:
            if still := await self._due(other.trouble):
                main.refresh_account(other, who=None if other is desk else False, still=still)
        main.describe()

    async def _due(
        self, asked: Callable[[], Question | None], priority: Priority | None = None
    ) -> Callable[[], bool] | None:
        """None when that is not to be asked now; else what tells whether nobody else has asked it until then.

        What is begun next is for that purpose.
        """
        question = asked()
        if question is None:
            return None
        PURPOSE.set(question.priority if priority is None else priority)
        is_due = await self.policy.due(replace(question, priority=PURPOSE.get()))

        def still() -> bool:
            return asked() == question

        return still if is_due and still() else None
