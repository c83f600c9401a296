"""The outbox as a person sees it: what was sent, what became of it, and what only a person can decide.

Unknown writes are looked for at the start, on demand and when an account can be reached again; one reader per account,
with pauses that double from 5 seconds to 15 minutes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from kosmo_tui.api.errors import KosmoError
from kosmo_tui.compose.draft import Draft
from kosmo_tui.services.editing import restore
from kosmo_tui.services.evidence import Evidence, evidence
from kosmo_tui.services.orders import NEW, draft_of, of_row, request_of, target_of
from kosmo_tui.services.outcomes import meets_account
from kosmo_tui.services.publication import Publication
from kosmo_tui.services.publish import Publisher
from kosmo_tui.services.settle import Look
from kosmo_tui.services.spent import drop_spent, leave_rest
from kosmo_tui.services.storage import StorageError, told
from kosmo_tui.services.threads import in_thread
from kosmo_tui.store.records import OutboxRow, State, is_left

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 900.0  # seconds between two looks
# A post that is not seen may still appear for a while; after that, looking again tells nothing new.
LOOK_FOR = timedelta(minutes=15)
HISTORY = timedelta(days=90)  # how long confirmed writes are kept


class Outbox:
    """The rows of the publisher's store, and what can be done about them.  Close it before the publisher.

    `may_look` says whether requests of an account may be spent on looking that nobody has asked for.
    """

    def __init__(self, publisher: Publisher, may_look: Callable[[str], bool] = lambda _: True) -> None:
        self._publisher = publisher
        self._may_look = may_look
        self._outbox = publisher.store.outbox
        self._needing = 0
        self._listeners: list[Callable[[], None]] = []
        self._readers: dict[str, asyncio.Task[None]] = {}
        self._wake: dict[str, asyncio.Event] = {}
        self._telling: asyncio.Task[None] | None = None
        self._stale = False  # whether something has changed since the figure was last read
        self._closed = False
        self._unsubscribe = publisher.subscribe(self._published)

    # -- what there is

    def rows(self, *, states: Collection[State] = (), account: str | None = None, limit: int = 500) -> list[OutboxRow]:
        """The rows, newest first.  Raises StorageError."""
        with told():
            return self._outbox.rows(states=states, account=account, limit=limit)

    def get(self, id: int) -> OutboxRow:
        """One row.  Raises StorageError when there is none."""
        with told():
            row = self._outbox.get(id)
        if row is None:
            raise StorageError(
                f"there is no write {id} in the outbox", hint="`kosmo outbox list` shows those there are"
            )
        return row

    def needing(self) -> int:
        """How many rows need a person, as of the last change."""
        return self._needing

    def evidence(self, row: OutboxRow) -> Evidence:
        """What was sent and what was seen, side by side."""
        return evidence(row)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` soon after rows have changed, on the event loop; returns how to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    # -- what a person decides

    async def mark_sent(self, id: int) -> OutboxRow:
        """It is there: count it as confirmed.  Raises StorageError, also when it is not unknown."""
        return await self._decide(id, {"unknown"}, "confirmed", "marked as sent by you", "sent")

    async def send_again(self, id: int) -> Publication:
        """It is not there, or was refused: send it once more.  Raises StorageError, also while it is on its way."""
        row = await in_thread(self.get, id)
        if row.state == "confirmed" or _is_alive(row):
            raise StorageError(f"write {id} is {row.state}: it cannot be sent again")
        return self._publisher.again(row)

    async def undo(self, id: int) -> Publication:
        """Make anew the post that write `id` has deleted, as the journal keeps it: with a new id, once.

        It is a write like any other.  One that did not come about is sent again, when it is looked for and not there.
        `notices` of the publication tell what is not as before.  Raises StorageError where there is nothing to bring
        back, and what looking raises where it is not known whether the post is gone.
        """
        row = await in_thread(self.get, id)
        if row.kind != "delete":
            raise StorageError(f"write {id} deleted no post: there is nothing to bring back")
        if row.state == "unknown":
            row = await self.settle(id)
        if row.state != "confirmed":
            raise StorageError(f"write {id} is {row.state}: it is not known that the post is gone", hint=row.hint)
        with told():
            earlier = await in_thread(self._outbox.undoing, id)
        if earlier is not None:
            if earlier.state == "confirmed" or _is_alive(earlier):
                raise StorageError(f"write {earlier.id} brings the post back already: it is {earlier.state}")
            return self._publisher.again(earlier)
        before = request_of(row).before
        if before is None:
            raise StorageError(f"what write {id} deleted was not kept", hint="only newer writes can be undone")
        order, lost = restore(before, target_of(of_row(row)), self._publisher.now())
        notices = (lost,) if lost else ()
        return self._publisher.write([replace(order, undoes=id)], hold=False, notices=notices)

    async def keep(self, id: int) -> OutboxRow:
        """Leave it as it is, and ask no more about it.  Raises StorageError."""
        row = await in_thread(self.get, id)
        return await self._decide(id, {"unknown"}, "unknown", row.note, "kept", hint="kept as it is by you")

    async def to_draft(self, id: int) -> Draft:
        """What was to be sent, as a draft for this target and those of the same post that did not take it either.

        Rows that nobody has sent are settled as refused; what a person has discarded stays so.  Raises StorageError,
        also for what may be there, and for a change of a post.
        """
        row = await in_thread(self.get, id)
        if row.kind not in NEW:
            raise StorageError(f"write {id} changes a post that is there: a draft of it would be another post")
        if row.state == "unknown":
            raise StorageError(
                f"write {id} may be there: a draft of it could be sent a second time",
                hint="look for it, then count it as sent (--sent) or send it again (--again)",
            )
        if row.state == "confirmed" or _is_alive(row):
            raise StorageError(f"write {id} is {row.state}: it cannot become a draft again")
        rows = [row]
        for other in await in_thread(self.rows, account=None):
            refused = other.state == "refused" and other.resolved != "discarded"
            if other.batch == row.batch and other.id != id and (refused or is_left(other)):
                rows.append(other)
        for one in rows:
            if one.state != "refused":
                await self._decide(one.id, {"queued"}, "refused", "Taken back as a draft by you", "draft")
        return draft_of(row).replace(targets=tuple(one.target for one in sorted(rows, key=lambda one: one.id)))

    async def discard(self, id: int) -> OutboxRow:
        """Do not send a row that a kosmo which was ended has left queued.  Raises StorageError for any other."""
        row = await in_thread(self.get, id)
        if not is_left(row):
            raise StorageError(f"write {id} is {row.state}: only what nobody has sent can be discarded")
        return await self._decide(id, {"queued"}, "refused", "Discarded by you; nothing was sent", "discarded")

    async def _decide(
        self, id: int, allowed: Collection[State], state: State, note: str, resolved: str, hint: str = ""
    ) -> OutboxRow:
        row = await in_thread(self.get, id)
        if row.state not in allowed or _is_alive(row):
            raise StorageError(f"write {id} is {row.state} now", hint="look at it again: `kosmo outbox show`")
        with told():
            row = await in_thread(self._outbox.settle, id, state, note=note, hint=hint, resolved=resolved, seen=row)
        self._publisher.tell(row)
        await self._drop_spent()
        await self._changed()
        return row

    # -- settling by reading

    async def settle(self, id: int) -> OutboxRow:
        """Look for an unknown write now.  Raises what reading raises, and StorageError."""
        row = await in_thread(self.get, id)
        if row.state != "unknown":
            return row
        for error in (await self.look_for([row])).values():
            raise error
        return await in_thread(self.get, id)

    async def look_for(self, rows: Sequence[OutboxRow]) -> dict[int, KosmoError]:
        """Look now for unknown writes of one account, with as few requests as it takes.

        Returns which of them could not be looked for, by their ids, and why; that is kept with those that it concerns
        alone.  Raises nothing of the services.
        """
        problems: dict[int, KosmoError] = {}
        settler = self._publisher.settler
        looks = await settler.look_all(rows)
        for row in rows:
            look = looks[row.id]
            try:
                if isinstance(look, KosmoError):
                    problems[row.id] = look
                    if meets_account(look):
                        continue  # looked for again later; the row tells that nobody has looked yet
                    look = Look(None, (), self._publisher.now(), f"It cannot be looked for: {look.message}")
                self._publisher.tell(await settler.note(row, look))
            except StorageError as error:  # a person, or another kosmo, was faster; or the disk is full
                problems.setdefault(row.id, error)
        await self._drop_spent()
        await self._changed()
        return problems

    async def settle_all(self) -> int:
        """Take up what killed kosmos have left, look once for every unknown write, and go on looking in the background.

        Returns how many rows need a person then.  Raises StorageError when the store cannot be read.
        """
        with told():
            await in_thread(self._outbox.adopt)
            await in_thread(self._outbox.prune, self._publisher.now() - HISTORY)
            unknown = await in_thread(self._outbox.rows, states={"unknown"})
            await in_thread(leave_rest, self._publisher.store)
        await self._drop_spent()
        await self._changed()
        accounts = {row.account for row in unknown if not row.resolved}
        await asyncio.gather(*(self._look_once(account) for account in accounts))
        for account in accounts:
            self._watch(account)
        return self._needing

    def reachable(self, account: str) -> None:
        """An account has just answered: look at once for what is unknown there."""
        if account in self._wake:
            self._wake[account].set()

    async def aclose(self) -> None:
        """Look no more."""
        self._closed = True
        self._unsubscribe()
        tasks = [*self._readers.values(), *([self._telling] if self._telling else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _watch(self, account: str) -> None:
        """Have a reader for `account`, one and no more."""
        if account not in self._readers:
            self._wake[account] = asyncio.Event()
            task = self._readers[account] = asyncio.create_task(self._read(account), name=f"settle {account}")

            def ended(_: asyncio.Task[None]) -> None:
                self._readers.pop(account, None)
                self._wake.pop(account, None)

            task.add_done_callback(ended)

    async def _read(self, account: str) -> None:
        """Look for the unknown writes of an account until they are settled or looking tells nothing new."""
        pause = FIRST_PAUSE
        while await self._worth_looking(account):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake[account].wait(), pause)
            self._wake[account].clear()
            pause = min(pause * 2, LONGEST_PAUSE)
            await self._look_once(account)

    async def _worth_looking(self, account: str) -> bool:
        """Whether a write of the account is unknown that was never looked at, or that may still appear."""
        try:
            rows = await in_thread(self.rows, states={"unknown"}, account=account)
        except StorageError:
            return True
        return any(not row.resolved and (not row.evidence or self._is_fresh(row)) for row in rows)

    def _is_fresh(self, row: OutboxRow) -> bool:
        # A clock that is behind the service's must not keep it looking for hours.
        return abs(self._publisher.now() - (row.sent_at or row.created_at)) < LOOK_FOR

    async def _look_once(self, account: str) -> None:
        """Look for every unknown write of an account that waits for it, unless its requests run out."""
        if not await in_thread(self._may_look, account):
            return
        with contextlib.suppress(StorageError):
            rows = await in_thread(self.rows, states={"unknown", "sending"}, account=account)
            # What is just being sent could be taken for an older one that looks the same.
            busy = {row.target for row in rows if row.state == "sending"}
            unknown = [row for row in rows if row.state == "unknown" and not row.resolved and row.target not in busy]
            if unknown:
                await self.look_for(unknown)

    async def _drop_spent(self) -> None:
        """A draft that stays is in nobody's way: when the store fails, it is dropped some other time."""
        with contextlib.suppress(StorageError):
            await in_thread(drop_spent, self._publisher.store)

    # -- telling

    def _published(self, publication: Publication) -> None:
        if self._closed:
            return
        for row in publication.rows:
            if row.state == "unknown":
                self._watch(row.target.account)
        self._stale = True
        if self._telling is None or self._telling.done():
            self._telling = asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        """Tell what has changed; changes that come meanwhile are told together."""
        while self._stale:
            self._stale = False
            await self._changed()

    async def _changed(self) -> None:
        with contextlib.suppress(Exception):  # the figure stays as it was when the store cannot be read
            self._needing = await in_thread(self._outbox.open_count)
        for listener in tuple(self._listeners):
            asyncio.get_running_loop().call_soon(listener)


def _is_alive(row: OutboxRow) -> bool:
    """Whether a running kosmo, this one or another, has it in hand."""
    return row.state == "sending" or (row.state == "queued" and bool(row.owner))
