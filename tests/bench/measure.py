"""What a person at a terminal would feel, in numbers: time, bytes on the line, memory, CPU."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]

from tests.e2e.terminal import Terminal, environment

_COUNTED = """
import resource, subprocess, sys, time
begun = time.perf_counter()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
QUIET = 0.1  # seconds without output that end the answer to a key: longer than the detail waits for the cursor to rest
HELD = 1 / 30  # seconds between the repeats of a held key


@dataclass(frozen=True)
class Start:
    """How long until the wanted text stood on the screen, and the memory and bytes that it took."""

    seconds: float
    mebibytes: float
    size: int


@dataclass(frozen=True)
class Answer:
    """What one key brought: time to the first byte, time to the last, bytes."""

    first: float
    last: float
    size: int


@dataclass(frozen=True)
class Held:
    """A held key, per repeat; `late` is how long after the last repeat the screen stood still."""

    size: float
    cpu: float
    late: float


def awake() -> None:
    """Keep a processor busy for a moment: a virtual one that has rested is slow, and whoever comes next would pay."""
    until = time.perf_counter() + 0.25
    while time.perf_counter() < until:
        pass


def start(terminal: Terminal, *texts: str) -> Start:
    """Wait until `texts` stand on the screen of a program that was just started."""
    terminal.wait_for(*texts)
    seconds = terminal.last_output - terminal.started
    terminal.settle(0.3)
    return Start(seconds, memory(terminal.pid), len(terminal.output))


def press(terminal: Terminal, key: str) -> Answer | None:
    """Press `key` and read its answer to the end; None when nothing came."""
    before, sent = len(terminal.output), time.perf_counter()
    terminal.press(key)
    if not terminal.pump(1.0):
        return None
    first = terminal.first_output - sent
    terminal.settle(QUIET)
    return Answer(first, terminal.last_output - sent, len(terminal.output) - before)


def until(terminal: Terminal, key: str, *texts: str) -> float:
    """Press `key`, and seconds until `texts` stand on the screen together."""
    sent = time.perf_counter()
    terminal.press(key)
    terminal.wait_for(*texts)
    return terminal.last_output - sent


def hold(terminal: Terminal, key: str, times: int) -> Held:
    """Send `key` as a held key does, without waiting for answers."""
    before, cpu, begun = len(terminal.output), processor(terminal.pid), time.perf_counter()
    for number in range(1, times + 1):
        terminal.press(key)
        while (left := begun + number * HELD - time.perf_counter()) > 0:
            terminal.pump(left)
    sent = time.perf_counter()
    terminal.settle(0.4)
    late = max(0.0, terminal.last_output - sent)
    return Held((len(terminal.output) - before) / times, (processor(terminal.pid) - cpu) / times, late)


def idle(terminal: Terminal, seconds: float) -> tuple[float, float]:
    """Bytes per second and share of one processor while nothing is done."""
    before, cpu, begun = len(terminal.output), processor(terminal.pid), time.perf_counter()
    while (left := begun + seconds - time.perf_counter()) > 0:
        terminal.pump(left)
    return (len(terminal.output) - before) / seconds, (processor(terminal.pid) - cpu) / seconds


def command(argv: Sequence[str], env: Mapping[str, str]) -> tuple[float, float]:
    """Seconds and MiB (at its most) of a command that runs to its end.

    It is started by a small process of its own: Linux counts the memory of the parent into that of the child.
    """
    awake()
    done = subprocess.run(
        [sys.executable, "-c", _COUNTED, *argv], env=environment(env), capture_output=True, text=True, check=True
    )
    seconds, kibibytes = done.stdout.split()
    return float(seconds), float(kibibytes) / 1024


def memory(pid: int) -> float:
    """Resident MiB of a process and its children."""
    process = psutil.Process(pid)
    return float(sum(one.memory_info().rss for one in [process, *process.children(recursive=True)]) / 2**20)


def processor(pid: int) -> float:
    """Processor seconds of a process so far."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)
