"""The profiles of a Buffer account: how each is doing, its zone, its slots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace
from textual.content import Content
from textual.message import Message

from kosmo_tui.api.buffer.models import Profile
from kosmo_tui.services.explain import profile_state
from kosmo_tui.services.listing import Listing
from kosmo_tui.services.slots import known_slots
from kosmo_tui.services.workspace import BufferDesk
from kosmo_tui.ui.details import profile_detail
from kosmo_tui.ui.panes.list_pane import ListPane
from kosmo_tui.ui.text import distance, network, state
from kosmo_tui.ui.widgets.feed import Entry
from kosmo_tui.ui.widgets.row import Cell


@dataclass
class ShowProfile(Message):
    """Show the queue of one profile."""

    profile: str


class ProfilesPane(ListPane[BufferDesk]):
    """One row per profile: trouble first in the eye, then what waits and when the queue is free again."""

    VIEW = "profiles"
    HEADED = True
    EMPTY = ("This account has no profiles.", "connect one in Buffer (Channels), then press r")

    def listing(self) -> Listing[Any] | None:
        return self.desk.queue if self.desk else None

    def entries(self) -> list[Entry]:
        return [Entry(profile.id, profile) for profile in (self.desk.profiles if self.desk else ())]

    def cells(self, entry: Entry, width: int) -> Sequence[Cell]:
        profile: Profile = entry.item
        assert self.desk is not None
        problem = profile_state(profile)
        look = state(problem)
        waiting, failed = len(self.desk.pending(profile.id)), len(self.desk.failed(profile.id))
        slot = next(known_slots(self.desk, profile, self.now, 7), None) if problem == "ok" else None
        unknown = "none in 7 days" if self.desk.queue.whole else "…"
        free = distance(slot.at, self.now) if slot else unknown
        name = str(profile.formatted_username or profile.service_username)
        return _columns(
            width,
            Cell(network(profile.service), "strong"),
            Cell(name, "plain"),
            Cell(f"{look.glyph} {look.word}", look.style),
            Cell(str(waiting), "plain" if waiting else "muted"),
            Cell(str(failed or ""), "error"),
            Cell(profile.timezone, "muted"),
            Cell(free if problem == "ok" else "", "muted"),
        )

    def heads(self, width: int) -> Sequence[Cell]:
        titles = ("network", "name", "state", "waiting", "failed", "zone", "next free slot")
        return _columns(width, *(Cell(title) for title in titles))

    def detail(self, entry: Entry) -> Content:
        profile: Profile = entry.item
        assert self.desk is not None
        return profile_detail(profile, len(self.desk.pending(profile.id)), len(self.desk.failed(profile.id)), self.now)

    def words(self, entry: Entry) -> str:
        profile: Profile = entry.item
        return f"{network(profile.service)} {profile.formatted_username} {profile.service_username} {profile.timezone}"

    def opened(self, entry: Entry) -> None:
        self.post_message(ShowProfile(entry.key))

    def copied(self) -> str:
        return self.feed.highlighted.key if self.feed.highlighted else ""


def _columns(width: int, service: Cell, name: Cell, look: Cell, waiting: Cell, failed: Cell, *rest: Cell) -> list[Cell]:
    """The cells in their widths; zone and free slot only where there is room beside the name."""
    narrow = width < 92
    fixed = [
        replace(service, width=9),
        replace(name, width=0 if narrow else 22),
        replace(look, width=14),
        replace(waiting, width=7, right=True),
        replace(failed, width=6, right=True),
    ]
    return fixed if narrow else [*fixed, replace(rest[0], width=20), rest[1]]
