"""Attachments: a numbered row for each URL with its alternative text, and always one empty row at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from kosmo_tui.compose.draft import Attachment, kind_of
from kosmo_tui.compose.findings import Finding
from kosmo_tui.ui.screens.compose_findings import sign
from kosmo_tui.ui.text import MUTED


class Field(Input):
    """A one-line input that does not blink."""

    # An outline is drawn over the padding, so the mark of the focus moves nothing.
    DEFAULT_CSS = """
    Field, Field.-textual-compact { background: $panel; padding: 0 1; outline-left: vkey $foreground 60%; }
    Field:focus { outline-left: outer $text-accent; }
    """

    def __init__(self, value: str = "", placeholder: str = "", *, id: str | None = None, classes: str = "") -> None:
        super().__init__(value, placeholder, compact=True, select_on_focus=False, id=id, classes=classes)
        self.cursor_blink = False


class MediaRow(Horizontal):
    """One attachment."""

    DEFAULT_CSS = """
    MediaRow {
        height: 1;
        & .media--number { width: 4; }
        & .media--url { width: 3fr; }
        & .media--alt-label { width: 5; color: $text-muted; padding: 0 1; }
        & .media--alt { width: 2fr; }
    }
    """

    def __init__(self, attachment: Attachment) -> None:
        super().__init__()
        self._first = attachment

    def compose(self) -> ComposeResult:
        yield Static("", classes="media--number")
        yield Field(self._first.url, "https://… (image or video)", classes="media--url")
        yield Static("alt", classes="media--alt-label")
        yield Field(self._first.alt, "what it shows", classes="media--alt")

    @property
    def attachment(self) -> Attachment:
        """What was typed, without blanks around it."""
        fields = tuple(self.query(Field))
        if not fields:  # not composed yet
            return self._first
        url, alt = (field.value.strip() for field in fields)
        first = self._first
        return Attachment(url, alt, first.kind if url == first.url.strip() and url else kind_of(url))

    def load(self, attachment: Attachment) -> None:
        """Show another attachment."""
        self._first = attachment
        for field, value in zip(self.query(Field), (attachment.url, attachment.alt), strict=False):
            field.value = value

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.attachment.url or self.attachment.alt)

    def show(self, number: int | None, finding: Finding | None) -> None:
        """Show the number by which the findings call it, and whether one is about it."""
        label = Content.assemble((f"{number or '':>2}", MUTED), sign(finding.level) if finding else "")
        for shown in self.query(".media--number").results(Static):
            if shown.content != label:
                shown.update(label)


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
        return tuple(row.attachment for row in self._filled)

    @property
    def _filled(self) -> list[MediaRow]:
        return [row for row in self.query(MediaRow) if not row.is_empty]

    async def load(self, media: Iterable[Attachment]) -> None:
        """Show other attachments."""
        wanted, rows = [*media, Attachment("")], list(self.query(MediaRow))
        for row, attachment in zip(rows, wanted, strict=False):
            row.load(attachment)
        await self.mount_all(MediaRow(attachment) for attachment in wanted[len(rows) :])
        await self.remove_children(rows[len(wanted) :])

    def show(self, findings: Iterable[Finding]) -> None:
        """Number the rows that are not empty, and mark those that a finding is about; errors come first."""
        of_row: Mapping[int | None, Finding] = {one.attachment: one for one in reversed(list(findings))}
        filled = self._filled
        for row in self.query(MediaRow):
            number = filled.index(row) + 1 if row in filled else None
            row.show(number, of_row.get(number) if number else None)

    def field(self, finding: Finding) -> Field:
        """Where `finding`, which is about an attachment, can be mended."""
        url, alt = self._filled[(finding.attachment or 1) - 1].query(Field)
        return alt if finding.code.startswith("alt") else url

    @on(Input.Changed)
    async def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if not self.query(MediaRow).last().is_empty:
            await self.mount(MediaRow(Attachment("")))
        self.post_message(self.Changed())

    async def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Take away the rows that were emptied, once they are left for another field."""
        rows = list(self.query(MediaRow))[:-1]
        if self.screen.focused is not None:  # None: the terminal lost the focus, and gives it back
            await self.remove_children([row for row in rows if row.is_empty and not row.has_focus_within])
