"""A field for a time: what stands beside it to choose from is chosen with ↓ and ↑, or by a click."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from kosmo_tui.ui.screens.compose_media import Field


class TimeField(Field):
    """`usual` are the phrases to choose from as long as what was typed does not need a choice of its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "choose(1)", "next choice", show=False),
        Binding("up", "choose(-1)", "previous choice", show=False),
    ]

    def __init__(self, value: str = "", placeholder: str = "", *, usual: Sequence[str] = ()) -> None:
        super().__init__(value, placeholder, id="when")
        self._usual = self._choices = tuple(usual)

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
        self.value = phrase
        self.cursor_position = len(phrase)

    def action_choose(self, step: int) -> None:
        """Choose the next one, or the one before, round and round."""
        if self._choices:
            phrase = self.value.strip()
            first = 0 if step > 0 else -1
            place = self._choices.index(phrase) + step if phrase in self._choices else first
            self.choose(self._choices[place % len(self._choices)])
