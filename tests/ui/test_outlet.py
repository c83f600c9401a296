"""What the terminal is sent: at once, in order and whole, however slowly it reads, and whoever is gone."""

from __future__ import annotations

import asyncio
import os
import pty
import tty
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kosmo_tui.ui.outlet import HELD, Outlet


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    """The terminal's end of a pseudo-terminal, and the program's; in raw mode, so that what comes is what was sent."""
    terminal, program = pty.openpty()
    tty.setraw(program)
    yield terminal, program
    os.close(program)
    with suppress(OSError):  # a test may have closed it
        os.close(terminal)


def read(terminal: int, size: int) -> bytes:
    """Exactly `size` bytes of what arrived."""
    got = bytearray()
    while len(got) < size:
        got += os.read(terminal, size - len(got))
    return bytes(got)


def outlet(program: int) -> Outlet:
    with os.fdopen(os.dup(program), "w", encoding="utf-8") as file:
        found = Outlet.to_terminal(file)
    assert found is not None
    return found


async def test_what_the_terminal_takes_is_written_at_once(ends: tuple[int, int]) -> None:
    terminal, program = ends
    out = outlet(program)
    out.write("◷ now")
    assert read(terminal, 7) == "◷ now".encode()
    assert os.get_blocking(program), "the shell's own file waits as before"
    out.close()


async def test_a_slow_terminal_gets_all_in_order_and_holds_nothing_up(ends: tuple[int, int]) -> None:
    terminal, program = ends
    out = outlet(program)
    frames = [f"{number:06} " * 1_000 for number in range(30)]  # 210 kB, which no terminal takes unread
    for frame in frames:
        out.write(frame)
    whole = "".join(frames).encode()
    reading = asyncio.to_thread(read, terminal, len(whole))
    assert await asyncio.wait_for(reading, 30) == whole
    out.write("after")
    assert read(terminal, 5) == b"after"
    out.close()


async def test_more_than_may_wait_is_waited_for(ends: tuple[int, int]) -> None:
    terminal, program = ends
    out = outlet(program)
    size = 2 * HELD
    reading = asyncio.create_task(asyncio.to_thread(read, terminal, size + 3))
    await asyncio.sleep(0)
    for _ in range(size // 1_024):
        out.write("x" * 1_024)
    out.write("end")
    out.close()
    assert (await asyncio.wait_for(reading, 30))[-3:] == b"end"


async def test_another_thread_may_write(ends: tuple[int, int]) -> None:
    terminal, program = ends
    out = outlet(program)
    await asyncio.to_thread(out.write, "question")
    assert await asyncio.wait_for(asyncio.to_thread(read, terminal, 8), 30) == b"question"
    out.close()


async def test_a_terminal_that_is_gone_takes_everything(ends: tuple[int, int]) -> None:
    terminal, program = ends
    out = outlet(program)
    out.write("x" * 100_000)
    os.close(terminal)
    for _ in range(3):
        out.write("nobody reads this" * 10_000)
    out.close()


def test_what_is_no_terminal_has_no_outlet() -> None:
    with Path(os.devnull).open("w", encoding="utf-8") as file:
        assert Outlet.to_terminal(file) is None
