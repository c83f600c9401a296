"""`kosmo outbox`, and `kosmo call` through the journal: what is left after lost answers, signals and kills."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kosmo_tui.accounts import settings
from kosmo_tui.accounts.hub import Hub
from kosmo_tui.api import http
from kosmo_tui.services import editing
from kosmo_tui.services.publish import Publisher
from kosmo_tui.services.storage import open_store
from kosmo_tui.services.targets import profile_target
from tests.conftest import ROOT, Command, Sandbox
from tests.store.writing import write

PROFILE = "4eb8572a512f7f621800004e"  # of buffer.default
OTHER = "nope"
IMAGE = "https://example.com/photo.jpg"
LOST = {"match": "createPost", "times": 1, "fault": "drop_after_commit"}
BLIND = {"match": "posts", "times": 99, "fault": "status", "code": 500}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads are repeated as often as ever, but at once."""
    delay = http.Retries.delay

    def at_once(self: http.Retries, error: Any, attempt: int) -> float | None:
        return None if delay(self, error, attempt) is None else 0.0

    monkeypatch.setattr(http.Retries, "delay", at_once)


def create(kosmo: Command, text: str = "Once only", *words: str) -> Any:
    return kosmo("call", "buffer.create_update", f"text={text}", f"profileIds={PROFILE}", *words)


def rows(kosmo: Command, *words: str) -> list[dict[str, Any]]:
    outcome = kosmo("outbox", "list", *words)
    assert (outcome.code, outcome.err) == (0, "")
    return list(outcome.json)


def posts(sandbox: Sandbox, text: str = "Once only") -> int:
    return sum(post["text"] == text for post in sandbox.control(f"posts?channel={PROFILE}"))


def unknown(kosmo: Command, sandbox: Sandbox, *faults: dict[str, Any]) -> int:
    """A write whose end nobody knows; its id."""
    sandbox.faults(*(faults or (LOST, BLIND)))
    assert create(kosmo).code == 5
    sandbox.control("reset", {}) if not faults else None
    (row,) = rows(kosmo, "--state", "unknown")
    assert row["needs_you"]
    return int(row["id"])


def test_a_confirmed_write_is_in_the_list(kosmo: Command, sandbox: Sandbox) -> None:
    made = create(kosmo).json["updates"][0]
    (row,) = rows(kosmo)
    assert (row["state"], row["needs_you"], row["remote_id"]) == ("confirmed", False, made["id"])
    assert (row["account"], row["summary"], row["attempt"]) == ("buffer.default", "Once only", 1)
    profile = kosmo("call", "buffer.get_profile", f"profileId={PROFILE}").json
    assert (row["network"], row["label"]) == (profile["service"], profile["formatted_username"])
    shown = kosmo("outbox", "show", str(row["id"])).json
    assert shown["request"] == {"text": "Once only", "profile_ids": [PROFILE]}
    assert shown["answer"]["id"] == made["id"]
    assert rows(kosmo, "--account", "default") == [row]
    assert rows(kosmo, "--account", "buffer.agency") == rows(kosmo, "--state", "unknown") == []
    text = kosmo("outbox", "list", "--output", "text").out
    assert "Once only" in text and "confirmed" in text
    assert "Once only" in kosmo("outbox", "show", str(row["id"]), "--output", "text").out


def test_one_row_for_each_profile(kosmo: Command, sandbox: Sandbox) -> None:
    outcome = kosmo("call", "buffer.create_update", "text=Once only", f"profileIds={PROFILE},{OTHER}")
    assert outcome.code == 3
    assert {(row["profile_id"], row["state"]) for row in rows(kosmo)} == {(PROFILE, "confirmed"), (OTHER, "refused")}


def test_nothing_that_was_not_sent_is_in_the_way(kosmo: Command, sandbox: Sandbox) -> None:
    assert create(kosmo, "").code == 2
    assert rows(kosmo) == []
    empty = kosmo("outbox", "list", "--output", "text")
    assert "empty" in empty.out
    assert kosmo("outbox", "resolve").json == {"writes": [], "problems": []}


