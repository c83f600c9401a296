"""Rate-limit headers in all their spellings, and in none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api.limits import Limits, Window

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
POLICY = (
    '"100-in-15min";q=100;w=900;pk=:YWJj+/==:, "500-in-24h";q=500;w=86400;pk=:eA==:, "15000-in-30d";q=15000;w=2592000'
)
REST = '"100-in-15min";r=98;t=897, "500-in-24h";r=12;t=3600, "15000-in-30d";r=14000;t=9'


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def buffer(**headers: str) -> Limits:
    limits = Limits()
    limits.update_buffer({name.replace("_", "-"): value for name, value in headers.items()}, NOW)
    return limits


def test_three_windows_as_buffer_names_them() -> None:
    limits = buffer(ratelimit_policy=POLICY, ratelimit=REST)
    assert limits.windows == (
        Window("15m", 100, 98, after(897)),
        Window("24h", 500, 12, after(3600)),
        Window("30d", 15_000, 14_000, after(9)),
    )
    assert limits.tightest() == limits.window("24h") == Window("24h", 500, 12, after(3600))
    assert limits.window("1h") is None


def test_entries_are_matched_by_name_and_else_by_place() -> None:
    turned = buffer(ratelimit_policy=POLICY, ratelimit='"500-in-24h";r=12, "100-in-15min" ; r=98')
    assert {window.name: window.remaining for window in turned.windows} == {"24h": 12, "15m": 98}
    nameless = buffer(ratelimit_policy=POLICY, ratelimit="a;r=1, b;r=2, c;r=3, d;r=4")
    assert {window.name: window.remaining for window in nameless.windows} == {"15m": 1, "24h": 2, "30d": 3}


def test_names_may_hold_commas_and_windows_any_length() -> None:
    limits = buffer(
        ratelimit_policy=r'"a, \"b;q=1";q=10;w=3600,c;q=5;w=120,d;q=7;w=61', ratelimit=r'"a, \"b;q=1";r=4,c;r=3,d;r=0'
    )
    assert [(window.name, window.remaining) for window in limits.windows] == [("1h", 4), ("2m", 3), ("61s", 0)]
    assert limits.tightest() == Window("61s", 7, 0)


def test_the_old_headers() -> None:
    limits = buffer(
        x_ratelimit_limit="100", x_ratelimit_remaining="5", x_ratelimit_reset=str(int(after(60).timestamp()))
    )
    assert limits.windows == (Window("now", 100, 5, after(60)),)
    assert buffer(x_ratelimit_limit="100", x_ratelimit_remaining="5").windows == (Window("now", 100, 5),)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"ratelimit": REST},
        {"ratelimit_policy": POLICY},
        {"ratelimit_policy": POLICY, "ratelimit": "nonsense"},
        {"ratelimit_policy": POLICY, "ratelimit": '"100-in-15min";r=many'},
        {"x_ratelimit_limit": "100"},
        {"x_ratelimit_limit": "a", "x_ratelimit_remaining": "b"},
        {"x_ratelimit_limit": "1", "x_ratelimit_remaining": "-1"},
    ],
)
def test_what_tells_nothing_changes_nothing(headers: dict[str, str]) -> None:
    assert buffer(**headers).windows == () and buffer(**headers).tightest() is None
    limits = buffer(ratelimit_policy=POLICY, ratelimit=REST)
    before = limits.windows
    limits.update_buffer({name.replace("_", "-"): value for name, value in headers.items()}, NOW)
    assert limits.windows == before


def test_instagrams_percentages() -> None:
    limits = Limits()
    limits.update_instagram({"x-app-usage": '{"call_count":12.4,"total_cputime":0,"total_time":3}'}, NOW)
    assert limits.windows == (Window("app", 100, 88),)
    usage = (
        '{"1":[{"type":"instagram","call_count":1,"total_time":1,"estimated_time_to_regain_access":0}],'
        '"2":[{"type":"pages","call_count":130,"total_cputime":2,"estimated_time_to_regain_access":7}]}'
    )
    limits.update_instagram({"x-business-use-case-usage": usage}, NOW)
    assert limits.windows == (Window("app", 100, 88), Window("account", 100, 0, after(7 * 60)))
    assert limits.tightest() == limits.window("account")


@pytest.mark.parametrize(
    "usage",
    [
        "",
        "{",
        "[]",
        "null",
        "5",
        '{"call_count":"many"}',
        '{"call_count":true}',
        '{"1":[5]}',
        '{"1":{}}',
        '{"call_count":-1}',
    ],
)
def test_instagrams_nonsense_is_ignored(usage: str) -> None:
    limits = Limits()
    limits.update_instagram({"x-app-usage": usage, "x-business-use-case-usage": usage}, NOW)
    assert limits.windows == ()


HEADER = st.text(max_size=60) | st.text('",;=: rqwtpk0123456789abc\\{}[]', max_size=80)


@given(HEADER, HEADER, HEADER)
def test_no_header_makes_trouble(one: str, two: str, three: str) -> None:
    limits = Limits()
    limits.update_buffer({"ratelimit": one, "ratelimit-policy": two, "x-ratelimit-limit": three}, NOW)
    limits.update_buffer({"x-ratelimit-limit": "9", "x-ratelimit-remaining": "1", "x-ratelimit-reset": three}, NOW)
    limits.update_instagram({"x-app-usage": one, "x-business-use-case-usage": two}, NOW)
    assert all(0 <= window.left <= 1 for window in limits.windows)


FIELD = st.integers(0, 10**15 - 1)  # an integer of a structured header field has at most 15 digits


@given(FIELD, FIELD, FIELD, FIELD)
def test_any_numbers_are_read(limit: int, rest: int, span: int, reset: int) -> None:
    limits = buffer(ratelimit_policy=f'"x";q={limit};w={span}', ratelimit=f'"x";r={rest};t={reset}')
    (window,) = limits.windows
    assert (window.limit, window.remaining) == (limit, rest)
    assert window.resets_at is None or window.resets_at >= NOW
