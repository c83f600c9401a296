"""One connection to SQLite that all threads share, and its errors as sentences."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from kosmo_tui.store.errors import Damaged, StoreError

BUSY_SECONDS = 5.0  # how long one kosmo waits for the transaction of another
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime | None) -> int | None:
    """A time as it lies in a column: microseconds since 1970 in UTC."""
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND


def moment(value: Any) -> datetime:
    """A time as it came out of a column; 1970 for one that was damaged, since one cell must not hide a list."""
    try:
        return _EPOCH + timedelta(microseconds=value)
    except (OverflowError, TypeError, ValueError):
        return _EPOCH


def moment_or_none(value: object) -> datetime | None:
    """The same for a column that may be empty."""
    return None if value is None else moment(value)


def text(value: object) -> str:
    """A text as it came out of a column; one that was damaged may have become anything."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


class Connection:
    """`raw` with a lock: one thread at a time reads, or is in a transaction.  `where` names the file in messages.

    Everything raises StoreError instead of SQLite's errors, Damaged when the file is no sound database; then the file
    `suspect` is made, so that the next start looks at everything.
    """

    def __init__(self, raw: sqlite3.Connection, where: str, suspect: Path | None = None) -> None:
        self.raw, self.where, self.suspect = raw, where, suspect
        self._lock = threading.RLock()
        raw.row_factory = sqlite3.Row
        raw.text_factory = partial(str, encoding="utf-8", errors="replace")  # one bad byte must not hide a list

    @classmethod
    def open(cls, path: Path | None) -> Connection:
        """A connection to the file at `path`, or to memory."""
        where = "the store" if path is None else str(path)
        with told(where):
            raw = sqlite3.connect(
                path or ":memory:", timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            return cls(raw, where, path and suspicion(path))

    def rows(self, statement: str, *values: object) -> list[Any]:
        """The rows of a query, values by name or by position."""
        with self._lock, self._told():
            return self.raw.execute(statement, values).fetchall()

    def value(self, statement: str, *values: object) -> Any:
        """The first value of the first row, None when there is no row."""
        rows = self.rows(statement, *values)
        return rows[0][0] if rows else None

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the body or nothing, on the disk when this returns.  Waits for transactions of other processes.

        Within another transaction of the same thread it is a part of that one.
        """
        with self._lock, self._told():
            if self.raw.in_transaction:
                yield self.raw
                return
            self.raw.execute("BEGIN IMMEDIATE")  # takes the write lock now: a later upgrade could not wait for it
            try:
                yield self.raw
                self.raw.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    if self.raw.in_transaction:
                        self.raw.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close; whoever comes later gets a StoreError."""
        with self._lock, self._told():
            self.raw.close()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            with told(self.where):
                yield
        except Damaged:
            with contextlib.suppress(OSError):
                if self.suspect is not None:
                    self.suspect.touch(mode=0o600)
            raise


def suspicion(path: Path) -> Path:
    """The file whose existence says that the store at `path` was found damaged."""
    return path.with_suffix(".suspect")


@contextlib.contextmanager
def told(where: str) -> Iterator[None]:
    """SQLite's errors as StoreError about the file `where`."""
    try:
        yield
    except sqlite3.Error as error:
        raise _told(error, where) from error
    except UnicodeDecodeError as error:  # the name of a column
        raise _damaged(where) from error


def _told(error: sqlite3.Error, where: str) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest is detail
    match code:
        case sqlite3.SQLITE_FULL:
            return StoreError(f"the disk is full: {where} cannot grow", "make room; saving works again then")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreError(
                f"another program has been writing to {where} for {BUSY_SECONDS:.0f} seconds", "try again in a moment"
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return StoreError(f"{where} may not be written", "make the file and its folder writable for you")
        case sqlite3.SQLITE_CANTOPEN:
            return StoreError(f"{where} cannot be opened", "make the file and its folder readable and writable for you")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return _damaged(where)
        case sqlite3.SQLITE_IOERR:
            return StoreError(f"the disk failed while {where} was used ({error})", "look whether it is full or gone")
    if isinstance(error, sqlite3.ProgrammingError) and "closed" in str(error):
        return StoreError("the store is closed")
    return StoreError(f"{where} cannot be used ({error})")


def _damaged(where: str) -> Damaged:
    return Damaged(f"{where} is damaged", "start kosmo again: what can be read is rescued then")
