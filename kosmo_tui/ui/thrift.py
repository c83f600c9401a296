"""What a frame must say to a terminal that shows the frame before it: only the cells that differ.

Textual sends whole pieces of lines, with every colour anew for each of their parts.  Over a slow line that is most of
the time between a key and its answer.  A `Thrift` remembers what it sent, and makes of a frame of Textual's the
shortest one that leaves the same screen.

It relies on few things that every terminal does alike: the cursor goes where it is told (CUP, CUF, CHA), and colours
stay until they are changed (SGR).  Terminals do not agree on how wide joined emoji and some marks are.  So after such
text the next column is always named, and a line with such text is sent to its end once something in it changes.  Words
whose vowels are marks (Hindi, Tamil, …) are sent in one piece: a column named among them would write over some of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from itertools import chain, groupby, repeat, takewhile
from operator import eq, itemgetter, ne

from msgspec import Struct
from rich.cells import split_graphemes

_TOKEN = re.compile(r"\x1b\[([\d;]*)([Hm])|([^\x00-\x1f\x7f-\x9f]+)|(\n)|(.)", re.DOTALL)  # the last: no frame
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29", "53": "55"}
# Characters that all terminals give one column, joined to nothing before them: those of most texts and of our signs.
_SIGNS = "–—‘’“”…•€─━│┃┌┐└┘├┤▁▂▃▄▅▆▇█▌●○◆◈◇◌◔◷▣▤▲▶▼▾·Ⅱ↑↓→✎✓✕"
_STEADY = frozenset((*map(chr, (*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x180))), *_SIGNS))
_VISIBLE = frozenset(("4", "7", "9", "21", "51", "52", "53"))  # attributes that a blank shows
_GAP = 4  # unchanged cells that cost less than a move of the cursor


class Look(Struct, frozen=True):
    """Colours and attributes of a cell, as parameters of SGR; empty is the terminal's default."""

    attributes: frozenset[str] = frozenset()
    ink: str = ""
    ground: str = ""


PLAIN = Look()
# Text and look of a column; the second column of a wide character has no text.  Not classes of our own, and compared
# by slices: this is done for every cell of every frame.
Cell = tuple[str, Look]
Span = tuple[int, list[Cell]]  # the column of the first cell, from 0
Cursor = tuple[int, int]  # row and column, from 0
Run = tuple[Cursor, list[tuple[str, Look]]]  # where it begins, and what is written from there on


class Thrift:
    """The screen as it was sent."""

    def __init__(self) -> None:
        self._rows: dict[int, list[Cell | None]] = {}  # None: not known
        self._cursor: Cursor | None = None
        self._unread: list[Run] = []  # the first frame, which was sent and not looked into

    def forget(self) -> None:
        """What stands on the terminal is not known any more."""
        self._rows.clear()
        self._cursor = None
        self._unread = []

    def shorten(self, frame: str) -> str:
        """`frame`, or a shorter one that leaves the same screen and cursor; empty when that is there already.

        The first frame, when nothing is known, is sent whole; into its cells it is taken apart when the next one comes,
        so that the first paint does not wait for that.
        """
        runs = _runs(frame)
        if runs is None:
            self.forget()
            return frame
        if not self._rows and not self._unread and runs:
            self._unread = runs
            return _recoloured(runs)
        if self._unread:
            drawn, self._cursor = _read(self._unread)
            self._unread = []
            for y, spans in drawn.items():
                for x, new in spans:
                    self._put(y, x, new)
        pen = _Pen(self._cursor)
        drawn, cursor = _read(runs)
        for y in sorted(drawn):
            for x, new in drawn[y]:
                self._write(pen, y, x, new)
        self._cursor = cursor or self._cursor
        return pen.finish(cursor)

    def _write(self, pen: _Pen, y: int, x: int, new: list[Cell]) -> None:
        """Write what of `new` does not stand there yet."""
        end = x + len(new)
        old = self._row(y, end)[x:end]
        if old == new:
            return
        for begin, stop in _changes(old, new):
            pen.write(y, x + begin, new[begin:stop])
        self._put(y, x, new)
        if stop == len(new) and _may_spill(new):
            pen.write(y, end, [*_known(self._rows[y][end:])])

    def _row(self, y: int, end: int) -> list[Cell | None]:
        """What is known of a row, at least to the column `end`."""
        row = self._rows.setdefault(y, [])
        row.extend(repeat(None, end - len(row)))
        return row

    def _put(self, y: int, x: int, new: list[Cell]) -> None:
        """Know `new` in its place; of a wide character that loses one half, the other is not known."""
        end = x + len(new)
        row = self._row(y, end)
        if end < len(row) and (after := row[end]) and not after[0]:
            row[end] = None
        if x and (first := row[x]) and not first[0]:
            row[x - 1] = None
        row[x:end] = new


