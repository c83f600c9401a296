"""What the panes of the store share: reading costs no request, so they read whenever something may have changed."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import datetime
from typing import Any, TypeVar

from kosmo_tui.api.errors import KosmoError
from kosmo_tui.services.workspace import Desk
from kosmo_tui.ui.panes.list_pane import ListPane
from kosmo_tui.ui.panes.pane import Changed

Done = TypeVar("Done")


class StoredPane(ListPane[Any]):
    """A list of rows of the store, of one account."""

    desk: Desk | None

    def load(self, *, force: bool = False) -> None:
        desk, listing = self.desk, self.listing()
        if desk is None or listing is None:
            return
        if listing.as_of is None:
            self.draw()
        self._work("read", desk.read_store())

    def as_of(self) -> datetime | None:
        """None: what is on this machine is as old as the screen."""
        return None

    def question(self) -> None:
        """None: reading the store costs no request."""

    def change(self, what: str, doing: Coroutine[Any, Any, None]) -> None:
        """Change something in the store, in a worker of the app; what goes wrong is told."""
        desk = self.desk
        assert desk is not None

        async def work() -> None:
            try:
                await doing
            except KosmoError as error:
                told = f"{error.message}. {error.hint}".strip()
                self.notify(told, title=f"Could not {what}", severity="error", markup=False, timeout=15)
            await desk.read_store()
            self.post_message(Changed(desk.account))

        self.app.run_worker(work(), name=f"{what} of {desk.account}", group="store", exit_on_error=False)
