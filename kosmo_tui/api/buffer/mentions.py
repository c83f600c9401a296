"""Mentions: words of a post that stand for a page or a person, by their place in the text.

Buffer tells them of every network and takes them of two.  Facebook's can be given back as they were told; LinkedIn's
need ids that Buffer does not tell, so an edit that has to send a post's metadata again cannot keep them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kosmo_tui.api.buffer.models import Mention


def moved(annotations: Iterable[Mapping[str, Any]], old: str, new: str) -> list[dict[str, Any]]:
    """Facebook's `annotations` for a text that has become `new`: where their words are now, without those it broke."""
    found = []
    for one in annotations:
        start, end = one["indices"]
        if (by := shift(Mention(text=one["text"], start=start, end=end), old, new)) is not None:
            found.append({**one, "indices": [start + by, end + by]})
    return found


def shift(mention: Mention, old: str, new: str) -> int | None:
    """How far its words have moved from the text `old` to `new`; None when that cannot be told."""
    before = _common(old, new)
    if mention.end <= before:
        return 0
    if old[mention.start : mention.end] != mention.text:
        return None  # the places are counted in another way, or the text is not the one they are of
    rest = min(len(old), len(new)) - before
    after = min(rest, _common(old[::-1], new[::-1]))
    return len(new) - len(old) if mention.start >= len(old) - after else None


def _common(one: str, other: str) -> int:
    """With how many characters both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (a, b) in pairs if a != b), min(len(one), len(other)))
