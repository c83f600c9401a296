"""What each network asks of a post, in Buffer's words."""

from __future__ import annotations

from typing import Any

import pytest

from kosmo_tui.sandbox.buffer import counting
from tests.sandbox.asking import Buffer

IMAGE = {"image": {"url": "https://media.example.com/a.jpg"}}
VIDEO = {"video": {"url": "https://media.example.com/v.mp4"}}
PDF = {
    "document": {
        "url": "https://media.example.com/d.pdf",
        "title": "Report",
        "thumbnailUrl": "https://media.example.com/d.jpg",
    }
}
CARD = {"url": "https://example.com/article"}
INSTAGRAM = {"instagram": {"type": "post", "shouldShareToFeed": True}}
FACEBOOK = {"facebook": {"type": "post"}}
BOARD = {"pinterest": {"boardServiceId": "549755885176"}}
VIDEO_TITLE = {"youtube": {"title": "Route", "categoryId": "26"}}
EVENT = {"title": "Tasting", "startDate": "2026-12-01T10:00:00Z", "endDate": "2026-12-01T12:00:00Z"}


def google(kind: str, **details: Any) -> dict[str, Any]:
    return {"google": {"type": kind, **details}}


def thread(service: str, *texts: str) -> dict[str, Any]:
    return {service: {"thread": [{"text": text} for text in texts]}}


ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    ("twitter", {"text": "x" * 25_000}),
    ("twitter", {"text": "", "assets": [IMAGE] * 4}),
    ("twitter", {"text": "one", "metadata": thread("twitter", "one", "two")}),
    ("twitter", {"text": "seen", "metadata": {"twitter": {"retweet": {"id": "20", "comment": "seen"}}}}),
    ("linkedin", {"text": "x" * 3000, "assets": [PDF]}),
    ("linkedin", {"metadata": {"linkedin": {"linkAttachment": CARD, "firstComment": "x" * 1248}}}),
    ("linkedin", {"assets": [{"link": CARD | {"title": "T"}}]}),
    ("instagram", {"assets": [IMAGE, VIDEO], "metadata": INSTAGRAM, "text": None}),
    ("instagram", {"assets": [VIDEO], "metadata": {"instagram": {"type": "reel", "shouldShareToFeed": False}}}),
    ("instagram", {"assets": [IMAGE], "metadata": {"instagram": {"type": "story", "shouldShareToFeed": False}}}),
    ("facebook", {"metadata": FACEBOOK}),
    ("facebook", {"text": "", "metadata": {"facebook": {"type": "post", "linkAttachment": CARD}}}),
    ("facebook", {"assets": [VIDEO], "metadata": {"facebook": {"type": "reel"}}}),
    ("mastodon", {"text": "x" * 1000, "metadata": {"mastodon": {"spoilerText": "cw"}}}),
    ("bluesky", {"text": "👩‍👩‍👧‍👦" * 300}),
    ("bluesky", {"metadata": {"bluesky": {"linkAttachment": CARD}}}),
    ("pinterest", {"assets": [IMAGE], "metadata": BOARD}),
]
CLIENT_ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    ("googlebusiness", {"metadata": google("whats_new", detailsWhatsNew={"button": "learn_more", "link": "https://a.b"})}),
    ("googlebusiness", {"metadata": google("event", detailsEvent={**EVENT, "isFullDayEvent": True})}),
    ("googlebusiness", {"metadata": google("offer", detailsOffer={**EVENT, "code": "BROT"})}),
    ("tiktok", {"assets": [IMAGE, IMAGE]}),
    ("youtube", {"assets": [VIDEO], "metadata": VIDEO_TITLE}),
]  # fmt: skip
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (
        "instagram",
        {},
        "Instagram posts require at least one image or video., Instagram posts require a type (post, story, or reel).",
    ),
    ("instagram", {"assets": [IMAGE]}, "Instagram posts require a type (post, story, or reel)."),
    (
        "instagram",
        {"assets": [IMAGE], "metadata": {"instagram": {"type": "carousel", "shouldShareToFeed": True}}},
        "Instagram posts require a type (post, story, or reel).",
    ),
    (
        "instagram",
        {"assets": [IMAGE], "metadata": {"instagram": {"type": "reel", "shouldShareToFeed": True}}},
        "Instagram reels require exactly one video.",
    ),
    (
        "instagram",
        {"assets": [IMAGE, IMAGE], "metadata": {"instagram": {"type": "story", "shouldShareToFeed": True}}},
        "Instagram stories can have only one image or video.",
    ),
    (
        "instagram",
        {"assets": [IMAGE] * 11, "metadata": INSTAGRAM},
        "Instagram posts can have at most 10 images, Instagram posts can have at most 10 images and videos",
    ),
    (
        "instagram",
        {"assets": [IMAGE], "text": "x" * 2201, "metadata": INSTAGRAM},
        "Instagram posts can have at most 2200 characters, this one has 2201",
    ),
    (
        "instagram",
        {"assets": [IMAGE], "text": "#a " * 31, "metadata": INSTAGRAM},
        "Instagram posts can have at most 30 hashtags",
    ),
    (
        "instagram",
        {"assets": [IMAGE], "metadata": {"instagram": {**INSTAGRAM["instagram"], "firstComment": "x" * 2197}}},
        "The first comment on Instagram can have at most 2196 characters",
    ),
    ("facebook", {}, "Facebook posts require a type (post, story, or reel)."),
    ("facebook", {"metadata": {"facebook": {"type": "reel"}}}, "Facebook reels require exactly one video."),
    ("facebook", {"metadata": {"facebook": {"type": "story"}}}, "Facebook stories require exactly one image or video."),
    (
        "facebook",
        {"assets": [IMAGE, VIDEO], "metadata": FACEBOOK},
        "Facebook posts cannot mix images, videos and documents",
    ),
    (
        "facebook",
        {"assets": [IMAGE], "metadata": {"facebook": {"type": "post", "linkAttachment": CARD}}},
        "linkAttachment cannot be combined with assets",
    ),
    (
        "linkedin",
        {"metadata": {"linkedin": {"linkAttachment": {"url": "nonsense"}}}},
        "Invalid linkAttachment: 'nonsense' is not a valid URL",
    ),
    ("linkedin", {"assets": [{"link": CARD}, {"link": CARD}]}, "LinkedIn posts take no such link attachment"),
    ("twitter", {"assets": [{"link": CARD}]}, "X posts take no such link attachment"),
    (
        "linkedin",
        {"metadata": {"linkedin": {"firstComment": "x" * 1249}}},
        "The first comment on LinkedIn can have at most 1248 characters",
    ),
    ("linkedin", {"text": "😀" * 1501}, "LinkedIn posts can have at most 3000 characters, this one has 3002"),
    ("linkedin", {"text": ""}, "Text is required"),
    ("linkedin", {"text": " \n "}, "Text is required"),
    ("twitter", {"text": "bell \x07"}, "Text contains control characters"),
    ("twitter", {"assets": [IMAGE] * 5}, "X posts can have at most 4 images"),
    ("twitter", {"assets": [PDF]}, "X posts can have at most 0 documents"),
    (
        "twitter",
        {"text": "one", "metadata": thread("twitter", "other", "two")},
        "The first post of a thread must have the same text as the post",
    ),
    ("twitter", {"metadata": {"twitter": {"thread": []}}}, "A thread needs at least one post"),
    ("mastodon", {"text": "a", "metadata": thread("mastodon", "a", "")}, "Post 2 of the thread is empty"),
    (
        "bluesky",
        {"text": "a", "metadata": thread("bluesky", "a", "x" * 301)},
        "Post 2 of the thread has more than 300 characters",
    ),
    ("bluesky", {"text": "x" * 301}, "Bluesky posts can have at most 300 characters, this one has 301"),
    ("mastodon", {"text": "x" * 1001}, "Mastodon posts can have at most 1000 characters, this one has 1001"),
    (
        "pinterest",
        {},
        "Pinterest posts require at least one image or video, Pinterest posts require a board",
    ),
    ("pinterest", {"assets": [IMAGE], "metadata": {"pinterest": {"boardServiceId": "1"}}}, "Pinterest board not found"),
    (
        "pinterest",
        {"assets": [IMAGE], "metadata": {"pinterest": {**BOARD["pinterest"], "title": "x" * 101}}},
        "Pinterest titles can have at most 100 characters",
    ),
    ("twitter", {"metadata": FACEBOOK}, "metadata.facebook does not fit twitter"),
    ("twitter", {"assets": [{}]}, "Each asset must have exactly one of image, video, document or link"),
    ("twitter", {"assets": [IMAGE | VIDEO]}, "Each asset must have exactly one of image, video, document or link"),
    ("twitter", {"assets": [{"image": {"url": "a.jpg"}}]}, "Invalid asset: 'a.jpg' is not a valid URL"),
    ("twitter", {"assets": [{"image": {"url": "http://a.example/b.jpg"}}]}, "Invalid asset: asset URLs must use https"),
    (
        "twitter",
        {"assets": [{"image": {"url": "https://127.0.0.1/b.jpg"}}]},
        "Invalid asset: the host of 'https://127.0.0.1/b.jpg' is not public",
    ),
    (
        "twitter",
        {"assets": [{"image": {"url": "https://localhost/b.jpg"}}]},
        "Invalid asset: the host of 'https://localhost/b.jpg' is not public",
    ),
    (
        "twitter",
        {"assets": [{"video": {**VIDEO["video"], "thumbnailUrl": "https://media.example.com/t.jpg"}}]},
        "Video thumbnailUrl is not supported. Use metadata.thumbnailOffset instead",
    ),
    ("twitter", {"tagIds": ["0" * 24]}, "unknown tag " + "0" * 24),
]
CLIENT_REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("tiktok", {}, "TikTok posts require at least one image or video"),
    ("tiktok", {"assets": [IMAGE, VIDEO]}, "TikTok posts cannot mix images, videos and documents"),
    (
        "youtube",
        {"assets": [IMAGE]},
        ("YouTube posts can have at most 0 images, YouTube posts require a video, "
        "YouTube posts require a title, YouTube posts require a category"),
    ),
    (
        "youtube",
        {"assets": [VIDEO], "metadata": {"youtube": {"title": "<b>" + "x" * 98, "categoryId": "1"}}},
        "YouTube titles can have at most 100 characters, YouTube titles and descriptions cannot have < or >",
    ),
    ("googlebusiness", {}, "Google Business Profile posts require a type (whats_new, offer, or event)."),
    (
        "googlebusiness",
        {"metadata": google("offer")},
        "Google Business Profile posts of type offer require detailsOffer",
    ),
    (
        "googlebusiness",
        {"metadata": google("offer", detailsOffer={"title": "T"})},
        ("Google Business Profile posts of type offer require startDate, "
        "Google Business Profile posts of type offer require endDate"),
    ),
    (
        "googlebusiness",
        {"metadata": google("event", detailsEvent={**EVENT, "endDate": "2026-11-30T12:00Z", "isFullDayEvent": True})},
        "endDate must not be before startDate",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("channel", "given"), ACCEPTED)
