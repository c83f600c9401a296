"""The time column of posts: in the zone of the profile, below days of one zone for all of them.

A list of several profiles goes by the moment, as that is the order in which things happen, and its days are the user's.
A profile far away may have another date by then: that is marked as on a flight plan, `06:50 AEDT+1`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from msgspec import Struct

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


class Clock(Struct, frozen=True):
    """How a list tells its times: `days` is the zone whose days group it, `named` whether rows name their own."""

    days: tzinfo
    named: bool

    def cells(self, at: datetime | None, style: str = "strong") -> Sequence[Cell]:
        """The cells of the time column."""
        clock = Cell(f"{at:%H:%M}" if at else "–", style, width=5)
        if not self.named:
            return (clock,)
        shift = (at.date() - at.astimezone(self.days).date()).days if at else 0
        return clock, Cell(f"{at:%Z}{f'{shift:+d}' if shift else ''}" if at else "", "muted", width=6)


def clock_of(desk: BufferDesk, profile: str | None, user: tzinfo) -> Clock:
    """The clock of a list of one profile, whose days it has, or of all (None), which has the user's.

    The zone is named when the profiles of the account have several.
    """
    found = desk.profile(profile) if profile is not None else None
    named = len({profile.timezone for profile in desk.profiles}) > 1
    return Clock(zone_of(found) if found is not None else user, named)
