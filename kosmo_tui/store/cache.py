"""What was seen of the services: posts, media and comments, and facts about accounts.

Nothing here is precious: it can be read anew, all but the numbers by day.  It never holds a token.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct

from kosmo_tui.store import numbers
from kosmo_tui.store.connection import Connection, micros, moment, text
from kosmo_tui.store.words import Row, WordIndex, readable, tags

Kind = Literal["post", "media", "comment", "draft"]
NEVER = 2**63 - 1  # the `at` of an item without a time: after all others
_IN_A_SECOND = 2**20  # numbers of items of one second
_AT_ONCE = 500  # ids in one query


class Item(Struct, frozen=True, kw_only=True):
    """Something that was seen.  `account` is "buffer.agency", `id` the service's.

    `parent` is the profile of a post and the item that a comment stands under, else empty; `status` the service's word
    or empty.  `at` is when it was or will be published, None when that is not known.  `text` is clean text that a
    search looks at, `content` JSON, `seen_at` when the service told it.  A search finds drafts in this shape, too.
    """

    account: str
    kind: Kind
    id: str
    parent: str = ""
    status: str = ""
    at: datetime | None = None
    text: str = ""
    content: str
    seen_at: datetime


class Listed(Struct, frozen=True):
    """How far a list of the service was read: its first page at `as_of`, on to `cursor`; `whole` when to its end."""

    as_of: datetime
    cursor: str | None
    whole: bool


Key = tuple[str, str, str]


class Cache:
    """What was seen of all accounts.  Every method raises StoreError when the store fails."""

    def __init__(self, connection: Connection, words: WordIndex) -> None:
        self._connection = connection
        self._words = words
        self.numbers = numbers.Numbers(connection)

    def put(self, items: Iterable[Item]) -> None:
        """Keep items, in place of what there was of them; all or none."""
        kept = list(items)
        if kept:
            self._write(lambda raw: self._put(raw, kept))

    def replace(
        self,
        account: str,
        kind: Kind,
        items: Sequence[Item],
        *,
        parent: str | None = None,
        statuses: Collection[str] = (),
        after: datetime | None = None,
        before: datetime | None = None,
    ) -> None:
        """Keep a list that was read to its end.  What the cache has of it beyond `items` is gone at the service.

        The list is that of an account's items of a kind, of one `parent` or of all (None), in some statuses or in
        any (none named).  Of one that was read in part, only what lies `after` or `before` a time is gone.
        """
        where, values = _among(account, kind, parent, statuses)
        for limit, condition in ((after, "at > ?"), (before, "at < ?")):
            if limit is not None:
                where, values = f"{where} AND {condition}", [*values, micros(limit)]
        staying = {item.id for item in items if (item.account, item.kind) == (account, kind)}

        def change(raw: sqlite3.Connection) -> None:
            rows = raw.execute(f"SELECT {_INDEXED} FROM items WHERE {where}", values)
            self._remove(raw, [row for row in rows if row["id"] not in staying])
            self._put(raw, items)

        self._write(change)

    def drop(self, account: str, kind: Kind, ids: Collection[str]) -> None:
        """Forget items."""
        keys = [(account, kind, id) for id in ids]
        self._write(lambda raw: self._remove(raw, list(_known(raw, keys).values())))

    def rows(
        self,
        account: str,
        kind: Kind,
        *,
        parent: str | None = None,
        statuses: Collection[str] = (),
        newest_first: bool = False,
        first: int = 100,
        after: tuple[datetime | None, str] | None = None,
    ) -> list[Item]:
        """At most `first` items in the order of their times (`at`, then `id`), those without a time as if it were last.

        They are of one `parent` or of all (None), in some statuses or in any (none named).  `after` is the `at` and
        `id` of the last item of the page before; the cost of a page does not grow with its place.
        """
        # An index has the items of one status in order; the pages of several are merged.
        chosen = list(dict.fromkeys(statuses)) or self._statuses(account, kind, parent)
        if not chosen:
            return []
        order, beyond = ("DESC", "<") if newest_first else ("ASC", ">")
        pages, values = [], []
        for status in chosen:
            where, given = _among(account, kind, parent, (status,))
            if after is not None:
                where += f" AND (at, id) {beyond} (?, ?)"
                given += [_time(after[0]), after[1]]
            pages.append(f"SELECT * FROM items WHERE {where}")
            values += given
        statement = f"{' UNION ALL '.join(pages)} ORDER BY at {order}, id {order} LIMIT ?"
        return [item_of(row) for row in self._connection.rows(statement, *values, first)]

    def window(
        self,
        account: str,
        kind: Kind,
        *,
        parent: str | None,
        status: str,
        since: datetime | None,
        skip: int,
        first: int,
    ) -> list[Item]:
        """At most `first` items in one status, newest first, behind the `skip` newest ones; none older than `since`."""
        where, values = _newest(account, kind, parent, status, since)
        rows = self._connection.rows(
            "SELECT * FROM items WHERE number IN"
            f" (SELECT number FROM items WHERE {where} ORDER BY at DESC, id DESC LIMIT ? OFFSET ?)"
            " ORDER BY at DESC, id DESC",
            *values, first, skip,
        )  # fmt: skip
        return [item_of(row) for row in rows]

    def extent(self, account: str, kind: Kind, *, parent: str | None, status: str, since: datetime | None) -> int:
        """How many items `window` finds in all."""
        where, values = _newest(account, kind, parent, status, since)
        return int(self._connection.value(f"SELECT count(*) FROM items WHERE {where}", *values))

    def place(
        self, account: str, kind: Kind, id: str, *, parent: str | None, status: str, since: datetime | None
    ) -> int | None:
        """How many items `window` has before the one with this id; None when it is not among them."""
        where, values = _newest(account, kind, parent, status, since)
        rows = self._connection.rows(f"SELECT at FROM items WHERE {where} AND id = ?", *values, id)
        if not rows:
            return None
        before = f"SELECT count(*) FROM items WHERE {where} AND (at, id) > (?, ?)"
        return int(self._connection.value(before, *values, rows[0]["at"], id))

    def threads(self, account: str, *, first: int) -> list[Item]:
        """At most `first` comments with those on the newest media first, and of each the newest first.

        The cost does not grow with what lies beyond them.
        """
        rows = self._connection.rows(
            "SELECT comment.* FROM items AS media CROSS JOIN items AS comment"
            " ON comment.account = media.account AND comment.kind = 'comment' AND comment.parent = media.id"
            " WHERE media.account = ? AND media.kind = 'media' AND media.status = ''"
            " ORDER BY media.at DESC, media.id DESC, comment.at DESC, comment.id DESC LIMIT ?",
            account, first,
        )  # fmt: skip
        return [item_of(row) for row in rows]

    def transaction(self) -> AbstractContextManager[object]:
        """What is kept within is kept together or not at all."""
        return self._connection.transaction()

    def count(self, account: str, kind: Kind, *, parent: str | None = None, statuses: Collection[str] = ()) -> int:
        """How many items there are."""
        where, values = _among(account, kind, parent, statuses)
        return int(self._connection.value(f"SELECT count(*) FROM items WHERE {where}", *values))

    def get(self, account: str, kind: Kind, id: str) -> Item | None:
        """One item; None when it was never seen, or is gone."""
        rows = self._connection.rows("SELECT * FROM items WHERE account = ? AND kind = ? AND id = ?", account, kind, id)
        return item_of(rows[0]) if rows else None

    def forget(self, account: str) -> None:
        """Forget everything that was seen of an account."""

        def change(raw: sqlite3.Connection) -> None:
            self._remove(raw, raw.execute(f"SELECT {_INDEXED} FROM items WHERE account = ?", (account,)))
            for table in ("facts", "listed", "insights"):
                raw.execute(f"DELETE FROM {table} WHERE account = ?", (account,))

        self._write(change)

    # Facts and lists ------------------------------------------------------------------------------------------------

    def put_fact(self, account: str, name: str, content: str, seen_at: datetime) -> None:
        """Keep what is known once of an account ("user", "profiles", …) as JSON."""
        with self._connection.transaction() as raw:
            raw.execute("INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?)", (account, name, content, micros(seen_at)))

    def fact(self, account: str, name: str) -> tuple[str, datetime] | None:
        """The JSON that was kept under a name, and when it was seen."""
        rows = self._connection.rows("SELECT * FROM facts WHERE account = ? AND name = ?", account, name)
        return (text(rows[0]["content"]), moment(rows[0]["seen_at"])) if rows else None

    def put_listed(self, account: str, name: str, listed: Listed) -> None:
        """Note how far a list was read."""
        with self._connection.transaction() as raw:
            _put_listed(raw, account, name, listed)

    def listed(self, account: str, name: str) -> Listed | None:
        """How far a list was read; None when it never was."""
        rows = self._connection.rows("SELECT * FROM listed WHERE account = ? AND name = ?", account, name)
        return _listed(rows[0]) if rows else None

    def unfinished(self, account: str, prefix: str) -> dict[str, Listed]:
        """The lists whose names begin with `prefix` and that were not read to their ends."""
        rows = self._connection.rows(
            "SELECT * FROM listed WHERE account = ? AND name >= ? AND name < ? AND NOT whole",
            account, prefix, prefix + chr(0x10FFFF),
        )  # fmt: skip
        return {text(row["name"]): _listed(row) for row in rows}

    def keep_page(
        self,
        account: str,
        items: Sequence[Item],
        listed: Mapping[str, Listed],
        *,
        values: Mapping[str, Mapping[date, float]] | None = None,
        seen_at: datetime,
        gone: tuple[Kind, Collection[str], datetime] | None = None,
    ) -> None:
        """Keep a page of a list, and how far lists (by name) are read with it: all or none.

        `values` are of metrics by day.  `gone` is a kind, its statuses and a time: what was not seen since then goes.
        """

        def change(raw: sqlite3.Connection) -> None:
            self._put(raw, items)
            if gone is not None:
                kind, statuses, since = gone
                where, given = _among(account, kind, None, statuses)
                unseen = f"SELECT {_INDEXED} FROM items WHERE {where} AND seen_at < ?"
                self._remove(raw, raw.execute(unseen, (*given, micros(since))).fetchall())
            for metric, by_day in (values or {}).items():
                numbers.write(raw, account, metric, by_day, seen_at)
            for name, one in listed.items():
                _put_listed(raw, account, name, one)

        self._write(change)

    # Writing --------------------------------------------------------------------------------------------------------

    def _write(self, change: Callable[[sqlite3.Connection], None]) -> None:
        def once() -> None:
            with self._connection.transaction() as raw:
                change(raw)

        self._words.mended(once)

    def _put(self, raw: sqlite3.Connection, items: Iterable[Item]) -> None:
        newest = {(item.account, item.kind, item.id): item for item in items}
        known = _known(raw, newest)
        same, moved, new = [], [], []
        for key, item in newest.items():
            row = known.get(key)
            indexed = (_time(item.at), item.text, item.parent, item.status)
            if row is not None and (row["at"], row["text"], row["parent"], row["status"]) == indexed:
                same.append((item.content, micros(item.seen_at), row["number"]))
                continue
            if row is not None:
                moved.append(row)
            new.append(item)
        raw.executemany("UPDATE items SET content = ?, seen_at = ? WHERE number = ?", same)
        self._remove(raw, moved)
        self._insert(raw, new)

    def _insert(self, raw: sqlite3.Connection, items: Iterable[Item]) -> None:
        added: list[Row] = []
        for base, item in sorted(((_number(item), item) for item in items), key=lambda pair: pair[0]):
            folded = readable(item.text)
            values = (
                item.account, item.kind, item.id, item.parent, item.status, _time(item.at), item.text,
                None if folded == item.text else folded, item.content, micros(item.seen_at),
            )  # fmt: skip
            done = raw.execute(_INSERT, (base, *values))
            if done.rowcount == 0:  # something else has that number: the same second
                done = raw.execute(_INSERT_AFTER, (base, *values))
            marks = tags(item.account, item.kind, item.parent, item.status)
            added.append((int(done.lastrowid or 0), folded, marks))
        if added:
            self._words.add(raw, added)

    def _remove(self, raw: sqlite3.Connection, rows: Iterable[Any]) -> None:
        gone: list[Row] = [
            (
                row["number"],
                row["text"] if row["folded"] is None else row["folded"],
                tags(row["account"], row["kind"], row["parent"], row["status"]),
            )
            for row in rows
        ]
        if gone:
            self._words.remove(raw, gone)
            raw.executemany("DELETE FROM items WHERE number = ?", [(number,) for number, *_ in gone])

    def _statuses(self, account: str, kind: Kind, parent: str | None) -> list[str]:
        """The statuses that occur, by jumps through the index: there are few, in any number of items."""
        where, values = _among(account, kind, parent, ())
        rows = self._connection.rows(
            f"WITH RECURSIVE found (status) AS (SELECT (SELECT min(status) FROM items WHERE {where}) UNION ALL"
            f" SELECT (SELECT min(status) FROM items WHERE {where} AND status > found.status)"
            " FROM found WHERE found.status IS NOT NULL) SELECT status FROM found WHERE status IS NOT NULL",
            *values, *values,
        )  # fmt: skip
        return [row["status"] for row in rows]


_COLUMNS = "(number, account, kind, id, parent, status, at, text, folded, content, seen_at)"
_INDEXED = "number, account, kind, id, parent, status, at, text, folded"  # all that the index of words was told
_INSERT = f"INSERT OR IGNORE INTO items {_COLUMNS} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_AFTER = (
    f"INSERT INTO items {_COLUMNS} SELECT max(number) + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11"
    f" FROM items WHERE number >= ?1 AND number < ?1 + {_IN_A_SECOND}"
)


def item_of(row: Any) -> Item:
    """The item in a row."""
    return Item(
        account=text(row["account"]),
        kind=row["kind"],
        id=text(row["id"]),
        parent=text(row["parent"]),
        status=text(row["status"]),
        at=None if row["at"] == NEVER else moment(row["at"]),
        text=text(row["text"]),
        content=text(row["content"]),
        seen_at=moment(row["seen_at"]),
    )


def _listed(row: Any) -> Listed:
    cursor = None if row["cursor"] is None else text(row["cursor"])
    return Listed(moment(row["as_of"]), cursor, bool(row["whole"]))


def _put_listed(raw: sqlite3.Connection, account: str, name: str, listed: Listed) -> None:
    values = (account, name, micros(listed.as_of), listed.cursor, listed.whole)
    raw.execute("INSERT OR REPLACE INTO listed VALUES (?, ?, ?, ?, ?)", values)


def number(second: datetime) -> int:
    """The lowest number of an item of this second."""
    return (micros(second) or 0) // 1_000_000 * _IN_A_SECOND


def _number(item: Item) -> int:
    return number(item.at or item.seen_at)


def _time(at: datetime | None) -> int:
    found = micros(at)
    return NEVER if found is None else found


def _among(account: str, kind: str, parent: str | None, statuses: Collection[str]) -> tuple[str, list[Any]]:
    """A condition and its values."""
    where, values = "account = ? AND kind = ?", [account, kind]
    if parent is not None:
        where, values = f"{where} AND parent = ?", [*values, parent]
    if statuses:
        where, values = f"{where} AND status IN ({', '.join('?' * len(statuses))})", [*values, *statuses]
    return where, values


def _newest(account: str, kind: str, parent: str | None, status: str, since: datetime | None) -> tuple[str, list[Any]]:
    where, values = _among(account, kind, parent, (status,))
    return (where, values) if since is None else (f"{where} AND at >= ?", [*values, micros(since)])


def _known(raw: sqlite3.Connection, keys: Iterable[Key]) -> dict[Key, Any]:
    """The rows of those items that are there."""
    ids: dict[tuple[str, str], list[str]] = {}
    for account, kind, id in keys:
        ids.setdefault((account, kind), []).append(id)
    return {
        (account, kind, row["id"]): row
        for (account, kind), wanted in ids.items()
        for some in _parts(wanted)
        for row in raw.execute(
            f"SELECT {_INDEXED} FROM items WHERE account = ? AND kind = ? AND id IN ({', '.join('?' * len(some))})",
            (account, kind, *some),
        )
    }


def _parts(ids: list[str]) -> Iterator[list[str]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
