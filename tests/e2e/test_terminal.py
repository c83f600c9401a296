"""The harness itself: a wrong harness would make every test above it worthless."""

from __future__ import annotations

import sys

import pytest

from tests.e2e.terminal import Terminal


def python(code: str, columns: int = 120, rows: int = 40) -> Terminal:
    return Terminal([sys.executable, "-c", code], columns=columns, rows=rows, limit=20)


def test_screen_keys_and_exit_code() -> None:
    with python("name = input('who? '); print('hello', name); raise SystemExit(7)") as terminal:
        terminal.wait_for("who?")
        terminal.type("Zoë")
        terminal.press("enter")
        terminal.wait_for("hello Zoë")
        assert terminal.wait_exit() == 7
        assert b"hello Zo\xc3\xab" in terminal.output


def test_a_resize_reaches_the_program() -> None:
    code = """
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGWINCH])
print('first', *os.get_terminal_size(), flush=True)
signal.sigwait([signal.SIGWINCH])
print('now', *os.get_terminal_size())
"""
    with python(code, columns=100, rows=30) as terminal:
        terminal.wait_for("first 100 30")
        terminal.resize(80, 24)
        terminal.wait_for("now 80 24")
        assert terminal.text().count("\n") == 23


def test_queries_are_answered_even_in_pieces() -> None:
    code = r"""
import sys, tty
tty.setraw(0)
for piece in ('\x1b', '[', 'c', '\x1b[?2026', '$p'):
    sys.stdout.write(piece); sys.stdout.flush()
got = ''
while not got.endswith('$y'):
    got += sys.stdin.read(1)
print(repr(got))
"""
    with python(code) as terminal:
        terminal.wait_for(r"'\x1b[?62;22c\x1b[?2026;0$y'")


def test_waiting_for_what_never_comes_fails_with_the_screen() -> None:
    with python("print('something else')") as terminal, pytest.raises(AssertionError, match="something else"):
        terminal.wait_for("a miracle")


def test_wide_characters_and_private_sequences_do_not_shift_the_screen() -> None:
    with python(r"print('\x1b[>25u日本|x\x1b[<u'); input()") as terminal:
        assert "日本|x" in terminal.wait_for("|x")
        assert terminal.row_of("日本") == 0
        assert terminal.row_of("nowhere") == -1
