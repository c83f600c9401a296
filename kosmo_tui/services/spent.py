"""What is left of a draft whose post targets have: what they have would only tempt to send it twice."""

from __future__ import annotations

from kosmo_tui.compose.draft import Draft
from kosmo_tui.services.drafts import Drafts
from kosmo_tui.services.orders import Unreadable, request_of
from kosmo_tui.services.storage import told
from kosmo_tui.store.database import Store
from kosmo_tui.store.records import OutboxRow


def drop_spent(store: Store) -> int:
    """Delete the drafts that are spent; returns how many.  Blocks; raises StorageError.

    A draft is spent when all writes of its last sending are confirmed, at once or by looking later, and nobody has
    written on since.  Deleted drafts can be restored for 30 days.
    """
    drafts, sendings = Drafts(store), _sendings(store)
    spent = [kept for kept in drafts.list() if _is_spent(kept.draft, sendings.get(kept.id, []))] if sendings else []
    for kept in spent:
        drafts.delete(kept.id)
    return len(spent)


def leave_rest(store: Store) -> int:
    """Leave in every draft that was sent only the targets that have not got it; returns how many drafts changed.

    A kosmo does so itself when a publication ends; this is for one that was ended before.  As with
    `Publication.rest`, a target of which nobody knows whether it has the post is left out.  Drafts that somebody wrote
    on at, or that are on their way, stay as they are.  Blocks; raises StorageError.
    """
    drafts, sendings = Drafts(store), _sendings(store)
    changed = 0
    for kept in drafts.list() if sendings else []:
        sending = sendings.get(kept.id, [])
        if kept.draft != _sent(sending) or any(row.state in ("queued", "sending") and row.owner for row in sending):
            continue
        there = {row.target for row in sending if row.state in ("confirmed", "unknown")}
        left = tuple(target for target in kept.draft.targets if target not in there)
        if left != kept.draft.targets:
            drafts.save(kept, kept.draft.replace(targets=left), kept.place)
            changed += 1
    return changed


def _sendings(store: Store) -> dict[str, list[OutboxRow]]:
    """The writes of the last sending of every draft, by its id."""
    with told():
        rows = store.outbox.of_drafts()
    sendings: dict[str, list[OutboxRow]] = {}
    for row in rows:  # newest first
        if row.draft_id is not None:
            last = sendings.setdefault(row.draft_id, [])
            if not last or row.batch == last[0].batch:
                last.append(row)
    return sendings


def _sent(sending: list[OutboxRow]) -> Draft | None:
    """What was sent; None when that cannot be told."""
    try:
        return request_of(sending[0]).draft if sending else None
    except Unreadable:
        return None


def _is_spent(draft: Draft, sending: list[OutboxRow]) -> bool:
    sent = _sent(sending)
    return (
        sent is not None
        and all(row.state == "confirmed" for row in sending)
        and draft.replace(targets=()) == sent.replace(targets=())
        and set(draft.targets) <= {row.target for row in sending}
    )
