"""Writes to the terminal at once what it takes at once, and the rest as it takes it.

Textual hands every write to a thread, which has to wait for the interpreter: for 5 ms whenever a frame is followed by
work.  A terminal that keeps up takes a frame in microseconds.
"""

from __future__ import annotations

import asyncio
import os
import select
import threading
from typing import Self, TextIO

HELD = 1 << 18  # bytes that may wait for a slow terminal before the program waits for it, too


class Outlet:
    """Writes to `fd`, which does not wait and which is closed in the end.  Belongs to the running loop."""

    def __init__(self, fd: int, encoding: str = "utf-8") -> None:
        self._fd = fd
        self._encoding = encoding
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._rest = bytearray()  # what the terminal has not taken yet

    @classmethod
    def to_terminal(cls, file: TextIO) -> Self | None:
        """One to the terminal that `file` is; None when that cannot be opened once more.

        Not to wait is a property of an opened file, and the one at hand is the shell's, too.
        """
        try:
            name = os.ttyname(file.fileno())
            return cls(os.open(name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK), file.encoding)
        except OSError:
            return None

    def write(self, text: str) -> None:
        """Write `text`, now or after what waits already.  A terminal that is gone takes everything."""
        if threading.get_ident() != self._thread:  # the one that reads the keys asks the terminal something
            self._loop.call_soon_threadsafe(self.write, text)
            return
        waiting = bool(self._rest)
        self._rest += text.encode(self._encoding, "backslashreplace")
        if not waiting:
            self._send()
            if self._rest:
                self._loop.add_writer(self._fd, self._go_on)
        elif len(self._rest) > HELD:
            self._finish()

    def close(self) -> None:
        """Write all that waits, however long that takes."""
        if self._rest:
            self._finish()
        os.close(self._fd)

    def _send(self) -> None:
        """Write what the terminal takes now."""
        try:
            del self._rest[: os.write(self._fd, self._rest)]
        except BlockingIOError:
            pass
        except OSError:
            self._rest.clear()

    def _go_on(self) -> None:
        self._send()
        if not self._rest:
            self._loop.remove_writer(self._fd)

    def _finish(self) -> None:
        while self._rest:
            select.select([], [self._fd], [])
            self._send()
        self._loop.remove_writer(self._fd)
