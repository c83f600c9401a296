"""Lengths as the networks count them, against vectors worked out from the networks' own rules."""

from __future__ import annotations

import sys
from collections.abc import Sized
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.compose import links as links_module
from kosmo_tui.compose.counting import Length, count, graphemes, measure
from kosmo_tui.compose.emoji import by_the_rules, emoji
from kosmo_tui.compose.links import addresses, links, links_of_word, short_link
from kosmo_tui.compose.networks import networks

FAMILY = "👨‍👩‍👧‍👦"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
FAR = "https://northwind.org/a/very/long/path?with=a&query=too"

# text: code points, UTF-16, UTF-8, graphemes, X, Threads
VECTORS = [
    ("", 0, 0, 0, 0, 0, 0),
    ("plain text", 10, 10, 10, 10, 10, 10),
    (FAMILY, 7, 11, 25, 1, 2, 25),
    ("👍🏽", 2, 4, 8, 1, 2, 8),
    ("🇺🇳", 2, 4, 8, 1, 2, 8),
    ("🇺🇳🇯🇵", 4, 8, 16, 2, 4, 16),
    ("1️⃣", 3, 3, 7, 1, 2, 7),
    (ENGLAND, 7, 14, 28, 1, 2, 28),
    ("❤️", 2, 2, 6, 1, 2, 6),
    ("e\u0301", 2, 2, 3, 1, 1, 2),
    ("क्षि", 4, 4, 12, 1, 4, 4),
    ("日本語", 3, 3, 9, 3, 6, 3),
    ("שלום", 4, 4, 8, 4, 4, 4),
    ("\r\n", 2, 2, 2, 1, 2, 2),
    ("©", 1, 1, 2, 1, 1, 1),
    ("…", 1, 1, 3, 1, 2, 1),
    ("“quoted”", 8, 8, 12, 8, 8, 8),
]


@pytest.mark.parametrize("vector", VECTORS, ids=[repr(vector[0]) for vector in VECTORS])
def test_units(vector: tuple[str, int, int, int, int, int, int]) -> None:
    text, *expected = vector
    units = ("characters", "utf16", "bytes", "graphemes", "weighted", "emoji-bytes")
    assert [measure(text, unit) for unit in units] == expected


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("see https://example.com", 4 + 23),
        ("https://t.co/x https://example.com/" + "a" * 300, 23 + 1 + 23),
        ("bare example.com counts", 23 + len("bare  counts")),
        ("foo.co.jp", 23),
        ("日本語example.com日本語", 6 + 23 + 6),
        ("https://example.com日本語", 23 + 6),
        ("https://пример.рф/путь", 23),
        ("(https://en.wikipedia.org/wiki/A_(b)).", 23 + 3),
        ("https://example.com/?a=b, and", 23 + len(", and")),
        ("https://example.com/page.", 23 + 1),
        ("someone@example.com", 19),
        ("some.one@example.com", 20),
        ("#example.com @example.com", 25),
        ("version v1.2.3, e.g. this", 25),
        ("http://localhost:8000/x", 23),  # no link for X: the length happens to be the same
        ("a" * 64 + ".com", 68),  # a label is at most 63 long
        ("example.com.notadomainatall", 23 + len(".notadomainatall")),
    ],
)
def test_links_on_x(text: str, weight: int) -> None:
    assert measure(text, "weighted") == weight


@pytest.mark.parametrize(
    ("text", "length"),
    [
        (f"look: {FAR}", 6 + 23),
        ("bare example.com is no link here", len("bare example.com is no link here")),
        ("hello @someone@mastodon.social!", len("hello @someone!")),
        ("mail someone@mastodon.social", len("mail someone@mastodon.social")),
        (f"{FAMILY} @a@b.example", 1 + 1 + 2),
    ],
)
def test_mastodon(text: str, length: int) -> None:
    assert count(text, "mastodon").used == length


def test_bluesky_has_two_limits_and_a_doubt() -> None:
    assert count("a" * 301, "bluesky") == Length(301, 300, "characters", "Bluesky", 301)
    by_bytes = count(FAMILY * 130, "bluesky")
    assert (by_bytes.used, by_bytes.limit, by_bytes.unit, by_bytes.refused) == (130 * 25, 3000, "bytes", True)
    perhaps = count("a" * 240 + " https://example.com/" + "b" * 100, "bluesky")
    assert perhaps.over
    assert not perhaps.refused


def test_the_smaller_limit_counts_and_is_named() -> None:
    assert (count("", "facebook").limit, count("", "facebook").whose) == (5000, "Buffer")
    direct = count("", "facebook", through_buffer=False)
    assert (direct.limit, direct.whose) == (63206, "Facebook")
    assert count("", "mastodon", limit=11_000).limit == 11_000
    assert count("", "twitter", premium=True).limit == 25_000


