"""A post that may be there already: nobody knows what became of an equal one, so no second one is sent before."""

from __future__ import annotations

from collections.abc import Iterable

from kosmo_tui.compose.findings import Finding
from kosmo_tui.services.orders import NEW, Order, fingerprint
from kosmo_tui.store.records import OutboxRow


def doubts(order: Order, unknown: Iterable[OutboxRow]) -> tuple[Finding, ...]:
    """A finding for each of the `unknown` writes that may have made what `order` makes.

    An error, for it would not be sent; a warning where a person keeps the write as unknown: that one is looked for
    once more before this one goes out.
    """
    others = [row for row in unknown if row.target == order.target and row.kind in NEW and row.state == "unknown"]
    if not others:  # a fingerprint is taken for nothing while one types
        return ()
    wanted = fingerprint(order)
    return tuple(_doubt(row) for row in others if row.fingerprint == wanted)


def _doubt(row: OutboxRow) -> Finding:
    message = f"An equal post may be there already (outbox {row.id})"
    if row.resolved:
        return Finding("warning", "unknown", message, "it is looked for once more before this one goes out")
    return Finding("error", "unknown", message, "keep this as a draft and decide on that one in the outbox first")
