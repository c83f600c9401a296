"""A program on a real pseudo-terminal, with an emulated screen: what a person at a terminal can do and see.

Nothing here sleeps: every wait is a wait for output, with a limit that only a hang reaches.  Queries that a program
sends to its terminal are answered as xterm answers them, so that no time-out of the program is measured or needed.
"""

from __future__ import annotations

import errno
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

import pyte

KEYS = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "delete": "\x1b[3~",
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "escape": "\x1b[27u",  # as terminals with the kitty protocol send it: no time-out tells it from alt+next key
    "space": " ",
    "backspace": "\x7f",
    "f1": "\x1bOP",
    "f5": "\x1b[15~",
    **{f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"},
}

# Query → answer.  Modes 2026 (synchronised output) and 2048 (sizes in band) are declined: the plainest terminal.
_ANSWERS: tuple[tuple[re.Pattern[bytes], bytes], ...] = (
    (re.compile(rb"\x1b\[0?c"), b"\x1b[?62;22c"),
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;0$y"),
    (re.compile(rb"\x1b\[\?2048\$p"), b"\x1b[?2048;0$y"),
)
_NEXT_PIECE = 0.001  # seconds within which the kernel hands on the next piece of what was written at once
_UNFINISHED = re.compile(rb"\x1b(?:[\[\]P][\x20-\x3f]*)?\Z")
# pyte takes the private introducers < = > for text; no cell depends on what they say (keyboard and mouse modes).
_PRIVATE = re.compile(rb"\x1b\[[<=>][0-9;]*[A-Za-z]")


