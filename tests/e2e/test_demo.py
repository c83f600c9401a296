"""`kosmo --demo` in a real terminal: what a newcomer does in the first minutes, at both sizes."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import psutil
import pytest

from tests.e2e.terminal import Terminal

SIZES = {"wide": (120, 40), "narrow": (80, 24)}


@pytest.fixture(params=SIZES)
def demo(request: pytest.FixtureRequest, tmp_path: Path) -> Terminal:
    """The running demo, with its first queue on the screen."""
    columns, rows = SIZES[request.param]
    env = {"KOSMO_CONFIG_DIR": str(tmp_path / "config"), "KOSMO_STATE_DIR": str(tmp_path / "state")}
    terminal = Terminal([sys.executable, "-m", "kosmo_tui", "--demo"], columns=columns, rows=rows, env=env)
    request.addfinalizer(lambda: terminal.__exit__(None, None, None))
    terminal.wait_for("Buffer · default", "Queue", "◷", "? help")
    return terminal


def quit_(terminal: Terminal, key: str = "q") -> None:
    terminal.press(key)
    assert terminal.wait_exit() == 0
    assert b"Traceback" not in terminal.output
    # The terminal is given back as it was found: main screen, cursor, no mouse reports, no bracketed paste.
    for sequence in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l", b"\x1b[?2004l"):
        assert terminal.output.rindex(sequence) > len(terminal.output) - 2000


def test_the_screen_is_there_again_after_the_shell_had_the_terminal(demo: Terminal) -> None:
    demo.press("ctrl+z")
    process = psutil.Process(demo.pid)
    demo.wait_until(lambda: process.status() == psutil.STATUS_STOPPED, "the program is stopped")
    demo.scrawl("\x1b[2J\x1b[H$ fg")
    process.resume()
    demo.wait_for("Buffer · default", "Queue", "◷", "? help")
    assert "$ fg" not in demo.text()
    quit_(demo)


def test_all_accounts_and_all_panes(demo: Terminal) -> None:
    demo.press("2")
    demo.wait_for("Buffer · agency", "failed", "LinkedIn", "free slot")
    demo.press("]")
    demo.wait_for("seen", "likes")
    demo.press("]")
    demo.wait_for("There are no drafts")
    demo.press("]")
    demo.wait_for("Nothing was sent from here yet")
    demo.press("]")
    demo.wait_for("disconnected", "paused", "waiting")
    demo.press("3")
    demo.wait_for("Buffer · client_acct", "◷")
    demo.press("4")
    demo.wait_for("Instagram · default", "caption", "image")
    demo.press("5")
    demo.wait_for("Instagram · brand_account", "carousel", "reel")
    demo.press("]")
    demo.wait_for("@", "ago", "└")
    demo.press("]")
    demo.wait_for("Pacific time", "Reach per day", "Views", "Profile views")
    demo.press("p")
    demo.wait_for("from the store", "before")
    demo.press("6")
    demo.wait_for("Instagram · agency", "caption")
    demo.press("1")
    demo.wait_for("Buffer · default", "◷")
    quit_(demo)
    assert not list(Path(demo.env["KOSMO_STATE_DIR"]).parent.iterdir())  # the demo leaves nothing behind


def test_the_list_moves_opens_and_comes_back(demo: Terminal) -> None:
    demo.press("2")
    demo.wait_for("Buffer · agency", "Needs you")
    demo.press("G")
    demo.wait_gone("Needs you")
    demo.press("g")
    demo.wait_for("Needs you")
    demo.press("enter")
    demo.wait_for("What happened", "Is it live?")
    demo.tap("escape")
    demo.wait_for("Needs you")
    quit_(demo)


def test_a_post_for_two_profiles_stands_in_the_queue(demo: Terminal) -> None:
    demo.press("2")
    demo.wait_for("Buffer · agency", "Queue 41")
    demo.press("c")
    demo.wait_for("New post ·  Buffer · agency", "Post to · 0 of")
    demo.press("space")
    demo.wait_for("Post to · 1 of", "[x] X")
    demo.press("down", "space")
    demo.wait_for("Post to · 2 of", "[x] LinkedIn")
    demo.tap("tab")
    demo.type("Two birds, one terminal")
    demo.wait_for("Two birds, one terminal", "23/", "Queue for 2")
    demo.press("f5")
    demo.wait_for("Review", "enter sends")
    demo.press("enter")
    demo.wait_for("✓ confirmed   X", "✓ confirmed   LinkedIn")
    demo.wait_until(lambda: demo.text().count("scheduled") == 2, "both are told to be scheduled")
    demo.press("escape")
    demo.wait_gone("New post")
    demo.wait_for("Queue 43")
    demo.press("/")
    demo.wait_for("a part of the text")
    demo.type("two birds")
    demo.wait_gone("Needs you")
    demo.wait_until(lambda: demo.text().count("◷ Two birds") == 2, "both posts are in the queue")
    assert "LinkedIn  ◷ Two" in demo.text()
    quit_(demo, "ctrl+q")


def test_help_and_palette_open_and_close(demo: Terminal) -> None:
    demo.press("?")
    demo.wait_for("Write a post", "esc closes")
    demo.press("escape")
    demo.wait_gone("esc closes")
    demo.press("ctrl+p")
    demo.wait_for("Search for commands")
    demo.type("brand")
    demo.wait_for("instagram brand_account")
    demo.press("down", "enter")
    demo.wait_for("Instagram · brand_account", "caption")
    quit_(demo)


def test_a_resize_folds_and_unfolds(demo: Terminal) -> None:
    demo.resize(80, 24)
    demo.wait_gone("brand_account")
    demo.press("b")
    demo.wait_for("brand_account", "INSTAGRAM")
    demo.press("escape")
    demo.wait_gone("brand_account")
    demo.resize(120, 40)
    demo.wait_for("brand_account", "Sent", "Profiles")
    quit_(demo)


def test_the_filter_narrows_what_is_loaded(demo: Terminal) -> None:
    demo.press("5")
    demo.wait_for("Instagram · brand_account", "carousel", "reel")
    demo.press("/")
    demo.wait_for("a part of the text")
    demo.type("carousel")
    demo.wait_gone("▶ reel")
    demo.press("escape")
    demo.wait_for("▶ reel", "carousel")
    quit_(demo, "ctrl+q")


def test_without_a_terminal_it_says_so(kosmo_process: object) -> None:
    done = kosmo_process("--demo")  # type: ignore[operator]
    assert done.code == 2
    assert re.search("terminal", done.error["message"])


def test_the_demo_looks_as_the_user_likes_it(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[settings]\ntheme = "textual-light"\n[keys]\ncompose = "n"\n')
    env = {"KOSMO_CONFIG_DIR": str(tmp_path), "KOSMO_STATE_DIR": str(tmp_path / "state")}
    command = [sys.executable, "-m", "kosmo_tui", "--demo"]
    with Terminal(command, columns=120, rows=40, env=env) as terminal:
        terminal.wait_for("Buffer · default", "Queue", "n compose")
        assert b"48;2;224;224;224" in terminal.output, "the page of the light theme"
        assert not (tmp_path / "state").exists()
        terminal.press("n")
        terminal.wait_for("New post")
        terminal.press("\x03")
        terminal.wait_for("esc leaves; what was written can be kept")
        terminal.press("\x1b")
        terminal.wait_for("n compose")
        quit_(terminal)
