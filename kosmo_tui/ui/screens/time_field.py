"""A field for a time: what stands beside it to choose from is chosen with ↓ and ↑, or by a click."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from kosmo_tui.ui.screens.compose_media import Field


class TimeField(Field):
    """`usual` are the phrases to choose from as long as what was typed does not need a choice of its own.

    What was typed is the first of them: a choice takes its place, and the keys bring it back.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "choose(1)", "next choice", show=False),
        Binding("up", "choose(-1)", "previous choice", show=False),
    ]

    def __init__(self, value: str = "", placeholder: str = "", *, usual: Sequence[str] = ()) -> None:
        super().__init__(value, placeholder, id="when")
        self._usual = self._choices = tuple(usual)
        self._typed = self._chosen = value

    @property
    def choices(self) -> tuple[str, ...]:
        """What can be chosen now."""
        return self._choices

    def offer(self, meant: Sequence[str]) -> None:
        """Let one of `meant` be chosen; with none, what is usual.

        What a choice was made from stays, so that the next key takes another one of it.
        """
        if meant:
            self._choices = tuple(meant)
        elif self.value.strip() not in self._choices:
            self._choices = self._usual

    def choose(self, phrase: str) -> None:
        """Put `phrase` into the field."""
        self._note()
        self.value = self._chosen = phrase
        self.cursor_position = len(phrase)

    def action_choose(self, step: int) -> None:
        """Choose the next one, or the one before, round and round."""
        self._note()
        phrases = tuple(dict.fromkeys((self._typed, *self._choices)))
        place = phrases.index(self.value) if self.value in phrases else 0
        self.choose(phrases[(place + step) % len(phrases)])

    def _note(self) -> None:
        """Whatever stands there and was not chosen was typed."""
        if self.value != self._chosen:
            self._typed = self._chosen = self.value
