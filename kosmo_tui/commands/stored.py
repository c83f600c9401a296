"""The store for a command: the user's, or for the demo one that is gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kosmo_tui.store.database import Store


@contextmanager
def opened_store(demo: bool = False, *, only_read: bool = False) -> Iterator[Store]:
    """The store, closed at the end; to be `only_read` a copy will do, with a notice that it is one.

    Raises StorageError when it cannot be used; then nothing may be sent.
    """
    from kosmo_tui.services.storage import StorageError, copied_store, open_store

    with ExitStack() as stack:
        folder = None
        if demo:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kosmo-demo-")))
        try:
            store = open_store(folder)
        except StorageError as error:
            if not only_read:
                raise
            store = copied_store(folder)
            store.notice = f"{error.message}. This is what it holds; nothing can be changed. {error.hint}"
        stack.callback(store.close)
        yield store
