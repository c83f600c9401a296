"""Texts that try to drive the terminal, from a sandbox full of them, through the real app into a real terminal."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.terminal import Terminal

ROOT = Path(__file__).parents[2]
# All that the app may say to a terminal while it runs: colours, cursor addresses, and the modes of a full-screen
# program, each as often as Textual sends it on its own.
DRAWING = re.compile(rb"\x1b\[[0-9;]*m|\x1b\[\d+;\d+H|\x1b\]22;[a-z-]+\x07")
MODES = re.compile(
    rb"\x1b\[\?(?:25|7|1000|1003|1004|1006|1015|1049|2004)[hl]|\x1b\[\?(?:2026|2048)\$p|\x1b\[>25u|\x1b\[<u"
)
CONTROLS = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@pytest.fixture(scope="module")
def hostile() -> Iterator[dict[str, Any]]:
    """A sandbox in which every text bites."""
    command = [sys.executable, "-m", "kosmo_tui", "sandbox", "--hostile", "--unlimited"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def accounts(about: dict[str, Any], folder: Path) -> dict[str, str]:
    """A config.toml for the sandbox in `folder`, and the environment that goes with it."""
    folder.mkdir()
    lines, env = [], {"KOSMO_CONFIG_DIR": str(folder), "KOSMO_STATE_DIR": str(folder)}
    for service in ("buffer", "instagram"):
        for name, token in about[service]["tokens"].items():
            variable = f"TOKEN_{service}_{name}".upper()
            env[variable] = token
            lines += [f"[{service}.{name}]", f'base_url = "{about[service]["url"]}"', f'token_env = "{variable}"']
            lines += [f'login = "{about[service]["login"][name]}"'] if service == "instagram" else []
    (folder / "config.toml").write_text("\n".join(lines))
    return env


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_no_sequence_of_theirs_reaches_the_terminal(
    hostile: dict[str, Any], tmp_path: Path, size: tuple[int, int]
) -> None:
    env = accounts(hostile, tmp_path / "config")
    with Terminal([sys.executable, "-m", "kosmo_tui"], columns=size[0], rows=size[1], env=env) as terminal:
        terminal.wait_for("Buffer · default", "◷")
        terminal.press("2")
        terminal.wait_for("Buffer · agency", "failed")
        terminal.press("G")
        terminal.wait_gone("Needs you")
        terminal.press("g", "enter")
        terminal.wait_for("Is it live?")
        terminal.press("]")
        terminal.wait_for("seen", "likes")
        terminal.press("]")
        terminal.wait_for("waiting")
        terminal.press("5")
        terminal.wait_for("Instagram · brand_account", "carousel")
        terminal.press("]")
        terminal.wait_for("└")
        terminal.press("]")
        terminal.wait_for("Reach per day")
        for account in "346":
            terminal.press(account)
            terminal.wait_for("· " + {"3": "client_acct", "4": "default", "6": "agency"}[account], "ago")
        terminal.press("q")
        assert terminal.wait_exit() == 0
    output = bytes(terminal.output)
    text = terminal.output.decode()
    assert "owned" in text  # the venom was on the screen, as letters
    assert "Traceback" not in text
    modes = MODES.findall(output)
    assert modes.count(b"\x1b[?1049h") == modes.count(b"\x1b[?1049l") == 1
    rest = MODES.sub(b"", DRAWING.sub(b"", output)).decode()
    assert CONTROLS.findall(rest) == []
