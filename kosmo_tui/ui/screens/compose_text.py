"""The text of the post: it underlines what the findings are about and goes there."""

from __future__ import annotations

from collections.abc import Iterable

from rich.style import Style
from rich.text import Text
from textual.content import Content
from textual.events import Key
from textual.widget import Widget
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

Span = tuple[int, int]  # offsets into the text, the second one after the end

_UNDERLINE = Style(underline=True, bold=True)


def place(text: str, offset: int) -> str:
    """Where an offset is, as editors count: `line 3, col 12`; a text of one line has columns only."""
    before = text[:offset]
    column = offset - (before.rfind("\n") + 1) + 1
    return f"line {before.count(chr(10)) + 1}, col {column}" if "\n" in text else f"col {column}"


def hand_on(part: Widget, event: Key) -> None:
    """Give a character that has no meaning for a part of the form to the text, which takes the focus."""
    if event.is_printable and event.character:
        event.stop()
        text = part.screen.query_one(PostText)
        part.screen.set_focus(text)
        text.insert(event.character)


class PostText(TextArea):
    """A text area that does not blink."""

    DEFAULT_CSS = """
    PostText, PostText.-textual-compact { padding: 0 1; background: $panel; outline-left: vkey $foreground 60%; }
    PostText .text-area--placeholder { color: $text-disabled; }
    PostText:focus { outline-left: outer $text-accent; }
    """

    def __init__(self, text: str) -> None:
        self._marked: dict[int, tuple[Span, ...]] = {}  # by line, in columns
        super().__init__(
            text,
            compact=True,
            highlight_cursor_line=False,
            placeholder=Content("What is there to say?"),
            id="text",
        )
        self.cursor_blink = False

    def show(self, text: str, cursor: tuple[int, int] | None = None) -> None:
        """Begin anew with a text and an empty history; the cursor goes to its end unless told otherwise."""
        self.load_text(text)
        self.move_cursor(self.document.end if cursor is None else cursor)

    def write(self, text: str) -> None:
        """Put another text in the place of this one, so that undo brings it back."""
        self.replace(text, self.document.start, self.document.end, maintain_selection_offset=False)
        self.move_cursor(self.document.end)

    def step_back(self) -> bool:
        """Undo in the history of the field; False when it has nothing more."""
        before = self.text
        self.undo()
        return self.text != before

    def step_forward(self) -> bool:
        """Redo in the history of the field; False when it has nothing more."""
        before = self.text
        self.redo()
        return self.text != before

    def mark(self, spans: Iterable[Span]) -> None:
        """Underline these parts of the text and no others."""
        marked: dict[int, tuple[Span, ...]] = {}
        for start, end in sorted(set(spans)):
            (first, column), (last, until) = self._location(start), self._location(end)
            for line in range(first, last + 1):
                columns = (column if line == first else 0, until if line == last else len(self.document.get_line(line)))
                marked[line] = (*marked.get(line, ()), columns)
        if marked != self._marked:
            self._marked = marked
            self.notify_style_update()  # it forgets the lines that are drawn already
            self.refresh()

    def select(self, span: Span) -> None:
        """Select a part of the text and bring it into view."""
        self.selection = Selection(self._location(span[0]), self._location(span[1]))
        self.scroll_cursor_visible(animate=False)

    def _location(self, offset: int) -> tuple[int, int]:
        before = self.document.text[:offset]
        return before.count("\n"), offset - (before.rfind("\n") + 1)

    def get_line(self, line_index: int) -> Text:
        line = super().get_line(line_index)
        for start, end in self._marked.get(line_index, ()):
            line.stylize(_UNDERLINE, start, end)
        return line
