"""What a frame must say to a terminal that shows the frame before it: only the cells that differ.

Textual sends whole pieces of lines, with every colour anew for each of their parts.  Over a slow line that is most of
the time between a key and its answer.  A `Thrift` remembers what it sent, and makes of a frame of Textual's the
shortest one that leaves the same screen.

It relies on few things that every terminal does alike: the cursor goes where it is told (CUP, CUF, CHA), and colours
stay until they are changed (SGR).  Terminals do not agree on how wide joined emoji and some marks are.  So after such
text the next column is always named, and a line with such text is sent to its end once something in it changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import repeat
from typing import NamedTuple

from rich.cells import split_graphemes

_TOKEN = re.compile(r"\x1b\[([\d;]*)([Hm])|(\n)|([^\x00-\x1f\x7f-\x9f]+)")
_FRAME = re.compile(rf"(?:{_TOKEN.pattern})*")
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29", "53": "55"}
_VISIBLE = frozenset(("4", "7", "9", "21", "51", "52", "53"))  # attributes that a blank shows
_GAP = 4  # unchanged cells that cost less than a move of the cursor


class Look(NamedTuple):
    """Colours and attributes of a cell, as parameters of SGR; empty is the terminal's default."""

    attributes: frozenset[str] = frozenset()
    ink: str = ""
    ground: str = ""


class Cell(NamedTuple):
    """What stands in a column: the second column of a wide character has no text."""

    text: str
    look: Look


PLAIN = Look()
Row = dict[int, Cell]  # by column, from 0; what is not there is not known


class Thrift:
    """The screen as it was sent."""

    def __init__(self) -> None:
        self._rows: dict[int, Row] = {}
        self._cursor: tuple[int, int] | None = None  # row and column, from 0; None: not known

    def forget(self) -> None:
        """What stands on the terminal is not known any more."""
        self._rows.clear()
        self._cursor = None

    def shorten(self, frame: str) -> str:
        """`frame`, or a shorter one that leaves the same screen and cursor; empty when that is there already.

        A frame of the whole screen is sent whole, as it mends whatever was wrong on the terminal.
        """
        if not _FRAME.fullmatch(frame):
            self.forget()
            return frame
        drawn, cursor = _read(frame)
        if frame.startswith("\x1b[1;1H") and len(drawn) > 2:
            self.forget()
        pen = _Pen(self._cursor)
        for y in sorted(drawn):
            new, old = drawn[y], self._rows.setdefault(y, {})
            for columns in _changes(old, new):
                pen.write(y, columns, new)
            _put(old, new)
        self._cursor = cursor or self._cursor
        return pen.finish(cursor)


def _read(frame: str) -> tuple[dict[int, Row], tuple[int, int] | None]:
    """The cells that `frame` writes, by row; and where it leaves the cursor."""
    rows: dict[int, Row] = {}
    y = x = 0
    moved, params = False, ""
    for sgr_or_move, kind, newline, text in _TOKEN.findall(frame):
        if text:
            row, look = rows.setdefault(y, {}), _look(params)
            for cell, width in zip(*_cells(text, look), strict=True):
                if width:
                    row[x] = cell
                    if width == 2:
                        row[x + 1] = Cell("", look)
                    x += width
                elif x - 1 in row:  # a mark whose letter ended the piece before
                    at = x - 1 if row[x - 1].text else x - 2
                    row[at] = Cell(row[at].text + cell.text, row[at].look)
        elif kind == "m":
            params = f"{params};{sgr_or_move}" if params and sgr_or_move not in ("", "0") else sgr_or_move
        elif kind == "H":
            y, x = (int(number or 1) - 1 for number in (sgr_or_move or "1;1").split(";"))
            moved = True
        elif newline:
            y, x = y + 1, 0
    return rows, (y, x) if moved else None


@lru_cache(4096)
def _cells(text: str, look: Look) -> tuple[Sequence[Cell], Sequence[int]]:
    """The cells of `text` and their widths, as Textual counts them."""
    blank = Cell(" ", look if look.attributes & _VISIBLE else Look(ground=look.ground))
    if text.isascii():
        return [blank if char == " " else Cell(char, look) for char in text], [1] * len(text)
    parts = [(text[start:end], width) for start, end, width in split_graphemes(text)[0]]
    return [blank if part == " " else Cell(part, look) for part, _ in parts], [width for _, width in parts]


@lru_cache(1024)
def _look(params: str) -> Look:
    """What the parameters of SGR sequences since the last reset mean together."""
    attributes: set[str] = set()
    ink = ground = ""
    codes = iter([code for code in params.split(";") if code not in ("", "0")])
    for code in codes:
        if code in ("38", "48"):
            kind = next(codes, "5")
            colour = ";".join((code, kind, *(next(codes, "0") for _ in repeat(None, 3 if kind == "2" else 1))))
            ink, ground = (colour, ground) if code == "38" else (ink, colour)
        elif len(code) > 1 and code[:-1] in ("3", "9"):
            ink = "" if code == "39" else code
        elif len(code) > 1 and code[:-1] in ("4", "10"):
            ground = "" if code == "49" else code
        else:
            attributes.add(code)
    return Look(frozenset(attributes), ink, ground)


