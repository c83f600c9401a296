"""A post on its way: a row per target with its state, what came of it, and while it is held the keys for it."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kosmo_tui.compose.when import When, describe
from kosmo_tui.services.publish import Publication, Row
from kosmo_tui.ui.text import MUTED, mark, network

_LOOKS = {
    "held": ("◷", "held back", "$text-accent"),
    "queued": ("·", "waiting", MUTED),
    "sending": ("↑", "sending", "$text-accent"),
    "confirmed": ("✓", "confirmed", "$text-success"),
    "refused": ("✕", "refused", "$text-error"),
    "unknown": ("?", "unknown", "$text-warning"),
    "taken back": ("·", "taken back", MUTED),
}


class Line(Horizontal):
    """One target: its state, then who it is and what is known."""

    DEFAULT_CSS = """
    Line { height: auto; margin-bottom: 1; }
    Line > .sending--state { width: 14; }
    Line > .sending--about { width: 1fr; height: auto; }
    """

    def __init__(self, state: Content, about: Content) -> None:
        super().__init__()
        self._state, self._about = state, about

    def compose(self) -> ComposeResult:
        yield Static(self._state, classes="sending--state")
        yield Static(self._about, classes="sending--about")

    def show(self, state: Content, about: Content) -> None:
        """Draw it anew where it changed."""
        for line, content in zip(self.query(Static), (state, about), strict=True):
            if line.content != content:
                line.update(content)


class Sending(VerticalScroll):
    """The rows of a publication; it scrolls when there are many.  Closing it stops nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "take_back", "take it back", show=False),
        Binding("n", "send_now", "send now", show=False),
    ]
    DEFAULT_CSS = """
    Sending { height: 1fr; padding: 1 2; background: $panel; scrollbar-size-vertical: 1; }
    """

    def __init__(self) -> None:
        super().__init__(id="sending")
        self._publication: Publication | None = None

    async def show(self, publication: Publication, now: datetime, zone: tzinfo | None = None) -> None:
        """Draw the publication as it is now; `zone` is the user's."""
        self._publication = publication
        rows = [(_state(publication, row), _about(row, now)) for row in publication.rows]
        if publication.held_until is not None:
            rows.insert(0, (Content(""), held(publication.held_until, zone)))
        rows += [(Content.styled(f"{mark('▲')} note", "$text-warning"), Content(text)) for text in publication.notices]
        lines = list(self.query(Line))
        for line, row in zip(lines, rows, strict=False):
            line.show(*row)
        await self.mount_all(Line(*row) for row in rows[len(lines) :])
        for line in lines[len(rows) :]:
            await line.remove()

    def action_take_back(self) -> None:
        """Nothing has been sent yet: do not send it."""
        if self._publication is not None:
            self.app.publisher.take_back(self._publication)  # type: ignore[attr-defined]

    def action_send_now(self) -> None:
        """Do not wait any longer."""
        if self._publication is not None:
            self.app.publisher.send_now(self._publication)  # type: ignore[attr-defined]


def held(until: datetime, zone: tzinfo | None) -> Content:
    """When it goes out, and the keys until then."""
    return Content.assemble(
        (f"Goes out at {until.astimezone(zone):%H:%M:%S}", "bold"),
        "   ",
        ("u", "bold $text-primary"),
        " takes it back   ",
        ("n", "bold $text-primary"),
        " sends it now",
    )


def hints(publication: Publication | None) -> str:
    """The keys that matter now: before sending, while it is held or goes on, and after it."""
    if publication is None:
        return "f5 send   esc close   tab next field   space choose"
    if publication.held_until is not None:
        return "u take back   n send now   esc close; it goes out"
    if not publication.done:
        return "esc closes this; sending goes on"
    return "y copy links   esc close" if any(row.link for row in publication.rows) else "esc close"


def _state(publication: Publication, row: Row) -> Content:
    name: str = row.state
    if publication.taken_back:
        name = "taken back"
    elif row.state == "queued" and publication.held_until is not None:
        name = "held"
    glyph, word, style = _LOOKS[name]
    return Content.styled(f"{mark(glyph)} {word}", f"bold {style}" if row.done else style)


def _about(row: Row, now: datetime) -> Content:
    target = row.target
    direct = "direct " if target.service == "instagram" else ""
    head = Content.assemble((network(target.network), "bold"), f"  {direct}{target.label}")
    if row.id is not None:
        head = Content.assemble(head, (f"  outbox {row.id}", MUTED))
    lines = [Content.assemble(head, (f" · {row.note}", MUTED)) if row.state == "confirmed" else head]
    if row.at is not None:
        lines.append(Content(describe(When("at", row.at.astimezone(target.tz)), now)))
    if row.note and row.state != "confirmed":
        lines.append(Content(row.note))
    if row.hint:
        lines.append(Content.styled(f"{mark('→')} {row.hint}", MUTED))
    if row.link:
        lines.append(Content.styled(row.link, "$text-primary"))
    return Content("\n").join(lines)
