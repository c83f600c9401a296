"""Reads which command is meant, runs it, and turns whatever goes wrong into a message and an exit code.

Nothing heavy is imported here: `kosmo call` must not pay for the dashboard, nor the dashboard for the sandbox.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import TextIO

from kosmo_tui.api.errors import BadParameter, KosmoError
from kosmo_tui.commands import COMMANDS, interrupts


def run(words: list[str]) -> int:
    """Run the command that `words` names, the dashboard when they name none; the exit code is the contract's."""
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # no text is worth a crash
    try:
        with contextlib.suppress(ValueError):  # signals are only set in the main thread
            signal.signal(signal.SIGTERM, _terminate)
        code = _run(words)
        sys.stdout.flush()
        return code
    except KosmoError as error:
        return _tell(error, words)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("KOSMO_DEBUG"):
            import traceback

            traceback.print_exc()
        return _tell(_unexpected(error), words)


def _run(words: list[str]) -> int:
    name = "dashboard"
    if words and not words[0].startswith("-"):
        name = words.pop(0)
        if name not in COMMANDS:
            import difflib

            near = difflib.get_close_matches(name, COMMANDS, n=1)
            hint = f"did you mean `kosmo {near[0]}`?" if near else "`kosmo --help` lists the commands"
            raise BadParameter(f"there is no command {name!r}", hint=hint)
    command = importlib.import_module(f"kosmo_tui.commands.{name}")
    interrupts.raise_again()
    code: int = command.run(words)
    return code


def _tell(error: KosmoError, words: Sequence[str]) -> int:
    from kosmo_tui.commands import output

    with contextlib.suppress(OSError):  # stderr may be closed
        output.tell(error, output.wanted(words))
    return error.exit_code


def _nowhere() -> TextIO:
    """In place of a stream that was closed (`kosmo … >&-`)."""
    return Path(os.devnull).open("w", encoding="utf-8")


def _unexpected(error: Exception) -> KosmoError:
    """An error nobody foresaw.  Its text is not shown: nobody knows what it quotes."""
    hint = "" if os.environ.get("KOSMO_DEBUG") else "KOSMO_DEBUG=1 shows where; please report it"
    return KosmoError(f"something unexpected went wrong ({type(error).__name__})", hint=hint)


def _terminate(_number: int, _frame: FrameType | None) -> None:
    sys.exit(143)  # on the way up everything that is open is closed
