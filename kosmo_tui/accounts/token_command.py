"""`token_cmd`: asking a password manager for a token."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess

from kosmo_tui.api.errors import TokenError
from kosmo_tui.api.secret import Secret

TIMEOUT = 60.0  # seconds: long enough to unlock a vault on another screen
MAX_OUTPUT = 65_536  # bytes; whatever prints more prints no token


async def run(command: str, owner: str) -> Secret:
    """The one line that `command` prints, as the token of the account `owner`.

    It runs in the shell, in a session of its own without terminal or input, so that it cannot draw over the screen or
    wait for a key.  Raises TokenError when it fails, prints anything but one line or takes longer than `TIMEOUT`;
    what it printed, on either stream, is never shown.  When time is up, it prints too much or the caller is
    cancelled, it is killed with all it started.
    """
    process = _start(command)
    try:
        async with asyncio.timeout(TIMEOUT):
            output = await _read(process, owner)
            status = await asyncio.to_thread(process.wait)
    except BaseException as error:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # the shell may be gone, but not what it started
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if not isinstance(error, TimeoutError):
            raise
        raise TokenError(
            f"token_cmd of {owner} was not done within {TIMEOUT:g} s and was stopped",
            hint="it has no terminal: a command that asks for a passphrase needs an agent or a window of its own",
        ) from None
    if status:
        how = f"ended with status {status}" if status > 0 else f"was stopped by signal {-status}"
        missing = " (no such command)" if status == 127 else ""
        raise TokenError(f"token_cmd of {owner} {how}{missing}", hint="run it by hand to see why")
    return _token(output, owner)


def _start(command: str) -> subprocess.Popen[bytes]:
    # Not asyncio's own: cancelled while it starts a process, it kills the shell alone and waits for what that started.
    return subprocess.Popen(
        command,
        shell=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


async def _read(process: subprocess.Popen[bytes], owner: str) -> bytes:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    pipe, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), process.stdout)
    output = b""
    try:
        while chunk := await reader.read(MAX_OUTPUT):
            output += chunk
            if len(output) > MAX_OUTPUT:
                raise TokenError(f"token_cmd of {owner} printed more than one line", hint=_ONE_LINE)
    finally:
        pipe.close()
    return output


_ONE_LINE = "it must print the token and nothing else, e.g. `pass show NAME | head -n 1`"


def _token(output: bytes, owner: str) -> Secret:
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    if not lines:
        raise TokenError(f"token_cmd of {owner} printed nothing", hint=_ONE_LINE)
    if len(lines) > 1:
        raise TokenError(f"token_cmd of {owner} printed {len(lines)} lines, not one", hint=_ONE_LINE)
    try:
        return Secret(lines[0])
    except TokenError as error:
        raise TokenError(f"token_cmd of {owner}: {error.message}", hint=_ONE_LINE) from None
