"""The detail beside the list: everything about one item, scrollable."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.style import Style
from textual.visual import Visual

from kosmo_tui.ui.spare_time import REST
from kosmo_tui.ui.text import MUTED, mark
from kosmo_tui.ui.widgets.line_view import LineView


class Detail(LineView, can_focus=True):
    """Shows one `Content`.  It is made and drawn when the cursor rests: a held key passes many items."""

    DEFAULT_CSS = """
    Detail {
        width: 36;
        padding: 0 1;
        border-left: solid $foreground 20%;
        scrollbar-size: 0 0;
        &:focus { border-left: solid $primary; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [  # the keys of lists
        Binding("down,j", "scroll_down", show=False),
        Binding("up,k", "scroll_up", show=False),
        Binding("pagedown,ctrl+d", "page_down", show=False),
        Binding("pageup,ctrl+u", "page_up", show=False),
        Binding("home,g", "scroll_home", show=False),
        Binding("end,G", "scroll_end", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._content = Content("")
        self._lines: Sequence[Strip] = ()
        self._resting: asyncio.TimerHandle | None = None

    def show(self, make: Callable[[], Content]) -> None:
        """Show what `make` returns, from its top, once nothing else was asked for in a moment."""
        if self._resting is not None:
            self._resting.cancel()
        # Not a timer of Textual's: that is a task of its own, made and ended at every repeat of a held key.
        self._resting = asyncio.get_running_loop().call_later(REST, self._rested, make)

    def _rested(self, make: Callable[[], Content]) -> None:
        self._resting = None
        self.call_next(lambda: self._show(make()))

    @property
    def is_due(self) -> bool:
        """Whether something is to be shown that is not yet."""
        return self._resting is not None

    def on_unmount(self) -> None:
        if self._resting is not None:
            self._resting.cancel()

    def _show(self, content: Content) -> None:
        if content.is_same(self._content):
            return
        self._content = content
        self._lay_out()
        self.scroll_to(y=0, animate=False, force=True)
        self.refresh_changed()

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        self._lines = Visual.to_strips(self, self._content, width, None, self.visual_style, pad=True) if width else ()
        self.set_line_count(len(self._lines))

    def on_resize(self) -> None:
        self._lay_out()
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._lay_out()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.refresh()

    def draw_lines(self, crop: Region) -> list[Strip]:
        if self._lines:
            return super().draw_lines(crop)
        return super().draw_lines(Region(crop.x, crop.y, crop.width, 1)) * crop.height  # nothing looks alike everywhere

    def line(self, place: int) -> Strip:
        size = self.scrollable_content_region.size
        last = self.scroll_offset.y + size.height - 1
        if place == last and place < len(self._lines) - 1:
            more = f"{mark('↓')} {len(self._lines) - place} more lines"
            style = (self.visual_style + Style.parse(MUTED)).rich_style
            return Strip([Segment(more.ljust(size.width), style)], size.width)
        if place < len(self._lines):
            return self._lines[place]
        return Strip.blank(size.width, self.visual_style.rich_style)
