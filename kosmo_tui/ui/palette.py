"""What the command palette offers on the dashboard: its accounts and views, the fourteen functions, its actions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from kosmo_tui.api.functions import FUNCTIONS
from kosmo_tui.services.workspace import VIEWS
from kosmo_tui.ui.widgets.sidebar import Place

if TYPE_CHECKING:
    from kosmo_tui.ui.app import KosmoApp
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


def commands(app: KosmoApp, main: MainScreen) -> Iterator[SystemCommand]:
    """The commands, the most wanted first."""
    account, service = main.desk.account, main.desk.service
    yield SystemCommand("Write a post", "Compose for this account", main.action_compose)
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
    yield SystemCommand("Search", "Search everything that was seen, and the drafts", main.action_search)
    yield SystemCommand("Outbox", "Go to what was sent; first to what needs you", main.action_outbox)
    yield SystemCommand("Undo", "Take back what waits to be sent, or what was deleted", main.action_undo)
    yield SystemCommand("Refresh", "Ask the service for this view again", main.action_refresh)
    yield SystemCommand("Keys and help", "Show all keys", app.action_help)
    if not app.demo:
        yield SystemCommand("Add an account", "Buffer or Instagram, with a token", app.action_add_account)


def _opener(main: MainScreen, account: str, view: str | None) -> Callable[[], Awaitable[None]]:
    return lambda: main.go(Place(account), view)
