"""Pages of posts across organizations: Buffer lists the posts of one, an account may have several.

A joint cursor holds the cursor of every organization that has more, one line `organization=cursor` each.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from kosmo_tui.api.buffer.models import Update, UpdatePage

_NEVER = datetime.max.replace(tzinfo=UTC)


async def page_of_all(
    read: Callable[[Mapping[str, str | None]], Awaitable[Sequence[UpdatePage]]],
    organizations: Iterable[str],
    cursor: str | None,
    *,
    count: int,
    newest_first: bool,
) -> UpdatePage:
    """The next page of each of the `organizations`, as one page in one order.

    `read` has the page of each organization after its cursor; `cursor` is a joint one, None for the first pages.
    """
    after = _split(cursor) if cursor is not None else dict[str, str | None].fromkeys(organizations)
    pages = await read(after)
    updates = [update for found in pages for update in found.updates]
    updates.sort(key=lambda update: update.scheduled_at or update.created_at or _NEVER, reverse=newest_first)
    onward = join({name: found.cursor if found.has_more else None for name, found in zip(after, pages, strict=True)})
    return UpdatePage(updates=tuple(updates), page=1, count=count, has_more=onward is not None, cursor=onward)


def by_time(updates: Sequence[Update]) -> tuple[Update, ...]:
    """Pending posts by the time at which they are due; those without a time come last."""
    return tuple(
        sorted(updates, key=lambda update: (update.due_at is None, update.due_at or update.created_at or _NEVER))
    )


def join(cursors: Mapping[str, str | None]) -> str | None:
    """The joint cursor of the organizations that have more; None when none has."""
    return "\n".join(f"{organization}={cursor}" for organization, cursor in cursors.items() if cursor) or None


def _split(cursor: str) -> dict[str, str | None]:
    return {name: position for name, _, position in (line.partition("=") for line in cursor.splitlines())}
