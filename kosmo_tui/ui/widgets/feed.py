"""The list of every pane: rows drawn on demand, of one line or two, a cursor that follows the item's key.

Built on the line API: a moved cursor repaints two rows, and nothing is measured or mounted per item, so that it feels
the same with ten rows and with a hundred thousand, also over a slow line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, ClassVar, Self

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual import events
from textual.binding import BindingType
from textual.cache import LRUCache
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.style import Style

from kosmo_tui.ui.actions import bindings
from kosmo_tui.ui.frames import DirectFrames
from kosmo_tui.ui.spare_time import SpareTime
from kosmo_tui.ui.widgets.line_view import LineView
from kosmo_tui.ui.widgets.row import CURSOR, STYLES, Cell, row_lines
from kosmo_tui.ui.widgets.rows import Listed, Rows


class Entry(Struct, frozen=True):
    """A row: `key` is the item's id and lives as long as the item; `item` is what the pane draws."""

    key: str
    item: Any
    selectable: bool = True


Draw = Callable[[Entry, int], Sequence[Cell]]
"""Draws an entry into a width, in cells (without the two of the cursor)."""


class Feed(LineView, can_focus=True):
    """A virtual list.  Headings are entries that the cursor skips."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("feed")]
    BLURRED: ClassVar[str] = "on $boost"  # the cursor's row while the focus is elsewhere
    DEFAULT_CSS = "Feed { height: 1fr; }"

    index: reactive[int] = reactive(-1, repaint=False)

    class Told(Message):
        """What a feed says."""

        def __init__(self, feed: Feed) -> None:
            super().__init__()
            self.feed = feed

        @property
        def control(self) -> Feed:
            return self.feed

    class Highlighted(Told):
        """The cursor stands on another entry (None: on none)."""

        def __init__(self, feed: Feed, entry: Entry | None) -> None:
            super().__init__(feed)
            self.entry = entry

    class Opened(Told):
        """The entry under the cursor was opened, with enter or a click."""

        def __init__(self, feed: Feed, entry: Entry) -> None:
            super().__init__(feed)
            self.entry = entry

    class NearEnd(Told):
        """The last rows are in sight: the time to load more."""

    def __init__(self, draw: Draw, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._draw = draw
        self._entries: Rows = Listed()
        self._lines: dict[int, Strip] = {}  # as they were last given to Textual, with the width they are of
        self._widths = 0, 0  # of these, and of the rows in them: the scroll bar covers the rest
        self._strips: LRUCache[tuple[str, int, tuple[int, int], str, bool], Strip] = LRUCache(512)
        self._marked: frozenset[str] = frozenset()
        self._per_row = 1
        self._looks: dict[tuple[str, str], RichStyle] = {}
        self._top = -1  # the first line in sight, of which the next page is drawn ahead
        self._spare_time = SpareTime()

    @property
    def entries(self) -> Rows:
        return self._entries

    @property
    def highlighted(self) -> Entry | None:
        """The entry under the cursor."""
        return self._entries[self.index] if 0 <= self.index < len(self._entries) else None

    def show(self, entries: Sequence[Entry], *, cursor: str | None = None) -> None:
        """Show `entries`, of which those of `Rows` are read only where they are looked at.

        The cursor goes to the key `cursor`, else stays on its item, else on its place.
        """
        wanted = cursor or (self.highlighted.key if self.highlighted else None)
        before, above = self.index, self.index * self._per_row - self.scroll_offset.y
        at_top = self.scroll_offset.y == 0
        self._entries = entries if isinstance(entries, Rows) else Listed(entries)
        self._forget_strips()
        self.set_line_count(len(entries) * self._per_row)
        place = self._entries.place(wanted) if wanted else None
        kept = place is not None
        if place is None:
            place = self._selectable(max(before, 0), +1, or_back=True)
        self.set_reactive(Feed.index, place)
        if kept and before >= 0 and not at_top:
            self.scroll_to(
                y=place * self._per_row - above, animate=False, force=True
            )  # the item stays where the eye is
        self._keep_in_sight()
        self.refresh_changed()
        self.post_message(self.Highlighted(self, self.highlighted))
        self._look_ahead()

    def set_lines_per_row(self, lines: int) -> None:
        """Draw every row in one line, or in two."""
        if lines == self._per_row:
            return
        above = self.index * self._per_row - self.scroll_offset.y
        self._per_row = lines
        self._forget_strips()
        self.set_line_count(len(self._entries) * lines)
        self.scroll_to(y=max(0, self.index * lines - above), animate=False, force=True)
        self._keep_in_sight()
        self.refresh()

    def forget(self) -> None:
        """Show nothing, so that the next rows begin at their top: they are of something else."""
        self.set_reactive(Feed.index, -1)
        self._entries = Listed()
        self.scroll_to(y=0, animate=False, force=True)

    @property
    def marked(self) -> frozenset[str]:
        """The keys of the rows with a sign before them, shown or not."""
        return self._marked

    def mark(self, keys: frozenset[str]) -> None:
        """Put a sign before the rows with `keys`, and before no others."""
        changed, self._marked = self._marked ^ keys, keys
        for key in changed:
            if (place := self._entries.place(key)) is not None:
                self._touch(place)

    def redraw(self) -> None:
        """Draw anew what looks different by now, e.g. because time has passed."""
        self._forget_strips()
        self.refresh_changed()

    def go_to(self, key: str) -> bool:
        """Put the cursor on the entry with `key`; False when there is none."""
        place = self._entries.place(key)
        if place is None:
            return False
        self.index = place
        return True

    # The cursor

    def _selectable(self, place: int, step: int, *, or_back: bool = False) -> int:
        """The first place from `place` on, by `step`, that the cursor may stand on; else -1."""
        found = place
        while 0 <= found < len(self._entries):
            if self._entries[found].selectable:
                return found
            found += step
        return self._selectable(min(place, len(self._entries) - 1), -step) if or_back else -1

    def watch_index(self, before: int, after: int) -> None:
        for place in (before, after):
            self._touch(place)
        self._keep_in_sight()
        self.post_message(self.Highlighted(self, self.highlighted))
        self._look_ahead()

    def _keep_in_sight(self) -> None:
        """Scroll by half a page when the cursor leaves the window: most moves then repaint two rows only."""
        height = self.scrollable_content_region.height
        if height <= 0 or self.index < 0:
            return
        top, lines = self.scroll_offset.y, self._per_row
        y = self.index * lines
        lead = lines if self.index > 0 and not self._entries[self.index - 1].selectable else 0  # show its heading, too
        if y - lead < top:
            self.scroll_to(y=max(0, y - height // 2) if y > height // 2 else 0, animate=False, force=True)
        elif y + lines > top + height:
            self.scroll_to(y=y - height // 2, animate=False, force=True)

    def _look_ahead(self) -> None:
        if self._entries and self.index >= len(self._entries) - 15:
            self.post_message(self.NearEnd(self))

    def _move(self, place: int, step: int) -> None:
        place = max(0, min(len(self._entries) - 1, place))
        found = self._selectable(place, step)
        if found < 0:
            found = self._selectable(place, -step)
        if found >= 0:
            self.index = found
        elif step < 0:
            self.scroll_home(animate=False)

    def action_cursor_down(self) -> None:
        if self._selectable(self.index + 1, +1) >= 0:
            self._move(self.index + 1, +1)

    def action_cursor_up(self) -> None:
        if self._selectable(self.index - 1, -1) >= 0:
            self._move(self.index - 1, -1)
        else:
            self.scroll_to(y=0, animate=False, force=True)  # the first heading

    def action_first(self) -> None:
        self._move(0, +1)
        self.scroll_to(y=0, animate=False, force=True)

    def action_last(self) -> None:
        self._move(len(self._entries) - 1, -1)

    @property
    def _page(self) -> int:
        return max(1, self.scrollable_content_region.height // self._per_row - 1)

    def action_page_down(self) -> None:
        self._move(self.index + self._page, -1)

    def action_page_up(self) -> None:
        self._move(self.index - self._page, +1)

    def action_open(self) -> None:
        if self.highlighted is not None:
            self.post_message(self.Opened(self, self.highlighted))

    def on_click(self, event: events.Click) -> None:
        """A click takes the cursor along; a click on the cursor's row, or a double click, opens it."""
        place = (event.y + self.scroll_offset.y) // self._per_row
        if 0 <= place < len(self._entries) and self._entries[place].selectable:
            if place == self.index or event.chain > 1:
                self.action_open()
            else:
                self.index = place

    # Drawing

    def on_resize(self) -> None:
        self._forget_strips()
        self.set_line_count(len(self._entries) * self._per_row)
        self._keep_in_sight()

    def watch_has_focus(self, _has_focus: bool) -> None:
        """No style depends on it: the feed itself draws its cursor.  Textual would style feed and scroll bar anew."""

    def on_focus(self) -> None:
        self._touch(self.index)

    def on_blur(self) -> None:
        self._touch(self.index)

    def _touch(self, place: int) -> None:
        """Draw a row anew, if there is one at `place`."""
        if place >= 0:
            y = place * self._per_row - self.scroll_offset.y
            self.refresh(Region(0, y, self.virtual_size.width, self._per_row))  # and not the scroll bar beside it

    def notify_style_update(self) -> None:
        self._lines.clear()
        self._forget_strips()
        self._looks.clear()
        super().notify_style_update()

    def refresh(self, *regions: Region, **options: Any) -> Self:
        if regions:
            for y in chain.from_iterable(region.line_range for region in regions):
                self._lines.pop(y, None)
        else:
            self._lines.clear()
        return super().refresh(*regions, **options)

    def draw_lines(self, crop: Region) -> list[Strip]:
        """The lines of a part of the feed.

        Not through Textual's cache of styled lines: a feed has no border and no padding, and for every line in sight,
        at every frame, that costs more than the rows that have changed.
        """
        width = self.region.width
        if self._widths != (widths := (width, self.row_width)):
            self._lines.clear()
            self._widths = widths
        for y in crop.line_range:
            if y not in self._lines:
                self._lines[y] = self.render_line(y)
        if self._top != (top := self.scroll_offset.y):
            before, self._top = self._top, top
            self._spare_time.spend(self._draw_ahead(before < top))
        strips = [self._lines[y] for y in crop.line_range]
        return strips if crop.column_span == (0, width) else [strip.crop(*crop.column_span) for strip in strips]

    def _forget_strips(self) -> None:
        """Draw every row anew: those in sight when they are asked for, the next page when there is time."""
        self._strips.clear()
        self._top = -1

    def _draw_ahead(self, down: bool) -> Iterator[None]:
        """Draw the page that comes next if the window goes on in its direction, row by row."""
        height = self.scrollable_content_region.height
        begin = self.scroll_offset.y + (height if down else -height)
        for y in range(max(0, begin), min(begin + height, len(self._entries) * self._per_row)):
            strip = self.line(y)
            if isinstance(self.app, DirectFrames):
                self.app.expect(strip)
            yield

    def on_unmount(self) -> None:
        self._spare_time.stop()

    @property
    def row_width(self) -> int:
        """The cells that a row has."""
        return self.scrollable_content_region.width

    def line(self, y: int) -> Strip:
        place, part = divmod(y, self._per_row)
        if not 0 <= place < len(self._entries):
            return self._whole_line([Segment(" " * self._widths[1], self._style("", ""))])
        entry = self._entries[place]
        look = "" if place != self.index else "cursor" if self.has_focus else "blurred"
        key = (entry.key, part, self._widths, look, entry.key in self._marked)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._strip(entry, part, look)
        return strip

    def _strip(self, entry: Entry, part: int, look: str) -> Strip:
        room = self._widths[1]
        cells = list(self._draw(entry, room - 1))
        if self._per_row > 1 and not entry.selectable:
            cells = [] if part == 0 else cells  # a heading, with some air above it
            lines = row_lines(cells, room, 1, look=look, marked=False) * 2
        else:
            lines = row_lines(cells, room, self._per_row, look=look, marked=entry.key in self._marked)
        return self._whole_line([Segment(text, self._style(style, look)) for text, style in lines[part]])

    def _whole_line(self, row: list[Segment]) -> Strip:
        width, room = self._widths
        row.append(self._edge(width - room))
        strip = Strip(row, width)
        strip.divide((room, width))  # as Textual does to show the scroll bar; the strip remembers it
        return strip

    def _edge(self, width: int) -> Segment:
        """What stands to the right of every row."""
        return Segment(" " * width, self._style("", ""))

    def _style(self, name: str, look: str) -> RichStyle:
        """One of `STYLES`, on the ground of the row."""
        if (name, look) not in self._looks:  # a style costs more to look up than a row to draw
            ground = {"": Style.null(), "cursor": Style.parse(CURSOR), "blurred": Style.parse(self.BLURRED)}[look]
            style = (self.visual_style + ground + Style.parse(STYLES[name or "plain"])).rich_style
            for one in self.get_line_filters():  # what Textual does to the lines of other widgets, e.g. for NO_COLOR
                ((_, filtered, _),) = one.apply([Segment("", style)], self.background_colors[1])
                style = filtered or style
            self._looks[name, look] = style
        return self._looks[name, look]
