"""The search finds words in everything that was seen, whatever is typed, and mends its index by itself."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.store import schema
from kosmo_tui.store.database import FILE, Store
from kosmo_tui.store.search import Filters
from kosmo_tui.store.words import WordIndex
from tests.store.conftest import Clock
from tests.store.test_cache import NOON, ids, item

SETS = ("accounts", "targets", "statuses", "kinds")
TEXTS = {
    "spring": "Spring sale: 50% off “everything” (today only)",
    "bold": "𝗦𝗮𝗹𝗲 ends tonight 🎉",
    "cafe": "Le Café de la Crème, déjà vu",
    "japan": "春のセール、東京タワーで日本語",
    "korea": "서울에서 만나요",
    "thai": "สวัสดีครับ",
    "hindi": "हिन्दी में लिखा",
    "tag": "#SpringSale @kosmo_tui under_score well-known C++",
    "tower": "東京でtower❤️を見た👩‍👩‍👧",
    "zalgo": "e\u0301te\u0301 composed",
}


@pytest.fixture
def seen(store: Store) -> Store:
    store.cache.put([item(id, text=text) for id, text in TEXTS.items()])
    return store


def found(store: Store, words: str = "", **filters: Any) -> set[str]:
    """The ids that are found; a filter is one value, or several."""
    given = {
        name: frozenset({value} if isinstance(value, str) else value) if name in SETS else value
        for name, value in filters.items()
    }
    if "statuses" in given:
        given["statuses"] = frozenset((kind, one) for one in given["statuses"] for kind in ("post", "draft"))
    return set(ids(store.search.find(words, Filters(**given))))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("SPRING SALE", {"spring"}), ("sale spring", {"spring"}), ("sale", {"spring", "bold"}),
        ("spr", {"spring", "tag"}), ("spr sale", set()), ("50%", {"spring"}), ('"everything"', {"spring"}),
        ("cafe", {"cafe"}), ("CRÈME deja", {"cafe"}), ("ete", {"zalgo"}), ("été", {"zalgo"}),
        ("日本", {"japan"}), ("本語", {"japan"}), ("語", {"japan"}), ("タワ", {"japan"}), ("東京 日本", {"japan"}),
        ("日語", set()), ("本日", set()), ("ｾｰﾙ", {"japan"}), ("만나", {"korea"}), ("서울 만나", {"korea"}),
        ("สวัสดี", {"thai"}), ("หิว", set()), ("हिन्दी", {"hindi"}), ("हि", {"hindi"}),
        ("❤", {"tower"}), ("❤️", {"tower"}), ("👩", {"tower"}), ("👧👩", set()), ("🎉", {"bold"}),
        ("sale 🎉", {"bold"}), ("🚀", set()), ("%", {"spring"}), ("#springsale", {"tag"}),
        ("well-known", {"tag"}), ("under_", {"tag"}), ("\\", set()), ("x" * 5_000, set()),
        ("sale\0", {"spring", "bold"}), ("東京タワーで日本語", {"japan"}), ("東京でtower", {"tower"}),
    ],
)  # fmt: skip
def test_words_are_found(seen: Store, words: str, expected: set[str]) -> None:
    assert found(seen, words) == expected


def test_without_words_everything_is_found_the_newest_first(store: Store, clock: Clock) -> None:
    store.cache.put([item(str(hour), at=NOON + timedelta(hours=hour)) for hour in (1, 3, 2)])
    store.cache.put([item("none", at=None, seen_at=NOON + timedelta(hours=2, minutes=30))])
    clock.now = NOON + timedelta(hours=1, minutes=30)
    draft = store.drafts.add("buffer.agency", "{}", words="words of a draft")
    expected = ["3", "none", "2", draft.id, "1"]
    assert ids(store.search.find("")) == ids(store.search.find("words")) == expected
    for limit in range(6):
        assert ids(store.search.find("words", limit=limit)) == expected[:limit]


def test_filters_narrow_the_search(store: Store) -> None:
    hour = timedelta(hours=1)
    store.cache.put([
        item("a"), item("b", account="buffer.b", at=NOON + hour), item("c", kind="comment", at=NOON + 2 * hour),
        item("d", parent="other", at=NOON + 3 * hour), item("e", status="error", at=NOON + 4 * hour),
        item("f", at=None),
    ])  # fmt: skip
    draft = store.drafts.add("buffer.agency", '{"targets": ["buffer.agency/other"]}', words="words")
    for words in ("words", ""):
        assert found(store, words, accounts="buffer.b") == {"b"}
        assert found(store, words, kinds="comment") == {"c"}
        assert found(store, words, targets="buffer.agency/other") == {"d", draft.id}
        assert found(store, words, targets=("buffer.agency/other", "buffer.b")) == {"b", "d", draft.id}
        assert found(store, words, targets="buffer.b/other") == set()
        assert found(store, words, statuses="error") == {"e"}
        assert found(store, words, statuses=("error", "draft"), accounts=("buffer.agency", "x")) == {"e", draft.id}
        assert found(store, words, kinds="draft") == found(store, words, statuses="draft") == {draft.id}
        assert found(store, words, since=NOON + hour, until=NOON + 3 * hour) == {"b", "c"}
        assert found(store, words, since=NOON + 3 * hour) == {"d", "e"}
        assert found(store, words, until=NOON + hour) == {"a"}


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("sale ends tonight", {"bold"}), ("Spring  SALE", {"spring"}), ("spring 50%", set()), ("sal", set()),
        ("タワーで日本", {"japan"}), ("東京でtower", {"tower"}), ("tower❤ を見", {"tower"}), ("%", {"spring"}),
        ("", set(TEXTS)), (" \0", set(TEXTS)),
    ],
)  # fmt: skip
def test_phrases_are_words_that_stand_together(seen: Store, phrase: str, expected: set[str]) -> None:
    assert found(seen, phrases=(phrase,)) == expected
    draft = seen.drafts.add("a", "{}", words="Spring\nsale")
    assert (draft.id in found(seen, phrases=(phrase,))) == (phrase.casefold() in ("spring  sale", "sal", "", " \0"))


def test_what_changed_is_found_by_what_it_is_now(store: Store) -> None:
    store.cache.put([item("a"), item("b", status="scheduled", text="日本")])
    store.cache.put([item("b", status="error", text="日本", parent="other")])
    assert (
        found(store, statuses="scheduled") == found(store, targets="buffer.agency/profile", statuses="error") == set()
    )
    assert found(store, statuses="error") == found(store, "日", targets="buffer.agency/other") == {"b"}
    store.cache.forget("buffer.agency")
    assert found(store, statuses=("error", "sent")) == set()


def test_drafts_are_found_as_they_are_now(store: Store) -> None:
    draft = store.drafts.add("buffer.agency", '{"text": "Éclair"}', words="Éclair 日本語")
    [hit] = store.search.find("eclair 本")
    assert (hit.kind, hit.id, hit.status, hit.text, hit.at) == ("draft", draft.id, "draft", "Éclair 日本語", None)
    assert (hit.content, hit.seen_at) == (draft.content, draft.updated_at)
    store.drafts.save(draft.id, "{}", place="", words="biscuit", version=1)
    assert (found(store, "eclair"), found(store, "biscuit")) == (set(), {draft.id})
    store.drafts.delete(draft.id)
    assert found(store, "biscuit") == set()
    store.drafts.restore(draft.id)
    assert found(store, "biscuit", accounts="buffer.agency") == {draft.id}
    assert found(store, "biscuit", accounts="buffer.b") == set()


@pytest.fixture(scope="module")
def shared() -> Store:
    store = Store.in_memory()
    store.cache.put([item(id, text=text) for id, text in TEXTS.items()])
    store.drafts.add("a", "{}", words="draft")
    return store


anything = st.text(max_size=60) | st.text(st.sampled_from("\"'*-+^(){}[]:,. \\%_\0ab日🎉é\ud800\u0301"), max_size=30)
syntax = st.lists(st.sampled_from(['"', "NEAR(a b, 2)", "AND", "OR", "NOT", "words:", "*", "^a", "-", "a*", "日", "+"]))


@given(words=anything | syntax.map(" ".join) | st.text(min_size=1, max_size=5).map(lambda text: text * 3_000))
def test_whatever_is_typed_is_searched_for(shared: Store, words: str) -> None:
    assert shared.search.find(words) is not None


@given(texts=st.lists(st.text(), max_size=5), place=st.integers(0, 100), size=st.integers(1, 12))
def test_any_piece_of_text_between_spaces_finds_its_item(texts: list[str], place: int, size: int) -> None:
    """Text of any script is found again by its own words."""
    store = Store.in_memory()
    clean = [text.encode(errors="replace").decode().replace("\0", "") for text in texts]
    store.cache.put([item(str(number), text=text) for number, text in enumerate(clean)])
    for number, text in enumerate(clean):
        words = text.split()
        for word in words[:size]:
            assert str(number) in found(store, word[:100]), word
    store.close()


# Damage ------------------------------------------------------------------------------------------------------------


def index_is_sound(store: Store) -> bool:
    complete = found(store, "sale") == {"spring", "bold"}
    with store._connection.transaction() as raw:
        raw.execute("INSERT INTO item_words (item_words, rank) VALUES ('integrity-check', 1)")
    return complete and store._connection.value("PRAGMA integrity_check") == "ok"


DAMAGES = [
    "DELETE FROM item_words_data WHERE id > 10",
    "UPDATE item_words_data SET block = x'ffffffffffffffff'",
    "DELETE FROM item_words_data",
    "DELETE FROM item_words_config",
    "UPDATE item_words_config SET v = 99",
    "DROP TABLE item_words_data",
    "DROP TABLE item_words_idx",
]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("use", ["find", "put", "drop"])
def test_a_damaged_index_is_made_anew(folder: Path, open_store: Callable[[], Store], damage: str, use: str) -> None:
    first = open_store()
    first.cache.put([item(id, text=text) for id, text in TEXTS.items()])
    first.close()
    with contextlib.closing(sqlite3.connect(folder / FILE)) as raw:
        raw.execute(damage)
        raw.commit()
    store = open_store()
    draft = store.drafts.add("a", "{}", words="kept")
    assert store.drafts.list() == [draft]
    match use:
        case "find":
            store.search.find("sale")
        case "put":
            store.cache.put([item("hindi", text="changed")])
        case "drop":
            store.cache.drop("buffer.agency", "post", ["hindi"])
    assert index_is_sound(store)
    assert index_is_sound(open_store())
    store.search.rebuild()
    assert index_is_sound(store)
    assert store.notice == ""


def test_an_index_of_an_older_kosmo_is_made_anew(
    open_store: Callable[[], Store], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:2])
        open_store().close()
    with contextlib.closing(sqlite3.connect(folder / FILE)) as raw:
        raw.execute(
            "CREATE VIRTUAL TABLE item_words USING fts5 (words, content = 'item_texts', content_rowid = 'number')"
        )
        raw.execute("INSERT INTO items VALUES (7, 'a', 'post', 'old', 'p', 'sent', 0, 'old words', NULL, '{}', 0)")
        raw.execute("INSERT INTO item_words (rowid, words) VALUES (7, 'old words')")
        raw.commit()
    store = open_store()
    assert found(store, "old", statuses="sent", targets="a/p") == {"old"}
    store.cache.put([item("new", text="new words")])
    assert found(store, "words") == {"old", "new"}
    assert store.notice == ""


def test_an_index_can_be_made_anew_at_any_time(seen: Store) -> None:
    seen.search.rebuild()
    assert index_is_sound(seen)


def test_without_fts5_the_texts_are_read_and_the_index_catches_up_later(
    open_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    store.cache.put([item("before", text="sale before")])
    with monkeypatch.context() as patch:
        patch.setattr(WordIndex, "possible", False)
        store.cache.put([item("before", text="changed"), item("without", text="sale now")])
        assert found(store, "sal") == {"without"}
        assert found(store, "now SALE") == {"without"}
        assert found(store, "\0 %") == set()
        assert found(store, "sal", statuses="sent", targets=("x", "buffer.agency/profile")) == {"without"}
        assert found(store, "sal", accounts="buffer.b") == found(store, phrases=("sale  now",)) == set()
        store.close()
        store = open_store()
        assert store.notice == ""
    assert found(store, "sale") == {"without"}
    assert found(store, "changed") == {"before"}
    store.cache.drop("buffer.agency", "post", ["without"])
    assert found(store, "sale") == set()


def test_the_newest_are_found_without_sorting(seen: Store) -> None:
    asked: list[str] = []
    seen._connection.raw.set_trace_callback(asked.append)
    seen.search.find("sale", Filters(accounts=frozenset({"buffer.agency"}), since=NOON))
    seen._connection.raw.set_trace_callback(None)
    [statement] = [one for one in asked if "MATCH" in one]
    plan = [row["detail"] for row in seen._connection.rows(f"EXPLAIN QUERY PLAN {statement}")]
    assert not any("TEMP B-TREE" in step for step in plan), plan
    assert any(step.startswith("SEARCH items USING INTEGER PRIMARY KEY") for step in plan), plan
