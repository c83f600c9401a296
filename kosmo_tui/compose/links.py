"""Links in a text, found as the networks find them, because a link counts by its own rules.

The rules are those of X's published text library (version 3), which Mastodon took over: a link starts with http:// or
https://, or (on X) is a bare host name that ends in a real top-level domain.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from urllib.parse import urlsplit

Span = tuple[int, int]

_ACCENTS = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_PATH = rf"A-Za-z0-9\u0400-\u04ff{_ACCENTS}!*';:=+,.$/%#\[\]\-_~&|@"
_PATH_END = rf"A-Za-z0-9\u0400-\u04ff{_ACCENTS}=_#/+\-"
_BEFORE = r"(?<![A-Za-z0-9@＠$#＃])"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"  # of a host name; its bound also bounds the work
_HOST = rf"(?P<host>{_LABEL}(?:\.{_LABEL})+)"
_FULL = re.compile(rf"{_BEFORE}(?P<scheme>https?://){_HOST}", re.IGNORECASE)
_ANY = re.compile(rf"{_BEFORE}(?P<scheme>https?://)?{_HOST}", re.IGNORECASE)
_DOT = re.compile(r"(?<=[^\W_])\.(?=[^\W_])")  # every host has one
_REST = re.compile(
    r"(?::[0-9]+)?"
    rf"(?:/(?:(?:[{_PATH}]|\([{_PATH}]*(?:\([{_PATH}]*\)[{_PATH}]*)?\))*(?<=[{_PATH_END})]))?)?"
    r"(?:\?[A-Za-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*(?<=[A-Za-z0-9\-_&=#/]))?"
)
_ADDRESS = re.compile(r"(?<!\w)https?://[^\s.,;:!?)][^\s]*", re.IGNORECASE)
_ASCII_RUN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_LEADING_ASCII = re.compile(r"[A-Za-z0-9-]*")


@lru_cache(maxsize=32)
def links(text: str, *, bare: bool = False) -> tuple[Span, ...]:
    """Where the links of `text` are, in order.  With `bare`, host names without http:// count as links too."""
    if "." not in text or not (bare or "://" in text):
        return ()
    found: list[Span] = []
    candidates = _ANY if bare else _FULL
    position = 0
    while dot := _DOT.search(text, position):
        position = max(position, text.rfind(" ", 0, dot.start()) + 1)  # no link begins before the word with the dot
        match = candidates.search(text, position)
        if match is None:
            break
        position = match.end()
        scheme, host, offset = match["scheme"], match["host"], match.start("host")
        if not scheme and text[match.start() - 1 : match.start()] in {"-", "_", ".", "/"}:
            continue
        # Of bare names X takes the ASCII runs: "example.com" of "日本語example.com日本語".
        runs = [(0, len(host))] if scheme or host.isascii() else [run.span() for run in _ASCII_RUN.finditer(host)]
        for first, last in runs:
            length = _known_host(host[first:last], text[match.end() : match.end() + 1] if last == len(host) else "")
            if length is None:
                continue
            end = offset + first + length
            rest = _REST.match(text, end)
            position = end = rest.end() if rest else end
            found.append((match.start() if scheme else offset + first, end))
    return tuple(found)


@lru_cache(maxsize=32)
def addresses(text: str) -> tuple[Span, ...]:
    """Where `text` has http:// and https:// addresses, whether or not their domain exists; punctuation after is not."""
    if "://" not in text:
        return ()
    return tuple((found.start(), found.start() + len(_trimmed(found[0]))) for found in _ADDRESS.finditer(text))


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
        if number == final and after and after in "@+-":
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
