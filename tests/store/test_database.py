"""The file of the store: made for its owner alone, brought to the newest shape, and errors that say what to do."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kosmo_tui.store import database, schema
from kosmo_tui.store.connection import BUSY_SECONDS, Connection
from kosmo_tui.store.database import FILE, Store
from kosmo_tui.store.errors import StoreError
from tests.store.conftest import Clock
from tests.store.writing import write

Open = Callable[[], Store]


def refused(folder: Path) -> StoreError:
    with pytest.raises(StoreError) as caught:
        Store.open(folder)
    return caught.value


def test_what_was_kept_is_there_after_closing(open_store: Open) -> None:
    first = open_store()
    draft = first.drafts.add("buffer.agency", '{"text": "日本 👩‍👩‍👧"}', words="日本", place="{}")
    [row] = first.outbox.add([write()])
    first.close()
    second = open_store()
    assert (second.durable, second.notice) == (True, "")
    assert second.drafts.get(draft.id) == draft
    assert second.outbox.get(row.id) == row


def test_a_file_that_is_empty_becomes_a_store(folder: Path, open_store: Open) -> None:
    folder.mkdir(mode=0o700)
    (folder / FILE).touch(mode=0o600)
    store = open_store()
    assert store.notice == ""
    assert store.drafts.add("a", "{}").version == 1


def test_only_its_owner_can_read_the_store(folder: Path, store: Store) -> None:
    store.drafts.add("a", "{}")
    assert store.owner
    modes = {path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes.pop("running") == 0o700
    assert {name.removeprefix(FILE) for name in modes if name.startswith(FILE)} == {"", "-wal", "-shm"}
    assert set(modes.values()) == {0o600}


def test_a_folder_that_others_could_list_is_closed_to_them(folder: Path, open_store: Open) -> None:
    folder.mkdir(mode=0o755)
    open_store()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_every_commit_waits_for_the_disk(folder: Path, store: Store) -> None:
    connection = store._connection
    assert connection.value("PRAGMA journal_mode") == "wal"
    assert connection.value("PRAGMA synchronous") == 2
    assert connection.value("PRAGMA busy_timeout") == BUSY_SECONDS * 1000


def test_a_link_is_refused_with_the_command_that_mends_it(folder: Path, tmp_path: Path) -> None:
    folder.mkdir(mode=0o700)
    (tmp_path / "elsewhere").touch(mode=0o600)
    (folder / FILE).symlink_to(tmp_path / "elsewhere")
    error = refused(folder)
    assert "symbolic link" in error.message
    assert error.hint == f"put the file itself there: mv {tmp_path / 'elsewhere'} {folder / FILE}"
    assert (tmp_path / "elsewhere").read_bytes() == b""


def test_a_file_that_others_can_read_is_refused(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / FILE).touch()
    (folder / FILE).chmod(0o640)
    error = refused(folder)
    assert error.message == f"others can read {folder / FILE} (mode 640)"
    assert error.hint == f"chmod 600 {folder / FILE}"


def test_a_folder_that_others_can_write_to_is_refused(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    error = refused(folder)
    assert "others can exchange" in error.message
    assert error.hint == f"chmod 700 {folder}"
    assert list(folder.iterdir()) == []


def test_a_file_of_somebody_else_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store.open(folder).close()
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    error = refused(folder)
    assert "belongs to somebody else" in error.message
    assert error.hint == f"sudo chown 4242 {folder / FILE}"


def test_what_is_no_file_is_refused(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / FILE).mkdir()
    assert str(folder / FILE) in refused(folder).message


@pytest.mark.parametrize("below", ["state", "state/deeper"])
def test_a_folder_that_cannot_be_made_says_what_to_do(folder: Path, below: str) -> None:
    folder.write_text("a file where the folder should be")
    error = refused(folder.parent / below)
    assert "cannot be opened for writing" in error.message
    assert "KOSMO_STATE_DIR" in error.hint


def test_a_store_in_memory_leaves_nothing(folders: Path) -> None:
    store = Store.in_memory()
    assert not store.durable
    store.drafts.add("a", "{}")
    [row] = store.outbox.add([write()])
    assert row.owner == store.owner
    assert store.outbox.adopt() == []
    store.close()
    assert list(Path(os.environ["KOSMO_STATE_DIR"]).iterdir()) == []


def test_a_file_of_a_newer_kosmo_is_left_alone(folder: Path) -> None:
    Store.open(folder).close()
    with contextlib.closing(sqlite3.connect(folder / FILE)) as raw:
        raw.execute("ALTER TABLE drafts RENAME TO writings")
        raw.execute("PRAGMA user_version = 99")
    before = (folder / FILE).read_bytes()
    error = refused(folder)
    assert "newer kosmo (schema 99, this one knows" in error.message
    assert "update kosmo" in error.hint
    assert (folder / FILE).read_bytes() == before
    assert not list(folder.glob("*damaged*"))


# Migrations --------------------------------------------------------------------------------------------------------


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Ships one more migration from now on."""

    def ship(script: str) -> None:
        path = tmp_path / "later.sql"
        path.write_text(script)
        monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, path))

    return ship


