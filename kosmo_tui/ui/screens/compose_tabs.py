"""The line of tabs: the base text, and a tab for each chosen target that shows what goes out there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from kosmo_tui.compose.draft import Target
from kosmo_tui.ui.screens.compose_text import hand_on
from kosmo_tui.ui.screens.compose_variants import BASE
from kosmo_tui.ui.text import MUTED, fit, mark, network

_KEYS = {"h", "l", "space"}  # of the line itself
_LABEL = 14  # cells of a label that a tab has room for


class Tab(NamedTuple):
    """`own`: it differs from the base.  `wrong`: an error blocks it."""

    key: str
    name: str
    own: bool = False
    wrong: bool = False

    @property
    def words(self) -> str:
        """What stands in the line."""
        return f"{self.name}{mark('✎') if self.own else ''}{mark('✕') if self.wrong else ''}"


def names(targets: Sequence[Target]) -> dict[str, str]:
    """What to call each target: its network, and its label as well where several are of that network."""
    alone = [target.network for target in targets]
    return {
        target.key: network(target.network)
        if alone.count(target.network) == 1
        else f"{network(target.network)} {_short(target.label)}"
        for target in targets
    }


def _short(label: str) -> str:
    return label if cell_len(label) <= _LABEL else fit(label, _LABEL)


class TargetTabs(Widget, can_focus=True):
    """←/→ or a click opens a tab; the open one stands in brackets, so that colour is not needed to see it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "previous", show=False),
        Binding("right,l,space,enter", "step(1)", "next", show=False),
    ]
    DEFAULT_CSS = """
    TargetTabs { width: 1fr; height: 1; padding: 0 1; background: $surface; }
    TargetTabs:focus { outline-left: outer $text-accent; }
    """

    class Chosen(Message):
        """Another tab is wanted."""

        def __init__(self, key: str) -> None:
            self.key = key
            super().__init__()

    def __init__(self) -> None:
        super().__init__(id="tabs")
        self._tabs: tuple[Tab, ...] = (Tab(BASE, "Base text"),)
        self._open = BASE
        self._ends: list[tuple[int, str]] = []  # where the tab of a key ends, in cells, as it was drawn last

    @property
    def open(self) -> str:
        """The key of the open tab."""
        return self._open

    def show(self, tabs: Sequence[Tab], open_: str) -> None:
        """Show these tabs, one of them open."""
        if (tuple(tabs), open_) != (self._tabs, self._open):
            self._tabs, self._open = tuple(tabs), open_
            self.refresh()

    def beside(self, step: int) -> str:
        """The key of the tab `step` places after the open one, round and round."""
        keys = [tab.key for tab in self._tabs]
        return keys[(keys.index(self._open) + step) % len(keys)]

    def action_step(self, by: int) -> None:
        """Open the tab beside this one."""
        if len(self._tabs) > 1:
            self.post_message(self.Chosen(self.beside(by)))

    def on_key(self, event: events.Key) -> None:
        if event.key not in _KEYS or not self.has_focus:
            hand_on(self, event)

    def on_click(self, event: events.Click) -> None:
        for end, key in self._ends:
            if event.x - 1 < end:
                self.post_message(self.Chosen(key))
                return

    def render(self) -> Content:
        """As many tabs as fit, the open one among them."""
        width, index = self.content_size.width, [tab.key for tab in self._tabs].index(self._open)
        first = last = index
        room = width - self._width(index) - 4  # an arrow and a blank at each end
        while True:
            if last + 1 < len(self._tabs) and self._width(last + 1) + 3 <= room:
                last += 1
                room -= self._width(last) + 3
            elif first > 0 and self._width(first - 1) + 3 <= room:
                first -= 1
                room -= self._width(first) + 3
            else:
                break
        line = Content.styled(f"{mark('‹')} ", MUTED) if first else Content("")
        self._ends = []
        for tab in self._tabs[first : last + 1]:
            if tab.key != self._tabs[first].key:
                line += Content.styled(f" {mark('▸')} ", MUTED)
            line += (
                Content.styled(f"[{tab.words}]", "bold $text-primary")
                if tab.key == self._open
                else Content.styled(tab.words, "" if tab.own else MUTED)
            )
            self._ends.append((line.cell_length, tab.key))
        return line + Content.styled(f" {mark('›')}", MUTED) if last + 1 < len(self._tabs) else line

    def _width(self, index: int) -> int:
        return cell_len(self._tabs[index].words) + 2
