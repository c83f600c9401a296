"""A search for words in everything that was seen, and in the drafts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, starmap
from typing import Any

from kosmo_tui.store.cache import NEVER, Item, item_of, number
from kosmo_tui.store.connection import Connection, micros, moment, text
from kosmo_tui.store.drafts import folded
from kosmo_tui.store.words import WordIndex, encodable, sought, tag

_ACCENTS = re.compile("[\u0300-\u036f]+")
_DRAFT = ("draft", "draft")
_COLUMNS = {"a": "account", "k": "kind", "p": "parent", "s": "status"}
_COUNT = "SELECT kind, count(*) AS count FROM items GROUP BY kind"
Group = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What is let through; what is not named lets everything through.

    `phrases` are words that stand together.  `statuses` are each of a kind: ("post", "error").  `targets` are
    "buffer.agency/PROFILE" (its posts, and the drafts for it) or "instagram.brand" (all of the account).
    `since` ≤ `at` < `until`; what has no time is not within any.
    """

    phrases: tuple[str, ...] = ()
    accounts: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    statuses: frozenset[tuple[str, str]] = frozenset()
    kinds: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = Filters()


@dataclass(frozen=True)
class Extent:
    """How many items there are of each kind, and when the newest list of each account was read."""

    counts: Mapping[str, int]
    read: Mapping[str, datetime]


class Search:
    """Finds posts, media, comments and drafts.  Every method raises StoreError when the store fails."""

    def __init__(self, connection: Connection, words: WordIndex) -> None:
        self._connection = connection
        self._words = words

    def find(self, words: str = "", filters: Filters = EVERYTHING, *, limit: int = 100) -> list[Item]:
        """What has every one of `words` and passes the filters, the newest first.  Any text can be given.

        Words match whatever their case and accents; the last one may be the beginning of a word, and in scripts
        without spaces any part matches.  Drafts have kind and status "draft", their words as text, the post as
        content, no parent and no time; they are placed by when they were changed.  Without FTS5 parts of words match,
        accents count, and it takes longer.
        """
        found = self._words.mended(lambda: self._items(words, filters, limit)) if filters.kinds != {"draft"} else []
        timed = filters.since is not None or filters.until is not None
        allowed = (not filters.kinds or "draft" in filters.kinds) and (
            not filters.statuses or _DRAFT in filters.statuses
        )
        if allowed and not timed:
            found += self._drafts(words, filters, limit)
        return sorted(found, key=lambda item: item.at or item.seen_at, reverse=True)[:limit]

    def extent(self) -> Extent:
        """How much there is to be found, and how old it is."""
        counts = {row["kind"]: row["count"] for row in self._connection.rows(_COUNT)}
        drafts = self._connection.value("SELECT count(*) FROM drafts WHERE deleted_at IS NULL")
        read = self._connection.rows("SELECT account, max(as_of) AS as_of FROM listed GROUP BY account")
        return Extent(counts | {"draft": drafts}, {text(row["account"]): moment(row["as_of"]) for row in read})

    def rebuild(self) -> None:
        """Make the index of words anew."""
        self._words.rebuild()

    def _items(self, words: str, filters: Filters, limit: int) -> list[Item]:
        query, signs = sought(words, filters.phrases)
        given = _wanted(filters)
        conditions: list[tuple[str, Sequence[object]]] = []
        indexed = bool(query or given) and self._words.prepare()
        if indexed:
            asked = [f"words : ({query})"] if query else []
            asked += [f"tags : ({' OR '.join(' AND '.join(starmap(tag, one)) for one in group)})" for group in given]
            conditions.append(("item_words MATCH ?", [" AND ".join(asked)]))
        else:
            signs = tuple(encodable(part) for part in (*words.split(), *filters.phrases)) if query else signs
            conditions += map(_condition, given)
        place = "item_words.rowid" if indexed else "number"
        since, until = filters.since, filters.until
        if since is not None:
            conditions += [(f"{place} >= ?", [number(since)]), ("at >= ?", [micros(since)])]
        if until is not None:
            conditions += [(f"{place} <= ?", [number(until)]), ("at < ?", [micros(until)])]
        if since is not None or until is not None:
            conditions.append(("at < ?", [NEVER]))
        conditions += [("text LIKE ? ESCAPE '\\'", [_pattern(sign)]) for sign in signs]
        table = "item_words JOIN items ON items.number = item_words.rowid" if indexed else "items"
        rows = self._connection.rows(
            f"SELECT items.* FROM {table} WHERE {' AND '.join(condition for condition, _ in conditions) or 'TRUE'}"
            f" ORDER BY {place} DESC LIMIT ?",
            *(value for _, values in conditions for value in values), limit,
        )  # fmt: skip
        return [item_of(row) for row in rows]

    def _drafts(self, words: str, filters: Filters, limit: int) -> list[Item]:
        """The drafts that have every one of the words, in any place: they are few enough to look at them all."""
        wanted = [*words.split(), *(" ".join(phrase.split()) for phrase in map(encodable, filters.phrases))]
        wanted = [_plain(encodable(word)).strip() for word in wanted]
        rows = self._connection.rows(
            "SELECT id, account, words, content FROM drafts WHERE deleted_at IS NULL ORDER BY updated_at DESC"
        )
        ids = list(islice((row["id"] for row in rows if _is_draft(row, wanted, filters)), limit))
        among = ", ".join("?" * len(ids))
        return [_draft(row) for row in self._connection.rows(f"SELECT * FROM drafts WHERE id IN ({among})", *ids)]


def _wanted(filters: Filters) -> list[list[Group]]:
    """What an item must be: of every list at least one, which is several (name, value) at the same time."""
    targets: list[Group] = [
        (("a", account), *((("p", parent),) if parent else ()))
        for account, _, parent in (target.partition("/") for target in sorted(filters.targets))
    ]
    accounts: list[Group] = [(("a", account),) for account in sorted(filters.accounts)]
    kinds: list[Group] = [(("k", kind),) for kind in sorted(filters.kinds)]
    statuses: list[Group] = [(("k", kind), ("s", status)) for kind, status in sorted(filters.statuses)]
    return [group for group in (accounts, kinds, statuses, targets) if group]


def _condition(group: list[Group]) -> tuple[str, list[object]]:
    """The same for a table without an index of words."""
    ways = (" AND ".join(f"{_COLUMNS[name]} = ?" for name, _ in one) for one in group)
    return f"({' OR '.join(ways)})", [value for one in group for _, value in one]


def _is_draft(row: Any, wanted: Sequence[str], filters: Filters) -> bool:
    """Whether a draft has the words, and is of one of the accounts and for one of the targets that are asked for."""
    if filters.accounts and text(row["account"]) not in filters.accounts:
        return False
    if filters.targets and not any(f'"{target}"' in text(row["content"]) for target in filters.targets):
        return False
    found = " ".join(_plain(text(row["words"])).split()) if wanted else ""
    return all(word in found for word in wanted)


def _plain(words: str) -> str:
    """Words without case and accents."""
    given = folded(words)
    return given if given.isascii() else _ACCENTS.sub("", unicodedata.normalize("NFD", given))


def _pattern(sign: str) -> str:
    escaped = sign.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _draft(row: Any) -> Item:
    return Item(
        account=text(row["account"]),
        kind="draft",
        id=text(row["id"]),
        status="draft",
        text=text(row["words"]),
        content=text(row["content"]),
        seen_at=moment(row["updated_at"]),
    )
