"""What became of a write nobody knows the end of: found out by reading, never by sending again.

Seeing the post proves that it is there.  Not seeing it proves little: it may still appear, or somebody may have taken
it away.  So an absence is kept as evidence for a person; only where the service itself says that nothing was published
(Instagram's container) or where sending again could not double (a change) it is the last word.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.api.errors import NotFound
from kosmo_tui.services.calls import Accounts, buffer_of, instagram_of
from kosmo_tui.services.evidence import Seen, as_json, of_media, of_update
from kosmo_tui.services.orders import plain, request_of
from kosmo_tui.services.outcomes import LOOK_FIRST, Outcome, of_changed
from kosmo_tui.services.outcomes import of_published as published_outcome
from kosmo_tui.services.outcomes import of_update as update_outcome
from kosmo_tui.services.storage import told
from kosmo_tui.services.threads import in_thread
from kosmo_tui.store.database import Store
from kosmo_tui.store.records import OutboxRow

CREATED_SLACK = timedelta(seconds=2)  # the services' clocks are known to the second
DUE_SLACK = timedelta(minutes=1)  # Buffer rounds due times to their minute
# How long after it was sent a write may still be under way at Buffer: longer than any time-out of a call, and after a
# crash nobody is on the other end of the connection any more.  Instagram may be given all of it before it is asked to
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


class Settler:
    """Looks with the clients of `hub` for what the rows of `store` were sent for."""

    def __init__(self, hub: Accounts, store: Store, now: Now) -> None:
        self._hub = hub
        self._store = store
        self._now = now

    async def settle(self, row: OutboxRow) -> OutboxRow:
        """Look for an unknown write, and note what was found; the row as it is then.

        Raises what reading raises, and StorageError.
        """
        look = await self.look(row)
        return await self.note(row, look)

    async def note(self, row: OutboxRow, look: Look) -> OutboxRow:
        """Keep what reading found.  Raises StorageError, also when somebody else settled the row meanwhile."""
        evidence = as_json(look.seen, look.at, look.note)
        outcome = look.outcome
        with told():
            if outcome is None:
                return await in_thread(
                    self._store.outbox.settle,
                    row.id,
                    "unknown",
                    note=row.note,
                    hint=look.note,
                    evidence=evidence,
                    seen=row,
                )
            return await in_thread(
                self._store.outbox.settle,
                row.id,
                outcome.state,
                **outcome.told,
                evidence=evidence,
                seen=row,
            )

    async def look(self, row: OutboxRow) -> Look:
        """Read what there is to be seen of a write.  Raises what the clients raise."""
        match row.kind:
            case "create":
                return await self._created(row)
            case "publish":
                return await self._published(row)
            case _:
                return await self._changed(row)

    async def _created(self, row: OutboxRow) -> Look:
        client = buffer_of(self._hub, row.account)
        accounted = await self._accounted(row)
        sent = row.sent_at or row.created_at
        looked = await client.look_for(row.profile_id or "", request_of(row).arguments, sent, accounted)
        seen = [of_update(update) for update in looked.seen]
        if looked.found is not None:
            outcome = update_outcome(looked.found)
            return Look(_found(outcome), seen, looked.at)
        made = f"{len(seen)} made since it was sent" if seen else "none was made since it was sent"
        note = f"Looked at {looked.at:%H:%M:%S} UTC: not among the posts of the profile ({made}); {LOOK_FIRST}"
        return Look(None, seen, looked.at, note)

    async def _accounted(self, row: OutboxRow) -> set[str]:
        with told():
            return await in_thread(self._store.outbox.accounted, row.target)

    async def _published(self, row: OutboxRow) -> Look:
        request = request_of(row)
        if not row.reference or request.arguments.get("publish") is False:
            note = "It was cut off before Instagram was asked to publish: nothing is live"
            return Look(Outcome(state="refused", note=note, hint="it can be sent again"), (), self._now())
        client = instagram_of(self._hub, row.account)
        sent = row.sent_at or row.created_at
        looked = await client.look_for(row.reference, request.arguments, sent)
        seen = [of_media(media) for media in looked.seen]
        state = looked.state.status_code if looked.state is not None else ""
        found = looked.found
        if found is not None and found.id in await self._accounted(row):
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
        elif self._now() - sent < UNDER_WAY:
            note = f"{when}: Instagram has prepared it and not published it yet; it may still do so"
        else:
            note = (
                f"{when}: Instagram has prepared it and not published it. "
                "Sending again publishes this same prepared post, so it cannot appear twice"
            )
        return Look(None, seen, looked.at, note, state)

    async def _changed(self, row: OutboxRow) -> Look:
        """A change is told by the post: it has it, or it has not."""
        client = buffer_of(self._hub, row.account)
        given = request_of(row).arguments
        sent = row.sent_at or row.created_at
        try:
            update = await client.get_update(given["update_id"])
        except NotFound:
            if row.kind == "delete":
                outcome = Outcome(state="confirmed", note="deleted", remote_id=given["update_id"])
                return Look(_found(outcome), (), self._now())
            outcome = Outcome(state="refused", note="The post is not there any more: nothing was changed")
            return Look(outcome, (), self._now())
        seen = [of_update(update)]
        if row.kind != "delete" and _has_change(row.kind, given, update, sent):
            return Look(_found(of_changed(update)), seen, self._now())
        if self._now() - sent < UNDER_WAY:
            note = f"Looked at {self._now().astimezone(UTC):%H:%M:%S} UTC: the post is as it was; look once more later"
            return Look(None, seen, self._now(), note)
        note = "The post is still there" if row.kind == "delete" else "The post is as it was"
        outcome = Outcome(state="refused", note=f"{note}: nothing was changed", hint="it can be done again")
        return Look(outcome, seen, self._now())


def _found(outcome: Outcome) -> Outcome:
    """The same, with the word on how it is known."""
    return replace(outcome, note=f"{outcome.note}; found by looking")


def _live(container: str) -> Outcome:
    note = "published; which item it became is not certain"
    answer = json.dumps({"id": container, "status_code": "PUBLISHED"})
    return Outcome(state="confirmed", note=note, answer=answer)


def _has_change(kind: str, given: dict[str, Any], update: Update, sent: datetime) -> bool:
    """Whether `update` is as it was asked to become."""
    touched = update.updated_at is not None and update.updated_at >= sent - CREATED_SLACK
    if kind == "move":
        return touched
    checks = []
    if given.get("text") is not None:
        checks.append(plain(update.text.raw) == plain(given["text"]))
    if given.get("scheduled_at"):
        due = datetime.fromisoformat(given["scheduled_at"])
        checks.append(update.due_at is not None and abs(update.due_at - due) < DUE_SLACK)
    if given.get("save_to_draft") is not None:
        checks.append((update.status == "draft") == given["save_to_draft"])
    if given.get("mode") in ("top", "now"):
        checks.append(touched)
    return all(checks) if checks else touched
