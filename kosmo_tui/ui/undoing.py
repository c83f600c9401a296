"""What can be taken back: the latest things first, one key for all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import isawaitable

from msgspec import Struct

Undo = Callable[[], Awaitable[bool | None] | bool | None]
"""Takes something back; False when it is too late for that."""
DEPTH = 20  # how many things are remembered


class Undoable(Struct, frozen=True, eq=False):
    """One thing that was done: `label` names it as in `Undone: …`."""

    label: str
    undo: Undo


class UndoStack:
    """The things of this run that can be taken back; the newest goes first."""

    def __init__(self) -> None:
        self._done: list[Undoable] = []

    def push(self, label: str, undo: Undo) -> Callable[[], None]:
        """Remember something; returns how to forget it, for when it cannot be taken back any more."""
        entry = Undoable(label, undo)
        self._done = [*self._done[1 - DEPTH :], entry]
        return lambda: self._done.remove(entry) if entry in self._done else None

    async def pop(self) -> tuple[str, bool] | None:
        """Take the newest thing back: its label and whether it worked; None when there is nothing.

        Raises what the undo raises; the thing stays then, so that it can be tried again.
        """
        if not self._done:
            return None
        entry = self._done.pop()  # before it is awaited: a second key in the meantime means the one before it
        try:
            answer = entry.undo()
            if isawaitable(answer):
                answer = await answer
        except BaseException:
            self._done.append(entry)
            raise
        return entry.label, answer is not False
