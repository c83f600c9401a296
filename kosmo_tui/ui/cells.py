"""Text → the cells that it takes on a terminal, and of which of them terminals disagree how wide they are.

Terminals do not agree on how wide joined emoji and some marks are.  So after such text the next column is always named,
and a line with such text is sent to its end once something in it changes.  Words whose vowels are marks (Hindi, Tamil,
…) are sent in one piece: a column named among them would write over some of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from itertools import repeat, takewhile
from operator import eq

from rich.cells import split_graphemes

from kosmo_tui.ui.looks import STEADY, Cell, Look

_STEADY = "".join(STEADY)
NOWHERE = 1 << 30
"""The column of what is not in a line."""
_EMOJI = "\U0001f000"
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)))


def is_steady(text: str) -> bool:
    """Whether all terminals give every character one column."""
    return (text.isascii() and text.isprintable()) or STEADY.issuperset(text)


@lru_cache(4096)
def cells_of(text: str, look: Look) -> tuple[Sequence[Cell], int]:
    """The cells of `text`, as wide as Textual takes them to be, and from which column on terminals may disagree.

    What has no width and no letter before it would join whatever stands there: it is left out.  So is a control
    character, which is not to come here.
    """
    steady = look.cells
    try:
        return [steady[char] for char in text], NOWHERE
    except KeyError:
        begin, end = len(text) - len(text.lstrip(_STEADY)) - 1, len(text.rstrip(_STEADY)) + 1
    begin = max(begin, 0)  # with what stands on either side, which may be joined to it
    cells = [steady[char] for char in text[:begin]]
    odd = text[begin:end].translate(_CONTROLS)
    for start, stop, width in split_graphemes(odd)[0]:
        part = odd[start:stop]
        if width:
            cells += [steady[part] if part in STEADY else (part, look), *repeat(("", look), width - 1)]
    unsure = first_unsure(cells)
    cells += [steady[char] for char in text[end:]]
    return cells, unsure


def first_unsure(cells: Sequence[Cell | None]) -> int:
    """The first column with text about whose width terminals disagree."""
    texts = [cell[0] if cell else "" for cell in cells]
    if not texts or (max(map(len, texts)) < 2 and max(texts) < _EMOJI):  # a look at each of them takes far longer
        return NOWHERE
    return next((x for x, text in enumerate(texts) if _is_unsure(text)), NOWHERE)


def end_of_unsure(cells: Sequence[Cell], begin: int) -> int:
    """Where the text that begins at `begin` ends.

    With letters that have marks that is all of it in one colour up to a gap, and of the gap what the marks may take.
    """
    marks = 0
    for end in range(begin, len(cells)):
        text, look = cells[end]
        first = cells[begin][1]
        if not text or _is_unsure(text):
            marks += marks_of(text)
        elif not marks or look is not (first.bare if text == " " else first):
            return end
        elif text == " " and (end + 1 == len(cells) or cells[end + 1][0] == " "):
            return end + len(list(takewhile(partial(eq, cells[end]), cells[end : end + marks])))
    return len(cells)


def _is_unsure(text: str) -> bool:
    """Whether terminals disagree about the width: of several code points in one, and of emoji, new every year."""
    return len(text) > 1 or _EMOJI <= text < "\U00020000"


def marks_of(text: str) -> int:
    """How many marks follow a letter: some terminals give each a column of its own."""
    return len(text) - 1 if len(text) > 1 and text[0].isalpha() else 0


def may_spill(cells: Sequence[Cell]) -> bool:
    """Whether a terminal that gives marks columns of their own writes beyond the cells."""
    blanks = next((count for count, cell in enumerate(reversed(cells)) if cell[0] != " "), len(cells))
    return sum(marks_of(text) for text, _ in cells if len(text) > 1) > blanks
