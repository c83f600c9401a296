"""Writes runs of cells with as few bytes as it can.

It relies on few things that every terminal does alike: the cursor goes where it is told (CUP, CUF, CHA), and colours
stay until they are changed (SGR).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

from kosmo_tui.ui.cells import end_of_unsure, first_unsure
from kosmo_tui.ui.looks import PLAIN, Cell, Look, change

Cursor = tuple[int, int]
"""Row and column, from 0."""

_look = itemgetter(1)


class Pen:
    """Begins and ends with plain colours; `cursor` is where the terminal's stands, if that is known."""

    def __init__(self, cursor: Cursor | None) -> None:
        self._cursor = cursor
        self._look = PLAIN
        self._written: list[str] = []

    def write(self, y: int, x: int, cells: Sequence[Cell], *, unsure: bool) -> None:
        """Write `cells`; `unsure` is whether there may be some about whose width terminals disagree."""
        if self._cursor != (y, x):
            self._go(y, x)
        if unsure:
            self._write_unsure(x, cells)
        else:
            self._write(cells)
        self._cursor = y, x + len(cells)

    def write_steady(self, y: int, x: int, text: str, look: Look) -> None:
        """Write text about whose width no two terminals disagree."""
        if self._cursor != (y, x):
            self._go(y, x)
        self._put(text, look)
        self._cursor = y, x + len(text)

    def finish(self, cursor: Cursor) -> str:
        """Everything that was written, with plain colours at its end and the cursor at `cursor`."""
        self._written.append(change(self._look, PLAIN))
        if self._cursor != cursor:
            self._go(*cursor)
        return "".join(self._written)

    def _write_unsure(self, x: int, cells: Sequence[Cell]) -> None:
        end, stop = 0, len(cells)
        while end < stop:
            begin = min(end + first_unsure(cells[end:]), stop)
            self._write(cells[end:begin])
            end = end_of_unsure(cells, begin)
            if begin < end:
                self._write_apart(x + begin, cells[begin:end])

    def _write_apart(self, x: int, cells: Sequence[Cell]) -> None:
        """Blank the room first, in case the terminal fills less of it, and name the column after it."""
        self._put(" " * len(cells), cells[0][1])
        self._written.append(f"\x1b[{x + 1}G")
        blanks = next(count for count, cell in enumerate(reversed(cells)) if cell[0] != " ")
        self._write(cells[: len(cells) - blanks])
        self._written.append(f"\x1b[{x + len(cells) + 1}G")

    def _write(self, cells: Sequence[Cell]) -> None:
        for look, part in groupby(cells, key=_look):
            self._put("".join([cell[0] for cell in part]), look)

    def _put(self, text: str, look: Look) -> None:
        """Write `text` where the cursor is, blanks in whatever looks the same."""
        now = self._look
        if look is not now and (look is not now.bare or text.strip(" ")):
            self._look = look if text.strip(" ") else look.over(now)
            self._written.append(change(now, self._look))
        self._written.append(text)

    def _go(self, y: int, x: int) -> None:
        if self._cursor is not None and self._cursor[0] == y and x > self._cursor[1]:
            self._written.append(f"\x1b[{x - self._cursor[1]}C")
        else:
            self._written.append(f"\x1b[{y + 1};{x + 1}H")
        self._cursor = (y, x)
