"""Frames reach the driver as the lines that were drawn: to write them out as text and read that again takes a while."""

from __future__ import annotations

from typing import TypeVar

from rich.console import RenderableType
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.screen import Screen
from textual.strip import Strip

from kosmo_tui.ui.driver import ThriftyDriver

Result = TypeVar("Result")


class DirectFrames(App[Result]):
    """An app that hands its frames to a `ThriftyDriver` as they are."""

    def expect(self, strip: Strip) -> None:
        """Get ready for a line that may soon be drawn."""
        if isinstance(self._driver, ThriftyDriver):
            self._driver.expect(strip)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        driver = self._driver
        if not isinstance(driver, ThriftyDriver) or not isinstance(renderable, LayoutUpdate | ChopsUpdate):
            super()._display(screen, renderable)
        elif self._running and not self._closed and not self._batch_count:
            x, y = self.screen.outer_size.clamp_offset(self.cursor_position)
            driver.show(renderable, (y, x), synchronized=self._sync_available)
