"""Buffer's posts into the store: all that are pending anew each time, what was sent back to a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from kosmo_tui.api.buffer.client import PENDING, BufferClient
from kosmo_tui.api.buffer.models import Overview
from kosmo_tui.api.errors import KosmoError
from kosmo_tui.services import cached
from kosmo_tui.services.account_lists import keep_user, sent_posts
from kosmo_tui.services.reader import OutOfBudget, Page, Reader
from kosmo_tui.services.spans import BEGINNING
from kosmo_tui.store.cache import Cache, Item, Listed

PAGE = 100  # the most that Buffer hands out
_RESUMABLE = timedelta(minutes=10)  # a list of pending posts that was begun longer ago is out of date
_PENDING, _SENT = "sync pending", "sync sent "  # the latter before the id of an organization


async def read(reader: Reader, client: BufferClient, since: datetime) -> None:
    """Bring everything of an account, back to `since`."""
    await _pending(reader, client)
    names = [one.id for one in await client.organizations()]
    try:
        for name in names:
            await _sent(reader, client, name, since)
    except (OutOfBudget, KosmoError):
        await _show(reader, names)
        raise
    await _show(reader, names)


async def _show(reader: Reader, organizations: Sequence[str]) -> None:
    """Let the dashboard list what is there of all organizations."""
    reached = [await reader.reached(_SENT + one) for one in organizations]
    since = max((one for one in reached if one is not None), default=None)
    if since is not None and None not in reached:
        bound, now = None if since <= BEGINNING else since, reader.now()
        await reader.write(lambda cache: sent_posts(cache, reader.account, None).reach(bound, now))


async def _pending(reader: Reader, client: BufferClient) -> None:
    """What is not sent can change at any time.  What is kept as pending and was not seen in the whole list is gone."""
    what = "pending posts"
    reader.told(what)
    begun, cursor = reader.now(), None
    left = await reader.listed(_PENDING)
    if left is not None and not left.whole and timedelta() <= begun - left.as_of < _RESUMABLE:
        begun, cursor = left.as_of, left.cursor
    whole = False
    while not whole:
        if cursor is None:
            seen = await reader.ask(partial(client.overview, PENDING, first=PAGE))
            updates, cursor = seen.updates, seen.cursor
            await reader.write(partial(_know, reader.account, seen, begun))
        else:
            page = await reader.ask(partial(client.posts_of_all, statuses=PENDING, first=PAGE, after=cursor))
            updates, cursor = page.updates, page.cursor
        whole = cursor is None
        now = reader.now()
        items = [cached.of_update(reader.account, update, now) for update in updates]
        listed = dict.fromkeys((_PENDING, "queue"), Listed(begun, cursor, whole))
        await reader.keep(items, listed, gone=("post", PENDING, begun) if whole else None)
        reader.told(what)


def _know(account: str, seen: Overview, at: datetime, cache: Cache) -> None:
    """Keep what the dashboard shows a queue with."""
    keep_user(cache, account, seen.user, at)
    cache.put_fact(account, "profiles", cached.encode(seen.profiles), at)


async def _sent(reader: Reader, client: BufferClient, organization: str, since: datetime) -> None:
    async def page(until: datetime | None, cursor: str | None) -> Page:
        # A little more: whether Buffer counts the bound in is not documented.
        bound = until and until.astimezone(UTC) + timedelta(milliseconds=1)
        asked = partial(client.posts, organization, statuses=("sent",), newest_first=True, first=PAGE)
        found = await reader.ask(partial(asked, after=cursor, due_until=bound))
        now = reader.now()
        items: list[Item] = [cached.of_update(reader.account, update, now) for update in found.updates]
        times = [update.due_at for update in found.updates if update.due_at is not None]
        return Page(items, min(times, default=None), found.cursor)

    await reader.walk(_SENT + organization, "sent posts", page, since)
