"""A review as `kosmo lint` and `kosmo call --dry-run` print it: as JSON, or as text that fits 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from kosmo_tui.compose.findings import Finding, Level
from kosmo_tui.compose.networks import network
from kosmo_tui.compose.when import describe
from kosmo_tui.services.review import Item, Review

WIDTH = 79  # cells: one less than the narrowest terminal, so that nothing wraps by itself


def finding_data(finding: Finding, text: str) -> dict[str, Any]:
    """A finding; `place` is where it stands in `text`: offsets from 0, line and column from 1, in code points."""
    place = None
    if finding.span is not None:
        line, column = line_and_column(text, finding.span[0])
        place = {"start": finding.span[0], "end": finding.span[1], "line": line, "column": column}
    return {
        "level": finding.level,
        "code": finding.code,
        "message": finding.message,
        "fix": finding.fix,
        "place": place,
        "attachment": finding.attachment,
        "option": finding.option or None,
    }


def item_data(item: Item) -> dict[str, Any]:
    """One target: its length against the limit, its time and its findings."""
    return {
        "target": item.target.key,
        "network": item.target.network,
        "length": item.length.used,
        "limit": item.length.limit,
        "unit": "bytes" if item.length.unit == "bytes" else network(item.target.network).unit,
        "limit_of": item.length.whose if item.length.limit is not None else None,
        "posts": len(item.items),
        "refused": item.blocked,
        "when": when_data(item),
        "becomes": item.default,
        "findings": [finding_data(finding, item.post.text) for finding in item.findings],
    }


def when_data(item: Item) -> dict[str, Any]:
    """The time: how it is chosen, the moment as far as it is known, and why there is none."""
    when = item.when
    return {
        "mode": when.mode if when else None,
        "at": when.at.isoformat(timespec="seconds") if when and when.at else None,
        "problem": item.problem or None,
    }


def general_data(review: Review, text: str) -> list[dict[str, Any]]:
    """What is wrong wherever the post goes."""
    return [finding_data(finding, text) for finding in review.general]


def as_text(review: Review, text: str, now: datetime, *, titles: Sequence[str] = (), times: bool = False) -> str:
    """The review for people; `titles` are the names of the targets (by default of the network, and a key of its own).

    With `times` the line of a target is followed by when it goes out and what it becomes.
    """
    names = titles or [_title(item) for item in review.items]
    width = max(map(len, names), default=0)
    counts = [_length(item) for item in review.items]
    room = max(map(len, counts), default=0)
    lines = list(_findings(review.general, text))
    for name, count, item in zip(names, counts, review.items, strict=True):
        lines.append(f"{name:<{width}}  {count:<{room}}  {_verdict(item)}")
        if item.problem:
            lines += _wrapped("error", "", item.problem)
        elif times and item.when is not None:
            lines += _indented(describe(item.when, now))
        if times and item.default:
            lines += _indented(item.default)
        lines += _findings(item.findings, item.post.text)
    return "\n".join(lines)


def _title(item: Item) -> str:
    name, key = network(item.target.network).name, item.target.key
    return name if key == item.target.network else f"{name} ({key})"


def line_and_column(text: str, index: int) -> tuple[int, int]:
    """The line and the column of `index`, both from 1, in code points."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _length(item: Item) -> str:
    used, limit = item.length.used, item.length.limit
    numbers = f"{used:,}" if limit is None else f"{used:,} of {limit:,}"
    return f"{numbers} bytes" if item.length.unit == "bytes" else numbers


def _verdict(item: Item) -> str:
    errors = sum(finding.level == "error" for finding in item.findings) + bool(item.problem)
    warnings = sum(finding.level == "warning" for finding in item.findings)
    counts = ((errors, "error"), (warnings, "warning"))
    return ", ".join(f"{number} {what}{'s' if number > 1 else ''}" for number, what in counts if number) or "ok"


def _findings(findings: Sequence[Finding], text: str) -> Iterator[str]:
    for finding in findings:
        place = ":".join(map(str, line_and_column(text, finding.span[0]))) if finding.span else ""
        yield from _wrapped(
            finding.level, place, f"{finding.message}: {finding.fix}" if finding.fix else finding.message
        )


def _wrapped(level: Level, place: str, words: str) -> list[str]:
    head = f"  {level:<7} {place:<7} "
    return textwrap.wrap(words, WIDTH, initial_indent=head, subsequent_indent=" " * len(head), break_long_words=True)


def _indented(words: str) -> list[str]:
    return textwrap.wrap(words, WIDTH, initial_indent="  ", subsequent_indent="  ")
