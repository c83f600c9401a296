"""What becomes of a post when its composer is left, by keys: nothing is lost and nothing is sent twice."""

from __future__ import annotations

from typing import Any

import pytest
from textual.widgets import Static, TextArea

from kosmo_tui.compose.draft import Attachment, Draft
from kosmo_tui.services.drafts import Kept
from kosmo_tui.services.publish import Publication
from kosmo_tui.services.storage import StorageError
from kosmo_tui.ui.screens.ask import AskScreen
from kosmo_tui.ui.screens.compose_editing import Left
from tests.ui.composer import DIRECT, INSTAGRAM, LINKEDIN, PHOTO, Host, X, chosen, outcome, rows, running, settle


async def test_a_failure_keeps_everything_and_leaves_out_what_is_or_may_be_live() -> None:
    draft = chosen(X, LINKEDIN, INSTAGRAM, media=(PHOTO,), when="top")
    app = Host(draft)
    async with running(app) as pilot:
        await pilot.press("f5")
        await settle(app, pilot)
        await pilot.press("enter")  # back to the text
        assert app.composer.draft == draft.replace(targets=(LINKEDIN.key,))
        assert "✓ has it" in rows(app)[X.key]
        assert "? may be live" in rows(app)[INSTAGRAM.key]
        assert "Refused: No." in rows(app)[LINKEDIN.key].replace("\n      ", " ")
        await pilot.press("f5")
        await settle(app, pilot)
        calls = app.hub.buffer["agency"].calls
        assert sorted(ids[0] for _, ids, _ in calls[:3]) == ["instagram", "linkedin", "twitter"]
        assert [ids for _, ids, _ in calls[3:]] == [["linkedin"]]
        await pilot.press("enter")
        assert app.left == [Left("sent")]


async def test_closing_while_sending_stops_nothing() -> None:
    app = Host(chosen(X))
    async with running(app) as pilot:
        app.hub.buffer["agency"].release.clear()
        await pilot.press("f5", "enter")
        while app.publisher.publications[0].rows[0].state != "sending":
            await pilot.pause()
        await pilot.pause()
        assert "↑ sending" in outcome(app)
        await pilot.press("escape")
        assert app.left == [Left("sent")]
        assert app.publisher.pending == 1
        app.hub.buffer["agency"].release.set()
        await settle(app, pilot)
        assert [row.state for row in app.publisher.publications[0].rows] == ["confirmed"]


async def test_closing_after_a_failure_keeps_the_draft_for_the_rest() -> None:
    app = Host(chosen(X, LINKEDIN))
    async with running(app) as pilot:
        await pilot.press("f5")
        await settle(app, pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert [left.how for left in app.left if left] == ["kept"]
        assert app.kept == [chosen(LINKEDIN)]


async def test_the_last_save_of_a_draft_comes_before_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Host(chosen(X))
    saved: list[Kept | None] = []
    send = app.publisher.start

    def start(*given: Any, **options: Any) -> Publication:
        saved.append(app.composer.session.saved.kept)
        assert saved[0] is not None
        app.drafts.delete(saved[0].id)  # as soon as it can be: the post is there
        return send(*given, **options)

    monkeypatch.setattr(app.publisher, "start", start)
    async with running(app) as pilot:
        await pilot.press("!", "f5")
        await settle(app, pilot)
        assert saved[0] is not None
        assert saved[0].place.focus == "", "nobody was cut off"
        await app.composer.session.flush()
        assert app.kept == [], "the draft has gone with its post"


async def test_what_is_discarded_on_a_full_disk_stays_discarded(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Host()

    def full(*_: Any, **__: Any) -> Any:
        raise StorageError("the disk is full")

    async with running(app) as pilot:
        with monkeypatch.context() as patch:
            patch.setattr(app.drafts, "add", full)
            await pilot.press("space", "tab", *"Hello")
            await pilot.press("escape", "k")
            await pilot.pause()
            assert "cannot be saved" in str(app.screen.query_one(Static).content)
            patch.undo()
            await pilot.press("d")
            await pilot.pause()
        await pilot.pause()
        assert app.left[0] is not None
        assert app.kept == []


@pytest.mark.parametrize(("key", "how"), [("enter", "kept"), ("k", "kept"), ("d", "discarded")])
async def test_leaving_asks_about_what_was_typed(key: str, how: str) -> None:
    app = Host()
    async with running(app) as pilot:
        await pilot.press("tab", *"Hello")
        for back in ("b", "escape"):
            await pilot.press("escape")
            assert isinstance(app.screen, AskScreen)
            await pilot.press(back)
            assert app.screen is app.composer
            assert app.composer.draft.text == "Hello"
        await pilot.press("escape", key)
        await pilot.pause()
        (left,) = app.left
        assert left is not None and left.kept is not None
        assert (left.how, left.kept.draft) == (how, Draft(text="Hello"))
        assert app.kept == [Draft(text="Hello")], "also what is to be discarded: it can be brought back then"


async def test_leaving_does_not_ask_when_nothing_would_be_lost() -> None:
    empty = Host()
    async with running(empty) as pilot:
        await pilot.press("escape")
        assert (empty.left, empty.kept) == ([Left("nothing")], [])
    unchanged = Host(chosen(X))
    async with running(unchanged) as pilot:
        await pilot.press("escape")
        assert (unchanged.left, unchanged.kept) == ([Left("kept")], [])


async def test_a_kept_draft_opens_as_it_was() -> None:
    draft = chosen(
        X,
        DIRECT,
        media=(PHOTO, Attachment("https://a.example/b.mp4", "", "video")),
        when="fri 9",
        instagram_kind="CAROUSEL",
    )
    app = Host(draft)
    async with running(app) as pilot:
        await pilot.pause()
        assert app.composer.draft == draft
        text = app.composer.query_one("#text", TextArea)
        assert app.focused is text
        assert text.cursor_location == text.document.end
