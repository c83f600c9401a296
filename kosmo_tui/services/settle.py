"""What became of writes nobody knows the end of: found out by reading, never by sending again.

Seeing the post proves that it is there.  Not seeing it proves little: it may still appear, or somebody may have taken
it away.  So an absence is kept as evidence for a person; only where the service itself says that nothing was published
(Instagram's container) or that nobody has touched the post since (a change) it is the last word.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from kosmo_tui.api.buffer.looking import Sought
from kosmo_tui.api.buffer.models import Looked, LookedChange
from kosmo_tui.api.errors import BadParameter, KosmoError
from kosmo_tui.api.instagram.models import LookedMedia
from kosmo_tui.api.instagram.publishing import Sought as SoughtMedia
from kosmo_tui.services.calls import Accounts, buffer_of, instagram_of
from kosmo_tui.services.evidence import Seen, as_json, of_media, of_update
from kosmo_tui.services.orders import Request, Unreadable, request_of
from kosmo_tui.services.outcomes import LOOK_FIRST, Outcome, meets_account, of_changed
from kosmo_tui.services.outcomes import of_published as published_outcome
from kosmo_tui.services.outcomes import of_update as update_outcome
from kosmo_tui.services.storage import told
from kosmo_tui.services.threads import in_thread
from kosmo_tui.store.database import Store
from kosmo_tui.store.records import OutboxRow

# How long after it was sent a write may still be under way: longer than any time-out of a call, and after a crash
# nobody is on the other end of the connection any more.  Instagram may be given all of it before it is asked to
# publish; what is said of it then holds all the same, for one container is published once.
UNDER_WAY = timedelta(minutes=5)
Now = Callable[[], datetime]


@dataclass(frozen=True)
class Look:
    """What reading found: the `outcome` (None: it settles nothing), a `note` on why not, and what was `seen`, at `at`.

    `container` is the state of Instagram's container, if there is one.
    """

    outcome: Outcome | None
    seen: Sequence[Seen]
    at: datetime
    note: str = ""
    container: str = ""


Looks: TypeAlias = dict[int, Look | KosmoError]
"""By the id of the row: what reading found, or why there was nothing to read."""
Asked: TypeAlias = Sequence[tuple[OutboxRow, Request]]


class Settler:
    """Looks with the clients of `hub` for what the rows of `store` were sent for."""

    def __init__(self, hub: Accounts, store: Store, now: Now) -> None:
        self._hub = hub
        self._store = store
        self._now = now

    async def note(self, row: OutboxRow, look: Look) -> OutboxRow:
        """Keep what reading found; the row as it is then.

        Raises StorageError, also when somebody else settled the row meanwhile.
        """
        outcome = look.outcome or Outcome(state="unknown", note=row.note, hint=look.note)
        evidence = as_json(look.seen, look.at, look.note)
        with told():
            return await in_thread(
                self._store.outbox.settle, row.id, outcome.state, **outcome.told, evidence=evidence, seen=row
            )

    async def look(self, row: OutboxRow) -> Look:
        """Read what there is to be seen of one write.  Raises what the clients raise."""
        look = (await self.look_all([row]))[row.id]
        if isinstance(look, KosmoError):
            raise look
        return look

    async def look_all(self, rows: Sequence[OutboxRow]) -> Looks:
        """Read what there is to be seen of writes of one account; what one reading tells of several is read once.

        A failure that would meet them all ends it.
        """
        found: Looks = {}
        asked: dict[str, list[tuple[OutboxRow, Request]]] = {}
        for row in rows:
            try:
                asked.setdefault(row.kind, []).append((row, request_of(row)))
            except Unreadable as error:
                found[row.id] = error
        for kind, some in asked.items():
            read = {"create": self._created, "publish": self._published}.get(kind, self._changed)
            try:
                found |= await read(some)
            except KosmoError as error:
                found |= {row.id: error for row, _ in some}
            stop = next((one for one in found.values() if isinstance(one, KosmoError) and meets_account(one)), None)
            if stop is not None:
                return {row.id: found.get(row.id, stop) for row in rows}
        return found

    async def _created(self, asked: Asked) -> Looks:
        client = buffer_of(self._hub, asked[0][0].account)
        found: Looks = {
            row.id: BadParameter("it names no profile") for row, _ in asked if not (row.profile_id or "").strip()
        }
        asked = [one for one in asked if one[0].id not in found]
        sought = [Sought(row.profile_id or "", request.arguments, _first(row), row.sent_at) for row, request in asked]
        looks = await client.look_for(sought, await self._accounted({row.target for row, _ in asked}))
        for (row, _), looked in zip(asked, looks, strict=True):
            found[row.id] = looked if isinstance(looked, KosmoError) else _of_created(looked)
        return found

    async def _accounted(self, targets: Collection[str]) -> set[str]:
        """The posts that are known to come of writes to `targets`."""
        known: set[str] = set()
        with told():
            for target in targets:
                known |= await in_thread(self._store.outbox.accounted, target)
        return known

    async def _published(self, asked: Asked) -> Looks:
        found: Looks = {
            row.id: _never_published(self._now())
            for row, request in asked
            if not row.reference or request.arguments.get("publish") is False
        }
        asked = [one for one in asked if one[0].id not in found]
        if not asked:
            return found
        client = instagram_of(self._hub, asked[0][0].account)
        looks = await client.look_for(
            [SoughtMedia(row.reference, request.arguments, _first(row)) for row, request in asked]
        )
        accounted = await self._accounted({row.target for row, _ in asked})
        for (row, _), looked in zip(asked, looks, strict=True):
            found[row.id] = looked if isinstance(looked, KosmoError) else _of_published(row, looked, accounted)
        return found

    async def _changed(self, asked: Asked) -> Looks:
        """A change is told by the post: it has it, or it has not."""
        client = buffer_of(self._hub, asked[0][0].account)
        found: Looks = {}
        for row, request in asked:
            sent = row.sent_at or row.created_at
            try:
                looked = await client.look_for_change(row.kind, request.arguments, sent, request.before)
            except KosmoError as error:
                found[row.id] = error
                if meets_account(error):
                    break
            else:
                found[row.id] = _of_changed(row, request.arguments["update_id"], looked, sent)
        return found


def _first(row: OutboxRow) -> datetime:
    """When its first attempt was sent, or a little before: what came of that can still appear after a second one."""
    sent = row.sent_at or row.created_at
    return min(sent, row.created_at) if row.attempt > 1 else sent


def _of_created(looked: Looked) -> Look:
    seen = [of_update(update) for update in looked.seen]
    if looked.found is not None:
        return Look(_found(update_outcome(looked.found)), seen, looked.at)
    made = f"{len(seen)} made since it was sent" if seen else "none was made since it was sent"
    note = f"Looked at {looked.at:%H:%M:%S} UTC: not among the posts of the profile ({made}); {LOOK_FIRST}"
    return Look(None, seen, looked.at, note)


def _never_published(at: datetime) -> Look:
    note = "It was cut off before Instagram was asked to publish: nothing is live"
    return Look(Outcome(state="refused", note=note, hint="it can be sent again"), (), at)


def _of_published(row: OutboxRow, looked: LookedMedia, accounted: Collection[str]) -> Look:
    seen = [of_media(media) for media in looked.seen]
    state = looked.state.status_code if looked.state is not None else ""
    found = looked.found
    if found is not None and found.id in accounted:
        found = None  # it came of another write
    if state == "PUBLISHED" or found is not None:
        outcome = published_outcome(found, publish=True) if found is not None else _live(row.reference)
        return Look(_found(outcome), seen, looked.at, container=state)
    if state in ("ERROR", "EXPIRED"):
        told_ = "ran into an error with the media" if state == "ERROR" else "let the prepared post expire"
        note = f"Instagram {told_}: nothing was published"
        outcome = Outcome(state="refused", note=note, hint="it can be sent again")
        return Look(outcome, seen, looked.at, container=state)
    when = f"Looked at {looked.at:%H:%M:%S} UTC"
    if not state:
        note = f"{when}: Instagram does not show what it prepared; {LOOK_FIRST}"
    elif looked.at - (row.sent_at or row.created_at) < UNDER_WAY:
        note = f"{when}: Instagram has prepared it and not published it yet; it may still do so"
    else:
        note = (
            f"{when}: Instagram has prepared it and not published it. "
            "Sending again publishes this same prepared post, so it cannot appear twice"
        )
    return Look(None, seen, looked.at, note, state)


def _of_changed(row: OutboxRow, update_id: str, looked: LookedChange, sent: datetime) -> Look:
    update = looked.update
    seen = [of_update(update)] if update is not None else []
    if looked.done:
        gone = Outcome(state="confirmed", note="deleted", remote_id=update_id)
        return Look(_found(of_changed(update) if update is not None else gone), seen, looked.at)
    if update is None:
        note = "The post is not there any more: nothing was changed"
        return Look(Outcome(state="refused", note=note), seen, looked.at)
    when = f"Looked at {looked.at:%H:%M:%S} UTC"
    if looked.touched and row.kind != "delete":
        note = f"{when}: the post was changed since, and is not as it was to become; compare the two, then decide"
        return Look(None, seen, looked.at, note)
    is_so = "the post is still there" if row.kind == "delete" else "the post is as it was"
    if looked.at - sent < UNDER_WAY:
        return Look(None, seen, looked.at, f"{when}: {is_so}; look once more later")
    note = f"{is_so[0].upper()}{is_so[1:]}: nothing was changed"
    return Look(Outcome(state="refused", note=note, hint="it can be done again"), seen, looked.at)


def _found(outcome: Outcome) -> Outcome:
    """The same, with the word on how it is known."""
    return replace(outcome, note=f"{outcome.note}; found by looking")


def _live(container: str) -> Outcome:
    note = "published; which item it became is not certain"
    answer = json.dumps({"id": container, "status_code": "PUBLISHED"})
    return Outcome(state="confirmed", note=note, answer=answer)
