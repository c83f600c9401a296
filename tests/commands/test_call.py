"""`kosmo call` against a sandbox that listens: every function, and everything that can go wrong on the way."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kosmo_tui.accounts import token_command
from kosmo_tui.api import http
from kosmo_tui.api.functions import FUNCTIONS, Function
from tests.conftest import Command, Outcome, Sandbox

PROFILE = "4eb8572a512f7f621800004e"  # of buffer.default
IMAGE = "https://example.com/photo.jpg"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads are repeated as often as ever, but at once."""
    delay = http.Retries.delay

    def at_once(self: http.Retries, error: Any, attempt: int) -> float | None:
        return None if delay(self, error, attempt) is None else 0.0

    monkeypatch.setattr(http.Retries, "delay", at_once)


def listed(kosmo: Command, account: str, function: str, *words: str) -> Any:
    outcome = kosmo("call", function, "--account", account, *words)
    assert outcome.code == 0, outcome.err
    return outcome.json


def arguments(kosmo: Command, account: str, function: Function) -> list[str]:
    """Parameters for `function`, with ids that the account really has."""

    def profile() -> str:
        profiles = listed(kosmo, account, "buffer.list_profiles")
        return str(next(item["id"] for item in profiles if item["service"] in ("twitter", "linkedin", "mastodon")))

    def update() -> str:
        pages = listed(kosmo, account, "buffer.list_sent_updates", f"profileId={profile()}")
        return str(pages["updates"][0]["id"])

    def media() -> str:
        return next(
            item["id"] for item in listed(kosmo, account, "instagram.list_media")["data"] if item["comments_count"]
        )

    def comment() -> str:
        return str(listed(kosmo, account, "instagram.list_comments", f"mediaId={media()}")["data"][0]["id"])

    found: dict[str, Callable[[], str]] = {
        "profileId": profile,
        "profileIds": profile,
        "updateId": update,
        "mediaId": media,
        "commentId": comment,
        "text": lambda: "Hello from a test",
        "imageUrl": lambda: IMAGE,
    }
    return [f"{item.wire}={found[item.wire]()}" for item in function.parameters if item.required]


SHAPES: dict[str, set[str]] = {
    "buffer.list_profiles": {"id", "service", "service_username", "timezone", "paused", "disconnected", "schedules"},
    "buffer.get_profile": {"id", "service", "service_type", "formatted_username", "locked", "organization_id"},
    "buffer.list_pending_updates": {"updates", "page", "count", "has_more", "total"},
    "buffer.list_sent_updates": {"updates", "page", "count", "has_more", "total"},
    "buffer.create_update": {"success", "updates", "failures", "notices"},
    "buffer.get_update": {"id", "profile_id", "status", "text", "due_at", "scheduled_at", "sent_at", "media", "error"},
    "buffer.get_current_user": {"id", "name", "email", "timezone", "organizations"},
    "instagram.list_media": {"data", "paging"},
    "instagram.get_media": {"id", "media_type", "permalink", "timestamp"},
    "instagram.create_media": {"id", "permalink"},
    "instagram.list_comments": {"data"},
    "instagram.get_comment": {"id", "text", "timestamp"},
    "instagram.list_insights": {"data", "notices"},
    "instagram.get_current_user": {"username", "followers_count", "media_count"},
}


@pytest.mark.parametrize("named", [False, True], ids=["default", "named"])
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.full_name)
def test_every_function_answers_for_every_kind_of_account(
    kosmo: Command, sandbox: Sandbox, function: Function, named: bool
) -> None:
    account = {"buffer": "agency", "instagram": "brand_account"}[function.service] if named else "default"
    words = arguments(kosmo, account, function)
    outcome = kosmo("call", function.full_name, *(["--account", account] if named else []), *words)
    assert outcome.code == 0, outcome.err
    assert outcome.err == ""
    result = outcome.json
    assert SHAPES[function.full_name] <= set(result[0] if isinstance(result, list) else result)


def test_the_reference_names_work_too(kosmo: Command, sandbox: Sandbox) -> None:
    outcome = kosmo("call", "buffer.buffer_get_profile", "--account", "buffer.default", f"profile_id={PROFILE}")
    assert outcome.json["id"] == PROFILE