def test_what_was_lost_is_found_by_looking(kosmo: Command, sandbox: Sandbox) -> None:
    sandbox.faults(LOST, BLIND)
    assert create(kosmo).code == 5
    outcome = kosmo("outbox", "resolve")
    assert (outcome.code, len(outcome.json["problems"])) == (5, 1), "it cannot be looked for yet"
    sandbox.control("faults", [])
    while kosmo("outbox", "resolve").json["problems"]:
        pass  # the faults that are left, used up
    (row,) = rows(kosmo)
    assert (row["state"], row["needs_you"], posts(sandbox)) == ("confirmed", False, 1)
    assert "found by looking" in row["note"]


def test_a_repeated_call_does_not_double_what_may_be_there(kosmo: Command, sandbox: Sandbox) -> None:
    sandbox.faults(LOST, BLIND)
    assert create(kosmo).code == 5
    again = create(kosmo)
    assert again.code == 3
    assert "equal post" in again.json["failures"][0]["message"]
    assert posts(sandbox) == 1


@pytest.mark.parametrize(
    ("decision", "code", "state", "live", "doubt"),
    [
        ("--settle", 5, "unknown", 0, ["error"]),
        ("--sent", 0, "confirmed", 0, []),
        ("--again", 0, "confirmed", 1, []),
        ("--keep", 0, "unknown", 0, ["warning"]),
    ],
)
def test_a_person_decides(
    kosmo: Command, sandbox: Sandbox, decision: str, code: int, state: str, live: int, doubt: list[str]
) -> None:
    id = unknown(kosmo, sandbox)  # and then the service forgets all about it
    outcome = kosmo("outbox", "resolve", str(id), decision)
    assert (outcome.code, outcome.json["state"], posts(sandbox)) == (code, state, live)
    assert outcome.json["evidence"]["sent"]["text"] == "Once only"
    assert outcome.json["attempt"] == (2 if decision == "--again" else 1)
    assert not outcome.json["draft_id"]
    if decision == "--settle":
        assert outcome.json["evidence"]["looked_at"]
    # A dry run of an equal post knows what is open in the outbox, as the call does; another post is no matter of it.
    for text, levels in (("Once only", doubt), ("Another", [])):
        rehearsed = create(kosmo, text, "--dry-run")
        found = rehearsed.json["targets"][0]["findings"]
        assert [finding["level"] for finding in found if finding["code"] == "unknown"] == levels
        assert rehearsed.code == (2 if "error" in levels else 0)
    assert posts(sandbox) == live


def test_what_may_be_there_is_no_draft_again(kosmo: Command, sandbox: Sandbox) -> None:
    id = unknown(kosmo, sandbox)
    outcome = kosmo("outbox", "resolve", str(id), "--draft")
    assert outcome.code == 1
    assert "may be there" in outcome.error["message"] and "--sent" in outcome.error["hint"]
    assert kosmo("outbox", "show", str(id)).json["state"] == "unknown"


def test_what_cannot_be_looked_for_is_as_open_as_it_was(kosmo: Command, sandbox: Sandbox) -> None:
    id = unknown(kosmo, sandbox, LOST, BLIND)
    outcome = kosmo("outbox", "resolve", str(id), "--settle")
    assert (outcome.code, outcome.error["kind"], outcome.error["may_have_been_published"]) == (
        5,
        "outcome_unknown",
        True,
    )
    every = kosmo("outbox", "resolve")
    assert (every.code, [one["account"] for one in every.json["problems"]]) == (5, ["buffer.default"])
    assert "may_have_been_published" not in every.json["problems"][0]


def test_a_rescue_is_told(kosmo: Command, sandbox: Sandbox) -> None:
    create(kosmo)
    path = Path(os.environ["KOSMO_STATE_DIR"]) / "kosmo.db"
    path.write_bytes(b"garbage" * 1000)
    told = kosmo("outbox", "list")
    assert (told.code, told.json) == (0, [])
    assert "was damaged and is now" in json.loads(told.err)["notice"]
    assert rows(kosmo) == []


