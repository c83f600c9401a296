"""Attachments: a row for each URL with its alternative text, and always an empty one at the end."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.widgets import Input, Static

from kosmo_tui.compose.draft import Attachment, kind_of


class Field(Input):
    """A one-line input that does not blink."""

    DEFAULT_CSS = """
    Field, Field.-textual-compact { background: $panel; padding: 0 1; }
    """

    def __init__(self, value: str = "", placeholder: str = "", *, id: str | None = None, classes: str = "") -> None:
        super().__init__(value, placeholder, compact=True, select_on_focus=False, id=id, classes=classes)
        self.cursor_blink = False


class MediaRow(Horizontal):
    """One attachment."""

    DEFAULT_CSS = """
    MediaRow {
        height: 1;
        & .media--url { width: 3fr; }
        & .media--alt-label { width: 5; color: $text-muted; padding: 0 1; }
        & .media--alt { width: 2fr; }
    }
    """

    def __init__(self, attachment: Attachment) -> None:
        super().__init__()
        self._first = attachment

    def compose(self) -> ComposeResult:
        yield Field(self._first.url, "https://… of an image or a video", classes="media--url")
        yield Static("alt", classes="media--alt-label")
        yield Field(self._first.alt, "what it shows", classes="media--alt")

    @property
    def attachment(self) -> Attachment:
        """What was typed, without blanks around it."""
        fields = tuple(self.query(Field))
        if not fields:  # not composed yet
            return self._first
        url, alt = (field.value.strip() for field in fields)
        return Attachment(url, alt, kind_of(url))


class MediaRows(VerticalScroll, can_focus=False):
    """All attachments of the draft."""

    DEFAULT_CSS = """
    MediaRows { height: auto; max-height: 3; scrollbar-size-vertical: 1; }
    """

    class Changed(Message):
        """Something was typed."""

    def __init__(self, media: Iterable[Attachment]) -> None:
        super().__init__(id="media")
        self._first = tuple(media)

    def compose(self) -> ComposeResult:
        for attachment in (*self._first, Attachment("")):
            yield MediaRow(attachment)

    @property
    def media(self) -> tuple[Attachment, ...]:
        """The attachments of the rows that are not empty."""
        return tuple(one for one in (row.attachment for row in self.query(MediaRow)) if one.url or one.alt)

    @on(Input.Changed)
    async def _typed(self, event: Input.Changed) -> None:
        event.stop()
        rows = list(self.query(MediaRow))
        if rows and (rows[-1].attachment.url or rows[-1].attachment.alt):
            await self.mount(MediaRow(Attachment("")))
        self.post_message(self.Changed())
