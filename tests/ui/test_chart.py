"""The chart and the spark line: any numbers, any size, never a character too wide, gaps where nothing is known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from kosmo_tui.ui.widgets.chart import Chart, bar, date_row, plot, scale, spark, ticks

anything = st.lists(st.none() | st.floats(allow_nan=True, allow_infinity=True), max_size=120)
sizes = st.integers(min_value=0, max_value=150)
numbers = st.floats(min_value=-1e14, max_value=1e14)


def days(count: int) -> list[date]:
    return [date(2026, 10, 25) + timedelta(days=index) for index in range(count)]


@given(anything, sizes, st.booleans())
def test_a_spark_is_never_wider_than_told(values: list[float | None], width: int, plain: bool) -> None:
    line = spark(values, width, plain=plain)
    assert len(line) == min(len(values), width)
    assert line.isascii() or not plain


@given(anything, sizes, st.integers(min_value=0, max_value=40), numbers, numbers, st.booleans())
def test_a_plot_has_exactly_its_size(
    values: list[float | None], width: int, height: int, low: float, high: float, plain: bool
) -> None:
    low, high = min(low, high), max(low, high)
    if low == high:
        high = low + abs(low) + 1
    picture = plot(values, width, height, low, high, plain=plain)
    assert len(picture) == height
    assert all(len(row) == width for row in picture)


@given(numbers, numbers, st.integers(min_value=0, max_value=12))
def test_ticks_enclose_the_values(low: float, high: float, most: int) -> None:
    low, high = min(low, high), max(low, high)
    marks = ticks(low, high, most)
    slack = 1e-9 * max(abs(low), abs(high))
    assert 2 <= len(marks) <= max(most, 2)
    assert marks[0] <= low + slack
    assert marks[-1] >= high - slack
    assert marks == sorted(set(marks))
    assert all(mark == int(mark) for mark in marks)


@given(numbers, numbers, st.integers(min_value=1, max_value=60))
def test_a_scale_fits_its_rows_with_ticks_whole_rows_apart(low: float, high: float, rows: int) -> None:
    low, high = min(low, high), max(low, high)
    used, marks = scale(low, high, rows)
    assert 1 <= used <= rows
    assert (used - 1) % (len(marks) - 1) == 0


@given(st.none() | st.floats(), st.floats(min_value=0, max_value=1e14), sizes, st.booleans())
def test_a_bar_is_never_wider_than_told(value: float | None, top: float, width: int, plain: bool) -> None:
    drawn = bar(value, top, width, plain=plain)
    assert len(drawn) <= width
    assert drawn.isascii() or not plain


@given(st.integers(min_value=0, max_value=400), sizes)
def test_dates_fit_and_do_not_touch(count: int, width: int) -> None:
    row, columns = date_row(days(count), width)
    assert len(row) == width
    assert all(0 <= column < width for column in columns)
    assert len(columns) == len(row.split()) / 2


def test_the_last_day_is_labelled() -> None:
    row, columns = date_row(days(28), 60)
    assert row.endswith("21 Nov")
    assert columns[-1] == 59


def test_a_spark_shows_gaps_and_scales_from_zero() -> None:
    assert spark([0, None, 4, 8], 10) == "▁ ▅█"
    assert spark([0, 0], 10) == "▁▁"
    assert spark([None, None], 10) == "  "
    assert spark([8, 8, 0, 0], 2) == "█▁"


def test_a_bar_grows_by_halves() -> None:
    assert [bar(value, 4, 2) for value in (0, 1, 2, 3, 4, 9)] == ["", "╸", "━", "━╸", "━━", "━━"]


def test_a_plot_joins_neighbours_and_leaves_gaps() -> None:
    joined = plot([0, 4], 5, 1, 0, 4)
    assert all(0x2800 < ord(cell) < 0x2900 for cell in joined[0])
    gap = plot([4, None, 4], 9, 1, 0, 4)[0]
    assert gap[0] != " "
    assert gap[1:-1].strip() == ""
    assert gap[-1] != " "
    assert plot([0, 1], 4, 3, 0, 1, plain=True) == ["   *", " ** ", "*   "]


class ChartApp(App[None]):
    def __init__(self, *, plain: bool = False) -> None:
        super().__init__()
        self.chart = Chart(plain=plain)

    def compose(self) -> ComposeResult:
        yield self.chart


def lines(chart: Chart) -> list[str]:
    return [chart.render_line(y).text for y in range(chart.size.height)]


async def test_the_widget_draws_labels_dates_and_line_and_follows_a_resize() -> None:
    app = ChartApp()
    async with app.run_test(size=(80, 12)) as pilot:
        app.chart.show(list(zip(days(28), range(0, 2800, 100), strict=True)), emphasis=7)
        await pilot.pause()
        drawn = lines(app.chart)
        assert len(drawn) == 12
        assert all(len(line) == 80 for line in drawn)
        assert drawn[0].startswith("3,000┤")
        assert drawn[9].startswith("    0┤")
        assert drawn[10].startswith("     └")
        assert drawn[11].endswith("21 Nov")
        await pilot.resize_terminal(50, 8)
        assert all(len(line) == 50 for line in lines(app.chart))
        await pilot.resize_terminal(9, 2)
        assert "".join(lines(app.chart)).strip() == ""


async def test_the_widget_in_ascii() -> None:
    app = ChartApp(plain=True)
    async with app.run_test(size=(60, 10)):
        app.chart.show(list(zip(days(7), [5, 6, None, 3, 2, 9, 1], strict=True)))
        assert "".join(lines(app.chart)).isascii()


@pytest.mark.parametrize("values", [[], [None, None], [float("nan")], [0], [-5, -6], [1e300, 1], [0.0001]])
async def test_the_widget_takes_any_values(values: list[float | None]) -> None:
    app = ChartApp()
    async with app.run_test(size=(40, 8)):
        app.chart.show(list(zip(days(len(values)), values, strict=True)))
        assert all(len(line) == 40 for line in lines(app.chart))
