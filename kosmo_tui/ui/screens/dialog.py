"""What all screens that lie over another one share: they are answered once."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

Result = TypeVar("Result")


class Dialog(ModalScreen[Result]):
    """A modal screen that goes once, and itself, whatever comes after its answer and whatever lies over it by then:
    Textual would take the screen below it away, or the one above.

    What lies below is not dimmed: to change every colour on the screen, and back, is 10 kB each on somebody's line.
    """

    DEFAULT_CSS = "Dialog { background: transparent; }"

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        if self not in self.app.screen_stack:
            return AwaitComplete()
        while self.app.screen is not self:
            self.app.pop_screen()
        return super().dismiss(result)
