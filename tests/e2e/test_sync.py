"""`kosmo sync` as a process of its own: stopped, killed, beside a running dashboard, on a terminal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from kosmo_tui.services.storage import open_store
from kosmo_tui.store.cache import Item
from tests.conftest import ROOT
from tests.e2e.served import served
from tests.e2e.terminal import Terminal

KOSMO = [sys.executable, "-m", "kosmo_tui"]
AGENCY = "buffer.agency"
SYNC = [*KOSMO, "sync", "--account", AGENCY, "--since", "2010-01-01"]


@pytest.fixture
def env(tmp_path: Path) -> Iterator[dict[str, str]]:
    with served(tmp_path, "--posts", "3000") as added:
        yield added


def posts(folder: Path) -> list[Item]:
    """What the store has of the account, the newest first."""
    store = open_store(folder)
    try:
        return list(store.cache.rows(AGENCY, "post", first=10**6))
    finally:
        store.close()


def kept(folder: Path) -> int:
    return len(posts(folder))


def sync(env: Mapping[str, str]) -> tuple[bool, int]:
    """Run it to its end: whether all is there then, and how many posts it brought."""
    done = subprocess.run(SYNC, env={**os.environ, **env}, cwd=ROOT, capture_output=True, timeout=120, check=True)
    (one,) = json.loads(done.stdout)["accounts"]
    return one["whole"], one["posts"]


def test_stopped_or_killed_it_keeps_what_was_read_and_goes_on_from_there(tmp_path: Path, env: dict[str, str]) -> None:
    before = 0
    for number, code in ((signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, 143)):
        with subprocess.Popen(
            [*SYNC, "--output", "text"],
            env={**os.environ, **env},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as run:
            while kept(tmp_path) < before + 300 and run.poll() is None:
                pass
            run.send_signal(number)
            out, told = run.communicate(timeout=30)
        assert (run.returncode, out) == (code, b"")
        assert b"Traceback" not in told
        assert (b"goes on from there" in told) == (number != signal.SIGKILL)
        assert kept(tmp_path) >= before + 300
        before = kept(tmp_path)
    whole, brought = sync(env)
    assert whole and kept(tmp_path) >= 3000
    assert brought < kept(tmp_path) - before + 500, "what was kept is not read again"


def test_beside_a_running_dashboard_neither_disturbs_the_other(tmp_path: Path, env: dict[str, str]) -> None:
    with Terminal([*KOSMO, "--account", AGENCY, "--pane", "sent"], env=env, columns=140, rows=40) as terminal:
        terminal.wait_for("Buffer · agency", "characters")
        with subprocess.Popen(
            SYNC, env={**os.environ, **env}, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as run:
            while run.poll() is None:
                terminal.press("down")
                terminal.pump(0.05)
            out, told = run.communicate()
        assert (run.returncode, told) == (0, b"")
        assert json.loads(out)["accounts"][0]["whole"]
        terminal.press("r")
        terminal.settle(0.5)
        terminal.press("G")  # to the end of what the other one brought
        oldest = min((one for one in posts(tmp_path) if one.at is not None), key=lambda one: (one.at, one.id))
        terminal.wait_for(oldest.id)
        assert "kept" not in terminal.text().splitlines()[-1], "nothing is said of a store that could not be written"
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert kept(tmp_path) >= 3000


def test_on_a_terminal_a_line_says_how_far_it_is_and_leaves_the_result(env: dict[str, str]) -> None:
    command = [*KOSMO, "sync", "--account", "instagram.default", "--since", "20d"]
    with Terminal(command, columns=80, rows=24, env=env) as terminal:
        terminal.wait_for("numbers by day take")
        assert terminal.wait_exit() == 0
        assert "all there" in terminal.text() and "back to" not in terminal.text()


def test_what_it_brought_of_instagram_can_be_read_when_the_service_is_gone(tmp_path: Path) -> None:
    account = "instagram.brand_account"
    with served(tmp_path) as env:
        words = [*KOSMO, "sync", "--account", account, "--since", "100d"]
        done = subprocess.run(words, env={**os.environ, **env}, cwd=ROOT, capture_output=True, timeout=120, check=True)
        (one,) = json.loads(done.stdout)["accounts"]
    store = open_store(tmp_path)
    assert one["comments"] == store.cache.count(account, "comment") > 500
    (newest, *_) = store.cache.threads(account, first=1)
    store.close()
    name = newest.text.splitlines()[0][:16]
    for pane, shown in (("comments", f"@{name}"), ("insights", "added up from the store")):
        with Terminal([*KOSMO, "--account", account, "--pane", pane], env=env) as terminal:
            terminal.wait_for(shown, "offline", "as of")
            assert "could be loaded" not in terminal.text()
