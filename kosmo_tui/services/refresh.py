"""When kosmo asks a service by itself: for what is shown and has grown old, within the budget, and never in a hurry."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.api.errors import KosmoError
from kosmo_tui.api.limits import Window
from kosmo_tui.services.budget import Budget, Priority

MINUTES = 15
LATE = timedelta(minutes=10)  # after its time a post should have gone out: Buffer itself takes some minutes
_LEAST = {  # how old something grows at least, whatever the interval
    Priority.TROUBLE: timedelta(minutes=30),  # a stuck post does not come loose sooner for being looked at
    Priority.METRICS: timedelta(hours=1),  # Buffer counts once a day, Instagram lags by up to two
}
_PATIENCE = timedelta(minutes=1)  # after a first failure; twice as long after every further one


class Question(Struct, frozen=True):
    """Something that can be asked of an account: `what` names it, `as_of` is of the last answer (None: none yet).

    `error` is what went wrong when it was last asked, None when nothing did.
    """

    account: str
    what: str
    as_of: datetime | None
    error: KosmoError | None
    priority: Priority = Priority.REFRESH


class _Failed(Struct, frozen=True):
    error: KosmoError
    at: datetime
    wait: timedelta


class Refresh:
    """Decides whether to ask.  `minutes` is how old what is shown may grow; 0: nothing is asked anew by itself.

    `stopped` has, by account, the rate window whose reserve keeps kosmo from asking.
    """

    def __init__(self, budget: Budget, now: Callable[[], datetime], minutes: int = MINUTES) -> None:
        self._budget = budget
        self._now = now
        self._interval = timedelta(minutes=minutes)
        self._failed: dict[tuple[str, str], _Failed] = {}
        self.stopped: dict[str, Window] = {}

    async def due(self, question: Question) -> bool:
        """Whether to ask now.  A clock that went backwards makes nothing wait for it."""
        now = self._now()
        if question.as_of is not None:
            age = self._interval and max(self._interval, _LEAST.get(question.priority, self._interval))
            if not age or timedelta(0) <= now - question.as_of < age:
                return False
        if self._waits(question, now):
            return False
        # What a person does is let through, but nobody has asked for this: not while it is known to be refused.
        window = await asyncio.to_thread(self._budget.allows, question.account, question.priority)
        window = window or self._budget.barred(question.account)
        if window is not None:
            self.stopped[question.account] = window
            return False
        self.stopped.pop(question.account, None)
        return True

    def _waits(self, question: Question, now: datetime) -> bool:
        """Whether it has failed and is to be left alone for a while."""
        key, error = (question.account, question.what), question.error
        if error is None:
            self._failed.pop(key, None)
            return False
        failed = self._failed.get(key)
        if failed is None or failed.error is not error:
            longest = max(self._interval, _PATIENCE)
            wait = _PATIENCE if failed is None else min(2 * failed.wait, longest)
            failed = self._failed[key] = _Failed(error, now, wait)
        return timedelta(0) <= now - failed.at < failed.wait


def overdue(updates: Iterable[Update], at: datetime) -> list[Update]:
    """The posts that should have gone out by `at`, and at that time had not: more than ten minutes after their time."""
    return [
        update
        for update in updates
        if update.status in ("scheduled", "sending")
        and (due := update.due_at or update.scheduled_at) is not None
        and at - due > LATE
    ]
