"""Sending: every write is in the journal, on the disk, before its first byte leaves, and is sent once.

Tasks belong to the publisher, which belongs to the app: no screen that closes takes a write with it.  Every target ends
as confirmed, refused (nothing is live) or unknown (something may be): an unclear answer is never turned into a second
attempt, and what a killed kosmo leaves behind tells where it stood.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from kosmo_tui.api.errors import KosmoError
from kosmo_tui.compose.draft import Draft, Target
from kosmo_tui.compose.when import When
from kosmo_tui.services.calls import Accounts
from kosmo_tui.services.due import due
from kosmo_tui.services.orders import Order, buffer_media, draft_of, new_write, of_post, of_row
from kosmo_tui.services.outcomes import NOTHING_SENT, unsent
from kosmo_tui.services.publication import Listener, Publication, Row
from kosmo_tui.services.sending import Sender, fault
from kosmo_tui.services.settle import Settler
from kosmo_tui.services.storage import StorageError, told
from kosmo_tui.services.threads import in_thread
from kosmo_tui.store.database import Store
from kosmo_tui.store.errors import StoreError
from kosmo_tui.store.records import OutboxRow, State

__all__ = ["GRACE", "Publication", "Publisher", "Row", "State", "Target", "buffer_media"]

GRACE = 5.0  # seconds that writes under way are given when the app closes
HOLD = 10.0  # seconds in which a post for now can be taken back


def _wall_clock() -> datetime:
    return datetime.now(UTC)


class Publisher:
    """Sends with the clients of `hub`, through the journal in `store`.  Close it before the hub and the store.

    `hold` is how many seconds posts for now can be taken back, 0 for not at all.  A store that is gone with the
    program is no journal: without `volatile` nothing is sent through one.
    """

    def __init__(
        self,
        hub: Accounts,
        store: Store,
        *,
        hold: float = HOLD,
        now: Callable[[], datetime] = _wall_clock,
        volatile: bool = False,
    ) -> None:
        self.store = store
        self.settler = Settler(hub, store, now)
        self._sender = Sender(hub, store, self.settler, now, self.tell)
        self._hold = hold
        self.now = now
        self._journal = store.durable or volatile
        self._tasks: set[asyncio.Task[None]] = set()
        self._holds: dict[Publication, asyncio.Future[str]] = {}
        self._timers: dict[Publication, asyncio.TimerHandle] = {}
        self._stopped: dict[Publication, float] | None = None  # seconds that are left, while the clock stands still
        self._listeners: list[Listener] = []
        self.publications: list[Publication] = []

    @property
    def pending(self) -> int:
        """How many targets still wait for their last word: quitting now would leave them open."""
        return sum(not row.done for publication in self.publications for row in publication.rows)

    @property
    def holding(self) -> int:
        """How many of them are held back, with nothing sent yet."""
        return sum(len(publication.rows) for publication in self._holds)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after every change of every publication to come; returns how to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    # -- starting

    def start(
        self,
        draft: Draft,
        targets: Sequence[Target],
        when: When | Mapping[str, When],
        *,
        draft_id: str | None = None,
        reason: str = "",
    ) -> Publication:
        """Begin to send `draft` to `targets`, each once, and return at once.

        `when` is one for all, or one by the key of each target; `reason` why warnings are overridden.
        """
        whens = when if isinstance(when, Mapping) else {target.key: when for target in targets}
        orders = [of_post(draft, target, whens[target.key]) for target in targets]
        return self.write(orders, draft=draft, draft_id=draft_id, reason=reason, targets=targets)

    def write(
        self,
        orders: Sequence[Order],
        *,
        draft: Draft | None = None,
        draft_id: str | None = None,
        reason: str = "",
        targets: Sequence[Target] = (),
        notices: Sequence[str] = (),
        hold: bool = True,
    ) -> Publication:
        """Begin to carry out `orders`, one per target, each once, and return at once.

        `notices` are told with the answers.
        """
        publication = Publication(orders, draft=draft, draft_id=draft_id, reason=reason, targets=targets)
        publication.notices = tuple(notices)
        if hold and self._hold > 0 and any(order.now for order in orders):
            self._holds[publication] = asyncio.get_running_loop().create_future()
            publication.held_until = self.now() + timedelta(seconds=self._hold)
        self._follow(publication, self._run(publication))
        return publication

    def again(self, row: OutboxRow) -> Publication:
        """Send a write once more, by a person's order: one that was refused, is unknown, or that nobody sent.

        It is looked for first; when it is there it is confirmed, and nothing is sent.  A post that Instagram has
        prepared is published, not made anew.
        """
        publication = Publication([of_row(row)], draft=draft_of(row), draft_id=row.draft_id, reason=row.reason)
        publication.repeats = True
        publication.set(row.target, id=row.id)
        self._follow(publication, self._sender.again(publication, row))
        return publication

    def _follow(self, publication: Publication, work: Coroutine[Any, Any, None]) -> None:
        for listener in self._listeners:
            publication.subscribe(listener)
        self.publications.append(publication)
        task = asyncio.create_task(work, name="publish")
        self._tasks.add(task)  # asyncio itself holds tasks only weakly
        task.add_done_callback(self._tasks.discard)

    # -- holding back

    def take_back(self, publication: Publication) -> bool:
        """Do not send it after all; nothing was sent.  False when it is too late."""
        return self._decide(publication, "withdraw")

    def send_now(self, publication: Publication) -> None:
        """Wait no longer."""
        self._decide(publication, "send")

    def stop_clock(self) -> None:
        """Let nothing that is held back go out by itself until `go_on`: somebody is asked what becomes of it."""
        if self._stopped is None:
            now = asyncio.get_running_loop().time()
            self._stopped = {publication: timer.when() - now for publication, timer in self._timers.items()}
            for timer in self._timers.values():
                timer.cancel()

    def go_on(self) -> None:
        """Let the clock run again: what is held back has the time that was left to it."""
        left, self._stopped = self._stopped or {}, None
        for publication, seconds in left.items():
            if publication in self._holds:
                self._run_out(publication, seconds)

    def _run_out(self, publication: Publication, seconds: float) -> None:
        """Send a publication in so many seconds, unless somebody decides before, or the clock stands still."""
        if self._stopped is not None:
            self._stopped[publication] = seconds
            return
        loop = asyncio.get_running_loop()
        self._timers[publication] = loop.call_later(max(0.0, seconds), self._decide, publication, "send")
        if seconds < self._hold:
            publication.hold(self.now() + timedelta(seconds=seconds))

    def _decide(self, publication: Publication, decision: str) -> bool:
        held = self._holds.get(publication)
        if held is None or held.done():
            return False
        held.set_result(decision)
        return True

    async def _held(self, publication: Publication) -> str:
        """`send`, `withdraw` or `leave`: what becomes of a publication, once its time is up or somebody decides."""
        held = self._holds.get(publication)
        if held is None:
            return "send"
        self._run_out(publication, self._hold)
        try:
            return await held
        finally:
            if (timer := self._timers.pop(publication, None)) is not None:
                timer.cancel()
            del self._holds[publication]
            publication.hold(None)

    # -- the way of a publication

    async def _run(self, publication: Publication) -> None:
        try:
            with told():
                await self._note(publication)
        except Exception as error:
            outcome = unsent(error) if isinstance(error, KosmoError) else fault(error, "refused")
            self._holds.pop(publication, None)
            publication.held_until = None
            for key in publication.orders:
                publication.settle(key, outcome)
            return
        decision = await self._held(publication)
        if decision == "withdraw":
            await self._withdraw(publication)
        elif decision == "send":
            await self._send_all(publication)
        else:
            publication.leave()

    async def _note(self, publication: Publication) -> None:
        """Write everything down: all of it or nothing."""
        if not self._journal:
            raise StorageError(
                "writes cannot be kept: the store is only in memory", hint="make the state folder writable"
            )
        batch = uuid.uuid4().hex
        writes = [
            new_write(
                order,
                batch=batch,
                draft=publication.draft if publication.keeps_rest else None,
                draft_id=publication.draft_id,
                reason=publication.reason,
                not_before=publication.held_until,
            )
            for order in publication.orders.values()
        ]
        for row in await in_thread(self.store.outbox.add, writes):
            publication.set(row.target, id=row.id)

    async def _withdraw(self, publication: Publication) -> None:
        publication.taken_back = True
        await self.withdraw_unsent(publication)
        publication.withdraw(f"Taken back before it was sent; {NOTHING_SENT}")

    async def withdraw_unsent(self, publication: Publication) -> None:
        """Take out of the outbox what of a publication was not sent; call it when nothing of it is being sent."""
        with contextlib.suppress(StoreError):  # rows that stay are queued: nobody sends them unasked
            for row in publication.rows:
                if row.id is not None and not row.done and await in_thread(self.store.outbox.withdraw, row.id):
                    publication.set(row.target.key, state="refused", note=f"Taken back; {NOTHING_SENT}", id=None)

    async def _send_all(self, publication: Publication) -> None:
        by_account: dict[str, list[str]] = {}
        for key, order in publication.orders.items():
            by_account.setdefault(order.account, []).append(key)
        await asyncio.gather(
            *(self._sender.group(publication, account, keys) for account, keys in by_account.items()),
            return_exceptions=True,  # what goes wrong has been told row by row
        )

    def tell(self, row: OutboxRow) -> None:
        """An unknown row was looked for or decided on: show it in the publication it belongs to.

        One that is sent again just now is not meant: that may have been seen before.
        """
        for publication in self.publications:
            for shown in publication.rows:
                if shown.id == row.id and shown.state == "unknown":
                    told = due(row)
                    publication.set(
                        shown.target.key,
                        state=row.state,
                        note=row.note,
                        hint=row.hint,
                        link=row.link or None,
                        at=told.at if told else shown.at,
                    )

    # -- closing

    async def aclose(self, grace: float = GRACE, *, finish: bool = False) -> None:
        """Give writes under way `grace` seconds, then leave what is still open as unknown.

        What is held back is sent at once with `finish`; otherwise it stays queued in the store, and a person decides.
        """
        for publication in tuple(self._holds):
            self._decide(publication, "send" if finish else "leave")
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._sender.catch_up()
        for publication in self.publications:
            if not publication.done:
                publication.leave()
