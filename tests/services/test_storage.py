"""The store as the rest of the program opens it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kosmo_tui.services.storage import StorageError, open_store, readable_store, told
from kosmo_tui.store.cache import Item
from kosmo_tui.store.errors import Conflict, StoreError


def test_the_store_lies_in_the_state_folder() -> None:
    store = open_store()
    store.drafts.add("a", "{}")
    store.close()
    assert (Path(os.environ["KOSMO_STATE_DIR"]) / "kosmo.db").stat().st_size


def test_a_folder_of_its_own_can_be_named(tmp_path: Path) -> None:
    open_store(tmp_path / "here").close()
    assert (tmp_path / "here" / "kosmo.db").exists()


def test_a_store_that_cannot_be_opened_is_an_error_that_can_be_printed(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError) as caught:
        open_store(tmp_path / "file")
    printed = caught.value.as_json()
    assert printed["kind"] == "store"
    assert str(tmp_path / "file") in str(printed["message"])
    assert "KOSMO_STATE_DIR" in str(printed["hint"])
    assert caught.value.exit_code == 1


def test_what_was_seen_can_be_read_where_nothing_can_be_written(unwritable: Callable[[Path], None]) -> None:
    folder = Path(tempfile.mkdtemp(prefix="kosmo-"))  # not below pytest's, which only their owner may enter
    store = open_store(folder)
    now = datetime.now(UTC)
    seen = Item(account="buffer.a", kind="post", id="1", status="sent", at=now, text="Once", content="{}", seen_at=now)
    store.cache.put([seen])
    store.drafts.add("buffer.a", '{"text": "half a thought"}')
    store.close()
    unwritable(folder)
    with pytest.raises(StorageError):
        open_store(folder)
    found = readable_store(folder)
    assert found.cache.rows("buffer.a", "post") == [seen]
    assert len(found.drafts.list()) == 1
    assert not found.durable, "nothing is sent through it"
    found.close()


@pytest.mark.parametrize(
    "spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(b"no database at all" * 99)]
)
def test_where_nothing_can_be_read_there_is_an_empty_store(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    open_store(tmp_path).close()
    spoil(tmp_path / "kosmo.db")
    found = readable_store(tmp_path)
    assert found.cache.rows("buffer.a", "post") == []
    found.close()


@pytest.mark.parametrize("error", [StoreError("full", "make room"), Conflict("changed", "make room")])
def test_errors_of_the_store_become_errors_of_kosmo(error: StoreError) -> None:
    with pytest.raises(StorageError) as caught, told():
        raise error
    assert (caught.value.message, caught.value.hint) == (error.message, "make room")
    assert caught.value.__cause__ is error


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(KeyError), told():
        raise KeyError("x")
