"""Saving while typing: soon, never twice at a time, and a failure is told once and mended later."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from kosmo_tui.compose.draft import Draft
from kosmo_tui.services import autosave
from kosmo_tui.services.autosave import Autosave, Saved
from kosmo_tui.services.drafts import Drafts, Kept, Place
from kosmo_tui.services.storage import StorageError
from kosmo_tui.store.database import Store

LIMIT = 20.0  # seconds that only a hang takes
NOWHERE = Place()


class Watched(Drafts):
    """Drafts whose writes can be made to fail, or to wait."""

    def __init__(self) -> None:
        super().__init__(Store.in_memory())
        self.problem = ""
        self.fault: Exception | None = None
        self.writes = 0
        self.gate = threading.Event()
        self.gate.set()
        self.at_once = 0
        self.begun = threading.Event()

    def add(self, account: str, draft: Draft, place: Place = NOWHERE) -> Kept:
        return self._watched(super().add, account, draft, place)

    def save(self, kept: Kept, draft: Draft, place: Place) -> Kept:
        return self._watched(super().save, kept, draft, place)

    def _watched(self, write: Callable[..., Kept], *args: Any) -> Kept:
        self.at_once += 1
        assert self.at_once == 1
        self.writes += 1
        self.begun.set()
        assert self.gate.wait(LIMIT)
        self.at_once -= 1
        if self.fault:
            raise self.fault
        if self.problem:
            raise StorageError(self.problem, hint="make room")
        return write(*args)


class Desk:
    """An autosave with what it told; times are short, so that tests are."""

    def __init__(self, drafts: Watched, kept: Kept | None = None) -> None:
        self.drafts = drafts
        self.heard: list[Saved] = []
        self.news = asyncio.Event()
        self.autosave = Autosave(drafts, "buffer.agency", kept, told=self._told)

    def _told(self, saved: Saved) -> None:
        assert saved == self.autosave.saved
        self.heard.append(saved)
        self.news.set()

    def type(self, text: str) -> None:
        self.autosave.changed(Draft(text=text), Place("text", (0, len(text))))

    async def told(self) -> Saved:
        """The next news."""
        async with asyncio.timeout(LIMIT):
            await self.news.wait()
        self.news.clear()
        return self.heard[-1]

    def stored(self) -> list[str]:
        return [kept.draft.text for kept in self.drafts.list()]


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autosave, "INTERVAL", 0.02)
    monkeypatch.setattr(autosave, "RETRY", 0.05)


@pytest.fixture
def drafts() -> Watched:
    return Watched()


async def test_what_is_typed_is_saved_by_itself(drafts: Watched) -> None:
    desk = Desk(drafts)
    desk.type("H")
    desk.type("He")
    assert drafts.writes == 0  # not in the event loop
    saved = await desk.told()
    assert saved.kept is not None
    assert (saved.kept.draft.text, saved.kept.place, saved.kept.account) == (
        "He",
        Place("text", (0, 2)),
        "buffer.agency",
    )
    assert (saved.at, saved.problem, drafts.writes) == (saved.kept.updated_at, "", 1)
    desk.type("Hel")
    assert (await desk.told()).kept == drafts.list()[0]
    assert desk.stored() == ["Hel"]


async def test_typing_without_a_pause_does_not_put_it_off(drafts: Watched) -> None:
    desk, text = Desk(drafts), ""
    async with asyncio.timeout(LIMIT):
        while len(desk.heard) < 3:
            text += "x"
            desk.type(text)
            await asyncio.sleep(0)
    assert [saved.kept.version for saved in desk.heard if saved.kept] == [1, 2, 3]


async def test_an_empty_draft_makes_no_row_before_it_had_content(drafts: Watched) -> None:
    desk = Desk(drafts)
    desk.autosave.changed(Draft(when="fri 9", targets=("t",)), Place())
    await desk.autosave.flush()
    assert (drafts.writes, desk.heard) == (0, [])
    desk.type("x")
    await desk.autosave.flush()
    desk.type("")
    await desk.autosave.flush()
    assert desk.stored() == [""]  # emptied, and still there with its history
    assert len(drafts.versions(drafts.list()[0].id)) == 2


async def test_a_draft_is_continued(drafts: Watched) -> None:
    kept = drafts.add("buffer.agency", Draft(text="one"))
    desk = Desk(drafts, kept)
    assert desk.autosave.saved == Saved(kept.updated_at, "", kept, drafts.durable)
    desk.autosave.changed(kept.draft, kept.place)
    await desk.autosave.flush()
    assert drafts.writes == 1  # nothing had changed
    desk.type("one two")
    await desk.autosave.flush()
    assert desk.stored() == ["one two"]


async def test_moving_the_cursor_is_kept_without_a_version(drafts: Watched) -> None:
    desk = Desk(drafts)
    desk.type("one")
    await desk.autosave.flush()
    desk.autosave.changed(Draft(text="one"), Place("when", (0, 1)))
    await desk.autosave.flush()
    [kept] = drafts.list()
    assert (kept.place, kept.version) == (Place("when", (0, 1)), 1)


async def test_what_is_typed_during_a_write_is_written_next(drafts: Watched) -> None:
    desk = Desk(drafts)
    drafts.gate.clear()
    desk.type("one")
    flushed = asyncio.create_task(desk.autosave.flush())
    assert await asyncio.to_thread(drafts.begun.wait, LIMIT)
    desk.type("two")
    assert not flushed.done()
    drafts.gate.set()
    await flushed
    assert desk.stored() == ["two"]
    assert [saved.kept.draft.text for saved in desk.heard if saved.kept] == ["one", "two"]


async def test_giving_up_a_flush_does_not_make_a_second_draft(drafts: Watched) -> None:
    desk = Desk(drafts)
    drafts.gate.clear()
    desk.type("one")
    flushed = asyncio.create_task(desk.autosave.flush())
    assert await asyncio.to_thread(drafts.begun.wait, LIMIT)
    flushed.cancel()
    drafts.gate.set()
    await desk.told()
    desk.type("two")
    await desk.autosave.flush()
    assert desk.stored() == ["two"]


async def test_a_failure_is_told_once_and_mended_when_it_can_be(drafts: Watched) -> None:
    desk = Desk(drafts)
    desk.type("one")
    await desk.autosave.flush()
    drafts.problem = "the disk is full"
    desk.type("two")
    desk.news.clear()
    failed = await desk.told()
    assert failed.problem == "the disk is full (make room)"
    assert failed.kept is not None
    assert failed.kept.draft.text == "one"
    async with asyncio.timeout(LIMIT):
        while drafts.writes < 6:  # tried again by itself, and with what is typed meanwhile
            desk.type(f"two {drafts.writes}")
            await asyncio.sleep(0.005)
    assert [saved.problem for saved in desk.heard] == ["", "the disk is full (make room)"]
    desk.type("three")
    drafts.problem = ""
    desk.news.clear()
    assert (await desk.told()).problem == ""
    assert desk.stored() == ["three"]


async def test_a_failure_is_mended_without_another_key(drafts: Watched) -> None:
    desk = Desk(drafts)
    drafts.problem = "the disk is full"
    desk.type("one")
    assert (await desk.told()).problem
    drafts.problem = ""
    assert (await desk.told()).kept == drafts.list()[0]
    assert desk.stored() == ["one"]


async def test_a_fault_of_the_program_loses_nothing_either(drafts: Watched) -> None:
    desk = Desk(drafts)
    drafts.fault = RuntimeError("a bug")
    desk.type("one")
    assert "RuntimeError" in (await desk.told()).problem
    with pytest.raises(StorageError, match="fault"):
        await desk.autosave.flush()
    drafts.fault = None
    await desk.autosave.flush()
    assert desk.stored() == ["one"]
    assert desk.autosave.saved.problem == ""


async def test_a_flush_that_fails_says_why_and_can_be_repeated(drafts: Watched) -> None:
    desk = Desk(drafts)
    drafts.problem = "the disk is full"
    desk.type("one")
    for _ in range(2):
        with pytest.raises(StorageError) as caught:
            await desk.autosave.flush()
        assert (caught.value.message, caught.value.hint) == ("the disk is full", "make room")
    drafts.problem = ""
    await desk.autosave.flush()
    assert desk.stored() == ["one"]
    assert desk.autosave.saved.problem == ""


async def test_changed_elsewhere_it_goes_on_as_a_draft_of_its_own(drafts: Watched) -> None:
    desk = Desk(drafts)
    desk.type("one")
    await desk.autosave.flush()
    first = desk.autosave.saved.kept
    assert first is not None
    drafts.save(first, Draft(text="one, elsewhere"), Place())
    for text in ("one two", "one two three"):
        desk.type(text)
        await desk.autosave.flush()
    assert desk.stored() == ["one two three", "one, elsewhere"]


async def test_after_closing_nothing_is_written_or_told(drafts: Watched) -> None:
    desk = Desk(drafts)
    desk.type("one")
    desk.autosave.close()
    desk.type("two")
    await desk.autosave.flush()
    assert drafts.writes == 0
    other = Desk(drafts)
    drafts.gate.clear()
    other.type("three")
    flushed = asyncio.create_task(other.autosave.flush())
    assert await asyncio.to_thread(drafts.begun.wait, LIMIT)
    other.autosave.close()
    drafts.gate.set()
    await flushed
    assert other.heard == []
    assert other.stored() == ["three"]  # it was on its way