def test_what_cannot_be_decided(kosmo: Command, sandbox: Sandbox) -> None:
    create(kosmo)
    for words, says in (
        (["resolve", "1", "--sent"], "confirmed"),
        (["resolve", "1", "--again"], "confirmed"),
        (["resolve", "1", "--discard"], "only what nobody has sent"),
    ):
        outcome = kosmo("outbox", *words)
        assert outcome.code == 1 and says in outcome.error["message"]
    for words in (["show", "99"], ["show", "x"], ["resolve", "99"], ["resolve", "--sent"], ["list", "--state", "odd"]):
        assert kosmo("outbox", *words).code == 2
    assert posts(sandbox) == 1


def test_without_a_store_nothing_is_sent_and_reading_works(
    kosmo: Command, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("KOSMO_STATE_DIR", str(tmp_path / "file" / "state"))
    outcome = create(kosmo)
    assert (outcome.code, outcome.error["kind"]) == (1, "store")
    assert outcome.error["hint"]
    assert (posts(sandbox), kosmo("call", "buffer.list_profiles").code) == (0, 0)


def test_the_demo_leaves_nothing_behind(kosmo: Command, sandbox: Sandbox) -> None:
    outcome = kosmo("call", "--demo", "instagram.create_media", "--account", "brand_account", f"imageUrl={IMAGE}")
    assert outcome.code == 0
    assert list(Path(os.environ["KOSMO_STATE_DIR"]).iterdir()) == []


async def delete(id: str) -> None:
    """Delete a post as the dashboard does."""
    async with Hub(settings.load()) as hub:
        store = open_store()
        publisher = Publisher(hub, store)
        update = await hub.buffer["default"].get_update(id)
        target = profile_target("buffer.default", await hub.buffer["default"].get_profile(update.profile_id))
        await publisher.write([editing.delete(update, target)]).wait()
        await publisher.aclose()
        store.close()


def test_a_deleted_post_is_brought_back_once(kosmo: Command, sandbox: Sandbox) -> None:
    made = create(kosmo, "Once only", "scheduledAt=2099-01-01T10:00:00Z").json["updates"][0]
    asyncio.run(delete(made["id"]))
    (deleted, created) = rows(kosmo)
    assert (deleted["kind"], deleted["state"], posts(sandbox)) == ("delete", "confirmed", 0)
    assert kosmo("outbox", "undo", str(created["id"])).code == 1
    back = kosmo("outbox", "undo", str(deleted["id"]))
    assert (back.code, back.json["state"], back.json["undoes"]) == (0, "confirmed", deleted["id"])
    assert back.json["notices"] == ["it is a new post with a new id"]
    assert back.json["remote_id"] != made["id"] and posts(sandbox) == 1
    again = kosmo("outbox", "undo", str(deleted["id"]))
    assert (again.code, posts(sandbox)) == (1, 1)
    assert "already" in again.error["message"]


# Ended from outside


def half_way(sandbox: Sandbox, *words: str, fault: dict[str, Any], operation: str) -> subprocess.Popen[str]:
    """A command as a process that waits for an answer which does not come."""
    sandbox.faults(fault)
    command = [sys.executable, "-m", "kosmo_tui", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    end = time.monotonic() + 60
    while not any(entry["fault"] == fault["fault"] for entry in sandbox.log()):
        assert process.poll() is None and time.monotonic() < end, f"{operation} was never asked for"
        time.sleep(0.02)
    return process


BUFFER = ["call", "buffer.create_update", "text=Once only", f"profileIds={PROFILE}"]
INSTAGRAM = ["call", "instagram.create_media", f"imageUrl={IMAGE}", "caption=Once only"]
# A kosmo that hangs before anything was done, and one that hangs after: when it is killed, the row says what there is.
CASES = [
    (BUFFER, {"match": "channel", "fault": "slow", "seconds": 60}, "queued", 0),
    (BUFFER, {"match": "createPost", "fault": "hang_after_commit"}, "confirmed", 1),
    (INSTAGRAM, {"match": "POST /media", "fault": "hang_after_commit"}, "refused", 0),
    (INSTAGRAM, {"match": "POST /media_publish", "fault": "hang_after_commit"}, "confirmed", 1),
]


@pytest.mark.parametrize(("words", "fault", "state", "live"), CASES)
def test_after_sigkill_the_next_kosmo_knows(
    kosmo: Command, sandbox: Sandbox, words: list[str], fault: dict[str, Any], state: str, live: int
) -> None:
    process = half_way(sandbox, *words, fault=fault, operation=str(fault["match"]))
    (row,) = rows(kosmo)
    assert row["state"] in ("queued", "sending") and not row["needs_you"], "a living kosmo has it"
    process.kill()
    process.communicate()
    (row,) = rows(kosmo)
    assert row["needs_you"]
    outcome = kosmo("outbox", "resolve")
    (row,) = outcome.json["writes"]
    assert (row["state"], outcome.json["problems"]) == (state, [])
    assert outcome.code == (5 if state == "queued" else 0)
    there = posts(sandbox) + sum(one["caption"] == "Once only" for one in sandbox.control("media"))
    assert there == live
    if not live:
        assert kosmo("outbox", "resolve", str(row["id"]), "--again").code == 0
        (row,) = rows(kosmo)
        assert (row["state"], row["attempt"]) == ("confirmed", 2)


SIGNALS = pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])


