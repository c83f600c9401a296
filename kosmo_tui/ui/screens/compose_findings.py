"""Findings as lines: glyph and sentence, and what mends it stepping back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from textual.content import Content

from kosmo_tui.compose.lint import Finding
from kosmo_tui.ui.text import MUTED, mark

_LOOKS = {"error": ("✕", "$text-error"), "warning": ("▲", "$text-warning")}


def marked(level: Literal["error", "warning"], words: str | Content) -> Content:
    """`words` behind the glyph of an error or a warning."""
    glyph, style = _LOOKS[level]
    return Content.assemble((mark(glyph), style), " ", words)


def words(finding: Finding) -> Content:
    """What is wrong, and what mends it."""
    return Content.assemble(finding.message, (f": {finding.fix}" if finding.fix else "", MUTED))


def wrapped(finding: Finding, width: int, indent: int = 4) -> list[Content]:
    """A finding in as many lines of `width` cells as it needs, indented as one block."""
    first, *more = words(finding).wrap(max(1, width - indent - 2))
    hanging = " " * (indent + 2)
    return [Content(" " * indent) + marked(finding.level, first), *(Content(hanging) + line for line in more)]


def problem_lines(findings: Iterable[Finding], most: int) -> Content:
    """A line each, errors first, and how many more there are than `most`."""
    ordered = sorted(findings, key=lambda finding: finding.level != "error")
    lines = [marked(finding.level, words(finding)) for finding in ordered[:most]]
    if len(ordered) > most:
        lines[-1] = Content.assemble(lines[-1], (f"  and {len(ordered) - most} more", MUTED))
    return Content("\n").join(lines)


def shared(findings: Iterable[tuple[Finding, ...]]) -> tuple[Finding, ...]:
    """What all of two or more targets have in common: said once, not under each."""
    lists = list(findings)
    return tuple(one for one in lists[0] if all(one in rest for rest in lists[1:])) if len(lists) > 1 else ()