async def test_accepted(buffer: Buffer, channel: str, given: dict[str, Any]) -> None:
    assert (await buffer.made(channel, **given))["status"] == "scheduled"


@pytest.mark.parametrize(("channel", "given"), CLIENT_ACCEPTED)
async def test_accepted_of_the_clients_channels(buffer: Buffer, channel: str, given: dict[str, Any]) -> None:
    buffer.account = "client_acct"
    assert (await buffer.made(channel, **given))["status"] == "scheduled"


@pytest.mark.parametrize(("channel", "given", "message"), REFUSED)
async def test_refused(buffer: Buffer, channel: str, given: dict[str, Any], message: str) -> None:
    answer = await buffer.create(channel, **given)
    told = message if message == "Text is required" else "Invalid post: " + message
    assert answer == {"__typename": "InvalidInputError", "message": told}


@pytest.mark.parametrize(("channel", "given", "message"), CLIENT_REFUSED)
async def test_refused_by_the_clients_channels(
    buffer: Buffer, channel: str, given: dict[str, Any], message: str
) -> None:
    buffer.account = "client_acct"
    answer = await buffer.create(channel, **given)
    assert answer == {"__typename": "InvalidInputError", "message": "Invalid post: " + message}


async def test_files_of_the_wrong_kind_get_a_legacy_code(buffer: Buffer) -> None:
    answer = await buffer.create(assets=[{"image": {"url": "https://media.example.com/a.svg"}}])
    assert answer["__typename"] == "RestProxyError"
    assert (answer["code"], answer["message"]) == (1030, "Media filetype not supported: .svg")
    await buffer.made(assets=[{"image": {"url": "https://media.example.com/no-ending"}}])


