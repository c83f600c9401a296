"""Work that somebody may soon wait for, done while nobody waits for anything."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

REST = 0.06  # seconds; longer than the pause between two repeats of a held key


class SpareTime:
    """Takes small steps of one task after a rest, with room for a key between any two of them."""

    def __init__(self) -> None:
        self._next: asyncio.Handle | None = None

    def spend(self, steps: Iterator[object]) -> None:
        """Take `steps` after a rest that begins now, in the place of those that are left of another task."""
        self.stop()
        # Not a timer of Textual's: that is a task of its own, made and ended at every repeat of a held key.
        self._next = asyncio.get_running_loop().call_later(REST, self._go_on, steps)

    def stop(self) -> None:
        """Take no more steps."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _go_on(self, steps: Iterator[object]) -> None:
        self._next = None
        for _ in steps:
            self._next = asyncio.get_running_loop().call_soon(self._go_on, steps)
            break
