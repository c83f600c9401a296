"""A question with two or three answers, each one key away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Key
from textual.widgets import Button, Static

from kosmo_tui.ui.screens.dialog import Dialog


class Answer(NamedTuple):
    """`key` chooses it, `word` says it; the dangerous one is an "error"."""

    key: str
    word: str
    variant: Literal["default", "primary", "error"] = "default"


class AskScreen(Dialog[str]):
    """Dismisses with the word of the answer.

    The last one is that which changes nothing: escape takes it, so do n and q where they are no key of another, and
    where the first answer is a dangerous one, enter.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "last", "back"),
        Binding("left", "app.focus_previous", "previous", show=False),
        Binding("right", "app.focus_next", "next", show=False),
    ]
    DEFAULT_CSS = """
    AskScreen {
        align: center middle;
        & > Vertical {
            width: 72;
            max-width: 96%;
            height: auto;
            padding: 1 2;
            background: $surface;
            border: round $primary;
        }
        & .ask--note { margin-bottom: 1; color: $text-muted; }
        & .ask--answers { height: 1; }
        & .ask--answers > Button { margin-right: 2; min-width: 0; padding: 0 2; }
        & .ask--answers > Button:focus { text-style: bold underline; background-tint: $foreground 15%; }
    }
    """

    def __init__(self, question: str | Content, note: str | Content, answers: Sequence[Answer]) -> None:
        super().__init__()
        self._question, self._note, self._answers = question, note, answers

    def ask(self, question: str, note: str, answers: Sequence[Answer]) -> None:
        """Ask this instead: what the question was about has changed."""
        if (question, note, answers) != (self._question, self._note, self._answers):
            self._question, self._note, self._answers = question, note, answers
            self.refresh(recompose=True)

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._question, markup=False)
            yield Static(self._note, classes="ask--note", markup=False)
            with Horizontal(classes="ask--answers"):
                for number, answer in enumerate(self._answers):
                    label, name = Content(f"{answer.key} {answer.word}"), f"answer-{number}"
                    yield Button(label, id=name, variant=answer.variant, compact=True)

    def on_mount(self) -> None:
        dangerous = self._answers[0].variant == "error"
        self.query(Button)[-1 if dangerous else 0].focus()

    def on_key(self, event: Key) -> None:
        """Take the answer of a key."""
        for answer in self._answers:
            if event.key == answer.key:
                event.stop()
                self.dismiss(answer.word)
                return
        if event.key in ("n", "q"):
            event.stop()
            self.action_last()

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        self.dismiss(self._answers[int((event.button.id or "").removeprefix("answer-"))].word)

    def action_last(self) -> None:
        self.dismiss(self._answers[-1].word)
