"""Drafts: what is being written, with its history.  Nothing is ever overwritten that was not read before."""

from __future__ import annotations

import builtins
import os
import sqlite3
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from kosmo_tui.store.connection import Connection, micros, moment, moment_or_none, text
from kosmo_tui.store.errors import Conflict, StoreError
from kosmo_tui.store.records import DraftRow, DraftVersion

MAX_VERSIONS = 200
KEPT_AFTER_DELETION = timedelta(days=30)


class Drafts:
    """The drafts of all accounts.  Every method raises StoreError when the store fails."""

    def __init__(self, connection: Connection, now: Callable[[], datetime]) -> None:
        self._connection = connection
        self._now = now

    def add(self, account: str, content: str, *, place: str = "", words: str = "") -> DraftRow:
        """Keep a new draft; its first version is 1."""
        id, now = os.urandom(8).hex(), micros(self._now())
        with self._connection.transaction() as raw:
            raw.execute(
                "INSERT INTO drafts (id, account, content, place, words, version, change, created_at, updated_at)"
                f" VALUES (?, ?, ?, ?, ?, 1, {_NEXT}, ?, ?)",
                (id, account, content, place, words, now, now),
            )
            raw.execute("INSERT INTO draft_versions VALUES (?, 1, ?, ?)", (id, content, now))
        return self._certain(id)

    def save(self, id: str, content: str, *, place: str, words: str, version: int) -> DraftRow:
        """Keep what the draft contains now; equal content makes no new version, only the place is kept.

        Raises Conflict when `version` is not the stored one, or when the draft is deleted or gone.
        """
        now = micros(self._now())
        with self._connection.transaction() as raw:
            stored = raw.execute("SELECT * FROM drafts WHERE id = ?", (id,)).fetchone()
            if stored is None or stored["deleted_at"] is not None or stored["version"] != version:
                raise Conflict("the draft was changed elsewhere", "what is written here is kept as another draft")
            if stored["content"] == content:
                raw.execute("UPDATE drafts SET place = ?, words = ? WHERE id = ?", (place, words, id))
            else:
                raw.execute(
                    "UPDATE drafts SET content = ?, place = ?, words = ?, version = version + 1,"
                    f" change = {_NEXT}, updated_at = ? WHERE id = ?",
                    (content, place, words, now, id),
                )
                raw.execute("INSERT INTO draft_versions VALUES (?, ?, ?, ?)", (id, version + 1, content, now))
                _thin(raw, id)
        return self._certain(id)

    def move(self, id: str, place: str) -> None:
        """Keep where the writer is."""
        with self._connection.transaction() as raw:
            raw.execute("UPDATE drafts SET place = ? WHERE id = ?", (place, id))

    def get(self, id: str) -> DraftRow | None:
        """A draft, also a deleted one; None when there never was one, or not for long."""
        rows = self._connection.rows("SELECT * FROM drafts WHERE id = ?", id)
        return _draft(rows[0]) if rows else None

    def list(self, account: str | None = None, sought: str = "") -> list[DraftRow]:
        """The drafts of an account, or of all, that have every word of `sought`; the newest change first."""
        wanted = folded(sought).split()
        rows = self._connection.rows(
            "SELECT * FROM drafts WHERE deleted_at IS NULL AND (?1 IS NULL OR account = ?1) ORDER BY change DESC",
            account,
        )
        drafts = map(_draft, rows)
        return [draft for draft in drafts if not wanted or all(word in folded(draft.words) for word in wanted)]

    def delete(self, id: str) -> None:
        """Take a draft out of the lists; it can be restored for 30 days."""
        with self._connection.transaction() as raw:
            now = micros(self._now())
            raw.execute("UPDATE drafts SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL", (now, id))

    def restore(self, id: str) -> None:
        """Bring a deleted draft back.  Raises StoreError when it is gone for good."""
        with self._connection.transaction() as raw:
            if raw.execute("UPDATE drafts SET deleted_at = NULL WHERE id = ?", (id,)).rowcount == 0:
                raise StoreError("the draft is gone", "deleted drafts are kept for 30 days")

    def versions(self, id: str) -> builtins.list[DraftVersion]:
        """What the draft contained, oldest first: at most 200, the first and the newest always among them."""
        rows = self._connection.rows("SELECT * FROM draft_versions WHERE draft_id = ? ORDER BY version", id)
        return [
            DraftVersion(version=row["version"], content=text(row["content"]), at=moment(row["at"])) for row in rows
        ]

    def purge(self) -> None:
        """Forget for good what was deleted more than 30 days ago."""
        with self._connection.transaction() as raw:
            long_ago = micros(self._now() - KEPT_AFTER_DELETION)
            raw.execute("DELETE FROM drafts WHERE deleted_at < ?", (long_ago,))

    def _certain(self, id: str) -> DraftRow:
        row = self.get(id)
        if row is None:
            raise StoreError("the draft is gone")
        return row


_NEXT = "(SELECT coalesce(max(change), 0) + 1 FROM drafts)"


def folded(text: str) -> str:
    """`text` so that letters match whatever their case, width and composition."""
    return unicodedata.normalize("NFKC", text).casefold()


def spare(times: Sequence[int]) -> int:
    """The index of the version that will be missed least: the closer the past, the closer versions may stand.

    `times` are those of the versions in order (microseconds, at least three); the first and the last always stay.
    """
    newest = max(times)

    def worth(index: int) -> float:
        gap = max(times[index + 1] - times[index - 1], 0)  # a clock can go backwards
        return gap / (newest - times[index] + 1_000_000)

    return min(range(1, len(times) - 1), key=worth)


def _thin(raw: sqlite3.Connection, id: str) -> None:
    rows = raw.execute("SELECT version, at FROM draft_versions WHERE draft_id = ? ORDER BY version", (id,)).fetchall()
    while len(rows) > MAX_VERSIONS:
        version, _ = rows.pop(spare([row["at"] for row in rows]))
        raw.execute("DELETE FROM draft_versions WHERE draft_id = ? AND version = ?", (id, version))


def _draft(row: Any) -> DraftRow:
    return DraftRow(
        id=row["id"],
        account=text(row["account"]),
        content=text(row["content"]),
        place=text(row["place"]),
        words=text(row["words"]),
        version=row["version"],
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
        deleted_at=moment_or_none(row["deleted_at"]),
    )
