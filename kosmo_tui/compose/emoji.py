"""The emoji of a text, as a reader sees them (UTS #51): flags, keycaps, skin tones, tag flags, families joined by ZWJ.

The full rules are slow, and the composer counts after every key.  So a text is cut where no emoji can go on, and what
the rules make of a piece is remembered: few different emoji stand in one text.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache
from typing import NamedTuple, cast

HEAVY = re.compile("[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]+")  # twitter-text v3: these weigh 2
_LETTER = "[\U0001f1e6-\U0001f1ff]"  # two of them are a flag
_START = "[©®\u203c-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001ffff]"
_MORE = "[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
_PIECE = re.compile(rf"{_LETTER}{{2}}|{_START}{_MORE}(?:\u200d{_START}{_MORE})*|[0-9#*]\ufe0f?\u20e3")
_PERHAPS = re.compile(_START)
_ENTANGLED = re.compile(f"\u200d{_LETTER}")  # whether the letter is half of a flag depends on what is joined to it


class Emoji(NamedTuple):
    """All emoji of a text together: how many there are, their code points, UTF-8 bytes, and heavy code points of X."""

    number: int
    characters: int
    bytes: int
    heavy: int


@lru_cache(maxsize=8)
def emoji(text: str) -> Emoji:
    """What the emoji of `text` come to."""
    if not _PERHAPS.search(text):
        return Emoji(0, 0, 0, 0)
    if _ENTANGLED.search(text):
        return by_the_rules(text)
    number = characters = size = heavy = 0
    for piece, times in Counter(_PIECE.findall(text)).items():
        one = _of_piece(piece)
        number += times * one.number
        characters += times * one.characters
        size += times * one.bytes
        heavy += times * one.heavy
    return Emoji(number, characters, size, heavy)


@lru_cache(maxsize=1024)
def _of_piece(piece: str) -> Emoji:
    return by_the_rules(piece)


def by_the_rules(text: str) -> Emoji:
    """The same, slowly."""
    found = _rules().findall(text)
    joint = "".join(found)
    return Emoji(len(found), len(joint), len(joint.encode()), sum(map(len, HEAVY.findall(joint))))


@cache
def _rules() -> re.Pattern[str]:
    import regex  # type: ignore[import-untyped]  # knows the properties of Unicode; loaded only for texts that need it

    # © and ® are text unless U+FE0F asks for the emoji; U+FE0E turns any of them into text.
    base = r"(?:\p{Emoji_Presentation}|[\p{Extended_Pictographic}--[©®]]|[©®](?=\ufe0f))(?!\ufe0e)"
    one = rf"{base}(?:\ufe0f\u20e3?|\p{{Emoji_Modifier}})?(?:[\U000e0020-\U000e007e]+\U000e007f)?"
    all_of_them = rf"\p{{Regional_Indicator}}{{2}}|[0-9#*]\ufe0f?\u20e3|{one}(?:\u200d{one})*"
    return cast("re.Pattern[str]", regex.compile(all_of_them, regex.VERSION1))
