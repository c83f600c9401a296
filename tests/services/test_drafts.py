"""Drafts as JSON: what was written comes back, and what cannot be read is shown as its words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.compose.draft import Attachment, Draft, Override
from kosmo_tui.services.drafts import Drafts, Place, decode, encode, words
from kosmo_tui.services.storage import StorageError
from kosmo_tui.store.database import Store

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
MEDIA = st.lists(st.builds(Attachment, TEXT, TEXT, st.sampled_from(["image", "video"])), max_size=3).map(tuple)
OPTIONS = st.dictionaries(TEXT, TEXT, max_size=3)
OVERRIDE = st.builds(Override, st.none() | TEXT, st.none() | MEDIA, st.none() | TEXT, OPTIONS)
DRAFT = st.builds(
    Draft,
    text=TEXT,
    media=MEDIA,
    when=TEXT,
    targets=st.lists(TEXT, max_size=3).map(tuple),
    instagram_kind=st.sampled_from(["", "IMAGE", "VIDEO", "CAROUSEL"]),
    container_only=st.booleans(),
    options=OPTIONS,
    overrides=st.dictionaries(TEXT, OVERRIDE, max_size=3),
)
PLACE = Place("text", (3, 14), "buffer.agency/p1")


@pytest.fixture
def store() -> Store:
    return Store.in_memory()


@pytest.fixture
def drafts(store: Store) -> Drafts:
    return Drafts(store)


@given(DRAFT)
def test_a_draft_comes_back_as_it_was(draft: Draft) -> None:
    assert decode(encode(draft)) == draft


def test_a_draft_comes_back_to_where_the_writer_was(drafts: Drafts) -> None:
    draft = Draft(text="Grüße 👩‍👩‍👧", media=(Attachment("https://x/a.mp4", "a film", "video"),), when="fri 17:30")
    kept = drafts.add("buffer.agency", draft, PLACE)
    assert (kept.draft, kept.place, kept.version) == (draft, PLACE, 1)
    assert drafts.get(kept.id) == kept
    assert drafts.list("buffer.agency") == [kept]
    assert drafts.list("buffer.studio") == []
    assert drafts.get("nothing") is None


def test_every_change_is_a_version(drafts: Drafts) -> None:
    kept = drafts.add("a", Draft(text="one"))
    second = drafts.save(kept, Draft(text="two"), PLACE)
    assert (second.id, second.version, second.place) == (kept.id, 2, PLACE)
    moved = drafts.save(second, Draft(text="two"), Place())
    assert moved.version == 2
    assert [(number, draft.text) for number, draft, _ in drafts.versions(kept.id)] == [(1, "one"), (2, "two")]


def test_who_was_slower_keeps_a_draft_of_their_own(drafts: Drafts) -> None:
    kept = drafts.add("a", Draft(text="one"))
    theirs = drafts.save(kept, Draft(text="two, there"), Place())
    mine = drafts.save(kept, Draft(text="two, here"), PLACE)
    assert mine.id != kept.id
    assert (mine.account, mine.version, mine.place) == ("a", 1, PLACE)
    assert drafts.list() == [mine, theirs]
    assert drafts.save(mine, Draft(text="three, here"), PLACE).id == mine.id


def test_writing_on_in_a_deleted_draft_keeps_it(drafts: Drafts) -> None:
    kept = drafts.add("a", Draft(text="one"))
    drafts.delete(kept.id)
    again = drafts.save(kept, Draft(text="two"), Place())
    assert drafts.list() == [again]


def test_moving_about_in_a_deleted_draft_does_not_bring_it_back(drafts: Drafts) -> None:
    kept = drafts.add("a", Draft(text="one"))
    drafts.delete(kept.id)
    moved = drafts.save(kept, kept.draft, PLACE)
    assert drafts.list() == []
    assert moved.id == kept.id
    written = drafts.save(moved, Draft(text="two"), PLACE)
    assert drafts.list() == [written]


def test_a_deleted_draft_is_restored(drafts: Drafts) -> None:
    kept = drafts.add("a", Draft(text="one"))
    drafts.delete(kept.id)
    assert drafts.list() == []
    assert drafts.get(kept.id) == kept
    assert drafts.restore(kept.id) == kept
    assert drafts.list() == [kept]
    with pytest.raises(StorageError, match="gone"):
        drafts.restore("nothing")


def test_a_copy_is_a_draft_of_its_own(drafts: Drafts) -> None:
    kept = drafts.add("a", Draft(text="one", options={"title": "T"}), PLACE)
    copy = drafts.duplicate(kept.id)
    assert copy.id != kept.id
    assert (copy.account, copy.draft, copy.place) == ("a", kept.draft, Place())
    drafts.save(copy, Draft(text="two"), Place())
    assert drafts.get(kept.id) == kept
    with pytest.raises(StorageError, match="gone"):
        drafts.duplicate("nothing")


@pytest.mark.parametrize(
    "sought", ["base", "MASTODON own", "a film", "clip.mp4", "own.jpg", "the title", "their board"]
)
def test_a_search_looks_at_everything_that_was_typed(drafts: Drafts, sought: str) -> None:
    drafts.add("a", Draft(text="something else"))
    own = Override(text="Mastodon's own", media=(Attachment("https://x/own.jpg"),), options={"board": "their board"})
    media = (Attachment("https://x/clip.mp4", "a film", "video"),)
    kept = drafts.add("a", Draft("the base", media, options={"title": "the title"}, overrides={"t": own}))
    assert drafts.list(sought=sought) == [kept]


def test_what_a_newer_kosmo_wrote_is_read_as_far_as_it_goes() -> None:
    newer = {
        "text": "Hello",
        "media": [{"url": "u", "kind": "hologram"}],
        "when": {"at": 3},
        "targets": ["t"],
        "mood": 1,
    }
    assert decode(json.dumps(newer), "other words") == Draft(text="Hello", targets=("t",))


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "3", '{"text": 7}', '{"text"', "\ufffd\ufffd"])
def test_what_cannot_be_read_is_shown_as_its_words(drafts: Drafts, store: Store, content: str) -> None:
    row = store.drafts.add("a", content, place=content, words="Hello\nhttps://x/a.jpg")
    [kept] = drafts.list()
    assert (kept.draft, kept.place) == (Draft(text="Hello\nhttps://x/a.jpg"), Place())
    assert drafts.list(sought="hello") == [kept]
    saved = drafts.save(kept, kept.draft, Place())
    assert saved.id == row.id
    assert [one.content for one in store.drafts.versions(row.id)] == [content, encode(kept.draft)]  # still there


@given(st.text(max_size=30))
def test_every_text_can_be_kept(text: str) -> None:
    """Also halves of characters, which no encoding has: a terminal can send anything."""
    draft = Draft(text=text)
    drafts = Drafts(Store.in_memory())
    drafts.add("a", draft)
    [kept] = drafts.list()
    assert kept.draft.text == text.encode(errors="replace").decode()
    assert words(draft) == kept.draft.text


def test_errors_of_the_store_are_errors_of_kosmo(drafts: Drafts, store: Store) -> None:
    kept = drafts.add("a", Draft(text="one"))
    store.close()
    for call in (
        lambda: drafts.list(),
        lambda: drafts.get(kept.id),
        lambda: drafts.add("a", Draft()),
        lambda: drafts.save(kept, Draft(), Place()),
        lambda: drafts.delete(kept.id),
        lambda: drafts.restore(kept.id),
        lambda: drafts.versions(kept.id),
        lambda: drafts.duplicate(kept.id),
    ):
        with pytest.raises(StorageError, match="closed"):
            call()
