"""What a key costs on the line: bytes, counted on a real terminal; and that the screen is right all the same."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

from tests.e2e.served import served
from tests.e2e.terminal import Terminal


def cost(terminal: Terminal, key: str, quiet: float) -> int:
    """The bytes that answer `key`, up to a silence of `quiet` seconds."""
    before = len(terminal.output)
    terminal.tap(key)
    terminal.settle(quiet)
    return len(terminal.output) - before


def test_keys_cost_few_bytes_and_leave_the_screen_that_was_meant(tmp_path: Path) -> None:
    kosmo = [sys.executable, "-m", "kosmo_tui", "--account", "buffer.agency", "--pane", "sent"]
    with (
        served(tmp_path, "--posts", "300") as env,
        Terminal(kosmo, columns=140, rows=40, env=env) as terminal,
    ):
        terminal.wait_for("Buffer · agency", "Sent", "✓", "characters")
        terminal.settle(1.0)
        assert len(terminal.output) <= 26_000, "drawn once and filled; three whole frames take 38,000"
        held = [cost(terminal, "down", 1 / 30) for _ in range(40)]  # before the detail follows: as a held key
        assert statistics.fmean(held) <= 1_000
        terminal.settle(0.5)
        deliberate = [cost(terminal, "down", 0.3) for _ in range(9)]  # with the detail
        assert statistics.median(deliberate) <= 4_000
        pages = [cost(terminal, "pagedown", 0.3) for _ in range(5)]
        assert statistics.median(pages) <= 10_000
        for key in ("pageup", "up", "b", "b", "?", "escape", "/", "a", "escape", "]", "["):
            terminal.tap(key)
            terminal.settle(0.3)
        pieced_together = terminal.text()
        terminal.resize(141, 40)
        terminal.settle(0.5)
        terminal.resize(140, 40)  # a new size draws the whole screen
        terminal.settle(0.5)
        assert terminal.text() == pieced_together


def test_what_another_program_wrote_over_the_screen_goes_with_a_key(tmp_path: Path) -> None:
    with (
        served(tmp_path) as env,
        Terminal([sys.executable, "-m", "kosmo_tui", "--account", "buffer.agency"], env=env) as terminal,
    ):
        terminal.wait_for("Buffer · agency", "Today", "What happened")
        terminal.settle(0.5)
        meant = terminal.text()
        terminal.scrawl("\x1b[3;1HBroadcast message: the system goes down for maintenance\x1b[30;40H????")
        assert terminal.text() != meant
        terminal.press("ctrl+l")
        terminal.wait_until(lambda: terminal.text() == meant, "the screen is as it was")


def test_a_question_costs_what_it_covers(tmp_path: Path) -> None:
    with (
        served(tmp_path) as env,
        Terminal([sys.executable, "-m", "kosmo_tui", "--account", "buffer.agency"], columns=140, env=env) as terminal,
    ):
        terminal.wait_for("Buffer · agency", "Today", "What happened")
        terminal.settle(0.5)
        before = terminal.text()
        assert cost(terminal, "x", 0.5) <= 4_000
        assert "Delete this post" in terminal.text()
        assert cost(terminal, "escape", 0.5) <= 4_000
        assert terminal.text() == before
