"""Insights: the table metric × period × metric type × breakdown against the rules, days, totals, missing data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosmo_tui.sandbox.instagram.figures import Figures
from kosmo_tui.sandbox.instagram.parameters import Parameters
from kosmo_tui.sandbox.instagram.ranges import moment
from kosmo_tui.sandbox.instagram.seed import build
from tests.sandbox.graph_sandbox import START, Answer, Graph

PERIODS = ("day", "week", "days_28", "month", "lifetime", "total_over_range")
METRIC_TYPES = (None, "default", "time_series", "total_value")
BREAKDOWNS = (None, "age", "city", "contact_button_type", "country", "follow_type", "gender", "media_product_type")

# Written down again, independently of the sandbox: metric → (series?, total?, periods, breakdowns).
PEOPLE = ("age", "city", "country", "gender")
RULES: dict[str, tuple[bool, bool, tuple[str, ...], tuple[str, ...]]] = {
    "reach": (True, True, ("day", "week", "days_28"), ("media_product_type", "follow_type")),
    "follower_count": (True, False, ("day",), ()),
    "online_followers": (True, False, ("lifetime",), ()),
    "views": (False, True, ("day",), ("follow_type", "media_product_type")),
    "accounts_engaged": (False, True, ("day",), ()),
    "replies": (False, True, ("day",), ()),
    "profile_views": (False, True, ("day",), ()),
    "website_clicks": (False, True, ("day",), ()),
    "total_interactions": (False, True, ("day",), ("media_product_type",)),
    "likes": (False, True, ("day",), ("media_product_type",)),
    "comments": (False, True, ("day",), ("media_product_type",)),
    "shares": (False, True, ("day",), ("media_product_type",)),
    "saves": (False, True, ("day",), ("media_product_type",)),
    "reposts": (False, True, ("day",), ()),
    "follows_and_unfollows": (False, True, ("day",), ("follow_type",)),
    "profile_links_taps": (False, True, ("day",), ("contact_button_type",)),
    "follower_demographics": (False, True, ("lifetime",), PEOPLE),
    "engaged_audience_demographics": (False, True, ("lifetime",), PEOPLE),
    "reached_audience_demographics": (False, True, ("lifetime",), PEOPLE),
}


def expected_error(metric: str, period: str, metric_type: str | None, breakdown: str | None) -> str | None:
    series, total, periods, breakdowns = RULES[metric]
    if metric_type in (None, "default") and not series:
        return f"The following metrics ({metric}) should be specified with parameter metric_type=total_value"
    if (metric_type == "total_value" and not total) or (metric_type == "time_series" and not series):
        return f"The following metric ({metric}) is incompatible with the metric type ({metric_type})"
    if period not in periods:
        return f"The following periods ({period}) are incompatible with the metric ({metric})"
    if breakdown and (metric_type != "total_value" or breakdown not in breakdowns):
        return f"Incompatible breakdowns ({breakdown}) for metric ({metric})"
    return None


@pytest.mark.parametrize("metric", RULES)
async def test_table(metric: str) -> None:
    graph = Graph()
    good = 0
    for period, metric_type, breakdown in product(PERIODS, METRIC_TYPES, BREAKDOWNS):
        asked = {"metric": metric, "period": period, "timeframe": "this_month"}
        asked |= {"metric_type": metric_type} if metric_type else {}
        asked |= {"breakdown": breakdown} if breakdown else {}
        answer = await graph.get("me/insights", "brand_account", **asked)
        if message := expected_error(metric, period, metric_type, breakdown):
            assert (answer.error["message"], answer.error["code"]) == (message, 100), asked
            continue
        good += 1
        (entry,) = answer.data
        assert (entry["name"], entry["period"]) == (metric, period)
        assert entry["id"] == f"17841405309211844/insights/{metric}/{period}"
        if metric_type != "total_value":
            assert entry["values"] and "total_value" not in entry
        elif breakdown:
            (broken,) = entry["total_value"]["breakdowns"]
            assert broken["dimension_keys"] == [breakdown]
            if "value" in entry["total_value"]:
                assert sum(part["value"] for part in broken["results"]) == entry["total_value"]["value"]
        elif metric == "follows_and_unfollows" or "demographics" in metric:
            assert "total_value" not in entry and "values" not in entry
        else:
            assert entry["total_value"]["value"] >= 0
    assert good


async def test_the_first_wrong_thing_is_named() -> None:
    graph = Graph()
    everything = {
        "metric": "views,impressions", "period": "week", "metric_type": "time_series", "breakdown": "age",
        "since": "2026-01-01", "until": "2026-11-01",
    }  # fmt: skip
    steps = [
        ({"metric": "views"}, "metric[1] must be one of the following values: reach, follower_count"),
        ({"metric_type": "total_value"}, "The following metric (views) is incompatible with the metric type"),
        ({"period": "day"}, "The following periods (week) are incompatible with the metric (views)"),
        ({"breakdown": "follow_type"}, "Incompatible breakdowns (age) for metric (views)"),
        ({"since": "2026-10-10"}, "There cannot be more than 30 days (2592000 s) between since and until."),
    ]
    for mend, message in steps:
        answer = await graph.get("me/insights", "brand_account", **everything)
        assert answer.error["message"].startswith(message)
        everything |= mend
    assert (await graph.get("me/insights", "brand_account", **everything)).data


@pytest.mark.parametrize("name", ["metric", "period"])
async def test_a_missing_parameter_is_named(name: str) -> None:
    asked = {"metric": "reach", "period": "day"}
    del asked[name]
    answer = await Graph().get("me/insights", "brand_account", **asked)
    assert answer.error["message"] == f"The parameter {name} is required."


async def test_one_bad_metric_fails_the_call_and_six_totals_go_together() -> None:
    graph = Graph()
    totals = "views,total_interactions,likes,comments,shares,saves"
    answer = await graph.get("me/insights", "brand_account", metric=totals, period="day", metric_type="total_value")
    values = {entry["name"]: entry["total_value"]["value"] for entry in answer.data}
    assert list(values) == totals.split(",")
    replies = await graph.get("me/insights", "brand_account", metric="replies", period="day", metric_type="total_value")
    parts = sum(values[name] for name in ("likes", "comments", "shares", "saves"))
    assert values["total_interactions"] == parts + replies.data[0]["total_value"]["value"]
    mixed = await graph.get("me/insights", "brand_account", metric=f"follower_count,{totals}", period="day")
    assert mixed.code == (100, None)


def days(answer: Answer) -> list[datetime]:
    return [datetime.fromisoformat(value["end_time"]) for value in answer.data[0]["values"]]


async def test_without_a_range_a_series_has_two_points() -> None:
    answer = await Graph().get("me/insights", "brand_account", metric="reach", period="day")
    assert [day.isoformat() for day in days(answer)] == ["2026-11-22T08:00:00+00:00", "2026-11-23T08:00:00+00:00"]


async def test_days_end_at_pacific_midnight_also_when_the_clocks_change() -> None:
    answer = await Graph().get(
        "me/insights", "brand_account", metric="reach", period="day", since="2026-10-30", until="2026-11-04"
    )
    assert [day.isoformat() for day in days(answer)] == [
        "2026-10-31T07:00:00+00:00", "2026-11-01T07:00:00+00:00", "2026-11-02T08:00:00+00:00",
        "2026-11-03T08:00:00+00:00", "2026-11-04T08:00:00+00:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2026-11-01", "2026-11-08"),
        ("1793516400", "1794124800"),  # the same two midnights: one in summer, one in winter time
        ("2026-11-01T07:00:00Z", "2026-11-08T08:00:00+00:00"),
        ("2026-11-01T07:00:00+0000", "2026-11-08T08:00:00+0000"),
    ],
)
async def test_ranges_are_unix_seconds_or_dates(since: str, until: str) -> None:
    asked = {"metric": "reach", "period": "day", "since": since, "until": until}
    assert len(days(await Graph().get("me/insights", "brand_account", **asked))) == 7


@pytest.mark.parametrize(
    ("text", "expected"),  # now is a Sunday, 4 o'clock in the morning in Pacific time
    [
        ("now", "2026-11-22T12:00"), ("yesterday", "2026-11-21T08:00"), ("Tomorrow", "2026-11-23T08:00"),
        ("@1790000000", "2026-09-21T14:13:20"), ("Nov 1 2026", "2026-11-01T07:00"), ("nov 1, 2026", "2026-11-01T07:00"),
        ("1 November 2026", "2026-11-01T07:00"), ("11/02/2026", "2026-11-02T08:00"), ("2.11.2026", "2026-11-02T08:00"),
        ("-7 days", "2026-11-15T12:00"), ("7 days ago", "2026-11-15T12:00"), ("- 36 hours", "2026-11-21T00:00"),
        ("+1 week", "2026-11-29T12:00"), ("-9 months", "2026-02-22T12:00"), ("1 year ago", "2025-11-22T12:00"),
        ("last monday", "2026-11-16T08:00"), ("monday", "2026-11-23T08:00"), ("last sunday", "2026-11-15T08:00"),
        ("next sunday", "2026-11-29T08:00"), ("Sunday", "2026-11-22T08:00"),
    ],
)  # fmt: skip
def test_moments_as_strtotime_reads_them(text: str, expected: str) -> None:
    assert moment(Parameters({"since": text}), "since", START) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_a_day_that_the_month_lacks_runs_over() -> None:
    last_of_october = datetime(2026, 10, 31, 12, tzinfo=UTC)
    found = moment(Parameters({"until": "-1 month"}), "until", last_of_october)
    assert found == datetime(2026, 10, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "since", ["-9999 years", "last dog", "31 February 2026", "soon", "2026-13-01", "99999999999999", "-3 dogs", "\x00"]
)
async def test_a_range_that_is_none_is_refused(since: str) -> None:
    answer = await Graph().get("me/insights", "brand_account", metric="reach", period="day", since=since)
    assert answer.error["code"] == 100 and "since" in answer.error["message"]


async def test_a_past_of_400_days_answers_in_chunks_and_the_week_has_a_rhythm() -> None:
    graph, reach = Graph(), []
    for chunk in range(14, 0, -1):
        since = START - timedelta(days=30 * chunk)
        answer = await graph.get(
            "me/insights", "brand_account", metric="reach", period="day",
            since=str(int(since.timestamp())), until=str(int((since + timedelta(days=30)).timestamp())),
        )  # fmt: skip
        reach += [(datetime.fromisoformat(point["end_time"]), point["value"]) for point in answer.data[0]["values"]]
    assert len({day for day, _ in reach}) >= 400
    by_weekday = [[value for day, value in reach if day.weekday() == weekday] for weekday in range(7)]
    friday, sunday = (sum(values) / len(values) for values in (by_weekday[5], by_weekday[0]))  # days end a day later
    assert friday > 1.2 * sunday


async def test_reach_of_a_week_is_less_than_its_days_together() -> None:
    graph = Graph()
    asked = {"metric": "reach", "since": "2026-11-09", "until": "2026-11-16"}
    daily = await graph.get("me/insights", "brand_account", period="day", **asked)
    weekly = await graph.get("me/insights", "brand_account", period="week", **asked)
    of_days = [point["value"] for point in daily.data[0]["values"]]
    assert max(of_days) < weekly.data[0]["values"][-1]["value"] < sum(of_days)


async def test_views_of_a_window_are_the_sum_of_its_days() -> None:
    graph = Graph()
    asked = {"metric": "views", "period": "day", "metric_type": "total_value"}

    async def views(since: str, until: str) -> int:
        answer = await graph.get("me/insights", "brand_account", since=since, until=until, **asked)
        return int(answer.data[0]["total_value"]["value"])

    one, two, three = [await views(f"2026-11-0{day}", f"2026-11-0{day + 1}") for day in (2, 3, 4)]
    assert await views("2026-11-02", "2026-11-05") == one + two + three


async def test_two_breakdowns_at_once() -> None:
    asked = {"metric": "views", "period": "day", "metric_type": "total_value"}
    answer = await Graph().get("me/insights", "brand_account", breakdown="media_product_type,follow_type", **asked)
    (broken,) = answer.data[0]["total_value"]["breakdowns"]
    assert broken["dimension_keys"] == ["media_product_type", "follow_type"]
    assert all(len(part["dimension_values"]) == 2 for part in broken["results"])
    assert sum(part["value"] for part in broken["results"]) == answer.data[0]["total_value"]["value"]


async def test_followers_gained_are_those_of_follower_count() -> None:
    graph = Graph()
    asked = {"period": "day", "since": "2026-11-10", "until": "2026-11-15"}
    series = await graph.get("me/insights", "brand_account", metric="follower_count", **asked)
    total = await graph.get(
        "me/insights", "brand_account", metric="follows_and_unfollows", metric_type="total_value",
        breakdown="follow_type", **asked,
    )  # fmt: skip
    (broken,) = total.data[0]["total_value"]["breakdowns"]
    gained, lost = broken["results"]
    assert (gained["dimension_values"], lost["dimension_values"]) == (["FOLLOWER"], ["NON_FOLLOWER"])
    assert gained["value"] == sum(point["value"] for point in series.data[0]["values"])
    assert "value" not in total.data[0]["total_value"]


async def test_the_follower_count_moves_with_gains_and_losses() -> None:
    graph = Graph()
    before = (await graph.get("me", "brand_account", fields="followers_count")).good["followers_count"]
    graph.clock.advance(days=20)
    after = (await graph.get("me", "brand_account", fields="followers_count")).good["followers_count"]
    answer = await graph.get(
        "me/insights", "brand_account", metric="follows_and_unfollows", metric_type="total_value", period="day",
        breakdown="follow_type", since=str(int(START.timestamp())),
    )  # fmt: skip
    gained, lost = (part["value"] for part in answer.data[0]["total_value"]["breakdowns"][0]["results"])
    assert after - before == gained - lost != 0


@pytest.mark.parametrize(
    "asked",
    [
        {"metric": "follower_count", "period": "day"},
        {"metric": "online_followers", "period": "lifetime"},
        {"metric": "follows_and_unfollows", "period": "day", "metric_type": "total_value", "breakdown": "follow_type"},
        {"metric": "follower_demographics", "period": "lifetime", "metric_type": "total_value", "breakdown": "age"},
    ],
    ids=lambda asked: asked["metric"],
)
async def test_below_100_followers_data_is_missing_and_not_zero(asked: dict[str, str]) -> None:
    assert (await Graph().get("me/insights", **asked)).good == {"data": []}
    assert (await Graph(small_account_is_error=True).get("me/insights", **asked)).code == (100, None)
    assert (await Graph().get("me/insights", "brand_account", **asked)).data


async def test_names_that_belong_to_threads_are_accepted_and_empty() -> None:
    asked = {"metric": "threads_views,views", "period": "day", "metric_type": "total_value"}
    answer = await Graph().get("me/insights", "brand_account", **asked)
    assert [entry["name"] for entry in answer.data] == ["views"]


async def test_demographics_need_a_timeframe_of_today() -> None:
    graph = Graph()
    asked = {
        "metric": "engaged_audience_demographics",
        "period": "lifetime",
        "metric_type": "total_value",
        "breakdown": "age",
    }
    assert (await graph.get("me/insights", "brand_account", **asked)).error[
        "message"
    ] == "The parameter timeframe is required."
    assert (await graph.get("me/insights", "brand_account", timeframe="last_90_days", **asked)).code == (100, None)
    assert (await graph.get("me/insights", "brand_account", timeframe="never", **asked)).code == (100, None)
    assert (await graph.get("me/insights", "brand_account", timeframe="this_week", **asked)).data
    switched = Graph(timeframe_in_dimensions=True)
    answer = await switched.get("me/insights", "brand_account", timeframe="this_week", **asked)
    assert answer.data[0]["total_value"]["breakdowns"][0]["dimension_keys"] == ["timeframe", "age"]


async def test_online_followers_are_told_by_hour() -> None:
    answer = await Graph().get("me/insights", "brand_account", metric="online_followers", period="lifetime")
    (entry,) = answer.data
    assert {tuple(point["value"]) for point in entry["values"]} == {tuple(str(hour) for hour in range(24))}
    assert "paging" not in answer.good


async def test_the_instagram_host_may_drop_what_lacks_a_metric_type() -> None:
    graph = Graph(instagram_drops_total_only=True)
    answer = await graph.get("me/insights", "brand_account", metric="reach,profile_views", period="day")
    assert [entry["name"] for entry in answer.data] == ["reach"]
    facebook = await graph.get("17841411718913026/insights", "agency", metric="reach,profile_views", period="day")
    assert facebook.error["code"] == 100


async def test_numbers_may_be_late_and_are_missing_then() -> None:
    graph = Graph(insights_lag_hours=48)
    assert (await graph.get("me/insights", "brand_account", metric="reach", period="day")).good == {"data": []}
    asked = {"metric": "reach", "period": "day", "since": "2026-11-15"}
    assert days(await graph.get("me/insights", "brand_account", **asked))[-1].day == 21  # noon of the 20th is known
    asked = {"metric": "views", "period": "day", "metric_type": "total_value"}
    assert (await graph.get("me/insights", "brand_account", **asked)).good == {"data": []}


async def test_neighbouring_windows_follow_each_other() -> None:
    graph = Graph()
    asked = {"metric": "reach", "period": "day", "since": "2026-11-02", "until": "2026-11-05"}
    answer = await graph.get("me/insights", "brand_account", **asked)
    earlier = await graph.follow(answer.good["paging"]["previous"])
    assert len(days(earlier)) == 3
    assert days(earlier)[-1] == days(answer)[0] - timedelta(days=1)
    assert days(await graph.follow(earlier.good["paging"]["next"])) == days(answer)


MEDIA_RULES = {
    "FEED": "views,reach,shares,total_interactions,reposts,likes,comments,saved,follows,profile_visits,"
    "profile_activity",
    "REELS": "views,reach,shares,total_interactions,reposts,likes,comments,saved,ig_reels_avg_watch_time,"
    "ig_reels_video_view_total_time,reels_skip_rate",
    "STORY": "views,reach,shares,total_interactions,reposts,follows,profile_visits,profile_activity,navigation,replies",
}
MEDIA_METRICS = sorted({name for names in MEDIA_RULES.values() for name in names.split(",")})


@pytest.mark.parametrize("kind", MEDIA_RULES)
async def test_metrics_of_media_by_product_type(kind: str) -> None:
    graph = Graph()
    media = next(item for item in graph.side.world.accounts["brand_account"].media if item.product == kind)
    for metric in MEDIA_METRICS:
        answer = await graph.get(f"{media.id}/insights", "brand_account", metric=metric, period="day")
        if metric in MEDIA_RULES[kind].split(","):
            (entry,) = answer.data
            assert entry["period"] == "lifetime" and entry["values"][0]["value"] >= 0
        else:
            message = f"The Media Insights API does not support the {metric} metric for this media product type."
            assert answer.error["message"] == message


async def test_metrics_of_a_reel_agree_with_the_reel_and_grow() -> None:
    graph = Graph()
    before: dict[str, Any] = {}
    reel = next(item for item in graph.side.world.accounts["brand_account"].media if item.product == "REELS")
    for _ in range(3):
        fields = f"like_count,comments_count,insights.metric({MEDIA_RULES['REELS']})"
        answer = (await graph.get(reel.id, "brand_account", fields=fields)).good
        metrics = {entry["name"]: entry["values"][0]["value"] for entry in answer["insights"]["data"]}
        assert metrics["likes"] == answer["like_count"] and metrics["comments"] == answer["comments_count"]
        parts = ("likes", "comments", "saved", "shares")
        assert metrics["total_interactions"] == sum(metrics[part] for part in parts)
        assert metrics["reach"] <= metrics["views"]
        assert metrics["ig_reels_video_view_total_time"] == metrics["views"] * metrics["ig_reels_avg_watch_time"] > 0
        assert not before or metrics["views"] > before["views"]
        assert all(metrics[name] >= value for name, value in before.items())
        before = metrics
        graph.clock.advance(hours=8)


@pytest.mark.parametrize(
    ("kind", "metric", "breakdown"),
    [("FEED", "profile_activity", "action_type"), ("STORY", "navigation", "story_navigation_action_type")],
)
async def test_breakdowns_of_media_add_up(kind: str, metric: str, breakdown: str) -> None:
    graph = Graph()
    media = next(item for item in graph.side.world.accounts["brand_account"].media[-2::-1] if item.product == kind)
    answer = await graph.get(f"{media.id}/insights", "brand_account", metric=metric, breakdown=breakdown)
    total = answer.data[0]["total_value"]
    assert sum(part["value"] for part in total["breakdowns"][0]["results"]) == total["value"] > 0


async def test_media_without_insights() -> None:
    graph = Graph()
    media = graph.side.world.accounts["brand_account"].media
    child = next(item for item in media if item.children).children[0]
    assert (await graph.get(f"{child.id}/insights", "brand_account", metric="reach")).code == (100, 33)
    assert (await graph.get(f"{media[-1].id}/insights", "brand_account", metric="reach")).code == (100, 2108006)
    story = next(item for item in media if item.product == "STORY")
    graph.clock.advance(hours=24)
    assert (await graph.get(f"{story.id}/insights", "brand_account", metric="reach")).code == (100, 33)


@settings(deadline=None)
@given(
    total=st.integers(0, 10**9),
    dimensions=st.lists(st.sampled_from(("age", "gender", "country", "follow_type")), unique=True, max_size=3),
    seed=st.integers(0, 50),
)
def test_parts_always_add_up(total: int, dimensions: list[str], seed: int) -> None:
    parts = Figures(seed, START).split(total, tuple(dimensions), "key")
    assert sum(amount for _, amount in parts) == total
    assert all(amount > 0 and len(values) == len(dimensions) for values, amount in parts)


_WORLD = build(1, START, hostile=False)


@settings(deadline=None)
@given(hours=st.lists(st.integers(0, 24 * 400), min_size=3, max_size=3, unique=True))
def test_totals_of_adjoining_windows_add_up(hours: list[int]) -> None:
    figures = Figures(1, START)
    account = _WORLD.accounts["brand_account"]
    first, second, third = (datetime(2025, 11, 1, 7, tzinfo=UTC) + timedelta(hours=hour) for hour in sorted(hours))
    whole = figures.total(account, "views", first, third)
    parts = figures.total(account, "views", first, second) + figures.total(account, "views", second, third)
    assert abs(whole - parts) <= 1  # each is rounded once
