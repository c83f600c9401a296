"""When a failed read is tried again, and after how long."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import msgspec

from kosmo_tui.api.errors import ApiError, RateLimited


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Retries(msgspec.Struct, frozen=True):
    """When a failed read is tried again: `attempts` in all, exponential back-off from `base` seconds with jitter.

    A service that names a time is obeyed up to `cap` seconds; above it the error goes to the caller at once.
    """

    attempts: int = 3
    base: float = 0.5
    cap: float = 20.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random
    now: Callable[[], datetime] = _utc_now

    def delay(self, error: ApiError, attempt: int) -> float | None:
        """Seconds to wait after `attempt` (1, 2, …) failed with `error`; None: do not try again."""
        if not error.transient or attempt >= self.attempts:
            return None
        if error.retry_after is not None:
            return None if error.retry_after > self.cap else error.retry_after + self.base * self.random()
        if isinstance(error, RateLimited):  # a window of unknown length: another try would only cost a request
            return None
        return min(self.cap, self.base * 2.0 ** (attempt - 1)) * (0.5 + self.random() / 2)
