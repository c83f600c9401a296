"""The keys for the item under the cursor; what changes a post is loaded when the first key for that is pressed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.screen import Screen

    from kosmo_tui.ui.panes.pane import Pane
    from kosmo_tui.ui.queue_actions import QueueActions

    Base = Screen[None]
else:
    Base = object  # Textual looks through every class of a screen


class PostKeys(Base):
    """The part of the main screen that takes these keys."""

    @property
    def pane(self) -> Pane:
        """The pane of the view in use."""
        raise NotImplementedError

    def action_copy(self) -> None:
        text = self.pane.copied()
        if text:
            self.app.copy_to_clipboard(text)
            self.notify("Sent to the terminal's clipboard (OSC 52).", markup=False)
        else:
            self.notify("There is no text to copy.", severity="warning", markup=False)

    def action_link(self) -> None:
        link = self.pane.link()
        if link:
            self.app.copy_to_clipboard(link)
            self.notify(link, title="Link, sent to the terminal's clipboard", markup=False, timeout=10)
        else:
            self.notify("This item has no link yet.", severity="warning", markup=False)

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
