"""The fourteen functions as data: found by any of their names, and strict about parameters."""

from __future__ import annotations

import inspect
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api.buffer.client import BufferClient
from kosmo_tui.api.buffer.models import CreateResult, Update
from kosmo_tui.api.errors import BadParameter
from kosmo_tui.api.functions import FUNCTIONS, Function, as_json, call, check, find
from kosmo_tui.api.instagram.client import InstagramClient
from kosmo_tui.api.instagram.post import post
from kosmo_tui.api.safe_text import SafeText
from tests.api.conftest import BufferWorld

IDS = [function.full_name for function in FUNCTIONS]
CREATE = find("buffer.create_update")


def test_seven_of_each_service_and_two_that_write() -> None:
    assert [function.service for function in FUNCTIONS] == ["buffer"] * 7 + ["instagram"] * 7
    assert [function.full_name for function in FUNCTIONS if function.writes] == [
        "buffer.create_update",
        "instagram.create_media",
    ]


@pytest.mark.parametrize("function", FUNCTIONS, ids=IDS)
def test_a_function_is_found_by_both_of_its_names(function: Function) -> None:
    assert find(function.full_name) is function
    assert find(f"{function.service}.{function.service}_{function.name}") is function


@pytest.mark.parametrize("function", FUNCTIONS, ids=IDS)
def test_a_client_has_the_function_with_these_parameters(function: Function) -> None:
    client = {"buffer": BufferClient, "instagram": InstagramClient}[function.service]
    method = getattr(client, function.name)
    assert inspect.iscoroutinefunction(method)
    parameters = inspect.signature(method).parameters
    for parameter in function.parameters:
        assert parameter.name in parameters
        assert (parameters[parameter.name].default is inspect.Parameter.empty) is parameter.required
    documented = {parameter.name for parameter in function.parameters}
    needed = {name for name, one in parameters.items() if one.default is inspect.Parameter.empty} - {"self"}
    assert needed <= documented


@pytest.mark.parametrize(
    ("name", "near"),
    [("buffer.list_profile", "list_profiles"), ("instagram.listmedia", "list_media"), ("x", "kosmo docs")],
)
def test_an_unknown_name_is_answered_with_the_nearest(name: str, near: str) -> None:
    with pytest.raises(BadParameter) as caught:
        find(name)
    assert near in caught.value.hint


@pytest.mark.parametrize(
    ("given_", "checked"),
    [
        ({"profileIds": ["1", "2"]}, {"profile_ids": ["1", "2"]}),
        ({"profile_ids": "1, 2,"}, {"profile_ids": ["1", "2"]}),
        ({"profileIds": ["1"], "now": "true"}, {"profile_ids": ["1"], "now": True}),
        ({"profileIds": ["1"], "now": "No"}, {"profile_ids": ["1"], "now": False}),
        ({"profileIds": ["1"], "now": None}, {"profile_ids": ["1"]}),
        ({"profileIds": ["1"], "scheduledAt": 2027}, {"profile_ids": ["1"], "scheduled_at": "2027"}),
        ({"profileIds": ["1"], "media": '{"link": "x"}'}, {"profile_ids": ["1"], "media": {"link": "x"}}),
    ],
)
def test_both_spellings_and_strings_of_a_command_line(given_: dict[str, Any], checked: dict[str, Any]) -> None:
    assert check(CREATE, {"text": "hi", **given_}) == {"text": "hi", **checked}


@pytest.mark.parametrize(
    ("given_", "parameter"),
    [
        ({"text": "hi"}, "profileIds"),
        ({"text": "hi", "profileIds": None}, "profileIds"),
        ({"text": "hi", "profileIds": ["1"], "colour": "red"}, "colour"),
        ({"text": "hi", "profileIds": ["1"], "profile_ids": ["2"]}, "profile_ids"),
        ({"text": "hi", "profileIds": [1]}, "profileIds"),
        ({"text": ["hi"], "profileIds": ["1"]}, "text"),
        ({"text": True, "profileIds": ["1"]}, "text"),
        ({"text": "hi", "profileIds": ["1"], "now": "perhaps"}, "now"),
        ({"text": "hi", "profileIds": ["1"], "now": 1}, "now"),
        ({"text": "hi", "profileIds": ["1"], "media": "{broken"}, "media"),
        ({"text": "hi", "profileIds": ["1"], "media": "https://x"}, "media"),
    ],
)
def test_a_wrong_parameter_is_named(given_: dict[str, Any], parameter: str) -> None:
    with pytest.raises(BadParameter) as caught:
        check(CREATE, given_)
    assert caught.value.parameter == parameter
    assert caught.value.message and caught.value.hint is not None


def test_a_list_of_urls_stays_one_url_per_item() -> None:
    create, urls = find("instagram.create_media"), ["https://x.com/r?u=1,https://y.com/a.jpg", "https://x.com/b.jpg"]
    assert check(create, {"imageUrl": urls}) == {"image_url": urls}
    assert post(check(create, {"imageUrl": urls})["image_url"]).urls == tuple(urls)
    assert check(create, {"imageUrl": ",".join(urls)}) == {"image_url": ",".join(urls)}
    with pytest.raises(BadParameter):
        check(create, {"imageUrl": [1]})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(FUNCTIONS), st.data())
def test_any_arguments_are_checked_or_refused(function: Function, data: st.DataObject) -> None:
    names = st.sampled_from([p.wire for p in function.parameters] + [p.name for p in function.parameters] + ["other"])
    arguments = data.draw(st.dictionaries(names, JSON | st.sampled_from(["5", "true", "a,b", "{}"]), max_size=5))
    try:
        checked = check(function, arguments)
    except BadParameter:
        return
    kinds: dict[str, Any] = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}
    kinds["string|array"] = (str, list)
    for parameter in function.parameters:
        value = checked.pop(parameter.name, None)
        assert isinstance(value, kinds[parameter.type]) or (value is None and not parameter.required)
    assert checked == {}


def test_results_are_plain_json_with_the_raw_text() -> None:
    update = Update(
        id="1",
        profile_id="2",
        profile_service="x",
        status="sent",
        text=SafeText("a\x1bb"),
        sent_at=datetime(2027, 1, 1, tzinfo=UTC),
    )
    plain = as_json(CreateResult(success=True, updates=(update,)))
    assert plain["updates"][0]["text"] == "a\x1bb"
    assert plain["updates"][0]["sent_at"] == datetime(2027, 1, 1, tzinfo=UTC)
    json.dumps(plain, default=str)


async def test_functions_are_called_by_name(buffer: BufferWorld) -> None:
    client = buffer.client("default")
    profiles = await call(client, find("buffer.buffer_list_profiles"), {})
    assert {"id", "service", "service_type", "service_username", "formatted_username", "avatar", "timezone"} <= set(
        profiles[0]
    )
    assert {"paused", "disconnected", "locked", "schedules", "organization_id"} <= set(profiles[0])
    page = await call(client, find("buffer.list_pending_updates"), {"profileId": profiles[0]["id"], "count": "2"})
    assert set(page) >= {"updates", "page", "count", "has_more", "total"} and page["total"] is None
    assert len(page["updates"]) == 2
    with pytest.raises(BadParameter):
        await call(client, find("buffer.get_update"), {})
