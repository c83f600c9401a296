"""The terminal, sparingly written to: Textual's own driver, whose frames go through a `Thrift` and an `Outlet`."""

from __future__ import annotations

import re
import sys
from typing import Any

from rich.console import COLOR_SYSTEMS
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.strip import Strip

from kosmo_tui.ui.outlet import Outlet
from kosmo_tui.ui.pen import Cursor
from kosmo_tui.ui.thrift import Thrift, Update

_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"  # a frame is shown at once (synchronized output)
# What draws nothing: modes, queries, the keyboard protocol, cursor shape, the bell, and OSC (title, clipboard).
_SILENT = re.compile(r"(?:\x1b\[[?>=<][\d;]*\$?[A-Za-z]|\x1b\[\d* q|\x07|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\))+")
_SCREEN = "\x1b[?1049"  # to the other screen and back, as at the start and around a suspension


class ThriftyDriver(LinuxDriver):
    """Sends what differs, and a frame in one piece; a frame that changes nothing is not sent."""

    def __init__(self, app: App[Any], **kwargs: Any) -> None:
        super().__init__(app, **kwargs)
        self._thrift = Thrift(COLOR_SYSTEMS[app.console.color_system or "truecolor"])
        self._outlet: Outlet | None = None

    def start_application_mode(self) -> None:
        self._outlet = Outlet.to_terminal(sys.__stderr__) if sys.__stderr__ is not None else None
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def close(self) -> None:
        super().close()
        if self._outlet is not None:
            self._outlet.close()
            self._outlet = None

    def forget(self) -> None:
        """Take nothing for granted of what stands on the terminal: the next frame is sent whole."""
        self._thrift.forget()

    def expect(self, strip: Strip) -> None:
        """Get ready for a line that may soon be shown."""
        self._thrift.expect(strip)

    def show(self, update: Update, cursor: Cursor, *, synchronized: bool) -> None:
        """Bring what `update` draws to the terminal, and its cursor to `cursor`."""
        if frame := self._thrift.shorten(update, cursor):
            self._send(f"{_BEGIN}{frame}{_END}" if synchronized else frame)

    def write(self, data: str) -> None:
        """Send `data` as it is.  What draws makes the screen unknown: it is not of a frame."""
        if _SCREEN in data or not _SILENT.fullmatch(data):
            self._thrift.forget()
        self._send(data)  # also from the thread that reads the keys, which uses nothing here but this

    def _send(self, data: str) -> None:
        if self._outlet is None:
            super().write(data)
        else:
            self._outlet.write(data)
