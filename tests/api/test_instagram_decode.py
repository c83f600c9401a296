"""Decoders: any JSON ends in a model or in a BadAnswer that names the field, and no paging URL survives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosmo_tui.api.errors import BadAnswer
from kosmo_tui.api.instagram import decode
from kosmo_tui.api.safe_text import SafeText, clean

TEXT = st.text(max_size=12) | st.sampled_from(
    ["\x1b]52;c;AA==\x07", "\u202egnp.exe", "2026-05-07T13:00:34+0000", "é\x9b2J"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def shaped(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """Objects with some of `fields`, now and then of a wrong type, and with keys that nobody knows."""
    known = st.fixed_dictionaries({}, optional={name: good | JSON for name, good in fields.items()})
    return st.builds(lambda one, other: {**other, **one}, known, st.dictionaries(st.text(max_size=5), JSON, max_size=2))


def listing(item: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    cursors = shaped({"before": TEXT, "after": TEXT})
    paging = shaped({"cursors": cursors, "next": st.just("https://h/?access_token=SECRET"), "previous": TEXT})
    return shaped({"data": st.lists(item, max_size=3), "paging": paging})


COUNT = st.integers(min_value=0, max_value=10**9)
TIME = st.sampled_from(["2026-05-07T13:00:34+0000", "2026-05-07T13:00:34", "2026-05-07T13:00:34Z"])
REPLY = shaped({"id": TEXT, "text": TEXT, "username": TEXT, "timestamp": TIME, "like_count": COUNT})
COMMENT = shaped(
    {
        "id": TEXT,
        "text": TEXT,
        "timestamp": TIME,
        "from": shaped({"username": TEXT}),
        "hidden": st.booleans(),
        "media": shaped({"id": TEXT}),
        "replies": listing(REPLY),
    }
)
MEDIA = shaped(
    {
        "id": TEXT | COUNT,
        "caption": TEXT,
        "media_type": st.sampled_from(["IMAGE", "VIDEO", "CAROUSEL_ALBUM"]),
        "permalink": TEXT,
        "timestamp": TIME,
        "like_count": COUNT,
        "is_comment_enabled": st.booleans(),
        "children": listing(shaped({"id": TEXT, "media_url": TEXT})),
        "comments": listing(COMMENT),
    }
)
USER = shaped({"id": TEXT, "user_id": COUNT, "username": TEXT, "followers_count": COUNT})
RESULT = shaped({"dimension_values": st.lists(TEXT, max_size=2), "value": COUNT})
TOTAL = shaped(
    {
        "value": COUNT,
        "breakdowns": st.lists(
            shaped({"dimension_keys": st.lists(TEXT, max_size=2), "results": st.lists(RESULT, max_size=2)}), max_size=2
        ),
    }
)
VALUE = shaped({"value": COUNT | st.dictionaries(st.sampled_from(["0", "23"]), COUNT), "end_time": TIME})
INSIGHT = shaped(
    {"name": TEXT, "period": TEXT, "title": TEXT, "values": st.lists(VALUE, max_size=3), "total_value": TOTAL}
)
QUOTA = shaped({"quota_usage": COUNT, "config": shaped({"quota_total": COUNT})})

DECODERS: list[tuple[Callable[[Any], Any], st.SearchStrategy[Any]]] = [
    (decode.media, MEDIA),
    (decode.media_page, listing(MEDIA)),
    (decode.comment, COMMENT),
    (lambda raw: decode.comment_page(raw, media_id="7"), listing(COMMENT)),
    (decode.thread_page, listing(MEDIA)),
    (decode.user, USER),
    (decode.insights, listing(INSIGHT)),
    (decode.container, shaped({"id": TEXT, "status_code": TEXT, "status": TEXT})),
    (decode.publishing_limit, listing(QUOTA)),
]


def strings(value: Any) -> list[str]:
    """Every string that a model shows (what it keeps under `raw` is for sending, not for showing)."""
    match value:
        case str():
            return [value]
        case tuple() | list():
            return [text for item in value for text in strings(item)]
        case _ if hasattr(value, "__struct_fields__"):
            return [text for name in value.__struct_fields__ if name != "raw" for text in strings(getattr(value, name))]
    return []


@pytest.mark.parametrize(("decoder", "strategy"), DECODERS)
def test_any_json_is_a_model_or_a_bad_answer(decoder: Callable[[Any], Any], strategy: st.SearchStrategy[Any]) -> None:
    outcomes: set[str] = set()

    @settings(max_examples=150, deadline=None)
    @given(strategy | JSON)
    def run(raw: Any) -> None:
        try:
            model = decoder(raw)
        except BadAnswer as error:
            assert "Instagram's answer" in error.message
            outcomes.add("refused")
        else:
            cursors = {model.after, model.before} if hasattr(model, "after") else set()  # sent back, never shown
            assert all(text == clean(text) for text in strings(model) if text not in cursors)
            assert "SECRET" not in str(getattr(model, "raw", ""))
            outcomes.add("taken")

    run()
    assert outcomes == {"refused", "taken"}


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"data": [{"id": "1"}, {"id": "2", "like_count": "many"}]}, "data[1].like_count"),
        ({"data": [{"id": "1", "caption": {"a": 1}}]}, "data[0].caption"),
        ({"data": [{"caption": "no id"}]}, "data[0]"),
        ({"data": {"id": "1"}}, "data"),
        ({"data": [], "paging": {"cursors": {"after": 5}}}, "paging.cursors.after"),
        ({"data": [{"id": "1", "children": {"data": [{"id": "2", "media_url": 1}]}}]}, "data[0].children[0].media_url"),
    ],
)
def test_the_field_of_a_wrong_type_is_named(raw: Any, field: str) -> None:
    with pytest.raises(BadAnswer) as caught:
        decode.media_page(raw)
    assert f"{field}:" in caught.value.message


def test_a_page_ends_where_next_is_missing_or_leads_nowhere_new() -> None:
    paging = {"cursors": {"before": "B", "after": "A"}, "next": "https://graph/?access_token=SECRET"}
    page = decode.media_page({"data": [{"id": "1"}], "paging": paging})
    assert (page.after, page.before) == ("A", "B")
    assert page.raw == {"data": [{"id": "1"}], "paging": {"cursors": {"before": "B", "after": "A"}}}
    assert decode.media_page({"data": [{"id": "1"}], "paging": paging}, asked="A").after is None
    del paging["next"]
    assert decode.media_page({"data": [{"id": "1"}], "paging": paging}).after is None
    assert decode.media_page({"data": []}).items == ()


def test_media_keeps_the_sent_text_and_shows_a_safe_one() -> None:
    media = decode.media(
        {"id": 17, "caption": "a\x1b[2Jb", "timestamp": "2026-05-07T13:00:34+0000", "like_count": None}
    )
    assert media.id == "17"
    assert media.caption == "a\ufffd[2Jb"
    assert isinstance(media.caption, SafeText) and media.caption.raw == "a\x1b[2Jb" == media.raw["caption"]
    assert media.timestamp == datetime(2026, 5, 7, 13, 0, 34, tzinfo=UTC)
    assert media.like_count is None


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+2300", "9999-12-31T23:59:59-1200"])
def test_a_time_beyond_all_calendars_is_not_told(when: str) -> None:
    assert decode.media({"id": "1", "timestamp": when}).timestamp is None
    raw = {"data": [{"name": "reach", "values": [{"value": 1, "end_time": when}, {"value": 2, "end_time": when}]}]}
    assert [point.end_time for point in decode.insights(raw)[0].points] == [None, None]


@pytest.mark.parametrize(("decoder", "_"), DECODERS[:-2])
def test_an_answer_without_a_bottom_is_a_bad_one(decoder: Callable[[Any], Any], _: Any) -> None:
    deep: Any = {}
    for _level in range(900):
        deep = {"replies": {"data": [{"id": "1", "x": deep}]}}
    with pytest.raises(BadAnswer):
        decoder({"id": "1", "data": [{"id": "1", "name": "reach", "x": deep}], "x": deep})


def test_comments_find_their_author_their_media_and_their_replies() -> None:
    raw = {
        "data": [
            {
                "id": "1",
                "from": {"id": "9", "username": "anna"},
                "replies": {"data": [{"id": "2", "text": "yes", "username": "me"}], "paging": {"next": "SECRET"}},
            }
        ]
    }
    page = decode.comment_page(raw, media_id="77")
    (comment,) = page.items
    assert (comment.username, comment.media_id) == ("anna", "77")
    (reply,) = comment.replies
    assert (reply.parent_id, reply.media_id, reply.text) == ("1", "77", "yes")
    assert "SECRET" not in str(page.raw)


def test_insights_without_a_number_are_left_out_not_zero() -> None:
    raw = {
        "data": [
            {"name": "follower_count", "period": "day", "values": []},
            {"name": "views", "period": "day", "total_value": {}},
            {"name": "follows_and_unfollows", "period": "day"},
            {"name": "reach", "period": "day", "values": [{"value": 0, "end_time": "2026-11-20T08:00:00+0000"}]},
            {"name": "likes", "period": "lifetime", "values": [{"value": 4569}]},
        ]
    }
    found = {insight.name: insight for insight in decode.insights(raw)}
    assert set(found) == {"reach", "likes"}
    assert found["reach"].points[0].value == 0 and found["reach"].total is None
    assert found["likes"].total == 4569 and found["likes"].points == ()


def test_a_container_without_a_code_is_read_by_its_words() -> None:
    assert decode.container({"id": "1", "status": "Error: Media upload has failed"}).status_code == "ERROR"
    assert decode.container({"id": "1", "status": "In Progress: still"}).status_code == "IN_PROGRESS"


def test_the_account_of_either_host() -> None:
    assert decode.user({"id": "37219", "user_id": 17841400000000000}).user_id == "17841400000000000"
    assert decode.user({"id": "17841411718913026", "username": "x"}).user_id == "17841411718913026"
