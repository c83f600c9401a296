"""Instagram's media and the comments under them into the store, back to a time.

A page of media and the newest comments of all its items take one request each.  Items with more comments than fit are
noted with it, and read to their ends afterwards.  What was commented no more since it was read is not read again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec

from kosmo_tui.api.errors import Forbidden, KosmoError, NotFound, Refused
from kosmo_tui.api.instagram.client import MAX_COMMENTS, InstagramClient
from kosmo_tui.api.instagram.models import Comment, Media
from kosmo_tui.services import cached
from kosmo_tui.services.account_lists import keep_user, published_media
from kosmo_tui.services.comments import SYNCED, SYNCED_UNDER
from kosmo_tui.services.reader import OutOfBudget, Page, Reader
from kosmo_tui.services.spans import BEGINNING
from kosmo_tui.store.cache import Item, Listed

PAGE = 50  # items: as many as can be asked for together with their comments
_COMMENTS = 25  # of each item of a page: more, and Instagram finds it too much for one answer
_REPLIED = timedelta(days=7)  # replies under comments that were older when they were read are not looked for


class _Noted(msgspec.Struct, frozen=True):
    """What is known of the comments under an item: that there are `count`, read up to the cursor `after`; and that all
    from before `known` were read at an earlier time."""

    count: int
    after: str | None = None
    known: datetime | None = None


async def read(reader: Reader, client: InstagramClient, since: datetime) -> list[str]:
    """Bring media and comments, back to `since`; what cannot be had and why."""
    user = await reader.ask(client.get_current_user)
    await reader.write(lambda cache: keep_user(cache, reader.account, user, reader.now()))
    missing: list[str] = []

    async def page(until: datetime | None, cursor: str | None) -> Page:
        # A second more: whether Instagram counts the bound in is not documented.
        bound = until and until + timedelta(seconds=1)
        found = await reader.ask(partial(client.list_media, PAGE, cursor, until=bound))
        now = reader.now()
        items = [cached.of_media(reader.account, media, now) for media in found.items]
        listed: dict[str, Listed] = {}
        noted = await _news(reader, found.items)
        if noted and not missing:
            try:
                threads = await reader.ask(partial(client.recent_comments, PAGE, _COMMENTS, cursor, until=bound))
            except Forbidden as error:
                missing.append(f"comments: {error.message}")
            else:
                for thread in threads.items:
                    if (note := noted.get(thread.media.id)) is not None:
                        items += _comments(reader, thread.media.id, thread.comments)
                        whole = not thread.more or _reaches(thread.comments, note.known)
                        note = msgspec.structs.replace(note, after=None if whole else thread.after)
                        listed[SYNCED_UNDER + thread.media.id] = Listed(now, _encoded(note), whole)
        times = [media.timestamp for media in found.items if media.timestamp is not None]
        return Page(items, min(times, default=None), found.after, listed)

    try:
        await reader.walk(SYNCED, "media and comments", page, since)
    except (OutOfBudget, KosmoError):
        await _show(reader)
        raise
    await _show(reader)
    names = [] if missing else await reader.unfinished(SYNCED_UNDER)
    for place, name in enumerate(names):
        await _rest(reader, client, name, share=place / len(names))
    return missing


async def _show(reader: Reader) -> None:
    """Let the dashboard list what is there."""
    if (since := await reader.reached(SYNCED)) is not None:
        bound, now = None if since <= BEGINNING else since, reader.now()
        await reader.write(lambda cache: published_media(cache, reader.account).reach(bound, now))


async def _news(reader: Reader, media: Sequence[Media]) -> Mapping[str, _Noted]:
    """The items whose number of comments is not the one up to which they were read."""
    found = {}
    for one in media:
        count = -1 if one.comments_count is None else one.comments_count
        listed = await reader.listed(SYNCED_UNDER + one.id)
        note = _decoded(listed.cursor) if listed else _Noted(0)
        if count != note.count or (listed is None and count):
            found[one.id] = _Noted(count, known=listed.as_of if listed and listed.whole else note.known)
    return found


async def _rest(reader: Reader, client: InstagramClient, name: str, share: float) -> None:
    """Read the comments under one item to their end, or to where they are known; before it, `share` is read."""
    media_id, whole, anew = name.removeprefix(SYNCED_UNDER), False, False
    listed = await reader.listed(name)
    note = _decoded(listed.cursor if listed else None)
    while not whole:
        after = note.after
        items: list[Item] = []
        try:
            page = await reader.ask(partial(client.list_comments, media_id, MAX_COMMENTS, after))
        except (Refused, NotFound):
            # The cursor is dead, perhaps with the comment it stood for; or the item itself is gone.
            whole = after is None or anew
            after, anew = None, True
        else:
            items = _comments(reader, media_id, page.items)
            whole = page.after is None or _reaches(page.items, note.known)
            after = page.after
        note = msgspec.structs.replace(note, after=None if whole else after)
        await reader.keep(items, {name: Listed(reader.now(), _encoded(note), whole)})
        reader.told("long threads of comments", share)


def _comments(reader: Reader, media_id: str, comments: Sequence[Comment]) -> list[Item]:
    now = reader.now()
    return [cached.of_comment(reader.account, media_id, comment, now) for comment in comments]


def _reaches(comments: Sequence[Comment], known: datetime | None) -> bool:
    """Whether comments, newest first, go back to those that are known."""
    return known is not None and any(one.timestamp is not None and one.timestamp < known - _REPLIED for one in comments)


def _encoded(note: _Noted) -> str:
    return msgspec.json.encode(note).decode()


def _decoded(content: str | None) -> _Noted:
    try:
        return msgspec.json.decode(content or "", type=_Noted)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return _Noted(-2)  # of no number that there can be: they are read anew
