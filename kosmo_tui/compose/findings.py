"""A finding: one thing that is wrong with a post, where it stands, and what mends it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """`message` says what is wrong, `fix` what to do; both without a full stop, to stand in a line.

    `attachment` is the number, from 1, of the one attachment that is meant; `span` the place in the text of the target
    (start and end, in code points); `option` the name of the option that is meant.
    """

    level: Level
    code: str
    message: str
    fix: str = ""
    attachment: int | None = None
    span: tuple[int, int] | None = None
    option: str = ""


def blocks(findings: Sequence[Finding]) -> bool:
    """Whether any of `findings` is an error."""
    return any(finding.level == "error" for finding in findings)


def errors_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The errors, then the warnings, each in their order."""
    return tuple(sorted(findings, key=lambda finding: finding.level != "error"))
