"""Counting against what the networks and Unicode publish (tests/compose/data names the sources), and own tables.

`DIFFERENT` lists the published results that we do not follow, with the reason; a test fails when one is followed.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from kosmo_tui.compose.counting import count, graphemes, measure
from kosmo_tui.compose.links import links

DATA = Path(__file__).parent / "data"
TWITTER: dict[str, Any] = tomllib.loads((DATA / "twitter-text.toml").read_text("utf-8"))
DIFFERENT = {
    # The library itself lets no domain end before a hyphen since 2018; the test was not changed with it.
    "text http://domain.com-that-you-should-have-put-a-space-after": "a hyphen after the domain",
    # The regex package joins a consonant to a virama also when no consonant is before it; no language writes that.
    "a्त": "a virama without a consonant",
    "?्त": "a virama without a consonant",
}


def breaks() -> list[list[str]]:
    """The clusters of each line of GraphemeBreakTest."""
    lines = (DATA / "grapheme-breaks.txt").read_text("utf-8").splitlines()
    return [
        ["".join(chr(int(code, 16)) for code in part.replace("×", " ").split()) for part in line.split("÷")[1:-1]]
        for line in lines
        if not line.startswith("#")
    ]


def test_the_data_is_there() -> None:
    assert len(breaks()) > 650
    assert len(TWITTER["weighted"]) >= 24
    assert len(TWITTER["links"]) >= 80


@pytest.mark.parametrize("case", TWITTER["weighted"], ids=lambda case: case["text"][:40])
def test_the_weight_that_x_publishes(case: dict[str, Any]) -> None:
    assert measure(case["text"], "weighted") == case["length"]


@pytest.mark.parametrize("case", TWITTER["links"], ids=lambda case: case["text"][:40])
def test_the_links_that_x_publishes(case: dict[str, Any]) -> None:
    text = case["text"]
    found = [text[start:end] for start, end in links(text, bare=True)]
    assert (found == case["found"]) != (text in DIFFERENT)


def test_the_clusters_that_unicode_publishes() -> None:
    followed = {"".join(clusters): graphemes("".join(clusters)) == len(clusters) for clusters in breaks()}
    assert {text for text, same in followed.items() if not same} == {text for text in DIFFERENT if text in followed}


# The numbers of Mastodon's own tests: spec/validators/status_length_validator_spec.rb, commit 034e5a66b604, AGPL-3.0.
# 500 is the limit, a link counts 23, of a remote name only the front part counts.
@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("a" * 520, 520),
        ("a" * 476 + " http://" + "b" * 30 + ".com/example", 500),
        ("a" * 475 + " @alice@" + "b" * 30 + ".com", 482),
    ],
)
def test_what_mastodon_tests(text: str, used: int) -> None:
    length = count(text, "mastodon")
    assert (length.used, length.over) == (used, used > 500)


FAMILY = "👨‍👩‍👧‍👦"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
UNITS = ("characters", "utf16", "bytes", "graphemes", "weighted", "emoji-bytes", "mastodon", "short-links")
# Bluesky's tests of rich text (packages/api/tests/rich-text.test.ts, commit 31a88886cacd, MIT or Apache-2.0) give the
# same family as 11 UTF-16 units and 25 bytes.  What is newer than X's emoji table weighs as one here, too: X's own app
# has newer tables than its library.
OWN = {
    "family": (FAMILY, (7, 11, 25, 1, 2, 25, 1, 1)),
    "family of one skin": ("👩🏽‍👩🏽‍👧🏽", (8, 14, 30, 1, 2, 30, 1, 1)),
    "skin tone": ("👍🏽", (2, 4, 8, 1, 2, 8, 1, 1)),
    "skin tone alone": ("🏽", (1, 2, 4, 1, 2, 4, 1, 1)),
    "handshake of two tones": ("🫱🏻‍🫲🏿", (5, 9, 19, 1, 2, 19, 1, 1)),
    "flag": ("🇺🇳", (2, 4, 8, 1, 2, 8, 1, 1)),
    "flags side by side": ("🇯🇵🇧🇷🇺🇳", (6, 12, 24, 3, 6, 24, 3, 3)),
    "flag of a region": (ENGLAND, (7, 14, 28, 1, 2, 28, 1, 1)),
    "rainbow flag": ("🏳️‍🌈", (4, 6, 14, 1, 2, 14, 1, 1)),
    "keycap": ("1️⃣", (3, 3, 7, 1, 2, 7, 1, 1)),
    "keycap without U+FE0F": ("#⃣", (2, 2, 4, 1, 2, 4, 1, 1)),
    "heart as emoji": ("❤️", (2, 2, 6, 1, 2, 6, 1, 1)),
    "copyright as text": ("©", (1, 1, 2, 1, 1, 1, 1, 1)),
    "emoji of 2024": ("🫩", (1, 2, 4, 1, 2, 4, 1, 1)),
    "head shaking (2023)": ("🙂‍↔️", (4, 5, 13, 1, 2, 13, 1, 1)),
    "composed": ("é", (1, 1, 2, 1, 1, 1, 1, 1)),
    "decomposed": ("e\u0301", (2, 2, 3, 1, 1, 2, 1, 1)),
    "two marks": ("ệ\u0323\u0302", (3, 3, 7, 1, 4, 3, 1, 1)),
    "zalgo": ("o" + "\u0336\u0335\u0334" * 3, (10, 10, 19, 1, 10, 10, 1, 1)),
    "mark without a letter": ("\u0301", (1, 1, 2, 1, 1, 1, 1, 1)),
    "Devanagari conjunct": ("क्षि", (4, 4, 12, 1, 4, 4, 1, 1)),
    "Devanagari word": ("नमस्ते", (6, 6, 18, 3, 6, 6, 3, 3)),
    "Tamil": ("நிலா", (4, 4, 12, 2, 4, 4, 2, 2)),
    "Bengali conjunct": ("ক্ষ", (3, 3, 9, 1, 3, 3, 1, 1)),
    "Thai": ("กำลัง", (5, 5, 15, 3, 5, 5, 3, 3)),
    "Han": ("日本語", (3, 3, 9, 3, 6, 3, 3, 3)),
    "Han beyond 16 bits": ("𠮷野家", (3, 4, 10, 3, 6, 3, 3, 3)),
    "kana with a mark": ("か\u3099", (2, 2, 6, 1, 2, 2, 1, 1)),
    "Hangul syllables": ("한국", (2, 2, 6, 2, 4, 2, 2, 2)),
    "Hangul letters": ("\u1112\u1161\u11ab", (3, 3, 9, 1, 2, 3, 1, 1)),
    "full width": ("ＡＢ", (2, 2, 6, 2, 4, 2, 2, 2)),
    "Hebrew": ("שלום", (4, 4, 8, 4, 4, 4, 4, 4)),
    "Hebrew with points": ("שָׁלוֹם", (7, 7, 14, 4, 7, 7, 4, 4)),
    "Arabic": ("مرحبا", (5, 5, 10, 5, 5, 5, 5, 5)),
    "marks of direction": ("\u200fab\u200e", (4, 4, 8, 4, 6, 4, 4, 4)),
    "line ends": ("a\r\nb", (4, 4, 4, 3, 4, 4, 3, 3)),
    "quotes and dashes": ("“a” – b…", (8, 8, 16, 8, 9, 8, 8, 8)),
}


@pytest.mark.parametrize("name", OWN)
def test_own_table(name: str) -> None:
    text, expected = OWN[name]
    assert dict(zip(UNITS, (measure(text, unit) for unit in UNITS), strict=True)) == dict(
        zip(UNITS, expected, strict=True)
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("é" * 64 + ".com", []),  # longer than a label can be
        ("http://" + "日" * 60 + ".com", []),  # in its ASCII form, that is
        ("see http://" + "日" * 20 + ".com now", ["http://" + "日" * 20 + ".com"]),
        ("http://t.co/abc-d?x=y", ["http://t.co/abc"]),
        ("日本語twitter.みんな", ["twitter.みんな"]),
        ("twitter.みんなa", []),
        ("http://a.com/日example.com", ["http://a.com/", "example.com"]),
        ("foo_bar.com x_y.z.com", ["y.z.com"]),
        ("🙂example.com", ["example.com"]),
    ],
)
def test_names_of_other_scripts(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in links(text, bare=True)] == found
