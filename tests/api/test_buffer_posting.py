"""What `create_update` refuses before anything is sent, and what it makes of the rest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from importlib.resources import files
from typing import Any

import graphql
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api.buffer.attachments import attachments
from kosmo_tui.api.buffer.models import Board, Profile
from kosmo_tui.api.buffer.posting import checked_ids, order
from kosmo_tui.api.errors import BadParameter
from kosmo_tui.api.safe_text import SafeText
from tests.api.conftest import BufferWorld

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SCHEMA = graphql.build_schema((files("kosmo_tui.sandbox.buffer") / "schema.graphql").read_text("utf-8"))
SERVICES = [name for name in SCHEMA.type_map["Service"].values if name != "startPage"]  # type: ignore[attr-defined]
INPUT = SCHEMA.type_map["CreatePostInput"]
PHOTO, VIDEO, LINK = "https://example.com/a.jpg", "https://example.com/a.mp4", "https://example.com/post"


@pytest.mark.parametrize(
    ("wrong", "parameter"),
    [
        ({"text": ""}, "text"),
        ({"text": " \n\t"}, "text"),
        ({"text": "half \ud83d"}, "text"),
        ({"profile_ids": []}, "profileIds"),
        ({"profile_ids": ["1", "2", "1"]}, "profileIds"),
        ({"profile_ids": ["1", " "]}, "profileIds"),
        ({"profile_ids": "123"}, "profileIds"),
        ({"scheduled_at": "2027-02-01T09:00:00"}, "scheduledAt"),
        ({"scheduled_at": "2027-02-01"}, "scheduledAt"),
        ({"scheduled_at": "tomorrow"}, "scheduledAt"),
        ({"scheduled_at": "2020-02-01T09:00:00Z"}, "scheduledAt"),
        ({"scheduled_at": "0001-01-01T00:00:00+23:59"}, "scheduledAt"),
        ({"scheduled_at": datetime(2999, 1, 1)}, "scheduledAt"),
        ({"scheduled_at": "2999-02-01T09:00:00Z", "now": True}, "scheduledAt"),
        ({"now": True, "next": True}, "next"),
        ({"now": True, "save_to_draft": True}, "now"),
        ({"media": {"photo": "a.jpg"}}, "media"),
        ({"media": {"photo": "file:///etc/passwd"}}, "media"),
        ({"media": {"photo": "https://"}}, "media"),
        ({"media": {"photo": "https://exa mple.com/a.jpg"}}, "media"),
        ({"media": {"photo": "https://example.com:port/a.jpg"}}, "media"),
        ({"media": {"photo": [PHOTO, 5]}}, "media"),
        ({"media": {"video": "javascript:alert(1)"}}, "media"),
        ({"media": {"link": ["https://example.com"]}}, "media"),
        ({"media": {"link": LINK, "title": 5}}, "media"),
        ({"media": {"gif": PHOTO}}, "media"),
        ({"media": {"photo": PHOTO, "alt_text": ["a", "b"]}}, "media"),
        ({"media": {"photo": [PHOTO, PHOTO], "alt_text": "which?"}}, "media"),
        ({"media": {"photo": PHOTO, "alt_text": "\ud83d"}}, "media"),
    ],
    ids=repr,
)
async def test_bad_parameters_send_nothing(buffer: BufferWorld, wrong: dict[str, Any], parameter: str) -> None:
    with pytest.raises(BadParameter) as caught:
        await buffer.client("default").create_update(**{"text": "hi", "profile_ids": ["1"], **wrong})
    assert caught.value.parameter == parameter
    assert not caught.value.may_have_been_published
    assert buffer.operations() == []


def test_media_alone_needs_no_text() -> None:
    assert order("", moment=NOW, media={"photo": PHOTO}).attachments.photos == ((PHOTO, ""),)
    assert checked_ids(("1", "2")) == ["1", "2"]


@pytest.mark.parametrize(
    ("how", "mode"),
    [
        ({}, "addToQueue"),
        ({"now": True}, "shareNow"),
        ({"next": True}, "shareNext"),
        ({"scheduled_at": "2027-02-01T10:00:00+01:00"}, "customScheduled"),
        ({"save_to_draft": True}, "addToQueue"),
    ],
)
def test_when_a_post_goes_out(how: dict[str, Any], mode: str) -> None:
    wanted, _ = order("hi", moment=NOW, **how).input(Profile(id="1", service="twitter"))
    assert wanted["mode"] == mode and wanted["schedulingType"] == "automatic"
    assert wanted.get("dueAt") == ("2027-02-01T09:00:00.000Z" if mode == "customScheduled" else None)
    assert wanted.get("saveToDraft") == (True if how.get("save_to_draft") else None)


@given(st.datetimes(NOW.replace(tzinfo=None) + timedelta(days=2)), st.integers(-23 * 60, 23 * 60))
def test_any_time_with_an_offset_is_taken_in_utc(moment: datetime, minutes: int) -> None:
    given_ = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    try:
        made = order("hi", moment=NOW, scheduled_at=given_.isoformat())
    except BadParameter:
        assert moment.year == 9999  # its UTC is beyond the calendar
        return
    assert made.due_at == given_ and made.due_at.utcoffset() == timedelta(0)


def test_several_photos_with_their_texts() -> None:
    made = attachments(
        {"photo": [PHOTO, PHOTO], "picture": PHOTO, "alt_text": ["one", ""], "video": VIDEO, "title": "T"}
    )
    assert made.assets == [
        {"image": {"url": PHOTO, "metadata": {"altText": "one"}}},
        {"image": {"url": PHOTO}},
        {"image": {"url": PHOTO}},
        {"video": {"url": VIDEO, "metadata": {"title": "T"}}},
    ]
    assert not attachments(None) and not attachments({}) and not attachments({"photo": None, "link": ""})


URL = st.sampled_from([PHOTO, VIDEO, LINK])
MEDIA = st.fixed_dictionaries(
    {},
    optional={
        "photo": URL | st.lists(URL, max_size=3),
        "video": URL,
        "link": URL,
        "title": st.text(max_size=200),
        "description": st.text(max_size=20),
        "thumbnail": URL,
    },
)


@pytest.mark.parametrize("service", SERVICES)
@given(text=st.text(min_size=1, max_size=200), media=MEDIA, boards=st.booleans(), draft=st.booleans())
def test_every_input_fits_the_schema(service: str, text: str, media: dict[str, Any], boards: bool, draft: bool) -> None:
    try:
        made = order(text, moment=NOW, media=media, save_to_draft=draft, scheduled_at=NOW + timedelta(days=1))
    except BadParameter:
        return
    profile = Profile(id="1", service=service, boards=(Board("7", SafeText("B")),) if boards else ())
    wanted, _ = made.input(profile)
    graphql.utilities.coerce_input_value(
        wanted, INPUT
    )  # raises for a field that is unknown, missing or of a wrong type
    metadata = wanted.get("metadata", {})
    assert set(metadata) <= {{"googlebusiness": "google"}.get(service, service)}
    for own in metadata.values():
        assert not ("linkAttachment" in own and wanted["assets"])  # Buffer takes one or the other
        assert 0 < len(own.get("title", "x")) <= 100 or service in ("pinterest", "tiktok")


def test_what_each_network_requires() -> None:
    def metadata(service: str, **media: Any) -> Any:
        made = order("First line\nsecond", moment=NOW, media=media, metadata={"tiktok": {"isAiGenerated": True}})
        profile = Profile(id="1", service=service, boards=(Board("7"), Board("8")))
        return made.input(profile)[0].get("metadata")

    assert metadata("instagram", photo=PHOTO) == {"instagram": {"type": "post", "shouldShareToFeed": True}}
    assert metadata("instagram", video=VIDEO) == {"instagram": {"type": "reel", "shouldShareToFeed": True}}
    assert metadata("instagram", video=VIDEO, photo=PHOTO)["instagram"]["type"] == "post"
    assert metadata("facebook") == {"facebook": {"type": "post"}}
    assert metadata("pinterest", photo=PHOTO, link=LINK) == {"pinterest": {"boardServiceId": "7", "url": LINK}}
    assert metadata("youtube", video=VIDEO) == {"youtube": {"title": "First line", "categoryId": "22"}}
    assert metadata("youtube", video=VIDEO, title="<T>")["youtube"]["title"] == "T"
    assert metadata("googlebusiness", link=LINK) == {
        "google": {"type": "whats_new", "detailsWhatsNew": {"button": "learn_more", "link": LINK}}
    }
    assert metadata("tiktok", video=VIDEO) == {"tiktok": {"isAiGenerated": True}}
    assert metadata("linkedin", link=LINK, title="T", description="D", thumbnail=PHOTO) == {
        "linkedin": {"linkAttachment": {"url": LINK, "title": "T", "description": "D", "thumbnail": {"url": PHOTO}}}
    }
    assert metadata("twitter", link=LINK) is None and metadata("mastodon") is None
