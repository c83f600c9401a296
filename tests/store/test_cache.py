"""The cache: lists come back in order, page by page and by an index; what a service no longer has is gone here, too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.store import schema
from kosmo_tui.store.cache import Item, Listed
from kosmo_tui.store.database import Store

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)


def item(id: str = "1", **given: Any) -> Item:
    values: dict[str, Any] = {
        "account": "buffer.agency", "kind": "post", "id": id, "parent": "profile", "status": "sent", "at": NOON,
        "text": f"words of {id}", "content": f'{{"id": "{id}"}}', "seen_at": NOON,
    }  # fmt: skip
    return Item(**values | given)


def ids(items: list[Item]) -> list[str]:
    return [one.id for one in items]


def found(store: Store, words: str) -> list[str]:
    return sorted(ids(store.search.find(words)))


def test_what_was_put_comes_back_also_after_closing(open_store: Callable[[], Store]) -> None:
    first = open_store()
    seen = item(at=NOON + timedelta(microseconds=7), text="日本 👩‍👩‍👧 café", status="")
    first.cache.put([seen, item("2", at=None, parent="")])
    first.close()
    cache = open_store().cache
    assert cache.get("buffer.agency", "post", "1") == seen
    assert cache.rows("buffer.agency", "post") == [seen, item("2", at=None, parent="")]
    assert cache.get("buffer.agency", "media", "1") is cache.get("buffer.other", "post", "1") is None


def test_nothing_changes_without_items(store: Store) -> None:
    store.cache.put([])
    assert store.cache.rows("buffer.agency", "post") == []
    assert store.cache.count("buffer.agency", "post") == 0


@pytest.mark.parametrize(
    "change", [{"text": "others"}, {"at": NOON + timedelta(days=1)}, {"at": None}, {"status": "error"}, {"content": ""}]
)
def test_an_item_that_changed_takes_the_place_of_the_old_one(store: Store, change: dict[str, Any]) -> None:
    store.cache.put([item(), item("2")])
    store.cache.put([item(**change)])
    assert store.cache.get("buffer.agency", "post", "1") == item(**change)
    assert store.cache.count("buffer.agency", "post") == 2
    assert found(store, "words") == (["2"] if "text" in change else ["1", "2"])
    assert found(store, "others") == (["1"] if "text" in change else [])


def test_of_an_item_that_is_put_twice_at_once_the_last_stays(store: Store) -> None:
    store.cache.put([item(text="early"), item(text="late")])
    assert [one.text for one in store.cache.rows("buffer.agency", "post")] == ["late"]
    assert (found(store, "early"), found(store, "late")) == ([], ["1"])


def test_a_list_that_was_read_to_its_end_leaves_nothing_else_of_its_kind(store: Store) -> None:
    store.cache.put([item("gone", status="scheduled"), item("stays", status="scheduled"), item("sent")])
    store.cache.put([item("other", status="scheduled", parent="elsewhere"), item("theirs", account="buffer.b")])
    new = [item("stays", status="scheduled"), item("new", status="error")]
    store.cache.replace("buffer.agency", "post", new, parent="profile", statuses=("scheduled", "error"))
    assert sorted(ids(store.cache.rows("buffer.agency", "post"))) == ["new", "other", "sent", "stays"]
    assert found(store, "words") == ["new", "other", "sent", "stays", "theirs"]
    store.cache.replace("buffer.agency", "post", [])
    assert found(store, "words") == ["theirs"]


def test_what_was_dropped_is_gone_for_the_search_too(store: Store) -> None:
    store.cache.put([item("1"), item("2")])
    store.cache.drop("buffer.agency", "post", ["1", "never seen"])
    assert ids(store.cache.rows("buffer.agency", "post")) == found(store, "words") == ["2"]


def test_an_account_can_be_forgotten(store: Store) -> None:
    store.cache.put([item(), item("2", account="buffer.b")])
    for account in ("buffer.agency", "buffer.b"):
        store.cache.put_fact(account, "user", "{}", NOON)
    store.cache.forget("buffer.agency")
    assert found(store, "words") == ["2"]
    assert store.cache.fact("buffer.agency", "user") is None
    assert store.cache.fact("buffer.b", "user") == ("{}", NOON)


def test_more_items_of_one_second_than_one_query_takes(store: Store) -> None:
    many = [item(f"{number:04d}") for number in range(1_500)]
    store.cache.put(many)
    store.cache.put(many)
    assert store.cache.rows("buffer.agency", "post", first=2_000) == many
    assert len(store.search.find("words", limit=2_000)) == 1_500
    store.cache.drop("buffer.agency", "post", ids(many))
    assert found(store, "words") == []


times = st.none() | st.integers(0, 5).map(lambda hours: NOON + timedelta(hours=hours))
items = st.builds(
    lambda id, parent, status, at: item(id, parent=parent, status=status, at=at),
    st.integers(0, 30).map(str), st.sampled_from("pq"), st.sampled_from(["sent", "error", "draft", ""]), times,
)  # fmt: skip


@given(
    kept=st.lists(items, unique_by=lambda one: one.id),
    parent=st.none() | st.sampled_from("pqr"),
    statuses=st.lists(st.sampled_from(["sent", "error", ""])),
    newest_first=st.booleans(),
    first=st.integers(1, 7),
)
def test_pages_are_the_list_cut_up(
    kept: list[Item], parent: str | None, statuses: list[str], newest_first: bool, first: int
) -> None:
    store = Store.in_memory()
    store.cache.put(kept)
    chosen = [one for one in kept if parent in (None, one.parent) and (not statuses or one.status in statuses)]
    never = datetime.max.replace(tzinfo=UTC)
    chosen.sort(key=lambda one: (one.at or never, one.id), reverse=newest_first)
    read: list[Item] = []
    while True:
        page = store.cache.rows(
            "buffer.agency", "post", parent=parent, statuses=statuses, newest_first=newest_first, first=first,
            after=(read[-1].at, read[-1].id) if read else None,
        )  # fmt: skip
        read += page
        if len(page) < first:
            break
    assert read == chosen
    assert store.cache.count("buffer.agency", "post", parent=parent, statuses=statuses) == len(chosen)
    store.close()


@pytest.mark.parametrize("parent", [None, "profile"])
@pytest.mark.parametrize("statuses", [(), ("sent",), ("scheduled", "sending", "error")])
@pytest.mark.parametrize("after", [None, (NOON, "1"), (None, "1")])
@pytest.mark.parametrize("newest_first", [True, False])
def test_a_page_is_read_from_an_index_and_never_sorted(
    store: Store, parent: str | None, statuses: tuple[str, ...], after: Any, newest_first: bool
) -> None:
    store.cache.put([item(status=status) for status in ("sent", "error")])
    asked: list[str] = []
    store._connection.raw.set_trace_callback(asked.append)
    store.cache.rows("buffer.agency", "post", parent=parent, statuses=statuses, newest_first=newest_first, after=after)
    store._connection.raw.set_trace_callback(None)
    assert asked
    for statement in asked:
        plan = [row["detail"] for row in store._connection.rows(f"EXPLAIN QUERY PLAN {statement}")]
        reading = [step for step in plan if "items" in step]
        assert reading
        assert all("USING" in step and "INDEX items_" in step and step.startswith("SEARCH") for step in reading), plan
        assert not any("TEMP B-TREE" in step for step in plan), plan


def test_facts_are_kept_by_name(store: Store) -> None:
    store.cache.put_fact("a", "user", "{}", NOON)
    store.cache.put_fact("a", "user", '{"name": "日本"}', NOON + timedelta(hours=1))
    assert store.cache.fact("a", "user") == ('{"name": "日本"}', NOON + timedelta(hours=1))
    assert store.cache.fact("a", "profiles") is store.cache.fact("b", "user") is None


def test_how_far_a_list_was_read_is_kept(store: Store) -> None:
    assert store.cache.listed("a", "sent") is None
    for listed in (Listed(NOON, "cursor", False), Listed(NOON, None, True)):
        store.cache.put_listed("a", "sent", listed)
        assert store.cache.listed("a", "sent") == listed


def test_values_outlive_what_the_service_keeps(store: Store) -> None:
    days = [date(2026, 3, 30), date(2026, 3, 31), date(2026, 4, 1)]
    store.cache.numbers.put("a", "reach", {days[0]: 1, days[1]: 2.5}, NOON)
    store.cache.numbers.put("a", "reach", {days[1]: 3, days[2]: 4}, NOON)
    assert store.cache.numbers.of("a", "reach", days[0], days[2]) == dict(zip(days, (1, 3, 4), strict=True))
    assert list(store.cache.numbers.of("a", "reach", days[1], days[1])) == [days[1]]
    assert store.cache.numbers.of("a", "views", days[0], days[2]) == {}


def test_a_file_of_before_the_cache_gets_one(
    folder: Path, open_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        old = open_store()
        draft = old.drafts.add("buffer.agency", "{}", words="words of a draft")
        old.close()
    store = open_store()
    store.cache.put([item()])
    assert found(store, "words") == sorted(["1", draft.id])
    assert (folder / "backups" / "kosmo-schema-0001.db").exists()


def test_several_kosmo_share_what_they_saw(open_store: Callable[[], Store]) -> None:
    first, second = open_store(), open_store()
    first.cache.put([item("1")])
    second.cache.put([item("1", text="others"), item("2")])
    first.cache.put([item("3")])
    for store in (first, second):
        assert (found(store, "words"), found(store, "others")) == (["2", "3"], ["1"])
