"""Comments in the store: those on one item of an Instagram account, or on all of its items, whoever brought them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kosmo_tui.api.instagram.models import Comment
from kosmo_tui.services import cached
from kosmo_tui.services.kept import FROM_THE_TOP, Recalled
from kosmo_tui.store.cache import Cache, Item, Listed

if TYPE_CHECKING:
    from kosmo_tui.api.instagram.models import Media

SYNCED = "sync media"  # how far `kosmo sync` has read media with their comments
SYNCED_UNDER = "sync comments "  # before the id of an item: how far it has read the comments there
_HELD = 500  # comments that are read from the store at first: some screens, in milliseconds
_CLOCKS_APART = timedelta(hours=1)  # how far our clock, which `as_of` is of, may be ahead of Instagram's


class CommentOn:
    """A comment with the item that it stands under."""

    __slots__ = ("comment", "media")

    def __init__(self, media: Media, comment: Comment) -> None:
        self.media, self.comment = media, comment

    @property
    def id(self) -> str:
        return self.comment.id


class Comments:
    """The comments on one item, newest first, or on all items (None), the newest item first.

    The list is as old as the later of two readings: the dashboard's and that of `kosmo sync`.  Where there was none,
    because its rows were seen in the other list, it is as old as the oldest row.
    """

    def __init__(self, cache: Cache, account: str, media: Media | None) -> None:
        self._cache = cache
        self._account = account
        self._media = media
        self._name = "comments" if media is None else f"comments {media.id}"
        self._held = _HELD

    def recall(self) -> Recalled[CommentOn] | None:
        rows = self._rows(self._held + 1)
        listed = max(self._readings(), key=lambda one: one.as_of, default=None) or self._seen(rows)
        if listed is None:
            return None
        deeper = self._deeper if len(rows) > self._held else None
        return Recalled(tuple(self._read(rows[: self._held])), listed.as_of, listed.cursor, deeper)

    def keep(
        self, page: Sequence[CommentOn], cursor: str | None, as_of: datetime, *, first: bool
    ) -> Recalled[CommentOn] | None:
        under: dict[str, list[CommentOn]] = {one.media.id: [] for one in page}
        for one in page:
            under[one.media.id].append(one)
        readings = self._readings(own=first)
        with self._cache.transaction():
            for found in under.values():
                self._keep_under(
                    found[0].media, [one.comment for one in found], as_of, first=first, last=cursor is None
                )
            if first and self._media is not None and not page:
                self._cache.replace(self._account, "comment", (), parent=self._media.id)
            onward = _onward(readings, cursor, self._end(page))
            self._cache.put_listed(self._account, self._name, Listed(as_of, onward, onward is None))
        return self.recall()

    def _keep_under(
        self, media: Media, comments: Sequence[Comment], as_of: datetime, *, first: bool, last: bool
    ) -> None:
        """Keep what a page has of one item.  It is all there is from its last comment on: what it lacks is gone."""
        if self._cache.get(self._account, "media", media.id) is None:
            self._cache.put([cached.of_media(self._account, media, as_of)])
        rows = [cached.of_comment(self._account, media.id, comment, as_of) for comment in comments]
        end = min((row.at for row in rows if row.at is not None), default=None)
        whole = self._media is not None and last
        if first and (whole or end is not None):
            self._cache.replace(self._account, "comment", rows, parent=media.id, after=None if whole else end)
        else:
            self._cache.put(rows)

    def _readings(self, *, own: bool = True) -> list[Listed]:
        """How far the list was read by the dashboard (`own`) and by `kosmo sync`; the cursor is the dashboard's."""
        mine = self._cache.listed(self._account, self._name) if own else None
        synced = self._cache.listed(self._account, SYNCED if self._media is None else f"{SYNCED_UNDER}{self._media.id}")
        if self._media is None and not self._cache.threads(self._account, first=1):
            synced = None  # the items were read, but perhaps not their comments: not every token may
        if synced is not None:
            # Below all items that were synced nobody scrolls: a page of the service would bring what is there already.
            synced = replace(synced, cursor=None if synced.whole or self._media is None else FROM_THE_TOP)
        return [one for one in (mine, synced) if one is not None]

    def _seen(self, rows: Sequence[Item]) -> Listed | None:
        """What is known of a list that was never read: its rows may be, or that there are none."""
        if rows:
            return Listed(min(row.seen_at for row in rows), FROM_THE_TOP, False)
        row = self._cache.get(self._account, "media", self._media.id) if self._media is not None else None
        if row is None or cached.media_of(row).comments_count != 0:
            return None
        return Listed(row.seen_at, None, True)

    def _deeper(self) -> Recalled[CommentOn] | None:
        self._held *= 2
        return self.recall()

    def _rows(self, first: int) -> list[Item]:
        if self._media is None:
            return self._cache.threads(self._account, first=first)
        return self._cache.rows(self._account, "comment", parent=self._media.id, newest_first=True, first=first)

    def _read(self, rows: Iterable[Item]) -> Iterable[CommentOn]:
        media = {self._media.id: self._media} if self._media is not None else {}
        for row in rows:
            comment = cached.decode(row.content, Comment)
            if row.parent not in media and (item := self._cache.get(self._account, "media", row.parent)) is not None:
                media[row.parent] = cached.media_of(item)
            if comment is not None and row.parent in media:
                yield CommentOn(media[row.parent], comment)

    def _end(self, page: Sequence[CommentOn]) -> datetime | None:
        """How far back a page goes: of all items, to the oldest of them."""
        times = (one.media.timestamp if self._media is None else one.comment.timestamp for one in page)
        return min((time for time in times if time is not None), default=None)


def _onward(readings: Sequence[Listed], cursor: str | None, end: datetime | None) -> str | None:
    """Where the service goes on below a page that goes back to `end`: beyond a reading that it has met."""
    if cursor is None or end is None:
        return cursor
    met = [one for one in readings if one.cursor != FROM_THE_TOP and end <= one.as_of - _CLOCKS_APART]
    return max(met, key=lambda one: one.as_of).cursor if met else cursor
