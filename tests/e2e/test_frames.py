"""The screen that many frames have left, each of which sent only what differed, is that of a full redraw."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from tests.e2e.served import served
from tests.e2e.terminal import Terminal

KEYS = (  # none that writes
    "pagedown", "pagedown", "down", "pageup", "up", "G", "g", "]", "[", "tab", "b", "2", "5", "?", "space",
)  # fmt: skip
SIZES = ((140, 40), (80, 24), (117, 31), (160, 50))
QUIET = 0.25  # seconds without output: the detail and what is drawn ahead have come


@pytest.mark.parametrize("seed", range(2))
def test_whatever_was_pressed_a_full_redraw_changes_nothing(tmp_path: Path, seed: int) -> None:
    """In every text are wide characters, joined emoji, marks, and writing from right to left."""
    chance = random.Random(seed)
    kosmo = [sys.executable, "-m", "kosmo_tui", "--account", "buffer.agency"]
    with (
        served(tmp_path, "--hostile", "--posts", "300") as env,
        Terminal(kosmo, columns=140, rows=40, env=env) as terminal,
    ):
        terminal.wait_for("Buffer · agency", "What happened")
        terminal.settle(1.0)
        pressed = []
        for _ in range(14):
            pressed += (keys := chance.choices(KEYS, k=chance.randint(1, 4)))
            terminal.press(*keys)
            if chance.random() < 0.2:
                terminal.resize(*chance.choice(SIZES))
            terminal.settle(QUIET)
            terminal.wait_gone("refreshing")
            terminal.settle(QUIET)
            meant = terminal.cells()
            terminal.press("ctrl+l")
            terminal.settle(QUIET)
            redrawn = terminal.cells()
            assert [
                (y, x, *both)
                for y, rows in enumerate(zip(meant, redrawn, strict=True))
                for x, both in enumerate(zip(*rows, strict=True))
                if both[0] != both[1]
            ] == [], pressed
