"""The request loop: what is tried again, what never is, and what a person is told."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api.answers import http_date, retry_after
from kosmo_tui.api.errors import (
    ApiError,
    AuthExpired,
    BadAnswer,
    BadParameter,
    ConfigError,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unavailable,
)
from kosmo_tui.api.http import MAX_BODY, Answer, Request, in_process
from tests.api.conftest import READ, TOKEN, WRITE, Naps, Script, connect, wrapped

OK = (200, {"fine": True})
HTML = (502, b"<html><h1>Bad gateway</h1></html>", {"content-type": "text/html"})
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


# What goes out.


async def test_a_request_carries_the_token_in_its_header_and_nowhere_else() -> None:
    script = Script(OK)
    connection = connect(script, base_url="https://h.test/v25.0/")
    answer = await connection.send(Request("POST", "/me", query={"a": "b c"}, json={"x": "é"}))
    await connection.aclose()
    (sent,) = script.requests
    assert answer == Answer(200, {**answer.headers, "content-type": "application/json"}, {"fine": True})
    assert str(sent.url) == "https://h.test/v25.0/me?a=b+c"
    assert sent.headers["authorization"] == f"Bearer {TOKEN}"
    assert sent.headers["user-agent"].startswith("kosmo-tui/")
    assert TOKEN not in str(sent.url) and TOKEN.encode() not in sent.content


async def test_a_form_goes_as_a_form() -> None:
    script = Script(OK)
    await connect(script).send(Request("POST", "/media", form={"caption": "ü & ☕"}, write=True))
    assert script.requests[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert httpx.QueryParams(script.requests[0].content.decode()) == httpx.QueryParams({"caption": "ü & ☕"})


async def test_repeated_headers_are_joined() -> None:
    def twice(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={}, headers=[("RateLimit", "a;r=1"), ("ratelimit", "b;r=2")])

    answer = await connect(httpx.MockTransport(twice)).send(READ)
    assert answer.headers["ratelimit"] == "a;r=1, b;r=2"


@pytest.mark.parametrize("request_", [Request("POST", "", json={"text": "\ud800"}), Request("GET", "/\ud800")])
async def test_what_cannot_be_encoded_is_a_bad_parameter(request_: Request) -> None:
    with pytest.raises(BadParameter):
        await connect(Script(OK)).send(request_)


@pytest.mark.parametrize(
    "base_url", ["", "::", "api.buffer.com", "ftp://h.test", "https://", "https://u:p@h.test", "https://h.test?a=b"]
)
def test_a_base_url_that_is_none_is_a_config_error(base_url: str) -> None:
    with pytest.raises(ConfigError):
        connect(None, base_url=base_url)


def test_no_token_travels_unencrypted_over_a_network() -> None:
    with pytest.raises(ConfigError, match="unencrypted"):
        connect(None, base_url="http://api.buffer.com")
    for here in ("http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"):
        connect(None, base_url=here)
    with pytest.raises(ConfigError, match="unencrypted"):  # who answers to this name, a resolver decides
        connect(None, base_url="http://kosmo.localhost")
    connect(Script(OK), base_url="http://kosmo.localhost")  # leads to no network


async def test_what_was_closed_is_not_opened_again() -> None:
    script = Script(OK)
    connection = connect(script)
    await connection.send(READ)
    await connection.aclose()
    for request in (READ, WRITE):
        with pytest.raises(Unavailable, match="was closed"):
            await connection.send(request)
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("variable", "value"),
    [("HTTPS_PROXY", "gopher://proxy.test"), ("ALL_PROXY", "socks5://proxy.test")],
)
async def test_a_proxy_that_cannot_be_used_is_a_config_error(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigError, match="proxy"):
        await connect(None).send(WRITE)


# Reads.


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ReadError("…"),
        httpx.ConnectError("…"),
        httpx.RemoteProtocolError("…"),
        httpx.ReadTimeout("…"),
        ConnectionResetError(),
        BrokenPipeError(),
        EOFError(),
        HTML,
        (500, {}),
        (503, b""),
        (200, b'{"data": [1, 2', {}),
        (200, b"[", {"content-type": ""}),
    ],
    ids=repr,
)
async def test_a_read_survives_passing_trouble(trouble: Any, naps: Naps) -> None:
    script = Script(trouble, trouble, OK)
    answer = await connect(script, naps.retries()).send(READ)
    assert answer.json == {"fine": True}
    assert len(script.requests) == 3
    assert naps == [0.375, 0.75]


async def test_a_read_gives_up_after_three_attempts(naps: Naps) -> None:
    script = Script(HTML)
    with pytest.raises(Unavailable, match="502") as caught:
        await connect(script, naps.retries()).send(READ)
    assert len(script.requests) == 3
    assert not caught.value.may_have_been_published


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((401, b"no"), AuthExpired),
        ((403, b"<html>", {"content-type": "text/html"}), Forbidden),
        ((404, {}), NotFound),
        ((418, {}), BadAnswer),
        ((429, {}), RateLimited),
        ((302, b"", {"location": "https://evil.test"}), BadAnswer),
        ((200, b"<html>log in</html>", {"content-type": "text/html"}), BadAnswer),
        ((200, b"", {"content-type": "text/plain"}), BadAnswer),
        ((200, b"x" * (MAX_BODY + 1)), BadAnswer),
    ],
    ids=lambda value: str(value)[:40],
)
@pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])
async def test_what_will_not_change_is_not_tried_again(
    answer: Any, error: type[ApiError], request_: Request, naps: Naps
) -> None:
    script = Script(answer)
    unclear = request_.write and answer[0] == 200
    with pytest.raises(OutcomeUnknown if unclear else error) as caught:
        await connect(script, naps.retries()).send(request_)
    assert len(script.requests) == 1 and naps == []
    assert "h.test" in caught.value.message and caught.value.hint
    assert "/things" not in caught.value.message
    assert caught.value.may_have_been_published is unclear


async def test_the_services_own_reading_decides(naps: Naps) -> None:
    def judge(answer: Answer) -> ApiError | None:
        return Unavailable("busy", transient=True) if answer.json == "busy" else None

    script = Script((200, "busy"), OK)
    assert (await connect(script, naps.retries(), judge).send(READ)).json == {"fine": True}
    assert len(naps) == 1


async def test_retry_after_is_obeyed_up_to_the_cap(naps: Naps) -> None:
    script = Script((429, {}, {"retry-after": "7"}), (503, {}, {"retry-after": "0.5"}), OK)
    await connect(script, naps.retries()).send(READ)
    assert naps == [7.25, 0.75]


async def test_above_the_cap_the_caller_learns_when_to_come_back(naps: Naps) -> None:
    script = Script((429, {}, {"retry-after": "900"}))
    with pytest.raises(RateLimited) as caught:
        await connect(script, naps.retries(now=lambda: NOW)).send(READ)
    assert caught.value.until == NOW + timedelta(minutes=15)
    assert len(script.requests) == 1 and naps == []


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3),
        ("1.5", 1.5),
        ("Sun, 22 Nov 2026 12:01:00 GMT", 60),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ("-4", 0),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("inf", 366 * 86400),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": header}, NOW) == seconds


@given(st.text())
def test_no_date_header_makes_trouble(text: str) -> None:
    date = http_date(text)
    assert date is None or date.tzinfo is not None
    wait = retry_after({"retry-after": text}, NOW)
    assert wait is None or wait >= 0


async def test_the_clock_of_the_service_is_known_from_its_answers(naps: Naps) -> None:
    connection = connect(Script((200, {}, {"date": "Sun, 22 Nov 2026 13:30:00 GMT"})), naps.retries(now=lambda: NOW))
    assert connection.now() == NOW
    await connection.send(READ)
    assert connection.now() == NOW + timedelta(minutes=90)


async def test_two_reads_run_at_the_same_time() -> None:
    both = asyncio.Barrier(2)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await both.wait()  # nobody gets through alone
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    connection = connect(in_process(app))
    await asyncio.gather(connection.send(READ), connection.send(READ))


# Writes.


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ReadError("…"),
        httpx.WriteError("…"),
        httpx.ReadTimeout("…"),
        httpx.RemoteProtocolError("…"),
        ConnectionResetError(),
        HTML,
        (500, {}),
        (503, {"error": "down"}),
        (200, b'{"data": [1, 2', {}),
        (200, b"<html>", {"content-type": "text/html"}),
    ],
    ids=repr,
)
async def test_a_write_whose_answer_is_lost_is_an_open_question(trouble: Any, naps: Naps) -> None:
    script = Script(trouble)
    with pytest.raises(OutcomeUnknown) as caught:
        await connect(script, naps.retries()).send(WRITE)
    assert len(script.requests) == 1 and naps == []
    assert caught.value.may_have_been_published and caught.value.hint


@pytest.mark.parametrize(
    "trouble",
    [httpx.ConnectError("…"), httpx.ConnectTimeout("…"), httpx.PoolTimeout("…"), httpx.ProxyError("…")],
    ids=repr,
)
async def test_a_write_that_was_not_sent_is_known_not_to_have_happened(trouble: Exception, naps: Naps) -> None:
    script = Script(trouble)
    with pytest.raises(Unavailable) as caught:
        await connect(script, naps.retries()).send(WRITE)
    assert len(script.requests) == 1
    assert not caught.value.may_have_been_published


@pytest.mark.parametrize(
    ("status", "verdict", "error"),
    [
        (200, Refused("no"), Refused),
        (500, Refused("no"), Refused),
        (500, AuthExpired("no"), AuthExpired),
        (429, RateLimited("no"), RateLimited),
        (400, Unavailable("no"), Unavailable),
        (200, Unavailable("perhaps"), OutcomeUnknown),
        (200, BadAnswer("perhaps"), OutcomeUnknown),
        (500, ApiError("perhaps"), OutcomeUnknown),
        (400, OutcomeUnknown("perhaps"), OutcomeUnknown),
    ],
    ids=repr,
)
async def test_only_a_clear_no_to_a_write_is_a_no(status: int, verdict: ApiError, error: type[ApiError]) -> None:
    with pytest.raises(error) as caught:
        await connect(Script((status, {})), judge=lambda _: verdict).send(WRITE)
    assert type(caught.value) is error
    assert caught.value.message == verdict.message


# An app in this process.


@pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])
@pytest.mark.parametrize("when", ["before", "half", "no answer", "hang"])
async def test_an_app_in_this_process_fails_like_a_network(request_: Request, when: str, naps: Naps) -> None:
    seen = 0

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal seen
        seen += 1
        if when == "hang":
            await asyncio.Event().wait()
        if when == "half":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b'{"a"', "more_body": True})
        if when in ("before", "half"):
            raise ConnectionResetError("cut")

    short = Request(request_.method, request_.path, write=request_.write, read_timeout=0.02)
    with pytest.raises(OutcomeUnknown if request_.write else Unavailable) as caught:
        await connect(in_process(app), naps.retries()).send(short)
    assert seen == (1 if request_.write else 3)
    assert ("did not answer" in caught.value.message) is (when == "hang")


async def test_being_cancelled_is_not_an_error_of_the_service(naps: Naps) -> None:
    asked = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        asked.set()
        await asyncio.Event().wait()

    task = asyncio.ensure_future(connect(in_process(app), naps.retries()).send(WRITE))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


# Secrets.


async def test_no_error_and_no_log_holds_the_token(naps: Naps, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # as importing the client does
    for step in (wrapped(OSError()), httpx.ReadError(TOKEN), HTML, (401, {}), (200, b"{")):
        with pytest.raises(ApiError) as caught:
            await connect(Script(step), naps.retries()).send(WRITE)
        told = "".join(traceback.format_exception(caught.value)) + json.dumps(caught.value.as_json())
        assert TOKEN not in told
    assert TOKEN not in caplog.text and "h.test/things" not in caplog.text
