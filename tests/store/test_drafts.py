"""Drafts: nothing is overwritten unseen, the history stays within bounds, and what was deleted comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.store.database import Store
from kosmo_tui.store.drafts import MAX_VERSIONS, spare
from kosmo_tui.store.errors import Conflict, StoreError
from kosmo_tui.store.records import DraftRow
from tests.store.conftest import Clock


def save(store: Store, row: DraftRow, content: str, *, place: str = "", words: str = "") -> DraftRow:
    return store.drafts.save(row.id, content, place=place, words=words, version=row.version)


def test_a_draft_is_what_was_saved_last(store: Store, clock: Clock) -> None:
    first = store.drafts.add("buffer.agency", "one", place="here", words="one")
    assert (first.version, first.created_at, first.updated_at) == (1, clock.now, clock.now)
    clock.move(seconds=5)
    second = save(store, first, "two", place="there", words="two")
    assert second.id == first.id
    assert (second.account, second.content, second.place, second.words) == ("buffer.agency", "two", "there", "two")
    assert (second.version, second.created_at, second.updated_at) == (2, first.created_at, clock.now)
    assert store.drafts.get(first.id) == second
    assert store.drafts.get("nothing") is None


def test_equal_content_makes_no_version(store: Store, clock: Clock) -> None:
    draft = store.drafts.add("a", "one")
    clock.move(seconds=5)
    same = save(store, draft, "one", place="line 3")
    assert (same.version, same.updated_at, same.place) == (1, draft.updated_at, "line 3")
    assert len(store.drafts.versions(draft.id)) == 1
    store.drafts.move(draft.id, "line 4")
    moved = store.drafts.get(draft.id)
    assert moved is not None
    assert (moved.version, moved.place) == (1, "line 4")


def test_who_saves_later_from_an_older_version_is_told(open_store: Callable[[], Store]) -> None:
    here, there = open_store(), open_store()
    draft = here.drafts.add("a", "one")
    saved = save(there, draft, "two, there")
    with pytest.raises(Conflict):
        save(here, draft, "two, here")
    assert here.drafts.get(draft.id) == saved


def test_a_deleted_draft_is_not_saved_over(store: Store) -> None:
    draft = store.drafts.add("a", "one")
    store.drafts.delete(draft.id)
    with pytest.raises(Conflict):
        save(store, draft, "two")
    with pytest.raises(Conflict):
        store.drafts.save("nothing", "two", place="", words="", version=1)


def test_the_newest_change_comes_first(store: Store) -> None:
    one, two, other = store.drafts.add("a", "1"), store.drafts.add("a", "2"), store.drafts.add("b", "3")
    assert [row.id for row in store.drafts.list()] == [other.id, two.id, one.id]
    save(store, one, "changed")
    assert [row.id for row in store.drafts.list("a")] == [one.id, two.id]
    assert store.drafts.list("c") == []


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("", True),
        ("STRASSE", True),  # case folding makes ß ss
        ("straße morgen", True),
        ("morgen straße", True),  # every word, in any order
        ("cafe\u0301", True),  # composed in the text, decomposed in the search
        ("100%", True),
        ("1000", False),  # % is no wildcard
        ("straße gestern", False),
    ],
)
def test_a_search_finds_every_word_in_any_case(store: Store, sought: str, found: bool) -> None:
    store.drafts.add("a", "{}", words="Straße: 100% Café\nMORGEN")
    assert bool(store.drafts.list("a", sought)) == found


def test_a_deleted_draft_comes_back(store: Store, clock: Clock) -> None:
    draft = store.drafts.add("a", "one", words="word")
    store.drafts.delete(draft.id)
    assert store.drafts.list() == store.drafts.list("a", "word") == []
    gone = store.drafts.get(draft.id)
    assert gone is not None
    assert (gone.content, gone.deleted_at) == ("one", clock.now)
    clock.move(days=29)
    store.drafts.delete(draft.id)  # once more: the first time counts
    store.drafts.purge()
    store.drafts.restore(draft.id)
    assert store.drafts.list() == [draft]


def test_thirty_days_after_its_deletion_a_draft_is_gone(
    open_store: Callable[[], Store], store: Store, clock: Clock
) -> None:
    draft, kept = store.drafts.add("a", "one"), store.drafts.add("a", "two")
    store.drafts.delete(draft.id)
    clock.move(days=30, seconds=1)
    later = open_store()
    later.drafts.purge()
    assert later.drafts.get(draft.id) is None
    assert later.drafts.versions(draft.id) == []
    assert later.drafts.list() == [kept]
    with pytest.raises(StoreError, match="gone"):
        later.drafts.restore(draft.id)


def test_at_most_200_versions_stay_and_the_past_thins_out(store: Store, clock: Clock) -> None:
    draft = first = store.drafts.add("a", "0")
    for number in range(1, 500):
        clock.move(seconds=0.4)
        draft = save(store, draft, str(number))
    kept = store.drafts.versions(draft.id)
    assert len(kept) == MAX_VERSIONS
    assert (kept[0].content, kept[-1].content) == ("0", "499")
    assert kept[0].at == first.created_at
    assert [one.version for one in kept] == sorted({one.version for one in kept})
    assert all(str(one.version - 1) == one.content for one in kept)
    recent = [one for one in kept if one.version > 450]
    assert len(recent) == 50  # the last twenty seconds are all there


@given(st.lists(st.integers(0, 10**15), min_size=3, max_size=60))
def test_the_first_and_the_newest_version_are_never_spared(times: list[int]) -> None:
    assert 0 < spare(times) < len(times) - 1
