"""One GraphQL operation → decoded `data`; and pages of posts, which every list is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from kosmo_tui.api.buffer import wire
from kosmo_tui.api.buffer.documents import document
from kosmo_tui.api.buffer.judging import TOO_COMPLEX
from kosmo_tui.api.buffer.models import Status, UpdatePage
from kosmo_tui.api.errors import BadAnswer, OutcomeUnknown, Refused
from kosmo_tui.api.http import Connection, Request
from kosmo_tui.api.safe_text import raw

T = TypeVar("T")
TOGETHER = 10  # queries in one request: Buffer takes 30 aliases, which are two for each


class Graph:
    """Buffer's GraphQL interface over a connection.  `timeout` (seconds) bounds one attempt."""

    def __init__(self, connection: Connection, timeout: float = 30.0) -> None:
        self._connection = connection
        self._timeout = timeout
        self._together = TOGETHER

    def now(self) -> datetime:
        """The time by Buffer's clock."""
        return self._connection.now()

    async def ask(self, operation: str, variables: Mapping[str, Any], type_: type[T], *, write: bool = False) -> T:
        """`data` of `operation` as `type_`.  Filters and inputs go as variables: written out, Buffer refuses them."""
        data = await self._send(operation, document(operation), variables, write=write)
        try:
            return wire.read(type_, data, operation)
        except BadAnswer as error:
            if write:  # it was carried out in some way; what came of it cannot be read
                raise OutcomeUnknown(error.message, hint=error.hint) from None
            raise

    async def ask_each(self, operation: str, each: Sequence[Mapping[str, Any]], type_: type[T]) -> list[T]:
        """`data` of a query for `each` of these variables: one request for ten of them.  Raises the error of any."""
        found: list[T] = []
        while len(found) < len(each):
            part = each[len(found) : len(found) + self._together]
            if len(part) == 1:
                found.append(await self.ask(operation, part[0], type_))
                continue
            try:
                found += await self._ask_together(operation, part, type_)
            except Refused as error:
                if error.code != TOO_COMPLEX:
                    raise
                self._together = 1  # whatever Buffer allows by now, one by one it takes them
        return found

    async def pages(
        self, wanted: Sequence[tuple[Mapping[str, Any], str | None]], first: int, number: int = 1
    ) -> list[UpdatePage]:
        """Up to `first` posts after a cursor for each `PostsInput`, as page `number`."""
        each = [{"input": input, "first": first, "after": after} for input, after in wanted]
        pages = []
        for (_, after), data in zip(wanted, await self.ask_each("posts", each, wire.PostsData), strict=True):
            cursor = data.posts.page_info.end_cursor if data.posts.page_info.has_next_page else None
            if cursor is not None and cursor == after:
                raise BadAnswer("Buffer's list of posts leads in a circle", hint="try again later")
            updates, has_more = data.posts.models(), cursor is not None
            pages.append(UpdatePage(updates=updates, page=number, count=first, has_more=has_more, cursor=cursor))
        return pages

    async def _ask_together(self, operation: str, each: Sequence[Mapping[str, Any]], type_: type[T]) -> list[T]:
        variables = {f"{name}_{at}": value for at, one in enumerate(each) for name, value in one.items()}
        data = await self._send(operation, document(operation, len(each)), variables)
        parts: list[dict[str, Any]] = [{} for _ in each]
        for alias, value in data.items():
            field, _, at = alias.rpartition("_")
            if at.isdecimal() and int(at) < len(parts):
                parts[int(at)][field] = value
        return [wire.read(type_, part, operation) for part in parts]

    async def _send(self, operation: str, query: str, variables: Mapping[str, Any], *, write: bool = False) -> Any:
        body = {"query": query, "operationName": operation, "variables": raw(variables)}
        request = Request("POST", "", json=body, write=write, label=operation, read_timeout=self._timeout)
        return (await self._connection.send(request)).json["data"]

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
