"""The review by keys: nothing is sent unseen, errors keep it back, warnings go out with a reason."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.app import App
from textual.color import Color
from textual.pilot import Pilot
from textual.widgets import Button

from kosmo_tui.compose.draft import Attachment, Draft, Target
from kosmo_tui.services.review import review
from kosmo_tui.ui.accents import COLORS, color
from kosmo_tui.ui.contrast import ENOUGH, ratio, readable_variables
from kosmo_tui.ui.screens.review import ReviewScreen, Sending
from kosmo_tui.ui.screens.review_items import ItemView
from kosmo_tui.ui.widgets.choice import Choice
from tests.ui.composer import NASTY, NOW, SIZES, profile

X, LINKEDIN = profile("twitter", "@northwind"), profile("linkedin", NASTY, zone="Europe/Berlin")
INSTAGRAM, MASTODON = profile("instagram", "@north"), profile("mastodon", "@n@mastodon.social")
DIRECT = Target(
    key="instagram.brand", account="instagram.brand", service="instagram", network="instagram", label="@brand"
)
TEN = (
    X, LINKEDIN, INSTAGRAM, MASTODON,
    *(profile(name, f"@{name}") for name in ("facebook", "bluesky", "threads", "googlebusiness", "startPage")),
    DIRECT,
)  # fmt: skip
PHOTO = Attachment("https://northwind.example/roast.jpg", "A bag of coffee")
PLAIN = Draft(text="The new roast is here.", media=(PHOTO,), when="fri 17:30")
LINKED = PLAIN.replace(text="Look: https://northwind.example/roast")  # a warning on Instagram


class Host(App[None]):
    """An app with a review on it."""

    def __init__(self, draft: Draft, targets: Sequence[Target]) -> None:
        super().__init__()
        self.now = NOW
        self.answers: list[Sending | None] = []
        self._review, self._base = review(draft, targets, NOW), draft.text

    def get_css_variables(self) -> dict[str, str]:
        return readable_variables(super().get_css_variables())

    def on_mount(self) -> None:
        self.push_screen(
            ReviewScreen(self._review, "Buffer · agency", lambda: self.now, self._base), self.answers.append
        )

    @property
    def text(self) -> str:
        return "\n".join("".join(part.text for part in strip) for strip in self.screen._compositor.render_strips())


@asynccontextmanager
async def running(app: Host, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[None]]:
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        await pilot.pause(0.05)
        yield pilot


@pytest.mark.parametrize("size", SIZES)
async def test_one_target_is_calm_and_enter_sends(size: tuple[int, int]) -> None:
    app = Host(PLAIN, [X])
    async with running(app, size) as pilot:
        for words in (
            "Buffer · agency", "1 post", "1 request", "@northwind", "22/280", "The new roast is here.",
            "Fri 27 Nov 17:30 GMT (+00:00) · 17:30Z · in 5 d 5 h", PHOTO.url, PHOTO.alt, "enter sends",
        ):  # fmt: skip
            assert words in app.text
        assert "Reason" not in app.text and "warning" not in app.text
        await pilot.press("enter")
        assert app.answers == [Sending("")]


async def test_escape_sends_nothing() -> None:
    app = Host(PLAIN, [X])
    async with running(app) as pilot:
        await pilot.press("escape")
        assert app.answers == [None]


@pytest.mark.parametrize("size", SIZES)
async def test_ten_targets_can_all_be_seen(size: tuple[int, int]) -> None:
    own = PLAIN.override(X.key, text="One\n---\nTwo").override(MASTODON.key, text="Only for Mastodon")
    app = Host(own.override(DIRECT.key, when="now"), TEN)
    async with running(app, size) as pilot:
        assert "10 posts" in app.text
        seen = app.text
        for _ in range(10):
            await pilot.press("tab")
            await pilot.pause()
            seen += app.text
        for words in (
            "1 of 2", "2 of 2", "Only for Mastodon", "its own text", "the same text as", NASTY, "@n@mastodon.social",
            "Instagram · brand", "direct · @brand",
        ):  # fmt: skip
            assert words in seen
        buttons = [app.screen.query_one(name, Button).region for name in ("#review-send", "#review-back")]
        assert all(0 < region.bottom < size[1] and region.height == 1 for region in buttons), "the foot stays in sight"


@pytest.mark.parametrize("size", SIZES)
async def test_errors_are_shown_first_and_nothing_is_sent(size: tuple[int, int]) -> None:
    app = Host(PLAIN.replace(text="x" * 300), [LINKEDIN, MASTODON, X])
    async with running(app, size) as pilot:
        assert isinstance(app.focused, ItemView) and app.focused.item.target == X
        assert "1 error" in app.text and "Too long" in app.text
        await pilot.press("enter")
        assert app.answers == [] and "esc goes back" in app.text
        await pilot.click("#review-send")
        assert app.answers == []
        await pilot.press("escape")
        assert app.answers == [None]


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        (["1", "enter"], "as intended"),
        (["enter", "1", "enter"], "as intended"),
        (["2", "enter"], "checked by hand"),
        (["3", "enter"], "the limit is out of date"),
    ],
)
async def test_warnings_go_out_with_a_reason_one_key_away(keys: list[str], reason: str) -> None:
    app = Host(LINKED, [INSTAGRAM])
    async with running(app) as pilot:
        assert "1 warning" in app.text and "Reason" in app.text
        await pilot.press(*keys)
        assert app.answers == [Sending(reason)]


@pytest.mark.parametrize("size", SIZES)
async def test_a_reason_in_own_words(size: tuple[int, int]) -> None:
    app = Host(LINKED, [INSTAGRAM])
    async with running(app, size) as pilot:
        await pilot.press("4")
        await pilot.pause()
        await pilot.press("enter")
        assert app.answers == [] and "Say why" in app.text
        await pilot.press("o")
        await pilot.pause()
        assert "Say why" not in app.text, "it is being said"
        await pilot.press(*"k 1", "enter")
        assert app.answers == [Sending("ok 1")]


async def test_the_reason_can_be_chosen_with_the_arrows() -> None:
    app = Host(LINKED, [INSTAGRAM])
    async with running(app) as pilot:
        app.screen.set_focus(app.screen.query_one(Choice))
        await pilot.press("right", "right", "enter")
        assert app.answers == [Sending("checked by hand")]


async def test_a_warning_is_not_overridden_without_a_reason_of_ones_own() -> None:
    app = Host(LINKED, [X, MASTODON, LINKEDIN, INSTAGRAM])
    async with running(app, (80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert app.answers == [] and "Say why" in app.text
        assert isinstance(app.focused, ItemView) and app.focused.item.findings, "the warning is in sight"
        await pilot.press("1")
        await pilot.pause()
        assert "Say why" not in app.text


async def test_what_differs_from_the_common_text_is_called_its_own_wherever_it_stands() -> None:
    app = Host(PLAIN.override(X.key, text="Only for X"), [X, MASTODON, LINKEDIN])
    async with running(app) as pilot:
        await pilot.pause()
        own = [str(view.content).count("its own text") for view in app.screen.query(ItemView)]
        assert own == [1, 0, 0]


async def test_a_time_that_has_passed_meanwhile_is_not_sent() -> None:
    app = Host(PLAIN.replace(when="12:05"), [X])
    async with running(app) as pilot:
        app.now = NOW + timedelta(minutes=3)
        await pilot.press("enter")
        assert app.answers == [] and "has passed meanwhile" in app.text


async def test_no_targets_and_a_time_that_is_none() -> None:
    app = Host(PLAIN.replace(when="25:00"), [])
    async with running(app) as pilot:
        assert "No target is chosen" in app.text
        await pilot.press("enter")
        assert app.answers == []
    app = Host(PLAIN.replace(when="25:00"), [X])
    async with running(app) as pilot:
        assert "1 error" in app.text and "25:00" in app.text
        await pilot.press("enter")
        assert app.answers == []


async def test_options_and_what_it_becomes_unasked_are_told() -> None:
    draft = PLAIN.replace(options={"first_comment": "Link in the profile", "type": "story"})
    app = Host(draft, [replace(INSTAGRAM, label="@north")])
    async with running(app):
        assert "First comment: Link in the profile" in app.text and "Type: story" in app.text


def test_every_account_has_its_colour_that_can_be_read() -> None:
    accounts = [f"buffer.{number}" for number in range(len(COLORS))]
    assert len({color(account, accounts) for account in accounts}) == len(COLORS)
    for one in COLORS:
        assert ratio(Color.parse("#ffffff"), Color.parse(one)) >= ENOUGH
