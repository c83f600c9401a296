"""Stretches of time of which everything is known, and the gaps between them.

Spans are kept newest first, apart from one another; each is (start, end), both included.  Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

Span = tuple[datetime, datetime]
_Aware = Annotated[datetime, msgspec.Meta(tz=True)]
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)  # older than both services


def joined(spans: Iterable[Span], new: Span) -> tuple[Span, ...]:
    """The spans with a new one; those that overlap or touch become one."""
    apart: list[Span] = []
    for start, end in sorted((*spans, new)):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], end))
        else:
            apart.append((start, end))
    return tuple(reversed(apart))


def before(spans: Iterable[Span], moment: datetime) -> tuple[Span, ...]:
    """What the spans hold before a time."""
    return tuple((start, min(end, moment)) for start, end in spans if start < moment)


def gaps(spans: Iterable[Span], since: datetime, until: datetime) -> Iterator[Span]:
    """What is not known between two times, newest first."""
    for start, end in spans:
        if end < since:
            break
        if end < until:
            yield end, until
        until = min(until, start)
    if since < until:
        yield since, until


def length(spans: Iterable[Span]) -> timedelta:
    """How much time they are together."""
    return sum((end - start for start, end in spans), timedelta())


def encode(spans: Iterable[Span]) -> str:
    """The spans as JSON."""
    return msgspec.json.encode(tuple(spans)).decode()


def decode(content: str) -> tuple[Span, ...]:
    """The spans in `content`; none when it cannot be read as such: then all is read anew."""
    try:
        found = msgspec.json.decode(content, type=tuple[tuple[_Aware, _Aware], ...])
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return ()
    return tuple(sorted(found, reverse=True))
