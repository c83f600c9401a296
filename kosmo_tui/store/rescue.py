"""A damaged file: it is moved aside, never deleted, and what can be read of drafts and outbox goes into a new one."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from kosmo_tui.store import files
from kosmo_tui.store.connection import Connection
from kosmo_tui.store.errors import Damaged, StoreError
from kosmo_tui.store.schema import PRECIOUS

_ENDINGS = ("", "-wal", "-shm")  # what belongs to one database


def replace(path: Path, ready: Callable[[Path], Connection]) -> str:
    """Put a sound store where the damaged one at `path` is; a sentence that says what was done.

    `ready` opens a store, makes it when the file is empty, and raises Damaged for one that is not sound.
    """
    from filelock import FileLock, Timeout

    try:
        with FileLock(path.with_suffix(".lock"), timeout=30, mode=0o600):
            with contextlib.suppress(Damaged):
                ready(path).close()
                return ""  # another kosmo was faster
            aside = _move_aside(path)
            files.prepare(path)
            connection = ready(path)
            try:
                counts = _take_over(aside, connection)
            finally:
                connection.close()
    except Timeout:
        raise StoreError(f"{path} is damaged, and another kosmo is rescuing it", "try again in a moment") from None
    except OSError as error:
        raise StoreError(
            f"{path} is damaged and cannot be moved aside: {error.strerror}", "move it away yourself"
        ) from None
    rescued = f"{counts['drafts']} drafts and {counts['outbox']} writes were rescued"
    return f"{path.name} was damaged and is now {aside}; {rescued}"


def _move_aside(path: Path) -> Path:
    stamp = f"{datetime.now():%Y%m%d-%H%M%S}"
    names = (path.with_name(f"{path.name}.damaged-{stamp}{suffix}") for suffix in ("", *(f"-{n}" for n in range(99))))
    aside = next(name for name in names if not name.exists())
    for ending in _ENDINGS:
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{ending}").rename(f"{aside}{ending}")
    return aside


def _take_over(aside: Path, target: Connection) -> dict[str, int]:
    """Copy the precious rows; how many there are of each table."""
    with contextlib.closing(sqlite3.connect(aside)) as source:
        source.row_factory = sqlite3.Row
        source.text_factory = target.raw.text_factory
        with target.transaction() as raw:
            for table in PRECIOUS:
                known = {row["name"] for row in raw.execute(f"PRAGMA table_info({table})")}
                for row in _readable(source, table):
                    names = [name for name in row.keys() if name in known]  # noqa: SIM118 - iterating gives values
                    with contextlib.suppress(sqlite3.IntegrityError):  # half a row, or one that was read already
                        raw.execute(
                            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
                            [row[name] for name in names],
                        )
    return {table: int(target.value(f"SELECT count(*) FROM {table}")) for table in PRECIOUS}


def _readable(source: sqlite3.Connection, table: str) -> Iterator[Any]:
    """The rows that can be reached from either end of the table; the damage lies between."""
    for direction in ("ASC", "DESC"):
        with contextlib.suppress(sqlite3.Error):
            yield from source.execute(f"SELECT * FROM {table} NOT INDEXED ORDER BY rowid {direction}")
