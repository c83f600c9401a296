"""`kosmo sandbox` as a process: what it prints, and how it ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("options", [[], ["--output", "json", "--posts", "0"]])
def test_it_ends_quietly_by_a_signal_and_the_exit_code_says_by_which(
    number: signal.Signals, code: int, options: list[str]
) -> None:
    words = [sys.executable, "-m", "kosmo_tui", "sandbox", *options]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None and process.stderr is not None
        about = json.loads(process.stdout.readline())
        assert set(about) == {"url", "control", "buffer", "instagram"}
        assert set(about["instagram"]) == {"url", "tokens", "login"}
        posts = httpx.get(f"{about['control']}/posts", params={"status": "sent"}).json()
        process.send_signal(number)
        assert process.wait(timeout=10) == code
        assert (process.stdout.read(), process.stderr.read()) == ("", "")
    assert (len(posts) > 200) == (not options), "none of the agency's when none are wanted"
