"""The composer, driven by keys: what it shows while typing, what it sends, and that nothing typed is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from textual.app import App
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Button, ContentSwitcher, Static, TextArea

from kosmo_tui.api.buffer.models import CreateFailure, CreateResult, Update
from kosmo_tui.api.instagram.models import Published
from kosmo_tui.api.safe_text import SafeText
from kosmo_tui.compose.draft import Attachment, Draft, Target
from kosmo_tui.services.drafts import Drafts, Kept
from kosmo_tui.services.publish import Publication, Publisher
from kosmo_tui.services.review import Review
from kosmo_tui.services.storage import StorageError
from kosmo_tui.store.database import Store
from kosmo_tui.ui.screens.ask import AskScreen
from kosmo_tui.ui.screens.compose import ComposeScreen
from kosmo_tui.ui.screens.compose_editing import Left
from kosmo_tui.ui.screens.compose_media import Field, MediaRow, MediaRows
from kosmo_tui.ui.screens.compose_sending import Sending
from kosmo_tui.ui.screens.compose_tabs import TargetTabs
from kosmo_tui.ui.screens.compose_targets import TargetList
from kosmo_tui.ui.screens.compose_when import echo
from kosmo_tui.ui.screens.review import ReviewScreen
from kosmo_tui.ui.widgets.choice import Choice

NOW = datetime(2026, 11, 22, 12, 3, tzinfo=UTC)
NASTY = "[/b] [red]x[/] [@click=app.quit]y[/]"
SIZES = [(120, 40), (80, 24)]


def profile(network: str, label: str, **changes: Any) -> Target:
    return Target(
        key=f"buffer.agency/{network}",
        account="buffer.agency",
        service="buffer",
        network=network,
        label=label,
        profile_id=network,
        **{"zone": "Europe/London", **changes},
    )


X = profile("twitter", "@northwind")
LINKEDIN = profile("linkedin", NASTY, zone="Europe/Berlin")
INSTAGRAM = profile("instagram", "@north")
PINTEREST = profile("pinterest", "northwind", problem="disconnected")
DIRECT = Target(
    key="instagram.brand", account="instagram.brand", service="instagram", network="instagram", label="@brand"
)
TARGETS = (X, LINKEDIN, INSTAGRAM, PINTEREST, DIRECT)
PHOTO = Attachment("https://northwind.example/a.jpg", "A bag")


class Buffer:
    """Takes posts for X, refuses LinkedIn once, loses the answer for Instagram; waits to be released if told so."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, list[str], dict[str, Any]]] = []
        self.release = asyncio.Event()
        self.release.set()

    def now(self) -> datetime:
        return NOW

    async def prepare(self, profile_ids: Sequence[str]) -> None:
        pass

    async def create_update(self, *, text: str, profile_ids: Sequence[str], **options: Any) -> CreateResult:
        (one,) = profile_ids
        first = one not in [ids[0] for _, ids, _ in self.calls]
        self.calls.append((text, list(profile_ids), options))
        await self.release.wait()
        if one == "linkedin" and first:
            failure = CreateFailure(profile_id=one, kind="refused", message=SafeText(f"No. {NASTY}"))
        elif one == "instagram":
            failure = CreateFailure(profile_id=one, kind="outcome_unknown", message=SafeText("lost"))
        else:
            link = f"https://x.com/{one}"
            update = Update(id=one, profile_id=one, profile_service=one, status="scheduled", service_link=link)
            return CreateResult(success=True, updates=(update,), notices=(NASTY,))
        return CreateResult(success=False, failures=(failure,), notices=(NASTY,))


class Instagram:
    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def now(self) -> datetime:
        return NOW

    async def create_media(self, **options: Any) -> Published:
        self.calls.append(options)
        options["on_progress"]("Instagram is fetching the media")
        return Published(id="17", permalink="https://www.instagram.com/p/1/")


class Hub:
    def __init__(self) -> None:
        self.buffer = {"agency": Buffer()}
        self.instagram = {"brand": Instagram()}


