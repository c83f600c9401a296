"""Pages of posts, ideas and templates: forward only, by cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from kosmo_tui.sandbox.buffer import cursors
from kosmo_tui.sandbox.buffer.posts import Key, micros, moment
from kosmo_tui.sandbox.buffer.records import Post
from kosmo_tui.sandbox.buffer.world import Refusal, World

T = TypeVar("T")
STATUSES = ("draft", "needs_approval", "scheduled", "sending", "sent", "error")


def page_size(world: World, first: int | None) -> int:
    """How many go on a page.  Raises Refusal for a size below 1."""
    if first is None:
        return world.switches.page_default
    if first < 1:
        raise Refusal("UnexpectedError", "first must be a positive integer")
    return min(first, world.switches.page_max)


def page(
    world: World,
    items: Iterable[T],
    first: int | None,
    cursor_of: Callable[[T], str],
    view: Callable[[T], dict[str, Any]],
) -> dict[str, Any]:
    """One page of `items` as a connection."""
    size = page_size(world, first)
    found = list(islice(items, size + 1))
    marks = [cursor_of(item) for item in found[:size]]
    return {
        "edges": [{"cursor": mark, "node": view(item)} for mark, item in zip(marks, found, strict=False)],
        "pageInfo": cursors.page_info(marks, more=len(found) > size),
    }


def keyed(items: Iterable[T], key: Callable[[T], tuple[Any, ...]], order: str, after: str | None) -> list[T]:
    """`items` sorted by `key` (a number and an id), those behind the cursor `after` only.  Raises Refusal."""
    ordered = sorted(items, key=key)
    if after is None:
        return ordered
    past = tuple(read_cursor(after, order, (float, str)))
    return [item for item in ordered if key(item) > past]


def read_cursor(cursor: str, order: str, types: Sequence[type]) -> list[Any]:
    """The sort key in `cursor`.  Raises Refusal."""
    try:
        return cursors.read(cursor, order, types)
    except cursors.BadCursor as trouble:
        raise Refusal("UnexpectedError", str(trouble)) from None


class Order:
    """An order of posts from a `[PostSortInput!]`."""

    def __init__(self, sort: Sequence[Mapping[str, str]] | None, default: tuple[str, str]) -> None:
        given = [(item["field"], item["direction"]) for item in sort or ()] or [default]
        fields = [field for field, _ in given]
        if len(set(fields)) < len(fields):
            raise Refusal("UnexpectedError", "A field can be sorted by only once")
        self._sort = given
        self.name = ",".join(":".join(item) for item in given)

    def cursor(self, post: Post) -> str:
        return cursors.write(self.name, [moment(post, field) for field, _ in self._sort] + [post.id])

    def walk(
        self, world: World, channels: Sequence[str], wanted: Mapping[str, Any], after: str | None
    ) -> Iterator[Post]:
        """Posts of `channels` that fit the filter, behind the cursor `after`.  Raises Refusal."""
        past = read_cursor(after, self.name, (*[int] * len(self._sort), str)) if after is not None else None
        statuses = tuple(dict.fromkeys(wanted.get("status") or STATUSES))
        bounds = {field: _bounds(wanted, field) for field in ("dueAt", "createdAt")}
        field, direction = self._sort[0]
        low, high = bounds[field]
        key: Key | None = (past[0], past[1]) if past and len(self._sort) == 1 else None
        found = world.posts.walk(
            channels, statuses, field, descending=direction == "desc", after=key, low=low, high=high
        )
        fitting = (post for post in found if _fits(post, wanted, bounds))
        if len(self._sort) == 1:
            return fitting
        ordered = sorted(fitting, key=lambda post: self._rank([moment(post, name) for name, _ in self._sort], post.id))
        if past is None:
            return iter(ordered)
        rank = self._rank(past[:-1], past[-1])
        return (post for post in ordered if self._rank([moment(post, name) for name, _ in self._sort], post.id) > rank)

    def _rank(self, values: Sequence[int], post_id: str) -> tuple[Any, ...]:
        signed = (value if way == "asc" else -value for value, (_, way) in zip(values, self._sort, strict=True))
        return (*signed, post_id)


def _bounds(wanted: Mapping[str, Any], field: str) -> tuple[int | None, int | None]:
    """Lowest and highest moment that a filter lets through, None for no bound."""
    lows, highs = [], []
    span = wanted.get(field) or {}
    if span.get("start"):
        lows.append(micros(span["start"]))
    if span.get("end"):
        highs.append(micros(span["end"]))
    if field == "dueAt":
        if wanted.get("startDate"):
            lows.append(micros(wanted["startDate"]))
        if wanted.get("endDate"):
            highs.append(micros(wanted["endDate"]))
        if highs or wanted.get("dueAtPresence") == "present":
            lows.append(0)  # a bound or presence leaves out posts without a time
        if wanted.get("dueAtPresence") == "absent":
            highs.append(-1)
    return max(lows, default=None), min(highs, default=None)


def _fits(post: Post, wanted: Mapping[str, Any], bounds: Mapping[str, tuple[int | None, int | None]]) -> bool:
    for field, (low, high) in bounds.items():
        value = moment(post, field)
        if (low is not None and value < low) or (high is not None and value > high):
            return False
    tags = wanted.get("tags")
    if tags is not None and not (set(tags["in"]) & set(post.tags) or (tags["isEmpty"] and not post.tags)):
        return False
    old = wanted.get("tagIds")
    return old is None or bool(set(old) & set(post.tags))
