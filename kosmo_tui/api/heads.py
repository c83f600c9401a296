"""What a media URL leads to, before a service is asked to fetch it: kind and size, by one HEAD without a token."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from kosmo_tui.api.errors import Unavailable
from kosmo_tui.api.http import Transport, ask_head
from kosmo_tui.api.safe_text import clean

TIMEOUT = 5.0  # seconds for all of it, redirects included
_NO_HEAD = (405, 501)  # the host answers GET only: nothing is wrong, and nothing is known


@dataclass(frozen=True)
class Head:
    """`type` is a MIME type in lower case ("" when not told), `size` is in bytes (None when not told).

    `problem` says in a few words why the file could not be seen, "" when it could, or when nothing speaks against it.
    """

    type: str = ""
    size: int | None = None
    problem: str = ""


async def head(url: str, transport: Transport | None = None) -> Head:
    """What the host of a media URL tells of the file.  Raises nothing: what goes wrong is the `problem`.

    One request, which is not repeated.  `transport` replaces the network.
    """
    host = _host(url)
    if host is None:
        return Head(problem="not a web address (http or https)")
    try:
        status, headers = await ask_head(url, host, TIMEOUT, transport)
    except Unavailable as error:
        return Head(problem=error.message)
    if status in _NO_HEAD:
        return Head()
    if status >= 300:
        return Head(problem=f"{host} answers HTTP {status}")
    kind = clean(headers.get("content-type", "").partition(";")[0].strip().lower())[:100]
    length = headers.get("content-length", "").strip()
    return Head(type=kind, size=int(length) if length.isascii() and length.isdecimal() and len(length) < 19 else None)


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return clean(parts.hostname) if parts.scheme in ("http", "https") and parts.hostname else None
