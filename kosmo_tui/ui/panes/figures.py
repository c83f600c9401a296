"""How the numbers of insights look: the choice of periods, tiles, the table, weekdays, and why a number is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from kosmo_tui.services.insights import Day, Missing, Overview, Total
from kosmo_tui.ui.text import MUTED, fit, human, mark, plain_terminal
from kosmo_tui.ui.widgets.chart import bar, spark

PERIODS = {1: "day", 7: "week", 28: "28 days", 90: "90 days", 365: "year"}
TILES, TILE = 5, 15  # at most so many tiles, each of at least so many cells


def change(total: Total, *, words: bool) -> tuple[str, str]:
    """The change against the time before as text and style: glyph and percent, with `words` also more or less.

    Of a total that lacks days it says of how many days it is.
    """
    share = total.change
    if total.known is not None:
        return f"{total.known} days only", "$text-warning"
    if total.value == total.before:
        return ("= same" if words else "= 0%"), MUTED
    if share is None:
        return ("new" if words and total.before == 0 else ""), MUTED
    percent = f"{min(abs(share) * 100, 9999):.0f}%" if abs(share) >= 0.005 else "<1%"
    more = share > 0
    glyph = ("+" if more else "-") if plain_terminal() else "▲" if more else "▼"
    word = f" {'more' if more else 'less'}" if words else ""
    return f"{glyph} {percent}{word}", "$text-success" if more else "$text-error"


def day(value: date) -> str:
    """`21 Nov`."""
    return f"{value.day} {value:%b}"


def weeks(days: Sequence[Day]) -> list[tuple[date, float | None]]:
    """The mean of every seven days, counted back from the last; None where none of them is known."""
    means = []
    for end in range(len(days), 6, -7):
        known = [entry.value for entry in days[end - 7 : end] if entry.value is not None]
        means.append((days[end - 7].day, sum(known) / len(known) if known else None))
    return means[::-1]


class Periods(Static):
    """The periods, `cells` wide; the one that is shown stands out.  A click chooses one."""

    cells = 0

    @dataclass
    class Chosen(Message):
        """Somebody chose a period."""

        days: int

    def show(self, days: int, *, brief: bool) -> None:
        """Mark `days` as the one that is shown; `brief` where there is no room for the key."""
        parts = [
            Content.styled(f" {title} ", "bold reverse" if length == days else "$foreground").stylize(
                f"@click=choose({length})"
            )
            for length, title in PERIODS.items()
        ]
        key = [] if brief else [("p", "bold"), (" period ", MUTED)]
        content = Content.assemble(*key, *parts)
        self.cells = content.cell_length
        self.update(content)

    def action_choose(self, days: int) -> None:
        self.post_message(self.Chosen(days))


class Tiles(Widget):
    """The first totals side by side: title, number and change, and a spark line or the number before."""

    DEFAULT_CSS = "Tiles { height: 3; }"

    def __init__(self) -> None:
        super().__init__()
        self._totals: Sequence[Total] = ()

    def show(self, totals: Sequence[Total]) -> None:
        """Show the first of `totals`."""
        self._totals = totals
        self.refresh()

    def render(self) -> Content:
        room = self.content_size.width
        totals = self._totals[: min(TILES, max(1, room // TILE))]
        width = room // max(len(totals), 3)
        lines = [Content("")] * 3
        for total in totals:
            for row, part in enumerate(self._tile(total, width - 2)):
                lines[row] += part + "  "
        return Content("\n").join(lines)

    def _tile(self, total: Total, width: int) -> tuple[Content, Content, Content]:
        number = human(total.value)
        text, style = change(total, words=width - len(number) > 10)
        below = f"before {human(total.before)}" if total.before is not None else ""
        if total.known is not None:  # that is worth more than a picture, and needs a line
            text, below = "", text
        elif total.series:
            below = spark([entry.value for entry in total.series], width, plain=plain_terminal())
        look = style if total.known is not None else "$text-primary" if total.series else MUTED
        room = max(width - len(number) - 1, 0)
        return (
            Content.styled(fit(total.title, width), MUTED),
            Content.assemble((number, "bold"), " ", (fit(text, room), style)),
            Content.styled(fit(below, width), look),
        )


def table(overview: Overview) -> Content:
    """All totals exactly, against the time before."""
    name = PERIODS[overview.days]
    lines = [Content.styled(f"{'Exactly':<17}{name:>10}{'before':>11}  change", MUTED)]
    for total in overview.totals:
        before = "–" if total.before is None else f"{total.before:,.0f}"
        lines.append(
            Content.assemble(f"{total.title:<17}{total.value:>10,.0f}{before:>11}  ", change(total, words=True))
        )
    return Content("\n").join(lines)


def weekdays(overview: Overview, width: int) -> Content:
    """The mean reach of each day of the week as bars, in `width` cells."""
    means = overview.weekdays
    top = max((mean for mean in means if mean is not None), default=0.0)
    lines = [Content.styled(f"Reach by weekday, mean of {len(overview.reach)} days", MUTED)]
    for name, mean in zip(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), means, strict=True):
        filled = bar(mean, top, max(width - 12, 0), plain=plain_terminal())
        look = "$text-primary" if mean == top else "$primary"
        lines.append(Content.assemble(f"{name} ", f"{human(mean):>7} ", (filled, look)))
    return Content("\n").join(lines)


def reasons(missing: Sequence[Missing]) -> Content:
    """What is not available, and why: a line each."""
    lines = [
        Content.assemble((f"{mark('·')} {entry.title}", "$text-warning"), (f" not available: {entry.reason}", MUTED))
        for entry in missing
    ]
    return Content("\n").join(lines)
