"""The time column of posts: each in the zone of its profile, which is named when the account has several."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.services.slots import zone_of
from kosmo_tui.services.workspace import BufferDesk
from kosmo_tui.ui.widgets.feed import Cell


def local(update: Update, desk: BufferDesk) -> datetime | None:
    """When `update` went or will go out, in the zone of its profile; None when it has no time."""
    at = update.sent_at or update.scheduled_at
    profile = desk.profile(update.profile_id)
    return at.astimezone(zone_of(profile)) if at is not None and profile is not None else at


def clock_cells(at: datetime | None, desk: BufferDesk, profile: str | None, style: str = "strong") -> Sequence[Cell]:
    """The cells of the time column, for a view of one profile or of all (None)."""
    several = profile is None and len({other.timezone for other in desk.profiles}) > 1
    clock = Cell(f"{at:%H:%M}" if at else "–", style, width=5)
    return (clock, Cell(f"{at:%Z}" if at else "", "muted", width=4)) if several else (clock,)
