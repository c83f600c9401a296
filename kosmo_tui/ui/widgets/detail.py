"""The detail beside the list: everything about one item, scrollable."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static


class Detail(VerticalScroll, can_focus=True):
    """Shows one `Content`; drawing is delayed a little so that a held key does not draw every item it passes."""

    DEFAULT_CSS = """
    Detail {
        width: 38;
        padding: 0 1;
        background: $background;
        border-left: solid $panel-lighten-1;
        scrollbar-size-vertical: 1;
        scrollbar-background: $background;
        scrollbar-color: $panel;
        &:focus { border-left: solid $primary; }
        & > .detail--text { width: 1fr; height: auto; }
    }
    """
    DELAY = 0.05  # seconds

    def __init__(self) -> None:
        super().__init__()
        self._waiting: Content | None = None

    def compose(self) -> ComposeResult:
        yield Static(classes="detail--text", markup=False)

    def show(self, content: Content) -> None:
        """Show `content` from its top, in a moment."""
        if self._waiting is None:
            self.set_timer(self.DELAY, self._draw)
        self._waiting = content

    def _draw(self) -> None:
        content, self._waiting = self._waiting, None
        if content is not None and self.is_mounted:
            self.query_one(Static).update(content)
            self.scroll_home(animate=False)
