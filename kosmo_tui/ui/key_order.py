"""Keys take effect one after the other, also those that come in one packet, as over a slow line.

Textual hands a key to the widget with the focus and reads the next one; what the widget does not take itself climbs to
the app by way of every queue between them, and most bindings are run only there.  A letter typed right after an arrow
or a backspace would so overtake it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import Any, TypeVar

from textual import events
from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump

Result = TypeVar("Result")

_LONGEST = 0.25  # seconds that a key waits for the one before it: what is gone by then does not answer
_TURNS = 50  # of the event loop, for what a key has set going


class Handled(Message, namespace="keys"):
    """Follows a key on its way up: where it comes, the key has been."""


class OrderedKeys(App[Result]):
    """An app that reads a key when the one before it has been handled."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._coming: deque[events.Key | events.Paste] = deque()
        self._awaited: Handled | None = None
        self._patience: asyncio.TimerHandle | None = None

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._coming.append(event)
            if len(self._coming) == 1:
                await self._take()
        else:
            await super().on_event(event)

    async def _take(self) -> None:
        """Handle the next key that has come, unless one is on its way through the widgets."""
        if self._awaited is not None or not self._coming:
            return
        await self._quiet()
        event, target = self._coming.popleft(), self.focused or self.screen
        await super().on_event(event)
        handled = Handled()
        if event.is_forwarded and target.post_message(handled):
            self._awaited = handled
            late = asyncio.get_running_loop().call_later(_LONGEST, self.call_next, self._handled, handled)
            self._patience = late
        elif self._coming:
            self.call_next(self._take)  # after what this one has asked to be done next, as mounting a screen

    async def on_keys_handled(self, message: Handled) -> None:
        await self._handled(message)

    async def _handled(self, message: Handled) -> None:
        if message is self._awaited:
            self._awaited = None
            if self._patience is not None:
                self._patience.cancel()
            await self._take()

    async def _quiet(self) -> None:
        """Wait, not for long, until the widgets above the focus have done what they were told so far."""
        for _ in range(_TURNS):
            if not any(pump.message_queue_size for pump in self._chain()):
                return
            await asyncio.sleep(0)

    def _chain(self) -> Iterator[MessagePump]:
        pump: MessagePump | None = self.focused or self.screen
        while pump is not None and pump is not self:
            yield pump
            pump = pump._parent
