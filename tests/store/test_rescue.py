"""A damaged file costs what is damaged, no more: it is moved aside, drafts and outbox are read as far as they go."""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosmo_tui.store import rescue
from kosmo_tui.store.database import FILE, Store
from kosmo_tui.store.errors import StoreError
from tests.store.writing import write

PAGE = 4096
DRAFTS, WRITES = 60, 60
DAWN = datetime(2025, 3, 1, tzinfo=UTC)
STARTS = 3  # damage can show when it is first read, and more of it when it is first written to


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with drafts and writes on many pages; tests copy it."""
    folder = tmp_path_factory.mktemp("sound")
    folder.chmod(0o700)
    store = Store.open(folder)
    for number in range(DRAFTS):
        draft = store.drafts.add("buffer.agency", f"draft {number} " + "x" * 700)
        store.drafts.save(draft.id, f"draft {number} again " + "y" * 700, place="", words="", version=1)
    store.outbox.add([write(f"target {number}", request=f"request {number} " + "z" * 700) for number in range(WRITES)])
    store.close()
    assert not (folder / f"{FILE}-wal").exists()
    shutil.rmtree(folder / "running")
    return folder


@pytest.fixture
def copied(sound: Path, folder: Path) -> Path:
    """A copy of it, to be damaged."""
    shutil.copytree(sound, folder)
    return folder / FILE


def overwrite(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def page_of(path: Path, text: bytes) -> int:
    """The page (from 0) on which `text` stands first."""
    return path.read_bytes().index(text) // PAGE


def start(folder: Path) -> Store:
    """The store as the second start finds it at the latest: what is damaged may show only when it is read."""
    store = Store.open(folder)
    try:
        store.drafts.list()
        store.outbox.rows()
        for draft in store.drafts.list():
            store.drafts.versions(draft.id)
        return store
    except StoreError as error:
        assert "is damaged" in error.message
        assert error.hint.startswith("start kosmo again")
        store.close()
        return Store.open(folder)


def opened(path: Path) -> tuple[Store, int, int]:
    """The store after it was damaged, and how many drafts and writes its notice speaks of."""
    damaged = path.read_bytes()
    store = start(path.parent)
    found = re.fullmatch(
        r"kosmo\.db was damaged and is now (.*); (\d+) drafts and (\d+) writes were rescued", store.notice
    )
    assert found, store.notice
    assert Path(found[1]).read_bytes() == damaged
    assert Path(found[1]).parent == path.parent
    drafts, writes = int(found[2]), int(found[3])
    assert (len(store.drafts.list()), len(store.outbox.rows())) == (drafts, writes)
    for draft in store.drafts.list():
        assert re.fullmatch(r"draft \d+ again y{700}", draft.content)
        assert store.drafts.versions(draft.id)[-1].content == draft.content
    for row in store.outbox.rows():
        assert row.state == "queued"
        assert re.fullmatch(r"request \d+ z{700}", row.request)
    files = {file.name for file in path.parent.iterdir()}
    sets = {f"{name}{ending}" for name in (FILE, Path(found[1]).name) for ending in ("", "-wal", "-shm")}
    assert files <= {*sets, "kosmo.lock", "running"}  # what is suspect is settled
    return store, drafts, writes


def works(store: Store) -> None:
    draft = store.drafts.add("a", "new")
    [row] = store.outbox.add([write()])
    assert store.drafts.get(draft.id) == draft
    assert store.outbox.get(row.id) == row
    store.close()


def test_a_sound_file_needs_no_rescue(copied: Path) -> None:
    store = Store.open(copied.parent)
    assert store.notice == ""
    assert (len(store.drafts.list()), len(store.outbox.rows())) == (DRAFTS, WRITES)
    store.close()
    assert not list(copied.parent.glob("*damaged*"))


def test_a_file_of_garbage_is_replaced(copied: Path) -> None:
    copied.write_bytes(random.Random(4).randbytes(50_000))
    store, drafts, writes = opened(copied)
    assert (drafts, writes) == (0, 0)
    works(store)


def test_a_few_bytes_of_garbage_are_replaced(copied: Path) -> None:
    copied.write_bytes(b"hello")
    store, *_ = opened(copied)
    works(store)


def test_a_wrong_header_costs_nothing(copied: Path) -> None:
    overwrite(copied, 0, b"SQLite format 9\0")
    store, drafts, writes = opened(copied)
    assert (drafts, writes) == (DRAFTS, WRITES)
    works(store)


def test_a_lost_first_page_costs_nothing(copied: Path) -> None:
    overwrite(copied, 0, random.Random(4).randbytes(PAGE))
    store, drafts, writes = opened(copied)
    assert (drafts, writes) == (DRAFTS, WRITES)
    works(store)


def test_a_lost_page_costs_the_drafts_on_it(copied: Path) -> None:
    overwrite(copied, PAGE * page_of(copied, b"draft 30 again y"), b"\xff" * PAGE)
    store, drafts, writes = opened(copied)
    assert DRAFTS - PAGE // 700 <= drafts < DRAFTS
    assert writes == WRITES
    works(store)


def test_two_lost_pages_cost_nothing_between_them(copied: Path) -> None:
    first, second = page_of(copied, b"request 10 z"), page_of(copied, b"request 50 z")
    overwrite(copied, PAGE * first, b"\xff" * PAGE)
    overwrite(copied, PAGE * second, b"\xff" * PAGE)
    store, drafts, writes = opened(copied)
    assert drafts == DRAFTS
    assert WRITES - 2 * (PAGE // 700) <= writes < WRITES
    assert {f"target {number}" for number in range(20, 40)} <= {row.target for row in store.outbox.rows()}
    works(store)


def test_a_file_that_was_cut_off_is_rescued_up_to_the_cut(copied: Path) -> None:
    size = copied.stat().st_size
    with copied.open("r+b") as file:
        file.truncate(size // 2 // PAGE * PAGE)
    store, drafts, writes = opened(copied)
    assert 0 < drafts + writes < DRAFTS + WRITES
    works(store)


def test_an_empty_file_with_a_log_is_rescued_from_the_log(folder: Path, open_store: Callable[[], Store]) -> None:
    running = open_store()
    draft = running.drafts.add("a", f"draft 1 again {'y' * 700}")
    other = folder.with_name("other")
    other.mkdir(mode=0o700)
    (other / FILE).touch(mode=0o600)
    shutil.copy(folder / f"{FILE}-wal", other / f"{FILE}-wal")  # everything is still in the log
    store, drafts, writes = opened(other / FILE)
    assert (drafts, writes) == (1, 0)
    assert store.drafts.list() == [draft]
    works(store)


def test_of_a_file_that_was_emptied_it_is_said_what_is_gone_and_how_to_go_back(copied: Path) -> None:
    with contextlib.closing(Store.open(copied.parent)) as used:
        assert used.owner
    backup = copied.parent / "backups" / "kosmo-schema-0003.db"
    backup.parent.mkdir(mode=0o700)
    shutil.copy(copied, backup)
    os.truncate(copied, 0)
    store = Store.open(copied.parent)
    assert f"{copied} was empty, and a new store begins there" in store.notice
    assert f"put {backup} of " in store.notice and "in its place" in store.notice
    assert store.drafts.list() == []
    works(store)
    store = Store.open(copied.parent)
    assert (store.notice, len(store.drafts.list())) == ("", 1), "it is said once"
    store.close()
    shutil.copy(backup, copied)
    store = Store.open(copied.parent)
    assert len(store.drafts.list()) == DRAFTS, "what it says can be done"
    works(store)


@pytest.mark.parametrize("used", [False, True])
def test_a_file_that_is_just_being_made_is_no_news(folder: Path, used: bool) -> None:
    """Neither when the first ones start together, nor when somebody has removed the file."""
    (folder / "running").mkdir(mode=0o700, parents=True) if used else folder.mkdir(mode=0o700)
    folder.chmod(0o700)
    together = threading.Barrier(8)

    def first(_: int) -> str:
        together.wait()
        with contextlib.closing(Store.open(folder)) as store:
            assert store.owner
            return store.notice

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(first, range(8))) == [""] * 8


DAYS = [date(2024, 1, 1) + timedelta(days=number) for number in range(400)]
METRICS = ("follower_count", "reach", "views")


@pytest.fixture
def counted(copied: Path) -> Path:
    """The copy with numbers of more than a year."""
    with contextlib.closing(Store.open(copied.parent)) as store:
        for metric in METRICS:
            store.cache.numbers.put("a", metric, {day: float(place) for place, day in enumerate(DAYS)}, DAWN)
    return copied


def numbers(store: Store) -> dict[str, dict[date, float]]:
    return {metric: store.cache.numbers.of("a", metric, DAYS[0], DAYS[-1]) for metric in METRICS}


def test_numbers_by_day_are_rescued_for_the_services_forget_them(counted: Path) -> None:
    overwrite(counted, PAGE * page_of(counted, b"draft 30 again y"), b"\xff" * PAGE)
    store = start(counted.parent)
    assert store.notice.endswith(f", {WRITES} writes and 1,200 numbers by day were rescued")
    assert all(list(values) == DAYS for values in numbers(store).values())
    works(store)


def test_a_lost_first_page_costs_no_number(counted: Path) -> None:
    with contextlib.closing(Store.open(counted.parent)) as store:
        before = numbers(store)
        store.cache.numbers.put("a", "views", {DAYS[7]: -1.5}, DAWN + timedelta(days=1))
    overwrite(counted, 0, random.Random(4).randbytes(PAGE))
    store = start(counted.parent)
    assert store.notice.endswith(f"; {DRAFTS} drafts, {WRITES} writes and 1,200 numbers by day were rescued")
    before["views"][DAYS[7]] = -1.5
    assert numbers(store) == before
    works(store)


def test_a_lost_page_of_numbers_costs_those_on_it(counted: Path) -> None:
    suspicion = counted.with_suffix(".suspect")
    suspicion.touch()
    overwrite(counted, PAGE * page_of(counted, b"reach2024-06-01"), b"\xff" * PAGE)
    store = start(counted.parent)
    assert f"{DRAFTS} drafts, {WRITES} writes and " in store.notice
    kept = numbers(store)
    assert len(kept["follower_count"]) == len(kept["views"]) == len(DAYS)
    assert 200 < len(kept["reach"]) < len(DAYS)
    works(store)


def test_a_database_of_something_else_is_moved_aside(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / FILE).touch(mode=0o600)
    with contextlib.closing(sqlite3.connect(folder / FILE)) as raw:
        raw.execute("CREATE TABLE bookmarks (url)")
    store, drafts, writes = opened(folder / FILE)
    assert (drafts, writes) == (0, 0)
    works(store)


def test_a_letter_that_is_none_hides_no_draft(copied: Path) -> None:
    text = b"draft 30 again y"
    at = copied.read_bytes().index(text)
    overwrite(copied, at, b"dr\xff\xfet 30 again y")
    store = Store.open(copied.parent)
    assert len(store.drafts.list()) == DRAFTS
    assert any(row.content.startswith("dr\ufffd\ufffdt 30") for row in store.drafts.list())
    store.close()


def test_a_store_that_was_left_open_is_searched_where_it_is_precious(copied: Path) -> None:
    holding = contextlib.closing(sqlite3.connect(copied))
    with holding as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("UPDATE outbox SET note = 'in the log' WHERE id = 1")
        other.commit()
        overwrite(copied, PAGE * page_of(copied, b"request 50 z"), b"\xff" * PAGE)
        store = Store.open(copied.parent)
        assert "writes were rescued" in store.notice
        first = store.outbox.get(1)
        assert first is not None
        assert first.note == "in the log"
        works(store)


def test_nothing_is_moved_from_under_a_kosmo_that_runs(copied: Path) -> None:
    running = Store.open(copied.parent)
    assert running.owner
    overwrite(copied, PAGE * page_of(copied, b"draft 30 again y"), b"\xff" * PAGE)
    with pytest.raises(StoreError) as caught:
        Store.open(copied.parent)
    assert "damaged" in caught.value.message
    assert "quit that one" in caught.value.hint
    running.close()
    store, *_ = opened(copied)
    works(store)


def test_a_suspicion_that_was_wrong_is_forgotten(copied: Path) -> None:
    suspicion = copied.with_suffix(".suspect")
    suspicion.touch()
    store = Store.open(copied.parent)
    assert (store.notice, suspicion.exists()) == ("", False)
    store.close()


def test_a_rescue_that_fails_leaves_everything_for_the_next_one(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    overwrite(copied, 0, b"SQLite format 9\0")
    damaged = copied.read_bytes()
    with monkeypatch.context() as patch:

        def full(*_: object) -> None:
            raise StoreError("the disk is full")

        patch.setattr(rescue, "_take_over", full)
        with pytest.raises(StoreError, match="the disk is full"):
            Store.open(copied.parent)
    assert copied.read_bytes() == damaged
    assert {path.name for path in copied.parent.iterdir()} <= {FILE, "kosmo.lock", "kosmo.suspect"}
    store, drafts, writes = opened(copied)
    assert (drafts, writes) == (DRAFTS, WRITES)
    works(store)


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_rescue_that_is_killed_is_finished_by_the_next_start(
    copied: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Killed before, between and after the two renames that change the files."""
    overwrite(copied, 0, b"SQLite format 9\0")
    rename, calls = Path.replace, []

    def killed(self: Path, target: Path) -> Path:
        calls.append(self)
        if len(calls) == step:
            raise KeyboardInterrupt
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        patch.setattr(rescue, "_remove", lambda _: None)  # who is killed tidies nothing up
        with pytest.raises(KeyboardInterrupt) if step < 3 else contextlib.nullcontext():
            Store.open(copied.parent).close()
    store = start(copied.parent)
    assert (len(store.drafts.list()), len(store.outbox.rows())) == (DRAFTS, WRITES)
    works(store)
    assert not copied.with_name(f"{FILE}.rescued").exists()


@settings(max_examples=40)
@given(seed=st.integers(0, 1 << 32), spots=st.integers(1, 40), size=st.sampled_from([1, 16, 512, PAGE]))
def test_whatever_is_damaged_the_store_opens(
    sound: Path, tmp_path_factory: pytest.TempPathFactory, seed: int, spots: int, size: int
) -> None:
    folder = tmp_path_factory.mktemp("damaged") / "state"
    shutil.copytree(sound, folder)
    chance = random.Random(seed)
    for _ in range(spots):
        overwrite(folder / FILE, chance.randrange((folder / FILE).stat().st_size), chance.randbytes(size))
    for _ in range(STARTS):
        try:
            store = Store.open(folder)
            for draft in store.drafts.list():
                store.drafts.versions(draft.id)
            store.outbox.rows()
            works(store)
            return
        except StoreError as error:
            if "newer kosmo" in error.message:
                return  # the damage hit the number of the schema, and nothing else
            assert "is damaged" in error.message  # it was met only now, and the next start looks at everything
            store.close()
    pytest.fail("what is damaged stays damaged")
