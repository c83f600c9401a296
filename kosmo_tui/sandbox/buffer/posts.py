"""All posts, found by id or walked in order: by channel, status and time, however many there are."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from heapq import merge
from typing import NamedTuple

from kosmo_tui.sandbox.buffer.records import Post

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIELDS = ("dueAt", "createdAt")
Key = tuple[int, str]  # microseconds since 1970 and id; a post without a time comes before all others
Shelf = tuple[str, str]  # channel and status


def micros(when: datetime | None) -> int:
    """`when` in microseconds since 1970, -1 for None."""
    if when is None:
        return -1
    past = when - _EPOCH
    return (past.days * 86400 + past.seconds) * 1_000_000 + past.microseconds


def moment(post: Post, field: str) -> int:
    """`dueAt` or `createdAt` of `post` in microseconds."""
    return micros(post.due_at if field == "dueAt" else post.created_at)


class Promise(NamedTuple):
    """A post that is made when somebody looks at it; what it is found by is known before."""

    id: str
    channel_id: str
    status: str
    due_at: datetime | None
    created_at: datetime
    make: Callable[[], Post]


def promise(post: Post) -> Promise:
    """A promise that is already kept."""
    return Promise(post.id, post.channel_id, post.status, post.due_at, post.created_at, lambda: post)


class Posts:
    """An index of posts.  Change a post, then `put` it, so that it stands in its right place."""

    def __init__(self) -> None:
        self._by_id: dict[str, Post | Promise] = {}
        self._filed: dict[str, tuple[Shelf, int, int]] = {}
        self._shelves: dict[str, dict[Shelf, list[Key]]] = {field: defaultdict(list) for field in FIELDS}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Post]:
        return (self[post_id] for post_id in list(self._by_id))

    def __getitem__(self, post_id: str) -> Post:
        found = self._by_id[post_id]
        if isinstance(found, Promise):
            found = self._by_id[post_id] = found.make()
        return found

    def get(self, post_id: str) -> Post | None:
        return self[post_id] if post_id in self._by_id else None

    def load(self, promises: Iterable[Promise]) -> None:
        """Add many new posts at once (sorted once, at the end)."""
        for promised in promises:
            shelf, due, created = self._place(promised)
            self._by_id[promised.id] = promised
            self._filed[promised.id] = (shelf, due, created)
            self._shelves["dueAt"][shelf].append((due, promised.id))
            self._shelves["createdAt"][shelf].append((created, promised.id))
        for shelves in self._shelves.values():
            for keys in shelves.values():
                keys.sort()

    def put(self, post: Post) -> None:
        """Add `post`, or move it to where it belongs now."""
        place = self._place(post)
        if self._filed.get(post.id) == place:
            self._by_id[post.id] = post
            return
        if post.id in self._by_id:
            self.remove(post.id)
        shelf, due, created = place
        self._by_id[post.id] = post
        self._filed[post.id] = place
        insort(self._shelves["dueAt"][shelf], (due, post.id))
        insort(self._shelves["createdAt"][shelf], (created, post.id))

    def remove(self, post_id: str) -> None:
        del self._by_id[post_id]
        shelf, due, created = self._filed.pop(post_id)
        for field, value in (("dueAt", due), ("createdAt", created)):
            keys = self._shelves[field][shelf]
            del keys[bisect_left(keys, (value, post_id))]

    def of(self, channel_id: str, *statuses: str) -> list[Post]:
        """The posts of a channel with one of `statuses`, by due time; those without one first."""
        return list(self.walk([channel_id], statuses))

    def count(self, channel_id: str, status: str) -> int:
        return len(self._shelves["dueAt"].get((channel_id, status), ()))

    def walk(
        self,
        channels: Iterable[str],
        statuses: Iterable[str],
        field: str = "dueAt",
        *,
        descending: bool = False,
        after: Key | None = None,
        low: int | None = None,
        high: int | None = None,
    ) -> Iterator[Post]:
        """Posts in order of (`field`, id) beyond the key `after`; `low` and `high` bound the field, both included.

        Only as much is read as is asked for; the index must not change meanwhile.
        """
        statuses = tuple(statuses)
        rows = []
        for channel in channels:
            for status in statuses:
                keys = self._shelves[field].get((channel, status))
                if keys:
                    first = 0 if low is None else bisect_left(keys, (low, ""))
                    last = len(keys) if high is None else bisect_right(keys, (high, "g"))  # ids are hex digits: < "g"
                    if after is not None and descending:
                        last = min(last, bisect_left(keys, after))
                    elif after is not None:
                        first = max(first, bisect_right(keys, after))
                    span = range(first, last)
                    rows.append(map(keys.__getitem__, reversed(span) if descending else span))
        for _, post_id in merge(*rows, reverse=descending):
            yield self[post_id]

    @staticmethod
    def _place(post: Post | Promise) -> tuple[Shelf, int, int]:
        return (post.channel_id, post.status), micros(post.due_at), micros(post.created_at)
