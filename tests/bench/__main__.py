"""`python -m tests.bench [--runs N] [--posts N]`: a table of what the dashboard costs, beside a blank Textual app.

Run by hand on a quiet machine.  The sandbox runs in a process of its own, so its work is not counted; kosmo and the
blank app take turns, so that a busy moment hits both.  Figures are medians.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import tomli_w

from tests.bench import checks, measure, searching
from tests.e2e.served import served
from tests.e2e.terminal import Terminal

KOSMO = [sys.executable, "-m", "kosmo_tui"]
BLANK = [sys.executable, "-m", "tests.bench.blank"]
SIZE = {"columns": 140, "rows": 40}
Row = tuple[str, str, str, str]


def middle(values: Iterable[float]) -> float:
    return statistics.median(list(values))


def beside(what: str, ours: Iterable[float], blank: Iterable[float], unit: str, target: str) -> Row:
    """A row of a figure that both have, measured in turns: the ratio is the median of those of the pairs, as a machine
    that slows down for some seconds mostly does so for both."""
    mine, other = list(ours), list(blank)
    ratio = middle(one / two for one, two in zip(mine, other, strict=True))
    return what, f"{middle(mine):,.0f} {unit}", f"{middle(other):,.0f} {unit} ({ratio:.2f} ×)", target


def fill(env: Mapping[str, str]) -> None:
    """Let the account with the posts come first, as the one that `kosmo` opens; bring them into the store, and look at
    them once, so that a start finds what it shows.
    """
    file = Path(env["KOSMO_CONFIG_DIR"]) / "config.toml"
    config = tomllib.loads(file.read_text())
    config["buffer"] = {"agency": config["buffer"].pop("agency"), **config["buffer"]}
    file.write_text(tomli_w.dumps(config))
    measure.command([*KOSMO, "sync", "--account", "buffer.agency", "--since", "2015-01-01"], env)
    with Terminal(KOSMO, env=env, **SIZE) as terminal:
        terminal.wait_for("Buffer · agency", "◷", "Today")
        leave(terminal)


def leave(terminal: Terminal) -> None:
    """Quit as a person does: a store that was left open is searched for damage at the next start."""
    terminal.settle(1.0)
    terminal.press("q")
    terminal.wait_exit()


def starts(env: Mapping[str, str], runs: int) -> list[Row]:
    """Start and memory: of kosmo with a full store, of the demo (sandbox included), and of the blank app."""
    fill(env)
    blank, ours, demo = [], [], []
    for _ in range(runs):
        measure.awake()
        with Terminal(BLANK, env=env, **SIZE) as terminal:
            blank.append(measure.start(terminal, "ready"))
        measure.awake()
        with Terminal(KOSMO, env=env, **SIZE) as terminal:
            ours.append(measure.start(terminal, "Buffer · agency", "◷", "Today"))
            leave(terminal)
        measure.awake()
        with Terminal([*KOSMO, "--demo", "--account", "buffer.agency"], env=env, **SIZE) as terminal:
            demo.append(measure.start(terminal, "Buffer · agency", "◷", "Today"))
    rows = []
    for name, runs_of in (("kosmo", ours), ("kosmo --demo", demo)):
        target = "1.2 ×" if name == "kosmo" else ""
        times = (one.seconds * 1e3 for one in runs_of), (one.seconds * 1e3 for one in blank)
        rows.append(beside(f"{name}: start to first row", *times, "ms", target))
        target = "1.6 ×" if name == "kosmo" else ""
        sizes = (one.mebibytes for one in runs_of), (one.mebibytes for one in blank)
        rows.append(beside(f"{name}: memory then", *sizes, "MiB", target))
    rows.append(beside("bytes until then", (one.size for one in ours), (one.size for one in blank), "B", ""))
    return rows


def keys(env: Mapping[str, str], runs: int) -> list[Row]:
    """Keys in a long list with the detail beside it, an idle minute's worth, and a switch of accounts."""
    with Terminal([*KOSMO, "--account", "buffer.agency", "--pane", "sent"], env=env, **SIZE) as terminal:
        terminal.wait_for("Buffer · agency", "Sent", "✓", "characters")
        terminal.settle(1.0)
        rows = []
        for key, most in (("down", "4,000 B"), ("pagedown", "10,000 B")):
            answers = [answer for _ in range(runs * 4) if (answer := measure.press(terminal, key))]
            rows.append((f"{key}: bytes", f"{middle(a.size for a in answers):,.0f} B", "", most))
            first = sorted(answer.first * 1e3 for answer in answers)
            late = first[min(len(first) - 1, int(len(first) * 0.95))]
            rows.append(
                (f"{key}: first byte, p50 and p95", f"{middle(first):.1f} and {late:.1f} ms", "", "8 and 20 ms")
            )
        terminal.press("g")
        terminal.settle(1.0)
        held = measure.hold(terminal, "down", 200)
        rows.append(("down held, 200 rows: bytes per key", f"{held.size:,.0f} B", "", "1,000 B"))
        rows.append(("down held: CPU per key", f"{held.cpu * 1e3:.1f} ms", "", "5 ms"))
        rows.append(("down held: caught up after", f"{held.late * 1e3:.0f} ms", "", "100 ms"))
        size, share = measure.idle(terminal, 10)
        rows.append(("idle: bytes per second", f"{size:,.0f} B", "", "0 B"))
        rows.append(("idle: CPU", f"{share * 100:.2f} %", "", "0.5 %"))
        rows.append(("switch account, data there: first row", f"{switches(terminal, runs):.0f} ms", "", "60 ms"))
    return rows


