"""A row of a list → the pieces of its lines, each with the name of its style."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from kosmo_tui.ui.text import MUTED, fit, mark, one_line, two_lines

Piece = tuple[str, str]  # text, and one of `STYLES` (empty: plain)

# Not component classes of Textual's: it styles each of them like a widget, for every feed and at every change of focus.
STYLES = {
    "plain": "$foreground",
    "muted": MUTED,
    "strong": "bold $foreground",
    "heading": "bold $text-primary",
    "accent": "$text-accent",
    "success": "$text-success",
    "warning": "$text-warning",
    "error": "$text-error",
    "alarm": "bold $text-error",
    "rule": "$foreground 20%",
    "rule focused": "$primary",
}
CURSOR = "on $primary 45%"


class Cell(Struct, frozen=True):
    """A piece of a row: `width` 0 takes what is left.  `style` is one of `STYLES`."""

    text: str
    style: str = "plain"
    width: int = 0
    right: bool = False


def row_lines(cells: Sequence[Cell], width: int, lines: int, *, look: str, marked: bool) -> list[list[Piece]]:
    """The one or two lines of a row, `width` cells wide.

    On the second line the text of the cell that takes what is left goes on.  `look` is "cursor", "blurred" or empty.
    """
    left = width - 1
    fixed = sum(cell.width + 1 for cell in cells if cell.width)
    first, second = [_sign(look, marked)], [_sign(look, False)] if lines > 1 else []
    for number, cell in enumerate(cells):
        room = min(cell.width or max(0, width - 1 - fixed), left)
        if room <= 0:
            break
        gap = " " if number < len(cells) - 1 and left > room else ""
        # On the bar of the cursor only the plain colour is sure to be readable; the weight stays.
        style = cell.style if look != "cursor" or cell.style == "strong" else "plain"
        text = one_line(cell.text)
        rest = ""
        if lines > 1 and not cell.width:
            text, rest = two_lines(text, room)
        first.append((fit(text, room, right=cell.right) + gap, style))
        if lines > 1:
            second.append((fit(rest, room) + gap, style))
        left -= room + len(gap)
    return [_joined([*pieces, (" " * left, "")]) for pieces in (first, second)[:lines]]


def _sign(look: str, marked: bool) -> Piece:
    """What stands before a row: the bar of the cursor, the sign of a mark, or both in one."""
    sign = ("◈" if marked else "▌") if look else ("◆" if marked else " ")
    return mark(sign), "accent" if marked or look == "cursor" else "muted" if look else ""


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """`pieces` with neighbours of one style in one: every change of style costs some forty bytes on the wire.

    Blanks show no style, so they take that of the piece before them.
    """
    joined: list[Piece] = []
    for text, style in pieces:
        if not text:
            continue
        if joined and (style == joined[-1][1] or not text.strip()):
            joined[-1] = (joined[-1][0] + text, joined[-1][1])
        elif joined and not joined[-1][0].strip():
            joined[-1] = (joined[-1][0] + text, style)
        else:
            joined.append((text, style))
    return joined
