"""What was typed into the search: words, "phrases" and filters such as `account:agency due:<fri`.

Pure: what accounts and profiles there are, and what time it is, is told.  Whatever is typed can be read; a filter that
means nothing is left out and told, and the rest is searched for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from kosmo_tui.compose.draft import Target
from kosmo_tui.compose.networks import network
from kosmo_tui.services.search_time import BadSpan, span
from kosmo_tui.store.search import EVERYTHING, Filters

KINDS = {"post": "post", "draft": "draft", "media": "media", "comment": "comment"}
STATUSES: dict[str, tuple[tuple[str, str], ...]] = {
    "scheduled": (("post", "scheduled"),),
    "sending": (("post", "sending"),),
    "sent": (("post", "sent"), ("media", "")),
    "published": (("post", "sent"), ("media", "")),
    "failed": (("post", "error"),),
    "error": (("post", "error"),),
    "draft": (("post", "draft"), ("draft", "draft")),
    "approval": (("post", "needs_approval"),),
    "hidden": (("comment", "hidden"),),
}
NAMES = ("account", "profile", "status", "due", "kind")
_SHOWN = 6  # names in a message
# A part reaches to the next space outside quotes; a quote that is not closed reaches to the end.
_PART = re.compile(r'(?:[^\s"]|"[^"]*(?:"|$))+')
_FILTER = re.compile(r"([A-Za-z]+):(?!//)(.*)", re.DOTALL)


@dataclass(frozen=True)
class Part:
    """A piece of what was typed, at [start, end): a word, a phrase (its text), or a filter (with its name)."""

    text: str
    start: int
    end: int
    name: str = ""
    quoted: bool = False


@dataclass(frozen=True)
class Problem:
    """A filter that is left out, and why.  `open` while its value is still to be typed."""

    message: str
    start: int
    end: int
    open: bool = False


@dataclass(frozen=True)
class Known:
    """What a query can name: the accounts ("buffer.agency"), and the profiles; and when and where it is asked."""

    accounts: tuple[str, ...]
    targets: tuple[Target, ...]
    now: datetime
    zone: tzinfo


@dataclass(frozen=True)
class Query:
    """What is searched for.  `words` are as the store takes them; `problems` are in the order of their places."""

    words: str = ""
    filters: Filters = EVERYTHING
    problems: tuple[Problem, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing in particular."""
        return not self.words and self.filters == EVERYTHING


class _BadValue(ValueError):
    """A value that its filter does not take."""


def parse(text: str, known: Known) -> Query:
    """What `text` asks for."""
    filters, problems = EVERYTHING, []
    found = list(parts(text))
    for part in found:
        if not part.name:
            continue
        try:
            filters = _READERS.get(part.name.lower(), _unknown)(filters, part, known)
        except (_BadValue, BadSpan) as error:
            unfinished = part.end == len(text) and not part.text.strip("<>=. ")
            problems.append(Problem(f"{part.name}: {error}", part.start, part.end, unfinished))
    phrases = tuple(part.text for part in found if part.quoted and not part.name and part.text.strip())
    words = " ".join(part.text for part in found if not part.quoted and not part.name)
    return Query(words, replace(filters, phrases=phrases), tuple(problems))


def parts(text: str) -> Iterator[Part]:
    """The pieces of `text` between spaces, in order.  An address (`https://…`) is a word, and no filter."""
    for found in _PART.finditer(text):
        piece, start, end = found[0], found.start(), found.end()
        quoted = '"' in piece
        if match := _FILTER.fullmatch(piece):
            yield Part(match[2].replace('"', ""), start, end, match[1], quoted)
        else:
            yield Part(piece.replace('"', " ").strip() if quoted else piece, start, end, quoted=quoted)


# The filters.  The same filter twice, or two values with a comma between them, is one of both.


def _account(filters: Filters, part: Part, known: Known) -> Filters:
    names = {account: (account.partition(".")[2], account) for account in known.accounts}
    found = _chosen(part, names, "account", [account.partition(".")[2] for account in known.accounts])
    return replace(filters, accounts=filters.accounts | found)


def _profile(filters: Filters, part: Part, known: Known) -> Filters:
    names = {target.key: tuple(_names(target)) for target in known.targets}
    networks = dict.fromkeys(network(target.network).name.lower() for target in known.targets)
    found = _chosen(part, names, "profile", [*networks, *(target.label for target in known.targets)])
    return replace(filters, targets=filters.targets | found)


def _names(target: Target) -> Iterator[str]:
    """What a profile can be called: its network, its name with and without the @, its id."""
    yield from (target.network, network(target.network).name, target.label, target.label.lstrip("@"))
    yield target.profile_id or target.key


def _status(filters: Filters, part: Part, _: Known) -> Filters:
    chosen = _chosen(part, {name: (name,) for name in STATUSES}, "status", STATUSES)
    statuses = {status for name in chosen for status in STATUSES[name]}
    return replace(filters, statuses=filters.statuses | statuses)


def _kind(filters: Filters, part: Part, _: Known) -> Filters:
    return replace(filters, kinds=filters.kinds | _chosen(part, {name: (name,) for name in KINDS}, "kind", KINDS))


def _due(filters: Filters, part: Part, known: Known) -> Filters:
    since, until = span(part.text, known.zone, known.now)
    starts = [one for one in (filters.since, since) if one is not None]
    ends = [one for one in (filters.until, until) if one is not None]
    return replace(filters, since=max(starts, default=None), until=min(ends, default=None))


def _unknown(_: Filters, part: Part, __: Known) -> Filters:
    raise _BadValue(f'no filter is called that: {_listed(NAMES)}; "{part.name}:{part.text}" in quotes is searched for')


_READERS: dict[str, Callable[[Filters, Part, Known], Filters]] = dict(
    zip(NAMES, (_account, _profile, _status, _due, _kind), strict=True)
)


def _chosen(part: Part, names: Mapping[str, tuple[str, ...]], what: str, shown: Iterable[str]) -> frozenset[str]:
    """The keys of `names` that the values of a filter are names of, else the beginnings of names."""
    found: set[str] = set()
    values = [value.strip() for value in part.text.split(",") if value.strip()]
    for value in values:
        sought = value.casefold()
        exact = {key for key, called in names.items() if any(name.casefold() == sought for name in called)}
        near = {key for key, called in names.items() if any(name.casefold().startswith(sought) for name in called)}
        if not (exact or near):
            raise _BadValue(f"no {what} is called “{value}”: {_listed(shown)}")
        found |= exact or near
    if not found:
        raise _BadValue(_listed(shown))
    return frozenset(found)


def _listed(names: Iterable[str]) -> str:
    shown = list(dict.fromkeys(names))
    rest = len(shown) - _SHOWN
    return ", ".join(shown[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "") if shown else "none is known yet"
