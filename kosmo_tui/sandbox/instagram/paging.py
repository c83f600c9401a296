"""Lists by cursor."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from kosmo_tui.sandbox.instagram.call import Edge
from kosmo_tui.sandbox.instagram.errors import GraphError, invalid
from kosmo_tui.sandbox.instagram.ranges import moment

_SHORT_FROM = 10


class Identified(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=Identified)


def cursor(identifier: str) -> str:
    """An opaque mark of a place in a list; it dies with its item."""
    mixed = bytes((ord(sign) * 7 + place * 13) % 256 for place, sign in enumerate(identifier))
    return base64.urlsafe_b64encode(b"AQHS" + mixed + identifier[::-1].encode()).decode().replace("=", "ZD")


def paged(
    edge: Edge,
    items: Sequence[Item],
    limit_cap: int,
    render: Callable[[Item], dict[str, Any]],
) -> dict[str, Any]:
    """`{"data", "paging"}` of one page; `next` is missing on the last page, `paging` when there is nothing.

    Raises 100 for a limit that is no positive number, both cursors at once, or a cursor of an item that is gone.
    """
    parameters = edge.parameters
    limit = parameters.integer("limit", 25)
    if limit < 1:
        raise invalid("Param limit must be an integer greater than or equal to 1")
    size = min(limit, limit_cap)
    after, before = parameters.text("after"), parameters.text("before")
    if after and before:
        raise invalid("Cannot specify both before and after")
    places = {cursor(item.id): place for place, item in enumerate(items)} if after or before else {}
    if (mark := after or before) and mark not in places:
        raise GraphError(100, "Invalid cursor")
    if before:
        end = places[before]
        begin = max(end - size, 0)
    else:
        begin = places[after] + 1 if after else 0
        if after and edge.call.switches.short_pages and size >= _SHORT_FROM:
            size -= 1
        end = min(begin + size, len(items))
    page = items[begin:end]
    if not page:
        return {"data": []}
    cursors = {"before": cursor(page[0].id), "after": cursor(page[-1].id)}
    paging: dict[str, Any] = {"cursors": cursors}
    path = f"{edge.node_id}/{edge.name}"
    kept = edge.answer()
    if end < len(items):
        paging["next"] = edge.call.address(path, kept | {"limit": str(limit), "after": cursors["after"]})
    if begin > 0:
        paging["previous"] = edge.call.address(path, kept | {"limit": str(limit), "before": cursors["before"]})
    return {"data": [render(item) for item in page], "paging": paging}


def between(edge: Edge, items: Sequence[Any]) -> list[Any]:
    """The items created in `since`..`until` (unix seconds or a date)."""
    since, until = (
        moment(edge.parameters, name, edge.call.now) if name in edge.parameters else None for name in ("since", "until")
    )
    return [item for item in items if (not since or item.created >= since) and (not until or item.created <= until)]
