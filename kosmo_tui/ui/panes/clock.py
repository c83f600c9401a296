"""The time column of posts: in the zone of the profile, below days of one zone for all of them.

A list of several profiles goes by the moment, as that is the order in which things happen, and its days are the user's.
A profile far away may have another date by then: that is marked as on a flight plan, `06:50 AEDT+1`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.services.slots import zone_of
from kosmo_tui.services.workspace import BufferDesk
from kosmo_tui.ui.widgets.row import Cell


def local(update: Update, desk: BufferDesk) -> datetime | None:
    """When `update` went or will go out, in the zone of its profile; None when it has no time."""
    at = update.sent_at or update.scheduled_at
    profile = desk.profile(update.profile_id)
    return at.astimezone(zone_of(profile)) if at is not None and profile is not None else at


def instant(at: datetime) -> datetime:
    """The moment itself: times of one zone compare by their clocks, which run twice through an hour in autumn."""
    return at.astimezone(UTC)


def days_zone(desk: BufferDesk, profile: str | None, user: tzinfo) -> tzinfo:
    """The zone whose days group a list: of the one profile, or the user's for all (None)."""
    found = desk.profile(profile) if profile is not None else None
    return zone_of(found) if found is not None else user


def clock_cells(at: datetime | None, desk: BufferDesk, days: tzinfo, style: str = "strong") -> Sequence[Cell]:
    """The cells of the time column; the zone is named when the profiles of the account have several."""
    clock = Cell(f"{at:%H:%M}" if at else "–", style, width=5)
    if len({profile.timezone for profile in desk.profiles}) < 2:
        return (clock,)
    shift = (at.date() - at.astimezone(days).date()).days if at else 0
    return clock, Cell(f"{at:%Z}{f'{shift:+d}' if shift else ''}" if at else "", "muted", width=6)