class Terminal:
    """Runs `argv` on a terminal of `columns` × `rows`; a context manager that leaves no process behind.

    `output` is every byte that the program wrote; `env` is added to a small, fixed environment.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
        limit: float = 30.0,
    ) -> None:
        self.columns, self.rows, self.limit = columns, rows, limit
        self.env = environment(env or {})
        self.output = bytearray()
        self.first_output = self.last_output = 0.0  # time.perf_counter() of the latest bytes: the first, the last
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._held = b""  # the beginning of an escape sequence whose rest has not come yet
        self._ended = False
        self._fd, child = pty.openpty()
        self._set_size(columns, rows)
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            list(argv),
            stdin=child,
            stdout=child,
            stderr=child,
            env=self.env,
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        os.close(child)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self._fd)

    @property
    def pid(self) -> int:
        """The process that was started."""
        return self._process.pid

    def lines(self) -> list[str]:
        """The rows of the screen."""
        # Not `Screen.display`: it fails on a wide character of which only the second half was overwritten.
        cells, columns = self._screen.buffer, range(self._screen.columns)
        return ["".join(cells[y][x].data for x in columns) for y in range(self._screen.lines)]

    def text(self) -> str:
        """The screen as lines, without the blanks at their ends."""
        return "\n".join(line.rstrip() for line in self.lines())

    def cells(self) -> list[list[object]]:
        """What a person sees of every cell: a blank has a ground and no ink.

        So has an emoji: the emulator knows no joined ones, and of their parts it shows what was not written over.
        """
        return [
            [
                cell.bg if (cell.data in ("", " ") and not cell.reverse) or cell.data >= "\U0001f000" else cell
                for cell in map(self._screen.buffer[y].__getitem__, range(self._screen.columns))
            ]
            for y in range(self._screen.lines)
        ]

    def row_of(self, text: str) -> int:
        """The first row (from 0) on which `text` stands; -1 when it does not."""
        return next((y for y, line in enumerate(self.lines()) if text in line), -1)

    def press(self, *keys: str) -> None:
        """Press keys by name (`down`, `ctrl+p`) or as they are typed (`c`, `?`), one after another."""
        for key in keys:
            self._write(KEYS.get(key, key).encode())

    def tap(self, key: str) -> None:
        """Press a key that moves the focus, and read until the program has drawn its answer.

        Keys that come in one packet with it would go to where the focus was: Textual hands them out at once.
        """
        seen = len(self.output)
        self.press(key)
        self.wait_until(lambda: len(self.output) > seen, f"an answer to {key}")

    def type(self, text: str) -> None:
        """Type `text`, letter by letter."""
        self._write(text.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal; the kernel tells the program (SIGWINCH)."""
        self.columns, self.rows = columns, rows
        self._screen.resize(rows, columns)
        self._set_size(columns, rows)

    def wait_for(self, *texts: str) -> str:
        """Read until all `texts` stand on the screen together, and return the screen."""
        return self.wait_until(lambda: all(text in self.text() for text in texts), f"the screen shows {texts}")

    def wait_gone(self, *texts: str) -> str:
        """Read until none of `texts` stands on the screen, and return the screen."""
        return self.wait_until(lambda: not any(text in self.text() for text in texts), f"the screen lost {texts}")

    def wait_until(self, condition: Callable[[], bool], what: str) -> str:
        """Read until `condition` holds; an AssertionError with the screen when it does not within the limit."""
        end = time.perf_counter() + self.limit
        while not condition():
            left = end - time.perf_counter()
            if left <= 0 or not self.pump(left):
                how = "ended" if self._ended else f"ran {self.limit:.0f} s"
                raise AssertionError(f"the program {how} before {what}; the screen was:\n{self.text()}")
        return self.text()

    def settle(self, quiet: float, limit: float = 10.0) -> None:
        """Read until the program has written nothing for `quiet` seconds, or for `limit` seconds."""
        end = time.perf_counter() + limit
        while time.perf_counter() < end and self.pump(quiet):
            pass

    def wait_exit(self) -> int:
        """Read until the program ends, and return its exit code."""
        end = time.perf_counter() + self.limit
        while self.pump(max(0.0, end - time.perf_counter())):
            pass
        if not self._ended:
            raise AssertionError(f"the program ran on for {self.limit:.0f} s; the screen was:\n{self.text()}")
        return self._process.wait(timeout=self.limit)

    def pump(self, seconds: float) -> bool:
        """Take what the program writes, waiting for it for at most `seconds`; whether something came.

        A frame comes in pieces of 4 KiB, and to draw one takes longer than to read it: all are read before that.
        """
        read = bytearray()
        while chunk := self._read(_NEXT_PIECE if read else max(seconds, 0.0)):
            if not read:
                self.first_output = self.last_output
            read += chunk
        if read:
            self.output += read
            self._show(self._held + bytes(read))
        return bool(read)

    def _read(self, seconds: float) -> bytes:
        """What comes next, within `seconds`; empty when nothing does."""
        if self._ended or not select.select([self._fd], [], [], seconds)[0]:
            return b""
        try:
            chunk = os.read(self._fd, 1 << 16)
        except OSError as error:
            if error.errno != errno.EIO:  # Linux: nobody holds the other end any more
                raise
            chunk = b""
        if chunk:
            self.last_output = time.perf_counter()
        else:
            self._ended = True
        return chunk

    def scrawl(self, text: str) -> None:
        """Write over the screen, as another program may do; ours knows nothing of it."""
        self._stream.feed(text.encode())

    def _show(self, data: bytes) -> None:
        unfinished = _UNFINISHED.search(data)
        cut = unfinished.start() if unfinished else len(data)
        data, self._held = data[:cut], data[cut:]
        for query, answer in _ANSWERS:
            self._write(answer * len(query.findall(data)))
        self._stream.feed(_PRIVATE.sub(b"", data))

    def _write(self, data: bytes) -> None:
        while data:
            try:
                data = data[os.write(self._fd, data) :]
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                return  # the program is gone; whoever waits for its screen will say so

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """A terminal's environment: what the program needs to run, nothing of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "PYTHONPATH") if name in os.environ}
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "TZ": "UTC", **extra}


def _take_terminal() -> None:
    """In the child: make standard input its controlling terminal, so that a resize reaches it as SIGWINCH."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
