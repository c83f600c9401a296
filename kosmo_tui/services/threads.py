"""Blocking work for async code: in a thread, and finished whatever becomes of the one who waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns or raises.

    When the caller is cancelled, `work` is still done to its end before the cancellation goes on: whoever clears up
    after it then finds it done, not half-way.
    """
    done = asyncio.get_running_loop().run_in_executor(None, partial(work, *args, **kwargs))
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        while not done.done():
            try:
                await asyncio.wait({done})
            except asyncio.CancelledError:
                continue  # the loop cancels everybody when it ends; a write to the store takes milliseconds
        if not done.cancelled():
            done.exception()  # seen: it matters to nobody any more
        raise
