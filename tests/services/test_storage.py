"""The store as the rest of the program opens it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kosmo_tui.services.storage import StorageError, open_store, told
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


@pytest.mark.parametrize("error", [StoreError("full", "make room"), Conflict("changed", "make room")])
def test_errors_of_the_store_become_errors_of_kosmo(error: StoreError) -> None:
    with pytest.raises(StorageError) as caught, told():
        raise error
    assert (caught.value.message, caught.value.hint) == (error.message, "make room")
    assert caught.value.__cause__ is error


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(KeyError), told():
        raise KeyError("x")
