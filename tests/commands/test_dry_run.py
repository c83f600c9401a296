"""`kosmo call … --dry-run`: it says what the call would do, is right about it, and sends nothing that writes."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from kosmo_tui.api import heads
from kosmo_tui.api.functions import FUNCTIONS
from kosmo_tui.api.instagram import client, publishing
from tests.conftest import Command, Outcome, Sandbox

IMAGE = "https://example.com/photo.jpg"
VIDEO = "https://example.com/clip.mp4"
LATER = "2099-02-01T09:00:00Z"


@pytest.fixture(autouse=True)
def hosts(monkeypatch: pytest.MonkeyPatch) -> dict[str, heads.Head]:
    """What hosts tell of files, by URL; nothing by default.  No test asks a real host."""
    told: dict[str, heads.Head] = {}

    async def head(url: str, transport: object = None) -> heads.Head:
        return told.get(url, heads.Head())

    monkeypatch.setattr(heads, "head", head)
    return told


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    """Whoever waits for Instagram moves the clock of the sandbox instead."""

    async def pass_by(seconds: float) -> None:
        sandbox.control("clock", {"advance": seconds})

    monkeypatch.setattr(client, "Clock", partial(publishing.Clock, sleep=pass_by))


def call(kosmo: Command, account: str, function: str, arguments: dict[str, Any], *words: str) -> Outcome:
    return kosmo("call", function, "--account", account, "--json", json.dumps(arguments), *words)


def profiles(kosmo: Command, account: str) -> dict[str, str]:
    """The profiles that can post and have posting times (without them Buffer takes posts that never go out)."""
    listed = kosmo("call", "buffer.list_profiles", "--account", account).json
    usable = [one for one in listed if not one["locked"] and not one["disconnected"]]
    return {one["service"]: one["id"] for one in usable if any(day["times"] for day in one["schedules"])}


def requests(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [one for one in sandbox.control("log") if not one["path"].startswith("/_sandbox")]


def writes(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [
        one
        for one in requests(sandbox)
        if one.get("operation") in {"createPost", "editPost", "deletePost", "movePostInQueue", "createIdea"}
        or (one["method"] == "POST" and one["path"].endswith(("/media", "/media_publish")))
    ]


POSTS: dict[str, dict[str, Any]] = {
    "text": {"text": "Hello"},
    "a time": {"text": "Hello at nine", "scheduledAt": LATER},
    "now": {"text": "Hello now", "now": True},
    "281": {"text": "a" * 281},
    "501": {"text": "a" * 501},
    "an image": {"text": "Look", "media": {"photo": IMAGE, "alt_text": "A photo"}},
    "a video": {"text": "Look", "media": {"video": VIDEO}},
    "both": {"text": "Look", "media": {"photo": IMAGE, "video": VIDEO}},
    "five images": {"text": "Look", "media": {"photo": [IMAGE] * 5}},
    "31 hashtags": {"text": "#a " * 31, "media": {"photo": IMAGE}},
    "six links": {"text": " ".join(f"https://example.com/{n}" for n in range(6))},
    "control": {"text": "a\x07b"},
    "no https": {"text": "Look", "media": {"photo": "http://example.com/photo.jpg"}},
    "not public": {"text": "Look", "media": {"photo": "https://localhost/photo.jpg"}},
    "a link alone": {"text": "", "media": {"link": "https://example.com/"}},
    "a dotted line": {"text": "One\n---\n" + "b" * 250 + "\n---\nThree"},
}


@pytest.mark.parametrize("account", ["agency", "client_acct"])
@pytest.mark.parametrize("name", POSTS)
def test_it_says_what_buffer_will_do(kosmo: Command, sandbox: Sandbox, account: str, name: str) -> None:
    post = POSTS[name]
    there = profiles(kosmo, account)
    rehearsed = call(kosmo, account, "buffer.create_update", {**post, "profileIds": [*there.values()]}, "--dry-run")
    assert writes(sandbox) == []
    assert (rehearsed.err, rehearsed.json["sent"]) == ("", False)
    assert rehearsed.json["requests"] == len(there)
    assert rehearsed.code == (2 if rehearsed.json["refused"] else 0)
    general = any(one["level"] == "error" for one in rehearsed.json["findings"])
    would = {one["profile_id"]: one["refused"] or general for one in rehearsed.json["targets"]}
    real = call(kosmo, account, "buffer.create_update", {**post, "profileIds": [*there.values()]}).json
    did = {one["profile_id"]: False for one in real["updates"]} | {one["profile_id"]: True for one in real["failures"]}
    assert would == did, (real["failures"], rehearsed.json["targets"])


def test_what_would_be_sent_is_what_is_sent(kosmo: Command, sandbox: Sandbox) -> None:
    there = profiles(kosmo, "agency")
    post = {"text": "Hello", "scheduledAt": LATER, "profileIds": [there["mastodon"]]}
    told = call(kosmo, "agency", "buffer.create_update", post, "--dry-run").json
    (target,) = told["targets"]
    assert (told["account"], target["network"], target["text"]) == ("buffer.agency", "mastodon", "Hello")
    assert target["when"] == {"mode": "at", "at": target["when"]["at"], "problem": None}
    assert target["request"]["mode"] == "customScheduled"
    assert target["request"]["dueAt"] == "2099-02-01T09:00:00.000Z"


def test_a_profile_that_is_not_there_is_refused_alone(kosmo: Command, sandbox: Sandbox) -> None:
    there = profiles(kosmo, "agency")
    post = {"text": "Hello", "profileIds": [there["mastodon"], "nope"]}
    told = call(kosmo, "agency", "buffer.create_update", post, "--dry-run")
    assert told.code == 2
    assert {one["profile_id"]: one["refused"] for one in told.json["targets"]} == {
        there["mastodon"]: False,
        "nope": True,
    }


def test_a_full_queue_and_a_repetition_are_seen(kosmo: Command, sandbox: Sandbox) -> None:
    profile = profiles(kosmo, "default")["twitter"]
    post = {"text": "Again and again", "profileIds": [profile]}
    codes: list[str] = []
    for _ in range(11):
        told = call(kosmo, "default", "buffer.create_update", post, "--dry-run")
        codes = [one["code"] for one in told.json["targets"][0]["findings"]]
        if told.code:
            break
        assert call(kosmo, "default", "buffer.create_update", post).code == 0
    assert "plan_limit" in codes
    assert "duplicate" in codes
    assert call(kosmo, "default", "buffer.create_update", post).code == 3


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"imageUrl": IMAGE, "caption": "Hello"}, 0),
        ({"imageUrl": [IMAGE, VIDEO], "caption": "Hello"}, 0),
        ({"imageUrl": VIDEO}, 0),
        ({"imageUrl": IMAGE, "publish": False}, 0),
        ({"imageUrl": IMAGE, "mediaType": "STORIES"}, 0),
        ({"imageUrl": IMAGE, "caption": "a" * 2201}, 2),
        ({"imageUrl": IMAGE, "caption": "#a " * 31}, 2),
        ({"imageUrl": IMAGE, "caption": "@a " * 21}, 2),
        ({"imageUrl": "https://192.168.0.1/a.jpg"}, 2),
    ],
)
def test_it_says_what_instagram_will_do(kosmo: Command, sandbox: Sandbox, arguments: dict[str, Any], code: int) -> None:
    told = call(kosmo, "brand_account", "instagram.create_media", arguments, "--dry-run")
    assert (told.code, told.json["refused"]) == (code, code == 2)
    assert writes(sandbox) == []
    assert told.json["targets"][0]["request"]["publish"] == arguments.get("publish", True)
    assert (call(kosmo, "brand_account", "instagram.create_media", arguments).code == 0) == (code == 0)


def test_the_requests_are_no_more_than_it_takes(kosmo: Command, sandbox: Sandbox) -> None:
    for arguments in ({"imageUrl": IMAGE}, {"imageUrl": [IMAGE, VIDEO]}, {"imageUrl": IMAGE, "publish": False}):
        told = call(kosmo, "brand_account", "instagram.create_media", arguments, "--dry-run").json
        before = len(requests(sandbox))
        assert call(kosmo, "brand_account", "instagram.create_media", arguments).code == 0
        assert told["requests"] <= len(requests(sandbox)) - before


def test_files_are_looked_at(kosmo: Command, sandbox: Sandbox, hosts: dict[str, heads.Head]) -> None:
    hosts[IMAGE] = heads.Head(type="text/html")
    hosts[VIDEO] = heads.Head(problem="example.com answers HTTP 404")
    told = call(kosmo, "brand_account", "instagram.create_media", {"imageUrl": [IMAGE, VIDEO]}, "--dry-run")
    codes = [(one["code"], one["attachment"]) for one in told.json["targets"][0]["findings"]]
    assert told.code == 2
    assert ("no_media", 1) in codes
    assert ("unreachable", 2) in codes


@pytest.mark.parametrize("function", [one.full_name for one in FUNCTIONS if not one.writes])
def test_a_function_that_reads_is_checked_and_not_called(kosmo: Command, sandbox: Sandbox, function: str) -> None:
    chosen = next(one for one in FUNCTIONS if one.full_name == function)
    needed = {one.wire: "x" for one in chosen.parameters if one.required}
    account = "agency" if chosen.service == "buffer" else "brand_account"
    told = call(kosmo, account, function, needed, "--dry-run")
    assert (told.code, told.json["sent"]) == (0, False)
    assert requests(sandbox) == []
    assert call(kosmo, account, function, {"nonsense": 1}, "--dry-run").code == 2


@pytest.mark.parametrize(
    ("function", "arguments", "says"),
    [
        ("buffer.create_update", {"text": "", "profileIds": ["x"]}, "empty"),
        ("buffer.create_update", {"text": "a", "profileIds": []}, "no profile"),
        ("buffer.create_update", {"text": "a", "profileIds": ["x"], "scheduledAt": "2001-01-01T00:00:00Z"}, "past"),
        ("buffer.create_update", {"text": "a", "profileIds": ["x"], "media": {"photos": "x"}}, "photos"),
        ("instagram.create_media", {"imageUrl": "nowhere"}, "no web address"),
        ("instagram.create_media", {"imageUrl": IMAGE, "mediaType": "CAROUSEL"}, "2 to 10"),
    ],
)
def test_parameters_are_checked_as_by_the_call(
    kosmo: Command, sandbox: Sandbox, function: str, arguments: dict[str, Any], says: str
) -> None:
    account = "agency" if function.startswith("buffer") else "brand_account"
    rehearsed, real = (call(kosmo, account, function, arguments, *words) for words in (("--dry-run",), ()))
    assert (rehearsed.code, rehearsed.out) == (real.code, real.out) == (2, "")
    assert says in rehearsed.error["message"]
    assert rehearsed.error["message"].split(":")[0] == real.error["message"].split(":")[0]
    assert requests(sandbox) == []


def test_other_errors_end_as_those_of_reads(kosmo: Command, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_BUFFER_AGENCY", "wrong-token-of-somebody")
    told = call(kosmo, "agency", "buffer.create_update", {"text": "a", "profileIds": ["x"]}, "--dry-run")
    assert (told.code, told.out, told.error["kind"]) == (4, "", "auth")
    assert call(kosmo, "nobody", "buffer.create_update", {"text": "a", "profileIds": ["x"]}, "--dry-run").code == 2


def test_the_text_names_account_profile_and_time(kosmo: Command, sandbox: Sandbox) -> None:
    there = profiles(kosmo, "agency")
    post = {"text": "Hello\nthere", "profileIds": [there["mastodon"]], "scheduledAt": LATER}
    lines = call(kosmo, "agency", "buffer.create_update", post, "--dry-run", "--output", "text").out.splitlines()
    assert lines[0] == "As buffer.agency, 1 request at least. Nothing was sent."
    assert lines[2:4] == ["  Hello", "  there"]
    assert lines[5].startswith("Mastodon ")
    assert "1 Feb 2099" in lines[6]