GROWN = "ALTER TABLE drafts ADD COLUMN colour TEXT;\nCREATE TRIGGER t AFTER DELETE ON drafts BEGIN\n SELECT 1;\nEND;\n"


def version_of(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as raw:
        return int(raw.execute("PRAGMA user_version").fetchone()[0])


def test_an_older_file_is_migrated_and_copied_before(
    folder: Path, open_store: Open, later: Callable[[str], None]
) -> None:
    old = open_store()
    draft = old.drafts.add("a", "{}", words="kept")
    reached = len(schema.MIGRATIONS)
    later(GROWN)
    store = open_store()  # while the old one is still open: what it wrote is only in the log
    assert store.drafts.get(draft.id) == draft
    assert version_of(folder / FILE) == reached + 1
    [copy] = (folder / "backups").iterdir()
    assert copy.name == f"kosmo-schema-{reached:04d}.db"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert version_of(copy) == reached
    with contextlib.closing(sqlite3.connect(copy)) as raw:
        assert raw.execute("SELECT words FROM drafts").fetchall() == [("kept",)]


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    folder: Path, open_store: Open, later: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = open_store().drafts.add("a", "{}")
    reached = schema.MIGRATIONS
    later(GROWN + "ALTER TABLE missing ADD COLUMN x;\n")
    assert "no such table" in refused(folder).message
    assert version_of(folder / FILE) == len(reached)
    monkeypatch.setattr(schema, "MIGRATIONS", reached)
    assert open_store().drafts.list() == [draft]


def test_no_migration_without_a_copy(folder: Path, open_store: Open, later: Callable[[str], None]) -> None:
    open_store().drafts.add("a", "{}")
    (folder / "backups").write_text("a file where the folder should be")
    reached = len(schema.MIGRATIONS)
    later(GROWN)
    assert "cannot be copied before it is changed" in refused(folder).message
    assert version_of(folder / FILE) == reached


def test_a_new_store_needs_no_copy(folder: Path, store: Store) -> None:
    assert not (folder / "backups").exists()


def test_only_the_newest_copies_stay(folder: Path, open_store: Open, later: Callable[[str], None]) -> None:
    open_store().close()
    for number in range(6):
        later(f"CREATE TABLE t{number} (x);\n")
        open_store().close()
    first = len(schema.MIGRATIONS) - schema.KEPT_BACKUPS
    kept = [f"kosmo-schema-{first + number:04d}.db" for number in range(schema.KEPT_BACKUPS)]
    assert sorted(path.name for path in (folder / "backups").iterdir()) == kept


def test_the_migrations_are_numbered_without_a_gap() -> None:
    assert [path.stem for path in schema.MIGRATIONS] == [f"{n:04d}" for n in range(1, len(schema.MIGRATIONS) + 1)]


def test_the_first_migration_describes_itself_on_one_page() -> None:
    """A lost first page can be made anew only as long as the tables it lists fit on it."""
    with contextlib.closing(sqlite3.connect(":memory:")) as raw:
        raw.executescript(schema.MIGRATIONS[0].read_text())
        assert raw.serialize()[100] == 13  # a leaf of a table, not a page that points to others


# Failing disks -----------------------------------------------------------------------------------------------------


def fill(store: Store) -> None:
    """From now on the file cannot grow, as on a full disk."""
    pages = store._connection.value("PRAGMA page_count")
    assert store._connection.value(f"PRAGMA max_page_count = {pages}") == pages


def test_a_full_disk_is_told_and_later_saves_work_again(store: Store) -> None:
    draft = store.drafts.add("a", "short")
    fill(store)
    long = "x" * 1_000_000
    with pytest.raises(StoreError) as caught:
        store.drafts.save(draft.id, long, place="", words="", version=draft.version)
    assert "the disk is full" in caught.value.message
    assert "make room" in caught.value.hint
    assert store.drafts.get(draft.id) == draft
    with pytest.raises(StoreError, match="the disk is full"):
        store.outbox.add([write(), write(request=long)])
    assert store.outbox.rows() == []
    store._connection.value("PRAGMA max_page_count = 1000000")
    assert store.drafts.save(draft.id, long, place="", words="", version=draft.version).content == long


def test_an_old_store_opens_on_a_full_disk(
    folder: Path, open_store: Open, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forgetting what was deleted long ago needs room; reading must not fail for it."""
    store = open_store()
    draft, old = store.drafts.add("a", "kept"), store.drafts.add("a", "deleted")
    store.drafts.delete(old.id)
    clock.move(days=31)
    ready = database._ready

    def read_only(path: Path) -> Connection:
        connection = ready(path)
        connection.value("PRAGMA query_only = ON")
        return connection

    monkeypatch.setattr(database, "_ready", read_only)
    assert open_store().drafts.list() == [draft]


def test_a_store_that_may_not_be_written_says_so(store: Store) -> None:
    store._connection.value("PRAGMA query_only = ON")
    with pytest.raises(StoreError) as caught:
        store.drafts.add("a", "{}")
    assert "may not be written" in caught.value.message
    assert "writable" in caught.value.hint


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs namespaces of its own for a small disk")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    program = Path(__file__).with_name("full_disk.py")
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
         f'mount -t tmpfs -o size=1m,mode=700 tmpfs "$1" && exec "{sys.executable}" "{program}" "$1"', "sh", tmp_path],
        capture_output=True, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(f"no disk of one's own here: {done.stderr.strip()}")
    assert done.stdout == "full, and works again\n", done.stderr


def test_whoever_holds_the_file_too_long_is_waited_for_and_then_named(
    folder: Path, open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, other = open_store(), open_store()
    store._connection.value("PRAGMA busy_timeout = 20")
    with other._connection.transaction(), pytest.raises(StoreError, match="another program has been writing"):
        store.drafts.add("a", "{}")
    assert store.drafts.add("a", "{}").version == 1


def test_a_closed_store_says_so(open_store: Open) -> None:
    store = open_store()
    store.close()
    with pytest.raises(StoreError, match="the store is closed"):
        store.drafts.list()
    with pytest.raises(StoreError, match="the store is closed"):
        store.drafts.add("a", "{}")


# Threads and clocks ------------------------------------------------------------------------------------------------


def test_threads_share_one_store(store: Store) -> None:
    problems: list[Exception] = []

    def work(name: str) -> None:
        try:
            for number in range(20):
                draft = store.drafts.add(name, str(number))
                store.drafts.save(draft.id, "again", place="", words="", version=1)
                store.outbox.settle(store.outbox.add([write()])[0].id, "refused")
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(store.drafts.list()) == len(store.outbox.rows(states={"refused"})) == 80


def test_a_clock_that_goes_backwards_changes_no_order(store: Store, clock: Clock) -> None:
    first = store.drafts.add("a", "first")
    [sent] = store.outbox.add([write()])
    clock.move(days=-400)
    second = store.drafts.add("a", "second")
    [later] = store.outbox.add([write()])
    assert [row.id for row in store.drafts.list()] == [second.id, first.id]
    assert [row.id for row in store.outbox.rows()] == [later.id, sent.id]
    clock.move(days=-1)
    saved = store.drafts.save(first.id, "changed", place="", words="", version=1)
    assert saved.updated_at == clock.now < saved.created_at
    assert [row.id for row in store.drafts.list()] == [first.id, second.id]
    assert [one.content for one in store.drafts.versions(first.id)] == ["first", "changed"]
    store.drafts.delete(second.id)
    clock.move(days=-40)
    store.drafts.purge()
    assert store.drafts.get(second.id) is not None
    settled = store.outbox.settle(sent.id, "confirmed")
    assert settled.settled_at == clock.now < settled.created_at


def test_times_come_back_to_the_microsecond(store: Store, clock: Clock) -> None:
    at = clock.now.replace(microsecond=999_999) + timedelta(days=36_500)
    [row] = store.outbox.add([write(not_before=at)])
    assert row.not_before == at
    claimed = store.outbox.claim(row.id, at)
    assert claimed is not None
    assert (claimed.sent_at, claimed.created_at) == (at, clock.now)
