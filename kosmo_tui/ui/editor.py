"""The text of a post in the editor of the user: $VISUAL, then $EDITOR, else vi or nano."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_FALLBACKS = ("vi", "nano")
_TEXT: dict[str, Any] = {"encoding": "utf-8", "errors": "replace", "newline": ""}  # whatever the locale says


class EditorError(Exception):
    """The editor gave no text; the message says why, without a full stop."""


def command(environ: Mapping[str, str]) -> list[str]:
    """The program and its arguments, split as a shell splits them, but never run by one.

    Raises EditorError when there is none, or when it is not found.
    """
    for name in ("VISUAL", "EDITOR"):
        if value := environ.get(name, "").strip():
            try:
                words = shlex.split(value)
            except ValueError as error:
                raise EditorError(f"${name} cannot be read: {error}") from None
            if not words or shutil.which(words[0], path=environ.get("PATH")) is None:
                raise EditorError(f"${name} is {value!r}, and there is no such program")
            return words
    for program in _FALLBACKS:
        if found := shutil.which(program, path=environ.get("PATH")):
            return [found]
    raise EditorError("there is neither $VISUAL nor $EDITOR, nor vi, nor nano")


async def edit(text: str, editor: list[str]) -> str:
    """`text` as the editor leaves it; the caller has given the terminal away.

    The event loop runs on meanwhile: posts that are being sent must not wait for a person.  Raises EditorError when the
    editor cannot be started or fails, and when it leaves nothing, or what is no text.  The file is gone afterwards, but
    for one that cannot be read.
    """
    folder = Path(tempfile.mkdtemp(prefix="kosmo-"))  # 0700
    readable = True
    try:
        file = folder / "post.md"
        end = "" if text.endswith("\n") else "\n"  # a text file ends with one, and most editors would add it
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", **_TEXT) as writing:
            writing.write(text + end)
        with _signals_left_to_the_editor():
            await _run([*editor, str(file)])
        try:
            with file.open(encoding="utf-8", newline="") as reading:
                edited = reading.read().replace("\r\n", "\n")
        except FileNotFoundError:
            raise EditorError("the editor left no file") from None
        except (OSError, ValueError):
            readable = False  # somebody has worked on it: it stays where it is
            raise EditorError(f"what the editor left is no UTF-8 text; it is kept in {file}") from None
        if end:
            edited = edited.removesuffix(end)
        if not edited.strip():
            raise EditorError("the editor left nothing")
        return edited
    finally:
        if readable:
            shutil.rmtree(folder, ignore_errors=True)


async def _run(words: list[str]) -> None:
    try:
        process = await asyncio.create_subprocess_exec(*words)
    except OSError as error:
        raise EditorError(f"{words[0]} does not start: {error.strerror or error}") from None
    try:
        code = await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        raise
    if code:
        how = f"was ended by signal {-code}" if code < 0 else f"failed with exit code {code}"
        raise EditorError(f"{words[0]} {how}")


@contextmanager
def _signals_left_to_the_editor() -> Iterator[None]:
    """ctrl+c and ctrl+\\ reach every program of the terminal; while an editor has it, they are meant for the editor."""
    handlers = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGQUIT)}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
