"""All keys, those that apply here first, made from the registry of actions; type to find one, enter does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from kosmo_tui.ui.actions import ACTIONS, Action, key_name
from kosmo_tui.ui.screens.dialog import Dialog
from kosmo_tui.ui.widgets.feed import Entry, Feed
from kosmo_tui.ui.widgets.row import Cell

_ROWS = [entry for entry in ACTIONS if not entry.id.startswith("account_") or entry.id == "account_1"]  # nine are one
_WIDE = 90  # columns from which the whole help of an action fits into its row
SCOPES = {
    "main": "Dashboard",
    "feed": "In a list",
    "insights": "Insights",
    "compose": "While writing a post",
    "app": "Everywhere",
}


class HelpScreen(Dialog[str]):
    """Dismisses with the id of the chosen action, or "" for none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1", "dismiss('')", "close"),
        Binding("down", "go('cursor_down')", "down", show=False),
        Binding("up", "go('cursor_up')", "up", show=False),
        Binding("pagedown", "go('page_down')", "page down", show=False, priority=True),
        Binding("pageup", "go('page_up')", "page up", show=False, priority=True),
        Binding("home", "go('first')", "first", show=False, priority=True),
        Binding("end", "go('last')", "last", show=False, priority=True),
        Binding("enter", "choose", "do it", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        & > Vertical {
            width: 92;
            max-width: 96%;
            height: 30;
            max-height: 90%;
            border: round $primary;
            background: $surface;
            padding: 0 1;
        }
        Feed { background: $surface; }
        Input { margin: 0 0 1 0; border: none; background: $panel; height: 1; padding: 0 1; }
        .help--about { height: 2; display: none; }
        &.-narrow .help--about { display: block; padding: 0 1; background: $panel; }
        .help--foot { height: 1; color: $text-muted; }
    }
    """

    def __init__(self, keys: Mapping[str, str], here: Sequence[str] = ()) -> None:
        """`keys` are the user's own; `here` are the scopes that apply where help is asked for."""
        super().__init__()
        self._keys = keys
        self._scopes = dict.fromkeys((*here, *SCOPES))

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Keys"
            yield Input(placeholder="type to find a key or a command", compact=True)
            yield Feed(self._cells)
            yield Static(classes="help--about", markup=False)
            yield Static(
                "enter does it · esc closes · change keys in [keys] of config.toml", classes="help--foot", markup=False
            )

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False
        self.query_one(Feed).can_focus = False
        self.set_class(self.app.size.width < _WIDE, "-narrow")
        self._show("")

    def _show(self, sought: str) -> None:
        entries: list[Entry] = []
        for scope in self._scopes:
            found = [entry for entry in _ROWS if entry.scope == scope and sought in self._words(entry)]
            if found:
                entries.append(Entry(f"heading {scope}", SCOPES[scope], selectable=False))
                entries.extend(Entry(entry.id, entry) for entry in found)
        self.query_one(Feed).show(entries)

    def _words(self, entry: Action) -> str:
        return f"{entry.id} {entry.label} {entry.help} {self._shown(entry)}".casefold()

    def _shown(self, entry: Action) -> str:
        if entry.id == "account_1":
            return "1 … 9"
        own = self._keys.get(entry.id)
        return " ".join(key_name(key) for key in (own or entry.keys).split(","))

    def _cells(self, entry: Entry, width: int) -> Sequence[Cell]:
        if isinstance(entry.item, str):
            return (Cell(entry.item, "heading"),)
        return (
            Cell(self._shown(entry.item), "accent", width=14),
            Cell(entry.item.help, width=0 if width < 84 else width - 32),
            *([Cell(entry.item.id, "muted")] if width >= 84 else []),
        )

    @on(Input.Changed)
    def _filter(self, event: Input.Changed) -> None:
        self._show(event.value.casefold().strip())

    @on(Feed.Highlighted)
    def _tell(self, message: Feed.Highlighted) -> None:
        """The whole help of an action, for which a narrow row has no room."""
        self.query_one(".help--about", Static).update(message.entry.item.help if message.entry else "")

    def action_go(self, step: str) -> None:
        getattr(self.query_one(Feed), f"action_{step}")()

    @on(Feed.Opened)
    def action_choose(self) -> None:
        chosen = self.query_one(Feed).highlighted
        self.dismiss(chosen.key if chosen else "")
