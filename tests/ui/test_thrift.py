"""The thrift of the driver: the screen that its frames leave is the one that Textual's own would have left."""

from __future__ import annotations

from unicodedata import category

import pyte
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyte.screens import Char
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from kosmo_tui.ui.text import fit
from kosmo_tui.ui.thrift import Thrift, Update

COLUMNS, ROWS = 24, 8
CURSOR = (0, 1)
STYLES = (
    "",
    "bold",
    "bold #010203 on #090909",
    "#010203 on #090909",
    "underline red on blue",
    "reverse",
    "dim italic color(7)",
    "strike bright_black on bright_red",
    "on color(4)",
)
# In pairs of columns, so that no frame leaves half of a wide character.
PAIRS = st.sampled_from(("  ", "  ", "ab", "x ", " y", "日", "é│", "▌1", "Ж…", "本"))
PIECE = st.tuples(st.sampled_from(STYLES), st.lists(PAIRS, min_size=1, max_size=COLUMNS // 2).map("".join))
PIECES = st.lists(PIECE, min_size=1, max_size=4)
PLACE = st.integers(0, COLUMNS // 2 - 1)
# A row, where a part of it begins, and from where to where in the row something is to be shown.
SPAN = st.tuples(st.integers(0, ROWS - 1), PLACE, PIECES, PLACE, PLACE)
FRAMES = st.lists(st.tuples(st.lists(SPAN, max_size=6), st.booleans()), min_size=1, max_size=6)
CONSOLE = Console(color_system="truecolor", force_terminal=True)
Pieces = list[tuple[str, str]]


class Replayed:
    """A terminal that is fed frames."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.screen.reset_mode(7, private=True)  # as Textual sets it: lines do not wrap
        self._stream = pyte.Stream(self.screen)

    def feed(self, frame: str) -> None:
        self._stream.feed(frame.replace("\n", "\r\n"))

    def seen(self) -> list[list[object]]:
        return [[_seen(self.screen.buffer[y][x]) for x in range(COLUMNS)] for y in range(ROWS)]

    def row(self, y: int, begin: int = 0, end: int = COLUMNS) -> str:
        return "".join(self.screen.buffer[y][x].data for x in range(begin, end))


def _seen(char: Char) -> object:
    """What a person sees of a cell: a blank has a ground and no ink."""
    return char.bg if char.data == " " and not (char.reverse or char.underscore or char.strikethrough) else char


def strip(pieces: Pieces, room: int = COLUMNS) -> Strip:
    """`pieces`, each with its style, in at most `room` cells."""
    return Strip([Segment(text, Style.parse(style)) for style, text in pieces]).crop(0, room)


def whole(rows: list[Strip]) -> LayoutUpdate:
    """An update of the whole screen."""
    return LayoutUpdate([[row] for row in rows], Region(0, 0, COLUMNS, len(rows)))


def parts(*placed: tuple[int, int, Strip], spans: list[tuple[int, int, int]] | None = None) -> ChopsUpdate:
    """An update of parts of lines (row, column, what stands there), of which the `spans` are to be seen."""
    chops: list[dict[int, Strip | None]] = [{0: None} for _ in range(ROWS)]
    ends: list[list[int]] = [[] for _ in range(ROWS)]
    for y in range(ROWS):
        chops[y].update({x: one for row, x, one in sorted(placed, key=lambda part: part[:2]) if row == y})
        starts = [*chops[y], COLUMNS]
        ends[y] = [
            min(following, x + one.cell_length) if one else following
            for (x, one), following in zip(chops[y].items(), starts[1:], strict=True)
        ]
        chops[y] = {x: one and one.crop(0, end - x) for (x, one), end in zip(chops[y].items(), ends[y], strict=True)}
    shown = spans if spans is not None else [(y, x, x + one.cell_length) for y, x, one in placed]
    return ChopsUpdate(chops, sorted(shown), ends)


def at(y: int, x: int, *pieces: tuple[str, str]) -> ChopsUpdate:
    """An update of one part of a line."""
    return parts((y, x, strip([*pieces])))


def update_of(spans: list[tuple[int, int, Pieces, int, int]], full: bool) -> Update:
    """An update as Textual makes it: of pieces of lines, or of the whole screen."""
    if full or not spans:
        lines = [strip([("", " " * COLUMNS)]) for _ in range(ROWS)]
        for y, _, pieces, _, _ in spans:
            drawn = strip(pieces)
            lines[y] = Strip([*drawn, Segment(" " * (COLUMNS - drawn.cell_length))])
        return whole(lines)
    placed = {(y, 2 * pair): strip(pieces, COLUMNS - 2 * pair) for y, pair, pieces, _, _ in spans}
    seen = [(y, 2 * min(one, other), 2 * max(one, other) + 2) for y, _, _, one, other in spans]
    return parts(*((y, x, one) for (y, x), one in placed.items()), spans=seen)


def theirs_of(update: Update) -> str:
    """What Textual's own driver would send."""
    return update.render_segments(CONSOLE) + "\x1b[1;2H"


@given(FRAMES)
@example(
    [([(0, 0, [("bold", "日本日本")], 0, 9)], False), ([(0, 1, [("", "ab")], 0, 9)], False),
     ([(0, 0, [("bold", "日")], 0, 9)], False)]
)  # fmt: skip
def test_every_frame_leaves_the_screen_that_textual_meant(frames: list[tuple[list[object], bool]]) -> None:
    thrift, theirs, ours = Thrift(), Replayed(), Replayed()
    for spans, full in frames:
        update = update_of(spans, full)  # type: ignore[arg-type]
        frame = theirs_of(update)
        theirs.feed(frame)
        sent = thrift.shorten(update, CURSOR)
        ours.feed(sent)
        assert ours.seen() == theirs.seen()
        assert (ours.screen.cursor.y, ours.screen.cursor.x) == CURSOR
        assert len(sent) <= len(frame) + 8 * (len(spans) + 1)
        assert thrift.shorten(update, CURSOR) == "", "a frame that is there already costs nothing"


HOSTILE = (
    "plain",
    "👩🏽\u200d💻 the team",
    "👨\u200d👩\u200d👧\u200d👦👨\u200d👩\u200d👧\u200d👦",
    "🇬🇷🇩🇪 flags 🏴\u200d☠\ufe0f",
    "☀\ufe0f 1\ufe0f\u20e3 keycap",
    "हमारी नई रिपोर्ट क्षत्रिय",
    "من الذي يجعل العنوان",
    "שָׁלוֹם עולם",
    "ภาษาไทยกำลัง",
    "e\u0301\u0302\u0303 z̷̨̛a̸l̶g̵o̶",
    "窓から見える富士山",
    "한국어 ᄒ\u1161ᆫ",
    "zero\u200bwidth\u00adhyphen",
    "🙂" * 9,
)


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_terminals_measure_otherwise_does_not_shift_what_is_beside_it(text: str) -> None:
    """The emulated terminal is one that knows no clusters: a family of four is eight columns wide there."""
    thrift, ours = Thrift(), Replayed()
    room = COLUMNS - 4
    for before in ("first", text, "other", text, f"{text}!", text):
        ours.feed(thrift.shorten(at(2, 0, ("bold", fit(before, room)), ("", "│ab│")), CURSOR))
        assert ours.row(2).endswith("│ab│"), before
    ours.feed(thrift.shorten(at(2, 0, ("", fit("done", room))), CURSOR))
    assert ours.row(2).rstrip() == f"{'done':{room}}│ab│"


INDIC = ("हमारी नई रिपोर्ट क्षत्रिय", "தமிழ் கோடை", "কাজের দিন: নতুন", "राजा")


@pytest.mark.parametrize("text", INDIC)
def test_words_stay_whole_where_their_marks_have_columns_and_what_is_beside_them_stays_too(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The emulated terminal is one that gives spacing marks columns of their own, as tmux does."""
    narrow = pyte.screens.wcwidth
    monkeypatch.setattr(pyte.screens, "wcwidth", lambda char: 1 if category(char) == "Mc" else narrow(char))
    thrift, ours = Thrift(), Replayed()
    for before in ("first", text, f"x {text}", text):
        row = fit(before, 12)
        ours.feed(thrift.shorten(at(2, 0, ("bold", row), ("", "│ab│")), CURSOR))
        assert ours.row(2, 12, 16) == "│ab│", before
        ours.feed(thrift.shorten(at(2, 0, ("underline", row)), CURSOR))  # alone, without what is beside it
        assert ours.row(2, 12, 16) == "│ab│", before
        shown = ours.row(2, 0, 12).rstrip()
        assert row.strip().startswith(shown) and (len(shown) > 8 or shown == row.strip()), before


@pytest.mark.parametrize("text", (*HOSTILE, *INDIC))
def test_a_scroll_bar_right_beside_a_text_stays(text: str) -> None:
    """It is a blank, too, but not one that a text could take for its own."""
    thrift, ours = Thrift(), Replayed()
    for before in ("first", text, f"x{text}"):
        row = fit(before, min(cell_len(before), COLUMNS - 2))
        ours.feed(thrift.shorten(at(2, 0, ("bold", row), ("reverse", " "), ("", "│")), CURSOR))
        assert ours.screen.buffer[2][cell_len(row)].reverse, before


def test_half_a_wide_character_is_not_taken_for_known() -> None:
    thrift, ours = Thrift(), Replayed()
    for update in (at(0, 0, ("", "a日b")), at(0, 2, ("", "x")), at(0, 0, ("", "a日b"))):
        ours.feed(thrift.shorten(update, CURSOR))
    assert ours.row(0).startswith("a日b")


def test_a_control_character_never_reaches_the_terminal() -> None:
    """Texts are cleaned where they come in; this is the last door."""
    for first in (at(0, 0, ("", "plain")), at(0, 0, ("bold", "a\x1b[2Jb\x07\x9bc 日\x00e\u0301"))):
        thrift = Thrift()
        sent = thrift.shorten(first, CURSOR) + thrift.shorten(at(0, 0, ("", "a\x1b]0;title\x07b\x7f")), CURSOR)
        assert not [char for char in sent.replace("\x1b", "") if category(char) == "Cc"]
        assert "\x1b[2J" not in sent and "\x1b]" not in sent


def test_a_screen_of_another_size_is_sent_whole() -> None:
    """What came before it may have been drawn for a wider one, and have been written into the last column."""
    thrift = Thrift()
    rows = [strip([("bold", "stale")])] * ROWS
    for screen in (rows, rows[:4], rows):
        assert thrift.shorten(whole(screen), CURSOR).count("stale") == len(screen)
        assert thrift.shorten(at(0, 0, ("bold", "stale")), CURSOR) == ""


def test_the_whole_screen_is_sent_whole_only_when_nothing_is_known() -> None:
    thrift = Thrift()
    update = whole([strip([("", f"line {y}")]) for y in range(6)])
    assert [thrift.shorten(update, CURSOR).count("line") for _ in range(3)] == [6, 0, 0]
    changed = whole([strip([("", f"{'lane' if y == 3 else 'line'} {y}")]) for y in range(6)])
    assert thrift.shorten(changed, CURSOR) == "\x1b[4;2Ha\x1b[1;2H"
    thrift.forget()
    assert thrift.shorten(update, CURSOR).count("line") == 6, "whatever went wrong on the terminal is mended"
