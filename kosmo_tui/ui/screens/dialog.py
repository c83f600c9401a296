"""What all screens that lie over another one share: they are answered once."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

Result = TypeVar("Result")


class Dialog(ModalScreen[Result]):
    """A modal screen that goes once, whatever comes after its answer: Textual would take the screen below it away.

    What lies below is not dimmed: to change every colour on the screen, and back, is 10 kB each on somebody's line.
    """

    DEFAULT_CSS = "Dialog { background: transparent; }"

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        return super().dismiss(result) if self in self.app.screen_stack else AwaitComplete()
