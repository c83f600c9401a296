"""From a draft to what is sent: the call as JSON, metadata of each network, threads, what cannot be told apart."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.api.http import in_process
from kosmo_tui.compose.draft import Attachment, Draft, Override, Target
from kosmo_tui.compose.options import options_of
from kosmo_tui.compose.when import When
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.services.orders import (
    Order,
    buffer_media,
    draft_of,
    fingerprint,
    new_write,
    of_post,
    of_row,
    request_of,
    summary,
)
from kosmo_tui.services.publish import Publisher
from kosmo_tui.services.targets import instagram_target, profile_targets
from kosmo_tui.store.database import Store

PHOTO = Attachment("https://northwind.example/a.jpg", "A bag")
CLIP = Attachment("https://northwind.example/a.mp4", kind="video")
DUE = datetime(2036, 11, 27, 17, 30, tzinfo=UTC)
QUEUE = When("queue")


def target(network: str) -> Target:
    return Target(
        key="buffer.agency/p1",
        account="buffer.agency",
        service="buffer",
        network=network,
        label="@north",
        profile_id="p1",
        boards=(("b1", "Recipes"), ("b2", "Beans")),
    )


def arguments(network: str, draft: Draft, when: When = QUEUE) -> dict[str, Any]:
    return of_post(draft, target(network), when).arguments


def test_a_post_carries_nothing_that_was_not_said() -> None:
    assert arguments("twitter", Draft(text="Hello")) == {"text": "Hello", "profile_ids": ["p1"]}


@pytest.mark.parametrize(
    ("network", "options", "expected"),
    [
        ("instagram", {"first_comment": "#a", "type": "story"}, {"firstComment": "#a", "type": "story"}),
        ("facebook", {"first_comment": "more", "type": "reel"}, {"firstComment": "more", "type": "reel"}),
        ("linkedin", {"first_comment": "link"}, {"firstComment": "link"}),
        ("pinterest", {"title": "T", "board": "b2", "link": "https://x.y"},
         {"title": "T", "boardServiceId": "b2", "url": "https://x.y"}),
        ("youtube", {"title": "T", "privacy": "unlisted"}, {"title": "T", "privacy": "unlisted"}),
        ("tiktok", {"title": "T"}, {"title": "T"}),
        ("mastodon", {"spoiler": "food"}, {"spoilerText": "food"}),
        ("threads", {"topic": "coffee"}, {"topic": "coffee"}),
        ("googlebusiness", {"link": "https://x.y"},
         {"type": "whats_new", "detailsWhatsNew": {"button": "learn_more", "link": "https://x.y"}}),
    ],
)  # fmt: skip
def test_options_become_metadata(network: str, options: dict[str, str], expected: dict[str, Any]) -> None:
    given_options = {**options, "first_comment": options.get("first_comment", "not for every network")}
    taken = {option.name for option in options_of(target(network))}
    draft = Draft(text="Hello", options={name: value for name, value in given_options.items() if name in options})
    assert taken >= set(options)
    assert arguments(network, draft)["metadata"] == {network: expected}
    assert "metadata" not in arguments("bluesky", Draft(text="Hello", options=options))


def test_events_at_google_have_days() -> None:
    draft = Draft(
        text="Open", options={"type": "event", "title": "Tasting", "start": "2026-12-24", "end": "2026-12-26"}
    )
    assert arguments("googlebusiness", draft)["metadata"]["googlebusiness"] == {
        "type": "event",
        "title": "Tasting",
        "detailsEvent": {
            "title": "Tasting",
            "startDate": "2026-12-24T00:00:00.000Z",
            "endDate": "2026-12-26T00:00:00.000Z",
            "isFullDayEvent": True,
            "button": "none",
        },
        "detailsWhatsNew": None,
    }


def test_a_thread_repeats_its_first_post_with_its_media() -> None:
    sent = arguments("mastodon", Draft(text="one\n---\ntwo", media=(PHOTO,), options={"spoiler": "s"}))
    assert sent["text"] == "one"
    first, second = sent["metadata"]["mastodon"]["thread"]
    assert first["text"] == sent["text"]
    assert first["assets"][0]["image"]["url"] == PHOTO.url
    assert second == {"text": "two", "assets": []}
    assert arguments("linkedin", Draft(text="one\n---\ntwo"))["text"] == "one\n---\ntwo"


def test_the_order_of_an_instagram_account() -> None:
    order = of_post(Draft(text="Hi", media=(PHOTO, CLIP), when="now"), instagram_target("instagram.brand"), QUEUE)
    assert (order.kind, order.now, order.target) == ("publish", True, "instagram.brand")
    assert order.arguments == {
        "image_url": [PHOTO.url, CLIP.url],
        "caption": "Hi",
        "publish": True,
        "alt_text": ["A bag", ""],
    }
    prepared = of_post(Draft(media=(PHOTO,), container_only=True), instagram_target("instagram.brand"), QUEUE)
    assert prepared.arguments["publish"] is False and not prepared.now


def test_attachments_by_kind() -> None:
    assert buffer_media(Draft()) is None
    assert buffer_media(Draft(media=(CLIP,))) == {"video": [CLIP.url]}
    assert buffer_media(Draft(media=(PHOTO, CLIP))) == {
        "photo": [PHOTO.url],
        "alt_text": ["A bag"],
        "video": [CLIP.url],
    }


TEXT = st.text(max_size=60)
DRAFTS = st.builds(
    Draft,
    text=TEXT,
    media=st.lists(st.sampled_from([PHOTO, CLIP]), max_size=3).map(tuple),
    options=st.dictionaries(st.sampled_from(["spoiler", "topic", "title"]), TEXT, max_size=2),
    overrides=st.dictionaries(
        st.sampled_from(["buffer.agency/p1", "other"]), st.builds(Override, text=st.none() | TEXT), max_size=2
    ),
)


@given(DRAFTS, st.sampled_from(["twitter", "mastodon", "threads", "linkedin", "youtube"]))
def test_a_row_keeps_exactly_what_is_sent(draft: Draft, network: str) -> None:
    order = of_post(draft, target(network), When("at", DUE))
    row = new_write(order, batch="b", draft=draft, draft_id=None, reason="", not_before=None)
    assert of_row(row) == order
    assert json.loads(row.request)["arguments"] == order.arguments == request_of(row).arguments
    assert draft_of(row) == draft
    assert len(row.summary) <= 80 and "\n" not in row.summary


def test_a_draft_is_made_of_a_request_without_one() -> None:
    post = Draft(text="Hi", media=(PHOTO, CLIP), targets=("buffer.agency/p1",), when=DUE.isoformat())
    order = of_post(post, target("twitter"), When("at", DUE))
    assert draft_of(new_write(order, batch="b", draft=None, draft_id=None, reason="", not_before=None)) == post


@pytest.mark.parametrize("container_only", [True, False])
def test_a_draft_of_a_command_for_instagram_is_what_it_asked_for(container_only: bool) -> None:
    where = instagram_target("instagram.brand", "brand")
    post = Draft("Hi", (PHOTO,), "now", (where.key,), instagram_kind="IMAGE", container_only=container_only)
    order = of_post(post, where, When("now"))
    assert draft_of(new_write(order, batch="b", draft=None, draft_id=None, reason="", not_before=None)) == post


def test_a_draft_of_a_command_keeps_its_place_at_the_front() -> None:
    post = Draft(text="Hi", targets=("buffer.agency/p1",), when="top")
    order = of_post(post, target("twitter"), When("top"))
    assert draft_of(new_write(order, batch="b", draft=None, draft_id=None, reason="", not_before=None)) == post


def test_a_draft_of_a_command_has_its_thread_and_options() -> None:
    post = Draft(text="One\n---\nTwo", targets=("buffer.agency/p1",), options={"spoiler": "Cats"})
    order = of_post(post, target("mastodon"), QUEUE)
    assert draft_of(new_write(order, batch="b", draft=None, draft_id=None, reason="", not_before=None)) == post


def order(**changes: Any) -> Order:
    given_arguments = {"text": "Hello world", "profile_ids": ["p1"]} | changes
    return Order(account="a", kind="create", target="t", arguments=given_arguments, summary="")


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"text": " Hello \n world "}, True),
        ({"scheduled_at": "2036-11-27T17:30:00+00:00"}, False),
        ({"text": "Hello worlds"}, False),
        ({"media": {"photo": ["https://x.y/a.jpg"]}}, False),
        ({"metadata": {"mastodon": {"spoilerText": "s"}}}, True),  # not every network tells it back
    ],
)
def test_what_a_reader_cannot_tell_apart_has_one_fingerprint(changes: dict[str, Any], same: bool) -> None:
    assert (fingerprint(order(**changes)) == fingerprint(order())) is same


def test_times_of_one_minute_are_the_same_in_any_zone() -> None:
    first = order(scheduled_at="2036-11-27T17:30:05+00:00")
    assert fingerprint(first) == fingerprint(order(scheduled_at="2036-11-27T18:30:40+01:00"))
    assert fingerprint(first) != fingerprint(order(scheduled_at="2036-11-27T17:31:05+00:00"))


def test_a_change_is_never_taken_for_a_post() -> None:
    edit = Order(account="a", kind="edit", target="t", arguments={"text": "Hello world"}, summary="")
    assert fingerprint(edit) != fingerprint(order())


def test_summaries_are_short_and_clean() -> None:
    assert summary("one\n\x1b]52;c;x\x07 two") == summary("one \x1b]52;c;x\x07 two")
    assert "\x1b" not in summary("\x1b[31m")
    assert summary("a" * 300).endswith("…") and len(summary("a" * 300)) == 80


async def test_every_option_is_taken_by_the_service() -> None:
    sandbox = Sandbox(unlimited=True)
    values = {
        "start": "2036-12-24",
        "end": "2036-12-26",
        "link": "https://northwind.example",
        "type": "post",
        "privacy": "unlisted",
        "first_comment": "first",
        "title": "A title",
        "spoiler": "s",
        "topic": "coffee",
    }
    async with Hub.for_sandbox(sandbox.describe("http://sandbox.localhost"), in_process(sandbox.app)) as hub:
        store = Store.in_memory()
        for account in ("default", "agency", "client_acct"):
            for one in profile_targets(f"buffer.{account}", await hub.buffer[account].list_profiles()):
                if one.problem:
                    continue
                options = {option.name: values[option.name] for option in options_of(one) if option.name in values}
                if one.boards:
                    options["board"] = one.boards[-1][0]
                if one.network == "googlebusiness":
                    options["type"] = "event"
                media = (CLIP,) if one.network in ("youtube", "tiktok") else (PHOTO,)
                draft = Draft(text=f"To {one.network}", media=media, options=options)
                publisher = Publisher(hub, store, hold=0, volatile=True)
                publication = publisher.start(draft, [one], QUEUE)
                await publication.wait()
                assert publication.rows[0].state == "confirmed", (one.network, options, publication.rows[0].note)
