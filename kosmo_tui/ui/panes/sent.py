"""What went out, newest first, with its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from textual.content import Content

from kosmo_tui.api.buffer.models import Statistics, Update
from kosmo_tui.services.budget import Priority
from kosmo_tui.services.cached import service_of, words_of_update
from kosmo_tui.services.listing import Listing
from kosmo_tui.store.cache import Item as Row
from kosmo_tui.ui.panes.clock import instant, local
from kosmo_tui.ui.panes.posts import PostsPane
from kosmo_tui.ui.text import day_heading, human, network
from kosmo_tui.ui.widgets.feed import Entry
from kosmo_tui.ui.widgets.row import Cell
from kosmo_tui.ui.widgets.rows import Each, Placed

# The first that a network tells: each has its own idea of "seen" and of "liked".
_SEEN = ("impressions", "views", "reach", "viewers")
_LIKED = ("reactions", "likes")
_HEADED = 400  # posts up to which days have headings: a heading is known only when all posts above it were read


def number(statistics: Statistics | None, kinds: Sequence[str]) -> float | None:
    """The first metric of `kinds` that is there; None when none is."""
    if statistics is None:
        return None
    return next((statistics.metrics[kind].value for kind in kinds if kind in statistics.metrics), None)


class SentPane(PostsPane):
    """The sent posts of an account, or of one of its profiles; older ones load while scrolling."""

    VIEW = "sent"
    HEADED = True
    PRIORITY = Priority.METRICS  # what has gone out changes in its numbers only
    EMPTY = ("Nothing was sent yet.", "c writes a post")

    def listing(self) -> Listing[Any] | None:
        return self.desk.sent(self.profile) if self.desk else None

    def entries(self) -> Sequence[Entry]:
        items = self.desk.sent(self.profile).items if self.desk else ()
        return Each(items, _entry) if self._long and isinstance(items, Placed) else list(self._entries())

    @property
    def _long(self) -> bool:
        """Whether the list has no headings, and every row tells its date."""
        return self.desk is not None and len(self.desk.sent(self.profile).items) > _HEADED

    def _entries(self) -> Iterator[Entry]:
        if self.desk is None:
            return
        updates = [(at, update) for update in self.desk.sent(self.profile).items if (at := local(update, self.desk))]
        updates.sort(key=lambda pair: instant(pair[0]), reverse=True)
        day, days = None, self.clock.days
        for at, update in updates:
            if (date := at.astimezone(days).date()) != day:
                day = date
                title = day_heading(at.astimezone(days), self.now.astimezone(days))
                yield Entry(f"heading {day}", title, selectable=False)
            yield _entry(update)

    def cells(self, entry: Entry, width: int) -> Sequence[Cell]:
        if not isinstance(entry.item, Update):
            return (Cell(str(entry.item), "heading"),)
        assert self.desk is not None
        update, at = entry.item, local(entry.item, self.desk)
        return (
            *([Cell(f"{at.astimezone(self.clock.days):%d %b %y}" if at else "", width=9)] if self._long else []),
            *self.clock.cells(at),
            Cell(network(update.profile_service), "plain", width=9),
            Cell(human(number(update.statistics, _SEEN)), "plain", width=6, right=True),
            Cell(human(number(update.statistics, _LIKED)), "plain", width=6, right=True),
            Cell(update.text or "(no text)", "plain" if update.text else "muted"),
        )

    def heads(self, width: int) -> Sequence[Cell]:
        time = [Cell("", width=cell.width) for cell in self.clock.cells(None)]
        return (
            *([Cell("day", width=9)] if self._long else []),
            *time,
            Cell("network", width=9),
            Cell("seen", width=6, right=True),
            Cell("likes", width=6, right=True),
            Cell("text"),
        )

    def detail(self, entry: Entry) -> Content:
        if not isinstance(entry.item, Update) or self.desk is None:
            return Content("")
        return self.about(entry.item)

    def words(self, entry: Entry) -> str:
        update = entry.item
        return f"{words_of_update(update)} {network(update.profile_service)}" if isinstance(update, Update) else ""

    def row_words(self, row: Row) -> str:
        return f"{row.text} {network(service_of(row))}"


def _entry(update: Update) -> Entry:
    return Entry(update.id, update)
