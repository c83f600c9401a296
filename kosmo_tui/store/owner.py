"""Which kosmo is running: each holds the lock of a file of its own, and the lock goes when the process goes."""

from __future__ import annotations

import contextlib
import os
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from kosmo_tui.store.errors import StoreError

if TYPE_CHECKING:
    from filelock import BaseFileLock

_ID = r"[0-9a-f]{16}"


class Owner:
    """This running kosmo among those that share `folder`; without a folder it is alone.

    The lock is taken when the id is first asked for: most commands never own a write.
    """

    def __init__(self, folder: Path | None) -> None:
        self._id = os.urandom(8).hex()
        self._folder = folder
        self._lock: BaseFileLock | None = None
        self._taking = threading.Lock()

    @property
    def id(self) -> str:
        """The name under which this kosmo owns writes; from now on others see it alive.  Raises StoreError."""
        with self._taking:
            if self._folder is not None and self._lock is None:
                self._lock = self._take(self._folder)
        return self._id

    def _take(self, folder: Path) -> BaseFileLock:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = _lock(folder / f"{self._id}.lock")
            lock.acquire(timeout=5)  # another kosmo may be looking at the new file
        except OSError as error:  # filelock's Timeout is one, too
            raise StoreError(
                f"{folder} cannot be written: {error.strerror or 'a file in it is locked'}",
                f"make {folder} writable for you",
            ) from None
        return lock

    def is_alive(self, other: str) -> bool:
        """Whether the kosmo called `other` still runs.  The file of one that does not is removed."""
        if other == self._id:
            return True
        if self._folder is None or not re.fullmatch(_ID, other):
            return False
        path = self._folder / f"{other}.lock"
        if not path.exists():
            return False
        from filelock import Timeout

        lock = _lock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        except OSError:
            return True  # not to be told: nobody may take its writes
        path.unlink(missing_ok=True)  # while it is locked, so that no lock is ever held on a file without a name
        lock.release()
        return False

    def others(self) -> list[str]:
        """All that run beside this one.  The files of those that run no more are removed."""
        found = [] if self._folder is None else sorted(path.stem for path in self._folder.glob("*.lock"))
        return [other for other in found if other != self._id and self.is_alive(other)]

    def leave(self) -> None:
        """Run no more, as far as others can see."""
        if self._lock is not None:
            with contextlib.suppress(OSError):
                Path(self._lock.lock_file).unlink(missing_ok=True)
            self._lock.release()
            self._lock = None


def _lock(path: Path) -> BaseFileLock:
    from filelock import FileLock  # takes longer to import than to use

    return FileLock(path, mode=0o600, thread_local=False)  # taken in one thread, left in another
