"""Saving while typing: in a thread, soon after the first change, however long the typing goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from kosmo_tui.compose.draft import Draft
from kosmo_tui.services.drafts import Drafts, Kept, Place
from kosmo_tui.services.storage import StorageError

INTERVAL = 0.4  # seconds from the first unsaved change to the write; with the write itself well under a second
RETRY = 3.0  # seconds after a write that failed


@dataclass(frozen=True)
class Saved:
    """How the draft stands: when it was last changed in the store, why the last write failed, and what is stored.

    The id of `kept` changes when another kosmo has changed the draft: what is written here is a draft of its own then.
    Where it is not `durable`, it is gone when kosmo ends.
    """

    at: datetime | None = None
    problem: str = ""
    kept: Kept | None = None
    durable: bool = True


class Autosave:
    """Keeps one draft as it is typed; `kept` is None for a new one, which gets a row once it has content.

    `told` hears of every change of `saved`: of a failure once, not of every attempt.  Everything is called in the
    event loop; only the writes are in a thread, one at a time.
    """

    def __init__(self, drafts: Drafts, account: str, kept: Kept | None, *, told: Callable[[Saved], None]) -> None:
        self._durable = drafts.durable
        self.saved = self._saved(kept)
        self._drafts, self._account, self._told = drafts, account, told
        self._unsaved: tuple[Draft, Place] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None
        self._failure: StorageError | None = None
        self._closed = False

    def changed(self, draft: Draft, place: Place) -> None:
        """The draft, or where the writer is, has changed; cheap enough for every key."""
        if not self._closed:
            self._unsaved = (draft, place)
            if self._writing is None:
                self._plan(INTERVAL)

    async def flush(self) -> None:
        """Have everything on the disk.  Raises StorageError when that fails; it is tried again later then."""
        while self._unsaved is not None or self._writing is not None:
            await asyncio.shield(self._write())  # who gives up waiting must not lose what the thread returns
            if self._failure is not None:
                raise self._failure

    def close(self) -> None:
        """Write and tell no more.  `flush` first: what is not saved by now stays so."""
        self._closed = True
        self._unsaved = None
        self._unplan()

    def _plan(self, delay: float) -> None:
        """Write in `delay` seconds, or when it was planned if that is sooner: typing does not put it off."""
        loop = asyncio.get_running_loop()
        if self._timer is None or self._timer.when() > loop.time() + delay:
            self._unplan()
            self._timer = loop.call_later(delay, self._write)

    def _unplan(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _write(self) -> asyncio.Task[None]:
        self._unplan()
        if self._writing is None:
            self._writing = asyncio.create_task(self._save(), name="autosave")
        return self._writing

    async def _save(self) -> None:
        """Write what is unsaved, once."""
        taken, self._unsaved = self._unsaved, None
        saved, self._failure = self.saved, None
        try:
            if taken is not None:
                saved = self._saved(await asyncio.to_thread(self._store, saved.kept, *taken))
        except BaseException as caught:
            self._unsaved = self._unsaved or taken  # whatever went wrong: what was typed is not given up
            if not isinstance(caught, Exception):
                raise
            error = self._failure = _failure(caught)
            saved = replace(saved, problem=f"{error.message} ({error.hint})" if error.hint else error.message)
        finally:
            self._writing = None
        told, self.saved = self.saved, saved
        if self._closed:
            return
        if self._unsaved is not None:
            self._plan(RETRY if self._failure else INTERVAL)
        if saved != told:
            self._told(saved)

    def _saved(self, kept: Kept | None) -> Saved:
        return Saved(kept.updated_at if kept else None, "", kept, self._durable)

    def _store(self, kept: Kept | None, draft: Draft, place: Place) -> Kept | None:
        if kept is None:
            return None if draft.is_empty else self._drafts.add(self._account, draft, place)
        if (kept.draft, kept.place) == (draft, place):
            return kept
        return self._drafts.save(kept, draft, place)


def _failure(error: Exception) -> StorageError:
    if isinstance(error, StorageError):
        return error
    said = StorageError(f"A fault in this program ({type(error).__name__})", hint="copy the text, and please report it")
    said.__cause__ = error
    return said
