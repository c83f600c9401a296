"""History into the store: what the services have of each account, back to a time.

A run can stop at any moment, by a signal, a kill, a lost network or a rate limit, and loses a page at most: the next
one takes what is new, and goes on where this one stopped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.api.errors import KosmoError
from kosmo_tui.api.limits import Window
from kosmo_tui.services.budget import RESERVE, Budget
from kosmo_tui.services.reader import OutOfBudget, Progress, Reader
from kosmo_tui.services.storage import StorageError
from kosmo_tui.store.database import Store

if TYPE_CHECKING:
    from kosmo_tui.services.reader import Client


class Busy(KosmoError):
    """Another kosmo brings the history of this account."""

    kind = "busy"


@dataclass(frozen=True)
class Brought:
    """What a run has brought of an account: items read, also those that were in the store already.

    It is `whole` when everything back to the time asked for is in the store; else the budget stopped it in the window
    `waits_for`, or an `error` did.  `missing` says what the service does not let this account have, and why.
    """

    account: str
    posts: int = 0
    media: int = 0
    comments: int = 0
    values: int = 0
    requests: int = 0
    waits_for: Window | None = None
    error: KosmoError | None = None
    missing: Sequence[str] = ()

    @property
    def whole(self) -> bool:
        return self.waits_for is None and self.error is None


def _silent(_: Progress) -> None:
    pass


class Sync:
    """Brings the history of accounts, back to `since`.  `folder` is where the locks lie, None for a store in memory."""

    def __init__(
        self,
        hub: Hub,
        store: Store,
        since: datetime,
        *,
        folder: Path | None,
        reserve: float = RESERVE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        report: Callable[[Progress], None] = _silent,
    ) -> None:
        self._hub = hub
        self._store = store
        self._since = since
        self._folder = folder
        self._now = now
        self._report = report
        self._budget = Budget(store.ledger, now, reserve)

    async def price(self, account: str) -> int:
        """How many requests are known to be needed: those for numbers by day.  Of posts, media and comments nobody
        says how many there are: a request brings 50 to 100.  Asks nothing."""
        if account.startswith("buffer."):
            return 0
        from kosmo_tui.services import daily_values

        return await daily_values.price(self._reader(account), self._since, self._now())

    async def run(self, accounts: Sequence[str]) -> list[Brought]:
        """Bring the accounts, all at the same time: each has rate limits of its own.  Errors are in the results."""
        return list(await asyncio.gather(*map(self._bring, accounts)))

    async def _bring(self, account: str) -> Brought:
        reader = self._reader(account)
        waits_for: Window | None = None
        error: KosmoError | None = None
        missing: list[str] = []
        try:
            with _alone(self._folder, account):
                missing = await self._read(account, reader)
        except OutOfBudget as stopped:
            waits_for = stopped.window
        except KosmoError as failed:
            error = failed
        reader.told("all there" if waits_for is None and error is None else "stopped", 1.0)
        count = reader.brought
        return Brought(
            account=account,
            posts=count["post"],
            media=count["media"],
            comments=count["comment"],
            values=count["value"],
            requests=reader.requests,
            waits_for=waits_for,
            error=error,
            missing=missing,
        )

    async def _read(self, account: str, reader: Reader) -> list[str]:
        service, _, name = account.partition(".")
        if service == "buffer":
            from kosmo_tui.services import posts_history

            await posts_history.read(reader, self._hub.buffer[name], self._since)
            return []
        from kosmo_tui.services import daily_values, media_history

        client = self._hub.instagram[name]
        missing = await media_history.read(reader, client, self._since)
        return missing + await daily_values.read(reader, client, self._since)

    def _reader(self, account: str) -> Reader:
        client: Client = self._hub.client(account)
        self._budget.recall(account)
        return Reader(account, client, self._store.cache, self._budget, self._now, self._report)


@contextmanager
def _alone(folder: Path | None, account: str) -> Iterator[None]:
    """Holds the lock of an account's history: two runs would ask for the same pages.  Raises Busy, StorageError."""
    if folder is None:
        yield
        return
    from filelock import FileLock, Timeout  # takes longer to import than to use

    path = folder / f"sync-{account}.lock"
    lock = FileLock(path, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Busy(
            f"another `kosmo sync` is bringing the history of {account}", hint="let it finish, or stop it"
        ) from None
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}", hint="make its folder writable") from None
    try:
        yield
    finally:
        path.unlink(missing_ok=True)  # while it is locked, so that no lock is ever held on a file without a name
        lock.release()
