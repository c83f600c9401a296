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
from textual.screen import ModalScreen
from textual.widgets import Button, Static


class Answer(NamedTuple):
    """`key` chooses it, `word` says it; the dangerous one is an "error"."""

    key: str
    word: str
    variant: Literal["default", "primary", "error"] = "default"


class AskScreen(ModalScreen[str]):
    """Dismisses with the word of the answer; escape takes the last one, which is the one that changes nothing."""

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

    def on_key(self, event: Key) -> None:
        for answer in self._answers:
            if event.key == answer.key:
                event.stop()
                self.dismiss(answer.word)

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        self.dismiss(self._answers[int((event.button.id or "").removeprefix("answer-"))].word)

    def action_last(self) -> None:
        self.dismiss(self._answers[-1].word)
