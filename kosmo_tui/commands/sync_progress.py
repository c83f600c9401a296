"""The progress of `kosmo sync` on a terminal: a line per account, on standard error.  Nothing in a pipe."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

    from kosmo_tui.services.reader import Progress

_WIDE = 100  # columns from which everything has room
_PER_SECOND = 5  # redraws, at most


@contextmanager
def shown(accounts: Sequence[str]) -> Iterator[Callable[[Progress], None]]:
    """Where progress is to be reported to, while it is shown."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich import progress
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    with progress.Progress(
        *_columns(console.width), console=console, refresh_per_second=_PER_SECOND, transient=True
    ) as bars:
        lines = {
            account: bars.add_task(account, total=None, what="", done="", rate="", requests="") for account in accounts
        }
        stages: dict[str, tuple[str, float]] = {}  # account → what it reads, and since when

        def report(now: Progress) -> None:
            line, moment = lines[now.account], time.monotonic()
            if stages.get(now.account, ("", 0.0))[0] != now.what:
                stages[now.account] = (now.what, moment)
                bars.reset(line, total=None if now.share is None else 1.0)
            spent = moment - stages[now.account][1]
            back = f" back to {now.back_to:%Y-%m-%d}" if now.back_to else ""
            left = f", {now.left.left:.0%} left" if now.left else ""
            bars.update(
                line,
                completed=now.share or 0.0,
                what=f"{now.what}{back}",
                done=str(now.done) if now.done else "",
                rate=f"{now.done / spent:.0f}/s" if now.done and spent > 1 else "",
                requests=f"{now.requests} requests{left}",
            )

        yield report


def _columns(width: int) -> list[ProgressColumn]:
    from rich import progress
    from rich.table import Column

    def text(form: str) -> ProgressColumn:
        return progress.TextColumn(form, markup=False, table_column=Column(no_wrap=True, overflow="crop"))

    columns = [text("{task.description}"), text("{task.fields[what]}")]
    columns += [progress.BarColumn(bar_width=20 if width >= _WIDE else 8), text("{task.fields[done]}")]
    if width >= _WIDE:
        columns.append(text("{task.fields[rate]}"))
    columns.append(progress.TimeRemainingColumn(compact=True))
    if width >= _WIDE:
        columns.append(text("{task.fields[requests]}"))
    return columns