def test_an_unpublished_unit_refuses_only_what_is_too_long_in_every_way() -> None:
    length = count("😀" * 1_500, "instagram")  # 3,000 UTF-16 units, 1,500 characters, 2,200 allowed
    assert length.over
    assert not length.refused
    assert count("a" * 2_201, "instagram").refused


def test_a_network_that_is_not_known_has_no_limit() -> None:
    length = count("a" * 100_000, "brandnew")
    assert (length.limit, length.left, length.over) == (None, None, False)


def test_short_links_are_shown_as_bluesky_shows_them() -> None:
    assert short_link("https://example.com/") == "example.com"
    assert short_link("https://example.com/a?b=c") == "example.com/a?b=c"
    assert short_link("https://example.com/0123456789abcdef") == "example.com/0123456789ab..."


@given(st.text())
def test_counting_any_text_is_consistent(text: str) -> None:
    assert 0 <= graphemes(text) <= len(text) <= measure(text, "utf16") <= measure(text, "bytes")
    assert len(text) <= measure(text, "emoji-bytes") <= measure(text, "bytes")
    for key in networks():
        length = count(text, key)
        assert length.least <= length.used
        assert length.used == 0 if not text else length.used > 0


@given(st.text(alphabet=st.sampled_from("ab é©ñжあガ\u0301\u0483\u200d\ufe0f\u0600क्षि👨👩🏽🇺🇳1#\u20e3\r\n日")))
def test_graphemes_by_stretches_are_those_of_the_whole(text: str) -> None:
    import regex

    assert graphemes(text) == len(regex.findall(r"\X", text))


@given(st.text())
def test_graphemes_of_any_text(text: str) -> None:
    import regex

    assert graphemes(text) == len(regex.findall(r"\X", text))


@given(st.text(alphabet=st.sampled_from("ahtps:/.com@#-_ (日é?=&")))
def test_links_are_apart_in_order_and_inside(text: str) -> None:
    for bare in (False, True):
        end = 0
        for start, stop in links(text, bare=bare):
            assert end <= start < stop <= len(text)
            end = stop
    assert all(0 <= start < stop <= len(text) for start, stop in addresses(text))


@given(st.lists(st.sampled_from([*"ah日.:/ \n\t\u2028@-_", "http://", "x.com", ".de", "t.co/a"])).map("".join))
def test_links_word_by_word_are_those_of_the_whole(text: str) -> None:
    for bare in (False, True):
        assert links(text, bare=bare) == links_of_word.__wrapped__(text, bare=bare)


@given(st.text(alphabet=st.sampled_from("a1#©👨🏽🇺🇳🏴☕\u200d\ufe0e\ufe0f\u20e3\U000e0067\U000e007f")))
def test_emoji_piece_by_piece_are_those_of_the_whole(text: str) -> None:
    assert emoji(text) == by_the_rules(text)


@pytest.mark.parametrize(
    "fragment", ["a.", "x.com日", "日x.com", "x.com.1", "é.a_.", "http://x.com日", "x.com-", "x.com@", "_a.b", "日."]
)
def test_the_work_grows_with_the_text_and_not_with_its_square(fragment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = (work(fragment * times, monkeypatch) for times in (50, 400))
    assert many <= 9 * few


def work(text: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many steps the search for links takes: lines of it that run, and lengths that it asks for."""
    steps = 0

    def trace(frame: FrameType, _event: str, _argument: object) -> Any:
        nonlocal steps
        if frame.f_code.co_filename != links_module.__file__:
            return None
        steps += 1
        return trace

    def counted(sized: Sized) -> int:
        nonlocal steps
        steps += 1
        return len(sized)

    links_module.top_level_domains()
    monkeypatch.setattr(links_module, "len", counted, raising=False)
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        links_of_word.__wrapped__(text, bare=True)
    finally:
        sys.settrace(before)
    return steps


def test_a_host_of_labels_that_are_too_long_costs_little_and_is_none() -> None:
    for text in ("a_" * 50_000 + ".com", "a" * 64 + ".com", "http://" + "a" * 64 + ".com", "é" * 64 + ".com"):
        assert links(text, bare=True) == ()
    assert links("a" * 63 + ".com", bare=True) == ((0, 67),)


@given(st.text(alphabet=st.characters(max_codepoint=0x10FF, exclude_categories=("Cs", "Mn", "Cc"))))
def test_x_adds_nothing_to_letters_it_counts_once(text: str) -> None:
    import unicodedata

    text = unicodedata.normalize("NFC", text.replace(".", " "))
    assert measure(text, "weighted") == len(text)


def test_lone_surrogates_do_not_stop_the_counter() -> None:
    for key in networks():
        assert count("a\ud800b", key).used > 0
