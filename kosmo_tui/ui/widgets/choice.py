"""A choice between a few words in one line: ←/→ or a click; it takes one stop of the tab key."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from kosmo_tui.ui.text import MUTED


class Choice(Widget, can_focus=True):
    """`options` are (value, word); the chosen word stands in brackets, so that colour is not needed to see it.

    With a value that is none of theirs, none is chosen yet.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "previous", show=False),
        Binding("right,l,space", "step(1)", "next", show=False),
    ]
    DEFAULT_CSS = """
    Choice { width: auto; height: 1; padding: 0 1; background: $panel; }
    Choice:focus { outline-left: outer $text-accent; }
    """
    value: reactive[str] = reactive("", init=False)

    class Changed(Message):
        """Another word was chosen."""

    def __init__(self, options: tuple[tuple[str, str], ...], value: str, *, id: str) -> None:
        super().__init__(id=id)
        self._options = options
        self.set_reactive(Choice.value, value)

    def watch_value(self) -> None:
        self.post_message(self.Changed())

    def action_step(self, by: int) -> None:
        """Choose the next word, or the one before."""
        values = [value for value, _ in self._options]
        at = values.index(self.value) + by if self.value in values else 0
        self.value = values[at % len(values)]

    def on_click(self, event: events.Click) -> None:
        start = 1  # padding
        for value, word in self._options:
            if start <= event.x < start + len(word) + 2:
                self.value = value
            start += len(word) + 2

    def render(self) -> Content:
        return Content("").join(
            Content.styled(f"[{word}]", "bold $text-primary")
            if value == self.value
            else Content.styled(f" {word} ", MUTED)
            for value, word in self._options
        )

    def get_content_width(self, *_: object) -> int:
        return sum(len(word) + 2 for _, word in self._options)
