"""What the screen knows of every pane, and what a pane tells it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from textual.message import Message
from textual.widget import Widget

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.services.refresh import Question
from kosmo_tui.ui.actions import Action, action

Hints = tuple[str, ...]  # actions that the status bar names, the most wanted first


class Hinted(Message):
    """The pane has other things to do now: the status bar names them."""


class Changed(Message):
    """A desk or one of its lists has changed: whoever shows something of it should look again."""

    def __init__(self, account: str) -> None:
        super().__init__()
        self.account = account


class Pane(Widget):
    """A view of one account.  The screen binds it to a desk, asks it to load, and hands keys to it."""

    VIEW: ClassVar[str]
    HINTS: ClassVar[Hints] = ("compose", "accounts", "help", "refresh", "next_view", "command_palette")
    BLANK: ClassVar[bool] = True  # nothing of its own is seen: its parts cover it
    DEFAULT_CSS = "Pane { height: 1fr; }"

    def visit(self, desk: Any, profile: str | None) -> None:
        """Show `desk` (and of a Buffer account the profile, or all)."""
        raise NotImplementedError

    def load(self, *, force: bool = False) -> None:
        """Ask the service, in a worker: when nothing is there yet, or always (`force`)."""
        raise NotImplementedError

    def desk_changed(self) -> None:
        """The desk has new data."""

    def as_of(self) -> datetime | None:
        """When what is shown was read; None when it was not."""
        return None

    @property
    def asking(self) -> bool:
        """Whether the service is being asked."""
        return False

    def hints(self) -> Sequence[Action]:
        """What the status bar names, the most wanted first."""
        return [action(name) for name in self.HINTS]

    def key(self, name: str) -> str:
        """The key that is shown for an action."""
        return action(name).shown(self.app.keys.get(name))  # type: ignore[attr-defined]

    def question(self) -> Question | None:
        """What `load` asks a service; None when that costs no request."""
        return None

    def focus_list(self) -> None:
        """Give the focus to the part that the cursor keys move."""
        self.screen.set_focus(self)

    def back(self) -> bool:
        """Close what is open; False when nothing is."""
        return False

    def step(self, by: int) -> bool:
        """Take ← (-1) or → (1); False when it has no meaning here."""
        return False

    @property
    def is_typing(self) -> bool:
        """Whether letters are text, not keys."""
        return False

    async def filter(self) -> None:
        """Open the filter, where there is one."""

    @property
    def shown(self) -> str:
        """How much the filter lets through, `4/19`; empty without a filter."""
        return ""

    def reused(self) -> Update | None:
        """The post under the cursor, to write a new one from."""
        return None

    def copied(self) -> str:
        """The text that `copy` takes: of the item under the cursor."""
        return ""

    def link(self) -> str | None:
        """The link of the item under the cursor."""
        return None
