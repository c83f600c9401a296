"""What a list shows at times only: an error above its rows, a word in their place, a filter below them."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static


class Part(Static):
    """A text of a pane, hidden while there is none."""

    DEFAULT_CSS = "Part.-hidden { display: none; }"

    def __init__(self) -> None:
        super().__init__(markup=False)

    def say(self, content: Content | None) -> None:
        """Show `content`, or hide."""
        self.set_class(content is None, "-hidden")
        if content is not None:
            self.update(content)


class Problem(Part):
    """What went wrong with the list."""

    DEFAULT_CSS = "Problem { height: auto; max-height: 4; padding: 0 1; background: $error 15%; }"


class Nothing(Part):
    """Why there are no rows, and what to do about it."""

    DEFAULT_CSS = """
    Nothing { height: 1fr; content-align: center middle; text-align: center; padding: 1 3; }
    """


class Filter(Horizontal):
    """A part of the text of the rows that are to stay, after a sign that says what is typed here."""

    DEFAULT_CSS = """
    Filter {
        height: 1; padding: 0 1; background: $panel;
        &.-hidden { display: none; }
        Static { width: 2; color: $text-primary; text-style: bold; }
        Input { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.field = Input(placeholder="a part of the text", compact=True)
        self.field.cursor_blink = False

    def compose(self) -> ComposeResult:
        yield Static("/")
        yield self.field

    @property
    def sought(self) -> str:
        """What was typed, in a form to compare with."""
        return self.field.value.casefold().strip()
