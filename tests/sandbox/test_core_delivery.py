"""Faults as a client meets them: in process, and over real sockets."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from kosmo_tui.sandbox.server import serve
from tests.sandbox.asking import CREATE, Buffer

PROGRAM = "from kosmo_tui.sandbox import serve; serve(port=0, seed=7, unlimited=True)"

CHANNEL = "4eb8572a512f7f621800004e"


class Server:
    """A sandbox in a process of its own."""

    def __init__(self, about: dict[str, Any]) -> None:
        self.about = about
        self.http = httpx.Client(
            timeout=10, headers={"Authorization": f"Bearer {about['buffer']['tokens']['default']}"}
        )

    def control(self, path: str, content: Any = None) -> Any:
        method = "GET" if content is None else "POST"
        answer = self.http.request(method, f"{self.about['control']}/{path}", json=content)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def create(self, text: str, timeout: float = 10) -> httpx.Response:
        given = {
            "channelId": "4eb8572a512f7f621800004e",
            "text": text,
            "schedulingType": "automatic",
            "mode": "shareNow",
        }
        query = CREATE.replace("...post", "id")
        return self.http.post(
            self.about["buffer"]["url"], json={"query": query, "variables": {"input": given}}, timeout=timeout
        )

    def exist(self, text: str) -> int:
        return sum(post["text"] == text for post in self.control(f"posts?channel={CHANNEL}"))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Server(json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        assert process.wait(timeout=10) == 0
        assert process.stdout.read() == "", "one line and no more"


@pytest.mark.parametrize(("fault", "times_done"), [("drop_before", 0), ("drop_after_commit", 1)])
def test_over_a_socket_the_connection_is_really_cut(server: Server, fault: str, times_done: int) -> None:
    server.control("faults", [{"match": "createPost", "fault": fault}])
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        server.create(fault)
    assert server.exist(fault) == times_done
    entry = server.control("log")[-1]
    assert (entry["operation"], entry["fault"], entry["status"]) == ("createPost", fault, None)
    assert server.create("and then it works").json()["data"]["createPost"]["__typename"] == "PostActionSuccess"


def test_over_a_socket_nothing_comes(server: Server) -> None:
    server.control("faults", [{"match": "createPost", "fault": "hang_after_commit"}])
    with pytest.raises(httpx.ReadTimeout):
        server.create("hang", timeout=0.3)
    assert server.exist("hang") == 1


def test_over_a_socket_half_of_the_json_comes(server: Server) -> None:
    server.control("faults", [{"match": "createPost", "fault": "truncated"}])
    answer = server.create("half")
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert server.exist("half") == 1


def test_many_requests_on_one_connection(server: Server) -> None:
    for _ in range(30):
        assert server.http.post(server.about["url"], json={"query": "{ account { id } }"}).status_code == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_it_is_told_to_even_with_a_client_that_waits(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        about = json.loads(process.stdout.readline())
        with socket.create_connection(("127.0.0.1", int(about["url"].rpartition(":")[2]))):
            process.send_signal(number)
            assert process.wait(timeout=10) == 0
        assert process.stderr.read() == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("fault", [{"fault": "hang_after_commit"}, {"fault": "slow", "seconds": 3600}])
def test_who_waits_for_an_answer_when_it_ends_is_cut_off(number: signal.Signals, fault: dict[str, Any]) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        waiting = Server(json.loads(process.stdout.readline()))
        waiting.control("faults", [{"match": "createPost", **fault}])
        stop = threading.Thread(target=lambda: (waiting_for_the_hit(waiting.about), process.send_signal(number)))
        stop.start()
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            waiting.create("hang")
        stop.join()
        assert process.wait(timeout=10) == 0
        assert process.stderr.read() == ""


def waiting_for_the_hit(about: dict[str, Any]) -> None:
    """Return when a fault was met."""
    while not httpx.get(f"{about['control']}/faults").json()["hits"]:
        pass


def test_a_target_may_be_a_whole_url(server: Server) -> None:
    token = server.about["instagram"]["tokens"]["agency"]
    for target, status in (
        ("http://graph.facebook.com/v26.0/me?fields=name", 200),
        ("https://graph.facebook.com/v26.0/123", 400),
        ("http://api.buffer.com", 401),
        ("*", 401),
    ):
        with socket.create_connection(("127.0.0.1", int(server.about["url"].rpartition(":")[2]))) as connection:
            words = f"Host: graph.facebook.com\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
            connection.sendall(f"GET {target} HTTP/1.1\r\n{words}".encode())
            with connection.makefile("rb") as answer:
                text = answer.read().decode()
        assert text.startswith(f"HTTP/1.1 {status} "), text
        assert ("Robin Vale" in text) == (status == 200)


def test_a_body_that_is_announced_as_huge_is_refused_at_once(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", int(server.about["url"].rpartition(":")[2]))) as connection:
        connection.sendall(b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 200000000\r\n\r\n")
        assert connection.recv(12) == b"HTTP/1.1 413"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.com", ""])
def test_other_addresses_than_loopback_are_refused(host: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        serve(host=host)


def test_a_port_that_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        serve(port=taken.getsockname()[1])


async def exist(buffer: Buffer, text: str) -> int:
    found = (await buffer.http.get("/_sandbox/posts")).json()
    return sum(post["text"] == text for post in found)


async def order(buffer: Buffer, fault: str, **more: Any) -> None:
    answer = await buffer.http.post("/_sandbox/faults", json=[{"match": "createPost", "fault": fault, **more}])
    assert answer.status_code == 200


@pytest.mark.parametrize(("fault", "times_done"), [("drop_before", 0), ("drop_after_commit", 1)])
async def test_in_process_the_connection_is_cut(buffer: Buffer, fault: str, times_done: int) -> None:
    await order(buffer, fault, times=2)
    for _ in range(2):
        with pytest.raises(ConnectionResetError):
            await buffer.create(text=fault)
    assert await exist(buffer, fault) == 2 * times_done
    await buffer.made(text="and then it works")


async def test_in_process_nothing_comes(buffer: Buffer) -> None:
    await order(buffer, "hang_after_commit")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await buffer.create(text="hang")
    assert await exist(buffer, "hang") == 1


@pytest.mark.parametrize(
    ("fault", "more", "status", "times_done"),
    [
        ("status", {"code": 503}, 503, 0),
        ("html", {}, 502, 0),
        ("truncated", {}, 200, 1),
        ("slow", {"seconds": 0.01}, 200, 1),
        ("rate_limited", {}, 429, 0),
        ("expired_token", {}, 401, 0),
        ("lie_failed", {}, 200, 1),
    ],
)
async def test_answers_that_are_spoiled(
    buffer: Buffer, fault: str, more: dict[str, Any], status: int, times_done: int
) -> None:
    await order(buffer, fault, **more)
    given = {
        "channelId": buffer.channel("twitter").id,
        "text": fault,
        "schedulingType": "automatic",
        "mode": "shareNow",
    }
    answer = await buffer.send(CREATE, input=given)
    assert answer.status_code == status
    assert await exist(buffer, fault) == times_done
    if fault == "html":
        assert answer.headers["content-type"].startswith("text/html")
    if fault == "truncated":
        assert int(answer.headers["content-length"]) == len(answer.content)
        with pytest.raises(json.JSONDecodeError):
            answer.json()
    if fault == "rate_limited":
        assert answer.json()["errors"][0]["extensions"] == {"code": "RATE_LIMIT_EXCEEDED", "window": "15m"}
        assert int(answer.headers["Retry-After"]) > 0
    if fault == "lie_failed":
        assert answer.json()["data"]["createPost"]["__typename"] == "UnexpectedError"


async def test_a_lie_about_a_query_goes_into_errors(buffer: Buffer) -> None:
    await buffer.http.post("/_sandbox/faults", json=[{"match": "account", "fault": "lie_failed"}])
    assert (await buffer.trouble("{ account { id } }"))["extensions"]["code"] == "UNEXPECTED"


@pytest.mark.parametrize("window", ["15m", "24h", "30d"])
async def test_the_window_of_a_rate_limit_can_be_chosen(buffer: Buffer, window: str) -> None:
    await order(buffer, "rate_limited", window=window)
    answer = await buffer.send(CREATE, input={"channelId": "1", "schedulingType": "automatic", "mode": "shareNow"})
    assert answer.json()["errors"][0]["extensions"]["window"] == window
