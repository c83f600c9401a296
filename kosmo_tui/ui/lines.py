"""Lines of a detail: pieces of text below one another, with headings, titled blocks and moments."""

from __future__ import annotations

from datetime import datetime, tzinfo

from textual.content import Content

from kosmo_tui.compose.when import When, describe
from kosmo_tui.ui.text import MUTED, State, clicked, muted, state

Piece = Content | str | tuple[str, str]
Line = Content | str | list[Piece] | None


def lines(*parts: Line) -> Content:
    """Lines below one another; None is left out, "" is an empty line, a list is one line of several pieces."""
    return Content("\n").join(
        Content.assemble(*line) if isinstance(line, list) else Content(line) if isinstance(line, str) else line
        for line in parts
        if line is not None
    )


def heading(look: State | str, *rest: str) -> Content:
    """A state (or the name of one) in its colour, and what it is the state of."""
    look = state(look) if isinstance(look, str) else look
    title = Content.styled(f"{look.glyph} {look.word.capitalize()}", f"bold {theme(look.style)}")
    return Content.assemble(title, *(f" · {text}" for text in rest if text))


def theme(style: str) -> str:
    """The theme variable of a style of the feed."""
    return {"plain": "$foreground", "strong": "bold $foreground"}.get(style, f"$text-{style}")


def moment(at: datetime, zone: tzinfo, now: datetime) -> list[Piece]:
    """A moment twice: in its zone, and below in UTC with the time that is left."""
    there, _, rest = describe(When("at", at.astimezone(zone)), now).partition(" · ")
    return [there, "\n", muted(rest)]


def block(title: str, *parts: Line) -> list[Line]:
    """Lines below a title; nothing at all when there are none."""
    return [Content.styled(f"\n{title}", "bold $text-primary"), *parts] if any(part for part in parts) else []


def hint(name: str, key: str, label: str) -> Content:
    """A key and what it does; a click does it too.  `name` is that of the action."""
    # Joined by no-break spaces: a key must not end one line and its word begin the next.
    words = label.replace(" ", "\N{NO-BREAK SPACE}")
    told = Content.assemble((key, "bold $text-primary"), (f"\N{NO-BREAK SPACE}{words}", MUTED))
    return told.stylize(clicked(f"screen.press('{name}')"))
