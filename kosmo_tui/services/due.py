"""When the post of a write goes out, or went out: what the service answered counts before what was asked."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Literal, NamedTuple

from kosmo_tui.services.orders import Unreadable, request_of
from kosmo_tui.store.records import OutboxRow


class Due(NamedTuple):
    """`at` (aware) is when it was `published`, for when it is `scheduled`, or what it was `asked` for."""

    how: Literal["published", "scheduled", "asked"]
    at: datetime


def due(row: OutboxRow) -> Due | None:
    """The time of the post of `row`, also of one that was found there late; None where nobody told one."""
    answer = _answered(row.answer) if row.state == "confirmed" else {}
    for how, name in (("published", "sent_at"), ("scheduled", "scheduled_at"), ("scheduled", "due_at")):
        if isinstance(told := answer.get(name), str):
            return Due(how, datetime.fromisoformat(told))  # type: ignore[arg-type]
    try:
        asked = request_of(row).at
    except Unreadable:
        return None
    return Due("asked", asked) if asked is not None else None


def _answered(text: str) -> dict[str, object]:
    """What the service said of the post; nothing for an answer that says nothing of one."""
    try:
        answer = json.loads(text or "{}")
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