def _known(cells: Sequence[Cell | None]) -> Iterator[Cell]:
    """The cells up to the first that is not known."""
    for cell in cells:
        if cell is None:
            return
        yield cell


def _runs(frame: str) -> list[Run] | None:
    """What `frame` writes, and from where; None when there is something else in it."""
    y, params = 0, ""
    runs: list[Run] = []
    for sgr_or_move, kind, text, newline, other in _TOKEN.findall(frame):
        if text:
            if not runs:
                runs.append(((0, 0), []))
            runs[-1][1].append((text, _look(params)))
        elif kind == "m":
            params = f"{params};{sgr_or_move}" if params and sgr_or_move not in ("", "0") else sgr_or_move
        elif kind == "H":
            y, x = (int(number or 1) - 1 for number in (sgr_or_move or "1;1").split(";"))
            runs.append(((y, x), []))
        elif newline:
            y += 1
            runs.append(((y, 0), []))
        elif other:
            return None
    return runs


def _read(runs: Sequence[Run]) -> tuple[dict[int, list[Span]], Cursor | None]:
    """What `runs` write, by row; and where they leave the cursor."""
    rows: dict[int, list[Span]] = {}
    cursor = None
    for (y, x), pieces in runs:
        cells = list(chain.from_iterable(_cells(text, look) for text, look in pieces))
        cursor = y, x + len(cells)
        if cells:
            spans = rows.setdefault(y, [])
            if spans and spans[-1][0] + len(spans[-1][1]) == x:
                spans[-1][1].extend(cells)
            else:
                spans.append((x, cells))
    return rows, cursor


def _recoloured(runs: Sequence[Run]) -> str:
    """All of `runs`, with as few changes of colour as that needs."""
    pen = _Pen(None)
    for (y, x), pieces in runs:
        for place, (text, look) in enumerate(pieces):
            if text.isascii() or _STEADY.issuperset(text):
                pen.write_steady(y, x, text, look)
                x += len(text)
                continue
            cells = _cells(text, look)
            marked = any(_marks(part) for part, _ in cells)  # what follows may have to make room for them
            if marked:
                cells = list(chain.from_iterable(_cells(text, look) for text, look in pieces[place:]))
            pen.write(y, x, cells)
            x += len(cells)
            if marked:
                break
    return pen.finish(runs[-1][0])


@lru_cache(4096)
def _cells(text: str, look: Look) -> Sequence[Cell]:
    """The cells of `text`, as wide as Textual takes them to be."""
    plain = _ascii(look)
    if text.isascii():
        return [plain[char] for char in text]
    cells: list[Cell] = []
    for start, end, width in split_graphemes(text)[0]:
        part = text[start:end]
        if width:
            cells += [plain.get(part) or (part, look), *repeat(("", look), width - 1)]
        # What has no width and no letter before it would join whatever stands there: it is left out.
    return cells


@lru_cache(256)
def _ascii(look: Look) -> dict[str, Cell]:
    """The cells of the simple characters.  A blank has no ink, so that it is the same between words of any colour."""
    ground = look if look.attributes & _VISIBLE else Look(ground=look.ground)
    return {char: (char, look) for char in map(chr, range(33, 127))} | {" ": (" ", ground)}


@lru_cache(1024)
def _look(params: str) -> Look:
    """What the parameters of SGR sequences since the last reset mean together."""
    attributes: set[str] = set()
    ink = ground = ""
    codes = iter([code for code in params.split(";") if code])
    for code in codes:
        if code in ("38", "48"):
            kind = next(codes, "5")
            colour = ";".join((code, kind, *(next(codes, "0") for _ in repeat(None, 3 if kind == "2" else 1))))
            ink, ground = (colour, ground) if code == "38" else (ink, colour)
        elif len(code) > 1 and code[:-1] in ("3", "9"):
            ink = "" if code == "39" else code
        elif len(code) > 1 and code[:-1] in ("4", "10"):
            ground = "" if code == "49" else code
        elif code != "0":
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


def _changes(old: Sequence[Cell | None], new: Sequence[Cell]) -> Iterator[tuple[int, int]]:
    """From where to where `new` is to be sent, in order; none begins or ends within a wide character."""
    changed = [x for x, differs in enumerate(map(ne, old, new)) if differs]
    doubtful = min(_doubtful(old), _doubtful(new))
    if changed[-1] >= doubtful:
        first = min(changed[0], doubtful)
        changed = [*(x for x in changed if x < first), *range(first, len(new))]
    begin = end = changed[0]
    for x in changed:
        if x - end > _GAP + 1:
            yield _whole(begin, end, new)
            begin = x
        end = x
    yield _whole(begin, end, new)