@lru_cache(1024)
def _change(before: Look, after: Look) -> str:
    """The shortest SGR sequence that leads from one look to the other; empty when they are the same."""
    if before == after:
        return ""
    whole = ["0", *sorted(after.attributes), *filter(None, (after.ink, after.ground))]
    lost = before.attributes - after.attributes
    if not lost <= _OFF.keys():
        return f"\x1b[{';'.join(whole)}m"
    off = {_OFF[code] for code in lost}
    steps = [*sorted(off), *sorted(c for c in after.attributes if c not in before.attributes or _OFF.get(c) in off)]
    steps += [after.ink or "39"] if after.ink != before.ink else []
    steps += [after.ground or "49"] if after.ground != before.ground else []
    return f"\x1b[{min(';'.join(steps), ';'.join(whole), key=len)}m"


def _changes(old: Row, new: Row) -> Iterator[range]:
    """The runs of columns of `new` to send, in order; none begins or ends within a wide character."""
    changed = [x for x, cell in new.items() if old.get(x) != cell]
    if not changed:
        return
    doubtful = [x for row in (old, new) for x, cell in row.items() if x in new and _is_doubtful(cell.text)]
    if doubtful and max(changed) >= min(doubtful):
        changed += [x for x in new if x >= min(*doubtful, *changed)]
    columns = sorted(set(changed))
    begin = end = columns[0]
    for x in columns[1:]:
        if x - end > _GAP + 1 or any(between not in new for between in range(end + 1, x)):
            yield _whole(begin, end, new)
            begin = x
        end = x
    yield _whole(begin, end, new)


def _whole(begin: int, end: int, new: Row) -> range:
    """The columns from `begin` to `end`, and the other half of a wide character at either side."""
    if begin - 1 in new and not new[begin].text:
        begin -= 1
    if end + 1 in new and not new[end + 1].text:
        end += 1
    return range(begin, end + 1)


def _is_doubtful(text: str) -> bool:
    """Whether terminals disagree about the width: of several code points in one, and of emoji, new every year."""
    return len(text) > 1 or "\U0001f000" <= text < "\U00020000"


def _put(old: Row, new: Row) -> None:
    """Write `new` over `old`; of a wide character of which one half is overwritten, the other is not known."""
    for x in new:
        if x + 1 not in new and x + 1 in old and not old[x + 1].text:
            del old[x + 1]
        if x - 1 not in new and x in old and not old[x].text:
            old.pop(x - 1, None)
    old.update(new)


class _Pen:
    """Writes runs of cells with as few bytes as it can."""

    def __init__(self, cursor: tuple[int, int] | None) -> None:
        self._cursor = cursor
        self._look = PLAIN
        self._written: list[str] = []

    def write(self, y: int, columns: range, row: Row) -> None:
        add = self._written.append
        self._go(y, columns.start)
        x, stop = columns.start, columns.stop
        while x < stop:
            text, look = row[x]
            if _is_doubtful(text):
                end = x + 1
                while end < stop and (not row[end].text or _is_doubtful(row[end].text)):
                    end += 1
                self._write_doubtful(x, end, row)
                x = end
                continue
            if text:
                self._take(text, look)
                add(text)
            x += 1
        self._cursor = (y, stop)

    def _write_doubtful(self, begin: int, end: int, row: Row) -> None:
        """Blank the room first, in case the terminal fills less of it, and name the column after it."""
        self._take(" ", row[begin].look)
        self._written.append(f"{' ' * (end - begin)}\x1b[{begin + 1}G")
        for x in range(begin, end):
            if row[x].text:
                self._take(row[x].text, row[x].look)
                self._written.append(row[x].text)
        self._written.append(f"\x1b[{end + 1}G")

    def _take(self, text: str, look: Look) -> None:
        """Change to `look`, or for a blank to whatever looks the same."""
        if look != self._look:
            if text == " " and not look.attributes & _VISIBLE:
                look = Look(self._look.attributes - _VISIBLE, self._look.ink, look.ground)
            self._written.append(_change(self._look, look))
            self._look = look

    def _go(self, y: int, x: int) -> None:
        if self._cursor == (y, x):
            return
        if self._cursor is not None and self._cursor[0] == y and x > self._cursor[1]:
            self._written.append(f"\x1b[{x - self._cursor[1]}C")
        else:
            self._written.append(f"\x1b[{y + 1};{x + 1}H")
        self._cursor = (y, x)

    def finish(self, cursor: tuple[int, int] | None) -> str:
        """Everything that was written, with plain colours at its end and the cursor at `cursor`."""
        self._written.append(_change(self._look, PLAIN))
        if cursor is not None:
            self._go(*cursor)
        return "".join(self._written)
