"""The shape of the store: numbered migrations, and the number that a file has reached (`PRAGMA user_version`)."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from kosmo_tui.store.connection import BUSY_SECONDS, Connection, told
from kosmo_tui.store.errors import Damaged, StoreError

MIGRATIONS = tuple(sorted((Path(__file__).parent / "migrations").glob("*.sql")))
KOSMO = 0x6B6F736D  # "kosm": `PRAGMA application_id` of our files
PRECIOUS = ("drafts", "outbox", "draft_versions")  # what no service ever had, the most precious first
KEPT_BACKUPS = 3


def configure(connection: Connection) -> None:
    """Set what SQLite does not remember in the file.  Every commit is on the disk before it returns."""
    with told(connection.where):
        for setting in ("synchronous = FULL", "fullfsync = ON", "foreign_keys = ON"):
            connection.raw.execute(f"PRAGMA {setting}")
        give_up = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                connection.raw.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:  # SQLite does not wait when two make a new file at once
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                    raise
            time.sleep(0.01)


def check(connection: Connection, *, left_open: bool, suspect: bool) -> None:
    """Raise Damaged when the file is no store, or not sound; StoreError like `migrate`.

    Looking at everything takes a second for some hundred megabytes, so it is done when the file is `suspect`.  One
    that was `left_open` (a crash, or another kosmo runs) is searched where it is precious.  Other damage shows when
    it is read, and makes the file suspect.
    """
    version = _version(connection)
    tables = {row["name"] for row in connection.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if tables and connection.value("PRAGMA application_id") != KOSMO:
        raise Damaged(f"{connection.where} is not a store of kosmo")
    if version and not tables.issuperset(PRECIOUS):
        raise Damaged(f"{connection.where} has lost its tables")
    searched = PRECIOUS if left_open else PRECIOUS[:1]
    checks = ["quick_check"] if suspect else [f"quick_check({table})" for table in tables.intersection(searched)]
    for what in checks:
        if connection.value(f"PRAGMA {what}") != "ok":
            raise Damaged(f"{connection.where} is damaged")


def migrate(connection: Connection, path: Path | None = None) -> None:
    """Bring the store to the newest shape, all of the way or not at all; the file at `path` is copied before.

    Raises StoreError for a file of a newer kosmo.
    """
    if _version(connection) == len(MIGRATIONS):
        return
    with connection.transaction() as raw:
        reached = _version(connection)  # another kosmo may just have done it
        if path is not None and 0 < reached < len(MIGRATIONS):
            _back_up(path, reached)
        for migration in MIGRATIONS[reached:]:
            for statement in statements(migration.read_text(encoding="utf-8")):
                raw.execute(statement)
        raw.execute(f"PRAGMA application_id = {KOSMO}")
        raw.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def copy(path: Path, connection: Connection) -> None:
    """Copy the file at `path` into `connection`, without a lock or a log, which its folder may not take."""
    address = f"{path.absolute().as_uri()}?immutable=1"
    with told(str(path)), contextlib.closing(sqlite3.connect(address, uri=True)) as source:
        source.backup(connection.raw)


def statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: `executescript` would end the transaction first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _version(connection: Connection) -> int:
    version = int(connection.value("PRAGMA user_version"))
    if version > len(MIGRATIONS):
        raise StoreError(
            f"{connection.where} was written by a newer kosmo (schema {version}, this one knows {len(MIGRATIONS)})",
            "update kosmo, or name another folder with KOSMO_STATE_DIR",
        )
    return version


def _back_up(path: Path, version: int) -> None:
    """Copy the file as it is on the disk to `backups/`, named by the version of its schema; the newest few stay."""
    folder = path.parent / "backups"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        copy = folder / f"{path.stem}-schema-{version:04d}{path.suffix}"
        growing = copy.with_suffix(".part")
        growing.unlink(missing_ok=True)
        os.close(os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with (
            told(str(growing)),
            contextlib.closing(sqlite3.connect(path)) as source,
            contextlib.closing(sqlite3.connect(growing)) as target,
        ):
            source.backup(target)
        growing.replace(copy)
        for old in sorted(folder.glob("*-schema-*"))[:-KEPT_BACKUPS]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be copied before it is changed: {error.strerror}", f"make room, and {folder} writable"
        ) from None
