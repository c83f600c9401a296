"""A draft while it is written, without a screen: what is saved, and how far back undo goes."""

from __future__ import annotations

import pytest

from kosmo_tui.compose.draft import Attachment, Draft
from kosmo_tui.services.drafts import Drafts
from kosmo_tui.services.storage import StorageError
from kosmo_tui.store.database import Store
from kosmo_tui.store.errors import StoreError
from kosmo_tui.ui.screens.compose_session import Session

PHOTO = Attachment("https://a.example/a.jpg", "A bag")


@pytest.fixture
def drafts() -> Drafts:
    return Drafts(Store.in_memory())


def session(drafts: Drafts, id: str = "") -> Session:
    kept = drafts.get(id) if id else None
    first = kept.draft if kept else Draft()
    return Session(drafts, "buffer.agency", kept, first, told=lambda _: None)


async def typed(writing: Session, *drafts: dict[str, object]) -> str:
    """Save every one of the changes as a version of its own; the id of the draft."""
    for changed in drafts:
        writing.edit(**changed)
        await writing.flush()
    assert writing.saved.kept is not None
    return writing.saved.kept.id


async def test_undo_goes_on_where_the_last_run_ended_and_takes_the_whole_draft(drafts: Drafts) -> None:
    first = session(drafts)
    id = await typed(first, {"text": "A"}, {"text": "AB", "media": (PHOTO,)}, {"text": "ABC", "when": "now"})
    await first.leave()
    again = session(drafts, id)
    seen = []
    while await again.step(False, everything=False):
        seen.append((again.draft.text, again.draft.media, again.draft.when))
    assert seen == [("AB", (PHOTO,), ""), ("A", (), "")]
    while await again.step(True, everything=False):
        seen.append((again.draft.text, again.draft.media, again.draft.when))
    assert seen[2:] == [("AB", (PHOTO,), ""), ("ABC", (PHOTO,), "now")]


async def test_typing_after_undo_cuts_nothing_off(drafts: Drafts) -> None:
    id = await typed(session(drafts), {"text": "A"}, {"text": "AB"}, {"text": "ABC"})
    writing = session(drafts, id)
    await writing.step(False, everything=False)
    await writing.step(False, everything=False)
    assert writing.draft.text == "A"
    await typed(writing, {"text": "AX"})
    assert await writing.step(True, everything=False) is None, "there is nothing after what was just typed"
    texts = set()
    while await writing.step(False, everything=False):
        texts.add(writing.draft.text)
    assert texts >= {"ABC", "AB", "A"}


async def test_a_new_tab_has_the_whole_session_behind_it(drafts: Drafts) -> None:
    writing = session(drafts)
    writing.edit(text="Base", targets=("x",))
    await writing.open("x")
    writing.edit(text="Own")
    await writing.flush()
    await writing.step(False, everything=False)
    assert writing.draft.overrides == {}
    assert writing.draft.text == "Base"


async def test_elsewhere_than_in_the_text_undo_also_takes_the_latest_change(drafts: Drafts) -> None:
    writing = session(drafts)
    await typed(writing, {"media": (PHOTO,)}, {"media": ()})
    assert await writing.step(False, everything=False) is None
    assert await writing.step(False, everything=True) is not None
    assert writing.draft.media == (PHOTO,)


async def test_inheriting_can_be_undone(drafts: Drafts) -> None:
    writing = session(drafts)
    writing.edit(text="Base", targets=("x",))
    await writing.open("x")
    writing.edit(text="Own", when="now")
    assert await writing.inherit()
    assert writing.draft.on("x").text == "Base"
    await writing.step(False, everything=False)
    assert (writing.draft.on("x").text, writing.draft.on("x").when) == ("Own", "now")


async def test_the_place_is_kept_and_only_a_composer_that_was_cut_off_leaves_the_focus(drafts: Drafts) -> None:
    writing = session(drafts)
    id = await typed(writing, {"text": "A", "targets": ("x",)})
    writing.move(focus="text", cursor=(0, 1), target="x")
    await writing.flush()
    cut_off = drafts.get(id)
    assert cut_off is not None and cut_off.place.focus == "text"
    kept = await writing.leave()
    assert kept is not None and (kept.place.focus, kept.place.cursor, kept.place.target) == ("", (0, 1), "x")
    assert session(drafts, id).variants.tab == "x"


async def test_what_only_was_looked_at_is_no_draft(drafts: Drafts) -> None:
    writing = session(drafts)
    writing.move(focus="text")
    writing.edit(targets=("x",))
    assert await writing.leave() is None
    assert drafts.list() == []


async def test_a_full_disk_stops_neither_typing_nor_switching(drafts: Drafts, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(drafts._drafts, "add", full)
    writing = session(drafts)
    writing.edit(text="Base", targets=("x",))
    await writing.open("x")
    writing.edit(text="Own")
    with pytest.raises(StorageError, match="the disk is full"):
        await writing.flush()
    assert "the disk is full" in writing.saved.problem
    monkeypatch.undo()
    await writing.flush()
    (kept,) = drafts.list()
    assert (kept.draft.text, kept.draft.on("x").text) == ("Base", "Own")
