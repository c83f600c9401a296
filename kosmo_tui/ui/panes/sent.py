"""What went out, newest first, with its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from textual.content import Content

from kosmo_tui.api.buffer.models import Statistics, Update
from kosmo_tui.services.listing import Listing
from kosmo_tui.services.slots import zone_of
from kosmo_tui.services.workspace import BufferDesk
from kosmo_tui.ui.details import update_detail
from kosmo_tui.ui.panes.base import ListPane
from kosmo_tui.ui.text import day_heading, human, network
from kosmo_tui.ui.widgets.feed import Cell, Entry

# The first that a network tells: each has its own idea of "seen" and of "liked".
_SEEN = ("impressions", "views", "reach", "viewers")
_LIKED = ("reactions", "likes")


def number(statistics: Statistics | None, kinds: Sequence[str]) -> float | None:
    """The first metric of `kinds` that is there; None when none is."""
    if statistics is None:
        return None
    return next((statistics.metrics[kind].value for kind in kinds if kind in statistics.metrics), None)


class SentPane(ListPane[BufferDesk]):
    """The sent posts of an account, or of one of its profiles; older ones load while scrolling."""

    VIEW = "sent"
    EMPTY = ("Nothing was sent yet.", "c writes a post")

    def listing(self) -> Listing[Any] | None:
        return self.desk.sent(self.profile) if self.desk else None

    def entries(self) -> list[Entry]:
        return list(self._entries())

    def _entries(self) -> Iterator[Entry]:
        listing = self.listing()
        heading = ""
        for update in listing.items if listing else ():
            at = self._local(update)
            if at is not None:
                title = day_heading(at, self.now.astimezone(at.tzinfo))
                if title != heading:
                    heading = title
                    yield Entry(f"heading {update.id}", title, selectable=False)
            yield Entry(update.id, update)

    def _local(self, update: Update) -> datetime | None:
        profile = self.desk.profile(update.profile_id) if self.desk else None
        at = update.sent_at or update.scheduled_at
        return at.astimezone(zone_of(profile)) if at and profile else at

    def cells(self, entry: Entry, width: int) -> Sequence[Cell]:
        if not isinstance(entry.item, Update):
            return (Cell(str(entry.item), "heading"),)
        update, at = entry.item, self._local(entry.item)
        return (
            Cell(f"{at:%H:%M}" if at else "–", "strong", width=5),
            Cell(network(update.profile_service), "plain", width=9),
            Cell(human(number(update.statistics, _SEEN)), "plain", width=6, right=True),
            Cell(human(number(update.statistics, _LIKED)), "plain", width=6, right=True),
            Cell(update.text or "(no text)", "plain" if update.text else "muted"),
        )

    def heads(self, width: int) -> Sequence[Cell]:
        return (
            Cell("time", width=5),
            Cell("network", width=9),
            Cell("seen", width=6, right=True),
            Cell("likes", width=6, right=True),
            Cell("text"),
        )

    def detail(self, entry: Entry) -> Content:
        if not isinstance(entry.item, Update) or self.desk is None:
            return Content("")
        return update_detail(entry.item, self.desk.profile(entry.item.profile_id), self.now)

    def words(self, entry: Entry) -> str:
        return f"{entry.item.text} {network(entry.item.profile_service)}" if isinstance(entry.item, Update) else ""

    def copied(self) -> str:
        entry = self.feed.highlighted
        return entry.item.text if entry and isinstance(entry.item, Update) else ""

    def link(self) -> str | None:
        entry = self.feed.highlighted
        return entry.item.service_link if entry and isinstance(entry.item, Update) else None
