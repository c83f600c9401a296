"""What a media URL leads to: one request without a token, and never an exception."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api import heads
from kosmo_tui.api.heads import Head, head
from tests.api.conftest import Script, raw_server

URL = "https://media.example.com/photo.jpg?signature=abc"


async def test_kind_and_size() -> None:
    script = Script((200, b"", {"content-type": "Image/JPEG; charset=binary", "content-length": "123456"}))
    assert await head(URL, script) == Head("image/jpeg", 123456, "")
    (request,) = script.requests
    assert request.method == "HEAD" and str(request.url) == URL
    assert "authorization" not in request.headers and request.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("status", [405, 501])
async def test_a_host_that_knows_no_head_is_no_problem(status: int) -> None:
    script = Script((status, b"", {}))
    assert await head(URL, script) == Head()
    assert len(script.requests) == 1


@pytest.mark.parametrize("status", [304, 401, 403, 404, 410, 500, 503])
async def test_a_host_that_says_no(status: int) -> None:
    script = Script((status, b"", {"content-type": "text/html", "content-length": "99"}))
    assert await head(URL, script) == Head(problem=f"media.example.com answers HTTP {status}")
    assert len(script.requests) == 1


@pytest.mark.parametrize("length", ["", "-1", "many", "1.5", "٣", "9" * 40, "1, 1"])
async def test_a_length_that_is_none(length: str) -> None:
    script = Script((200, b"", {"content-type": "video/mp4", "content-length": length.encode()}))
    assert (await head(URL, script)).size is None


async def test_redirects_are_followed_within_the_web() -> None:
    script = Script(
        (302, b"", {"location": "https://cdn.example.com/real.mp4"}), (200, b"", {"content-type": "video/mp4"})
    )
    assert (await head(URL, script)).type == "video/mp4"
    assert [request.url.host for request in script.requests] == ["media.example.com", "cdn.example.com"]


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://a.example/b", "javascript:1"])
async def test_redirects_out_of_the_web_are_not(place: str) -> None:
    script = Script((302, b"", {"location": place}), (200, b"", {"content-type": "video/mp4"}))
    found = await head(URL, script)
    assert found.problem and found.type == ""
    assert len(script.requests) == 1


async def test_a_circle_ends() -> None:
    script = Script((302, b"", {"location": URL}))
    assert "circle" in (await head(URL, script)).problem
    assert len(script.requests) <= 7


@pytest.mark.parametrize("url", ["", "photo.jpg", "file:///etc/passwd", "ftp://a.example/b", "https://", "http://[::1"])
async def test_what_is_no_web_address_is_not_asked(url: str) -> None:
    script = Script((200, b"", {}))
    assert "web address" in (await head(url, script)).problem
    assert script.requests == []


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("no"),
        httpx.ConnectTimeout("no"),
        httpx.ReadTimeout("no"),
        httpx.ReadError("no"),
        httpx.RemoteProtocolError("no"),
        httpx.ProxyError("no"),
        OSError("no"),
    ],
    ids=lambda failure: type(failure).__name__,
)
async def test_what_goes_wrong_is_told(failure: Exception) -> None:
    found = await head(URL, Script(failure))
    assert found.type == "" and found.size is None
    assert "media.example.com" in found.problem and "signature" not in found.problem


async def test_a_host_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "TIMEOUT", 0.3)
    async with raw_server(None, stay=True) as url:
        found = await head(url + "/photo.jpg")
    assert "did not answer" in found.problem


async def test_over_a_real_connection() -> None:
    received: list[bytes] = []
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 42\r\n\r\n"
    async with raw_server(answer, received=received) as url:
        assert await head(url + "/a.png") == Head("image/png", 42, "")
    assert received[0].startswith(b"HEAD /a.png ") and b"uthorization" not in received[0]


@given(st.text(max_size=60).map("https://".__add__) | st.text(max_size=60))
async def test_no_url_raises(url: str) -> None:
    found: Any = await head(url, Script((200, b"", {"content-length": "1"})))
    assert isinstance(found, Head)
