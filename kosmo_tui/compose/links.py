"""Links in a text, found as the networks find them, because a link counts by its own rules.

The rules are those of X's published text library (version 3), which Mastodon took over: a link starts with http:// or
https://, or (on X) is a bare host name that ends in a real top-level domain.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache, partial
from urllib.parse import urlsplit

Span = tuple[int, int]

_ACCENTS = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_PATH = rf"A-Za-z0-9\u0400-\u04ff{_ACCENTS}!*';:=+,.$/%#\[\]\-\u2013_~&|@"
_PATH_END = rf"A-Za-z0-9\u0400-\u04ff{_ACCENTS}=_#/+\-"
_BEFORE = r"(?<![A-Za-z0-9@＠$#＃])"
# Of a host name: whatever is no ASCII punctuation, space, control or mark of direction.
_NAME = r"[^\s\x00-/:-@\[-`{-\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
_LABEL = rf"{_NAME}(?:(?:[_-]|{_NAME}){{0,61}}{_NAME})?"  # its bound also bounds the work
_HOST = rf"(?P<host>{_LABEL}(?:\.{_LABEL})+)"
_FULL = re.compile(rf"{_BEFORE}(?P<scheme>https?://){_HOST}", re.IGNORECASE)
_ANY = re.compile(rf"{_BEFORE}(?P<scheme>https?://)?{_HOST}", re.IGNORECASE)
_NO_START = re.compile(rf"[-_./]|{_NAME}")
_DOT = re.compile(rf"(?<={_NAME})\.(?={_NAME})")  # every host has one
_QUERY = r"\?[A-Za-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*(?<=[A-Za-z0-9\-_&=#/])"
_REST = re.compile(
    r"(?::[0-9]+)?"
    rf"(?:/(?:(?:[{_PATH}]|\([{_PATH}]*(?:\([{_PATH}]*\)[{_PATH}]*)?\))*(?<=[{_PATH_END})]))?)?"
    rf"(?:{_QUERY})?"
)
_TCO = re.compile(rf"https?://t\.co/(?P<slug>[A-Za-z0-9]+)(?:{_QUERY})?", re.IGNORECASE)  # X's own short links
_ADDRESS = re.compile(r"(?<!\w)https?://[^\s.,;:!?)][^\s]*", re.IGNORECASE)
_LATIN = rf"A-Za-z0-9{_ACCENTS}"
_LEADING_ASCII = re.compile(r"[A-Za-z0-9-]*")


@lru_cache(maxsize=32)
def links(text: str, *, bare: bool = False) -> tuple[Span, ...]:
    """Where the links of `text` are, in order.  With `bare`, host names without http:// count as links too."""
    if "." not in text or not (bare or "://" in text):
        return ()
    return _word_by_word(text, ".", partial(links_of_word, bare=bare))


@lru_cache(maxsize=512)
def links_of_word(text: str, *, bare: bool) -> tuple[Span, ...]:
    """The links of a text, or of one of its words, by the rules."""
    found: list[Span] = []
    end = -1  # of the last link
    candidates = _ANY if bare else _FULL
    position = 0
    while (start := _next_start(text, position, bare)) is not None:
        match = candidates.search(text, start)
        if match is None:
            break
        position = match.end()
        scheme, host, offset = match["scheme"], match["host"], match.start("host")
        # A bare name begins neither behind these nor within a label that is too long, but may right after a link.
        if not scheme and match.start() > end + 1 and _NO_START.match(text, match.start() - 1):
            continue
        if not (host.isascii() or _is_name(host)):
            continue
        # Of bare names X takes the Latin runs: "example.com" of "日本語example.com日本語".
        plain = host.isascii() and ("_" not in host or _known_host(host, "") is None)
        runs = [(0, len(host))] if scheme or plain else [run.span() for run in _bare_names().finditer(host)]
        for first, last in runs:
            length = _known_host(host[first:last], text[match.end() : match.end() + 1] if last == len(host) else "")
            if length is None:
                continue
            start, stop = match.start() if scheme else offset + first, offset + first + length
            short = _TCO.match(text, start) if scheme else None
            if short and len(short["slug"]) > 40:
                continue
            rest = short or _REST.match(text, stop)
            position = end = rest.end() if rest else stop
            found.append((start, end))
    return tuple(found)


