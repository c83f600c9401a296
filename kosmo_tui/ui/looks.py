"""Colours and attributes of what stands on a terminal, and how to change from one look to another (SGR)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import repeat

from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29", "53": "55"}
_VISIBLE = frozenset(("4", "7", "9", "21", "51", "52", "53"))  # attributes that a blank shows
# Characters that all terminals give one column, joined to nothing before them: those of most texts and of our signs.
_SIGNS = "–—‘’“”…•€─━│┃┌┐└┘├┤▁▂▃▄▅▆▇█▌●○◆◈◇◌◔◷▣▤▲▶▼▾·Ⅱ↑↓→✎✓✕"
STEADY = frozenset((*map(chr, (*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x180))), *_SIGNS))


class Look:
    """How a cell looks, in parameters of SGR; empty is the terminal's default.

    There is one object of each look, so that looks, and cells with them, are compared by what they are.
    """

    __slots__ = ("attributes", "bare", "cells", "ground", "ink")

    def __init__(self, attributes: frozenset[str], ink: str, ground: str) -> None:
        self.attributes = attributes
        self.ink = ink
        self.ground = ground
        plain = not attributes and not ink
        self.bare = self if plain or attributes & _VISIBLE else _look(frozenset(), "", ground)
        """The look of a blank: it has no ink, so that it is the same between words of any colour."""
        self.cells = _Cells(self)
        """The cells of the steady characters."""

    def over(self, before: Look) -> Look:
        """What blanks of this look may have as well, with as little as possible to change from `before`."""
        if self.attributes & _VISIBLE:
            return self
        return _look(before.attributes - _VISIBLE, before.ink, self.ground)


Cell = tuple[str, Look]
"""Text and look of a column; the second column of a wide character has no text.

Not a class of our own: this is made and compared for every cell of every frame.
"""


class _Cells(dict[str, Cell]):
    """Made as they are needed."""

    def __init__(self, look: Look) -> None:
        super().__init__({" ": (" ", look.bare)})
        self._look = look

    def __missing__(self, char: str) -> Cell:
        if char not in STEADY:
            raise KeyError(char)
        cell = self[char] = char, self._look
        return cell


@lru_cache(4096)
def _look(attributes: frozenset[str], ink: str, ground: str) -> Look:
    return Look(attributes, ink, ground)


PLAIN = _look(frozenset(), "", "")


@lru_cache(4096)
def look_of(style: Style | None, colours: ColorSystem) -> Look:
    """How text of `style` looks on a terminal that has `colours`."""
    return _read(Strip.render_ansi(style, colours)) if style is not None else PLAIN


def _read(params: str) -> Look:
    """What the parameters of an SGR sequence mean together."""
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
        else:
            attributes.add(code)
    return _look(frozenset(attributes), ink, ground)


@lru_cache(4096)
def change(before: Look, after: Look) -> str:
    """The shortest SGR sequence that leads from one look to the other; empty when they are the same."""
    if before is after:
        return ""
    whole = ["0", *sorted(after.attributes), *filter(None, (after.ink, after.ground))]
    lost = before.attributes - after.attributes
    if not lost <= _OFF.keys():
        return _sequence(whole)
    off = {_OFF[code] for code in lost}
    steps = [*sorted(off), *sorted(c for c in after.attributes if c not in before.attributes or _OFF.get(c) in off)]
    steps += [after.ink or "39"] if after.ink != before.ink else []
    steps += [after.ground or "49"] if after.ground != before.ground else []
    return min(_sequence(steps), _sequence(whole), key=len)


def _sequence(codes: Iterable[str]) -> str:
    return f"\x1b[{';'.join(codes)}m"
