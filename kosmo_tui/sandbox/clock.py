"""The sandbox's own time: it moves with the wall clock, and by control."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Time in UTC that runs at the pace of the wall clock from `start` (default: now) and can be moved ahead.

    Everything seeded is told relative to `start`, so two sandboxes with one seed and one start are alike.
    """

    def __init__(self, start: datetime | None = None) -> None:
        if start is not None and start.tzinfo is None:
            raise ValueError("a clock starts at an aware datetime")
        self._fixed = start.astimezone(UTC) if start else None
        self.reset()

    def now(self) -> datetime:
        """The time in the sandbox, aware, in UTC."""
        return self.start + timedelta(seconds=time.monotonic() - self._begun) + self._offset

    def advance(self, seconds: float) -> datetime:
        """Move the clock ahead (never back: what happened has happened) and return the new time."""
        if not 0 <= seconds < 1e9:
            raise ValueError("a clock advances by 0 to 1e9 seconds")
        self._offset += timedelta(seconds=seconds)
        return self.now()

    def reset(self) -> None:
        """Back to the start: the fixed one, or the wall clock's now."""
        self.start = self._fixed or datetime.now(UTC)
        self._begun = time.monotonic()
        self._offset = timedelta()
