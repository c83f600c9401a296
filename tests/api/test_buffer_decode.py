"""Documents fit the schema; answers become models, or a BadAnswer that names the field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import graphql
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kosmo_tui.api.buffer
from kosmo_tui.api.buffer import wire
from kosmo_tui.api.buffer.documents import document
from kosmo_tui.api.buffer.graph import TOGETHER
from kosmo_tui.api.buffer.models import Media, Profile, Update
from kosmo_tui.api.errors import BadAnswer
from kosmo_tui.api.functions import as_json
from kosmo_tui.api.safe_text import SafeText, clean
from kosmo_tui.sandbox.buffer.cost import too_complex

SCHEMA = graphql.build_schema((files("kosmo_tui.sandbox.buffer") / "schema.graphql").read_text("utf-8"))
DOCUMENTS = sorted((Path(kosmo_tui.api.buffer.__file__).parent / "documents").glob("*.graphql"))
OPERATIONS = [path.stem for path in DOCUMENTS if not path.stem.endswith("Fields")]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_document_fits_the_schema(operation: str) -> None:
    parsed = graphql.parse(document(operation))
    assert graphql.validate(SCHEMA, parsed) == []
    (defined,) = [one for one in parsed.definitions if isinstance(one, graphql.OperationDefinitionNode)]
    assert defined.name is not None and defined.name.value == operation


@pytest.mark.parametrize("operation", ["channels", "overview", "posts"])
def test_a_query_that_is_asked_several_times_at_once_fits_the_schema_and_its_limits(operation: str) -> None:
    parsed = graphql.parse(document(operation, TOGETHER))
    assert graphql.validate(SCHEMA, parsed) == []
    assert not too_complex(parsed)
    asked = [one for one in parsed.definitions if isinstance(one, graphql.OperationDefinitionNode)]
    assert [one.name and one.name.value for one in asked] == [operation]


def test_every_fragment_is_used() -> None:
    used = {
        one.name.value
        for operation in OPERATIONS
        for one in graphql.parse(document(operation)).definitions
        if isinstance(one, graphql.FragmentDefinitionNode)
    }
    assert used == {path.stem for path in DOCUMENTS} - set(OPERATIONS)


TIME = "2025-10-29T21:48:23.270Z"
CHANNEL = {
    "id": "4eb8572a512f7f621800004e",
    "organizationId": "66601b78eb73ee0987106c50",
    "service": "mastodon",
    "type": "profile",
    "name": "kosmo",
    "displayName": "Kosmo",
    "avatar": "https://a.example/1.jpg",
    "timezone": "Europe/Berlin",
    "isQueuePaused": True,
    "isDisconnected": False,
    "isLocked": False,
    "postingSchedule": [{"day": "mon", "times": ["07:10"], "paused": False}],
    "metadata": {"maxCharacters": 1000, "subscriptionType": "Premium", "boards": [{"serviceId": "9", "name": "B"}]},
}
POST = {
    "id": "69028ba74f51d522ca05aeed",
    "channelId": "4eb8572a512f7f621800004e",
    "channelService": "mastodon",
    "status": "sent",
    "text": "Guten Morgen ☕",
    "createdAt": TIME,
    "updatedAt": TIME,
    "dueAt": "2025-10-30T21:58:00.000Z",
    "sentAt": "2025-10-30T21:58:14.462Z",
    "isCustomScheduled": True,
    "externalLink": "https://m.example/1",
    "via": "buffer",
    "allowedActions": ["viewPost"],
    "error": {"message": "m", "rawError": "r", "supportUrl": "https://s.example"},
    "tags": [{"name": "Launch"}],
    "assets": [
        {
            "type": "image",
            "source": "https://i.example",
            "thumbnail": "t",
            "image": {"altText": "a", "width": 8, "height": 6},
        },
        {"type": "video", "source": "https://v.example", "thumbnail": "t", "video": {"width": 9, "height": 16}},
    ],
    "metadata": {
        "linkAttachment": {"url": "https://l.example", "title": "L", "thumbnail": "t"},
        "spoilerText": "s",
        "thread": [{"text": "Guten Morgen ☕", "assets": [{"type": "video", "source": "https://v.example"}]}],
        "isAiGenerated": True,
        "board": {"serviceId": "9"},
        "details": {"__typename": "GoogleBusinessEventMetaData", "title": "E", "isFullDayEvent": True},
        "geolocation": {"id": "1", "text": "Berlin"},
    },
    "shareMode": "addToQueue",
    "schedulingType": None,
    "metrics": [{"type": "likes", "name": "Likes", "value": 3, "unit": "count"}],
    "metricsUpdatedAt": TIME,
}
ACCOUNT = {
    "id": "1",
    "name": "Ada",
    "email": "ada@example.com",
    "timezone": "Europe/London",
    "organizations": [{"id": "2", "name": "O", "channelCount": 3, "limits": {"scheduledPosts": 10}}],
}
PAGE = {"edges": [{"node": POST}], "pageInfo": {"endCursor": "abc", "hasNextPage": True}}

Model = Callable[[Any], Any]
SHAPES: dict[str, tuple[Any, Model]] = {
    "account": ({"account": ACCOUNT}, lambda data: wire.read(wire.AccountData, data, "account").account.model()),
    "channel": ({"channel": CHANNEL}, lambda data: wire.read(wire.ChannelData, data, "channel").channel.model()),
    "channels": (
        {"channels": [CHANNEL]},
        lambda data: tuple(one.model() for one in wire.read(wire.ChannelsData, data, "channels").channels),
    ),
    "posts": ({"posts": PAGE}, lambda data: wire.read(wire.PostsData, data, "posts").posts.models()),
    "post": ({"post": POST}, lambda data: wire.read(wire.PostData, data, "post").post.model()),
    "overview": (
        {"channels": [CHANNEL], "posts": PAGE},
        lambda data: wire.read(wire.OverviewData, data, "overview").posts.models(),
    ),
    "createPost": (
        {"createPost": {"__typename": "PostActionSuccess", "post": POST, "message": "", "code": 1}},
        lambda data: wire.read(wire.CreateData, data, "createPost").create_post,
    ),
    "editPost": (
        {"editPost": {"__typename": "PostActionSuccess", "post": POST, "message": "", "code": 1}},
        lambda data: wire.read(wire.EditData, data, "editPost").edit_post,
    ),
    "deletePost": (
        {"deletePost": {"__typename": "DeletePostSuccess", "id": "1"}},
        lambda data: wire.read(wire.DeleteData, data, "deletePost").delete_post,
    ),
    "movePostInQueue": (
        {"movePostInQueue": {"__typename": "PostActionSuccess", "post": POST}},
        lambda data: wire.read(wire.MoveData, data, "movePostInQueue").move_post_in_queue,
    ),
    "dailyPostingLimits": (
        {"dailyPostingLimits": [{"channelId": "1", "sent": 2, "scheduled": 3, "limit": 5, "isAtLimit": True}]},
        lambda data: tuple(
            one.model() for one in wire.read(wire.DailyLimitsData, data, "dailyPostingLimits").daily_posting_limits
        ),
    ),
}


def test_a_post_becomes_an_update() -> None:
    update: Update = SHAPES["post"][1]({"post": POST})
    assert (update.id, update.profile_id, update.profile_service) == (POST["id"], POST["channelId"], "mastodon")
    assert (update.status, update.text, update.via, update.tags) == ("sent", "Guten Morgen ☕", "buffer", ("Launch",))
    assert update.due_at == update.scheduled_at == datetime(2025, 10, 30, 21, 58, tzinfo=UTC)
    assert update.sent_at == datetime(2025, 10, 30, 21, 58, 14, 462_000, tzinfo=UTC)
    assert [media.type for media in update.media] == ["image", "video", "link"]
    assert update.media[0] == Media(
        type="image", url="https://i.example", thumbnail="t", alt_text=SafeText("a"), width=8, height=6
    )
    assert update.error is not None and (update.error.message, update.error.raw) == ("m", "r")
    assert update.statistics is not None and update.statistics.metrics["likes"].value == 3
    assert update.service_link == "https://m.example/1" and update.custom_scheduled
    assert set(as_json(update)) >= {
        "id",
        "profile_id",
        "status",
        "text",
        "scheduled_at",
        "media",
        "statistics",
        "error",
    }


def test_a_channel_becomes_a_profile() -> None:
    profile: Profile = SHAPES["channel"][1]({"channel": CHANNEL})
    assert (profile.service_username, profile.formatted_username) == ("kosmo", "Kosmo")
    assert profile.paused and not profile.disconnected and not profile.locked
    assert (profile.max_characters, profile.subscription) == (1000, "Premium")
    assert [(board.id, board.name) for board in profile.boards] == [("9", "B")]
    assert [(slot.day, slot.times) for slot in profile.schedules] == [("mon", ("07:10",))]
    bare: Profile = SHAPES["channel"][1]({"channel": {"id": "1", "service": "x", "displayName": None}})
    assert bare.timezone == "Europe/London" and bare.boards == () and bare.schedules == ()


def test_times_are_aware_and_null_is_none() -> None:
    bare: Update = SHAPES["post"][1](
        {"post": {"id": "1", "dueAt": None, "metrics": None, "createdAt": "2025-10-29T21:48:23"}}
    )
    assert bare.due_at is bare.scheduled_at is bare.statistics is bare.error is None
    assert bare.created_at == datetime(2025, 10, 29, 21, 48, 23, tzinfo=UTC)
    no_time: Update = SHAPES["post"][1]({"post": {"id": "1", "dueAt": "0001-01-01T00:00:00Z"}})
    assert no_time.due_at is None
    empty: Update = SHAPES["post"][1]({"post": {"id": "1", "metrics": []}})
    assert empty.statistics is not None and empty.statistics.metrics == {}


@pytest.mark.parametrize(
    ("post", "status"),
    [
        ({"status": "scheduled"}, "scheduled"),
        ({"status": "frozen", "sentAt": TIME}, "sent"),
        ({"status": "frozen", "error": {"message": "x"}}, "error"),
        ({"status": "frozen", "dueAt": TIME}, "scheduled"),
        ({"status": "frozen"}, "draft"),
    ],
)
def test_a_status_that_buffer_invents_later(post: dict[str, Any], status: str) -> None:
    assert SHAPES["post"][1]({"post": {"id": "1", **post}}).status == status


@pytest.mark.parametrize(
    ("shape", "data", "path"),
    [
        ("post", {"post": {**POST, "text": 5}}, "$.post.text"),
        ("post", {"post": {**POST, "dueAt": "soon"}}, "$.post.dueAt"),
        ("post", {"post": {**POST, "id": None}}, "`id`"),
        (
            "posts",
            {"posts": {"edges": [{"node": {**POST, "tags": [{"name": []}]}}]}},
            "$.posts.edges[0].node.tags[0].name",
        ),
        ("account", {}, "`account`"),
        ("account", [], "`object`"),
        ("channel", {"channel": {**CHANNEL, "isLocked": "no"}}, "$.channel.isLocked"),
        ("channel", {"channel": {**CHANNEL, "postingSchedule": {}}}, "$.channel.postingSchedule"),
    ],
)
def test_a_wrong_type_names_the_field(shape: str, data: Any, path: str) -> None:
    with pytest.raises(BadAnswer) as caught:
        SHAPES[shape][1](data)
    assert path in caught.value.message and shape in caught.value.message and caught.value.hint


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
NASTY = st.text(max_size=20) | st.sampled_from(
    [
        "\x1b]52;c;AAAA\x07",
        "\u202egnp.exe",
        "é\x9b2J",
        "a\u0301" * 40,
        "👩‍🚀",
        "\ud83d",
        "\u2028",
        "0001-01-01T00:00:00Z",
    ]
)


@st.composite
def bent(draw: st.DrawFn, shape: Any) -> Any:
    """`shape` with fields left out, nulled, added or of another type, and with any text in it."""
    match shape, draw(st.integers(0, 99)):  # mostly right, or nothing would ever be decoded
        case _, 0:
            return draw(JSON)
        case _, 1 | 2 | 3:
            return None
        case dict(), _:
            kept = {key: draw(bent(value)) for key, value in shape.items() if draw(st.integers(0, 9))}
            return kept | draw(st.dictionaries(st.text(max_size=5), JSON, max_size=1))
        case list(), _:
            return [draw(bent(item)) for item in shape for _ in range(draw(st.integers(0, 2)))]
        case str(), chance if chance > (97 if shape.endswith("Z") else 60):  # times stand no other text
            return draw(NASTY)
    return shape


def strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for item in value.items():
                yield from strings(item)
        case tuple() | list():
            for item in value:
                yield from strings(item)
        case msgspec.Struct():
            yield from strings([getattr(value, name) for name in value.__struct_fields__])


@pytest.mark.parametrize("shape", SHAPES)
@given(data=st.data())
def test_any_json_is_a_model_or_a_bad_answer(shape: str, data: st.DataObject) -> None:
    whole, decode = SHAPES[shape]
    answer = data.draw(bent(whole))
    try:
        model = decode(answer)
    except BadAnswer as error:
        assert f"answer to {shape}" in error.message
        return
    shown = [text for text in strings(model) if text != "abc"]
    assert shown == [clean(text) for text in shown]  # nothing that could drive a terminal is left


@given(answer=bent(POST))
def test_what_a_person_wrote_goes_back_as_it_came(answer: Any) -> None:
    try:
        update = SHAPES["post"][1]({"post": answer})
    except BadAnswer:
        return
    sent = answer.get("text")
    assert update.text.raw == (sent or "")
    assert as_json(update)["text"] == (sent or "")
    assert update.text == clean(sent or "")
