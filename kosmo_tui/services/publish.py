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
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from kosmo_tui.api.errors import Forbidden, KosmoError, NotFound
from kosmo_tui.compose.draft import Draft, Target
from kosmo_tui.compose.when import When
from kosmo_tui.services import calls
from kosmo_tui.services.calls import Accounts
from kosmo_tui.services.orders import NEW, Order, buffer_media, draft_of, new_write, of_post, of_row
from kosmo_tui.services.outcomes import LOOK_FIRST, NOTHING_SENT, Outcome, of_error, unsent
from kosmo_tui.services.publication import Listener, Publication, Row
from kosmo_tui.services.settle import Settler
from kosmo_tui.services.storage import StorageError, told
from kosmo_tui.services.threads import in_thread
from kosmo_tui.store.database import Store
from kosmo_tui.store.errors import Conflict, StoreError
from kosmo_tui.store.records import OutboxRow, State

__all__ = ["GRACE", "Publication", "Publisher", "Row", "State", "Target", "buffer_media"]

GRACE = 5.0  # seconds that writes under way are given when the app closes
HOLD = 10.0  # seconds in which a post for now can be taken back
_AT_ONCE = 3  # writes of one account at the same time
_CLOSED = f"Closed before it was sent; {NOTHING_SENT}"


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
        self._hub = hub
        self._hold = hold
        self.now = now
        self._journal = store.durable or volatile
        self._tasks: set[asyncio.Task[None]] = set()
        self._holds: dict[Publication, asyncio.Future[str]] = {}
        self._unwritten: dict[int, Outcome] = {}  # by row: what the journal could not take
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
        hold: bool = True,
    ) -> Publication:
        """Begin to carry out `orders`, one per target, each once, and return at once."""
        publication = Publication(orders, draft=draft, draft_id=draft_id, reason=reason, targets=targets)
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
        publication.set(row.target, id=row.id)
        self._follow(publication, self._run_again(publication, row))
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
        timer = asyncio.get_running_loop().call_later(self._hold, self._decide, publication, "send")
        try:
            return await held
        finally:
            timer.cancel()
            del self._holds[publication]
            publication.hold(None)

    # -- the way of a publication

    async def _run(self, publication: Publication) -> None:
        try:
            with told():
                await self._note(publication)
        except Exception as error:
            outcome = unsent(error) if isinstance(error, KosmoError) else _fault(error, "refused")
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
        with contextlib.suppress(StoreError):  # rows that stay are queued: nobody sends them unasked
            for row in publication.rows:
                if row.id is not None:
                    await in_thread(self.store.outbox.withdraw, row.id)
        publication.withdraw(f"Taken back before it was sent; {NOTHING_SENT}")

    async def _send_all(self, publication: Publication) -> None:
        by_account: dict[str, list[str]] = {}
        for key, order in publication.orders.items():
            by_account.setdefault(order.account, []).append(key)
        await asyncio.gather(
            *(self._send_group(publication, account, keys) for account, keys in by_account.items()),
            return_exceptions=True,  # what goes wrong has been told row by row
        )

    async def _send_group(self, publication: Publication, account: str, keys: Sequence[str]) -> None:
        """Send what one account has to send; after a failure that would meet every write, the rest is not tried."""
        gate = asyncio.Semaphore(_AT_ONCE)
        failed = await self._prepare(publication, account, keys)

        async def one(key: str) -> None:
            async with gate:
                if (error := failed.get(key) or failed.get("")) is not None:
                    await self._settle(publication, key, error)
                    return
                outcome = await self._send(publication, key)
                if outcome.stops_account:
                    note = outcome.note if NOTHING_SENT in outcome.note else f"{outcome.note}; {NOTHING_SENT}"
                    failed[""] = Outcome(
                        state="refused", note=note, hint=outcome.hint, answer=outcome.answer, kind=outcome.kind
                    )

        await asyncio.gather(*map(one, keys), return_exceptions=True)

    async def _prepare(self, publication: Publication, account: str, keys: Sequence[str]) -> dict[str, Outcome]:
        """Read what the writes need, so that a write is the next request: what failed, by key (empty: all)."""
        try:
            if account.startswith("instagram."):
                calls.instagram_of(self._hub, account)
                return {}
            client = calls.buffer_of(self._hub, account)
            ids = {key: publication.orders[key].profile_id for key in keys if publication.orders[key].kind == "create"}
            try:
                await client.prepare([one for one in ids.values() if one])
                return {}
            except (NotFound, Forbidden):
                return {key: failed for key, one in ids.items() if one and (failed := await _missing(client, one))}
        except KosmoError as error:
            return {"": unsent(error)}
        except Exception as error:  # a fault of ours; nothing has been sent
            return {"": _fault(error, "refused")}

    async def _send(self, publication: Publication, key: str, *, container: str = "") -> Outcome:
        """Claim the row of a target and carry it out; its outcome, told and written down."""
        order, row_id = publication.orders[key], publication.row(key).id
        assert row_id is not None  # it is in the journal
        called = False
        try:
            if (why := await self._doubtful(order, row_id)) is not None:
                outcome = why
            elif (await in_thread(self.store.outbox.claim, row_id, self._clock(order))) is None:
                outcome = await self._not_ours(row_id)
            else:
                accounted = await in_thread(self.store.outbox.accounted, order.target)
                publication.set(key, state="sending", note="")
                called = True
                outcome = await calls.send(
                    self._hub,
                    order,
                    container=container,
                    accounted=accounted,
                    on_progress=lambda note: publication.set(key, note=note),
                    refer=lambda reference: self._refer(row_id, reference),
                )
        except StoreError as error:
            outcome = unsent(StorageError(error.message, hint=error.hint))
        except KosmoError as error:
            outcome = of_error(error)
        except Exception as error:  # a fault of ours: keep the app alive, and never claim that nothing went out
            outcome = _fault(error, "unknown" if called else "refused")
        except BaseException:  # the app is closing, or a signal: nobody will hear the answer
            late = Outcome(state="unknown", note="Broken off before the answer came", hint=LOOK_FIRST)
            await self._settle(publication, key, late if called else Outcome(state="refused", note=_CLOSED))
            raise
        await self._settle(publication, key, outcome)
        return outcome

    def _clock(self, order: Order) -> datetime:
        """The time by the clock of the service: posts are looked for by it."""
        return calls.buffer_of(self._hub, order.account).now() if order.kind != "publish" else self.now()

    async def _refer(self, row_id: int, reference: str) -> None:
        """Keep Instagram's container before it is published; when that fails, it is not."""
        with told():
            await in_thread(self.store.outbox.refer, row_id, reference)

    async def _doubtful(self, order: Order, row_id: int) -> Outcome | None:
        """Why an order is not carried out now: an equal one may be there already, and nobody knows."""
        if order.kind not in NEW:
            return None
        row = await in_thread(self.store.outbox.get, row_id)
        await in_thread(self.store.outbox.adopt)  # a kosmo that was killed a moment ago may have sent the same
        others = await in_thread(self.store.outbox.rows, states={"unknown"}, account=order.account)
        for other in others:
            same = row is not None and (other.target, other.fingerprint) == (row.target, row.fingerprint)
            if not same or other.id == row_id or other.resolved:
                continue
            settled = await self.settle(other)
            if settled is None or settled.state != "refused":
                found = "is there" if settled is not None and settled.state == "confirmed" else "may be there"
                note = f"An equal post {found} already (outbox {other.id}); {NOTHING_SENT}"
                hint = "decide on that one first; if it is to stand there twice, send this one again"
                return Outcome(state="refused", note=note, hint=hint)
        return None

    async def settle(self, row: OutboxRow) -> OutboxRow | None:
        """Look for an unknown write and tell whoever follows it; None when it cannot be looked for now."""
        try:
            settled = await self.settler.settle(row)
        except KosmoError:
            return None
        self.tell(settled)
        return settled

    def tell(self, row: OutboxRow) -> None:
        """A row has changed in the store: show it in the publication it belongs to."""
        for publication in self.publications:
            for shown in publication.rows:
                if shown.id == row.id and row.state != "sending" and row.state != "queued":
                    publication.set(
                        shown.target.key, state=row.state, note=row.note, hint=row.hint, link=row.link or None
                    )

    async def _not_ours(self, row_id: int) -> Outcome:
        """Why a row could not be claimed."""
        row = await in_thread(self.store.outbox.get, row_id)
        if row is not None and row.state == "queued":
            note = f"The same post is on its way to this target right now; {NOTHING_SENT} a second time"
            return Outcome(state="refused", note=note, hint="wait for what becomes of it")
        return Outcome(state="refused", note=f"It was taken out of the outbox elsewhere; {NOTHING_SENT} from here")

    async def _settle(self, publication: Publication, key: str, outcome: Outcome) -> None:
        """Write the outcome down and show it; it is shown also when it cannot be written down."""
        row_id = publication.row(key).id
        if row_id is not None and not await self._keep(row_id, outcome):
            notice = "The outbox could not be written: what became of this is looked up at the next start"
            outcome = replace(outcome, notices=(*outcome.notices, notice))
        publication.settle(key, outcome)

    async def _keep(self, row_id: int, outcome: Outcome) -> bool:
        """Write an outcome into the journal, and those that it could not take before."""
        self._unwritten[row_id] = outcome
        for id, late in tuple(self._unwritten.items()):
            try:
                await in_thread(
                    self.store.outbox.settle,
                    id,
                    late.state,
                    note=late.note,
                    hint=late.hint,
                    remote_id=late.remote_id,
                    link=late.link,
                    answer=late.answer,
                )
            except Conflict:  # somebody else has settled it
                self._unwritten.pop(id, None)
            except StoreError:
                return row_id not in self._unwritten
            else:
                self._unwritten.pop(id, None)
        return True

    async def _run_again(self, publication: Publication, row: OutboxRow) -> None:
        key = row.target
        try:
            container = ""
            if row.state == "unknown" or row.reference:
                look = await self.settler.look(row)
                if row.state == "unknown":
                    row = await self.settler.note(row, look)
                if look.outcome is not None and look.outcome.state == "confirmed":
                    if row.state == "refused":
                        with told():
                            await in_thread(self.store.outbox.again, row.id)
                    await self._settle(publication, key, look.outcome)
                    return
                container = row.reference if look.container in ("FINISHED", "IN_PROGRESS") else ""
            with told():
                await in_thread(self.store.outbox.again, row.id)
        except KosmoError as error:
            state: State = row.state if row.state in ("refused", "unknown") else "refused"
            note = f"It could not be looked for first: {error.message}; {NOTHING_SENT} again"
            publication.settle(key, Outcome(state=state, note=note, hint=error.hint, error=error))
            return
        failed = await self._prepare(publication, row.account, [key])
        if failed:
            await self._settle(publication, key, next(iter(failed.values())))
        else:
            await self._send(publication, key, container=container)

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
        for publication in self.publications:
            if not publication.done:
                publication.leave()


def _fault(error: Exception, state: State) -> Outcome:
    note = f"A fault in this program ({type(error).__name__})"
    if state == "unknown":
        return Outcome(state=state, note=note, hint=LOOK_FIRST)
    return Outcome(state=state, note=f"{note}; {NOTHING_SENT}", hint="please report it")


async def _missing(client: calls.BufferWriter, profile_id: str) -> Outcome | None:
    """Why a profile cannot be posted to; None when it can.  Raises what meets all profiles alike."""
    try:
        await client.prepare([profile_id])
    except (NotFound, Forbidden) as error:
        return unsent(error)
    return None
