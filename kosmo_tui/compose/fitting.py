"""How much of a text fits: where the part begins that is too long."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial

from kosmo_tui.compose.counting import clusters, measure
from kosmo_tui.compose.links import Span, addresses, links

_LINKS: dict[str, Callable[[str], tuple[Span, ...]]] = {
    "weighted": partial(links, bare=True),
    "mastodon": links,
    "short-links": addresses,
}
_LONGEST = 64  # code points, of what a reader takes for one character
_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]")


@lru_cache(maxsize=32)
def fitting(text: str, unit: str, limit: int) -> int:
    """The start of the first character (as a reader sees it) or link with which `text` has more than `limit` units.

    The length of `text` when all of it fits.
    """
    if measure(text, unit) <= limit:
        return len(text)
    start, end = _around(text, _crossing(text, unit, limit), unit)
    while end < len(text) and measure(text[:end], unit) <= limit:  # half an emoji can count more than all of it
        start, end = _around(text, end, unit)
    return start


def _crossing(text: str, unit: str, limit: int) -> int:
    """An index up to which `text` fits, while with the next character it does not.

    Texts are long and limits short: the place is guessed from the counts at both ends, not halved down to.
    """
    if unit == "characters":
        return limit
    low, high, at_low, at_high = 0, len(text), 0, measure(text, unit)
    halve = False
    while high - low > 1:
        guess = (low + high) // 2 if halve else low + (high - low) * (limit - at_low) // (at_high - at_low)
        guess = min(max(guess, low + 1), high - 1)
        found = measure(text[:guess], unit)
        if found <= limit:
            halve = guess - low < (high - low) // 2
            low, at_low = guess, found
        else:
            halve = high - guess < (high - low) // 2
            high, at_high = guess, found
    return low


def _around(text: str, index: int, unit: str) -> Span:
    """The link or character in which `index` stands."""
    for start, end in _LINKS[unit](text) if unit in _LINKS else ():
        if start <= index < end:
            return start, end
    if text[index : index + 2].isascii() and text[index] not in "\r\n":
        return index, index + 1
    first = max(0, index - _LONGEST)
    while first and _REGIONAL.match(text, first):  # of flags only the first tells which two letters belong together
        first -= 1
    spans: Iterator[Span] = (cluster.span() for cluster in clusters().finditer(text, first))
    return next((span for span in spans if span[1] > index), (index, len(text)))
