"""Text and numbers on the screen: fitting into cells, relative times, humanised numbers, state glyphs."""

from __future__ import annotations

import locale
import os
import re
from datetime import datetime

from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.style import Style

from kosmo_tui.api.errors import KosmoError

MUTED = "$foreground 70%"  # text that steps back, in a `Content` ($text-muted is "auto", which only CSS resolves)


class State(Struct, frozen=True):
    """How a state looks: never by colour alone."""

    glyph: str
    word: str
    style: str  # a style name of the feed, and with "$text-" before it a theme variable


_ASCII = {
    "◷": "@", "↑": "^", "✓": "+", "✕": "x", "✎": "~", "◇": "?", "·": ".", "Ⅱ": "=", "●": "*", "▲": "!", "○": "o",
    "…": "...", "◌": "h", "▣": "#", "▶": ">", "◔": "c", "▤": "=", "▌": ">", "◆": "+", "◈": "&", "└": "`", "↓": "v",
    "▾": "v",
}  # fmt: skip


def plain_terminal() -> bool:
    """Whether the terminal is one that shows ASCII only (the Linux console, a non-UTF-8 locale)."""
    return os.environ.get("TERM") in {"linux", "dumb"} or "utf" not in locale.getpreferredencoding(False).lower()


_PLAIN = plain_terminal()


def mark(glyph: str) -> str:
    """`glyph`, or its ASCII stand-in on a plain terminal."""
    return _ASCII.get(glyph, glyph) if _PLAIN else glyph


_STATES = {
    name: State(mark(glyph), word, style)
    for name, glyph, word, style in (
        ("scheduled", "◷", "scheduled", "accent"),
        ("sending", "↑", "sending", "accent"),
        ("sent", "✓", "sent", "success"),
        ("error", "✕", "failed", "error"),
        ("draft", "✎", "draft", "muted"),
        ("needs_approval", "◇", "approval", "warning"),
        ("slot", "·", "free slot", "muted"),
        ("paused", "Ⅱ", "paused", "warning"),
        ("disconnected", "✕", "disconnected", "error"),
        ("locked", "✕", "locked", "error"),
        ("ok", "●", "ok", "success"),
        ("attention", "▲", "attention", "warning"),
        ("offline", "○", "offline", "error"),
        ("loading", "…", "loading", "muted"),
        ("unknown", "·", "not asked yet", "muted"),
        ("hidden", "◌", "hidden", "warning"),
        ("image", "▣", "image", "plain"),
        ("video", "▶", "video", "plain"),
        ("reel", "▶", "reel", "plain"),
        ("story", "◔", "story", "plain"),
        ("carousel", "▤", "carousel", "plain"),
    )
}


def state(name: str) -> State:
    """How the state `name` looks; an unknown one (a service may add some) is shown by its name."""
    return _STATES.get(name) or State("?", name, "muted")


NETWORKS = {
    "twitter": "X",
    "linkedin": "LinkedIn",
    "instagram": "Instagram",
    "facebook": "Facebook",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "threads": "Threads",
    "pinterest": "Pinterest",
    "tiktok": "TikTok",
    "youtube": "YouTube",
    "googlebusiness": "Google",
    "startPage": "Start Page",
}


def network(service: str) -> str:
    """Buffer's name of a network as people write it."""
    return NETWORKS.get(service, service.capitalize())


# What terminals disagree about in width: the parts that are joined to an emoji, skin tones, and the selectors that make
# one of a plain sign.  Joiners of scripts (between letters) stay.
_JOINED = "\u200d[\u2190-\u2bff\U0001f000-\U0001faff]"
_MODIFIERS = dict.fromkeys((*range(0x1F3FB, 0x1F400), 0xFE0E, 0xFE0F, 0x20E3))


def one_line(text: str) -> str:
    """`text` for a row of a list: without line breaks and tabs, and of every emoji only its first part.

    A family or a skin tone is one sign in one terminal and several in the next, and would shift what stands beside it.
    """
    line = " ".join(text.split())
    if line.isascii():
        return line
    return (re.sub(_JOINED, "", line) if "\u200d" in line else line).translate(_MODIFIERS)


def sentence(text: str) -> str:
    """`text` with a capital letter, unless it begins with a name such as `api.buffer.com`."""
    return text if "." in text.partition(" ")[0] else text[:1].upper() + text[1:]


def plural(count: int, what: str) -> str:
    """`1 post`, `2 posts`."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def fit(text: str, width: int, *, right: bool = False) -> str:
    """`text` in exactly `width` cells: padded, or cut with an ellipsis."""
    if width <= 0:
        return ""
    plain = text.isascii() and text.isprintable()  # a cell for each character
    length = len(text) if plain else cell_len(text)
    if length > width:
        return (text[: width - 1] if plain else set_cell_size(text, width - 1)) + mark("…")[:1]
    padding = " " * (width - length)
    return padding + text if right else text + padding


def two_lines(text: str, width: int) -> tuple[str, str]:
    """`text` as what fits into `width` cells, whole words where there are spaces, and the rest."""
    if cell_len(text) <= width:
        return text, ""
    begun = set_cell_size(text, width).rstrip()
    if text[len(begun) : len(begun) + 1] != " " and " " in begun:
        begun = begun[: begun.rindex(" ")].rstrip()
    return begun, text[len(begun) :].lstrip()


def human(number: float | None) -> str:
    """A number in at most five characters: `943`, `1,204`, `48.2k`, `1.3M`; `–` when there is none."""
    if number is None:
        return "–"
    if abs(number) < 10_000:
        return f"{number:,.0f}"
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if abs(number) >= size * 0.99995:
            scaled = number / size
            return f"{scaled:.1f}{unit}" if abs(scaled) < 99.95 else f"{scaled:.0f}{unit}"
    return f"{number:,.0f}"


def distance(moment: datetime, now: datetime) -> str:
    """How far `moment` is from `now`, in one unit: `in 2 h`, `3 d ago`, `now`; in hours up to two days."""
    seconds = (moment - now).total_seconds()
    size = abs(seconds)
    if size < 45:
        return "now"
    for limit, unit, name in ((3_600, 60, "min"), (86_400 * 2, 3_600, "h"), (86_400 * 60, 86_400, "d")):
        if size < limit:
            amount = f"{max(1, int(size // unit))} {name}"
            break
    else:
        amount = f"{int(size / 86_400 / 30.4)} mo" if size < 86_400 * 700 else f"{int(size / 86_400 / 365.25)} y"
    return f"in {amount}" if seconds > 0 else f"{amount} ago"


def day_heading(moment: datetime, now: datetime) -> str:
    """`Today · Sun 22 Nov`, for items of one day (both in the same zone)."""
    away = (moment.date() - now.date()).days
    name = {0: "Today · ", 1: "Tomorrow · ", -1: "Yesterday · "}.get(away, "")
    year = "" if moment.year == now.year else f" {moment.year}"
    return f"{name}{moment:%a} {moment.day} {moment:%b}{year}"


def clicked(action: str) -> Style:
    """A style of text that does `action` (`screen.press('help')`) when it is clicked.

    The same in words, `@click=…`, is read letter by letter whenever it is drawn for the first time.
    """
    return Style.from_meta({"@click": action})


def muted(text: str) -> Content:
    """Text that steps back."""
    return Content.styled(text, MUTED)


def error_line(error: KosmoError) -> Content:
    """An error at the top of a pane: what happened, and below it what to do."""
    parts = [(f"{mark('✕')} {sentence(error.message)}", "$text-error")]
    if error.hint:
        parts.append((f"\n  {sentence(error.hint)}", "$foreground"))
    return Content.assemble(*parts)
