"""One GraphQL operation → decoded `data`; and pages of posts, which every list is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from kosmo_tui.api.buffer import wire
from kosmo_tui.api.buffer.documents import document
from kosmo_tui.api.buffer.models import Status
from kosmo_tui.api.errors import BadAnswer, OutcomeUnknown
from kosmo_tui.api.http import Connection, Request
from kosmo_tui.api.safe_text import raw

T = TypeVar("T")


class Graph:
    """Buffer's GraphQL interface over a connection.  `timeout` (seconds) bounds one attempt."""

    def __init__(self, connection: Connection, timeout: float = 30.0) -> None:
        self._connection = connection
        self._timeout = timeout

    def now(self) -> datetime:
        """The time by Buffer's clock."""
        return self._connection.now()

    async def ask(self, operation: str, variables: Mapping[str, Any], type_: type[T], *, write: bool = False) -> T:
        """`data` of `operation` as `type_`.  Filters and inputs go as variables: written out, Buffer refuses them."""
        body = {"query": document(operation), "operationName": operation, "variables": raw(variables)}
        request = Request("POST", "", json=body, write=write, label=operation, read_timeout=self._timeout)
        answer = await self._connection.send(request)
        try:
            return wire.read(type_, answer.json["data"], operation)
        except BadAnswer as error:
            if write:  # it was carried out in some way; what came of it cannot be read
                raise OutcomeUnknown(error.message, hint=error.hint) from None
            raise

    async def aclose(self) -> None:
        """Close the connections."""
        await self._connection.aclose()


def posts_input(
    organization_id: str,
    *,
    statuses: Sequence[Status] = (),
    profile_ids: Sequence[str] = (),
    created_since: datetime | None = None,
    created_until: datetime | None = None,
    due_until: datetime | None = None,
    sort: str = "dueAt",
    newest_first: bool = False,
) -> dict[str, Any]:
    """A `PostsInput`: posts of these statuses and profiles (empty: all), sorted by `dueAt` or `createdAt`."""
    chosen: dict[str, Any] = {"status": list(statuses), "channelIds": list(profile_ids)}
    created = {"start": created_since, "end": created_until}
    chosen["createdAt"] = {name: timestamp(moment) for name, moment in created.items() if moment is not None}
    chosen["dueAt"] = {"end": timestamp(due_until)} if due_until is not None else None
    return {
        "organizationId": organization_id,
        "filter": {key: value for key, value in chosen.items() if value},
        "sort": [{"field": sort, "direction": "desc" if newest_first else "asc"}],
    }


def timestamp(moment: datetime) -> str:
    """A time in UTC as Buffer writes it: `2026-11-22T09:00:00.000Z`."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
