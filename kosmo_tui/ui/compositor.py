"""Draws of the screen what has to be drawn anew, and no widget that shows nothing there."""

from __future__ import annotations

from collections.abc import Iterable

from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip


class SparingCompositor(Compositor):
    """Textual's own asks every widget of the screen for all of its lines, also when one row of a list has changed."""

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """The lines of the widgets in `crop`, from the front to the back, up to one that covers it all."""
        crop = crop or self.size.region
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            if crop.overlaps(seen):
                yield region, clip, widget.render_lines(seen.translate(-region.offset))
                if seen.contains_region(crop):
                    return
