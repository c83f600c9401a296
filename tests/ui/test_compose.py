"""The composer, driven by keys: what it shows while typing, what it sends, and that nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, ContentSwitcher, Static, TextArea

from kosmo_tui.compose.draft import Attachment, Draft
from kosmo_tui.ui.screens.ask import AskScreen
from kosmo_tui.ui.screens.compose import ComposeScreen
from kosmo_tui.ui.screens.compose_editing import Left
from kosmo_tui.ui.screens.compose_media import Field, MediaRow, MediaRows
from kosmo_tui.ui.screens.compose_tabs import TargetTabs
from kosmo_tui.ui.screens.compose_targets import TargetList
from kosmo_tui.ui.screens.compose_when import echo
from kosmo_tui.ui.widgets.choice import Choice
from tests.ui.composer import (
    DIRECT,
    INSTAGRAM,
    LINKEDIN,
    NASTY,
    NOW,
    PHOTO,
    PINTEREST,
    SIZES,
    TARGETS,
    Host,
    X,
    chosen,
    outcome,
    profile,
    rows,
    running,
    seen_of,
    settle,
    text_of,
)


@pytest.mark.parametrize("size", SIZES)
async def test_choose_type_and_queue(size: tuple[int, int]) -> None:
    app = Host()
    async with running(app, size) as pilot:
        await pilot.press("space", "down", "down", "up", "enter", "tab", *"Hello")
        assert app.composer.draft == Draft(text="Hello", targets=(X.key, LINKEDIN.key))
        assert "5/280 ✓" in rows(app)[X.key]
        assert NASTY[:4] in rows(app)[LINKEDIN.key]
        assert text_of(app, "#echo") == "in the next free slot of each profile"
        send = app.composer.query_one("#send", Button)
        assert str(send.label) == "Queue for 2"
        assert send.content_size.width >= len("Queue for 2")
        await pilot.press("f5")
        await settle(app, pilot)
        calls = app.hub.buffer["agency"].calls
        assert sorted((text, ids) for text, ids, _ in calls) == [("Hello", ["linkedin"]), ("Hello", ["twitter"])]
        assert not {"now", "next", "scheduled_at"} & set(calls[0][2])
        assert "✓ confirmed" in outcome(app)
        assert "https://x.com/twitter" in outcome(app)
        assert "✕ refused" in outcome(app)
        assert NASTY in outcome(app)


@pytest.mark.parametrize("size", SIZES)
async def test_everything_that_matters_is_on_the_screen(size: tuple[int, int]) -> None:
    draft = chosen(*TARGETS, media=(PHOTO, PHOTO), when="13pm").replace(text="x " * 200)
    app = Host(draft)
    async with running(app, size) as pilot:
        await pilot.pause()
        box = app.composer.query_one("#compose").region
        for selector in ("#targets", "#text", "#media", "#when", "#echo", "#kind", "#publish", "#problems", "#send"):
            region = app.composer.query_one(selector).region
            assert region.area > 0, selector
            assert box.contains_region(region), selector
        assert app.composer.query_one("#text").region.height >= 5
        assert app.composer.query_one("#targets").region.height >= 5
        assert "agency" in str(app.composer.query_one("#compose").border_title)


async def test_findings_stand_under_their_target_and_shared_ones_stand_once() -> None:
    app = Host(chosen(X, INSTAGRAM).replace(text="a" * 281))
    async with running(app) as pilot:
        await pilot.pause()
        assert "281/280 ✕" in rows(app)[X.key]
        assert "1 over 280, as X counts" in rows(app)[X.key].replace("\n      ", " ")
        assert "Needs an image or a video" in rows(app)[INSTAGRAM.key]
        assert "✕ disconnected" in rows(app)[PINTEREST.key]
        app.composer.query_one(MediaRow).query(Field).first().value = "https://northwind.example/a.jpg"
        await pilot.pause()
        assert "Attachment 1 has no alt text" in text_of(app, "#problems")
        assert "alt text" not in rows(app)[X.key]


async def test_times_are_shown_back_in_the_zone_of_the_profile() -> None:
    app = Host(chosen(X, LINKEDIN))
    async with running(app) as pilot:
        app.composer.query_one("#when", Field).value = "fri 17:30"
        await pilot.pause()
        said = text_of(app, "#echo")
        assert "Fri 27 Nov 17:30 GMT (+00:00) · 17:30Z · in 5 d 5 h" in said
        assert said.endswith("\nin X’s zone, that is Fri 18:30 CET for LinkedIn")
        assert str(app.composer.query_one("#send", Button).label) == "Schedule for 2"
        app.composer.query_one("#when", Field).value = "13pm"
        await pilot.pause()
        assert text_of(app, "#echo-glyph") == "✕"
        assert text_of(app, "#echo") == "there is no 13 pm"
        assert "✕" in rows(app)[X.key] and "✕" in rows(app)[LINKEDIN.key], "the list says of the time what the tabs do"
        assert str(app.composer.query_one(TargetTabs).render()) == "[Base text✕] ▸ X✕ ▸ LinkedIn✕"
        await pilot.press("f7", "f8")
        assert app.composer.query_one(TargetTabs).open == "", "it is mended at the base"
        app.set_focus(None)
        await pilot.press("f5")
        assert app.focused is app.composer.query_one("#when")
        assert not app.hub.buffer["agency"].calls
        app.composer.query_one("#when", Field).value = "next fri 9"
        await pilot.pause()
        assert text_of(app, "#echo") == "next fri: which one; ↓ Fri 27 Nov 09:00 GMT or Fri 4 Dec 09:00 GMT?"
        keys = (("down", "Fri 27 Nov"), ("down", "Fri 4 Dec"), ("down", "next fri"), ("up", "Fri 4 Dec"))
        for key, said in keys:
            await pilot.press(key)
            assert text_of(app, "#echo").startswith(said)
        assert "✕" not in rows(app)[X.key] + str(app.composer.query_one(TargetTabs).render())
        app.composer.action_when("")
        await pilot.press("down", "down")
        assert app.composer.draft.when == "top", "what stands beside the field is chosen by the same keys"
        app.composer.query_one("#when", Field).value = "fri 17:30"
        await pilot.press("down", "down", "up", "up")
        assert app.composer.draft.when == "fri 17:30", "what was typed is the first of the choices"
        await pilot.press("up", "down")
        assert app.composer.draft.when == "fri 17:30", "from either side"
        app.composer.action_when("now")
        await pilot.pause()
        await pilot.press("f5")
        await settle(app, pilot)
        assert app.hub.buffer["agency"].calls[0][2]["now"] is True


def test_whose_zone_is_told_by_name_where_the_network_alone_does_not_tell() -> None:
    tokyo = profile("twitter", "@tokyo", zone="Asia/Tokyo")
    said = str(echo("fri 17:30", (X, tokyo), NOW, None).words)
    assert said.endswith("\nin X @northwind’s zone, that is Sat 02:30 JST for X @tokyo")
    assert "zone" not in str(echo("fri 17:30", (X, INSTAGRAM), NOW, None).words)
    assert "zone" not in str(echo("queue", (X, tokyo), NOW, None).words)


async def test_what_is_sent_is_the_time_that_was_shown() -> None:
    app = Host(chosen(X, when="+2h"))
    async with running(app) as pilot:
        await pilot.pause()
        app.now += timedelta(minutes=10)
        await pilot.press("f5")
        await settle(app, pilot)
        assert app.hub.buffer["agency"].calls[0][2]["scheduled_at"] == "2026-11-22T14:03:00+00:00"


async def test_a_shown_time_that_has_passed_is_not_moved_to_tomorrow_in_silence() -> None:
    app = Host(chosen(X, when="12:05"))
    async with running(app) as pilot:
        await pilot.pause()
        app.now += timedelta(minutes=3)
        await pilot.press("f5")
        assert not app.publisher.publications
        assert app.focused is app.composer.query_one("#when")
        assert "Mon 23 Nov 12:05" in text_of(app, "#echo")
        await pilot.press("f5", "enter")
        assert app.publisher.publications


@pytest.mark.parametrize(
    ("draft", "where"),
    [
        (Draft(text="x"), "#targets"),
        (Draft(targets=(X.key,)), "#text"),
        (chosen(X, media=(Attachment("nowhere"),)), "#media Field"),
        (chosen(INSTAGRAM), "#targets"),
        (chosen(PINTEREST, media=(PHOTO,)), "#targets"),
    ],
)
async def test_an_error_blocks_and_the_focus_goes_where_it_can_be_mended(draft: Draft, where: str) -> None:
    app = Host(draft)
    async with running(app) as pilot:
        await pilot.press("f5")
        assert app.focused is app.composer.query(where).first()
        assert not app.publisher.publications
        assert app.composer.query_one(ContentSwitcher).current == "edit"


async def test_the_smallest_window_says_why_it_does_not_send() -> None:
    app = Host(chosen(X, DIRECT, media=(Attachment("nowhere"),), when="fri 17:30"))
    async with running(app, (40, 10)) as pilot:
        await pilot.press("f5")
        await pilot.pause()
        assert "Attachment 1: the URL" in text_of(app, "#problems")
        assert seen_of(app, "#problems").height == 1
        assert seen_of(app, app.composer.query_one(MediaRow)).height == 1


async def test_an_empty_form_is_no_mistake_until_it_is_sent() -> None:
    app = Host()
    async with running(app) as pilot:
        await pilot.pause()
        assert not app.composer.query_one("#problems").display
        await pilot.press("f5")
        assert "No target is chosen" in text_of(app, "#problems")


async def test_instagram_itself_asks_for_kind_and_publish() -> None:
    app = Host(chosen(X))
    async with running(app) as pilot:
        await pilot.pause()
        assert not app.composer.query_one("#instagram").display
        app.composer.query_one(TargetList).choose([DIRECT.key])
        app.composer.query_one(MediaRow).query(Field).first().value = PHOTO.url
        await pilot.pause()
        assert app.composer.query_one("#instagram").display
        assert "Instagram itself has no queue" in rows(app)[DIRECT.key]
        app.composer.query_one("#publish", Choice).focus()
        await pilot.press("right")
        assert app.composer.draft.container_only
        assert str(app.composer.query_one("#send", Button).label) == "Prepare for 1"
        await pilot.press("left")
        app.composer.query_one("#kind", Choice).focus()
        await pilot.press("l")
        app.composer.action_when("now")
        await pilot.pause()
        await pilot.press("f5")
        await settle(app, pilot)
        (call,) = app.hub.instagram["brand"].calls
        assert (call["media_type"], call["publish"], call["caption"]) == ("IMAGE", True, "The new roast")
        assert "https://www.instagram.com/p/1/" in outcome(app)


async def test_a_row_for_another_attachment_appears_by_itself() -> None:
    app = Host(chosen(X))
    async with running(app) as pilot:
        url, alt = app.composer.query_one(MediaRow).query(Field)
        url.focus()
        await pilot.press("x")
        url.value, alt.value = "https://a.example/a.jpg", "A bag"
        await pilot.press("tab", "enter")
        second = app.composer.query(MediaRow).last().query(Field).first()
        assert app.focused is second
        second.value = "https://a.example/b.mp4"
        await pilot.pause()
        assert app.composer.query_one(MediaRows).media == (
            Attachment("https://a.example/a.jpg", "A bag"),
            Attachment("https://a.example/b.mp4", "", "video"),
        )
        assert len(app.composer.query(MediaRow)) == 3


async def type_media(app: Host, pilot: Pilot[None], *urls: str) -> None:
    """Write each of `urls` into the last, empty row."""
    for url in urls:
        app.composer.query(MediaRow).last().query(Field).first().value = url
        await pilot.pause()


async def test_an_emptied_row_goes_when_it_is_left() -> None:
    app = Host(chosen(X))
    async with running(app) as pilot:
        app.composer.query_one(MediaRow).query(Field).first().focus()
        for _ in range(3):  # typing and erasing over and over piles nothing up
            await pilot.press("x", "backspace")
        await pilot.press("tab", "tab")
        assert len(app.composer.query(MediaRow)) == 1
        await type_media(app, pilot, "https://a.example/1.jpg", "https://a.example/2.jpg", "https://a.example/3.jpg")
        second = app.composer.query(MediaRow)[1]
        second.query(Field).first().focus()
        second.query(Field).first().value = ""
        await pilot.press("tab")
        assert app.focused is second.query(Field).last()  # still in it
        assert len(app.composer.query(MediaRow)) == 4
        await pilot.press("shift+tab", "shift+tab")
        assert len(app.composer.query(MediaRow)) == 3
        assert [one.url for one in app.composer.draft.media] == ["https://a.example/1.jpg", "https://a.example/3.jpg"]


async def test_the_row_that_is_wrong_is_marked_numbered_and_reached() -> None:
    app = Host(chosen(X))
    async with running(app, (80, 24)) as pilot:
        urls = [f"https://a.example/{n}.jpg" for n in range(3)]
        await type_media(app, pilot, *urls, "nowhere")
        app.composer.query(MediaRow)[1].query(Field).first().value = ""  # emptied, and still there
        await pilot.press("f5")
        await pilot.pause()
        *_, wrong, last = app.composer.query(MediaRow)
        assert "Attachment 3: the URL must start with https://" in text_of(app, "#problems")
        assert str(wrong.query_one(".media--number", Static).content).split() == ["3✕"]
        assert str(last.query_one(".media--number", Static).content).strip() == ""
        assert app.focused is wrong.query(Field).first()
        assert app.composer.query_one(MediaRows).region.contains_region(wrong.region)
        wrong.query(Field).first().value = "https://a.example/4.jpg"
        await pilot.pause()
        assert str(wrong.query_one(".media--number", Static).content).split() == ["3"]


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (69, 24), (60, 20), (50, 30), (80, 13), (40, 10)])
async def test_what_has_the_focus_can_be_seen_and_says_so(size: tuple[int, int]) -> None:
    app = Host(chosen(X, DIRECT, media=(PHOTO,) * 3, when="fri 17:30"))
    async with running(app, size) as pilot:
        await pilot.pause()
        seen = list[object]()
        while app.focused not in seen:
            focused = app.focused
            assert focused is not None
            seen.append(focused)
            shown = seen_of(app, focused)
            assert shown.width >= 5, focused
            assert shown.height >= (2 if focused.id in {"targets", "text"} else 1), focused
            if isinstance(focused, TargetList):
                assert [row[0] for row in rows(app).values()] == ["▌", *" " * (len(TARGETS) - 1)]
            elif not isinstance(focused, Button):
                assert focused.styles.outline_left[0] == "outer"
            if not isinstance(focused, Button):
                group = next(one for one in focused.ancestors if one.has_class("compose--group"))
                assert group.query(".compose--label").first().styles.text_style.bold
            await pilot.press("tab")
            await pilot.pause()
        names = {getattr(one, "id", None) for one in seen}
        assert names >= {"targets", "text", "tabs", "when", "kind", "publish", "send"}
        assert len(seen) == 7 + 2 * 4


async def test_the_row_of_the_cursor_is_told_without_shades_of_colour() -> None:
    app = Host()
    async with running(app) as pilot:
        await pilot.press("j")
        await pilot.pause()
        targets = app.composer.query_one(TargetList)
        assert app.focused is targets
        reversed_ = [any("reverse" in str(span.style) for span in one.prompt.spans) for one in targets.options]  # type: ignore[union-attr]
        assert reversed_ == [False, True, False, False, False]
        await pilot.press("tab")
        await pilot.pause()
        assert not any("▌" in row for row in rows(app).values()), "the cursor is where the focus is"


async def test_letters_without_a_meaning_for_targets_and_tabs_go_to_the_text() -> None:
    app = Host()
    async with running(app) as pilot:
        await pilot.press("space", *"We", "space", *"ask", "space", *"all")
        await pilot.pause()
        assert app.focused is app.composer.query_one(TextArea)
        assert app.composer.draft.text == "We ask all" and app.composer.draft.targets == (X.key,)
        app.composer.set_focus(app.composer.query_one(TargetTabs))
        await pilot.press(*"!?")
        await pilot.pause()
        assert app.composer.draft.text == "We ask all!?"


async def test_a_small_window_shows_targets_or_text_and_a_line_for_the_other() -> None:
    app = Host(chosen(X, LINKEDIN))
    async with running(app, (60, 20)) as pilot:
        await pilot.pause()
        assert text_of(app, "#targets-label") == "Post to · 2 of 5: X, LinkedIn"
        assert seen_of(app, "#targets").height == 0
        assert seen_of(app, "#text").height > 5
        await pilot.press("shift+tab", "space")
        await pilot.pause()
        assert text_of(app, "#text-label") == "Text · The new roast"
        assert seen_of(app, "#text").height == 0
        assert seen_of(app, "#targets").height > 5
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert (text_of(app, "#targets-label"), text_of(app, "#text-label")) == ("Post to · 1 of 5", "Text")
        assert seen_of(app, "#text").height > 5


async def test_it_opens_in_its_own_size() -> None:
    """Drawn at full width for one frame, it would flash."""
    widths = set[int]()
    app = Host()

    class Watched(ComposeScreen):
        async def _on_idle(self, event: Any) -> None:
            widths.update(box.region.width for box in self.query("#compose"))

    app.composer.__class__ = Watched
    async with running(app, (120, 40)) as pilot:
        await pilot.pause()
        assert widths - {0} == {116}


async def test_defaults_are_told_before_sending_and_an_empty_text_is_not_praised() -> None:
    app = Host(chosen(INSTAGRAM, X, media=(PHOTO,)).replace(text=""))
    async with running(app) as pilot:
        await pilot.pause()
        assert "→ Goes out as a feed post" in rows(app)[INSTAGRAM.key]
        assert "0/280" in rows(app)[X.key]
        assert "✓" not in rows(app)[X.key]
        app.composer.query_one("#text", TextArea).text = "A"
        await pilot.pause()
        assert "1/280 ✓" in rows(app)[X.key]


async def test_the_mouse_suffices() -> None:
    app = Host(Draft(text="Hello"))
    async with running(app) as pilot:
        await pilot.click("#targets", offset=(3, 1))
        assert [target.key for target in app.composer.query_one(TargetList).chosen] == [LINKEDIN.key]
        app.composer.query_one(TargetList).choose([X.key])
        await pilot.pause()
        await pilot.click("#send")
        await settle(app, pilot)
        assert app.hub.buffer["agency"].calls[0][1] == ["twitter"]
        await pilot.click("#send")  # now "Close"
        assert app.left == [Left("sent")]


async def test_all_usable_targets_at_once() -> None:
    app = Host()
    async with running(app) as pilot:
        await pilot.press("a")
        assert [target.key for target in app.composer.query_one(TargetList).chosen] == [
            X.key,
            LINKEDIN.key,
            INSTAGRAM.key,
            DIRECT.key,
        ]
        await pilot.press("a")
        assert app.composer.query_one(TargetList).chosen == ()


async def test_no_targets_at_all() -> None:
    app = Host(targets=())
    async with running(app) as pilot:
        await pilot.press("f5")
        assert "No target is chosen" in text_of(app, "#problems")


async def test_a_hundred_thousand_characters() -> None:
    app = Host(chosen(X).replace(text="word " * 20_000))
    async with running(app) as pilot:
        await pilot.pause()
        assert "100,000/280 ✕" in rows(app)[X.key]
        await pilot.press("f5")
        assert not app.publisher.publications


def test_no_key_that_terminals_or_multiplexers_take() -> None:
    taken = {f"ctrl+{letter}" for letter in "hijmabgptnosq"}
    for screen in (ComposeScreen, AskScreen, TargetList, Choice):
        for binding in screen.BINDINGS:
            assert not taken & set(binding.key.split(","))  # type: ignore[union-attr]
