"""The last line: the keys that matter here, and how the account is doing."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from kosmo_tui.ui.actions import Action
from kosmo_tui.ui.text import MUTED


class StatusBar(Widget):
    """Key hints on the left (clickable), state on the right; hints that do not fit are left out, last ones first."""

    DEFAULT_CSS = """
    StatusBar {
        height: 1;
        padding: 0 1;
        background: $panel;
        link-style: none;
        link-style-hover: bold;
        link-background-hover: $boost;
    }
    """

    def __init__(self) -> None:
        super().__init__(id="status-bar")
        self._hints: Sequence[tuple[Action, str]] = ()
        self._told: Sequence[tuple[str, str]] = ()

    def show(self, hints: Sequence[tuple[Action, str]], told: Sequence[tuple[str, str]]) -> None:
        """`hints` are actions with the key to show; `told` are texts and the theme variables they are drawn in."""
        if (tuple(hints), tuple(told)) != (self._hints, self._told):
            self._hints, self._told = tuple(hints), tuple(told)
            self.refresh()

    def render(self) -> Content:
        width = self.content_size.width
        state = Content("   ").join(Content.styled(*piece) for piece in self._told)
        line, room = Content(""), width - state.cell_length - 2
        gap = "   " if width >= 98 else "  "
        for action, key in self._hints:
            hint = Content.assemble((key, "bold $text-primary"), (f" {action.label}", MUTED))
            hint = hint.stylize(f"@click=screen.press('{action.id}')")
            grown = Content.assemble(line, gap if line else "", hint)
            if grown.cell_length > room:
                break
            line = grown
        return Content.assemble(line, " " * max(2, width - line.cell_length - state.cell_length), state)