class Host(App[None]):
    """A bare app with the composer on it; `left` is how it was left, `kept` the drafts that are in the store."""

    def __init__(
        self, draft: Draft | None = None, targets: Sequence[Target] = TARGETS, *, kept: Kept | None = None
    ) -> None:
        super().__init__()
        self.hub = Hub()
        self.now = NOW
        self.store = Store.in_memory()
        self.drafts = Drafts(self.store)
        self.publisher = Publisher(self.hub, self.store, hold=0, now=lambda: self.now, volatile=True)  # type: ignore[arg-type]
        self.left: list[Left | None] = []
        self.composer = ComposeScreen(
            account="buffer.agency",
            account_label=f"Buffer · agency {NASTY}",
            targets=targets,
            drafts=self.drafts,
            draft=draft,
            kept=kept,
            now=lambda: self.now,
            send=self.send,
        )

    def send(self, draft: Draft, review: Review, draft_id: str | None, reason: str) -> Publication:
        whens = {item.target.key: item.when for item in review.items if item.when}
        targets = [item.target for item in review.items]
        return self.publisher.start(draft, targets, whens, draft_id=draft_id, reason=reason)

    @property
    def kept(self) -> list[Draft]:
        """The drafts in the store."""
        return [kept.draft for kept in self.drafts.list()]

    def on_mount(self) -> None:
        self.push_screen(self.composer, self.left.append)

    async def on_unmount(self) -> None:
        await self.publisher.aclose(grace=0)


def running(app: Host, size: tuple[int, int] = (120, 40)) -> Any:
    return app.run_test(size=size, notifications=True, tooltips=True)


def text_of(app: Host, selector: str) -> str:
    return str(app.composer.query_one(selector, Static).content)


def rows(app: Host) -> dict[str, str]:
    targets = app.composer.query_one(TargetList)
    return {str(option.id): str(option.prompt) for option in targets.options}


def outcome(app: Host) -> str:
    return "\n".join(str(line.content) for line in app.composer.query_one(Sending).query(Static))


def seen_of(app: Host, widget: str | Widget) -> Region:
    """The part of a widget that can be seen."""
    found = app.composer.query_one(widget) if isinstance(widget, str) else widget
    return app.composer.find_widget(found).visible_region


async def settle(app: Host, pilot: Pilot[None]) -> None:
    """Order what was looked over, and wait until everything that was started has its last word and is drawn."""
    await pilot.pause()
    if isinstance(app.screen, ReviewScreen):
        await pilot.press(*(["1"] if app.screen.query_one("#review-reason").display else []), "enter")
        await pilot.pause()
    for publication in app.publisher.publications:
        await publication.wait()
    await pilot.pause()
    await pilot.pause()


def chosen(*targets: Target, **changes: Any) -> Draft:
    return Draft(text="The new roast", targets=tuple(target.key for target in targets), **changes)


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
        assert said.endswith("\nin X’s zone; Fri 18:30 Europe/Berlin for LinkedIn")
        assert str(app.composer.query_one("#send", Button).label) == "Schedule for 2"
        app.composer.query_one("#when", Field).value = "13pm"
        await pilot.pause()
        assert text_of(app, "#echo-glyph") == "✕"
        assert text_of(app, "#echo") == "there is no 13 pm"
        assert "✕" in rows(app)[X.key] and "✕" in rows(app)[LINKEDIN.key], "the list says of the time what the tabs do"
        assert str(app.composer.query_one(TargetTabs).render()) == "[Base text✕]▸ X✕ ▸ LinkedIn✕ "
        await pilot.press("f7", "f8")
        assert app.composer.query_one(TargetTabs).open == "", "it is mended at the base"
        app.set_focus(None)
        await pilot.press("f5")
        assert app.focused is app.composer.query_one("#when")
        assert not app.hub.buffer["agency"].calls
        app.composer.action_when("next fri 9")
        await pilot.pause()
        assert text_of(app, "#echo") == "next fri: which one; ↓ Fri 27 Nov 09:00 GMT or Fri 4 Dec 09:00 GMT?"
        for key, day in (("down", "Fri 27 Nov"), ("down", "Fri 4 Dec"), ("down", "Fri 27 Nov"), ("up", "Fri 4 Dec")):
            await pilot.press(key)
            assert text_of(app, "#echo").startswith(f"{day} 09:00 GMT (+00:00)")
        assert "✕" not in rows(app)[X.key] + str(app.composer.query_one(TargetTabs).render())
        app.composer.action_when("")
        await pilot.press("down", "down")
        assert app.composer.draft.when == "top", "what stands beside the field is chosen by the same keys"
        app.composer.action_when("now")
        await pilot.press("f5")
        await settle(app, pilot)
        assert app.hub.buffer["agency"].calls[0][2]["now"] is True


def test_whose_zone_is_told_by_name_where_the_network_alone_does_not_tell() -> None:
    tokyo = profile("twitter", "@tokyo", zone="Asia/Tokyo")
    said = str(echo("fri 17:30", (X, tokyo), NOW, None).words)
    assert said.endswith("\nin X @northwind’s zone; Sat 02:30 Asia/Tokyo for X @tokyo")
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
