"""Ending the dashboard from outside leaves time to tell what became of the posts under way."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from typing import Any, cast

import pytest

from kosmo_tui.commands.stopping import stopped_by_signals
from kosmo_tui.ui.app import KosmoApp


class Leaving:
    """Stands for the app: it notes the exit code it is told to end with."""

    GRACE = KosmoApp.GRACE
    code: int | None = None

    def call_after_refresh(self, callback: Any, *arguments: Any, **options: Any) -> None:
        callback(*arguments, **options)

    def exit(self, *, return_code: int) -> None:
        self.code = return_code


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)}
    yield
    signal.alarm(0)
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
async def test_the_process_outlives_the_writes_that_it_waits_for(number: signal.Signals) -> None:
    app = Leaving()
    with stopped_by_signals(cast(Any, app), lambda: None):
        os.kill(os.getpid(), number)
        left, _ = signal.getitimer(signal.ITIMER_REAL)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert left > app.GRACE + 1
    assert app.code == 128 + number
    assert signal.getitimer(signal.ITIMER_REAL)[0] > 0  # a thread of Textual's can outlive the app


async def test_an_app_that_ends_by_itself_is_not_hurried() -> None:
    with stopped_by_signals(cast(Any, Leaving()), lambda: None):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
