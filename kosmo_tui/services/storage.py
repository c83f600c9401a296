"""The store for the rest of the program: where it lies, and its errors as errors of kosmo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kosmo_tui.accounts import paths
from kosmo_tui.api.errors import KosmoError
from kosmo_tui.store.database import Store
from kosmo_tui.store.errors import StoreError


class StorageError(KosmoError):
    """Drafts or the outbox could not be read or written; nothing is half done."""

    kind = "store"


@contextmanager
def told() -> Iterator[None]:
    """Errors of the store as StorageError."""
    try:
        yield
    except StoreError as error:
        raise StorageError(error.message, hint=error.hint) from error


def readable_store(folder: Path | None = None) -> Store:
    """What can be read of a store that cannot be opened, in memory; an empty one when nothing can."""
    try:
        return copied_store(folder)
    except StorageError:
        return Store.in_memory()


def copied_store(folder: Path | None = None) -> Store:
    """What a store holds that cannot be written, in memory.  Raises StorageError when it cannot be read either."""
    with told():
        return Store.copied(folder or paths.state_dir())


def open_store(folder: Path | None = None) -> Store:
    """The store in `folder`, else in the state folder.

    Raises StorageError when it cannot be used: the folder is read-only, the file open to others or of a newer kosmo.
    """
    with told():
        return Store.open(folder or paths.state_dir())
