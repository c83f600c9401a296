"""Comments in the store: whoever brought them, they are shown, as old as they are, and nothing is asked for twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from kosmo_tui.api.instagram.models import Comment, Media
from kosmo_tui.services import cached
from kosmo_tui.services.comments import SYNCED, SYNCED_UNDER, CommentOn, Comments
from kosmo_tui.services.kept import FROM_THE_TOP, Recalled
from kosmo_tui.store.cache import Listed
from kosmo_tui.store.database import Store

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ACCOUNT = "instagram.brand_account"


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store.in_memory()
    yield store
    store.close()


def media(number: int) -> Media:
    """An item, the older the higher its number; each has comments of its own."""
    return Media(id=f"m{number}", timestamp=NOON - number * DAY, comments_count=number)


def on(item: Media, *numbers: int) -> list[CommentOn]:
    """Comments on an item, newest first; each is a minute older than the one before."""
    return [CommentOn(item, Comment(id=f"{item.id}c{n}", timestamp=NOON - n * timedelta(minutes=1))) for n in numbers]


def synced(store: Store, found: list[CommentOn], at: datetime, *, whole: bool = True) -> None:
    """Bring comments as `kosmo sync` does."""
    items = {one.media.id: one.media for one in found}
    store.cache.put(cached.of_media(ACCOUNT, item, at) for item in items.values())
    store.cache.put(cached.of_comment(ACCOUNT, one.media.id, one.comment, at) for one in found)
    store.cache.put_listed(ACCOUNT, SYNCED, Listed(at, "spans", False))
    for id in items:
        store.cache.put_listed(ACCOUNT, SYNCED_UNDER + id, Listed(at, "a note", whole))


def told(found: Recalled[CommentOn] | None) -> tuple[list[str], datetime, str | None]:
    assert found is not None
    return [one.id for one in found.items], found.as_of, found.cursor


def test_what_sync_brought_is_listed_with_its_age(store: Store) -> None:
    one, other = media(1), media(2)
    synced(store, [*on(other, 1), *on(one, 2, 3)], NOON)
    assert told(Comments(store.cache, ACCOUNT, None).recall()) == (["m1c2", "m1c3", "m2c1"], NOON, None)
    assert told(Comments(store.cache, ACCOUNT, one).recall()) == (["m1c2", "m1c3"], NOON, None)


def test_a_thread_that_was_not_read_to_its_end_goes_on_at_the_service(store: Store) -> None:
    synced(store, on(media(1), 2, 3), NOON, whole=False)
    assert told(Comments(store.cache, ACCOUNT, media(1)).recall()) == (["m1c2", "m1c3"], NOON, FROM_THE_TOP)


def test_what_was_seen_in_one_list_is_there_in_the_other_as_old_as_it_is(store: Store) -> None:
    Comments(store.cache, ACCOUNT, media(1)).keep(on(media(1), 1), None, NOON, first=True)
    Comments(store.cache, ACCOUNT, media(2)).keep(on(media(2), 1), None, NOON + DAY, first=True)
    every = Comments(store.cache, ACCOUNT, None)
    assert told(every.recall()) == (["m1c1", "m2c1"], NOON, FROM_THE_TOP)
    found = every.keep([*on(media(1), 0, 1), *on(media(3), 5)], "after m3", NOON + 2 * DAY, first=True)
    assert told(found) == (["m1c0", "m1c1", "m2c1", "m3c5"], NOON + 2 * DAY, "after m3")
    assert told(Comments(store.cache, ACCOUNT, media(3)).recall())[1:] == (NOON + 2 * DAY, FROM_THE_TOP)


def test_of_what_nobody_has_read_nothing_is_said_but_that_there_are_none(store: Store) -> None:
    store.cache.put(cached.of_media(ACCOUNT, media(number), NOON) for number in (0, 1))
    store.cache.put_listed(ACCOUNT, SYNCED, Listed(NOON, "spans", True))  # by a token that may not read comments
    assert Comments(store.cache, ACCOUNT, None).recall() is None
    assert Comments(store.cache, ACCOUNT, media(1)).recall() is None
    assert told(Comments(store.cache, ACCOUNT, media(0)).recall()) == ([], NOON, None)


def test_a_page_that_meets_what_is_known_takes_up_its_end(store: Store) -> None:
    every = Comments(store.cache, ACCOUNT, None)
    synced(store, [comment for number in range(1, 9) for comment in on(media(number), 1, 2)], NOON)
    found = every.keep([*on(media(-9), 0), *on(media(-8), 0)], "after m-8", NOON + 10 * DAY, first=True)
    assert told(found)[1:] == (NOON + 10 * DAY, "after m-8"), "between the page and what is known there may be more"
    found = every.keep(on(media(3), 1), "after m3", NOON + 10 * DAY, first=False)
    assert told(found)[1:] == (NOON + 10 * DAY, None)
    found = every.keep(on(media(-9), 0), "after m-9", NOON + 10 * DAY, first=True)
    assert told(found)[2] is None, "the page before was read just now"


def test_what_a_page_lacks_is_gone_and_what_lies_below_it_stays(store: Store) -> None:
    every = Comments(store.cache, ACCOUNT, None)
    synced(store, [*on(media(1), 1, 2, 3, 4), *on(media(2), 1)], NOON)
    found = every.keep(on(media(1), 1, 3), "after m1", NOON + DAY, first=True)
    assert told(found)[0] == ["m1c1", "m1c3", "m1c4", "m2c1"]
    one = Comments(store.cache, ACCOUNT, media(1))
    assert told(one.keep(on(media(1), 3), None, NOON + DAY, first=True)) == (["m1c3"], NOON + DAY, None)
    assert told(one.keep([], None, NOON + 2 * DAY, first=True)) == ([], NOON + 2 * DAY, None)
    assert told(every.recall())[0] == ["m2c1"]


def test_of_very_many_the_first_are_read_and_then_the_others(store: Store) -> None:
    synced(store, [comment for number in range(70) for comment in on(media(number), *range(20))], NOON)
    found = Comments(store.cache, ACCOUNT, None).recall()
    counts = []
    while found is not None:
        counts.append(len(found.items))
        found = found.deeper() if found.deeper is not None else None
    assert counts == [500, 1000, 1400]
