"""The last line: the keys that matter here, and how the account is doing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct
from textual.content import Content

from kosmo_tui.ui.actions import Action
from kosmo_tui.ui.text import MUTED, clicked
from kosmo_tui.ui.widgets.kept_lines import KeptLines


class Told(Struct, frozen=True):
    """A piece of news: its text (and a shorter one for narrow terminals), and the theme variable it is drawn in."""

    text: str
    style: str
    short: str = ""


class StatusBar(KeptLines):
    """Key hints on the left (clickable), news on the right; what does not fit is left out, last ones first.

    The hint for the help stays longest: it leads to all the others.
    """

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
        self._told: Sequence[Told] = ()

    def show(self, hints: Sequence[tuple[Action, str]], told: Sequence[Told]) -> None:
        """`hints` are actions with the key to show, the most wanted first; so are the news."""
        if (tuple(hints), tuple(told)) != (self._hints, self._told):
            self._hints, self._told = tuple(hints), tuple(told)
            self.refresh()

    def render(self) -> Content:
        width = self.content_size.width
        state = self._state(width)
        room, used = width - state.cell_length - 2, 0
        gap = "   " if width >= 98 else "  "
        help_ = next((_hint(*one) for one in self._hints if one[0].id == "help"), Content(""))
        kept = help_.cell_length + len(gap)  # for the help, until it has its place
        shown: list[Content] = []
        for action, key in self._hints:
            if action.id == "help":
                kept = 0
            hint = _hint(action, key)
            needed = used + hint.cell_length + (len(gap) if shown else 0)
            if needed + kept > room:
                if kept and used + kept <= room:
                    shown.append(help_)
                break
            shown.append(hint)
            used = needed
        line = Content(gap).join(shown)
        return Content.assemble(line, " " * max(2, width - line.cell_length - state.cell_length), state)

    def _state(self, width: int) -> Content:
        """As many of the news as fit beside the most wanted hint."""
        state = Content("")
        for told in self._told:
            text = told.short if told.short and width < 98 else told.text
            piece = Content.styled(text, told.style)
            grown = Content.assemble(state, "   " if state else "", piece)
            if state and grown.cell_length > width - 14:
                break
            state = grown
        return state


@lru_cache(128)
def _hint(action: Action, key: str) -> Content:
    hint = Content.assemble((key, "bold $text-primary"), (f" {action.label}", MUTED))
    return hint.stylize(clicked(f"screen.press('{action.id}')"))
