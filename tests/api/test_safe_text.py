"""Text from outside cannot drive a terminal, and goes back as it came."""

from __future__ import annotations

import copy
import pickle
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api.safe_text import MAX_MARKS, SafeText, clean

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
ANY = st.text(st.characters(min_codepoint=0, max_codepoint=0x10FFFF, categories=None, exclude_categories=()))
NASTY = st.text(st.sampled_from("a\x1b\x9b\x07]52;c\r\n\t\u202e\u2066\u200d\ufe0f\u0301\u0489\ud83d☕👩é"), max_size=60)


@given(ANY | NASTY)
def test_nothing_that_drives_a_terminal_gets_through(text: str) -> None:
    shown = clean(text)
    assert not CONTROL.search(shown)
    shown.encode()  # can be written
    run = 0
    for char in shown:
        run = run + 1 if char > "\u02ff" and unicodedata.category(char) in {"Mn", "Me", "Cf"} else 0
        assert run <= MAX_MARKS


@given(ANY | NASTY)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Mn", "Me", "Zl", "Zp"))))
def test_plain_words_of_any_script_stay(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "two\nlines\tand a tab",
        "👩‍🚀 👩🏽‍🤝‍👨🏻 🏳️‍🌈",
        "é e\u0301",
        "שלום",
        "مرحبا",
        "नमस्ते",
        "ไทย",
        "漢字",
        "zero\u200dwidth",
    ],
)
def test_honest_text_stays(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]52;c;QUJD\x07", "\ufffd]52;c;QUJD\ufffd"),
        ("\x9b2J", "\ufffd2J"),
        ("a\x7fb\x00", "a\ufffdb\ufffd"),
        ("one\r\ntwo", "one\ntwo"),
        ("one\rtwo", "one\ufffdtwo"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("\u2066isolated\u2069\ufeff", "isolated"),
        ("line\u2028paragraph\u2029", "line\nparagraph\n"),
        ("half \ud83d", "half \ufffd"),
        ("Z" + "\u0301" * 500, "Z" + "\u0301" * MAX_MARKS),
        ("", ""),
    ],
)
def test_what_becomes_of_the_rest(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(ANY | NASTY)
def test_the_raw_text_is_kept(text: str) -> None:
    safe = SafeText(text)
    assert safe.raw == text and safe == clean(text) and isinstance(safe, str)
    for twin in (pickle.loads(pickle.dumps(safe)), copy.copy(safe), copy.deepcopy(safe)) if text.isprintable() else ():
        assert (twin, twin.raw) == (safe, text)
