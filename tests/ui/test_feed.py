"""The virtual list: where the cursor may stand, what a move repaints, how it keeps its place."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from kosmo_tui.ui.text import fit, human, one_line, two_lines
from kosmo_tui.ui.widgets.feed import Entry, Feed
from kosmo_tui.ui.widgets.row import Cell


def entries(count: int, heading_every: int = 5) -> list[Entry]:
    return [Entry(f"k{n}", f"row {n}", selectable=n % heading_every != 0) for n in range(count)]


class Alone(App[None]):
    """A feed and nothing else; counts what is drawn."""

    def __init__(self, rows: Sequence[Entry]) -> None:
        super().__init__()
        self.rows = rows
        self.drawn: list[str] = []
        self.seen: list[object] = []

    def compose(self) -> ComposeResult:
        yield Feed(self.cells)

    def cells(self, entry: Entry, width: int) -> Sequence[Cell]:
        self.drawn.append(entry.key)
        return Cell("12:00", width=5), Cell(str(entry.item))

    def on_mount(self) -> None:
        self.feed.show(self.rows)
        self.feed.focus()

    def on_feed_near_end(self) -> None:
        self.seen.append("near end")

    @property
    def feed(self) -> Feed:
        return self.query_one(Feed)


async def until_drawn(pilot: Pilot[None], app: Alone, key: str) -> None:
    """Wait for what is drawn when there is time."""
    for _ in range(1000):
        if key in app.drawn:
            return
        await pilot.pause(0.01)
    raise AssertionError(f"{key} was never drawn")


async def test_the_cursor_skips_headings() -> None:
    app = Alone(entries(12))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        assert app.feed.highlighted == app.rows[1]
        await pilot.press(*["down"] * 4)
        assert app.feed.highlighted == app.rows[6]
        await pilot.press("k")
        assert app.feed.highlighted == app.rows[4]
        await pilot.press("G")
        assert app.feed.highlighted == app.rows[11]
        await pilot.press("j")
        assert app.feed.highlighted == app.rows[11], "the end holds"
        await pilot.press("g", "up")
        assert app.feed.highlighted == app.rows[1]
        assert app.feed.scroll_offset.y == 0, "the first heading is in sight"


async def test_a_move_draws_two_rows_and_only_those() -> None:
    app = Alone(entries(100_000))
    async with app.run_test(size=(40, 20)) as pilot:
        await until_drawn(pilot, app, "k39")
        app.drawn.clear()
        await pilot.press("down")
        await pilot.pause()
        assert set(app.drawn) == {"k1", "k2"}


async def test_the_next_page_is_drawn_while_the_cursor_rests() -> None:
    app = Alone(entries(100_000, heading_every=1000))
    async with app.run_test(size=(40, 20)) as pilot:
        await until_drawn(pilot, app, "k39")
        assert len(app.drawn) == 40, "a page in sight and one beyond it, each row once"
        await pilot.press("pagedown", "pagedown", "pagedown")
        await until_drawn(pilot, app, f"k{app.feed.scroll_offset.y + 39}")
        app.drawn.clear()
        left = app.feed.index
        await pilot.press("pagedown")
        await pilot.pause()
        in_sight = {f"k{app.feed.scroll_offset.y + y}" for y in range(20)}
        assert in_sight & {*app.drawn} <= {f"k{app.feed.index}", f"k{left}"}, "only the cursor's rows"
        await until_drawn(pilot, app, f"k{app.feed.scroll_offset.y + 39}")
        await pilot.press("G", "pageup", "pageup")
        await until_drawn(pilot, app, f"k{app.feed.scroll_offset.y - 1}")


async def test_rows_of_two_lines_go_on_in_the_second_and_keep_cursor_and_place() -> None:
    long = "a sentence that is longer than the room it has, and goes on"
    app = Alone([Entry(f"k{n}", f"{n} {long}", selectable=n % 50 != 0) for n in range(100_000)])
    async with app.run_test(size=(40, 20)) as pilot:
        feed = app.feed
        feed.go_to("k777")
        await pilot.pause()
        eye = 777 - feed.scroll_offset.y
        feed.set_lines_per_row(2)
        await pilot.pause()
        assert feed.highlighted == app.rows[777]
        y = 777 * 2 - feed.scroll_offset.y
        assert y == eye, "the item stays where the eye is"
        first, second = (feed.render_line(one).text for one in (y, y + 1))
        assert first.startswith("▌12:00 777 a sentence") and second.startswith("▌      ")
        assert f"{first[7:].strip()} {second[7:].strip()}".rstrip("…").strip() in f"777 {long}", (
            "no word is lost or cut"
        )
        await until_drawn(pilot, app, f"k{(feed.scroll_offset.y + 39) // 2}")
        app.drawn.clear()
        await pilot.press("down")
        await pilot.pause()
        assert set(app.drawn) == {"k777", "k778"}
        await pilot.press("pagedown")
        assert feed.highlighted == app.rows[778 + 9], "a page is what is in sight"
        await pilot.click(Feed, offset=(5, 3))
        assert feed.highlighted == app.rows[(feed.scroll_offset.y + 3) // 2]
        await pilot.press("G")
        assert feed.highlighted == app.rows[-1] and feed.scroll_offset.y == 200_000 - 20
        feed.set_lines_per_row(1)
        await pilot.pause()
        assert feed.highlighted == app.rows[-1] and feed.scroll_offset.y <= 100_000 - 20


@given(st.text(), st.integers(2, 30))
def test_two_lines_lose_nothing_but_the_gap(text: str, width: int) -> None:
    line = one_line(text)
    begun, rest = two_lines(line, width)
    assert cell_len(begun) <= width
    assert line.startswith(begun) and line.endswith(rest)
    assert not line[len(begun) : len(line) - len(rest)].strip()


@pytest.mark.parametrize("presses", [1, 3, 40])
async def test_pages_move_by_the_height_of_the_window(presses: int) -> None:
    app = Alone(entries(200, heading_every=1000))
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.pause()
        await pilot.press(*["pagedown"] * presses)
        assert app.feed.index == min(199, 1 + 19 * presses)
        top = app.feed.scroll_offset.y
        assert top <= app.feed.index < top + 20


async def test_the_cursor_stays_on_its_item_and_the_item_on_its_line() -> None:
    app = Alone(entries(100))
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.pause()
        await pilot.press(*["down"] * 30)
        key, line = app.feed.highlighted.key, app.feed.index - app.feed.scroll_offset.y  # type: ignore[union-attr]
        app.feed.show([Entry("new 1", "a"), Entry("new 2", "b"), *app.rows])
        await pilot.pause()
        assert app.feed.highlighted is not None and app.feed.highlighted.key == key
        assert app.feed.index - app.feed.scroll_offset.y == line
        app.feed.show([row for row in app.rows if row.key != key])
        await pilot.pause()
        assert app.feed.highlighted is not None and app.feed.highlighted.selectable


async def test_the_last_rows_ask_for_more() -> None:
    app = Alone(entries(100))
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.pause()
        assert app.seen == []
        await pilot.press("G")
        await pilot.pause()
        assert app.seen


async def test_an_empty_feed_takes_every_key() -> None:
    app = Alone([])
    async with app.run_test(size=(40, 5)) as pilot:
        await pilot.press("down", "up", "g", "G", "pagedown", "pageup", "enter")
        assert app.feed.highlighted is None
        app.feed.show([Entry("h", "only a heading", selectable=False)])
        await pilot.press("down", "G", "enter")
        assert app.feed.highlighted is None


@given(st.text(max_size=60), st.integers(0, 40), st.booleans())
def test_fit_is_exactly_as_wide_as_told(text: str, width: int, right: bool) -> None:
    assert cell_len(fit(one_line(text), width, right=right)) == width


@given(st.floats(min_value=-1e12, max_value=1e12))
def test_numbers_stay_short(number: float) -> None:
    assert len(human(number)) <= 9
    assert human(None) == "–"


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, "0"), (943, "943"), (1204, "1,204"), (9999, "9,999"), (48_200, "48.2k"), (999_960, "1.0M"), (1.3e6, "1.3M")],
)
def test_numbers_are_humanised(number: float, shown: str) -> None:
    assert human(number) == shown
