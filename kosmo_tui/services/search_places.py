"""Where in a text the words of a search stand, as the index finds them: whatever their case, accents and width."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from kosmo_tui.store.words import MAX_LETTERS, MAX_WORDS, unspaced

Range = tuple[int, int]
_BEFORE = 16  # characters of an excerpt before the first hit
_SHORT = 40  # a hit that begins within so many characters needs no excerpt


class Excerpt(NamedTuple):
    """A part of a text in one line, and where the hits are in it."""

    text: str
    places: tuple[Range, ...]


def places(text: str, words: str, phrases: Sequence[str] = ()) -> tuple[Range, ...]:
    """Where the words and phrases are in `text`, in order, without overlaps."""
    pattern = _pattern(words, tuple(phrases))
    if pattern is None:
        return ()
    plain, origin = _folded(text)
    found: list[Range] = []
    for match in pattern.finditer(plain):
        start, end = origin[match.start()], origin[match.end() - 1] + 1
        while end < len(text) and unicodedata.category(text[end])[0] == "M":
            end += 1
        if found and start < found[-1][1]:
            start = found[-1][1]
        if start < end:
            found.append((start, end))
    return tuple(found)


def excerpt(text: str, words: str, phrases: Sequence[str] = ()) -> Excerpt:
    """`text` in one line from its beginning, or when the first hit is far in it, from shortly before that."""
    line = " ".join(text.split())
    found = places(line, words, phrases)
    if not found or found[0][0] < _SHORT:
        return Excerpt(line, found)
    space = line.find(" ", found[0][0] - _BEFORE, found[0][0])
    start = found[0][0] - _BEFORE if space < 0 else space + 1
    return Excerpt(f"…{line[start:]}", tuple((first - start + 1, last - start + 1) for first, last in found))


@lru_cache(16)
def _pattern(words: str, phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    """What finds any of the terms in folded text; the last of the words may be the beginning of one."""
    given = words.split()
    terms = []
    for place, term in enumerate([*given, *phrases][:MAX_WORDS]):
        tokens = re.findall(r"\w+|[^\w\s]+", _folded(term[:MAX_LETTERS])[0])
        spoken = [token for token in tokens if token[0].isalnum()] or tokens
        if not spoken:
            continue
        open_end = unspaced(term[-1:]) or (place == len(given) - 1 and len(term) > 1)
        front = "" if unspaced(term[:1]) or not spoken[0][0].isalnum() else r"(?<!\w)"
        back = "" if open_end or not spoken[-1][-1].isalnum() else r"(?!\w)"
        terms.append(front + r"\W*".join(map(re.escape, spoken)) + back)
    return re.compile("|".join(terms)) if terms else None


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """`text` without case, accents and widths, and for every character of it where it comes from."""
    if text.isascii():
        return text.lower(), range(len(text))
    folded, origin = [], []
    for place, char in enumerate(text):
        for plain in unicodedata.normalize("NFKD", char).casefold():
            if not unicodedata.combining(plain) and plain not in "\ufe0e\ufe0f":
                folded.append(plain)
                origin.append(place)
    return "".join(folded), origin
