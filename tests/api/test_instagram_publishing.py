"""Publishing: the right container, patience, and never two posts."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from kosmo_tui.api.errors import (
    ApiError,
    AuthExpired,
    BadParameter,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unavailable,
)
from kosmo_tui.api.functions import as_json
from kosmo_tui.api.instagram.errors import PUBLISHING
from kosmo_tui.api.instagram.post import post
from tests.api.instagram_answers import Script, error

JPEG, MP4 = "https://cdn.example/a.jpg", "https://cdn.example/clip.MP4?x=1"
FINISHED = {"id": "5", "status_code": "FINISHED"}
WORKING = {"id": "5", "status_code": "IN_PROGRESS", "status": "In Progress: Media is still being processed."}
LIVE = {"id": "5", "status_code": "PUBLISHED"}
ITEM = {"id": "900", "caption": "hello", "media_type": "IMAGE", "timestamp": "2026-11-22T12:00:05+0000"}


def script(**answers: Any) -> Script:
    """A service on which everything works; `answers` change media, container, publish, permalink or newest."""
    service = Script()
    service.answers |= {
        "POST /media": answers.get("media", {"id": "5"}),
        "GET /5": answers.get("container", FINISHED),
        "POST /media_publish": answers.get("publish", {"id": "900"}),
        "GET /900": answers.get("permalink", {"id": "900", "permalink": "https://www.instagram.com/p/x/"}),
        "GET /media": answers.get("newest", {"data": []}),
    }
    return service


async def test_a_photo_is_published_and_linked() -> None:
    service, told = script(), []
    async with service.client() as client:
        done = await client.create_media(JPEG, "hello", on_progress=told.append)
    assert as_json(done) == {"id": "900", "permalink": "https://www.instagram.com/p/x/"}
    assert done.container_id == "5"
    sent = dict(service.seen)
    assert sent["POST /media"] == {"image_url": JPEG, "caption": "hello"}
    assert sent["POST /media_publish"] == {"creation_id": "5"}
    assert told[-1] == "published"


async def test_a_container_only() -> None:
    service = script(container=WORKING)
    async with service.client() as client:
        done = await client.create_media(JPEG, publish=False)
    assert as_json(done) == {"id": "5", "status_code": "IN_PROGRESS"}
    assert service.count("POST /media_publish") == 0


async def test_it_waits_with_growing_pauses_until_the_media_is_finished() -> None:
    service = script(container=[WORKING, WORKING, WORKING, FINISHED])
    async with service.client() as client:
        await client.create_media(MP4, media_type="video")
    assert dict(service.seen)["POST /media"] == {"media_type": "REELS", "video_url": MP4}
    assert service.time.slept == sorted(service.time.slept) and len(service.time.slept) == 3
    names = [name for name, _ in service.seen]
    assert names.index("POST /media_publish") > max(i for i, name in enumerate(names) if name == "GET /5")


async def test_patience_ends_after_five_minutes() -> None:
    service = script(container=WORKING)
    async with service.client() as client:
        with pytest.raises(Unavailable, match="nothing was published") as caught:
            await client.create_media(MP4)
    assert not caught.value.may_have_been_published
    assert 299 <= sum(service.time.slept) <= 301
    assert service.count("POST /media_publish") == 0


async def test_a_carousel_is_made_of_finished_items() -> None:
    service = script(media=[{"id": "6"}, {"id": "7"}, {"id": "5"}])
    service.answers |= {"GET /6": [WORKING, FINISHED], "GET /7": FINISHED}
    async with service.client() as client:
        done = await client.create_media([JPEG, MP4], "two", alt_text=["a bag", ""])
    assert done.id == "900"
    made = [sent for name, sent in service.seen if name == "POST /media"]
    assert made == [
        {"image_url": JPEG, "is_carousel_item": "true", "alt_text": "a bag"},
        {"video_url": MP4, "is_carousel_item": "true", "media_type": "VIDEO"},
        {"media_type": "CAROUSEL", "children": "6,7", "caption": "two"},
    ]
    names = [name for name, _ in service.seen]
    assert names.index("GET /7") < len(names) - 1 - names[::-1].index("POST /media")


@pytest.mark.parametrize("subcode", sorted(number for number, reason in PUBLISHING.items() if reason.retry))
async def test_a_container_is_made_again_only_for_reasons_that_pass(subcode: int) -> None:
    service = script(media=[error(9004, subcode), error(9004, subcode), {"id": "5"}])
    async with service.client() as client:
        await client.create_media(JPEG)
    assert service.count("POST /media") == 3
    service = script(media=error(9004, subcode))
    async with service.client() as client:
        with pytest.raises(Refused):
            await client.create_media(JPEG)
    assert service.count("POST /media") == 3


@pytest.mark.parametrize(
    "answer",
    [error(36003, 2207009), error(100, 2207023), error(1), error(190, 463), httpx.ReadError("cut"), (502, "<html>")],
)
async def test_any_other_failure_of_a_container_is_final_and_publishes_nothing(answer: Any) -> None:
    service = script(media=answer)
    async with service.client() as client:
        with pytest.raises(ApiError) as caught:
            await client.create_media(JPEG)
    assert not caught.value.may_have_been_published
    assert service.count("POST /media") == 1
    assert service.count("POST /media_publish") == 0


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("Error: Media upload has failed with error code 2207026", "format of the video"),
        ("Error: Media upload has failed with error code 2207077", "could not download"),
        ("Error: Media download has failed. The media URI doesn't meet our requirements.", "could not fetch"),
        ("Error: something new", "something new"),
        ("", "no reason given"),
    ],
)
async def test_a_failed_container_says_why(status: str, words: str) -> None:
    service = script(container={"id": "5", "status_code": "ERROR", "status": status})
    async with service.client() as client:
        with pytest.raises(Refused, match=words):
            await client.create_media(MP4)
    assert service.count("POST /media_publish") == 0


async def test_a_container_that_is_published_already_is_not_published_again() -> None:
    service = script(container=LIVE)
    async with service.client() as client:
        with pytest.raises(OutcomeUnknown, match="already"):
            await client.create_media(JPEG)
    assert service.count("POST /media_publish") == 0


async def test_an_expired_container_is_refused() -> None:
    service = script(container={"id": "5", "status_code": "EXPIRED"})
    async with service.client() as client:
        with pytest.raises(Refused, match="24 hours"):
            await client.create_media(JPEG)


async def test_a_container_that_is_denied_for_a_moment_is_looked_at_again() -> None:
    service = script(container=[error(100, 33), error(100, 33), FINISHED])
    async with service.client() as client:
        assert (await client.create_media(JPEG)).id == "900"
    service = script(container=error(100, 33))
    async with service.client() as client:
        with pytest.raises(NotFound):
            await client.create_media(JPEG)
    assert service.count("POST /media_publish") == 0


UNCLEAR = {
    "cut": httpx.ReadError("cut"),
    "late": httpx.ReadTimeout("late"),
    "html": (502, "<html>oops</html>"),
    "spam": error(4, 2207051, "Application request limit reached"),
    "hiccup": error(100, 33),
    "code 1": error(1),
    "code 2": (500, error(2)[1]),
    "server": error(-1, 2207001),
    "no id": {},
    "id of a wrong type": {"id": {"a": 1}},
    "no code": (400, {"error": {"message": "x", "is_transient": True}}),
}
CLEAR = {
    "not ready": (error(9007, 2207027), Refused),
    "quota": (error(9, 2207042), RateLimited),
    "token": (error(190, 463), AuthExpired),
    "scope": (error(10), Forbidden),
    "restricted": (error(25, 2207050), Forbidden),
    "gone": (error(24, 2207006), NotFound),
    "throttled": (error(80002), RateLimited),
}


@pytest.mark.parametrize("answer", [*UNCLEAR.values(), *(answer for answer, _ in CLEAR.values())])
async def test_whatever_is_answered_a_published_container_is_live(answer: Any) -> None:
    newest = {"data": [{**ITEM, "caption": "other", "id": "901"}, {**ITEM, "permalink": "https://i/p/x/"}]}
    service = script(publish=answer, container=[FINISHED, LIVE], newest=newest)
    async with service.client() as client:
        done = await client.create_media(JPEG, "hello")
    assert as_json(done) == {"id": "900", "permalink": "https://i/p/x/"}
    assert service.count("POST /media_publish") == 1


@pytest.mark.parametrize("answer", UNCLEAR.values(), ids=UNCLEAR)
async def test_an_unclear_answer_about_an_unpublished_container_stays_open(answer: Any) -> None:
    service = script(publish=answer)
    async with service.client() as client:
        with pytest.raises(OutcomeUnknown, match="container 5") as caught:
            await client.create_media(JPEG, "hello")
    assert caught.value.may_have_been_published and caught.value.exit_code == 5
    assert service.count("POST /media_publish") == 1


@pytest.mark.parametrize(("answer", "kind"), CLEAR.values(), ids=CLEAR)
async def test_a_clear_refusal_is_one(answer: Any, kind: type[ApiError]) -> None:
    service = script(publish=answer)
    async with service.client() as client:
        with pytest.raises(kind) as caught:
            await client.create_media(JPEG, "hello")
    assert not caught.value.may_have_been_published
    assert service.count("POST /media_publish") == 1


async def test_a_late_publication_is_seen() -> None:
    service = script(publish=httpx.ReadError("cut"), container=[FINISHED, FINISHED, FINISHED, LIVE])
    async with service.client() as client:
        done = await client.create_media(JPEG, "hello")
    assert done.status_code == "PUBLISHED"


@pytest.mark.parametrize(
    "newest",
    [
        {"data": []},
        {"data": [{**ITEM, "caption": "older words"}]},
        {"data": [{**ITEM, "timestamp": "2026-11-22T10:00:00+0000"}]},
        {"data": [{**ITEM, "media_type": "VIDEO", "media_product_type": "REELS"}]},
        {"data": [ITEM, {**ITEM, "id": "899"}]},
        error(1),
    ],
)
async def test_an_uncertain_media_item_is_not_taken_for_ours(newest: Any) -> None:
    service = script(publish=httpx.ReadError("cut"), container=[FINISHED, LIVE], newest=newest)
    async with service.client() as client:
        done = await client.create_media(JPEG, "hello")
    assert (done.id, done.status_code) == ("5", "PUBLISHED")
    assert done.notices and as_json(done)["notices"] == list(done.notices)


async def test_a_connection_that_never_came_about_published_nothing() -> None:
    service = script(publish=httpx.ConnectError("refused"))
    async with service.client() as client:
        with pytest.raises(Unavailable) as caught:
            await client.create_media(JPEG)
    assert not caught.value.may_have_been_published


async def test_an_unreadable_permalink_is_no_failure() -> None:
    service = script(permalink=error(100, 33))
    async with service.client() as client:
        done = await client.create_media(JPEG)
    assert as_json(done) == {"id": "900"}


@pytest.mark.parametrize(
    ("urls", "media_type", "kind", "count"),
    [
        (JPEG, None, "IMAGE", 1),
        ("https://cdn.example/a,b.jpg", None, "IMAGE", 1),
        (MP4, None, "VIDEO", 1),
        (MP4, "reels", "VIDEO", 1),
        (f"{JPEG}, {MP4}", None, "CAROUSEL", 2),
        ([JPEG] * 10, "CAROUSEL", "CAROUSEL", 10),
        (JPEG, "stories", "STORIES", 1),
    ],
)
def test_the_kind_is_told_or_guessed(urls: Any, media_type: str | None, kind: str, count: int) -> None:
    checked = post(urls, "x", media_type)
    assert (checked.kind, len(checked.urls)) == (kind, count)


@pytest.mark.parametrize(
    ("urls", "media_type"),
    [
        ("", None),
        ([], None),
        ("cdn.example/a.jpg", None),
        ("ftp://cdn.example/a.jpg", None),
        ("https://", None),
        ("https://[bad/a.jpg", None),
        ("https://cdn.example/a b.jpg", None),
        ("https://cdn.example/ä.jpg", None),
        (f"{JPEG},{JPEG}", "IMAGE"),
        (JPEG, "CAROUSEL"),
        ([JPEG] * 11, None),
        (JPEG, "GIF"),
    ],
)
async def test_what_cannot_be_published_is_not_sent(urls: Any, media_type: str | None) -> None:
    service = script()
    async with service.client() as client:
        with pytest.raises(BadParameter):
            await client.create_media(urls, media_type=media_type)
    assert service.seen == []
