"""Where the part of a text begins that is too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.compose.counting import graphemes, measure
from kosmo_tui.compose.fitting import fitting
from kosmo_tui.compose.networks import UNITS

FAMILY = "👨‍👩‍👧‍👦"
PIECES = [
    *("a", "Wort ", "é", "e\u0301", "日本", "क्षि", "שלום", ".", "\n", "\r\n"),
    *("👍🏽", FAMILY, "🇺🇳", "1️⃣", "https://example.com/a?b=c", " example.org ", "@kosmo@example.social "),
]
texts = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@pytest.mark.parametrize(
    ("text", "unit", "limit", "start"),
    [
        ("abc", "characters", 3, 3),
        ("abcd", "characters", 3, 3),
        ("abcd", "characters", 0, 0),
        ("ab" + FAMILY, "characters", 3, 2),
        ("aé😀b", "utf16", 3, 2),
        ("aé😀b", "utf16", 4, 3),
        ("aé😀b", "bytes", 6, 2),
        ("a" + FAMILY * 3, "graphemes", 2, 1 + 7),
        ("a" + FAMILY * 3, "weighted", 4, 1 + 7),
        ("a" + FAMILY * 3, "emoji-bytes", 51, 1 + 14),
        ("日本語", "weighted", 4, 2),
        ("🇺🇳" * 200, "graphemes", 150, 300),
        ("ab https://example.com/long/path cd", "weighted", 20, 3),
        ("ab https://example.com/long/path cd", "weighted", 26, 32),
        ("ab https://example.com/long/path cd", "mastodon", 27, 33),
        ("hi @kosmo@example.social!", "mastodon", 9, 24),
    ],
)
def test_from_the_first_that_is_over(text: str, unit: str, limit: int, start: int) -> None:
    assert fitting(text, unit, limit) == start


@given(texts, st.sampled_from(UNITS), st.integers(0, 120))
def test_it_lies_in_the_text_and_splits_nothing(text: str, unit: str, limit: int) -> None:
    start = fitting(text, unit, limit)
    assert 0 <= start <= len(text)
    assert (start == len(text)) == (measure(text, unit) <= limit)
    assert graphemes(text[:start]) + graphemes(text[start:]) == graphemes(text)


@given(texts, st.sampled_from(["characters", "utf16", "bytes", "graphemes"]), st.integers(0, 120))
def test_where_characters_simply_add_up_it_is_the_longest_that_fits(text: str, unit: str, limit: int) -> None:
    start = fitting(text, unit, limit)
    assert measure(text[:start], unit) <= limit
    if start < len(text):
        here = graphemes(text[:start])
        whole = max(end for end in range(start + 1, len(text) + 1) if graphemes(text[:end]) == here + 1)
        assert measure(text[:whole], unit) > limit
