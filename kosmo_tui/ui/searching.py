"""Opening the search, and going from what was found to its place on the dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kosmo_tui.services.drafts import Drafts
from kosmo_tui.services.search import Hit, Search
from kosmo_tui.ui.panes.list_pane import ListPane
from kosmo_tui.ui.screens.search import SearchScreen
from kosmo_tui.ui.widgets.sidebar import Place

if TYPE_CHECKING:
    from kosmo_tui.ui.app import KosmoApp


def open_search(app: KosmoApp) -> None:
    """Open the search over the dashboard."""
    screen = SearchScreen(Search(app.store, Drafts(app.store)), lambda hit: _go(app, screen, hit))
    app.push_screen(screen)


async def _go(app: KosmoApp, screen: SearchScreen, hit: Hit) -> None:
    """To the item in its pane, or to its detail in full where it is not among what is loaded."""
    main, item = app.main, hit.item
    if hit.kept is not None:
        app.pop_screen()
        app.composing.open_draft(hit.kept)
        return
    if main is None or item.account not in app.workspace.desks:
        screen.show_whole(hit, f"There is no account {item.account} on the dashboard: here it is in full.")
        return
    before = (main.place, main.view)
    view = {"media": "media", "comment": "comments"}.get(item.kind) or ("sent" if item.status == "sent" else "queue")
    await main.go(Place(item.account), view)
    pane = main.pane
    if isinstance(pane, ListPane):
        pane.unfilter()  # it may have hidden the item
        if pane.feed.go_to(item.id):
            app.pop_screen()
            return
    await main.go(*before)
    screen.show_whole(hit, f"It is not among what is loaded of {view}: here it is in full.")
