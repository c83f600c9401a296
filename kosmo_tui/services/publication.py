"""One post on its way: a row per target, which whoever shows it can follow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kosmo_tui.api.errors import KosmoError
from kosmo_tui.compose.draft import Draft, Target
from kosmo_tui.services.orders import Order, target_of
from kosmo_tui.services.outcomes import Outcome
from kosmo_tui.store.records import FINAL, State


@dataclass(frozen=True)
class Row:
    """One target and what became of it: `note` is a sentence, `at` when it goes out, `link` where it can be seen.

    `id` is the row of the outbox, None before it is written and after it was taken back.
    """

    target: Target
    state: State = "queued"
    note: str = ""
    hint: str = ""
    link: str | None = None
    at: datetime | None = None
    id: int | None = None

    @property
    def done(self) -> bool:
        """Whether this is the last word on it."""
        return self.state in FINAL


Listener = Callable[["Publication"], None]


class Publication:
    """One post, or change, on its way to its targets.  `rows` are in the order of the targets; `notices` came with the
    answers; `draft_id` is its draft in the store; `reason` why warnings were overridden.

    `held_until` is set while nothing has been sent yet and everything can be taken back.
    """

    def __init__(
        self,
        orders: Sequence[Order],
        *,
        draft: Draft | None = None,
        draft_id: str | None = None,
        reason: str = "",
        targets: Iterable[Target] = (),
    ) -> None:
        known = {target.key: target for target in targets}
        self.orders = {order.target: order for order in orders}
        if any(self.orders[order.target] != order for order in orders):
            raise ValueError("a publication has one order for each target")  # the other one would be lost
        self.draft = draft or Draft()
        self.draft_id = draft_id
        self.reason = reason
        self.notices: tuple[str, ...] = ()
        self.outcomes: dict[str, Outcome] = {}  # by the key of the target, as soon as they are known
        self.held_until: datetime | None = None
        self.taken_back = False
        self.repeats = False  # a write that was there before, sent again by a person's order
        self.keeps_rest = draft is not None
        self._rows = {
            order.target: Row(known.get(order.target) or target_of(order), at=order.at)
            for order in self.orders.values()
        }
        self._listeners: list[Listener] = []
        self._finished = asyncio.Event()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The state of every target now."""
        return tuple(self._rows.values())

    def row(self, key: str) -> Row:
        """The state of one target now."""
        return self._rows[key]

    @property
    def done(self) -> bool:
        """Whether every target has its last word."""
        return all(row.done for row in self.rows)

    @property
    def rest(self) -> Draft | None:
        """The draft for the targets that refused it, so that nothing typed is lost; None when there are none.

        Targets whose outcome is unknown are left out: they may be live.
        """
        refused = tuple(row.target.key for row in self.rows if row.state == "refused")
        unknown = any(row.state == "unknown" for row in self.rows)
        return replace(self.draft, targets=refused) if self.keeps_rest and (refused or unknown) else None

    @property
    def errors(self) -> tuple[KosmoError, ...]:
        """What kept targets from taking it, where that is known as an error."""
        return tuple(outcome.error for outcome in self.outcomes.values() if outcome.error is not None)

    async def wait(self) -> None:
        """Return when every target has its last word, or the app is closing and leaves it as it is."""
        if not self.done:
            await self._finished.wait()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` soon after every change, on the event loop; returns how to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    # For the publisher alone.

    def set(self, key: str, **changes: Any) -> None:
        """Change the row of the target `key`.  What is known stays; only `unknown` can still become known."""
        row = self._rows[key]
        if not row.done or (row.state == "unknown" and changes.get("state") in FINAL):
            self._rows[key] = replace(row, **changes)
            self._tell()

    def settle(self, key: str, outcome: Outcome) -> None:
        """The word on the target `key`; the last one, unless it is `unknown`."""
        self.outcomes[key] = outcome
        self.notices += tuple(notice for notice in outcome.notices if notice not in self.notices)
        self.set(
            key,
            state=outcome.state,
            note=outcome.note,
            hint=outcome.hint,
            link=outcome.link or None,
            at=outcome.at or self._rows[key].at,
        )

    def hold(self, until: datetime | None) -> None:
        """From now on, or (None) no longer, it can be taken back."""
        self.held_until = until
        self._tell()

    def withdraw(self, note: str) -> None:
        """It was taken back: no target has it, and none will."""
        self.taken_back = True
        self.held_until = None
        for key, row in self._rows.items():
            self._rows[key] = replace(row, state="refused", note=note, id=None)
        self._tell()

    def leave(self) -> None:
        """The app is closing: whoever waits need not wait any longer."""
        self.held_until = None
        for key, row in self._rows.items():
            if row.state == "queued":
                note = "Not sent; it stays in the outbox"
                self._rows[key] = replace(row, note=note, hint="kosmo asks about it when it starts next")
        self._finished.set()
        self._tell()

    def _tell(self) -> None:
        if self.done:
            self._finished.set()
        loop = asyncio.get_running_loop()
        for listener in tuple(self._listeners):
            loop.call_soon(listener, self)  # not called from here: a listener that fails must not stop a write
