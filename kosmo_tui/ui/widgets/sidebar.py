"""The accounts, grouped by service; below the one in use its profiles or its views."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from msgspec import Struct
from rich.segment import Segment
from textual import events

from kosmo_tui.api.buffer.models import Profile
from kosmo_tui.services.explain import profile_state
from kosmo_tui.services.workspace import VIEWS, BufferDesk, Desk, InstagramDesk, Workspace
from kosmo_tui.ui.text import network, state
from kosmo_tui.ui.widgets.feed import Entry, Feed
from kosmo_tui.ui.widgets.row import Cell


class Place(Struct, frozen=True):
    """Where an entry of the sidebar leads: an account, one of its profiles, or one of its views."""

    account: str
    profile: str | None = None
    view: str | None = None


class Group(Struct, frozen=True):
    """A heading."""

    title: str


class State(Struct, frozen=True):
    """How an account is doing, below its name."""

    account: str


class Sidebar(Feed):
    """A feed of places.  `enter` or a click on one goes there."""

    BLURRED: ClassVar[str] = "on $background"
    DEFAULT_CSS = """
    Sidebar {
        width: 26;
        scrollbar-size-vertical: 0;
    }
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(self._cells, id="sidebar")
        self._workspace = workspace
        self._current = Place("")

    @property
    def row_width(self) -> int:
        return super().row_width - 1  # the rule at the right of every line

    def _edge(self, width: int) -> Segment:
        return Segment("│" * width, self._style("rule focused" if self.has_focus else "rule", ""))

    def on_focus(self) -> None:
        self._strips.clear()  # the rule looks different
        self.refresh()

    def on_blur(self) -> None:
        self.on_focus()

    def on_click(self, event: events.Click) -> None:
        """One click goes there: a marker on one account below a header of another would mislead."""
        place = event.y + self.scroll_offset.y
        if 0 <= place < len(self.entries) and self.entries[place].selectable:
            self.index = place
            self.action_open()

    def update(self, current: Place) -> None:
        """Show the accounts as they are now, with `current` in use."""
        moved = current != self._current
        self._current = current
        self.show(list(self._places_of_all()), cursor=self._key(current) if moved or self.index < 0 else None)

    @staticmethod
    def _key(place: Place) -> str:
        return "/".join((place.account, place.profile or "", place.view or ""))

    def _entry(self, place: Place) -> Entry:
        return Entry(self._key(place), place)

    def _places_of_all(self) -> Iterator[Entry]:
        service = ""
        for desk in self._workspace:
            if desk.service != service:
                service = desk.service
                if desk is not next(iter(self._workspace)):
                    yield Entry(f"gap {service}", Group(""), selectable=False)
                yield Entry(f"group {service}", Group(service.upper()), selectable=False)
            yield self._entry(Place(desk.account))
            yield Entry(f"state {desk.account}", State(desk.account), selectable=False)
            if desk.account != self._current.account:
                continue
            if isinstance(desk, BufferDesk):
                for profile in desk.profiles:
                    yield self._entry(Place(desk.account, profile=profile.id))
            else:
                for view in VIEWS[desk.service]:
                    yield self._entry(Place(desk.account, view=view))

    def _cells(self, entry: Entry, width: int) -> Sequence[Cell]:
        if isinstance(entry.item, Group):
            return (Cell(entry.item.title, "muted"),)
        if isinstance(entry.item, State):
            return self._state_cells(self._workspace.desks[entry.item.account])
        place: Place = entry.item
        desk = self._workspace.desks[place.account]
        if place.profile is not None and isinstance(desk, BufferDesk):
            profile = desk.profile(place.profile)
            return self._profile_cells(desk, profile, place == self._current) if profile else ()
        if place.view is not None:
            return Cell("", width=2), Cell(place.view.capitalize(), "strong" if place == self._current else "plain")
        return self._account_cells(desk, place.account == self._current.account)

    def _account_cells(self, desk: Desk, current: bool) -> Sequence[Cell]:
        number = list(self._workspace.desks).index(desk.account) + 1
        count = ""
        if isinstance(desk, BufferDesk) and desk.user is not None:
            count = str(len(desk.pending()))
        elif isinstance(desk, InstagramDesk) and desk.user is not None and desk.user.media_count is not None:
            count = str(desk.user.media_count)
        return (
            Cell(str(number) if number < 10 else "", "accent" if current else "muted", width=1),
            Cell(desk.name, "strong" if current else "plain"),
            *_failed(len(desk.failed()) if isinstance(desk, BufferDesk) else 0),
            Cell(count, "plain" if current else "muted", width=4, right=True),
        )

    def _state_cells(self, desk: Desk) -> Sequence[Cell]:
        look = state(desk.health)
        word = next(iter(desk.problems), look.word)
        return (
            Cell("", width=1),
            Cell(look.glyph, look.style, width=1),
            Cell(word, look.style, width=len(word)),
            Cell(desk.handle, "muted"),
        )

    def _profile_cells(self, desk: BufferDesk, profile: Profile, current: bool) -> Sequence[Cell]:
        problem = profile_state(profile)
        look = state(problem)
        name = profile.formatted_username or profile.service_username
        return (
            Cell(look.glyph if problem != "ok" else "", look.style, width=1),
            Cell(network(profile.service), "strong" if current else "plain", width=9),
            Cell(name, "strong" if current else "muted"),
            *_failed(len(desk.failed(profile.id))),
            Cell(str(len(desk.pending(profile.id)) or ""), "plain" if current else "muted", width=2, right=True),
        )


def _failed(count: int) -> tuple[Cell, ...]:
    """How many posts failed, where some did."""
    text = f"{state('error').glyph}{count}"
    return (Cell(text, "error", width=len(text)),) if count else ()
