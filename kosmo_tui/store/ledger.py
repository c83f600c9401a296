"""The ledger of requests: what the services said is left of each window, and what was spent for what."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from msgspec import Struct

from kosmo_tui.store.connection import Connection, micros, moment, moment_or_none, text

KEPT = timedelta(days=32)  # longer than the longest window
_CLOCKS_APART = timedelta(minutes=1)


class Kept(Struct, frozen=True):
    """A window as the service last told it: `remaining` of `limit` requests until `resets_at` (None: not told)."""

    name: str
    limit: int
    remaining: int
    resets_at: datetime | None
    seen_at: datetime


class Ledger:
    """The windows and the spending of all accounts.  Every method raises StoreError when the store fails."""

    def __init__(self, connection: Connection, now: Callable[[], datetime]) -> None:
        self._connection = connection
        self._now = now

    def transaction(self) -> AbstractContextManager[object]:
        """What is noted within is noted together or not at all."""
        return self._connection.transaction()

    def put(
        self, account: str, window: str, limit: int, remaining: int, resets_at: datetime | None, seen_at: datetime
    ) -> None:
        """Keep what a service said of a window, in place of what it said before."""
        values = (account, window, limit, remaining, micros(resets_at), micros(seen_at))
        with self._connection.transaction() as raw:
            raw.execute("INSERT OR REPLACE INTO windows VALUES (?, ?, ?, ?, ?, ?)", values)

    def windows(self, account: str) -> list[Kept]:
        """The windows of an account.  One whose reset has passed is full again; one that was seen in the future is
        left out, for its times come from a clock that was wrong, and could block the account for years."""
        now, found = self._now(), []
        for row in self._connection.rows("SELECT * FROM windows WHERE account = ? ORDER BY name", account):
            remaining, resets_at, seen_at = row["remaining"], moment_or_none(row["resets_at"]), moment(row["seen_at"])
            if seen_at > now + _CLOCKS_APART:
                continue
            if resets_at is not None and resets_at <= now:
                remaining, resets_at = row["size"], None
            found.append(Kept(text(row["name"]), row["size"], remaining, resets_at, seen_at))
        return found

    def spend(self, account: str, purpose: str, at: datetime, requests: int = 1) -> None:
        """Note requests that were made; those of more than 32 days before `at` are forgotten."""
        with self._connection.transaction() as raw:
            raw.execute(
                "INSERT INTO spending VALUES (?, ?, ?, ?)"
                " ON CONFLICT (account, at, purpose) DO UPDATE SET requests = requests + excluded.requests",
                (account, micros(at), purpose, requests),
            )
            raw.execute("DELETE FROM spending WHERE account = ? AND at < ?", (account, micros(at - KEPT)))

    def spent(self, account: str, since: datetime, purpose: str | None = None) -> int:
        """How many requests were made since a time, for one purpose or for all (None)."""
        return int(
            self._connection.value(
                "SELECT coalesce(sum(requests), 0) FROM spending"
                " WHERE account = ?1 AND at >= ?2 AND (?3 IS NULL OR purpose = ?3)",
                account, micros(since), purpose,
            )
        )  # fmt: skip
