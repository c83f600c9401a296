"""All keys, made from the registry of actions with the user's own keys; type to find one, enter does it."""

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
        Binding("down", "move(1)", "down", show=False),
        Binding("up", "move(-1)", "up", show=False),
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
        .help--foot { height: 1; color: $text-muted; }
    }
    """

    def __init__(self, keys: Mapping[str, str]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Keys"
            yield Input(placeholder="type to find a key or a command", compact=True)
            yield Feed(self._cells)
            yield Static(
                "enter does it · esc closes · change keys in [keys] of config.toml", classes="help--foot", markup=False
            )

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False
        self.query_one(Feed).can_focus = False
        self._show("")

    def _show(self, sought: str) -> None:
        entries: list[Entry] = []
        for scope, title in SCOPES.items():
            found = [entry for entry in _ROWS if entry.scope == scope and sought in self._words(entry)]
            if found:
                entries.append(Entry(f"heading {scope}", title, selectable=False))
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

    def action_move(self, step: int) -> None:
        feed = self.query_one(Feed)
        if step > 0:
            feed.action_cursor_down()
        else:
            feed.action_cursor_up()

    @on(Feed.Opened)
    def action_choose(self) -> None:
        chosen = self.query_one(Feed).highlighted
        self.dismiss(chosen.key if chosen else "")
