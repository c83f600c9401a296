"""How long a text is for each network, exactly as the network counts it.

Units, each with its source in networks.toml:

- `characters`   code points
- `utf16`        UTF-16 code units (an emoji is two or more)
- `bytes`        UTF-8 bytes
- `graphemes`    what a reader calls a character: extended grapheme clusters (UAX #29)
- `weighted`     X: after NFC, Latin and its neighbours 1, everything else 2, an emoji 2, a link 23
- `emoji-bytes`  Threads: code points, but an emoji counts as its UTF-8 bytes
- `mastodon`     graphemes, a link counts 23, `@user@host` counts as `@user`
- `short-links`  Bluesky: graphemes, with links as its app shortens them
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import cast

from kosmo_tui.compose.emoji import HEAVY, emoji
from kosmo_tui.compose.links import Span, addresses, links, short_link
from kosmo_tui.compose.networks import Network, network

# Letters of which none joins another (Latin, Cyrillic, kana, Han): between two of them there is always a boundary.
_PLAIN = "\x00-\x7f\xa1-\xac\xae-\u02ff\u0400-\u0482\u048a-\u052f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff"
_JOINING = re.compile(f"[^{_PLAIN}]+(?:[{_PLAIN}][^{_PLAIN}]+)*[{_PLAIN}]?")  # and the character before it
_FAR_MENTION = re.compile(r"(@(?<![/\w]@)[a-z0-9_]+(?:[a-z0-9_.-]+[a-z0-9_]+)?)@[a-z0-9.-]+[a-z0-9]", re.IGNORECASE)
_UNIT_NAMES = {"bytes": "bytes", "weighted": "weighted"}


@dataclass(frozen=True)
class Length:
    """`used` of `limit` in `unit`; `whose` limit it is.  `least` is what the text counts at the very least.

    `least` differs from `used` only where a network does not publish how it counts: then text that is over by `used`
    may still pass, and text that is over by `least` cannot.
    """

    used: int
    limit: int | None
    unit: str
    whose: str
    least: int

    @property
    def over(self) -> bool:
        """Longer than allowed, by the stricter way of counting."""
        return self.limit is not None and self.used > self.limit

    @property
    def refused(self) -> bool:
        """Longer than allowed, however it is counted."""
        return self.limit is not None and self.least > self.limit

    @property
    def left(self) -> int | None:
        """How much room there is; negative when over, None without a limit."""
        return None if self.limit is None else self.limit - self.used


def count(
    text: str, on: str | Network, *, limit: int | None = None, premium: bool = False, through_buffer: bool = True
) -> Length:
    """The length of `text` on a network, against the limit that bites first.

    `limit` is a live value of the account (a Mastodon instance's own), which replaces the table's; `premium` asks for
    the limit of a paying X account; `through_buffer` is false for a post that does not pass through Buffer.
    """
    rules = network(on) if isinstance(on, str) else on
    used = measure(text, rules.unit)
    least = min(used, measure(text, rules.surely)) if rules.surely else used
    allowed, whose = rules.limit, rules.name
    if limit is not None:
        allowed = limit
    elif premium and rules.premium is not None:
        allowed = rules.premium
    elif through_buffer and rules.buffer is not None and (allowed is None or rules.buffer < allowed):
        allowed, whose = rules.buffer, "Buffer"
    length = Length(used, allowed, _UNIT_NAMES.get(rules.unit, "characters"), whose, least)
    if rules.bytes is None:
        return length
    size = measure(text, "bytes")
    by_bytes = Length(size, rules.bytes, "bytes", rules.name, size)
    return by_bytes if allowed is None or size * allowed > used * rules.bytes else length


@lru_cache(maxsize=64)
def measure(text: str, unit: str) -> int:
    """How many `unit`s (see above) `text` has.  Several targets share units, so the last answers are kept."""
    return _UNITS[unit](text)


@lru_cache(maxsize=32)
def graphemes(text: str) -> int:
    """Extended grapheme clusters."""
    text = text.replace("\r\n", "\n")
    if text.isascii():
        return len(text)
    return len(text) - sum(_joined(text[max(0, it.start() - 1) : it.end()]) for it in _JOINING.finditer(text))


@lru_cache(maxsize=1024)
def _joined(stretch: str) -> int:
    """How many fewer clusters than code points a stretch has: the full rules are slow, and stretches recur."""
    return len(stretch) - len(clusters().findall(stretch))


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _weighted(text: str) -> int:
    text = unicodedata.normalize("NFC", text)
    text = _replace(text, links(text, bare=True), lambda _: "x" * 23)
    found = emoji(text)
    return 2 * found.number + len(text) - found.characters + sum(map(len, HEAVY.findall(text))) - found.heavy


def _emoji_bytes(text: str) -> int:
    found = emoji(text)
    return len(text) - found.characters + found.bytes


def _mastodon(text: str) -> int:
    text = _replace(text, links(text), lambda _: "x" * 23)
    return graphemes(_FAR_MENTION.sub(r"\1", text) if "@" in text else text)


def _short_links(text: str) -> int:
    return graphemes(_replace(text, addresses(text), short_link))


def _replace(text: str, spans: tuple[Span, ...], by: Callable[[str], str]) -> str:
    parts, end = [], 0
    for start, stop in spans:
        parts += [text[end:start], by(text[start:stop])]
        end = stop
    return "".join((*parts, text[end:])) if parts else text


_UNITS: dict[str, Callable[[str], int]] = {
    "characters": len,
    "utf16": _utf16,
    "bytes": _bytes,
    "graphemes": graphemes,
    "weighted": _weighted,
    "emoji-bytes": _emoji_bytes,
    "mastodon": _mastodon,
    "short-links": _short_links,
}


@cache
def clusters() -> re.Pattern[str]:
    """One extended grapheme cluster."""
    import regex  # type: ignore[import-untyped]  # loaded only for texts that need it

    return cast("re.Pattern[str]", regex.compile(r"\X"))
