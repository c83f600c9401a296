"""Usage headers that climb to 100 %, and what happens then."""

from __future__ import annotations

import json
from collections import deque
from datetime import datetime

from kosmo_tui.sandbox.instagram.errors import throttled
from kosmo_tui.sandbox.instagram.switches import Switches
from kosmo_tui.sandbox.instagram.world import Account

_MINUTE = 60
_BUSINESS = "645699291956344"


class Window:
    """Calls in a rolling window, counted by the minute."""

    def __init__(self, minutes: int, budget: int) -> None:
        self._minutes, self._budget = minutes, budget
        self._counts: deque[list[int]] = deque()
        self._total = 0

    def count(self, now: datetime) -> None:
        """One more call.  Calls while throttled count too: they lengthen it."""
        minute = int(now.timestamp()) // _MINUTE
        self._forget(minute)
        if self._counts and self._counts[-1][0] == minute:
            self._counts[-1][1] += 1
        else:
            self._counts.append([minute, 1])
        self._total += 1

    def percent(self) -> int:
        """How much of the budget is used; 100 and more is throttled."""
        return self._total * 100 // self._budget

    def full(self) -> bool:
        """Is the budget used up by calls before this one?"""
        return self._total > self._budget

    def minutes_to_wait(self, now: datetime) -> int:
        """Until enough calls have left the window, if no more are made."""
        over, minute = self._total - self._budget, int(now.timestamp()) // _MINUTE
        for begun, count in self._counts:
            over -= count
            if over < 0:
                return max(begun + self._minutes - minute, 1)
        return 0

    def _forget(self, minute: int) -> None:
        while self._counts and self._counts[0][0] <= minute - self._minutes:
            self._total -= self._counts.popleft()[1]


class Usage:
    """Counts the calls: by account over a day (80002); by app over an hour for what belongs to no account (4)."""

    def __init__(self, switches: Switches, unlimited: bool) -> None:
        factor = 1000 if unlimited else 1
        self._day = switches.account_calls_per_day * factor
        self._app = Window(60, switches.app_calls_per_hour * factor)
        self._accounts: dict[str, Window] = {}

    def count(self, account: Account | None, now: datetime) -> dict[str, str]:
        """Count one call and return its usage headers.  Raises 4 or 80002 when the budget is used up."""
        window = self._app if account is None else self._accounts.setdefault(account.id, Window(1440, self._day))
        window.count(now)
        wait = window.minutes_to_wait(now) if window.full() else 0
        headers = _headers(account, min(window.percent(), 100) if not wait else 100, wait)
        if wait:
            raise throttled(4 if account is None else 80002, headers)
        return headers

    def exhausted(self, account: Account | None, code: int) -> dict[str, str]:
        """The headers that go with a rate limit ordered as a fault."""
        return _headers(account if code == 80002 else None, 100, 12)


def _headers(account: Account | None, percent: int, wait: int) -> dict[str, str]:
    numbers = {"call_count": percent, "total_cputime": percent // 4, "total_time": percent // 3}
    if account is None:
        return {"X-App-Usage": json.dumps(numbers, separators=(",", ":"))}
    entry = [{"type": "instagram", **numbers, "estimated_time_to_regain_access": wait}]
    both = {_BUSINESS: entry, account.id: entry}
    return {"X-Business-Use-Case-Usage": json.dumps(both, separators=(",", ":"))}
