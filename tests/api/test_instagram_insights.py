"""Insights: one refused metric costs itself alone, windows are joined, and what is missing is said."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosmo_tui.api.errors import AuthExpired, BadAnswer, NotFound, RateLimited, Unavailable
from kosmo_tui.api.functions import as_json
from kosmo_tui.api.instagram.insights import blamed
from kosmo_tui.api.instagram.metrics import ACCOUNT
from kosmo_tui.api.instagram.models import Insights, Media
from tests.api.instagram_answers import Script, error


def series(name: str, *points: tuple[str, int]) -> dict[str, Any]:
    values = [{"value": value, "end_time": f"{day}T08:00:00+0000"} for day, value in points]
    return {"name": name, "period": "day", "values": values}


def total(name: str, value: int) -> dict[str, Any]:
    return {"name": name, "period": "day", "total_value": {"value": value}}


def script(answer: Any) -> Script:
    service = Script()
    service.answers["GET /insights"] = answer
    return service


def echo(sent: dict[str, str]) -> dict[str, Any]:
    """Every metric answered, in the shape that was asked for."""
    make = (lambda name: total(name, 1)) if "metric_type" in sent else (lambda name: series(name, ("2026-11-20", 1)))
    if "breakdown" in sent:
        results = [{"dimension_values": [sent["breakdown"].upper()], "value": 3}]
        part = {"dimension_keys": [sent["breakdown"]], "results": results}
        make = lambda name: {"name": name, "period": "day", "total_value": {"breakdowns": [part]}}  # noqa: E731
    return {"data": [make(name) for name in sent["metric"].split(",")]}


async def test_the_defaults_are_asked_by_rule_and_come_back_in_order() -> None:
    service = script(echo)
    async with service.client() as client:
        found = await client.list_insights()
    assert found.notices == ()
    assert [item.name for item in found.items][:3] == ["reach", "follower_count", "views"]
    assert service.count("GET /insights") == 3
    assert set(as_json(found)) == {"data", "notices"}


async def test_the_reference_example_survives_its_dead_metric() -> None:
    service = script(echo)
    async with service.client() as client:
        found = await client.list_insights("impressions,reach,follower_count", "day")
    assert [item.name for item in found.items] == ["reach", "follower_count"]
    assert all(entry["values"][0]["end_time"] for entry in as_json(found)["data"])
    assert found.notices == ("impressions: withdrawn in April 2025; use views",)
    assert service.count("GET /insights") == 1


@pytest.mark.parametrize(
    "message",
    [
        "(#100) metric[1] must be one of the following values: reach, likes, views",
        "metric[1] must be one of the following values: reach, likes, views",
        "(#100) The following metric (shares) is incompatible with the metric type (total_value)",
        "(#100) The following metrics (shares,nothing) should be specified with parameter metric_type=total_value",
        "(#100) Incompatible breakdowns (follow_type) for metric (shares)",
        "(#100) The Media Insights API does not support the shares metric for this media product type.",
        "(#100) Starting from version v22.0 and above, the shares metric is no longer supported for the queried media.",
        "(#100) (shares) metric only supports querying data for the last 30 days excluding the current day",
        "Something that names nothing",
    ],
)
async def test_a_refused_metric_is_dropped_and_the_others_are_asked_again(message: str) -> None:
    def answer(sent: dict[str, str]) -> Any:
        return error(100, message=message) if "shares" in sent["metric"].split(",") else echo(sent)

    service = script(answer)
    async with service.client() as client:
        found = await client.list_insights("likes,shares,views")
    assert [item.name for item in found.items] == ["likes", "views"]
    (notice,) = found.notices
    assert notice.startswith("shares: ")


REFUSALS = (
    "metric[{index}] must be one of the following values: reach, views",
    "The following metric ({name}) is incompatible with the metric type (total_value)",
    "The Media Insights API does not support the {name} metric for this media product type.",
    "An unknown error has occurred.",
)


@given(
    asked=st.lists(st.sampled_from([*ACCOUNT, "impressions", "quotes"]), min_size=1, max_size=8, unique=True),
    refused=st.sets(st.sampled_from([*ACCOUNT, "quotes"])),
    silent=st.sets(st.sampled_from([*ACCOUNT, "quotes"])),
    message=st.sampled_from(REFUSALS),
)
@settings(max_examples=80, deadline=None)
def test_whatever_is_refused_every_metric_is_there_or_explained(
    asked: list[str], refused: set[str], silent: set[str], message: str
) -> None:
    def answer(sent: dict[str, str]) -> Any:
        names = sent["metric"].split(",")
        bad = next((name for name in names if name in refused), None)
        if bad is not None:
            return error(100, message=message.format(index=names.index(bad), name=bad))
        return {"data": [entry for entry in echo(sent)["data"] if entry["name"] not in silent]}

    async def run() -> Insights:
        async with script(answer).client() as client:
            return await client.list_insights(asked)

    found = asyncio.run(run())
    had = {item.name for item in found.items}
    told = {name.strip() for notice in found.notices for name in notice.partition(":")[0].split(",")}
    assert had | told == set(asked) and not had & told
    assert had == set(asked) - refused - silent - {"impressions"}
    assert [entry["name"] for entry in as_json(found)["data"]] == [name for name in asked if name in had]


def test_who_is_blamed() -> None:
    assert blamed("metric[5] must be one of", ["reach"]) == []
    assert blamed("The following periods (week) are incompatible with the metric (online_followers)", ["week"]) == [
        "week"
    ]
    assert blamed("views of reach", ["views", "reach"]) == []


async def test_windows_are_joined() -> None:
    def answer(sent: dict[str, str]) -> Any:
        if "metric_type" in sent:
            return {"data": [total("likes", 10)]}
        first = sent["since"] == "1790812800"
        return {"data": [series("reach", ("2026-10-30", 5), *([] if first else [("2026-11-01", 7)]))]}

    service = script(answer)
    async with service.client() as client:
        found = await client.list_insights("reach,likes", since="2026-10-01", until="2026-11-15")
    reach, likes = found.items
    assert [point.value for point in reach.points] == [5, 7]
    assert likes.total == 20
    assert as_json(found)["data"][1]["total_value"] == {"value": 20}
    assert found.notices == ()


async def test_breakdowns_are_added_and_collected() -> None:
    service = script(echo)
    async with service.client() as client:
        found = await client.list_insights("follows_and_unfollows", since="2026-10-01", until="2026-11-15")
        who = await client.list_insights("follower_demographics")
    (follows,) = found.items
    assert follows.total is None and follows.breakdowns[0].results == ((("FOLLOW_TYPE",), 6),)
    assert [part.keys for part in who.items[0].breakdowns] == [("age",), ("gender",), ("country",), ("city",)]


async def test_a_window_without_numbers_is_said() -> None:
    service = script([{"data": [total("likes", 10)]}, {"data": []}])
    async with service.client() as client:
        found = await client.list_insights("likes", since="2026-10-01", until="2026-11-15")
    assert found.items[0].total == 10
    assert found.notices == ("likes: Instagram has no numbers for a part of the range",)


async def test_missing_data_is_a_notice_never_zero() -> None:
    service = script({"data": [series("follower_count"), {"name": "reach", "period": "day"}]})
    async with service.client() as client:
        found = await client.list_insights("follower_count,reach")
    assert found.items == () and as_json(found)["data"] == []
    assert any(notice.startswith("follower_count: ") and "100 followers" in notice for notice in found.notices)
    assert any(notice.startswith("reach: ") for notice in found.notices)


async def test_one_failed_request_leaves_the_others() -> None:
    def answer(sent: dict[str, str]) -> Any:
        return error(80002, message="slow down") if "metric_type" in sent else echo(sent)

    service = script(answer)
    async with service.client() as client:
        found = await client.list_insights("reach,views,likes")
    assert [item.name for item in found.items] == ["reach"]
    assert found.notices == ("views, likes: too many calls of the account",)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(80002), RateLimited),
        (error(2), Unavailable),
        (error(100, 33), NotFound),
        ({"data": [{"name": 7}]}, BadAnswer),
        ({"data": [{"name": "reach", "values": [{"value": "7"}]}]}, BadAnswer),
    ],
)
async def test_when_nothing_can_be_had_the_error_is_raised(answer: Any, kind: type[Exception]) -> None:
    service = script(answer)
    async with service.client() as client:
        with pytest.raises(kind):
            await client.list_insights("reach,views")


async def test_an_expired_token_is_raised_even_beside_numbers() -> None:
    service = script(lambda sent: error(190, 463) if "metric_type" in sent else echo(sent))
    async with service.client() as client:
        with pytest.raises(AuthExpired):
            await client.list_insights("reach,views")


@pytest.mark.parametrize(
    ("product", "has", "lacks"),
    [
        ("FEED", "profile_visits", "ig_reels_avg_watch_time"),
        ("REELS", "ig_reels_avg_watch_time", "profile_visits"),
        ("STORY", "navigation", "saved"),
        (None, "views", "saved"),
    ],
)
async def test_media_are_asked_for_the_metrics_of_their_kind(product: str | None, has: str, lacks: str) -> None:
    service = Script()
    service.answers["GET /77/insights"] = lambda sent: {
        "data": [{"name": name, "period": "lifetime", "values": [{"value": 9}]} for name in sent["metric"].split(",")]
    }
    async with service.client() as client:
        found = await client.media_insights(Media(id="77", media_product_type=product))
    names = {item.name: item.total for item in found.items}
    assert names[has] == 9 and lacks not in names
    assert service.seen[0][1].keys() == {"metric"}


async def test_a_story_with_few_viewers_is_a_notice() -> None:
    service = Script()
    service.answers["GET /77/insights"] = error(10, message="(#10) Not enough viewers for the media to show insights")
    async with service.client() as client:
        found = await client.media_insights(Media(id="77", media_product_type="STORY"))
    assert found.items == () and "viewers" in found.notices[0]