def test_a_facebook_login_answers(kosmo: Command, sandbox: Sandbox) -> None:
    user = listed(kosmo, "instagram.agency", "instagram.get_current_user")
    assert user["username"]


def test_times_are_iso_8601_with_offset(kosmo: Command, sandbox: Sandbox) -> None:
    for update in listed(kosmo, "default", "buffer.list_pending_updates", f"profileId={PROFILE}")["updates"]:
        assert datetime.fromisoformat(update["created_at"]).utcoffset() is not None
        assert "T" in update["created_at"]


def test_the_real_command_in_a_process_of_its_own(kosmo_process: Command, sandbox: Sandbox) -> None:
    outcome = kosmo_process("call", "buffer.list_profiles")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.json[0]["id"] == PROFILE
    text = kosmo_process("call", "buffer.list_profiles", "--output", "text").out
    assert PROFILE in text
    assert not text.startswith("[")


def test_a_post_from_standard_input_stands_in_the_queue(kosmo_process: Command, sandbox: Sandbox) -> None:
    text = 'Grüße \u202e aus 東京 👩‍👩‍👧 "quoted"\nsecond line'
    post = json.dumps({"text": text, "profileIds": [PROFILE]})
    outcome = kosmo_process("call", "buffer.create_update", "--json", "-", stdin=post)
    assert outcome.code == 0
    (update,) = outcome.json["updates"]
    assert update["text"] == text
    assert "\u202e" not in outcome.out
    again = kosmo_process("call", "buffer.get_update", f"updateId={update['id']}")
    assert again.json["text"] == text


def test_the_demo_needs_no_configuration(kosmo: Command, folders: Path) -> None:
    outcome = kosmo("call", "instagram.list_media", "--demo", "--account", "brand_account", "limit=2")
    assert outcome.code == 0
    assert len(outcome.json["data"]) == 2
    assert list(folders.iterdir()) == []


# Accounts and tokens


def test_unknown_accounts(kosmo: Command, sandbox: Sandbox) -> None:
    outcome = kosmo("call", "buffer.list_profiles", "--account", "nobody")
    assert outcome.code == 2
    assert "buffer.agency" in outcome.error["hint"]
    outcome = kosmo("call", "instagram.list_media", "--account", "buffer.agency")
    assert outcome.code == 2
    assert "instagram.brand_account" in outcome.error["hint"]


@pytest.mark.parametrize(
    ("config", "code", "kind", "says"),
    [
        (None, 1, "config", "does not exist"),
        ("", 1, "config", "names none"),
        ("[buffer.default", 1, "config", "config.toml, line 1: this is no valid TOML"),
        ("[buffer.default]\ntoken_command = 'x'", 1, "config", "has no key 'token_command'"),
        ("[buffer.default]\n[buffer.default]\n", 1, "config", "[buffer.default] is there twice"),
        ("[buffer.default]\n", 4, "token", "credentials.toml"),
        ("[buffer.default]\ntoken_env = 'NOT_SET'", 4, "token", "NOT_SET is not set or empty"),
        ("[buffer.default]\ntoken_env = 'EMPTY'", 4, "token", "EMPTY is not set or empty"),
        ("[buffer.default]\ntoken_cmd = 'exit 3'", 4, "token", "status 3"),
        ("[buffer.default]\ntoken_cmd = 'echo a; echo b'", 4, "token", "2 lines"),
        ("[buffer.default]\ntoken_cmd = 'sleep 100'", 4, "token", "not done within 0.2 s"),
        ("[buffer.default]\nbase_url = 'http://example.com'", 1, "config", "https://"),
    ],
)
def test_a_configuration_that_cannot_be_used(
    kosmo: Command,
    folders: Path,
    monkeypatch: pytest.MonkeyPatch,
    config: str | None,
    code: int,
    kind: str,
    says: str,
) -> None:
    monkeypatch.setattr(token_command, "TIMEOUT", 0.2)
    monkeypatch.setenv("EMPTY", " ")
    if config is not None:
        (folders / "config.toml").write_text(config)
    outcome = kosmo("call", "buffer.list_profiles")
    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.error["kind"] == kind
    assert says in outcome.error["message"]


# The way to the service


