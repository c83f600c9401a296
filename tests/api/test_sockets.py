"""The request loop on a real socket, and what a person is told of a line that fails."""

from __future__ import annotations

import socket
import ssl

import pytest

from kosmo_tui.api.errors import OutcomeUnknown, Unavailable
from kosmo_tui.api.http import Request
from tests.api.conftest import READ, WRITE, Naps, Script, connect, raw_server, wrapped


def raw(body: bytes, length: int | None = None) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
        len(body) if length is None else length,
        body,
    )


async def test_a_real_answer_arrives() -> None:
    received: list[bytes] = []
    async with raw_server(raw(b'{"a": 1}'), received=received) as url:
        connection = connect(None, base_url=url)
        assert (await connection.send(READ)).json == {"a": 1}
        await connection.aclose()
    assert b"uthorization: Bearer " in received[0] and received[0].startswith(b"GET /things HTTP/1.1")


@pytest.mark.parametrize("answer", [None, b"HTTP/1.1 200", raw(b'{"a"', length=900), b"hello\r\n\r\n"], ids=repr)
@pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])
async def test_a_line_that_is_cut(answer: bytes | None, request_: Request, naps: Naps) -> None:
    received: list[bytes] = []
    async with raw_server(answer, received=received) as url:
        connection = connect(None, naps.retries(), base_url=url)
        with pytest.raises(OutcomeUnknown if request_.write else Unavailable, match=r"127\.0\.0\.1"):
            await connection.send(request_)
        await connection.aclose()
    assert len(received) == (1 if request_.write else 3)


async def test_a_server_that_never_ends_its_answer(naps: Naps) -> None:
    async with raw_server(raw(b"{", length=50), stay=True) as url:
        connection = connect(None, naps.retries(), base_url=url)
        with pytest.raises(OutcomeUnknown, match=r"within 0\.1 s"):
            await connection.send(Request("POST", "/things", write=True, read_timeout=0.1))
        await connection.aclose()


async def test_nobody_listens(naps: Naps) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(Unavailable, match=r"127\.0\.0\.1 cannot be reached: the connection was refused"):
            await connect(None, naps.retries(), base_url=f"http://127.0.0.1:{port}/secret-path").send(WRITE)


async def test_a_server_that_speaks_no_tls(naps: Naps) -> None:
    async with raw_server(raw(b"{}")) as url:
        with pytest.raises(Unavailable, match="TLS") as caught:
            await connect(None, naps.retries(), base_url=url.replace("http:", "https:")).send(WRITE)
    assert not caught.value.may_have_been_published


@pytest.mark.parametrize(
    ("cause", "says"),
    [
        (socket.gaierror(-2, "…"), "name is not known"),
        (ConnectionRefusedError(), "refused"),
        (ssl.SSLCertVerificationError("expired"), "certificate"),
        (ssl.SSLError("wrong version"), "TLS"),
        (OSError("no route"), "cannot be reached"),
    ],
    ids=repr,
)
async def test_why_there_is_no_connection(cause: BaseException, says: str, naps: Naps) -> None:
    with pytest.raises(Unavailable, match=says) as caught:
        await connect(Script(wrapped(cause)), naps.retries()).send(READ)
    assert "h.test" in caught.value.message and caught.value.hint
    assert len(naps) == (0 if isinstance(cause, ssl.SSLError) else 2)
