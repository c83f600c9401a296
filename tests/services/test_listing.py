"""Lists that grow by page, keep their place and never lose what was there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api.errors import Unavailable
from kosmo_tui.services.listing import Listing

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Item:
    id: str


class Shelf:
    """A service with a list, newest first, that hands out pages after a cursor."""

    def __init__(self, count: int, size: int = 5) -> None:
        self.ids = [f"i{number}" for number in range(count)]
        self.size = size
        self.broken = False
        self.calls = 0

    async def __call__(self, cursor: str | None) -> tuple[Sequence[Item], str | None]:
        self.calls += 1
        if self.broken:
            raise Unavailable("the shelf is gone")
        start = self.ids.index(cursor) + 1 if cursor else 0
        page = self.ids[start : start + self.size]
        return [Item(id_) for id_ in page], page[-1] if start + self.size < len(self.ids) else None


def listing(shelf: Shelf) -> Listing[Item]:
    return Listing(shelf, lambda: NOW)


def ids(shown: Listing[Item]) -> list[str]:
    return [item.id for item in shown.items]


async def test_who_asks_while_the_service_is_asked_waits_for_the_same_answer() -> None:
    shelf, answer = Shelf(12), asyncio.Event()

    async def slow(cursor: str | None) -> tuple[Sequence[Item], str | None]:
        page = await shelf(cursor)
        await answer.wait()
        return page

    shown = Listing(slow, lambda: NOW)
    asking = [asyncio.create_task(shown.refresh()) for _ in range(3)]
    asking.append(asyncio.create_task(shown.more()))
    await asyncio.sleep(0)
    assert shown.loading and not any(task.done() for task in asking[:3])
    answer.set()
    await asyncio.gather(*asking)
    assert ids(shown) == shelf.ids[:5] and shelf.calls == 1 and not shown.loading


async def test_pages_join_without_doubles_and_end() -> None:
    shelf = Shelf(12)
    shown = listing(shelf)
    assert shown.as_of is None
    await shown.refresh()
    assert ids(shown) == shelf.ids[:5] and shown.has_more and shown.as_of == NOW
    await shown.more()
    await shown.more()
    assert ids(shown) == shelf.ids and not shown.has_more
    await shown.more()
    assert shelf.calls == 3, "the end is known without asking"


async def test_a_refresh_keeps_the_pages_below() -> None:
    shelf = Shelf(20)
    shown = listing(shelf)
    await shown.refresh()
    await shown.more()
    shelf.ids.insert(0, "new")
    await shown.refresh()
    assert ids(shown) == shelf.ids[: len(shown.items)] and len(shown.items) == 11
    await shown.more()
    assert ids(shown) == shelf.ids[:16]


async def test_a_refresh_without_overlap_starts_anew() -> None:
    shelf = Shelf(12)
    shown = listing(shelf)
    await shown.refresh()
    shelf.ids[:0] = [f"n{number}" for number in range(9)]
    await shown.refresh()
    assert ids(shown) == shelf.ids[:5], "a gap in the middle would be a lie"


async def test_what_was_deleted_is_gone_after_a_refresh() -> None:
    shelf = Shelf(4)
    shown = listing(shelf)
    await shown.refresh()
    del shelf.ids[1]
    await shown.refresh()
    assert ids(shown) == shelf.ids


async def test_a_failure_keeps_the_old_list_and_is_told() -> None:
    shelf = Shelf(8)
    shown = listing(shelf)
    await shown.refresh()
    shelf.broken = True
    await shown.refresh()
    assert ids(shown) == shelf.ids[:5] and shown.error is not None
    await shown.more()
    assert shown.error is not None and not shown.loading
    shelf.broken = False
    await shown.refresh()
    assert shown.error is None


@given(st.lists(st.sampled_from(["refresh", "more", "post", "delete"]), max_size=25), st.integers(0, 30))
async def test_whatever_happens_the_list_is_a_part_of_the_service_in_its_order(steps: list[str], count: int) -> None:
    shelf = Shelf(count)
    shown = listing(shelf)
    await shown.refresh()
    for number, step in enumerate(steps):
        if step == "post":
            shelf.ids.insert(0, f"p{number}")
        elif step == "delete" and len(shelf.ids) > 1 and not shown.items:
            shelf.ids.pop()
        elif step in ("refresh", "more"):
            await getattr(shown, step)()
        assert len(set(ids(shown))) == len(shown.items)
    await shown.refresh()
    assert ids(shown) == shelf.ids[: len(shown.items)]
    assert len(shown.items) == len(shelf.ids) or shown.has_more
