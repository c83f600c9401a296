"""The offline checks and the service agree: what one refuses the other refuses, on every network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.api.errors import BadParameter, KosmoError
from kosmo_tui.api.http import in_process
from kosmo_tui.api.instagram.publishing import Clock
from kosmo_tui.compose.draft import Attachment, Draft, Target
from kosmo_tui.compose.findings import Finding, blocks
from kosmo_tui.compose.lint import of_draft, of_target
from kosmo_tui.compose.networks import networks
from kosmo_tui.compose.when import When
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.services.metadata import THREADED
from kosmo_tui.services.orders import of_post
from kosmo_tui.services.targets import instagram_target, profile_targets

PHOTO = Attachment("https://media.northwind.example/a.jpg", "A bag of coffee")
CLIP = Attachment("https://media.northwind.example/a.mp4", kind="video")
GOOGLE = {"title": "Tasting", "start": "2099-12-24", "end": "2099-12-26"}


def post(text: str = "Hello", *media: Attachment, **options: str) -> Draft:
    return Draft(text=text, media=media, options=options)


# By name: the draft, and the networks on which it is tried (none: on all).
DRAFTS: dict[str, tuple[Draft, frozenset[str]]] = {
    name: (draft, frozenset(networks.split()))
    for name, draft, networks in (
        ("text", post(), ""),
        ("image", post("Hello", PHOTO), ""),
        ("video", post("Hello", CLIP), ""),
        ("video alone", post("", CLIP), ""),
        ("no https", post("Hello", replace(PHOTO, url="http://media.northwind.example/a.jpg")), ""),
        ("private", post("Hello", replace(PHOTO, url="https://192.168.1.8/a.jpg")), ""),
        ("nameless host", post("Hello", replace(PHOTO, url="https://nas/a.jpg")), ""),
        ("control", post("a\x0bb", CLIP), ""),
        ("only a title", post("", CLIP, title="Roast"), "youtube pinterest tiktok"),
        ("long title", post("Hello", CLIP, title="a" * 101), "youtube pinterest"),
        ("title", post("Hello", CLIP, title="a" * 90), "youtube pinterest tiktok"),
        ("angled title", post("Hello", CLIP, title="a > b"), "youtube"),
        ("angled text", post("a > b", CLIP), "youtube"),
        ("unknown board", post("Hello", PHOTO, board="nowhere"), "pinterest"),
        ("link of a pin", post("Hello", PHOTO, link="https://northwind.example/"), "pinterest"),
        ("comment", post("Hello", CLIP, first_comment="a" * 1248), "instagram facebook linkedin"),
        ("long comment", post("Hello", CLIP, first_comment="a" * 1249), "instagram linkedin"),
        ("very long comment", post("Hello", CLIP, first_comment="a" * 2197), "instagram facebook linkedin"),
        ("topic", post("Hello", topic="Coffee"), "threads"),
        ("long topic", post("Hello", topic="a" * 51), "threads"),
        ("topic with a dot", post("Hello", topic="a.b"), "threads"),
        ("spoiler", post("Hello", spoiler="Coffee"), "mastodon"),
        ("reel", post("Hello", CLIP, type="reel"), "instagram facebook"),
        ("reel of an image", post("Hello", PHOTO, type="reel"), "instagram facebook"),
        ("story", post("Hello", PHOTO, type="story"), "instagram facebook"),
        ("story of two", post("Hello", PHOTO, PHOTO, type="story"), "instagram facebook"),
        ("plain post", post("Hello", PHOTO, type="post"), "instagram facebook"),
        ("event", post("Hello", type="event", **GOOGLE), "googlebusiness"),
        ("offer", post("Hello", type="offer", **GOOGLE), "googlebusiness"),
        ("event without days", post("Hello", type="event", title="Tasting"), "googlebusiness"),
        ("event backwards", post("Hello", type="event", **{**GOOGLE, "end": "2099-12-01"}), "googlebusiness"),
        ("offer without title", post("Hello", type="offer", **{**GOOGLE, "title": ""}), "googlebusiness"),
        ("button", post("Hello", link="https://northwind.example/"), "googlebusiness"),
        ("thread", post("One\n---\nTwo\n---\n" + "a" * 280), ""),
        ("thread in full", post("a" * 280 + "\n---\n" + "b" * 280), "twitter bluesky threads mastodon"),
        ("thread too long", post("One\n---\n" + "a" * 1001), "twitter bluesky threads mastodon"),
        ("thread with a hole", post("One\n---\n\n---\nThree"), "twitter bluesky threads mastodon"),
        ("thread without a head", post("\n---\nTwo"), "twitter bluesky threads mastodon"),
        ("thread with an image for a head", post("\n---\nTwo", PHOTO), "twitter bluesky threads mastodon"),
    )
}


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    sandbox = Sandbox(unlimited=True)
    sandbox.buffer.switches.disconnected = "accept"  # the only profile at Threads is
    async with Hub.for_sandbox(sandbox.describe("http://sandbox.localhost"), in_process(sandbox.app)) as hub:
        yield hub


def checked(draft: Draft, target: Target, when: When) -> tuple[Finding, ...]:
    draft = draft.replace(targets=(target.key,))
    return (*of_draft(draft), *of_target(draft, target, when))


@pytest.mark.parametrize("name", DRAFTS)
async def test_buffer_refuses_what_the_checks_refuse(hub: Hub, name: str) -> None:
    draft, only = DRAFTS[name]
    later = When("at", datetime.now(UTC) + timedelta(days=2))
    tried = set()
    for account in ("default", "agency", "client_acct"):
        client = hub.buffer[account]
        for target in profile_targets(f"buffer.{account}", await client.list_profiles()):
            target = replace(target, problem=target.problem.replace("disconnected", ""))  # judged all the same
            if target.problem in {"", "paused"} and (not only or target.network in only):
                tried.add(target.network)
                findings = checked(draft, target, later)
                try:
                    result = await client.create_update(**of_post(draft, target, later).arguments)
                    refusals = [str(failure.message) for failure in result.failures]
                except BadParameter as error:
                    refusals = [error.message]
                assert blocks(findings) == bool(refusals), (target.network, refusals, findings)
    assert tried >= only


def test_the_same_networks_have_threads_for_the_checks_and_for_what_is_sent() -> None:
    assert {name for name, rules in networks().items() if rules.thread} == THREADED


FILES = "https://media.northwind.example"
DIRECT: dict[str, Draft] = {
    "image": post("Hello", PHOTO),
    "reel": post("Hello", CLIP),
    "carousel": post("Hello", PHOTO, CLIP),
    "nothing": post("Hello"),
    "eleven": post("Hello", *[PHOTO] * 11),
    "long caption": post("a" * 2201, PHOTO),
    "hashtags": post(" ".join(f"#a{n}" for n in range(31)), PHOTO),
    "mentions": post(" ".join(f"@a{n}" for n in range(21)), PHOTO),
    "private": post("Hello", replace(PHOTO, url="https://10.0.0.1/a.jpg")),
    "umlaut": post("Hello", replace(PHOTO, url=f"{FILES}/röst.jpg")),
    "plain http": post("Hello", replace(PHOTO, url="http://media.northwind.example/a.jpg")),
    "carousel of one": post("Hello", PHOTO).replace(instagram_kind="CAROUSEL"),
    "image of a video": post("Hello", CLIP).replace(instagram_kind="IMAGE"),
    "long alt text": post("Hello", replace(PHOTO, alt="a" * 1001)),
}


@pytest.mark.parametrize("name", DIRECT)
async def test_instagram_refuses_what_the_checks_refuse(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = Sandbox(unlimited=True)

    async def pass_by(seconds: float) -> None:
        sandbox.clock.advance(seconds)

    monkeypatch.setattr("kosmo_tui.api.instagram.client.Clock", partial(Clock, sleep=pass_by))
    draft, target, now = DIRECT[name], instagram_target("instagram.brand_account", "brand"), When("now")
    findings = checked(draft, target, now)
    refused = ""
    async with Hub.for_sandbox(sandbox.describe("http://sandbox.localhost"), in_process(sandbox.app)) as hub:
        try:
            await hub.instagram["brand_account"].create_media(**of_post(draft, target, now).arguments)
        except KosmoError as error:
            refused = error.message
    assert blocks(findings) == bool(refused), (refused, findings)
