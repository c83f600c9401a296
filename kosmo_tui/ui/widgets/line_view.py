"""Lines drawn on demand, of which only those that look different go over the wire again."""

from __future__ import annotations

from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip

from kosmo_tui.ui.widgets.kept_lines import KeptLines
from kosmo_tui.ui.widgets.scroll_bar import LightScrollBar


class LineView(KeptLines, ScrollView):
    """A scroll view that remembers what it drew, line by line.

    A refresh of data mostly changes a few lines; drawing the others again would cost kilobytes on an SSH line.
    """

    DEFAULT_CSS = """
    LineView {
        overflow-y: scroll;
        overflow-x: hidden;
        background: $background;
        scrollbar-size: 0 1;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
        scrollbar-color: $panel;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._drawn: dict[int, Strip] = {}

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        if self._vertical_scrollbar is None:
            bar = LightScrollBar(vertical=True, name="vertical", thickness=self.scrollbar_size_vertical)
            bar.display = False
            self._vertical_scrollbar = bar
            self.app._start_widget(self, bar)
        return self._vertical_scrollbar

    @property
    def drawn(self) -> bool:
        """Whether any line of it was drawn."""
        return bool(self._drawn)

    def line(self, place: int) -> Strip:
        """The line at `place` of the whole content."""
        raise NotImplementedError

    def set_line_count(self, count: int) -> None:
        """Tell how many lines there are.

        Without a reaction, as a scroll bar that comes or goes would lay out and draw the whole screen again; it keeps
        its place instead and is invisible while there is nothing to scroll.
        """
        size = self.scrollable_content_region.size
        self.set_reactive(LineView.virtual_size, Size(size.width, count))
        bar = self.vertical_scrollbar
        bar.window_size, bar.window_virtual_size = size.height, max(count, size.height)

    def render_line(self, y: int) -> Strip:
        strip = self.line(y + self.scroll_offset.y)
        self._drawn[y] = strip
        return strip

    def refresh_changed(self) -> None:
        """Draw the lines in sight that look different from what stands on the screen."""
        size = self.scrollable_content_region.size
        for y in range(size.height):
            before = self._drawn.get(y)
            if before is None or before != self.render_line(y):
                self.refresh(Region(0, y, size.width, 1))
