"""What a network got beside text and media: as Buffer tells it, and as it takes it back."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import graphql
import pytest
from graphql.utilities import coerce_input_value

from kosmo_tui.api.buffer import wire
from kosmo_tui.api.buffer.attachments import attachments, media_of
from kosmo_tui.api.buffer.models import Update
from kosmo_tui.api.buffer.posting import METADATA_KEY
from kosmo_tui.api.errors import BadParameter
from kosmo_tui.api.functions import as_json
from kosmo_tui.api.safe_text import raw

SCHEMA = graphql.build_schema((files("kosmo_tui.sandbox.buffer") / "schema.graphql").read_text("utf-8"))
DAY = "2099-02-01T10:00:00.000Z"
URL = "https://media.example.com/a.jpg"
THREAD_TOLD = [{"text": "one\x1b[2J", "assets": []}, {"text": "two", "assets": [{"type": "image", "source": URL}]}]
THREAD = [{"text": "one\x1b[2J", "assets": []}, {"text": "two", "assets": [{"image": {"url": URL}}]}]
CARD_TOLD = {"url": URL, "title": "T", "text": "D", "thumbnail": URL}
CARD = {"url": URL, "title": "T", "description": "D", "thumbnail": {"url": URL}}

# service, as it is told, as it is given
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "instagram",
        {"type": "story", "firstComment": "f", "link": None, "shouldShareToFeed": False, "isAiGenerated": False,
         "geolocation": {"id": "1", "text": "Berlin"}, "stickerFields": {"music": "m", "other": None}},
        {"type": "story", "firstComment": "f", "shouldShareToFeed": False,
         "geolocation": {"id": "1", "text": "Berlin"}, "stickerFields": {"music": "m"}},
    ),
    ("facebook", {"type": "reel", "firstComment": "", "linkAttachment": None}, {"type": "reel"}),
    ("linkedin", {"firstComment": "f", "linkAttachment": CARD_TOLD}, {"firstComment": "f", "linkAttachment": CARD}),
    (
        "twitter",
        {"isAiGenerated": True, "retweet": {"id": "7", "text": "see"}, "thread": THREAD_TOLD},
        {"isAiGenerated": True, "retweet": {"id": "7", "comment": "see"}, "thread": THREAD},
    ),
    (
        "pinterest",
        {"title": "T", "url": URL, "board": {"serviceId": "9"}},
        {"title": "T", "url": URL, "boardServiceId": "9"},
    ),
    (
        "googlebusiness",
        {"type": "whats_new", "details": {"__typename": "GoogleBusinessWhatsNewMetaData", "button": "none"}},
        {"type": "whats_new", "detailsWhatsNew": {"button": "none"}},
    ),
    (
        "googlebusiness",
        {"type": "offer", "title": "T", "details": {"__typename": "GoogleBusinessOfferMetaData", "code": "C",
         "endDate": DAY, "startDate": DAY, "link": None, "terms": "t", "title": "T"}},
        {"type": "offer", "title": "T",
         "detailsOffer": {"code": "C", "endDate": DAY, "startDate": DAY, "terms": "t", "title": "T"}},
    ),
    (
        "googlebusiness",
        {"type": "event", "details": {"__typename": "GoogleBusinessEventMetaData", "button": "learn_more",
         "endDate": DAY, "isFullDayEvent": False, "link": URL, "startDate": DAY, "title": "E"}},
        {"type": "event", "detailsEvent": {"button": "learn_more", "endDate": DAY, "isFullDayEvent": False,
         "link": URL, "startDate": DAY, "title": "E"}},
    ),
    ("googlebusiness", {"type": "post", "details": {"__typename": "SomethingNew"}}, {"type": "post"}),
    (
        "youtube",
        {"type": "short", "title": "T", "embeddable": False, "isAiGenerated": True, "license": "youtube",
         "madeForKids": False, "notifySubscribers": True, "privacy": "unlisted", "category": {"categoryId": "22"}},
        {"title": "T", "embeddable": False, "isAiGenerated": True, "license": "youtube", "madeForKids": False,
         "notifySubscribers": True, "privacy": "unlisted", "categoryId": "22"},
    ),
    ("mastodon", {"spoilerText": "s", "thread": []}, {"spoilerText": "s"}),
    ("tiktok", {"title": "T", "isAiGenerated": False}, {"title": "T"}),
    (
        "threads",
        {"topic": "t", "locationId": "1", "locationName": "Berlin", "linkAttachment": CARD_TOLD, "thread": []},
        {"topic": "t", "locationId": "1", "locationName": "Berlin", "linkAttachment": CARD},
    ),
    ("bluesky", {"linkAttachment": None, "thread": THREAD_TOLD}, {"thread": THREAD}),
]  # fmt: skip


def told(service: str, metadata: dict[str, Any] | None, **more: Any) -> Update:
    post = {"id": "1", "channelId": "2", "channelService": service, "status": "scheduled", "metadata": metadata, **more}
    return wire.read(wire.PostData, {"post": post}, "post").post.model()


@pytest.mark.parametrize(("service", "metadata", "given"), CASES, ids=[case[0] for case in CASES])
def test_what_is_told_can_be_given_back(service: str, metadata: dict[str, Any], given: dict[str, Any]) -> None:
    update = told(service, metadata)
    assert raw(update.metadata) == as_json(update)["metadata"] == {service: given}
    if given.get("type") == "post" and service == "googlebusiness":
        return  # something that this schema does not know yet
    kind = SCHEMA.type_map["PostInputMetaData"]
    assert isinstance(kind, graphql.GraphQLInputObjectType)
    coerce_input_value({METADATA_KEY.get(service, service): raw(update.metadata)[service]}, kind)


def test_a_post_without_metadata() -> None:
    for service in ("linkedin", "somethingnew"):
        assert told(service, None).metadata == told(service, {}).metadata == {}
        assert told(service, {"isAiGenerated": False, "thread": []}).thread == ()


def test_texts_in_metadata_are_safe_to_show_and_raw_to_send() -> None:
    update = told("twitter", {"thread": THREAD_TOLD})
    assert "\x1b" not in "".join(update.thread) and update.thread[1] == "two"
    assert raw(update.metadata)["twitter"]["thread"] == THREAD


ASSETS: list[dict[str, Any]] = [
    {"type": "image", "source": URL, "image": {"altText": "cup", "userTags": [{"handle": "mira", "x": 0.1, "y": 1}]}},
    {"type": "image", "source": URL, "image": {"altText": "", "userTags": None}},
    {"type": "video", "source": URL, "video": {"title": None, "thumbnailOffset": 0}},
    {"type": "document", "source": URL, "thumbnail": URL, "document": {"title": "Prices"}},
]
GIVEN: list[dict[str, Any]] = [
    {"image": {"url": URL, "metadata": {"altText": "cup", "userTags": [{"handle": "mira", "x": 0.1, "y": 1.0}]}}},
    {"image": {"url": URL}},
    {"video": {"url": URL, "metadata": {"thumbnailOffset": 0}}},
    {"document": {"url": URL, "title": "Prices", "thumbnailUrl": URL}},
]


def test_media_that_are_told_can_be_given_back() -> None:
    media = media_of(told("linkedin", {"linkAttachment": CARD_TOLD}, assets=ASSETS))
    assert media == {"assets": GIVEN}
    assert attachments(media).assets == GIVEN
    kind = SCHEMA.type_map["AssetInput"]
    assert isinstance(kind, graphql.GraphQLInputObjectType)
    for asset in GIVEN:
        coerce_input_value(asset, kind)


IMAGE, VIDEO = {"image": {"url": URL}}, {"video": {"url": URL}}
BAD = ("x", {}, {"link": {"url": URL}}, IMAGE | VIDEO, {"image": "x"}, {"image": {"url": "nowhere"}}, {"image": {}})


@pytest.mark.parametrize("asset", BAD, ids=repr)
def test_assets_that_make_no_sense(asset: Any) -> None:
    with pytest.raises(BadParameter):
        attachments({"assets": [IMAGE, asset]})
    with pytest.raises(BadParameter):
        attachments({"assets": 5})
