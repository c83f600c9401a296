"""What to do with what was typed."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

Answer = Literal["keep", "discard", "back"]


class LeaveScreen(ModalScreen[Answer]):
    """Dismisses with the answer; escape goes back to the text, where nothing is lost."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "dismiss('keep')", "keep"),
        Binding("d", "dismiss('discard')", "discard"),
        Binding("b,escape", "dismiss('back')", "back"),
        Binding("left", "app.focus_previous", "previous", show=False),
        Binding("right", "app.focus_next", "next", show=False),
    ]
    DEFAULT_CSS = """
    LeaveScreen {
        align: center middle;
        & > Vertical {
            width: 52;
            max-width: 96%;
            height: auto;
            padding: 1 2;
            background: $surface;
            border: round $primary;
        }
        & .leave--question { margin-bottom: 1; color: $text-muted; }
        & .leave--answers { height: 1; }
        & .leave--answers > Button { margin-right: 2; min-width: 0; padding: 0 2; }
        & .leave--answers > Button:focus { text-style: bold underline; background-tint: $foreground 15%; }
    }
    """

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static("Keep this post as a draft?")
            yield Static("A draft stays until the app is closed.", classes="leave--question")
            with Horizontal(classes="leave--answers"):
                yield Button("k keep", id="keep", variant="primary", compact=True)
                yield Button("d discard", id="discard", variant="error", compact=True)
                yield Button("b back", id="back", compact=True)

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        answer: Answer = event.button.id or "back"  # type: ignore[assignment]  # the ids are the answers
        self.dismiss(answer)
