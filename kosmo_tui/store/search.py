"""A search for words in everything that was seen, and in the drafts."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from itertools import islice
from typing import Any

from kosmo_tui.store.cache import NEVER, Item, Kind, item_of, number
from kosmo_tui.store.connection import Connection, micros, moment, text
from kosmo_tui.store.drafts import folded
from kosmo_tui.store.words import WordIndex, sought

_ACCENTS = re.compile("[\u0300-\u036f]+")


class Search:
    """Finds posts, media, comments and drafts.  Every method raises StoreError when the store fails."""

    def __init__(self, connection: Connection, words: WordIndex) -> None:
        self._connection = connection
        self._words = words

    def find(
        self,
        words: str,
        *,
        account: str | None = None,
        parent: str | None = None,
        status: str | None = None,
        kind: Kind | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 100,
    ) -> list[Item]:
        """What has every one of `words`, the newest first; without words everything.  Any text can be given.

        Words match whatever their case and accents; the last one may be the beginning of a word, and in scripts
        without spaces any part matches.  Emoji match as they are.  `since` ≤ `at` < `until`; what has no time is not
        within any.  Drafts have kind and status "draft", their words as text, the post as content, no parent and no
        time; they are placed by when they were changed.  Without FTS5 parts of words match, accents count, and it
        takes longer.
        """
        found = self._words.mended(
            lambda: self._items(words, account, parent, status, kind, since, until, limit)
        ) if kind != "draft" else []  # fmt: skip
        if kind in (None, "draft") and status in (None, "draft") and parent is None and since is None and until is None:
            found += self._drafts(words, account, limit)
        return sorted(found, key=lambda item: item.at or item.seen_at, reverse=True)[:limit]

    def rebuild(self) -> None:
        """Make the index of words anew."""
        self._words.rebuild()

    def _items(
        self,
        words: str,
        account: str | None,
        parent: str | None,
        status: str | None,
        kind: Kind | None,
        since: datetime | None,
        until: datetime | None,
        limit: int,
    ) -> list[Item]:
        query, signs = sought(words)
        if query and not self._words.prepare():
            query, signs = "", tuple(words.replace("\0", " ").encode(errors="replace").decode().split())
        place = "item_words.rowid" if query else "number"
        conditions: list[tuple[str, object]] = [("item_words MATCH ?", query)] if query else []
        if since is not None:
            conditions += [(f"{place} >= ?", number(since)), ("at >= ?", micros(since))]
        if until is not None:
            conditions += [(f"{place} <= ?", number(until)), ("at < ?", micros(until))]
        if since is not None or until is not None:
            conditions.append(("at < ?", NEVER))
        given = (("account", account), ("parent", parent), ("status", status), ("kind", kind))
        conditions += [(f"{name} = ?", value) for name, value in given if value is not None]
        conditions += [("text LIKE ? ESCAPE '\\'", _pattern(sign)) for sign in signs]
        table = "item_words JOIN items ON items.number = item_words.rowid" if query else "items"
        rows = self._connection.rows(
            f"SELECT items.* FROM {table} WHERE {' AND '.join(condition for condition, _ in conditions) or 'TRUE'}"
            f" ORDER BY {place} DESC LIMIT ?",
            *(value for _, value in conditions), limit,
        )  # fmt: skip
        return [item_of(row) for row in rows]

    def _drafts(self, words: str, account: str | None, limit: int) -> list[Item]:
        """The drafts that have every one of the words, in any place: they are few enough to look at them all."""
        wanted = _plain(words).split()
        rows = self._connection.rows(
            "SELECT id, words FROM drafts WHERE deleted_at IS NULL AND (?1 IS NULL OR account = ?1)"
            " ORDER BY updated_at DESC",
            account,
        )
        plain = ((row["id"], _plain(text(row["words"]))) for row in rows)
        ids = list(islice((id for id, found in plain if all(word in found for word in wanted)), limit))
        among = ", ".join("?" * len(ids))
        return [_draft(row) for row in self._connection.rows(f"SELECT * FROM drafts WHERE id IN ({among})", *ids)]


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
