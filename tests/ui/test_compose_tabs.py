"""The tabs of the composer, findings with a place, undo and options, driven by keys at both sizes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kosmo_tui.compose.draft import Override
from kosmo_tui.ui.screens.compose_media import Field, MediaRow
from kosmo_tui.ui.screens.compose_options import OptionRow, Options
from kosmo_tui.ui.screens.compose_tabs import Tab, TargetTabs
from kosmo_tui.ui.screens.compose_targets import TargetList
from kosmo_tui.ui.screens.compose_text import PostText, place
from kosmo_tui.ui.widgets.choice import Choice
from tests.ui.composer import (
    INSTAGRAM,
    LINKEDIN,
    PHOTO,
    SIZES,
    Host,
    X,
    chosen,
    profile,
    rows,
    running,
    seen_of,
    settle,
    text_of,
)

PINTEREST = profile("pinterest", "boards", boards=tuple((str(n), f"Board number {n}") for n in range(12)))
MASTODON = profile("mastodon", "@toots")


def tabs(app: Host) -> str:
    return str(app.composer.query_one(TargetTabs).render())


def text(app: Host) -> PostText:
    return app.composer.query_one(PostText)


@pytest.mark.parametrize("size", SIZES)
async def test_a_target_gets_a_text_and_a_time_of_its_own_and_back(size: tuple[int, int]) -> None:
    app = Host(chosen(X, LINKEDIN))
    async with running(app, size) as pilot:
        assert tabs(app).startswith("[Base text] ▸ X ▸ LinkedIn")
        await pilot.press("f7", *"!")
        app.composer.query_one("#when", Field).value = "fri 17:30"
        await pilot.pause()
        assert "[X✎]" in tabs(app)
        assert text_of(app, "#own").startswith("own: text, time · f9 inherit")
        assert text_of(app, "#text-label") == "Text · X · “roast” → “roast!”"
        assert seen_of(app, "#tabs").height == seen_of(app, "#own").height == 1
        await pilot.press("f7")
        await pilot.pause()
        assert (text(app).text, text_of(app, "#own")) == ("The new roast", "as the base")
        await pilot.press("f6")
        await pilot.pause()
        assert (text(app).text, app.composer.query_one("#when", Field).value) == ("The new roast!", "fri 17:30")
        assert "13/3,000" in rows(app)[LINKEDIN.key] and "14/280" in rows(app)[X.key]
        assert app.composer.draft == chosen(X, LINKEDIN).override(X.key, text="The new roast!", when="fri 17:30")
        await pilot.press("f9")
        await pilot.pause()
        assert (text(app).text, app.composer.draft) == ("The new roast", chosen(X, LINKEDIN))
        await pilot.press("ctrl+z")
        await pilot.pause()
        assert text(app).text == "The new roast!"
        await pilot.press("f5")
        await settle(app, pilot)
        calls = {ids[0]: (said, options.get("scheduled_at")) for said, ids, options in app.hub.buffer["agency"].calls}
        assert calls == {
            "twitter": ("The new roast!", "2026-11-27T17:30:00+00:00"),
            "linkedin": ("The new roast", None),
        }


async def test_the_base_goes_on_without_those_that_have_their_own() -> None:
    app = Host(chosen(X, LINKEDIN, overrides={X.key: Override(text="For X")}))
    async with running(app) as pilot:
        text(app).text = "New base"
        await pilot.pause()
        assert app.composer.draft.on(X.key).text == "For X"
        assert app.composer.draft.on(LINKEDIN.key).text == "New base"
        assert text_of(app, "#own") == "1 of 2 differ"


async def test_leaving_out_the_target_of_the_open_tab_goes_to_the_base_and_keeps_what_was_typed() -> None:
    app = Host(chosen(X, LINKEDIN))
    async with running(app) as pilot:
        await pilot.press("f7", *"!")
        app.composer.query_one(TargetList).focus()
        await pilot.press("home", "space")
        await pilot.pause()
        assert (tabs(app), text(app).text) == ("[Base text] ▸ LinkedIn", "The new roast")
        await pilot.press("space", "f7")
        await pilot.pause()
        assert text(app).text == "The new roast!"


async def test_media_of_a_tab_and_the_options_of_its_network() -> None:
    app = Host(
        chosen(INSTAGRAM, PINTEREST, MASTODON, media=(PHOTO,)),
        targets=(INSTAGRAM, PINTEREST, MASTODON),
    )
    async with running(app) as pilot:
        await pilot.pause()
        assert not app.composer.query_one("#compose-options").display, "no option is shared"
        await pilot.press("f7")
        await pilot.pause()
        assert [row.option.name for row in app.composer.query(OptionRow)] == ["type", "first_comment"]
        app.composer.query_one("#option-first_comment", Field).value = "#roast"
        app.composer.query_one(MediaRow).query(Field).last().value = "Another bag"
        await pilot.press("f7")
        await pilot.pause()
        assert app.composer.query_one(MediaRow).query(Field).last().value == "A bag"
        board = app.composer.query_one("#option-board", Choice)
        board.focus()
        await pilot.press("right", "right")
        assert "Board number 2" in str(board.render())
        await pilot.press("f7")
        await pilot.pause()
        app.composer.query_one("#option-spoiler", Field).value = "coffee"
        await pilot.pause()
        draft = app.composer.draft
        assert draft.options == {}
        assert draft.on(INSTAGRAM.key).options == {"first_comment": "#roast"}
        assert draft.on(INSTAGRAM.key).media == (replace(PHOTO, alt="Another bag"),)
        assert draft.on(PINTEREST.key).options == {"board": "2"}
        assert draft.on(MASTODON.key).options == {"spoiler": "coffee"}
        assert app.composer.query_one(Options).display


async def test_options_that_several_share_are_asked_at_the_base_and_inherited() -> None:
    app = Host(chosen(INSTAGRAM, LINKEDIN, media=(PHOTO,)))
    async with running(app) as pilot:
        await pilot.pause()
        app.composer.query_one("#option-first_comment", Field).value = "Hello"
        await pilot.press("f7")
        await pilot.pause()
        assert app.composer.query_one("#option-first_comment", Field).value == "Hello"
        assert app.composer.draft == chosen(INSTAGRAM, LINKEDIN, media=(PHOTO,), options={"first_comment": "Hello"})


async def test_a_thread_is_counted_post_by_post() -> None:
    app = Host(chosen(X).replace(text="short\n---\n" + "a" * 281 + "\n---\nshort"))
    async with running(app) as pilot:
        await pilot.pause()
        assert "3 items · 2: 281/280 ✕" in rows(app)[X.key]


@pytest.mark.parametrize("size", SIZES)
async def test_a_key_goes_from_finding_to_finding(size: tuple[int, int]) -> None:
    long = "One line\n" + "a" * 290
    app = Host(chosen(X, LINKEDIN, overrides={LINKEDIN.key: Override(when="13pm")}).replace(text=long))
    async with running(app, size) as pilot:
        app.composer.query_one("#when", Field).focus()
        await pilot.press("f8")
        await pilot.pause()
        assert app.focused is text(app)
        assert text(app).selected_text == "a" * 19
        assert text_of(app, "#text-label").startswith("✕ X: line 2, col 272: Too long: 19 over 280")
        await pilot.press("f8")
        await pilot.pause()
        assert app.focused is app.composer.query_one("#when")
        assert "[LinkedIn✎✕]" in tabs(app)
        assert "there is no 13 pm" in rows(app)[LINKEDIN.key]
        await pilot.press("f8", "delete")
        await pilot.pause()
        assert len(text(app).text) == 280
        assert "Too long" not in text_of(app, "#text-label")


async def test_errors_are_gone_to_first_and_every_finding_names_whose_it_is() -> None:
    long = "https://northwind.example " + "a" * 500
    app = Host(chosen(INSTAGRAM, MASTODON, media=(PHOTO,)).replace(text=long), (INSTAGRAM, MASTODON))
    async with running(app) as pilot:
        await pilot.press("f7", "f7")  # the tab of Mastodon
        said = []
        for _ in range(2):
            await pilot.press("f8")
            await pilot.pause()
            said.append(text_of(app, "#text-label"))
        assert said[0].startswith("✕ Mastodon: col 501: Too long")
        assert said[1].startswith("▲ Instagram: col 1: Links")


async def test_what_is_wrong_in_the_text_is_underlined() -> None:
    app = Host(chosen(X).replace(text="One line\n" + "a" * 290))
    async with running(app) as pilot:
        await pilot.pause()
        (span,) = text(app).get_line(1).spans
        assert (span.start, span.end) == (271, 290)
        text(app).text = "Short"
        await pilot.pause()
        assert text(app).get_line(0).spans == []


def test_places_are_told_as_editors_count() -> None:
    assert place("one\ntwo", 5) == "line 2, col 2"
    assert place("one", 2) == "col 3"


async def test_undo_in_the_text_and_then_in_the_store() -> None:
    first = Host()
    async with running(first) as pilot:
        first.composer.query_one(TargetList).choose([X.key])
        text(first).focus()
        text(first).text = "Version one"
        await pilot.pause()
        await first.composer.session.flush()
        text(first).text = "Version two"
        await pilot.pause()
        await first.composer.session.flush()
        (kept,) = first.drafts.list()
    again = Host(kept=kept)
    again.drafts = again.composer.session._drafts = first.drafts
    again.composer.session._autosave._drafts = first.drafts
    async with running(again) as pilot:
        await pilot.press("end", *"!?")
        assert text(again).text == "Version two!?"
        await pilot.press("ctrl+z")
        assert text(again).text == "Version two"
        await pilot.press("ctrl+z")
        await pilot.pause()
        assert text(again).text == "Version one"
        assert "version 1 of" in str(again.composer.query_one("#compose").border_title)
        await pilot.press("ctrl+y")
        await pilot.pause()
        assert text(again).text == "Version two"


async def test_a_kept_draft_opens_where_it_was_left() -> None:
    draft = chosen(X, LINKEDIN, overrides={X.key: Override(text="For\nX")})
    first = Host(draft)
    async with running(first) as pilot:
        await pilot.press("f7", "up", "home", "right")
        await pilot.pause()
        text(first).insert("-")
        await pilot.pause()
        await first.composer.session.flush()
        (kept,) = first.drafts.list()
    assert (kept.place.focus, kept.place.target, kept.place.cursor) == ("text", X.key, (0, 2))
    again = Host(kept=kept)
    async with running(again) as pilot:
        await pilot.pause()
        assert (text(again).text, text(again).cursor_location) == ("F-or\nX", (0, 2))
        assert "[X✎]" in tabs(again)
        await pilot.press("escape")
        assert [left.how for left in again.left if left] == ["kept"], "a draft that is kept already asks nothing"


@pytest.mark.parametrize("width", [12, 20, 30, 45, 80])
async def test_the_open_tab_is_always_among_those_that_fit(width: int) -> None:
    app = Host(chosen(X))
    async with running(app) as pilot:
        line = app.composer.query_one(TargetTabs)
        line.styles.width = width
        every = [Tab(str(n), f"Target {n}", own=n % 2 == 0) for n in range(9)]
        for tab in every:
            line.show(every, tab.key)
            await pilot.pause()
            drawn = line.render()
            assert f"[{tab.words}]" in str(drawn) or width < 20
            assert drawn.cell_length <= max(width - 2, len(tab.words) + 6)
