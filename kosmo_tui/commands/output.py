"""What the commands print: JSON for programs, text for people, and never a character that drives the terminal."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Literal, TextIO

from kosmo_tui.api.errors import KosmoError
from kosmo_tui.api.safe_text import clean

Format = Literal["json", "text"]
# What json.dumps leaves as it is but a terminal obeys: DEL, C1, bidi controls, line separators, lone surrogates.
_UNSAFE = "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"


def wanted(words: Sequence[str]) -> Format:
    """How to print, by the command line `words`: as `--output` says, else text on a terminal and JSON elsewhere."""
    if said := re.findall("(?:^|\0)--output[=\0](json|text)(?=\0|$)", "\0".join(words)):
        return "json" if said[-1] == "json" else "text"
    return "text" if sys.stdout is not None and sys.stdout.isatty() else "json"


def show(value: Any, form: Format, text: str | None = None) -> None:
    """Print `value` as JSON, or `text` (by default a readable form of `value`)."""
    if form == "json":
        _write(sys.stdout, as_json(value, sys.stdout))
    else:
        _write(sys.stdout, clean(readable(value) if text is None else text))


def tell(error: KosmoError, form: Format) -> None:
    """Print `error` on stderr: as JSON, or as a line of what happened and one of what to do."""
    if form == "json":
        _write(sys.stderr, as_json({"error": error.as_json()}, sys.stderr, indent=None))
        return
    lines = [f"kosmo: {error.message}"]
    if error.may_have_been_published:
        lines.append("  it may have been published all the same")
    if error.hint:
        lines.append(f"  {error.hint}")
    _write(sys.stderr, "\n".join(lines))


def notice(text: str, form: Format) -> None:
    """Print what people and programs must hear of beside the result, on stderr."""
    _write(sys.stderr, clean(text) if form == "text" else as_json({"notice": text}, sys.stderr, indent=None))


def note(text: str, form: Format) -> None:
    """Print a remark for people on stderr; programs do not get to see it."""
    if form == "text":
        _write(sys.stderr, clean(text))


def as_json(value: Any, stream: TextIO, indent: int | None = 2) -> str:
    """`value` as JSON that means the same and cannot drive a terminal; in ASCII for a stream that knows no more."""
    unicode = (getattr(stream, "encoding", None) or "").lower().replace("-", "") == "utf8"
    text = json.dumps(value, ensure_ascii=not unicode, indent=indent, default=_plain)
    if text.replace("\n", "").isprintable():  # as nearly all is: the pattern takes a millisecond to compile
        return text
    return re.sub(_UNSAFE, lambda found: f"\\u{ord(found[0]):04x}", text)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def readable(value: Any) -> str:
    """`value` for people: names and values in columns, a blank line between the items of a list."""
    return "\n".join(_lines(value)) or "(nothing)"


def table(rows: Sequence[Sequence[str]]) -> str:
    """`rows` in aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _lines(value: Any) -> Iterator[str]:
    match value:
        case dict():
            told = {key: item for key, item in value.items() if item not in (None, "", [], {})}
            width = max(map(len, told), default=0)
            for key, item in told.items():
                if isinstance(item, dict) or (isinstance(item, list) and any(isinstance(part, dict) for part in item)):
                    yield key
                    yield from (f"  {line}" if line else "" for line in _lines(item))
                else:
                    first, *rest = "\n".join(_lines(item)).split("\n")
                    yield f"{key:<{width}}  {first}"
                    yield from (" " * (width + 2) + line for line in rest)
        case list() if any(isinstance(item, (dict, list)) for item in value):
            for number, item in enumerate(value):
                if number:
                    yield ""
                yield from _lines(item)
        case list():
            yield ", ".join(line for item in value for line in _lines(item))
        case bool():
            yield "yes" if value else "no"
        case None:
            yield "-"
        case _:
            yield from str(value).split("\n")


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text + "\n")
        stream.flush()
    except BrokenPipeError:  # the reader has seen enough; what was done is done, so the exit code stays
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
