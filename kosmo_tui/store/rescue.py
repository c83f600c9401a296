"""A damaged file: it is moved aside, never deleted, and what can be read of drafts, outbox and numbers by day goes into
a new one.

All else was seen at a service, which still has it.  Of the numbers it forgets the older ones.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from kosmo_tui.store import files, schema
from kosmo_tui.store.connection import Connection, suspicion
from kosmo_tui.store.errors import Damaged, StoreError

_ENDINGS = ("", "-wal", "-shm")  # what belongs to one database
_MOST = 200_000  # rows that are looked for one by one when even their number cannot be read
_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
_FAILURES = 2_000  # after so many of them there is no more to be found
_SOUND = "day = date(day) AND typeof(value) = 'real' AND typeof(seen_at) = 'integer'"  # numbers by day that are such
_INDEX_PAGES = (2, 10)  # the first byte of a page of a table without row numbers; https://sqlite.org/fileformat2.html
_A_DAY = re.compile(rb"[a-z_]\d{4}-\d\d-\d\d")  # behind the name of a metric
_TRACES = ("running", "backups", "sync-*.lock", "*.damaged-*")  # what is beside a store that was in use
_MAKING = 1.0  # seconds after which nobody is just making a file that is still empty


def replace(path: Path, ready: Callable[[Path], Connection]) -> str:
    """Put a sound store where the damaged one at `path` is; a sentence that says what was done.

    `ready` opens a store, makes it when the file is empty, and raises Damaged for one that is not sound.  Until the
    new store is complete the old one stays where it is.  Raises StoreError when that cannot be done.
    """
    with _alone(path):
        with contextlib.suppress(Damaged):
            ready(path).close()
            return ""  # another kosmo was faster
        new = Path(f"{path}.new")
        _remove(new)
        try:
            files.prepare(new)
            with contextlib.closing(ready(new)) as connection:
                rescued = _take_over(path, connection)
            new.replace(files.rescued(path))
            aside = _move_aside(path)
            files.rescued(path).replace(path)
            _on_disk(path.parent)
            suspicion(path).unlink(missing_ok=True)
        finally:
            _remove(new)
    return f"{path.name} was damaged and is now {aside}; {rescued} were rescued"


def finish(path: Path) -> None:
    """Finish a rescue that was cut off after the damaged file was moved aside: what was rescued takes its place.

    Raises StoreError when that cannot be done.
    """
    if not files.rescued(path).exists():
        return
    with _alone(path):
        if not files.rescued(path).exists():
            return  # another kosmo was just doing it
        if path.exists() and path.stat().st_size:
            _remove(files.rescued(path))  # cut off before that: the damaged file is still there, and is rescued anew
        else:
            files.rescued(path).replace(path)
            _on_disk(path.parent)


def emptied(path: Path) -> str:
    """A sentence about the empty file at `path` when a store in use was there; "" when it is just being made.

    The newest copy of it is named, not taken: its writes may have been sent since.
    """
    traces = [trace for pattern in _TRACES for trace in path.parent.glob(pattern)]
    give_up = time.monotonic() + _MAKING
    while traces and not files.has_content(path):
        if time.monotonic() > give_up:
            copies = sorted(path.parent.glob("backups/*-schema-*"))
            copy = f"{copies[-1]} of {_day(copies[-1])}" if copies else "one, if you have made any,"
            return (
                f"{path} was empty, and a new store begins there. Its drafts, writes and numbers by day are gone. "
                f"To go back to a copy, put {copy} in its place while no kosmo runs"
            )
        time.sleep(0.02)
    return ""


def _day(copy: Path) -> str:
    made = datetime.fromtimestamp(copy.stat().st_mtime).astimezone()
    return f"{made.day} {made:%b %Y}"


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """While no other kosmo rescues the file at `path`; errors as StoreError."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(path.with_suffix(".lock"), timeout=30, mode=0o600):
            yield
    except Timeout:
        raise StoreError(f"{path} is damaged, and another kosmo is rescuing it", "try again in a moment") from None
    except OSError as error:
        raise StoreError(
            f"{path} is damaged and cannot be replaced: {error.strerror}", "make room, or move it away yourself"
        ) from None