def _whole(begin: int, end: int, new: Sequence[Cell]) -> tuple[int, int]:
    """From `begin` to behind `end`, with the other half of a wide character at either side."""
    if begin and not new[begin][0]:
        begin -= 1
    end += 1
    return begin, end + (end < len(new) and not new[end][0])


def _doubtful(cells: Sequence[Cell | None]) -> int:
    """The first column with text about whose width terminals disagree; behind the end when there is none."""
    texts = [cell[0] for cell in cells if cell]
    if not texts or (max(map(len, texts)) < 2 and max(texts) < "\U0001f000"):
        return len(cells)
    return next((x for x, cell in enumerate(cells) if cell and _is_doubtful(cell[0])), len(cells))


def _end_of_doubtful(cells: Sequence[Cell], begin: int) -> int:
    """Where the text that begins at `begin` ends.

    With letters that have marks that is all of it in one colour up to a gap, and of the gap what the marks may take.
    """
    marks = 0
    for end in range(begin, len(cells)):
        text, look = cells[end]
        if not text or _is_doubtful(text):
            marks += _marks(text)
        elif not marks or (text != " " and look != cells[begin][1]):
            return end
        elif text == " " and (end + 1 == len(cells) or cells[end + 1][0] == " "):
            return end + len(list(takewhile(partial(eq, cells[end]), cells[end : end + marks])))
    return len(cells)


def _is_doubtful(text: str) -> bool:
    """Whether terminals disagree about the width: of several code points in one, and of emoji, new every year."""
    return len(text) > 1 or "\U0001f000" <= text < "\U00020000"


def _marks(text: str) -> int:
    """How many marks follow a letter: some terminals give each a column of its own."""
    return len(text) - 1 if len(text) > 1 and text[0].isalpha() else 0


def _may_spill(cells: Sequence[Cell]) -> bool:
    """Whether a terminal that gives marks columns of their own writes beyond the cells."""
    texts = [text for text, _ in cells]
    blanks = next((count for count, text in enumerate(reversed(texts)) if text != " "), len(texts))
    return sum(map(_marks, texts)) > blanks


class _Pen:
    """Writes runs of cells with as few bytes as it can."""

    def __init__(self, cursor: Cursor | None) -> None:
        self._cursor = cursor
        self._look = PLAIN
        self._written: list[str] = []

    def write(self, y: int, x: int, cells: Sequence[Cell]) -> None:
        self._go(y, x)
        end, stop = 0, len(cells)
        while end < stop:
            at = end + _doubtful(cells[end:])
            self._write(cells[end:at])
            end = at
            end = _end_of_doubtful(cells, at)
            if at < end:
                self._write_doubtful(x + at, cells[at:end])
        self._cursor = (y, x + len(cells))

    def write_steady(self, y: int, x: int, text: str, look: Look) -> None:
        """Write text about whose width no two terminals disagree."""
        if self._cursor != (y, x):
            self._go(y, x)
        if look != self._look:
            self._take(text, look)
        self._written.append(text)
        self._cursor = y, x + len(text)

    def _write(self, cells: Sequence[Cell]) -> None:
        for look, part in groupby(cells, key=itemgetter(1)):
            text = "".join([cell[0] for cell in part])
            if look != self._look:
                self._take(text, look)
            self._written.append(text)

    def _write_doubtful(self, x: int, cells: Sequence[Cell]) -> None:
        """Blank the room first, in case the terminal fills less of it, and name the column after it."""
        self._take(" ", cells[0][1])
        self._written.append(f"{' ' * len(cells)}\x1b[{x + 1}G")
        blanks = next(count for count, cell in enumerate(reversed(cells)) if cell[0] != " ")
        self._write(cells[: len(cells) - blanks])
        self._written.append(f"\x1b[{x + len(cells) + 1}G")

    def _take(self, text: str, look: Look) -> None:
        """Change to `look`, or for blanks to whatever looks the same."""
        if not text.strip(" ") and not look.attributes & _VISIBLE:
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

    def finish(self, cursor: Cursor | None) -> str:
        """Everything that was written, with plain colours at its end and the cursor at `cursor`."""
        self._written.append(_change(self._look, PLAIN))
        if cursor is not None:
            self._go(*cursor)
        return "".join(self._written)
