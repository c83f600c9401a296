"""The numbers of accounts by day: values of metrics, which grow further back than the services keep them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import date, datetime

from kosmo_tui.store.connection import Connection, micros, moment


class Numbers:
    """Values of metrics by account and day.  Every method raises StoreError when the store fails."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, account: str, metric: str, values: Mapping[date, float], seen_at: datetime) -> None:
        """Keep the values of a metric by day; those of other days stay, also when the service has forgotten them."""
        with self._connection.transaction() as raw:
            write(raw, account, metric, values, seen_at)

    def of(self, account: str, metric: str, since: date, until: date) -> dict[date, float]:
        """The known values of a metric in order of their days, from `since` to `until`, both included."""
        rows = self._connection.rows(
            "SELECT day, value FROM insights WHERE account = ? AND metric = ? AND day BETWEEN ? AND ? ORDER BY day",
            account, metric, since.isoformat(), until.isoformat(),
        )  # fmt: skip
        return {date.fromisoformat(row["day"]): float(row["value"]) for row in rows}

    def newest(self, account: str) -> tuple[date, datetime] | None:
        """The last day of which any value is known, and when it was last told; None when there is no day."""
        rows = self._connection.rows(
            "SELECT day, max(seen_at) AS seen_at FROM insights WHERE account = ?"
            " GROUP BY day ORDER BY day DESC LIMIT 1",
            account,
        )  # fmt: skip
        return (date.fromisoformat(rows[0]["day"]), moment(rows[0]["seen_at"])) if rows else None


def write(raw: sqlite3.Connection, account: str, metric: str, values: Mapping[date, float], at: datetime) -> None:
    """Write values by day within a transaction."""
    rows = [(account, metric, day.isoformat(), value, micros(at)) for day, value in values.items()]
    raw.executemany("INSERT OR REPLACE INTO insights VALUES (?, ?, ?, ?, ?)", rows)