def _on_disk(folder: Path) -> None:
    """Have the names in `folder` outlive a loss of power; not every system can."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _remove(path: Path) -> None:
    for ending in _ENDINGS:
        Path(f"{path}{ending}").unlink(missing_ok=True)


def _move_aside(path: Path) -> Path:
    name = f"{path.name}.damaged-{datetime.now():%Y%m%d-%H%M%S}"
    names = (path.with_name(f"{name}{number}") for number in ("", *(f".{n}" for n in range(2, 1000))))
    aside = next(free for free in names if not free.exists())
    for ending in _ENDINGS:
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{ending}").rename(f"{aside}{ending}")
    return aside


def _take_over(damaged: Path, target: Connection) -> str:
    """Copy the rows of drafts, outbox and numbers; how many there are of each."""
    with _opened(damaged) as source, target.transaction() as raw:
        source.row_factory, source.text_factory = sqlite3.Row, raw.text_factory
        for table in schema.PRECIOUS:
            _insert(raw, table, _readable(source, table))
        raw.execute("INSERT OR IGNORE INTO draft_versions SELECT id, version, content, updated_at FROM drafts")
        if _has_tables(damaged):
            numbers = _readable_numbers(source)
        else:
            declared = raw.execute("SELECT sql FROM sqlite_master WHERE name = 'insights'").fetchone()["sql"]
            numbers = _scattered_numbers(source, declared)
        _insert(raw, "insights", numbers)
    tables = {"drafts": "drafts", "outbox": "writes", "insights": "numbers by day"}
    counts = [(int(target.value(f"SELECT count(*) FROM {table}")), name) for table, name in tables.items()]
    told = [f"{count:,} {name}" for count, name in counts if count or name != "numbers by day"]
    return " and ".join([", ".join(told[:-1]), told[-1]])


def _insert(raw: sqlite3.Connection, table: str, rows: Iterable[Any]) -> None:
    known = {row["name"] for row in raw.execute(f"PRAGMA table_info({table})")}
    for row in rows:
        values = {name: row[name] for name in row.keys() if name in known}  # noqa: SIM118 - a Row iterates values
        with contextlib.suppress(sqlite3.IntegrityError):  # half a row, or one that is there
            raw.execute(
                f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
                tuple(values.values()),
            )


@contextlib.contextmanager
def _opened(damaged: Path) -> Iterator[sqlite3.Connection]:
    """The damaged database; when its first page, which says what lies where, is lost: a copy with a new one."""
    if _has_tables(damaged):
        with contextlib.closing(sqlite3.connect(damaged)) as source:
            yield source
        return
    copy = Path(f"{damaged}.part")
    _remove(copy)
    try:
        for ending in ("", "-wal"):
            with contextlib.suppress(FileNotFoundError):
                shutil.copy(f"{damaged}{ending}", f"{copy}{ending}")
        with copy.open("r+b") as file:
            file.write(_first_page(copy.stat().st_size))
        with contextlib.closing(sqlite3.connect(copy)) as source:
            yield source
    finally:
        _remove(copy)


def _has_tables(damaged: Path) -> bool:
    if damaged.stat().st_size == 0:
        return False  # merely looking would make SQLite throw the log away
    try:
        with contextlib.closing(sqlite3.connect(damaged)) as source:
            source.execute(f"SELECT 1 FROM {schema.PRECIOUS[0]} LIMIT 0")
            return True
    except _UNREADABLE:
        return False


def _first_page(size: int) -> bytes:
    """The first page of a store of `size` bytes: the first migration makes the precious tables, at the same places."""
    with contextlib.closing(sqlite3.connect(":memory:")) as fresh:
        for statement in schema.statements(schema.MIGRATIONS[0].read_text(encoding="utf-8")):
            fresh.execute(statement)
        page_size = int(fresh.execute("PRAGMA page_size").fetchone()[0])
        page = bytearray(fresh.serialize()[:page_size])
    page[18:20] = b"\x02\x02"  # in WAL mode
    page[28:32] = max(size // page_size, 1).to_bytes(4, "big")  # pages in all; https://sqlite.org/fileformat2.html
    return bytes(page)


def _readable(source: sqlite3.Connection, table: str) -> Iterator[Any]:
    """Every row that can be read: in one go up to the damage, then one by one."""
    seen = 0
    try:
        for row in source.execute(f"SELECT rowid AS row_number, * FROM {table} NOT INDEXED ORDER BY rowid"):
            seen = row["row_number"]
            yield row
        return
    except _UNREADABLE:
        pass
    last, failures = _MOST, 0
    with contextlib.suppress(*_UNREADABLE):
        last = source.execute(f"SELECT max(rowid) FROM {table} NOT INDEXED").fetchone()[0] or 0
    for number in range(seen + 1, last + 1):
        try:
            yield from source.execute(f"SELECT * FROM {table} NOT INDEXED WHERE rowid = ?", (number,))
        except _UNREADABLE:
            failures += 1
            if failures == _FAILURES:
                return


def _readable_numbers(source: sqlite3.Connection) -> Iterator[Any]:
    """The numbers by day that can be read and are such: up to the damage from both ends, since their rows have no
    numbers of their own to go by."""
    for way in ("ASC", "DESC"):
        try:
            yield from source.execute(
                f"SELECT * FROM insights WHERE {_SOUND} ORDER BY account {way}, metric {way}, day {way}"
            )
            return
        except _UNREADABLE:
            continue


def _scattered_numbers(copy: sqlite3.Connection, declared: str) -> Iterator[Any]:
    """The same when the first page is lost, and with it where their table lies: in a `copy` that may be changed, every
    page that looks like one of theirs is read as if it were the topmost.  `declared` is the SQL of the table.

    The newest come first: pages that are used no more hold older ones.
    """
    rows: list[Any] = []
    with contextlib.suppress(*_UNREADABLE):
        copy.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        path = Path(copy.execute("PRAGMA database_list").fetchone()["file"])
        for number in _pages_of_numbers(path, copy.execute("PRAGMA page_size").fetchone()[0]):
            copy.execute("PRAGMA writable_schema = ON")
            copy.execute("DELETE FROM sqlite_master WHERE name = 'insights'")
            copy.execute("INSERT INTO sqlite_master VALUES ('table', 'insights', 'insights', ?, ?)", (number, declared))
            copy.commit()
            copy.execute("PRAGMA writable_schema = RESET")
            with contextlib.suppress(*_UNREADABLE):
                rows += copy.execute(f"SELECT * FROM insights WHERE {_SOUND}").fetchall()
    yield from sorted(rows, key=lambda row: int(row["seen_at"]), reverse=True)


def _pages_of_numbers(path: Path, size: int) -> list[int]:
    """The pages, each of `size` bytes and counted from 1, that look as if numbers by day were on them."""
    with path.open("rb") as file:
        pages = enumerate(iter(partial(file.read, size), b""), 1)
        return [number for number, page in pages if page[0] in _INDEX_PAGES and _A_DAY.search(page)]
