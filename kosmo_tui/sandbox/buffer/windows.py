"""Three rolling windows of requests per API key, and the headers that tell of them (draft-8 of RateLimit)."""

from __future__ import annotations

import base64
import hashlib
import math
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kosmo_tui.sandbox.buffer.records import Plan

# Buffer's name of a window, how the header names it, and its length in seconds.
WINDOWS = (("15m", "15min", 900), ("24h", "24h", 86_400), ("30d", "30d", 2_592_000))


@dataclass
class _Window:
    name: str
    policy: str
    quota: int
    seconds: int
    taken: deque[datetime] = field(default_factory=deque)

    def expire(self, now: datetime) -> None:
        limit = now - timedelta(seconds=self.seconds)
        while self.taken and self.taken[0] <= limit:
            self.taken.popleft()

    def reset_in(self, now: datetime) -> int:
        """Seconds until a request is given back: until the oldest one leaves the window."""
        if not self.taken:
            return self.seconds
        return max(1, math.ceil(self.seconds - (now - self.taken[0]).total_seconds()))


class Windows:
    """The windows of one key.  `factor` multiplies all quotas."""

    def __init__(self, plan: Plan, token: str, factor: int = 1) -> None:
        digest = hashlib.sha256(token.encode()).hexdigest()[:12]
        self._partition = base64.b64encode(digest.encode()).decode()
        self._windows = [
            _Window(name, f"{quota * factor}-in-{label}", quota * factor, seconds)
            for quota, (name, label, seconds) in zip(plan.requests, WINDOWS, strict=True)
        ]

    def take(self, now: datetime, *, refused_count: bool = False) -> tuple[str, int] | None:
        """Count a request; (name of the window that is full, seconds to wait) when it must be refused."""
        for window in self._windows:
            window.expire(now)
        full = [window for window in self._windows if len(window.taken) >= window.quota]
        if not full or refused_count:
            for window in self._windows:
                window.taken.append(now)
        if not full:
            return None
        longest = max(full, key=lambda window: window.reset_in(now))
        return longest.name, longest.reset_in(now)

    def reset_in(self, name: str, now: datetime) -> int:
        """Seconds until window `name` gives a request back."""
        return next(window.reset_in(now) for window in self._windows if window.name == name)

    def headers(self, now: datetime) -> dict[str, str]:
        """`RateLimit-Policy` and `RateLimit`, one entry per window."""
        return {
            "RateLimit-Policy": ", ".join(
                f'"{window.policy}";q={window.quota};w={window.seconds};pk=:{self._partition}:'
                for window in self._windows
            ),
            "RateLimit": ", ".join(
                f'"{window.policy}";r={max(0, window.quota - len(window.taken))};t={window.reset_in(now)}'
                for window in self._windows
            ),
        }
