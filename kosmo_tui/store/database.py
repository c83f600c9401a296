"""The store: one SQLite file that outlives the program, shared by every kosmo of this user."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from kosmo_tui.store import files, rescue, schema
from kosmo_tui.store.connection import Connection, suspicion
from kosmo_tui.store.drafts import Drafts
from kosmo_tui.store.errors import Damaged, StoreError
from kosmo_tui.store.outbox import Outbox
from kosmo_tui.store.owner import Owner

FILE = "kosmo.db"
Now = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """Drafts and outbox.  Any thread may use it; calls block, a write until it is on the disk.

    `durable` is False in memory.  `notice` is a sentence for the user when the file was damaged, else empty.
    """

    def __init__(self, connection: Connection, folder: Path | None, now: Now, notice: str = "") -> None:
        self._connection = connection
        self._owner = Owner(folder / "running" if folder else None)
        self.durable = folder is not None
        self.notice = notice
        self.drafts = Drafts(connection, now)
        self.outbox = Outbox(connection, self._owner, now)

    @classmethod
    def open(cls, folder: Path, now: Now = _utc_now) -> Store:
        """The store in `folder`, made when it is missing.

        A damaged file is moved aside, and what can be read of drafts and outbox is taken over.  Raises StoreError when
        the folder or the file cannot be used, is open to others, or was written by a newer kosmo.
        """
        path = folder / FILE
        files.prepare(path)
        notice = ""
        try:
            connection = _ready(path)
        except Damaged:
            notice = rescue.replace(path, _ready)
            connection = _ready(path)
        store = cls(connection, folder, now, notice)
        with contextlib.suppress(StoreError):  # a full disk must not keep anybody from reading
            store.drafts.purge()
        return store

    @classmethod
    def in_memory(cls, now: Now = _utc_now) -> Store:
        """A store that is gone with the program."""
        connection = Connection.open(None)
        schema.configure(connection)
        schema.migrate(connection)
        return cls(connection, None, now)

    @property
    def owner(self) -> str:
        """The id of this running kosmo among those that share the store.  Raises StoreError."""
        return self._owner.id

    def close(self) -> None:
        """Close the file; writes that are still queued are nobody's then."""
        self._connection.close()
        self._owner.leave()


def _ready(path: Path) -> Connection:
    """The file at `path`, sound and of the newest shape.  Raises StoreError, Damaged when it is not sound."""
    log, suspect = Path(f"{path}-wal"), suspicion(path)
    left_open = log.exists() and log.stat().st_size > 0  # the last one to close a file puts its log away
    if left_open and path.stat().st_size == 0:
        raise Damaged(f"{path} is empty")  # SQLite would throw the log away
    connection = Connection.open(path)
    try:
        schema.check(connection, left_open=left_open, suspect=suspect.exists())
        schema.configure(connection)
        schema.migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    suspect.unlink(missing_ok=True)
    return connection
