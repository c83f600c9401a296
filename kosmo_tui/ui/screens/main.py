"""The dashboard: accounts on the left, a view of one of them beside it, keys below."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets._toast import ToastRack

from kosmo_tui.services.workspace import VIEWS, BufferDesk, Desk, InstagramDesk, Workspace
from kosmo_tui.ui.actions import ACTIONS, Action, action, bindings, key_name
from kosmo_tui.ui.compositor import SparingCompositor
from kosmo_tui.ui.panes import pane_of
from kosmo_tui.ui.panes.list_pane import ListPane
from kosmo_tui.ui.panes.pane import Changed, Hinted, Pane
from kosmo_tui.ui.screens.focus_keys import FocusKeys
from kosmo_tui.ui.screens.post_keys import PostKeys
from kosmo_tui.ui.text import network
from kosmo_tui.ui.told import age, budget, health, marks, rest, unkept, views, watch
from kosmo_tui.ui.widgets.feed import Feed
from kosmo_tui.ui.widgets.header import Header
from kosmo_tui.ui.widgets.line_view import LineView
from kosmo_tui.ui.widgets.sidebar import Place, Sidebar
from kosmo_tui.ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from kosmo_tui.ui.panes.comments import CommentsPane, LeftMedia
    from kosmo_tui.ui.panes.media import ShowComments
    from kosmo_tui.ui.panes.outbox import Resolve
    from kosmo_tui.ui.panes.profiles import ShowProfile
    from kosmo_tui.ui.panes.queue import ComposeAt

# Columns below which the accounts come over the list, below which the detail does too, and from which both are wider:
# the text of a post needs some twenty columns to be worth showing.
FOLDED, NARROW, ROOMY = 116, 100, 150


class MainScreen(PostKeys, FocusKeys, Screen[None]):
    """Holds which account, profile and view are shown, and lets one pane at a time show them.

    A pane is made at its first visit: the first screen waits for no other.  The parts lie flat, without containers:
    every widget that covers a line makes drawing it slower, also where nothing of it is seen.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("main")]
    BLANK: ClassVar[bool] = True  # its parts cover it
    AUTO_FOCUS: ClassVar[str | None] = ""  # the list gets it, not what comes first
    DEFAULT_CSS = """
    MainScreen {
        background: $background;
        layers: base over;
        Header { split: top; }
        StatusBar { split: bottom; }
        Sidebar { split: left; }
        &.-folded Sidebar {
            display: none; layer: over; split: none; dock: left; height: 1fr; margin: 2 0 1 0; background: $surface;
        }
        &.-folded.-accounts Sidebar { display: block; }
        &.-roomy Sidebar { width: 36; }
        &.-roomy Detail { width: 52; }
    }
    """

    def __init__(self, workspace: Workspace, *, account: str | None = None, view: str | None = None) -> None:
        super().__init__()
        self._compositor = SparingCompositor()
        self.workspace = workspace
        self._going = asyncio.Lock()
        self._asked: datetime | None = None  # when somebody last wanted something read anew
        first = next(iter(workspace.desks), "")
        self.place = Place(account if account in workspace.desks else first)
        if self.place.account:
            self.desk.recall()  # so that the first paint has rows
        self._views: dict[str, str] = {}  # account → the view that it was left at
        if view and self.place.account and view in VIEWS[self.desk.service]:
            self._views[self.place.account] = view

    @property
    def desk(self) -> Desk:
        """The account in use."""
        return self.workspace.desks[self.place.account]

    @property
    def view(self) -> str:
        """The view in use."""
        return self._views.get(self.place.account, VIEWS[self.desk.service][0])

    @property
    def pane(self) -> Pane:
        """The pane of the view in use."""
        return cast("Pane", self.query_one(f"#{self.view}"))

    def compose(self) -> ComposeResult:
        self._fold(self.app.size.width)  # before there are parts: every one would be styled twice
        yield Header()
        yield StatusBar()
        yield Sidebar(self.workspace)
        yield self._new(self.view)

    def on_mount(self) -> None:
        """Show what is there; the store and the services are asked once that stands on the screen."""
        self._show()
        self.pane.focus_list()
        self.set_interval(60, self._time_passes)

    @property
    def drawn(self) -> bool:
        """Whether the view in use has been drawn."""
        lists = self.pane.query(LineView) if self.is_mounted else None
        return lists is not None and (not lists or any(one.drawn for one in lists))

    # Data

    def refresh_account(self, desk: Desk, *, who: bool | None = None, still: Callable[[], bool] = lambda: True) -> None:
        """Ask what waits, and who the account is, as its `refresh` says; if that is `still` wanted when it begins."""
        name = f"refresh {desk.account}"
        self.app.run_worker(self._refresh_account(desk, who, still), name=name, group="accounts", exit_on_error=False)

    async def _refresh_account(self, desk: Desk, who: bool | None, still: Callable[[], bool]) -> None:
        if not still():
            return
        self.describe()
        try:
            await desk.refresh(who=who)
            if desk.error is None:
                self.app.outbox.reachable(desk.account)  # type: ignore[attr-defined]
        finally:
            self.post_message(Changed(desk.account))

    def read_store(self) -> None:
        """Read the drafts and the writes of this account anew: something may have changed them."""
        desk = self.desk
        name = f"read the store for {desk.account}"
        self.app.run_worker(self._read_store(desk), name=name, group="store", exit_on_error=False)

    async def _read_store(self, desk: Desk) -> None:
        try:
            await desk.read_store()
        finally:
            self.post_message(Changed(desk.account))

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """A screen above is gone: it may have kept a draft or begun to send."""
        if self.app.opening:  # type: ignore[attr-defined]
            event.refresh_styles = False  # all of it was styled a moment ago; the store is read once it stands
        else:
            self.read_store()

    def on_screen_suspend(self) -> None:
        """What is told goes on to the screen above; it would be seen twice."""
        self.query(ToastRack).set(display=False)

    @on(Changed)
    def _desk_changed(self, message: Changed) -> None:
        if message.account == self.place.account:
            self.pane.desk_changed()
        self.app.composing.loaded(self.workspace.desks[message.account])  # type: ignore[attr-defined]
        self.describe()

    def _time_passes(self) -> None:
        """Times and days grow old; rows that look the same cost nothing on the wire."""
        self.pane.desk_changed()
        self.query_one(Sidebar).redraw()
        self.describe()
        self.app.freshness.keep()  # type: ignore[attr-defined]

    # Where we are

    async def go(self, place: Place, view: str | None = None) -> None:
        """Show another account, profile or view; the data that is there first, then what the service says."""
        async with self._going:  # keys come faster than panes are made, and mean what the key before them shows
            self.remove_class("-accounts")
            desk = self.workspace.desks[place.account]
            wanted = view or place.view or self._views.get(place.account, VIEWS[desk.service][0])
            await self._made(wanted)
            if desk is not self.desk:
                for pane in self.query(ListPane):
                    pane.unmark()
            self.place = Place(place.account, profile=place.profile)
            self._views[place.account] = wanted
            self._enter()

    async def _made(self, view: str) -> Pane:
        """The pane of `view`, which is made when it was not there yet."""
        found = self.query_one_optional(f"#{view}", Pane)
        if found is None:
            found = self._new(view)
            found.display = False
            await self.mount(found)
        return found

    def _new(self, view: str) -> Pane:
        pane = pane_of(view)
        pane.set_class(self.app.size.width < NARROW, "-narrow")
        return pane

    def _enter(self) -> None:
        self._show()
        self.ask()

    def _show(self) -> None:
        """Show the place that is in use as far as it is known."""
        self.desk.recall()
        pane = self.pane
        had_focus = self.focused is None or not isinstance(self.focused, Sidebar)
        for one in self.query(Pane):
            one.display = one is pane
        pane.visit(self.desk, self.place.profile)
        self.describe()
        if had_focus:
            pane.focus_list()

    def ask(self) -> None:
        """Read what the store has of the account, and ask the service for what the view lacks."""
        self.read_store()
        if isinstance(self.desk, InstagramDesk) or self.desk.user is not None or self.view != "queue":
            self.pane.load()
        self.app.freshness.keep()  # type: ignore[attr-defined]

    def describe(self) -> None:
        """Bring header, sidebar and status bar up to date."""
        desk, view = self.desk, self.view
        shown = self.place if isinstance(desk, BufferDesk) else Place(self.place.account, view=view)
        self.query_one(Sidebar).update(shown)
        self.query_one(Header).show(
            account=(desk.service.capitalize(), self._who()),
            views=list(views(desk, self.place.profile, view, self.pane.shown)),
            current=view,
            age=age(self.pane, desk, self._asked, *self._clock),
        )
        self._hint()

    @property
    def _clock(self) -> tuple[datetime, tzinfo]:
        return self.app.now(), self.app.zone  # type: ignore[attr-defined]

    def _who(self) -> str:
        chosen = self.place.profile
        profile = self.desk.profile(chosen) if isinstance(self.desk, BufferDesk) and chosen else None
        if profile is None:
            return self.desk.name
        return f"{self.desk.name} · {network(profile.service)} {profile.formatted_username or profile.service_username}"

    @on(Hinted)
    def _hint(self) -> None:
        keys = [(entry, self._key(entry)) for entry in self.pane.hints()]
        stopped = self.app.freshness.policy.stopped.get(self.desk.account)  # type: ignore[attr-defined]
        news = [*marks(self.pane), *self.app.news(), *watch(self.workspace)]  # type: ignore[attr-defined]
        told = [*unkept(self.desk), *health(self.desk)]
        if stopped is not None:
            told.insert(0, rest(stopped, *self._clock))
        else:
            told.extend(budget(self.desk.window, *self._clock))
        self.query_one(StatusBar).show(keys, news + told)

    def _key(self, entry: Action) -> str:
        """The key to show for an action: the user's own when there is one."""
        own = self.app.keys.get(entry.id)  # type: ignore[attr-defined]
        return entry.key_display if own is None and entry.key_display else key_name((own or entry.keys).split(",")[0])

    # Keys

    def check_action(self, name: str, parameters: tuple[object, ...]) -> bool | None:
        """Letters are text while an input has the focus."""
        if self.pane.is_typing:
            return name == "back" or name not in {entry.call or entry.id for entry in ACTIONS if entry.scope == "main"}
        return True

    async def action_press(self, name: str) -> None:
        """Do what a hint of the status bar or a row of the help says, whatever its key is."""
        entry = action(name)
        parts: dict[str, DOMNode] = {"main": self, "insights": self.pane, "app": self.app}
        composer = self.app.composing.screen  # type: ignore[attr-defined]
        if entry.scope == "compose" and composer is None:
            self.notify(f"That is for writing a post: {self._key(action('compose'))} begins one.", markup=False)
            return
        if composer is not None:
            if entry.scope not in ("compose", "app"):
                self.notify("That is for the dashboard: leave the post first.", markup=False)
                return
            parts["compose"] = composer
        await self.app.run_action(entry.call or entry.id, parts.get(entry.scope) or self._feed)

    @property
    def _feed(self) -> DOMNode:
        return self.pane.feed if isinstance(self.pane, ListPane) else self.pane

    async def action_account(self, number: int) -> None:
        desk = self.workspace.numbered(number)
        if desk is None:
            self.notify(f"There is no account {number}.", markup=False)
        elif desk is not self.desk:
            await self.go(Place(desk.account))

    async def action_show_view(self, view: str) -> None:
        if view in VIEWS[self.desk.service]:
            await self.go(self.place, view)

    async def _turn(self, step: int) -> None:
        views = VIEWS[self.desk.service]
        await self.go(self.place, views[(views.index(self.view) + step) % len(views)])

    async def action_next_view(self) -> None:
        await self._turn(+1)

    async def action_previous_view(self) -> None:
        await self._turn(-1)

    def action_refresh(self) -> None:
        self._asked, _ = self._clock
        self.pane.load(force=True)
        self.call_later(self.describe)  # once the worker has begun

    def action_refresh_all(self) -> None:
        self.refresh_account(self.desk, who=True)
        self.action_refresh()  # of the queue that is the same answer

    async def action_filter(self) -> None:
        await self.pane.filter()

    async def action_back(self) -> None:
        if self.has_class("-accounts"):
            self.show_accounts(False)
        elif not (isinstance(self.pane, ListPane) and self.pane.unmark()) and not self.pane.back():
            if self.focused is not None and not isinstance(self.focused, Feed):
                self.pane.focus_list()
            elif self.place.profile is not None:
                await self.go(Place(self.place.account))

    def action_mark(self) -> None:
        if isinstance(self.pane, ListPane) and not isinstance(self.focused, Sidebar):
            self.pane.mark()

    def action_rows(self) -> None:
        """Show one line of every item, or two."""
        self.app.row_lines = 3 - self.app.row_lines  # type: ignore[attr-defined]
        for pane in self.query(ListPane):
            pane.feed.set_lines_per_row(self.app.row_lines)  # type: ignore[attr-defined]

    def action_undo(self) -> None:
        self.app.undo()  # type: ignore[attr-defined]

    def action_search(self) -> None:
        """Search everything that was seen."""
        from kosmo_tui.ui.searching import open_search

        open_search(self.app)  # type: ignore[arg-type]

    def action_outbox(self) -> None:
        """To the writes that need a person, of this account or else of the first that has some."""
        self.app.resolving.show()  # type: ignore[attr-defined]

    async def action_compose(self) -> None:
        if self.desk.drafts.as_of is None:  # just started: a draft that was cut off is offered first
            await self.desk.drafts.refresh()
        self.app.composing.open(self.desk, profile=self.place.profile)  # type: ignore[attr-defined]

    # What the parts say

    @on(Feed.Opened, "Sidebar")
    async def _sidebar_opened(self, message: Feed.Opened) -> None:
        message.stop()
        if isinstance(message.entry.item, Place):
            self.remove_class("-accounts")
            await self.go(message.entry.item)
            self.pane.focus_list()

    async def on_show_profile(self, message: ShowProfile) -> None:
        await self.go(Place(self.place.account, profile=message.profile), "queue")

    async def on_show_comments(self, message: ShowComments) -> None:
        if isinstance(self.desk, InstagramDesk):
            comments = cast("CommentsPane", await self._made("comments"))
            comments.media_of = (self.desk, message.media)
            await self.go(self.place, "comments")

    async def on_left_media(self, _: LeftMedia) -> None:
        await self.go(self.place, "media")

    def on_resolve(self, message: Resolve) -> None:
        self.app.resolving.open(message.row)  # type: ignore[attr-defined]

    def on_compose_at(self, message: ComposeAt) -> None:
        self.app.composing.open(self.desk, profile=message.slot.profile.id, at=message.slot.at)  # type: ignore[attr-defined]

    def on_resize(self, event: events.Resize) -> None:
        self._fold(event.size.width)

    def _fold(self, width: int) -> None:
        self.set_class(width < FOLDED, "-folded")
        self.set_class(width >= ROOMY, "-roomy")
        for pane in self.query(Pane):
            pane.set_class(width < NARROW, "-narrow")
        if width < FOLDED and isinstance(self.focused, Sidebar) and not self.has_class("-accounts"):
            self.pane.focus_list()
