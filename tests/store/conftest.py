"""A store with a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kosmo_tui.store.database import Store


class Clock:
    """A clock that stands until it is moved, in either direction."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 31, 12, 0, 0, 123456, UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def open_store(folder: Path, clock: Clock) -> Iterator[Callable[[], Store]]:
    """Opens the store in `folder`, as often as another kosmo would; all are closed at the end."""
    opened: list[Store] = []

    def another() -> Store:
        opened.append(Store.open(folder, clock))
        return opened[-1]

    yield another
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    return open_store()
