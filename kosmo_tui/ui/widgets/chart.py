"""A line chart of values per day, drawn in braille, and a spark line for tiles.

Numbers to characters is plain functions of plain lists; the widget only adds theme colours.  A value that is None is a
day about which nothing is known: it becomes a gap, never a zero.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from kosmo_tui.ui.text import human

Value = float | None
Days = Sequence[tuple[date, Value]]

SPARKS = "▁▂▃▄▅▆▇█"
ASCII_SPARKS = "_.-=+*%#"
# The bit of a braille cell for the dot in column x (0, 1) and row y (0…3); Unicode chapter 21.1, block U+2800.
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` (at least two) round whole numbers, evenly spaced, the first ≤ `low` and the last ≥ `high`."""
    span = high - low
    if not span > 0:
        span = max(abs(high), 1.0)
    exponent = max(0, math.floor(math.log10(span / max(most - 1, 1))))
    for power in (exponent, exponent + 1, exponent + 2):
        for factor in (1, 2, 2.5, 5):
            step = math.ceil(factor * 10.0**power)
            first, last = math.floor(low / step), math.ceil(high / step)
            if max(last, first + 1) - first < max(most, 2):
                return [step * index for index in range(first, max(last, first + 1) + 1)]
    return [math.floor(low), max(math.ceil(high), math.floor(low) + 1)]  # two marks on both sides of zero


