"""Ending the dashboard from outside: by a signal, or because its terminal or SSH link is gone."""

from __future__ import annotations

import asyncio
import math
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kosmo_tui.ui.app import KosmoApp

MORE = 3  # seconds, after those that the app gives to writes, to close the clients and to tell what became of them


@contextmanager
def stopped_by_signals(app: KosmoApp, clean_up: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and SIGHUP end `app`, which runs within, with exit code 128 + signal.

    A terminal that is gone takes no more output, and Textual waits for it for ever, or its input thread outlives the
    app; so after the app's grace and `MORE` seconds the process ends as it is, having called `clean_up`.
    """
    loop = asyncio.get_running_loop()
    stopped = False

    def stop(number: int, _frame: FrameType | None) -> None:
        nonlocal stopped
        stopped, code = True, 128 + number

        def give_up(_number: int, _frame: FrameType | None) -> None:
            clean_up()
            os._exit(code)

        signal.signal(signal.SIGALRM, give_up)
        signal.alarm(math.ceil(app.GRACE) + MORE)
        # After the refresh: an app that is told to exit while its first screen is being built falls over that.
        loop.call_soon_threadsafe(partial(app.call_after_refresh, app.exit, return_code=code))

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        yield
    finally:
        if not stopped:
            signal.alarm(0)  # else it rings for a process that does not end
