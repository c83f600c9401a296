"""Drafts whose post every target has: what is left of them would only tempt to send it twice."""

from __future__ import annotations

from kosmo_tui.compose.draft import Draft
from kosmo_tui.services.drafts import Drafts
from kosmo_tui.services.orders import request_of
from kosmo_tui.services.storage import told
from kosmo_tui.store.database import Store
from kosmo_tui.store.records import OutboxRow


def drop_spent(store: Store) -> int:
    """Delete the drafts that are spent; returns how many.  Blocks; raises StorageError.

    A draft is spent when all writes of its last sending are confirmed, at once or by looking later, and nobody has
    written on since.  Deleted drafts can be restored for 30 days.
    """
    with told():
        rows = store.outbox.rows()
    sendings: dict[str, list[OutboxRow]] = {}
    for row in rows:  # newest first
        if row.draft_id is not None:
            last = sendings.setdefault(row.draft_id, [])
            if not last or row.batch == last[0].batch:
                last.append(row)
    drafts = Drafts(store)
    spent = [kept for kept in drafts.list() if _is_spent(kept.draft, sendings.get(kept.id, []))] if sendings else []
    for kept in spent:
        drafts.delete(kept.id)
    return len(spent)


def _is_spent(draft: Draft, sending: list[OutboxRow]) -> bool:
    if not sending or any(row.state != "confirmed" for row in sending):
        return False
    sent = request_of(sending[0]).draft
    return (
        sent is not None
        and draft.replace(targets=()) == sent.replace(targets=())
        and set(draft.targets) <= {row.target for row in sending}
    )