def _next_start(text: str, position: int, bare: bool) -> int | None:
    """Where to look on: no link begins before the word with the next dot, or, with a scheme, before the next `://`."""
    if bare:
        dot = _DOT.search(text, position)
        return max(position, text.rfind(" ", 0, dot.start()) + 1) if dot else None
    colon = text.find("://", position)
    return max(position, colon - len("https")) if colon >= 0 else None


@lru_cache(maxsize=32)
def addresses(text: str) -> tuple[Span, ...]:
    """Where `text` has http:// and https:// addresses, whether or not their domain exists; punctuation after is not."""
    if "://" not in text:
        return ()
    return _word_by_word(text, "://", _addresses)


@lru_cache(maxsize=512)
def _addresses(text: str) -> tuple[Span, ...]:
    return tuple((found.start(), found.start() + len(_trimmed(found[0]))) for found in _ADDRESS.finditer(text))


def _word_by_word(text: str, sign: str, find: Callable[[str], tuple[Span, ...]]) -> tuple[Span, ...]:
    """What `find` finds in the words of `text` that have the `sign`.

    No link has a blank in it, nor does it matter to one what stands behind a blank: so what was found in a word is
    remembered, and of a text that is being written only the word under the cursor is new.
    """
    found: list[Span] = []
    start = 0
    for word in text.replace("\n", " ").split(" "):
        if sign in word:
            found += [(start + first, start + last) for first, last in find(word)]
        start += len(word) + 1
    return tuple(found)


@lru_cache(maxsize=512)
def short_link(url: str) -> str:
    """`url` as Bluesky's app shows it: without the scheme, the path cut after 13 characters."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    path = "" if parts.path == "/" else parts.path
    path += (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
    return parts.netloc + (path[:13] + "..." if len(path) > 15 else path)


def _trimmed(address: str) -> str:
    return address.rstrip(".,;:!?" if "(" in address else ".,;:!?)")


@lru_cache(maxsize=512)
def _known_host(host: str, after: str) -> int | None:
    """The length of the longest part at the start of `host` that ends in a top-level domain.

    `after` is the character that follows `host`: no domain ends before one of `@+-`.
    """
    labels = host.split(".")
    final = len(labels) - 1
    for number in range(final, 0, -1):
        if "_" in labels[number - 1] or (number == final and after and after in "@+-"):
            continue
        for domain in _endings(labels[number]):
            if (domain.lower() if domain.isascii() else _punycode(domain)) in top_level_domains():
                return sum(len(label) + 1 for label in labels[:number]) + len(domain)
    return None


def _endings(label: str) -> tuple[str, ...]:
    """What of `label` may be a top-level domain: all of it, or the ASCII that starts it ("com" of "com日本語")."""
    if label.isascii():
        return (label,)
    leading = _LEADING_ASCII.match(label)
    return (label, leading[0]) if leading and leading[0] else (label,)


@lru_cache(maxsize=512)
def _is_name(host: str) -> bool:
    """Whether every label of an international host name is one, and at most 63 characters long in its ASCII form."""
    return all(label.isascii() or _is_label(label) for label in host.split("."))


def _is_label(label: str) -> bool:
    # Punycode takes at most seven digits for a character; short labels need not be written in it, which is slow.
    return not label.lower().startswith("xn--") and (len(label) <= 8 or len(label.encode("punycode")) <= 59)


@cache
def _bare_names() -> re.Pattern[str]:
    """Latin host names, whose top-level domain may be of another script."""
    others = (name[4:].encode().decode("punycode") for name in top_level_domains() if name.startswith("xn--"))
    other = "|".join(map(re.escape, sorted(others, key=len, reverse=True)))
    return re.compile(rf"[{_LATIN}](?:[{_LATIN}.-]*[{_LATIN}])?(?:\.(?:{other})(?![0-9A-Za-z@+-]))?")


def _punycode(label: str) -> str:
    try:
        return label.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return ""


@cache
def top_level_domains() -> frozenset[str]:
    """The top-level domains of the root zone, in their ASCII form."""
    from importlib.resources import files

    lines = files(__package__).joinpath("tlds.txt").read_text("utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())
