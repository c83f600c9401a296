"""A widget whose lines stay as they are until it is told to draw anew.

Textual asks every widget of the screen for all of its lines at every frame, also when one row of a list has changed,
and looks up the styles of each to answer.
"""

from __future__ import annotations

from typing import Any, Self

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class KeptLines(Widget):
    """Remembers what it was last asked for."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        self._kept: tuple[Region, list[Strip]] | None = None  # before the first refresh, which Textual's own init does
        super().__init__(id=id, classes=classes)

    def draw_lines(self, crop: Region) -> list[Strip]:
        """The lines of a part of the widget, made anew."""
        return super().render_lines(crop)

    def render_lines(self, crop: Region) -> list[Strip]:
        if self._kept is None or self._kept[0] != crop:
            self._kept = crop, self.draw_lines(crop)
        return self._kept[1]

    def refresh(self, *regions: Region, **options: Any) -> Self:
        self._kept = None
        return super().refresh(*regions, **options)

    def notify_style_update(self) -> None:
        self._kept = None
        super().notify_style_update()