async def test_an_unknown_idea(buffer: Buffer) -> None:
    assert (await buffer.create(ideaId="0" * 24))["__typename"] == "NotFoundError"


async def test_metadata_of_other_networks_can_be_tolerated(buffer: Buffer) -> None:
    buffer.sandbox.buffer.switches.foreign_metadata = "ignore"
    assert (await buffer.made(metadata=FACEBOOK))["metadata"]["__typename"] == "TwitterPostMetadata"


async def test_the_free_tier_of_x_is_short(buffer: Buffer) -> None:
    buffer.account = "default"
    await buffer.made(text="日本語 https://example.com/" + "x" * 90)
    answer = await buffer.create(text="日" * 141)
    assert answer["message"] == "Invalid post: X posts can have at most 280 characters, this one has 282"


@pytest.mark.parametrize(
    ("text", "points", "utf16", "utf8", "clusters", "weighted"),
    [
        ("👨‍👩‍👧‍👦", 7, 11, 25, 1, 2),
        ("👍🏽", 2, 4, 8, 1, 2),
        ("🇺🇳", 2, 4, 8, 1, 2),
        ("1️⃣", 3, 3, 7, 1, 2),
        ("e\u0301", 2, 2, 3, 1, 1),
        ("日本語", 3, 3, 9, 3, 6),
        ("", 0, 0, 0, 0, 0),
    ],
)
def test_counting(text: str, points: int, utf16: int, utf8: int, clusters: int, weighted: int) -> None:
    assert counting.code_points(text) == points
    assert counting.utf16(text) == utf16
    assert counting.utf8(text) == utf8
    assert counting.clusters(text) == clusters


def test_links_and_mentions_count_less() -> None:
    link = "https://example.com/" + "x" * 100
    assert counting.weighted(link) == 23
    assert counting.mastodon(f"@user@host.example {link}") == 5 + 1 + 23
    assert counting.threads("👍🏽a日👨‍👩‍👧‍👦") == 8 + 1 + 1 + 25