def scale(low: float, high: float, rows: int) -> tuple[int, list[float]]:
    """How many of `rows` a picture of `low` to `high` takes, and its ticks, which stand a whole number of rows apart.

    Of all such scales it is the one on which the line itself is tallest.
    """

    def fit(count: int) -> tuple[float, int, list[float]]:
        marks = ticks(low, high, count)
        steps = len(marks) - 1
        used = (rows - 1) // steps * steps + 1
        return used * (high - low) / (marks[-1] - marks[0]), used, marks

    _, used, marks = max((fit(count) for count in range(2, max(2, min(6, (rows + 2) // 2)) + 1)), key=lambda f: f[0])
    return used, marks


def spark(values: Sequence[Value], width: int, *, plain: bool = False) -> str:
    """`values` as one line of at most `width` blocks, scaled from 0 to the largest; longer series are averaged.

    A gap is a blank.  `plain` uses ASCII characters only.
    """
    marks = ASCII_SPARKS if plain else SPARKS
    means = _resample([_known(value) for value in values], width)
    top = max((value for value in means if value is not None), default=0.0)
    return "".join(
        " " if value is None else marks[round(min(1.0, max(0.0, value / top)) * 7) if top > 0 else 0] for value in means
    )


def bar(value: Value, top: float, width: int, *, plain: bool = False) -> str:
    """A thin bar of at most `width` characters, which `top` fills; in half characters, in whole ones if `plain`."""
    known = _known(value)
    if known is None or known <= 0 or top <= 0 or width <= 0:
        return ""
    halves = round(min(1.0, known / top) * width * 2)
    if plain:
        return "=" * round(halves / 2)
    return "━" * (halves // 2) + "╸" * (halves % 2)


def _resample(values: Sequence[Value], width: int) -> list[Value]:
    """`values` cut to at most `width` of them, each the mean of the known ones that it stands for."""
    count = min(len(values), max(width, 0))
    result: list[Value] = []
    for index in range(count):
        part = values[index * len(values) // count : (index + 1) * len(values) // count]
        known = [value for value in part if value is not None]
        result.append(sum(value / len(known) for value in known) if known else None)
    return result


def _known(value: Value) -> Value:
    """`value`, or None where it is no number that can be drawn."""
    return value if value is not None and math.isfinite(value) and abs(value) < 1e15 else None


def plot(
    values: Sequence[Value], width: int, height: int, low: float, high: float, *, plain: bool = False
) -> list[str]:
    """The line through `values` as `height` rows of exactly `width` characters; `low` is the bottom, `high` the top.

    The first value stands in the first column, the last in the last.  Neighbours are joined, gaps are not.
    """
    across, down = (1, 1) if plain else (2, 4)
    columns, rows = width * across, height * down
    cells = [[0] * width for _ in range(height)]

    def mark(x: int, y: int) -> None:
        cells[y // down][x // across] |= 1 if plain else _DOTS[x % 2][y % 4]

    def place(index: int, value: float) -> tuple[int, int]:
        x = round(index * (columns - 1) / (len(values) - 1)) if len(values) > 1 else 0
        share = min(1.0, max(0.0, (value - low) / (high - low)))
        return x, rows - 1 - round(share * (rows - 1))

    previous: tuple[int, int] | None = None
    for index, value in enumerate(values if width > 0 and height > 0 else ()):
        known = _known(value)
        point = None if known is None else place(index, known)
        if point is not None:
            for dot in _line(previous or point, point):
                mark(*dot)
        previous = point
    if plain:
        return ["".join("*" if cell else " " for cell in row) for row in cells]
    return ["".join(chr(0x2800 + cell) if cell else " " for cell in row) for row in cells]


def _line(start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
    """The dots from `start` to `end`, both included, without holes."""
    (x0, y0), (x1, y1) = start, end
    steps = max(abs(x1 - x0), abs(y1 - y0), 1)
    return [(x0 + round((x1 - x0) * step / steps), y0 + round((y1 - y0) * step / steps)) for step in range(steps + 1)]


def date_row(days: Sequence[date], width: int) -> tuple[str, list[int]]:
    """The dates under a chart that is `width` wide, and the columns of their ticks.

    As many as fit, evenly spaced, counted back from the last day: it says how recent the picture is.
    """
    row, columns = [" "] * max(width, 0), []
    last = len(days) - 1
    step = next((step for step in (1, 2, 7, 14, 28, 56, 112) if last * 8 < width * step), max(last, 1))
    free = width  # the first column that is taken
    for index in range(last, -1, -step):
        column = round(index * (width - 1) / last) if last else 0
        label = f"{days[index].day} {days[index]:%b}"
        start = max(0, min(column - len(label) // 2, width - len(label)))
        if start + len(label) < free or start + len(label) <= free == width:
            row[start : start + len(label)] = label
            columns.append(column)
            free = start
    return "".join(row), columns[::-1]


class Chart(Widget):
    """Values per day as a line, with rounded y labels and dates.  Static: it only changes when it is given new data.

    The last `emphasis` days are drawn in the line colour, earlier ones muted; None means all of them.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"chart--line", "chart--past", "chart--axis", "chart--label"}
    DEFAULT_CSS = """
    Chart { height: 1fr; min-height: 4; }
    Chart .chart--line { color: $primary; }
    Chart .chart--past { color: $text-muted; }
    Chart .chart--axis { color: $foreground 30%; }
    Chart .chart--label { color: $text-muted; }
    """

    def __init__(self, *, plain: bool = False, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.plain = plain
        self._days: tuple[tuple[date, Value], ...] = ()
        self._emphasis: int | None = None
        self._drawn: tuple[tuple[int, int], list[list[tuple[str, str]]]] | None = None

    def show(self, days: Days, *, emphasis: int | None = None) -> None:
        """Draw `days` (in order, one value each); the last `emphasis` of them stand out."""
        self._days, self._emphasis, self._drawn = tuple(days), emphasis, None
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        if self._drawn is None or self._drawn[0] != (width, height):
            self._drawn = (width, height), self._draw(width, height)
        lines = self._drawn[1]
        if not 0 <= y < len(lines):
            return Strip.blank(width, self.rich_style)
        segments = [Segment(text, self._style(part)) for part, text in lines[y] if text]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _style(self, part: str) -> Style:
        return self.get_component_rich_style(f"chart--{part}") if part else self.rich_style

    def _draw(self, width: int, height: int) -> list[list[tuple[str, str]]]:
        """The chart as rows of (part, text); a part names the colour."""
        values = [_known(value) for _, value in self._days]
        known = [value for value in values if value is not None]
        if not known or width < 12 or height < 3:
            return []
        rows, marks = scale(min(0.0, *known), max(0.0, *known), height - 2)
        low, high = marks[0], marks[-1]
        gap = (rows - 1) // (len(marks) - 1)
        at = {rows - 1 - index * gap: human(mark).replace(".0", "") for index, mark in enumerate(marks)}
        gutter = max(len(label) for label in at.values())
        across = width - gutter - 1
        if across < 4:
            return []
        picture = plot(values, across, rows, low, high, plain=self.plain)
        dates, columns = date_row([day for day, _ in self._days], across)
        stem, tick, foot, rule, under = "|+++-" if self.plain else "│┤└─┬"
        cut = self._cut(across)
        lines: list[list[tuple[str, str]]] = []
        for row, text in enumerate(picture):
            label = at.get(row)
            lines.append(
                [
                    ("label", (label or "").rjust(gutter)),
                    ("axis", tick if label is not None else stem),
                    ("past", text[:cut]),
                    ("line", text[cut:]),
                ]
            )
        axis = "".join(under if column in columns else rule for column in range(across))
        lines.append([("", " " * gutter), ("axis", foot + axis)])
        lines.append([("", " " * (gutter + 1)), ("label", dates)])
        return lines

    def _cut(self, across: int) -> int:
        """The column from which the line stands out."""
        count = len(self._days)
        if self._emphasis is None or self._emphasis >= count:
            return 0
        return round((count - self._emphasis) * (across - 1) / max(count - 1, 1))
