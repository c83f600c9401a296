"""What networks take beside text and attachments: a line for each option of the open tab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from kosmo_tui.compose.draft import Target
from kosmo_tui.compose.options import Option, options_of
from kosmo_tui.ui.screens.compose_media import Field
from kosmo_tui.ui.text import MUTED, fit, mark
from kosmo_tui.ui.widgets.choice import Choice

_WORDS = 48  # cells that the words of a choice may take side by side


def offered(chosen: Sequence[Target], target: Target | None) -> tuple[Option, ...]:
    """The options of one target; at the base (None) those that several of the chosen share, or of the only one."""
    if target is not None:
        return options_of(target)
    every = [option for one in chosen for option in options_of(one)]
    takers = {option.name: sum(other.name == option.name for other in every) for option in every}
    shared = {option.name: option for option in reversed(every) if takers[option.name] > 1 or len(chosen) == 1}
    return tuple(dict.fromkeys(shared[option.name] for option in every if option.name in shared))


class Turn(Choice):
    """A choice of which one word is shown at a time, because all of them would not fit."""

    @property
    def _widest(self) -> int:
        return min(_WORDS, max(cell_len(word) for _, word in self._options))

    def render(self) -> Content:
        index = [value for value, _ in self._options].index(self.value)
        word = fit(self._options[index][1], self._widest)
        place = Content.styled(f"  {index + 1} of {len(self._options)}", MUTED)
        return Content.assemble(f"{mark('‹')} ", (word, "bold $text-primary"), f" {mark('›')}", place)

    def get_content_width(self, *_: object) -> int:
        return self._widest + len("‹  ›   of ") + 2 * len(str(len(self._options)))

    def on_click(self, event: events.Click) -> None:
        self.action_step(1)


class OptionRow(Horizontal):
    """One option: its name, and a field or a choice."""

    DEFAULT_CSS = """
    OptionRow { height: 1; }
    OptionRow > .option--label { width: 14; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    OptionRow > Field { width: 1fr; max-width: 72; }
    """

    def __init__(self, option: Option, value: str) -> None:
        super().__init__()
        self.option = option
        self._first = value

    def compose(self) -> ComposeResult:
        option = self.option
        yield Static(Content(option.label), classes="option--label")
        if option.choices:
            words = sum(cell_len(word) + 2 for _, word in option.choices)
            widget = Choice if words <= _WORDS else Turn
            yield widget(option.choices, self._known(self._first), id=f"option-{option.name}")
        else:
            yield Field(self._first, option.placeholder, id=f"option-{option.name}")

    @property
    def value(self) -> str:
        """What was typed or chosen; empty for the first choice."""
        for choice in self.query(Choice):
            return "" if choice.value == self.option.choices[0][0] else choice.value
        for field in self.query(Field):
            return field.value.strip()
        return self._first  # not composed yet

    def _known(self, value: str) -> str:
        values = [known for known, _ in self.option.choices]
        return value if value in values else values[0]


class Options(VerticalScroll, can_focus=False):
    """The rows; their values stay with whoever shows them."""

    DEFAULT_CSS = """
    Options { height: auto; max-height: 3; scrollbar-size-vertical: 1; }
    """

    class Changed(Message):
        """Something was typed or chosen."""

    def __init__(self) -> None:
        super().__init__(id="options")
        self._shown: tuple[Option, ...] = ()

    @property
    def values(self) -> dict[str, str]:
        """What stands in the rows, by the names of the options."""
        return {row.option.name: row.value for row in self.query(OptionRow)}

    def show(self, options: Sequence[Option], values: Mapping[str, str], *, anew: bool = False) -> None:
        """Show these options; rows that stay keep what is typed in them, unless all shall be made `anew`."""
        if tuple(options) == self._shown and not anew:
            return
        self._shown = tuple(options)
        self.remove_children(OptionRow)
        self.mount_all(OptionRow(option, values.get(option.name, "")) for option in options if _usable(option))
        self.display = bool(options)

    def field(self, name: str) -> Widget | None:
        """Where the option can be mended."""
        return next(iter(self.query(f"#option-{name}")), None)

    @on(Input.Changed)
    @on(Choice.Changed)
    def _typed(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Changed())


def _usable(option: Option) -> bool:
    """An option that is chosen among boards needs boards."""
    return option.name != "board" or bool(option.choices)
