"""Carrying out what is in the journal: claimed, sent with one call, and its outcome written down.

Whatever goes wrong on the way, every row gets a true word: refused when nothing was sent, unknown when something
may have been.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import msgspec

from kosmo_tui.api.errors import Forbidden, KosmoError, NotFound
from kosmo_tui.services import calls
from kosmo_tui.services.calls import Accounts
from kosmo_tui.services.orders import NEW, Order, encode, request_of
from kosmo_tui.services.outcomes import LOOK_FIRST, NOTHING_SENT, Outcome, of_error, unsent
from kosmo_tui.services.publication import Publication
from kosmo_tui.services.settle import Settler
from kosmo_tui.services.storage import StorageError, told
from kosmo_tui.services.targets import profile_target
from kosmo_tui.services.threads import in_thread
from kosmo_tui.store.database import Store
from kosmo_tui.store.errors import Conflict, StoreError
from kosmo_tui.store.records import OutboxRow, State

_AT_ONCE = 3  # writes of one account at the same time
_CLOSED = f"Closed before it was sent; {NOTHING_SENT}"


class Sender:
    """Sends the rows of publications with the clients of `hub`, and keeps in `store` what becomes of them.

    `tell` hears of rows that were settled by looking.
    """

    def __init__(
        self,
        hub: Accounts,
        store: Store,
        settler: Settler,
        now: Callable[[], datetime],
        tell: Callable[[OutboxRow], None],
    ) -> None:
        self._hub = hub
        self._store = store
        self._settler = settler
        self._now = now
        self._tell = tell
        self._unwritten: dict[int, Outcome] = {}  # by row: what the journal could not take

    async def group(self, publication: Publication, account: str, keys: Sequence[str]) -> None:
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
            if not ids:  # a change of a post needs no profile
                return {}
            failed: dict[str, Outcome] = {}
            try:
                await client.prepare([one for one in ids.values() if one])
            except (NotFound, Forbidden):
                failed = {key: why for key, one in ids.items() if one and (why := await _missing(client, one))}
            for key in ids:
                await self._name(publication, key, client)
            return failed
        except KosmoError as error:
            return {"": unsent(error)}
        except Exception as error:  # a fault of ours; nothing has been sent
            return {"": fault(error, "refused")}

    async def _name(self, publication: Publication, key: str, client: calls.BufferWriter) -> None:
        """Say where an order of a command goes, which names its profile by the id alone."""
        order = publication.orders[key]
        if order.network or (profile := client.known_profile(order.profile_id or "")) is None:
            return
        target = profile_target(order.account, profile)
        order = replace(order, network=target.network, label=target.label, zone=target.zone)
        if (row_id := publication.row(key).id) is not None:
            with told():
                await in_thread(self._store.outbox.amend, row_id, network=target.network, label=target.label)
        publication.orders[key] = order
        publication.set(key, target=target)

    async def _send(self, publication: Publication, key: str, *, container: str = "") -> Outcome:
        """Claim the row of a target and carry it out; its outcome, told and written down."""
        order, row_id = publication.orders[key], publication.row(key).id
        assert row_id is not None  # it is in the journal
        risky = False  # whether it may be live from here on

        async def refer(reference: str) -> None:
            nonlocal risky
            with told():  # when it cannot be kept, nothing is published
                await in_thread(self._store.outbox.refer, row_id, reference)
            risky = True

        looked: set[int] = set()
        claimed = False
        try:
            order = await self._read_first(order, row_id)
            if (why := await self._doubtful(order, row_id, looked)) is not None:
                outcome = why
            elif (await in_thread(self._store.outbox.claim, row_id, self._clock(order), looked)) is None:
                outcome = await self._not_ours(row_id)
            else:
                claimed = True
                accounted = await in_thread(self._store.outbox.accounted, order.target)
                publication.set(key, state="sending", note="")
                risky = order.kind != "publish" or bool(container)  # making a container publishes nothing
                outcome = await calls.send(
                    self._hub,
                    order,
                    container=container,
                    accounted=accounted,
                    on_progress=lambda note: publication.set(key, note=note),
                    refer=refer,
                )
        except StoreError as error:
            outcome = unsent(StorageError(error.message, hint=error.hint))
        except KosmoError as error:
            outcome = of_error(error) if claimed else unsent(error)
        except Exception as error:  # a fault of ours: keep the app alive, and never claim that nothing went out
            outcome = fault(error, "unknown" if risky else "refused")
        except BaseException:  # the app is closing, or a signal: nobody will hear the answer
            late = Outcome(state="unknown", note="Broken off before the answer came", hint=LOOK_FIRST)
            await self._settle(publication, key, late if risky else Outcome(state="refused", note=_CLOSED))
            raise
        await self._settle(publication, key, outcome)
        return outcome

    async def _read_first(self, order: Order, row_id: int) -> Order:
        """`order` with the post that it is about to change, which is kept in the journal first.

        By it a later kosmo knows the change again, and brings a deleted post back.
        """
        if order.kind not in ("edit", "delete"):
            return order
        before = await calls.buffer_of(self._hub, order.account).get_update(order.arguments["update_id"])
        row = await in_thread(self._store.outbox.get, row_id)
        if row is not None:
            request = msgspec.structs.replace(request_of(row), before=before)
            await in_thread(self._store.outbox.amend, row_id, request=encode(request))
        return replace(order, before=before)

    def _clock(self, order: Order) -> datetime:
        """The time by the clock of the service: posts are looked for by it."""
        of = calls.instagram_of if order.kind == "publish" else calls.buffer_of
        return of(self._hub, order.account).now()

    async def _doubtful(self, order: Order, row_id: int, looked: set[int]) -> Outcome | None:
        """Why an order is not carried out now: an equal one may be there already, and nobody knows.

        Those that a person keeps as unknown are looked for too, and put into `looked`: they forbid nothing by being
        there no more than before.
        """
        if order.kind not in NEW:
            return None
        if order.undoes is not None and await self._still_there(order, order.undoes):
            note = f"The post that was deleted is still there; {NOTHING_SENT}"
            return Outcome(state="refused", note=note, hint="refresh the queue, it shows the post")
        row = await in_thread(self._store.outbox.get, row_id)
        await in_thread(self._store.outbox.adopt)  # a kosmo that was killed a moment ago may have sent the same
        others = await in_thread(self._store.outbox.rows, states={"unknown"}, account=order.account)
        for other in others:
            same = row is not None and (other.target, other.fingerprint) == (row.target, row.fingerprint)
            if not same or other.id == row_id:
                continue
            settled = await self._looked(other)
            if settled is not None and settled.state == "unknown" and other.resolved:
                looked.add(other.id)
            elif settled is None or settled.state != "refused":
                found = "is there" if settled is not None and settled.state == "confirmed" else "may be there"
                note = f"An equal post {found} already (outbox {other.id}); {NOTHING_SENT}"
                hint = "decide on that one first; if it is to stand there twice, send this one again"
                return Outcome(state="refused", note=note, hint=hint)
        return None

    async def _still_there(self, order: Order, deleted_by: int) -> bool:
        """Whether the post that `order` makes again is not gone: a person may have counted it as deleted."""
        row = await in_thread(self._store.outbox.get, deleted_by)
        if row is None:
            return False
        try:
            client = calls.buffer_of(self._hub, order.account)
            return bool(await client.get_update(request_of(row).arguments["update_id"]))
        except NotFound:
            return False

    async def again(self, publication: Publication, row: OutboxRow) -> None:
        key = row.target
        try:
            container = ""
            # Also what was refused: a service can say no to what it has done, and a person can be wrong about it.
            if row.state == "unknown" or (row.kind in NEW and row.sent_at is not None):
                look = await self._settler.look(row)
                if row.state == "unknown":
                    row = await self._settler.note(row, look)
                if look.outcome is not None and look.outcome.state == "confirmed":
                    if row.state == "refused":
                        with told():
                            await in_thread(self._store.outbox.again, row.id, row)
                    await self._settle(publication, key, look.outcome)
                    return
                container = row.reference if look.container in ("FINISHED", "IN_PROGRESS") else ""
            with told():
                await in_thread(self._store.outbox.again, row.id, row)
        except KosmoError as error:
            state: State = row.state if row.state in ("refused", "unknown") else "refused"
            why = error.message if isinstance(error, StorageError) else f"It could not be looked for: {error.message}"
            note = f"{why}; {NOTHING_SENT} again"
            publication.settle(key, Outcome(state=state, note=note, hint=error.hint, error=error))
            return
        failed = await self._prepare(publication, row.account, [key])
        if failed:
            await self._settle(publication, key, next(iter(failed.values())))
        else:
            await self._send(publication, key, container=container)

    async def _looked(self, row: OutboxRow) -> OutboxRow | None:
        """Look for an unknown write and tell whoever follows it; None when it cannot be looked for now."""
        try:
            settled = await self._settler.note(row, await self._settler.look(row))
        except KosmoError:
            return None
        self._tell(settled)
        return settled

    async def _not_ours(self, row_id: int) -> Outcome:
        """Why a row could not be claimed."""
        row = await in_thread(self._store.outbox.get, row_id)
        if row is not None and row.state == "queued":
            note = (
                "The same post is on its way to this target right now, or may be there already; "
                f"{NOTHING_SENT} a second time"
            )
            return Outcome(state="refused", note=note, hint="wait for what becomes of it")
        return Outcome(state="refused", note=f"It was taken out of the outbox elsewhere; {NOTHING_SENT} from here")

    async def _settle(self, publication: Publication, key: str, outcome: Outcome) -> None:
        """Write the outcome down and show it; it is shown also when it cannot be written down."""
        row_id = publication.row(key).id
        kept = False
        try:
            if row_id is not None:
                self._unwritten[row_id] = outcome
                await self.catch_up()
            kept = row_id not in self._unwritten
        finally:
            if not kept:
                notice = "The outbox could not be written: what became of this is looked up at the next start"
                outcome = replace(outcome, notices=(*outcome.notices, notice))
            publication.settle(key, outcome)

    async def catch_up(self) -> None:
        """Write the outcomes that the journal could not take into it; each is tried, whatever meets another."""
        for id, late in tuple(self._unwritten.items()):
            try:
                await in_thread(self._store.outbox.settle, id, late.state, **late.told)
            except Conflict:  # somebody else has settled it
                self._unwritten.pop(id, None)
            except Exception:  # a full disk, or a fault of ours: later, and no reason to leave the others unwritten
                continue
            else:
                self._unwritten.pop(id, None)


def fault(error: Exception, state: State) -> Outcome:
    """A bug of ours, which must neither end the app nor be taken for an answer."""
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
