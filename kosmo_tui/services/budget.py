"""What requests are spent on: what a person does always may, what kosmo does by itself stops at a reserve.

The windows are the services'; what they last told is kept in the ledger, which every kosmo of this user shares and
which outlives them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from datetime import datetime, timedelta
from enum import IntEnum

from kosmo_tui.api.errors import RateLimited
from kosmo_tui.api.limits import Limits, Window
from kosmo_tui.store.errors import StoreError
from kosmo_tui.store.ledger import Kept, Ledger

RESERVE = 0.2
_SPANS = {"15m": timedelta(minutes=15), "24h": timedelta(days=1), "30d": timedelta(days=30)}
_LONGEST = timedelta(days=1)  # of a window without a length in its name: Instagram bars an account for a day at most
_BELIEVED = timedelta(hours=1)  # how long a reading without a reset counts: Instagram's percentages are of an hour
_CLOCKS_APART = timedelta(minutes=1)


class Priority(IntEnum):
    """What requests are for, the most wanted first."""

    USER = 0
    TROUBLE = 1  # posts that failed, or should have gone out
    REFRESH = 2
    METRICS = 3


PURPOSE = ContextVar("purpose", default=Priority.USER)
"""What the requests of this task are for; tasks that it starts inherit it."""

# How far each may go down, in reserves: who matters less stops earlier, and nobody of them goes below the reserve.
_FLOORS = {Priority.TROUBLE: 1.0, Priority.REFRESH: 1.25, Priority.METRICS: 1.5}


class Budget:
    """The requests of all accounts.  `reserve` is the share of every window that is left to the person (0.0 to 1.0).

    Any thread may use it.  Methods read and write the store, and go on without it when it fails.
    """

    def __init__(self, ledger: Ledger, now: Callable[[], datetime], reserve: float = RESERVE) -> None:
        self._ledger = ledger
        self._now = now
        self._reserve = reserve
        self._own: dict[str, dict[str, Kept]] = {}  # account → what this kosmo has read
        self._told: dict[str, tuple[Window, ...]] = {}  # what its client had read by then
        self._counted: dict[str, int] = {}  # account → how many answers of its client are written down

    def recall(self, account: str) -> None:
        """Take over what any kosmo has read of the account's windows."""
        own = self._own.setdefault(account, {})
        with suppress(StoreError):
            for kept in self._ledger.windows(account):
                if kept.name not in own or kept.seen_at > own[kept.name].seen_at:
                    own[kept.name] = kept

    def read(self, account: str, limits: Limits) -> None:
        """Take over what the account's client has read of its windows.  Does not block."""
        now, told = self._now(), self._told.get(account, ())
        own = self._own.setdefault(account, {})
        for window in limits.windows:
            if not any(window is old for old in told):
                own[window.name] = Kept(window.name, window.limit, window.remaining, window.resets_at, now)
        self._told[account] = limits.windows

    def spent(self, account: str, limits: Limits, priority: Priority) -> None:
        """Write down what the last answers told of the windows, and for what they were asked.

        What other work of the account has asked at the same time goes to the same purpose: the sum is right.
        """
        self.read(account, limits)
        requests = limits.answers - self._counted.get(account, 0)
        if not requests:
            return
        self._counted[account] = limits.answers
        with suppress(StoreError), self._ledger.transaction():
            for kept in self._own[account].values():
                self._ledger.put(account, kept.name, kept.limit, kept.remaining, kept.resets_at, kept.seen_at)
            self._ledger.spend(account, priority.name.lower(), self._now(), requests)

    def refused(self, account: str, limits: Limits, error: RateLimited) -> None:
        """Take from a refusal that a window is empty: its headers may not have said so."""
        known = limits.window(error.window) or limits.tightest()
        name, limit = error.window or (known.name if known else "15m"), known.limit if known else 100
        wait = timedelta(seconds=error.retry_after) if error.retry_after else _SPANS["15m"]
        until = known.resets_at if known and not known.remaining and known.resets_at else self._now() + wait
        limits.put(Window(name, limit, 0, until))

    def windows(self, account: str) -> list[Window]:
        """What is left now of every window that was recalled or read; full after its reset.  Does not block.

        What a clock that was wrong has left behind is not believed, or it could block the account for years.
        """
        now = self._now()
        return [_current(kept, now) for kept in self._own.get(account, {}).values() if _believable(kept, now)]

    def tightest(self, account: str) -> Window | None:
        """The window with the smallest share left; None while nothing is known.  Does not block."""
        return min(self.windows(account), key=lambda window: (window.left, window.remaining), default=None)

    def barred(self, account: str) -> Window | None:
        """The window that has nothing left until a known time, the longest one; None when all have.  Does not block."""
        shut = [window for window in self.windows(account) if not window.remaining and window.resets_at is not None]
        return max(shut, key=lambda window: window.resets_at or self._now(), default=None)

    def allows(self, account: str, priority: Priority, requests: int = 1) -> Window | None:
        """None when so many requests may be made now; else the window that stands in the way for longest.

        The person always may: whether it goes is for the service to say.
        """
        if priority is Priority.USER:
            return None
        self.recall(account)
        share = min(1.0, self._reserve * _FLOORS[priority])
        short = [
            window for window in self.windows(account) if window.remaining - requests < round(share * window.limit)
        ]
        return max(short, key=lambda window: window.resets_at or self._now(), default=None)


def _believable(kept: Kept, now: datetime) -> bool:
    latest = now + _SPANS.get(kept.name, _LONGEST) + _CLOCKS_APART
    return kept.seen_at <= now + _CLOCKS_APART and (kept.resets_at is None or kept.resets_at <= latest)


def _current(kept: Kept, now: datetime) -> Window:
    """The window now: full when its reset has passed, as it is taken to have an hour after a reading that told none."""
    until = kept.resets_at or kept.seen_at + min(_BELIEVED, _SPANS.get(kept.name, _BELIEVED))
    if until <= now:
        return Window(kept.name, kept.limit, kept.limit)
    return Window(kept.name, kept.limit, kept.remaining, until)
