"""The planner of insights: no request mixes what cannot go together, and no metric is lost in silence."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api.errors import BadParameter
from kosmo_tui.api.instagram.metrics import ACCOUNT, DAY, DEAD, DEFAULT, LONGEST, PERIODS, WINDOW
from kosmo_tui.api.instagram.plan import Plan, checked_period, names, plan, span

NOW = 1_795_300_000  # 22 November 2026
NAMES = st.lists(st.sampled_from([*ACCOUNT, *DEAD, "content_views", "quotes"]), min_size=1, max_size=12)
SPANS = st.none() | st.tuples(st.integers(NOW - 2 * LONGEST, NOW - 1), st.integers(1, LONGEST)).map(
    lambda pair: (pair[0], min(pair[0] + pair[1], NOW))
)
PERIOD = st.none() | st.sampled_from(list(PERIODS))
TYPE = st.sampled_from([None, "time_series", "total_value"])


@given(NAMES, SPANS, PERIOD, TYPE)
def test_every_metric_is_asked_as_its_rule_wants_or_noticed(metrics, wanted, period, metric_type) -> None:
    made = plan(metrics, now=NOW, period=period, wanted=wanted, metric_type=metric_type)
    asked = {name for ask in made.asks for name in ask.metrics}
    told = {name for name, _ in made.notices}
    assert asked | told == set(metrics)
    assert not asked & set(DEAD)
    for ask in made.asks:
        known = [name for name in ask.metrics if name in ACCOUNT]
        assert len(ask.metrics) == 1 or known == list(ask.metrics)
        for name in known:
            rule = ACCOUNT[name]
            assert ask.metric_type in rule.types
            assert ask.period in rule.periods
            assert ask.breakdown in (rule.breakdowns or ("",))
            assert ask.timeframe == rule.timeframe
            assert ask.period != "lifetime" or ask.windows == (None,)
            if ask.metric_type == "total_value" and not rule.additive:
                assert len(ask.windows) == 1
    for name in asked & set(ACCOUNT):
        breakdowns = [ask.breakdown for ask in made.asks if name in ask.metrics]
        assert sorted(breakdowns) == sorted(ACCOUNT[name].breakdowns or ("",))


@given(NAMES, SPANS, PERIOD)
def test_windows_are_thirty_days_at_most_and_cover_the_range(metrics, wanted, period) -> None:
    for ask in plan(metrics, now=NOW, period=period, wanted=wanted).asks:
        windows = [window for window in ask.windows if window is not None]
        assert all(0 < until - since <= WINDOW for since, until in windows)
        assert all(one[1] == other[0] for one, other in pairwise(windows))
        if wanted and windows:
            limited = [name for name in ask.metrics if name in ACCOUNT and ACCOUNT[name].days]
            assert windows[-1][1] == wanted[1]
            assert windows[0][0] == wanted[0] or (limited and windows[0][0] > wanted[0])


@given(st.integers(NOW - 10 * LONGEST, NOW), st.integers(WINDOW + 1, LONGEST))
def test_windows_meet_at_pacific_midnight(since: int, length: int) -> None:
    (ask,) = plan(["views"], now=NOW, wanted=(since, since + length)).asks
    for window in ask.windows[1:]:
        assert window is not None
        assert datetime.fromtimestamp(window[0], UTC).strftime("%H:%M:%S") in ("07:00:00", "08:00:00")


def reasons(made: Plan, name: str) -> list[str]:
    return [reason for metric, reason in made.notices if metric == name]


def test_the_default_metrics_take_three_requests_and_no_notice() -> None:
    made = plan(DEFAULT, now=NOW)
    assert made.notices == ()
    assert sorted(len(ask.metrics) for ask in made.asks) == [1, 2, 9]
    by_metric = {ask.metrics: ask.query(ask.metrics, ask.windows[0]) for ask in made.asks}
    series = by_metric["reach", "follower_count"]
    assert series["metric_type"] is None and series["period"] == "day" and series["since"] is None
    follows = by_metric[("follows_and_unfollows",)]
    assert (follows["metric_type"], follows["breakdown"]) == ("total_value", "follow_type")


def test_a_total_of_a_week_is_the_last_seven_days() -> None:
    made = plan(["views", "reach", "follower_count"], now=NOW, period="week")
    asks = {ask.metrics[0]: ask for ask in made.asks}
    assert (asks["views"].period, asks["views"].windows) == ("day", ((NOW - 7 * DAY, NOW),))
    assert (asks["reach"].period, asks["reach"].windows) == ("week", (None,))
    assert asks["follower_count"].period == "day"
    assert "per day" in reasons(made, "follower_count")[0]
    assert reasons(made, "views") == reasons(made, "reach") == []


def test_people_of_several_windows_are_not_added() -> None:
    wanted = (NOW - 60 * DAY, NOW)
    made = plan(["accounts_engaged", "reach", "likes"], now=NOW, wanted=wanted)
    assert {ask.metrics: len(ask.windows) for ask in made.asks} == {("reach",): 3, ("likes",): 3}
    assert "cannot be added" in reasons(made, "accounts_engaged")[0]
    (unknown,) = reasons(plan(["new_metric"], now=NOW, wanted=wanted), "new_metric")
    assert unknown.startswith("perhaps")
    total = plan(["reach"], now=NOW, wanted=wanted, metric_type="total_value")
    assert total.asks == () and "cannot be added" in reasons(total, "reach")[0]


def test_follower_count_reaches_back_thirty_days() -> None:
    made = plan(["follower_count"], now=NOW, wanted=(NOW - 60 * DAY, NOW))
    ((window,),) = (ask.windows for ask in made.asks)
    assert window is not None and NOW - 30 * DAY < window[0] < NOW - 29 * DAY
    assert "the rest is missing" in reasons(made, "follower_count")[0]
    old = plan(["follower_count"], now=NOW, wanted=(NOW - 60 * DAY, NOW - 40 * DAY))
    assert old.asks == () and reasons(old, "follower_count")


def test_lifetime_and_days_do_not_mix() -> None:
    made = plan(["online_followers", "reach"], now=NOW, period="lifetime")
    assert [ask.metrics for ask in made.asks] == [("online_followers",)]
    assert "no period lifetime" in reasons(made, "reach")[0]


def test_a_dead_metric_names_its_successor() -> None:
    made = plan(["impressions", "email_contacts"], now=NOW)
    assert made.asks == ()
    assert "views" in reasons(made, "impressions")[0]
    assert "profile_links_taps" in reasons(made, "email_contacts")[0]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-11-01", 1_793_491_200),
        ("2026-11-01T09:00:00Z", 1_793_523_600),
        ("2026-11-01T09:00:00+02:00", 1_793_516_400),
        ("1793523600", 1_793_523_600),
        (1_793_523_600, 1_793_523_600),
        (datetime(2026, 11, 1, 9, tzinfo=UTC), 1_793_523_600),
    ],
)
def test_moments_are_timestamps_or_iso_dates(text: str | int | datetime, seconds: int) -> None:
    assert span(text, None, now=NOW) == (seconds, NOW)
    assert span(None, text, now=NOW) == (seconds - DAY, seconds)


@pytest.mark.parametrize(
    "text", ["yesterday", "", "-5", "1793523600000", "20261101", "2026-13-01", "0001-01-01T00:00+14:00"]
)
def test_other_moments_are_refused(text: str) -> None:
    with pytest.raises(BadParameter) as caught:
        span(text, None, now=NOW)
    assert caught.value.parameter == "since"


def test_a_range_runs_forward_and_not_too_far() -> None:
    assert span(None, None, now=NOW) is None
    for since, until in (("2026-11-02", "2026-11-01"), ("2026-11-01", "2026-11-01"), ("2020-01-01", None)):
        with pytest.raises(BadParameter):
            span(since, until, now=NOW)


@pytest.mark.parametrize("metric", ["", " , ", "reach;views", "reach,{x}", "a" * 61])
def test_names_that_are_none(metric: str) -> None:
    with pytest.raises(BadParameter):
        names(metric)


def test_names_and_periods() -> None:
    assert names(" reach, Views ,") == ("reach", "views")
    assert checked_period("days_28") == "days_28"
    with pytest.raises(BadParameter, match="hour"):
        checked_period("hour")
