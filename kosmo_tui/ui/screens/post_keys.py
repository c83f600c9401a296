"""The keys that change the post under the cursor; what they do is loaded when the first of them is pressed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from textual.screen import Screen

if TYPE_CHECKING:
    from kosmo_tui.ui.queue_actions import QueueActions


class PostKeys(Screen[None]):
    """The part of the main screen that takes these keys."""

    @cached_property
    def _changes(self) -> QueueActions:
        from kosmo_tui.ui.queue_actions import QueueActions  # with all that it takes to write: not for a first look

        return QueueActions(self.app, self)  # type: ignore[arg-type]

    async def action_edit(self) -> None:
        await self._changes.do("edit")

    async def action_reschedule(self) -> None:
        await self._changes.do("reschedule")

    async def action_to_top(self) -> None:
        await self._changes.do("to_top")

    async def action_to_bottom(self) -> None:
        await self._changes.do("to_bottom")

    async def action_to_draft(self) -> None:
        await self._changes.do("to_draft")

    async def action_again(self) -> None:
        await self._changes.do("again")

    async def action_delete(self) -> None:
        await self._changes.do("delete")

    async def action_duplicate(self) -> None:
        await self._changes.do("duplicate")
