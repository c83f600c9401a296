"""What the command palette offers: the actions that apply now, accounts and views, the fourteen functions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from platformdirs import user_downloads_path
from textual.app import SystemCommand
from textual.command import CommandList, CommandPalette

from kosmo_tui.api.functions import FUNCTIONS
from kosmo_tui.services.editing import changes
from kosmo_tui.services.workspace import VIEWS
from kosmo_tui.ui.actions import ACTIONS, action
from kosmo_tui.ui.widgets.sidebar import Place

if TYPE_CHECKING:
    from kosmo_tui.ui.app import KosmoApp
    from kosmo_tui.ui.panes.pane import Pane
    from kosmo_tui.ui.screens.compose import ComposeScreen
    from kosmo_tui.ui.screens.main import MainScreen

# Where the dashboard shows what a function returns; the two that write open the composer.
FUNCTION_VIEWS = {
    "list_profiles": "profiles",
    "get_profile": "profiles",
    "list_pending_updates": "queue",
    "get_update": "queue",
    "list_sent_updates": "sent",
    "list_media": "media",
    "get_media": "media",
    "list_comments": "comments",
    "get_comment": "comments",
    "list_insights": "insights",
}


_ANYWHERE = ("search", "outbox", "undo", "refresh", "refresh_all", "filter", "rows", "help", "redraw", "suspend")


class Palette(CommandPalette):
    """Textual's own, whose page keys end the app while its list has not been laid out."""

    def _action_command_list(self, action: str) -> None:
        if self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)


def commands(app: KosmoApp, main: MainScreen) -> Iterator[SystemCommand]:
    """The commands of the dashboard, the most wanted first."""
    account, service = main.desk.account, main.desk.service
    for name in _applicable(main.pane):
        yield _command(app, name, partial(main.action_press, name))
    for number, desk in enumerate(app.workspace, 1):
        yield SystemCommand(
            f"Account {desk.service} {desk.name}", f"Switch to account {number}", _opener(main, desk.account, None)
        )
    for view in VIEWS[service]:
        yield SystemCommand(f"View {view}", f"Show {view} of {main.desk.name}", _opener(main, account, view))
    for function in FUNCTIONS:
        if function.service == service:
            does = _opener(main, account, FUNCTION_VIEWS.get(function.name))
            yield SystemCommand(function.full_name, function.doc, main.action_compose if function.writes else does)
    if not app.demo:
        yield SystemCommand("Add an account", "Buffer or Instagram, with a token", app.action_add_account)


def composing(app: KosmoApp, composer: ComposeScreen) -> Iterator[SystemCommand]:
    """The commands while a post is written."""
    for entry in ACTIONS:
        if entry.scope == "compose":
            yield _command(app, entry.id, partial(app.run_action, entry.call or entry.id, composer))
    yield _command(app, "help", app.action_help)


def _applicable(pane: Pane) -> Iterable[str]:
    """The actions that mean something here: those that the status bar and the detail name, and what goes anywhere."""
    update = pane.reused()
    possible = {"copy": pane.copied(), "link": pane.link()}
    names = [entry.id for entry in pane.hints()]
    names += [*(changes(update) if update else ()), *(name for name, found in possible.items() if found), *_ANYWHERE]
    return dict.fromkeys(name for name in names if name != "command_palette")


def _command(app: KosmoApp, name: str, does: Callable[[], object]) -> SystemCommand:
    """An action of the registry, with its key."""
    entry = action(name)
    key = entry.shown(app.keys.get(name))
    return SystemCommand(entry.label[:1].upper() + entry.label[1:], f"{key} · {entry.help}", does)


def save_picture(app: KosmoApp) -> None:
    """Write what stands on the screen to the folder for downloads, which may not be there yet."""
    folder = user_downloads_path()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = app.save_screenshot(path=str(folder))
    except OSError as error:
        app.notify(f"{folder}: {error.strerror}", title="No screenshot", severity="error", markup=False, timeout=15)
    else:
        app.notify(path, title="Screenshot saved", markup=False)


def _opener(main: MainScreen, account: str, view: str | None) -> Callable[[], Awaitable[None]]:
    return lambda: main.go(Place(account), view)
