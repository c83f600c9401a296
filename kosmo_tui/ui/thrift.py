"""What a frame must say to a terminal that shows the frame before it: only the cells that differ.

Textual sends whole pieces of lines, with every colour anew for each of their parts.  Over a slow line that is most of
the time between a key and its answer.  A `Thrift` remembers what it sent, and makes of an update of Textual's the
shortest text that leaves the screen which the update's own would leave.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress, count, repeat
from operator import ne

from msgspec import Struct
from rich.color import ColorSystem
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

from kosmo_tui.ui.cells import NOWHERE, cells_of, first_unsure, is_steady, marks_of, may_spill
from kosmo_tui.ui.looks import Cell, look_of
from kosmo_tui.ui.pen import Cursor, Pen

Update = LayoutUpdate | ChopsUpdate
_GAP = 4  # unchanged cells that cost less than a move of the cursor


class _Line(Struct):
    """What is known of a line of the screen."""

    cells: list[Cell | None] = []  # None: not known
    unsure: int = NOWHERE  # the first column with text about whose width terminals disagree


class Thrift:
    """The screen as it was sent, to a terminal with these `colours`."""

    def __init__(self, colours: ColorSystem = ColorSystem.TRUECOLOR) -> None:
        self._colours = colours
        self._size: Size | None = None
        self._lines: dict[int, _Line] = {}
        self._cursor: Cursor | None = None
        self._unread: Update | None = None  # the first one, which was sent and not looked into

    def forget(self) -> None:
        """What stands on the terminal is not known any more."""
        self._lines.clear()
        self._cursor = None
        self._unread = None

    def expect(self, strip: Strip) -> None:
        """Look at a line that may soon be drawn, so that it is known by then what its cells are."""
        for text, style, _ in strip:
            cells_of(text, look_of(style, self._colours))

    def shorten(self, update: Update, cursor: Cursor) -> str:
        """What leaves the screen that `update` means, and the cursor at `cursor`; empty when that is there already.

        The first update, when nothing is known, is sent whole; into its cells it is taken apart when the next one
        comes, so that the first paint does not wait for that.  A screen of another size is sent whole as well: what
        was still drawn for the size before may have been written into the last column.
        """
        if isinstance(update, LayoutUpdate) and update.region.size != self._size:
            self.forget()
            self._size = update.region.size
        if not self._lines and self._unread is None:
            self._unread, self._cursor = update, cursor
            return self._whole(update, cursor)
        if self._unread is not None:
            for y, x, cells, unsure in self._read(self._unread):
                self._know(self._line(y, x + len(cells)), x, cells, unsure)
            self._unread = None
        pen = Pen(self._cursor)
        for y, x, cells, unsure in self._read(update):
            self._write(pen, y, x, cells, unsure)
        self._cursor = cursor
        return pen.finish(cursor)

    def _read(self, update: Update) -> Iterator[tuple[int, int, list[Cell], int]]:
        """What `update` writes: row, column, cells, and the first column about whose width terminals disagree."""
        at, cells, unsure = (0, 0), list[Cell](), NOWHERE
        for y, x, strip in _strips(update):
            if (y, x) != (at[0], at[1] + len(cells)):
                if cells:
                    yield *at, cells, unsure
                at, cells, unsure = (y, x), [], NOWHERE
            for text, style, _ in strip:
                part, part_unsure = cells_of(text, look_of(style, self._colours))
                unsure = min(unsure, x + part_unsure)
                x += len(part)
                cells += part
        if cells:
            yield *at, cells, unsure

    def _whole(self, update: Update, cursor: Cursor) -> str:
        """All of `update`, with as few changes of colour as that needs."""
        pen = Pen(None)
        for y, x, strip in _strips(update):
            pieces = [(text, look_of(style, self._colours)) for text, style, _ in strip]
            for place, (text, look) in enumerate(pieces):
                if is_steady(text):
                    pen.write_steady(y, x, text, look)
                    x += len(text)
                    continue
                cells, unsure = cells_of(text, look)
                marked = any(marks_of(part) for part, _ in cells)
                if marked:  # what follows may have to make room for them
                    cells = [cell for piece in pieces[place:] for cell in cells_of(*piece)[0]]
                pen.write(y, x, cells, unsure=unsure < NOWHERE)
                x += len(cells)
                if marked:
                    break
        return pen.finish(cursor)

    def _write(self, pen: Pen, y: int, x: int, new: list[Cell], unsure: int) -> None:
        """Write what of `new` does not stand there yet."""
        end = x + len(new)
        line = self._line(y, end)
        old = line.cells[x:end]
        if old == new:
            return
        doubt = min(unsure, line.unsure if line.unsure >= x else x + first_unsure(old))
        for begin, stop in _changes(old, new, doubt - x):
            pen.write(y, x + begin, new[begin:stop], unsure=x + stop > doubt)
        self._know(line, x, new, unsure)
        if x + stop == end > doubt and may_spill(new):
            pen.write(y, end, [*_known(line.cells[end:])], unsure=True)

    def _line(self, y: int, end: int) -> _Line:
        """What is known of a line, at least to the column `end`."""
        line = self._lines.get(y)
        if line is None:
            line = self._lines[y] = _Line()
        line.cells.extend(repeat(None, end - len(line.cells)))
        return line

    def _know(self, line: _Line, x: int, new: list[Cell], unsure: int) -> None:
        """Know `new` in its place; of a wide character that loses one half, the other is not known."""
        cells, end = line.cells, x + len(new)
        if end < len(cells) and (after := cells[end]) and not after[0]:
            cells[end] = None
        if x and (first := cells[x]) and not first[0]:
            cells[x - 1] = None
        cells[x:end] = new
        if x <= line.unsure < end:
            line.unsure = end + first_unsure(cells[end:])
        line.unsure = min(line.unsure, unsure)


def _strips(update: Update) -> Iterator[tuple[int, int, Strip]]:
    """The parts of lines that an update writes, with row and column."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in strips:
                yield y, x, strip
                x += strip.cell_length
    else:
        for y, begin, end in update.spans:
            for stop, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if chop is not None and x < end and stop > begin:
                    yield y, x, chop if stop <= end else chop.crop(0, end - x)


def _known(cells: Sequence[Cell | None]) -> Iterator[Cell]:
    """The cells up to the first that is not known."""
    for cell in cells:
        if cell is None:
            return
        yield cell


def _changes(old: Sequence[Cell | None], new: Sequence[Cell], unsure: int) -> Iterator[tuple[int, int]]:
    """From where to where `new` is to be sent, in order; none begins or ends within a wide character.

    `unsure` is the first column of either about whose width terminals disagree.
    """
    changed = list(compress(count(), map(ne, old, new)))
    if changed[-1] >= unsure:
        first = min(changed[0], unsure)
        changed = [*(x for x in changed if x < first), *range(first, len(new))]
    begin = end = changed[0]
    for x in changed:
        if x - end > _GAP + 1:
            yield _with_halves(begin, end, new)
            begin = x
        end = x
    yield _with_halves(begin, end, new)


def _with_halves(begin: int, end: int, new: Sequence[Cell]) -> tuple[int, int]:
    """From `begin` to behind `end`, with the other half of a wide character at either side."""
    if begin and not new[begin][0]:
        begin -= 1
    end += 1
    return begin, end + (end < len(new) and not new[end][0])
