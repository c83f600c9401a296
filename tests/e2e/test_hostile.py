"""Texts that try to drive the terminal, from a sandbox full of them, through the real app into a real terminal."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import pytest

from tests.e2e.served import served
from tests.e2e.terminal import Terminal

# All that the app may say to a terminal while it runs: colours, cursor addresses, and the modes of a full-screen
# program, each as often as Textual sends it on its own.  (ui/pen.py moves within a line, too.)
DRAWING = re.compile(rb"\x1b\[[0-9;]*m|\x1b\[\d+;\d+H|\x1b\[\d+[CG]|\x1b\]22;[a-z-]+\x07")
MODES = re.compile(
    rb"\x1b\[\?(?:25|7|1000|1003|1004|1006|1015|1049|2004)[hl]|\x1b\[\?(?:2026|2048)\$p|\x1b\[>25u|\x1b\[<u"
)
CONTROLS = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A sandbox in which every text bites."""
    with served(tmp_path_factory.mktemp("hostile"), "--hostile") as env:
        yield env


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_no_sequence_of_theirs_reaches_the_terminal(hostile: dict[str, str], size: tuple[int, int]) -> None:
    with Terminal([sys.executable, "-m", "kosmo_tui"], columns=size[0], rows=size[1], env=hostile) as terminal:
        terminal.wait_for("Buffer · default", "◷")
        terminal.press("2")
        terminal.wait_for("Buffer · agency", "Needs you")
        terminal.press("G")
        terminal.wait_gone("Needs you")
        terminal.press("g", "enter")
        terminal.wait_for("Is it live?")
        terminal.press("]")
        terminal.wait_for("seen", "likes")
        terminal.press("]")
        terminal.wait_for("no drafts")
        terminal.press("]")
        terminal.wait_gone("no drafts")
        terminal.press("]")
        terminal.wait_for("waiting")
        terminal.press("c")
        terminal.wait_for("New post", "Post to")
        terminal.press("escape")
        terminal.wait_gone("New post")
        terminal.press("5")
        terminal.wait_for("Instagram · brand_account", "carousel")
        terminal.press("]")
        terminal.wait_for("└")
        terminal.press("]")
        terminal.wait_for("Reach per day")
        for account, name, data in (("3", "client_acct", "◷"), ("4", "default", "ago"), ("6", "agency", "ago")):
            terminal.press(account)
            terminal.wait_for(f"· {name}", data)
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
