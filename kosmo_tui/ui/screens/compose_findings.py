"""Findings as lines: glyph and sentence, and what mends it stepping back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from textual.content import Content

from kosmo_tui.compose.findings import Finding
from kosmo_tui.services.publish import Row
from kosmo_tui.ui.text import MUTED, State, mark

_LOOKS = {"error": ("✕", "$text-error"), "warning": ("▲", "$text-warning")}
REMARKS = {  # on a target that is not chosen again, by what became of the last try
    "confirmed": State(mark("✓"), "has it", "success"),
    "refused": State(mark("✕"), "refused it", "error"),
    "unknown": State("?", "may be live", "warning"),
}


def sign(level: Literal["error", "warning"]) -> Content:
    """The glyph of an error or a warning."""
    glyph, style = _LOOKS[level]
    return Content.styled(mark(glyph), style)


def marked(level: Literal["error", "warning"], words: str | Content) -> Content:
    """`words` behind the glyph of an error or a warning."""
    return Content.assemble(sign(level), " ", words)


def words(finding: Finding) -> Content:
    """What is wrong, and what mends it."""
    return Content.assemble(finding.message, (f": {finding.fix}" if finding.fix else "", MUTED))


def wrapped(glyph: Content, said: Content, width: int, indent: int = 4) -> list[Content]:
    """What is said behind a glyph, in as many lines of `width` cells as it needs, indented as one block."""
    first, *more = said.wrap(max(1, width - indent - 2))
    hanging = " " * (indent + 2)
    return [Content.assemble(" " * indent, glyph, " ", first), *(Content(hanging) + line for line in more)]


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


def tried(row: Row | None) -> tuple[Finding, ...]:
    """What became of the last try at a target: it informs, for the cause may be mended by now."""
    if row is None:
        return ()
    note = row.note.rstrip(".")
    if row.state == "confirmed":
        return (Finding("warning", "twice", "It has this post already", "leave it out, or it gets a second one"),)
    says = f"May be live already: {note}" if row.state == "unknown" else f"Refused: {note}"
    return (Finding("warning", "tried", says, row.hint),)