def point_to(folders: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("TOKEN", "S3CRET")
    tables = (f"[{service}.default]\nbase_url = '{url}'\ntoken_env = 'TOKEN'\n" for service in ("buffer", "instagram"))
    (folders / "config.toml").write_text("".join(tables))


READS = ["buffer.list_profiles", "instagram.list_media"]


@pytest.mark.parametrize("function", READS)
def test_a_service_that_is_not_there(
    kosmo: Command, folders: Path, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        point_to(folders, monkeypatch, f"http://127.0.0.1:{unused.getsockname()[1]}")
        outcome = kosmo("call", function)
    assert outcome.code == 3
    assert outcome.error["kind"] == "unavailable"
    assert "cannot be reached" in outcome.error["message"]
    assert "S3CRET" not in outcome.err


@pytest.mark.parametrize("function", READS)
def test_a_service_without_tls(
    kosmo: Command, sandbox: Sandbox, folders: Path, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    point_to(folders, monkeypatch, sandbox.description["url"].replace("http:", "https:"))
    outcome = kosmo("call", function)
    assert outcome.code == 3
    assert "TLS" in outcome.error["message"]
    assert sandbox.log() == []


# What the service answers

FAULTS = [
    ({"fault": "html"}, 3, {"unavailable", "bad_answer"}),
    ({"fault": "truncated"}, 3, {"bad_answer"}),
    ({"fault": "status", "code": 401}, 4, {"auth"}),
    ({"fault": "expired_token"}, 4, {"auth"}),
    ({"fault": "status", "code": 403}, 3, {"forbidden"}),
    ({"fault": "status", "code": 404}, 3, {"not_found"}),
    ({"fault": "status", "code": 429}, 3, {"rate_limited"}),
    ({"fault": "rate_limited"}, 3, {"rate_limited"}),
    ({"fault": "status", "code": 500}, 3, {"unavailable"}),
    ({"fault": "drop_before"}, 3, {"unavailable"}),
]


@pytest.mark.parametrize(
    ("fault", "code", "kinds"),
    FAULTS,
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else "",
)
@pytest.mark.parametrize("function", READS)
def test_a_read_that_goes_wrong_is_told(
    kosmo: Command, sandbox: Sandbox, function: str, fault: dict[str, Any], code: int, kinds: set[str]
) -> None:
    sandbox.faults({"match": "*", "times": 20, **fault})
    outcome = kosmo("call", function)
    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.error["kind"] in kinds
    assert outcome.error["may_have_been_published"] is False
    assert outcome.error["hint"]


@pytest.mark.parametrize("function", READS)
def test_a_read_that_goes_wrong_once_is_repeated(kosmo: Command, sandbox: Sandbox, function: str) -> None:
    sandbox.faults({"match": "*", "times": 1, "fault": "status", "code": 500})
    assert kosmo("call", function).code == 0


def create(kosmo: Command, *words: str, text: str = "Once only") -> Outcome:
    return kosmo("call", "buffer.create_update", f"text={text}", *words)


def posts(sandbox: Sandbox, text: str = "Once only") -> int:
    return json.dumps(sandbox.control(f"posts?channel={PROFILE}")).count(json.dumps(text))


def test_a_write_whose_answer_is_lost_ends_with_5_or_is_found(kosmo: Command, sandbox: Sandbox) -> None:
    sandbox.faults({"match": "createPost", "times": 1, "fault": "drop_after_commit"})
    outcome = create(kosmo, f"profileIds={PROFILE}")
    assert posts(sandbox) == 1
    result = outcome.json
    kinds = {failure["kind"] for failure in result["failures"]}
    assert (outcome.code, kinds) in ((5, {"outcome_unknown"}), (0, set()))
    writes = [entry for entry in sandbox.log() if "createPost" in (entry["operation"] or "")]
    assert len(writes) == 1


def test_a_write_that_no_reading_can_settle_ends_with_5(kosmo: Command, sandbox: Sandbox) -> None:
    sandbox.faults(
        {"match": "createPost", "times": 1, "fault": "drop_after_commit"},
        {"match": "posts", "times": 99, "fault": "status", "code": 500},
    )
    outcome = create(kosmo, f"profileIds={PROFILE}")
    assert outcome.code == 5
    assert [failure["kind"] for failure in outcome.json["failures"]] == ["outcome_unknown"]
    assert posts(sandbox) == 1


@pytest.mark.parametrize(
    ("words", "code", "updates", "kinds"),
    [
        ([f"profileIds={PROFILE},nope"], 3, 1, ["not_found"]),
        (["profileIds=nope"], 3, 0, ["not_found"]),
        ([f"profileIds={PROFILE}", "text=No token"], 4, 0, ["auth"]),
        ([f"profileIds={PROFILE}", f"text={'x' * 100_000}"], 3, 0, ["refused"]),
    ],
)
def test_what_a_profile_did_not_take_is_in_the_result(
    kosmo: Command, sandbox: Sandbox, words: list[str], code: int, updates: int, kinds: list[str]
) -> None:
    text = [] if any(word.startswith("text=") for word in words) else ["text=Once only"]
    if kinds == ["auth"]:
        sandbox.faults({"match": "createPost", "fault": "expired_token"})
    outcome = kosmo("call", "buffer.create_update", *text, *words)
    assert (outcome.code, outcome.err) == (code, "")
    result = outcome.json
    assert result["success"] is False
    assert (len(result["updates"]), [failure["kind"] for failure in result["failures"]]) == (updates, kinds)


PENDING = ["buffer.list_pending_updates", f"profileId={PROFILE}"]
CREATE = ["buffer.create_update", f"profileIds={PROFILE}", "text=Once only"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([*PENDING, "count=0"], "from 1 to 100"),
        ([*PENDING, "count=-1"], "from 1 to 100"),
        ([*PENDING, "count=10000"], "from 1 to 100"),
        ([*PENDING, "page=0"], "page must be"),
        (["instagram.list_media", "limit=0"], "limit must be"),
        (["instagram.list_media", "limit=-1"], "limit must be"),
        (["instagram.list_media", "limit=10000"], "limit must be"),
        (["instagram.list_insights", "since=nonsense"], "since must be"),
        (["instagram.list_insights", "period=decade"], "period must be"),
        (["instagram.create_media", "imageUrl=notaurl"], "no web address"),
        (["buffer.create_update", f"profileIds={PROFILE}", "text="], "empty"),
        (["buffer.create_update", "text=x"], "needs profileIds"),
        (["buffer.create_update", "text=x", "profileIds:=[]"], "no profile"),
        ([*CREATE, "scheduledAt=2020-01-01T00:00:00Z"], "in the past"),
        ([*CREATE, "scheduledAt=2099-01-01T00:00:00"], "no offset"),
        ([*CREATE, "scheduledAt=tomorrow"], "no ISO 8601 time"),
        ([*CREATE, 'media:={"photo": "not a url"}'], "no http(s) URL"),
        ([*CREATE, 'media:={"foto": "https://example.com/a.jpg"}'], "no 'foto'"),
    ],
)
def test_senseless_parameters_are_refused_before_anything_is_sent(
    kosmo: Command, sandbox: Sandbox, words: list[str], says: str
) -> None:
    outcome = kosmo("call", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.error["kind"] == "usage"
    assert says in outcome.error["message"]
    assert sandbox.log() == []


@pytest.mark.parametrize(
    "words",
    [
        ["buffer.get_update", "updateId=nope"],
        ["buffer.get_profile", "profileId=4eb8572a512f7f6218000fff"],
        ["instagram.get_media", "mediaId=1"],
        ["instagram.get_comment", "commentId=1"],
        ["instagram.list_comments", "mediaId=1"],
    ],
)
def test_ids_that_do_not_exist(kosmo: Command, sandbox: Sandbox, words: list[str]) -> None:
    outcome = kosmo("call", *words)
    assert outcome.code == 3
    assert outcome.error["kind"] == "not_found"


def test_a_page_beyond_the_end_is_empty(kosmo: Command, sandbox: Sandbox) -> None:
    outcome = kosmo("call", *PENDING, "page=999")
    assert outcome.code == 0
    assert (outcome.json["updates"], outcome.json["has_more"]) == ([], False)


def test_a_metric_that_does_not_exist_is_a_notice(kosmo: Command, sandbox: Sandbox) -> None:
    outcome = kosmo("call", "instagram.list_insights", "--account", "brand_account", "metric=reach,bogus")
    assert outcome.code == 0
    assert [insight["name"] for insight in outcome.json["data"]] == ["reach"]
    assert any("bogus" in notice for notice in outcome.json["notices"])
