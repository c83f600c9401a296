"""A scroll bar that is drawn in a fraction of the time: it is drawn whenever a list scrolls."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip


class LightScrollBar(ScrollBar):
    """Looks like Textual's own, of whose lines each is styled on its own, though most of them are the same."""

    def render_lines(self, crop: Region) -> list[Strip]:
        bar = self.render()
        assert isinstance(bar, ScrollBarRender)
        assert isinstance(bar.style, Style)
        assert bar.style.color is not None
        assert bar.style.bgcolor is not None
        drawn = bar.render_bar(
            size=self.size.height,
            virtual_size=bar.virtual_size,
            window_size=bar.window_size,
            position=bar.position,
            thickness=bar.thickness,
            vertical=True,
            back_color=bar.style.bgcolor,
            bar_color=bar.style.color,
        ).segments
        strips = {segment: self._strip(segment) for segment in set(drawn)}
        return [strips[segment] for segment in drawn[crop.y : crop.bottom]]

    def _strip(self, segment: Segment) -> Strip:
        strip = Strip([segment], self.thickness)
        for one in self.get_line_filters():  # what Textual does to the lines of other widgets, e.g. for NO_COLOR
            strip = strip.apply_filter(one, self.background_colors[1])
        return strip
