"""The frame of the composer: as whom, what, and on the right of the same line how saving goes."""

from __future__ import annotations

from datetime import tzinfo

from textual.containers import Vertical
from textual.content import Content

from kosmo_tui.services.autosave import Saved
from kosmo_tui.ui.accents import badge
from kosmo_tui.ui.screens.compose_findings import marked
from kosmo_tui.ui.screens.compose_history import Version
from kosmo_tui.ui.text import MUTED, mark

_LINE = "─"
_LEAST = 9  # cells in which something can be said


class Frame(Vertical):
    """`doing` is what the composer is for, e.g. `New post`; `color` is that of the account."""

    DEFAULT_CSS = """
    Frame {
        width: 100%;
        max-width: 132;
        height: 100%;
        max-height: 40;
        padding: 0 1;
        background: $surface;
        border: round $primary;
        border-title-color: $foreground;
        border-title-style: bold;
    }
    """

    def __init__(self, account: str, color: str, doing: str) -> None:
        super().__init__(id="compose")
        self._head = Content.assemble(f" {doing} · ", badge(account, color), " ")
        self._color = color
        self._tail = Content("")

    def fold(self, small: bool) -> None:
        """A small window has no room for a frame around everything: a line at the top is enough."""
        self.styles.border = ("none" if small else "round", self._color)
        self.styles.border_top = ("round", self._color)

    def show(self, saved: Saved, version: Version | None, zone: tzinfo) -> None:
        """Say when the draft was saved, why it was not, or which version of it stands there."""
        if saved.problem:
            tail = marked("error", Content.styled(f"not saved: {saved.problem}", "bold $text-error"))
        elif version is not None:
            said = f"version {version.number} of {version.at.astimezone(zone):%d %b %H:%M:%S} · ^z back · ^y forward"
            tail = Content.assemble((mark("↶"), "$text-accent"), f" {said}")
        elif saved.at is not None and not saved.durable:
            tail = marked("warning", Content.styled("not on disk: gone when kosmo ends", "$text-warning"))
        elif saved.at is not None:
            tail = Content.styled(f"draft saved {saved.at.astimezone(zone):%H:%M:%S}", MUTED)
        else:
            tail = Content("")
        if tail != self._tail:
            self._tail = tail
            self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        """The title goes over the whole line: the border has one on the left only."""
        room = self.outer_size.width - 6  # corners, and a blank at each end
        tail = self._tail.truncate(max(0, room - min(self._head.cell_length, room // 2) - 3), ellipsis=True)
        if tail.cell_length < _LEAST:
            self.border_title = self._head
            return
        head = self._head.truncate(room - tail.cell_length - 3, ellipsis=True)
        line = _LINE * (room - head.cell_length - tail.cell_length - 2)
        self.border_title = Content.assemble(head, (line, self._color), " ", tail, " ")