def switches(terminal: Terminal, runs: int) -> float:
    """Milliseconds to the rows of another account whose list is loaded."""
    accounts = (("2", "Buffer · default", "◷"), ("1", "Buffer · agency", "✓"))
    times = []
    for run in range(runs + 1):
        for key, name, glyph in accounts:
            seconds = measure.until(terminal, key, name, glyph)
            terminal.settle(1.0)
            times += [seconds] if run else []  # the first time its list is made
    return middle(times) * 1e3


def calls(env: Mapping[str, str], runs: int) -> list[Row]:
    """`kosmo call`, beside an interpreter that does nothing."""
    ours, bare = [], []
    for _ in range(runs):
        bare.append(measure.command([sys.executable, "-c", "pass"], env))
        ours.append(measure.command([*KOSMO, "call", "buffer.get_current_user"], env))
    times = (seconds * 1e3 for seconds, _ in ours), (seconds * 1e3 for seconds, _ in bare)
    sizes = (mebibytes for _, mebibytes in ours), (mebibytes for _, mebibytes in bare)
    return [
        beside("kosmo call buffer.get_current_user: time", *times, "ms", ""),
        beside("kosmo call: memory at its most", *sizes, "MiB", ""),
    ]


def beside_buffers_own(env: Mapping[str, str], runs: int) -> list[Row]:
    """`kosmo call`, beside the command of Buffer's own CLI that asks for the same (npm: @bufferapp/cli).

    `KOSMO_BENCH_BUFFER_CLI` says where its program `buffer` is.
    """
    what, program = "kosmo call, beside Buffer's CLI", os.environ.get("KOSMO_BENCH_BUFFER_CLI")
    if not program:
        return [(what, "", "not there: set KOSMO_BENCH_BUFFER_CLI", "")]
    folder = Path(env["KOSMO_CONFIG_DIR"])
    account = tomllib.loads((folder / "config.toml").read_text())["buffer"]["default"]
    (folder / "buffer").mkdir()
    (folder / "buffer" / "config.json").write_text(json.dumps({"apiUrl": account["base_url"]}))
    told = {"XDG_CONFIG_HOME": str(folder), "BUFFER_API_KEY": env[account["token_env"]]}
    told["BUFFER_DISABLE_UPDATE_CHECK"] = "1"
    ours, theirs = [], []
    for run in range(-1, runs * 2):
        one = measure.command([*KOSMO, "call", "buffer.get_current_user"], env)
        other = measure.command([program, "account"], told)
        if run >= 0:  # the first one also fills the caches of both
            ours.append(one)
            theirs.append(other)
    times = (seconds * 1e3 for seconds, _ in ours), (seconds * 1e3 for seconds, _ in theirs)
    sizes = (mebibytes for _, mebibytes in ours), (mebibytes for _, mebibytes in theirs)
    return [beside(f"{what}: time", *times, "ms", "0.9 ×"), beside(f"{what}: memory", *sizes, "MiB", "0.5 ×")]


def composing(_: Mapping[str, str], runs: int) -> list[Row]:
    """All checks of a long post after a key, in this process."""
    what = f"checks of {checks.SIZE:,} characters on {checks.TARGETS} networks"
    return [(f"{what}: {kind}", f"{middle(checks.keys(kind, runs)):.1f} ms", "", "5 ms") for kind in checks.TEXTS]


def searches(_: Mapping[str, str], runs: int) -> list[Row]:
    """Typical searches through a long history, in this process."""
    spent = sorted(searching.searches(runs))
    late = spent[min(len(spent) - 1, int(len(spent) * 0.95))]
    what = f"search of {searching.POSTS:,} posts, {len(searching.QUERIES)} queries: CPU, p50 and p95"
    return [(what, f"{middle(spent):.1f} and {late:.1f} ms", "", "20 ms")]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="What the dashboard costs.")
    parser.add_argument("--runs", type=int, default=5, help="runs of each figure (default: 5)")
    parser.add_argument("--posts", type=int, default=10_000, help="sent posts of the account (default: 10000)")
    args = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="kosmo-bench-") as folder,
        served(Path(folder), "--posts", str(args.posts)) as env,
    ):
        rows = [("what", "kosmo", "blank app, bare Python, Buffer's CLI", "at most")]
        for part in (starts, keys, calls, beside_buffers_own, composing, searches):
            rows += part(env, args.runs)
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        print(f"| {row[0]:<{widths[0]}} | {row[1]:>{widths[1]}} | {row[2]:>{widths[2]}} | {row[3]:>{widths[3]}} |")
        if row is rows[0]:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


if __name__ == "__main__":
    main()
