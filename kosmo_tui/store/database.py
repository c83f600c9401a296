"""The store: one SQLite file that outlives the program, shared by every kosmo of this user."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kosmo_tui.store import files, schema
from kosmo_tui.store.cache import Cache
from kosmo_tui.store.connection import Connection, suspicion
from kosmo_tui.store.errors import Damaged, StoreError
from kosmo_tui.store.ledger import Ledger
from kosmo_tui.store.owner import Owner
from kosmo_tui.store.words import WordIndex

if TYPE_CHECKING:
    from kosmo_tui.store.drafts import Drafts
    from kosmo_tui.store.outbox import Outbox
    from kosmo_tui.store.search import Search

FILE = "kosmo.db"
_RUNNING = "running"
Now = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """Drafts, outbox, what was seen of the services and how much was asked of them.

    Any thread may use it; calls block, a write until it is on the disk.
    `durable` is False in memory.  `notice` is for the user: that the file was damaged or emptied, else "".
    """

    def __init__(self, connection: Connection, folder: Path | None, now: Now, notice: str = "") -> None:
        self._connection = connection
        self._now = now
        self._owner = Owner(folder / _RUNNING if folder else None)
        self.durable = folder is not None
        self.notice = notice
        self._words = WordIndex(connection)
        self.cache = Cache(connection, self._words)
        self.ledger = Ledger(connection, now)

    # What was seen is there at once; who writes and searches loads what that takes.

    @cached_property
    def drafts(self) -> Drafts:
        from kosmo_tui.store.drafts import Drafts

        return Drafts(self._connection, self._now)

    @cached_property
    def outbox(self) -> Outbox:
        from kosmo_tui.store.outbox import Outbox

        return Outbox(self._connection, self._owner, self._now)

    @cached_property
    def search(self) -> Search:
        from kosmo_tui.store.search import Search

        return Search(self._connection, self._words)

    @classmethod
    def open(cls, folder: Path, now: Now = _utc_now) -> Store:
        """The store in `folder`, made when it is missing.

        A damaged file is moved aside, and what can be read of drafts and outbox is taken over; of one that was emptied
        that is said.  Raises StoreError when the folder or the file cannot be used, is open to others, or was written
        by a newer kosmo, and when the file is damaged while another kosmo writes to it.
        """
        path = folder / FILE
        if files.rescued(path).exists():
            from kosmo_tui.store import rescue

            rescue.finish(path)
        notice = ""
        if path.exists() and not files.has_content(path):
            from kosmo_tui.store import rescue

            notice = rescue.emptied(path)
        files.prepare(path)
        try:
            connection = _ready(path)
        except Damaged as error:
            if Owner(folder / _RUNNING).others():
                raise StoreError(error.message, "another kosmo is using it: quit that one, then start again") from None
            from kosmo_tui.store import rescue

            notice = rescue.replace(path, _ready)
            connection = _ready(path)
        return cls(connection, folder, now, notice)

    @classmethod
    def in_memory(cls, now: Now = _utc_now) -> Store:
        """A store that is gone with the program."""
        connection = Connection.open(None)
        schema.configure(connection)
        schema.migrate(connection)
        return cls(connection, None, now)

    @classmethod
    def copied(cls, folder: Path, now: Now = _utc_now) -> Store:
        """What the store in `folder` holds, in memory: to be read where it cannot be written.

        What another kosmo has not put away from its log is missing.  Raises StoreError when it cannot be read either.
        """
        path = folder / FILE
        files.judge(path)
        connection = Connection.open(None)
        try:
            schema.copy(path, connection)
            schema.check(connection, left_open=False, suspect=False)
            schema.configure(connection)
            schema.migrate(connection)
        except BaseException:
            connection.close()
            raise
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
    suspect = suspicion(path)
    left_open = files.has_content(Path(f"{path}-wal"))  # the last one to close a file puts its log away
    if left_open and not files.has_content(path):
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
