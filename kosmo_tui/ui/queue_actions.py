"""The keys that change a post of Buffer: what may be done, a question with account and profile, and the write.

A pane whose items are something else (drafts, writes) has handlers of the same names, and they come first.
"""

from __future__ import annotations

from inspect import isawaitable
from typing import Any

from textual.screen import Screen

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.services.editing import Change, refusal
from kosmo_tui.services.workspace import BufferDesk, Desk
from kosmo_tui.ui.panes.base import Pane


class QueueActions(Screen[None]):
    """The part of the main screen that changes posts."""

    @property
    def desk(self) -> Desk:
        """The account in use."""
        raise NotImplementedError

    @property
    def pane(self) -> Pane:
        """The pane of the view in use."""
        raise NotImplementedError

    async def action_edit(self) -> None:
        await self._do("edit")

    async def action_reschedule(self) -> None:
        await self._do("reschedule")

    async def action_to_top(self) -> None:
        await self._do("to_top")

    async def action_to_bottom(self) -> None:
        await self._do("to_bottom")

    async def action_to_draft(self) -> None:
        await self._do("to_draft")

    async def action_again(self) -> None:
        await self._do("again")

    async def action_delete(self) -> None:
        await self._do("delete")

    async def action_duplicate(self) -> None:
        await self._do("duplicate")

    async def _do(self, change: Change) -> None:
        """Let the pane do it, when it has a way of its own; else do it to the post under the cursor."""
        own: Any = getattr(self.pane, f"action_{change}", None)
        if own is not None:
            done = own()
            if isawaitable(done):
                await done
            return
        update, desk = self.pane.reused(), self.desk
        if update is None or not isinstance(desk, BufferDesk):
            self.notify("There is no post of Buffer under the cursor.", severity="warning", markup=False)
        elif why_not := refusal(update, change):
            self.notify(why_not, severity="warning", markup=False)
        else:
            self._begin(change, desk, update)

    def _begin(self, change: Change, desk: BufferDesk, update: Update) -> None:
        match change:
            case "duplicate":
                self.app.composing.open(desk, profile=update.profile_id, like=update)  # type: ignore[attr-defined]
            case "edit":
                self.app.composing.open(desk, edits=update)  # type: ignore[attr-defined]
