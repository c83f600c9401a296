"""The terminal, sparingly written to: Textual's own driver, whose frames go through a `Thrift` and an `Outlet`."""

from __future__ import annotations

import re
import sys
from typing import Any

from textual.drivers.linux_driver import LinuxDriver

from kosmo_tui.ui.outlet import Outlet
from kosmo_tui.ui.thrift import Thrift

_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"  # a frame is shown at once (synchronized output)
# What draws nothing: modes, queries, the keyboard protocol, cursor shape, the bell, and OSC (title, clipboard).
_SILENT = re.compile(r"(?:\x1b\[[?>=<][\d;]*\$?[A-Za-z]|\x1b\[\d* q|\x07|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\))+")
_SCREEN = "\x1b[?1049"  # to the other screen and back, as at the start and around a suspension


class ThriftyDriver(LinuxDriver):
    """Sends what differs, and a synchronized frame in one piece; a frame that changes nothing is not sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._thrift = Thrift()
        self._frame: list[str] | None = None  # a synchronized frame that has begun
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

    def write(self, data: str) -> None:
        if _SILENT.fullmatch(data):
            self._write_silent(data)
        elif sent := self._thrift.shorten(data):
            if self._frame is None:
                self._send(sent)
            else:
                self._frame.append(sent)

    def _send(self, data: str) -> None:
        if self._outlet is None:
            super().write(data)
        else:
            self._outlet.write(data)

    def _write_silent(self, data: str) -> None:
        if data == _BEGIN:
            self._frame = []
        elif data == _END and self._frame is not None:
            frame, self._frame = "".join(self._frame), None
            if frame:
                self._send(f"{_BEGIN}{frame}{_END}")
        else:
            if _SCREEN in data:
                self._thrift.forget()
            self._send(data)  # also from the thread that reads the keys, which uses nothing here but this
