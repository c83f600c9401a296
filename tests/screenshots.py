"""`python -m tests.screenshots`: writes screenshots/*.svg from the running demo, the same bytes every time."""

from __future__ import annotations

import html
import re

from rich.cells import cell_len

_TEXT = re.compile(
    r'<text class="([^"]+)" x="([^"]+)" y="([^"]+)" textLength="([^"]+)" clip-path="([^"]+)">([^<]+)</text>'
)


def place(svg: str) -> str:
    """`svg` with every word at a place of its own.

    Rich writes a run of words as one text and trusts `textLength` and leading blanks, which not all viewers honour:
    there columns would shift as soon as a font lacks a glyph.
    """
    return _TEXT.sub(_words, svg)


def _words(match: re.Match[str]) -> str:
    look, x, y, length, clip, content = match.groups()
    text = html.unescape(content)
    width = float(length) / max(cell_len(text), 1)
    parts = []
    for word in re.finditer("[^\N{NO-BREAK SPACE}]+", text):
        start, size = cell_len(text[: word.start()]) * width, cell_len(word[0]) * width
        parts.append(
            f'<text class="{look}" x="{float(x) + start:.1f}" y="{y}" textLength="{size:.1f}" '
            f'clip-path="{clip}">{html.escape(word[0])}</text>'
        )
    return "".join(parts)