@SIGNALS
def test_a_signal_before_anything_is_sent_says_so_and_leaves_nothing(
    kosmo: Command, sandbox: Sandbox, number: int, code: int
) -> None:
    process = half_way(sandbox, *BUFFER, fault=CASES[0][1], operation="channel")
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (code, "")
    error = json.loads(err)["error"]
    assert (error["kind"], error["may_have_been_published"]) == ("stopped", False)
    assert "before anything was sent" in error["message"]
    assert (rows(kosmo), posts(sandbox)) == ([], 0)


@SIGNALS
def test_a_signal_leaves_an_unknown_row(kosmo: Command, sandbox: Sandbox, number: int, code: int) -> None:
    fault = {"match": "createPost", "fault": "hang_after_commit"}
    process = half_way(sandbox, *BUFFER, fault=fault, operation="createPost")
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == code
    assert json.loads(err)["error"]["may_have_been_published"] is True
    (row,) = rows(kosmo)
    assert (row["state"], row["needs_you"], row["note"]) == ("unknown", True, "Broken off before the answer came")
    assert kosmo("outbox", "resolve").code == 0
    assert (rows(kosmo)[0]["state"], posts(sandbox)) == ("confirmed", 1)


def test_a_signal_while_it_is_sent_again_says_how_it_stands(kosmo: Command, sandbox: Sandbox) -> None:
    words = ["outbox", "resolve", str(unknown(kosmo, sandbox)), "--again"]
    for fault in ({"match": "posts", "fault": "slow", "seconds": 60}, CASES[1][1]):
        process = half_way(sandbox, *words, fault=fault, operation=str(fault["match"]))
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        assert process.returncode == 130
        assert json.loads(err)["error"]["kind"] == "outcome_unknown"
    assert kosmo("outbox", "resolve").code == 0
    assert (rows(kosmo)[0]["state"], posts(sandbox)) == ("confirmed", 1)


def test_the_outbox_is_listed_where_nothing_can_be_written(
    kosmo: Command, unwritable: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(tempfile.mkdtemp(prefix="kosmo-"))  # not below pytest's, which only their owner may enter
    for name in ("KOSMO_STATE_DIR", "KOSMO_CONFIG_DIR"):
        monkeypatch.setenv(name, str(folder))
    store = open_store(folder)
    store.outbox.add([write(summary="Once and for all")])
    store.close()
    assert kosmo("outbox", "list").code == 0
    unwritable(folder)
    listed = kosmo("outbox", "list")
    assert listed.code == 0 and [row["summary"] for row in listed.json] == ["Once and for all"]
    assert "cannot be opened for writing" in listed.err and "nothing can be changed" in listed.err
    assert kosmo("outbox", "show", str(listed.json[0]["id"])).json["summary"] == "Once and for all"
    assert kosmo("outbox", "resolve").code == 1, "what writes is refused"
