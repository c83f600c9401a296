"""The thrift of the driver: the screen that its frames leave is the one that Textual's own would have left."""

from __future__ import annotations

from unicodedata import category

import pyte
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyte.screens import Char
from rich.cells import cell_len

from kosmo_tui.ui.text import fit
from kosmo_tui.ui.thrift import Thrift

COLUMNS, ROWS = 24, 8
STYLES = (
    "",
    "1",
    "1;38;2;1;2;3;48;2;9;9;9",
    "38;2;1;2;3;48;2;9;9;9",
    "4;31;44",
    "7",
    "2;3;38;5;7",
    "9;97;100",
    "48;5;4",
)
# In pairs of columns, so that no frame leaves half of a wide character.
PAIRS = st.sampled_from(("  ", "  ", "ab", "x ", " y", "日", "é│", "▌1", "Ж…", "本"))
PIECE = st.tuples(st.sampled_from(STYLES), st.lists(PAIRS, min_size=1, max_size=COLUMNS // 2).map("".join))
SPAN = st.tuples(st.integers(0, ROWS - 1), st.integers(0, COLUMNS // 2 - 1), st.lists(PIECE, min_size=1, max_size=4))
FRAMES = st.lists(st.tuples(st.lists(SPAN, max_size=6), st.booleans()), min_size=1, max_size=6)


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


def styled(params: str, text: str) -> str:
    return f"\x1b[{params}m{text}\x1b[0m" if params else text


def frame_of(spans: list[tuple[int, int, list[tuple[str, str]]]], full: bool) -> str:
    """A frame as Textual writes it: of pieces of lines, or of the whole screen."""
    if full:
        lines = [[("", " " * COLUMNS)] for _ in range(ROWS)]
        for y, _, pieces in spans:
            lines[y] = pieces
        spans = [(y, 0, pieces) for y, pieces in enumerate(lines)]
    last = max((y for y, _, _ in spans), default=0)
    written = [
        f"\x1b[{y + 1};{2 * pair + 1}H{_cut(pieces, COLUMNS - 2 * pair)}" + ("\n" if y != last else "")
        for y, pair, pieces in sorted(spans, key=lambda span: span[0])
    ]
    return "".join(written) + "\x1b[1;2H"


def _cut(pieces: list[tuple[str, str]], room: int) -> str:
    written = ""
    for params, text in pieces:
        kept = fit(text, room) if cell_len(text) > room else text
        written += styled(params, kept)
        room -= cell_len(kept)
    return written


@given(FRAMES)
@example([([(0, 0, [("1", "日本日本")])], False), ([(0, 1, [("", "ab")])], False), ([(0, 0, [("1", "日")])], False)])
def test_every_frame_leaves_the_screen_that_textual_meant(frames: list[tuple[list[object], bool]]) -> None:
    thrift, theirs, ours = Thrift(), Replayed(), Replayed()
    for spans, full in frames:
        frame = frame_of(spans, full)  # type: ignore[arg-type]
        theirs.feed(frame)
        sent = thrift.shorten(frame)
        ours.feed(sent)
        assert ours.seen() == theirs.seen()
        assert (ours.screen.cursor.y, ours.screen.cursor.x) == (theirs.screen.cursor.y, theirs.screen.cursor.x)
        assert len(sent) <= len(frame) + 8 * (len(spans) + 1)
        if not full and len({y for y, _, _ in spans}) == len(spans) and not frame.startswith("\x1b[1;1H"):
            assert thrift.shorten(frame) == "", "a frame that is there already costs nothing"


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
        ours.feed(thrift.shorten(f"\x1b[3;1H{styled('1', fit(before, room))}\x1b[3;{room + 1}H│ab│\x1b[1;2H"))
        assert ours.row(2).endswith("│ab│"), before
    ours.feed(thrift.shorten(f"\x1b[3;1H{fit('done', room)}\x1b[1;2H"))
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
        ours.feed(thrift.shorten(f"\x1b[3;1H{styled('1', row)}\x1b[3;13H│ab│\x1b[1;2H"))
        assert ours.row(2, 12, 16) == "│ab│", before
        ours.feed(thrift.shorten(f"\x1b[3;1H{styled('4', row)}\x1b[1;2H"))  # alone, without what is beside it
        assert ours.row(2, 12, 16) == "│ab│", before
        shown = ours.row(2, 0, 12).rstrip()
        assert row.strip().startswith(shown) and (len(shown) > 8 or shown == row.strip()), before


def test_half_a_wide_character_is_not_taken_for_known() -> None:
    thrift, ours = Thrift(), Replayed()
    for frame in ("\x1b[1;1Ha日b\x1b[1;2H", "\x1b[1;3Hx\x1b[1;2H", "\x1b[1;1Ha日b\x1b[1;2H"):
        ours.feed(thrift.shorten(frame))
    assert ours.row(0).startswith("a日b")


def test_what_is_not_a_frame_goes_through_and_is_not_built_upon() -> None:
    thrift = Thrift()
    frame = "\x1b[1;1Habc\x1b[2;2H"
    assert thrift.shorten(frame)
    assert thrift.shorten(frame) == ""
    unknown = "\x1b[2J\x1b]8;;https://example.com\x1b\\link"
    assert thrift.shorten(unknown) == unknown
    assert "abc" in thrift.shorten(frame), "nothing is known of the screen any more"


def test_a_frame_of_the_whole_screen_is_sent_whole_only_when_nothing_is_known() -> None:
    thrift = Thrift()
    frame = "\n".join(f"\x1b[{y};1Hline {y}" for y in range(1, 7)) + "\x1b[1;1H"
    assert [thrift.shorten(frame).count("line") for _ in range(3)] == [6, 0, 0]
    assert "5" not in thrift.shorten(frame.replace("line 3", "lane 3")).replace("\x1b[3;2Ha", "")
    thrift.forget()
    assert thrift.shorten(frame).count("line") == 6, "whatever went wrong on the terminal is mended"
