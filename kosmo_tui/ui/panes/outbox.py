"""What was sent and what became of it: what needs a person first, then newest first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace
from textual import on
from textual.content import Content
from textual.message import Message

from kosmo_tui.services.listing import Listing
from kosmo_tui.services.orders import draft_of
from kosmo_tui.store.records import needs_person
from kosmo_tui.ui.actions import Action, action
from kosmo_tui.ui.panes.pane import Hinted, Hints
from kosmo_tui.ui.panes.queue import Alarm
from kosmo_tui.ui.panes.stored import StoredPane
from kosmo_tui.ui.text import day_heading, distance, network
from kosmo_tui.ui.widgets.feed import Entry, Feed
from kosmo_tui.ui.widgets.row import Cell
from kosmo_tui.ui.write_detail import KINDS, Possible, look, possible, write_detail, write_text

if TYPE_CHECKING:
    from kosmo_tui.store.records import OutboxRow


@dataclass
class Resolve(Message):
    """Let the user decide what becomes of a write."""

    row: OutboxRow


class OutboxPane(StoredPane):
    """The writes of an account, or of one of its profiles."""

    VIEW = "outbox"
    EMPTY = ("Nothing was sent from here yet.", "what you send is noted here first, and then what became of it")
    HINTS: ClassVar[Hints] = ("accounts", "open", "filter", "help", "refresh", "next_view", "command_palette")

    def __init__(self) -> None:
        super().__init__()
        self._named: tuple[Possible, ...] = ()

    def listing(self) -> Listing[Any] | None:
        return self.desk.writes if self.desk else None

    def entries(self) -> list[Entry]:
        return list(self._entries())

    def _entries(self) -> Iterator[Entry]:
        if self.desk is None:
            return
        rows = [row for row in self.desk.writes.items if self.profile in (None, row.profile_id)]
        needing = [row for row in rows if needs_person(row)]
        if needing:
            yield Entry("heading needing", Alarm(f"Needs you · {len(needing)} to resolve"), selectable=False)
            yield from (Entry(str(row.id), row) for row in needing)
        zone, day = self.app.zone, None  # type: ignore[attr-defined]
        for row in rows:
            if needs_person(row):
                continue
            at = (row.sent_at or row.created_at).astimezone(zone)
            if at.date() != day:
                day = at.date()
                yield Entry(f"heading {day}", day_heading(at, self.now.astimezone(zone)), selectable=False)
            yield Entry(str(row.id), row)

    def cells(self, entry: Entry, width: int) -> Sequence[Cell]:
        match entry.item:
            case Alarm() as alarm:
                return (Cell(alarm.title, "alarm"),)
            case str() as title:
                return (Cell(title, "heading"),)
        row: OutboxRow = entry.item
        shown, at = look(row, self.now), (row.sent_at or row.created_at).astimezone(self.app.zone)  # type: ignore[attr-defined]
        kind = KINDS.get(row.kind, row.kind)
        when = f"{at.day} {at:%b}" if needs_person(row) and at.date() != self.now.date() else f"{at:%H:%M}"
        return (
            Cell(f"{shown.glyph} {shown.word}", shown.style, width=11),
            Cell(when, "strong", width=6),
            *([Cell(distance(at, self.now), "muted", width=10)] if width >= 74 else []),
            *([Cell(kind, "muted", width=6)] if kind != "post" or width >= 60 else []),
            Cell(network(row.network), "plain", width=9),
            *([Cell(row.label, "muted", width=20)] if width >= 100 else []),
            Cell(row.summary or "(no text)", "plain" if row.summary else "muted"),
        )

    def detail(self, entry: Entry) -> Content:
        return write_detail(entry.item, self.now, self.app.zone, self.key)  # type: ignore[attr-defined]

    def words(self, entry: Entry) -> str:
        row: OutboxRow = entry.item
        return " ".join(
            (row.summary, network(row.network), row.label, look(row, self.now).word, KINDS.get(row.kind, row.kind))
        )

    def go_to_first(self) -> None:
        """Put the cursor on the first row: what needs a person is there."""
        if (first := next((entry.key for entry in self.feed.entries if entry.selectable), None)) is not None:
            self.feed.go_to(first)

    # What can be done with a write

    @property
    def _row(self) -> OutboxRow | None:
        return self.feed.highlighted.item if self.feed.highlighted else None

    @property
    def _possible(self) -> tuple[Possible, ...]:
        return possible(self._row, self.now) if self._row else ()

    def hints(self) -> list[Action]:
        """What can be done with the write under the cursor, by what it is called for that one, then the usual."""
        return [*(replace(action(name), label=label) for name, label in self._possible), *super().hints()]

    @on(Feed.Highlighted)
    def _name_actions(self) -> None:
        if (named := self._possible) != self._named:
            self._named = named
            self.post_message(Hinted())

    def _can(self, name: str) -> bool:
        return any(name == one for one, _ in self._possible)

    def action_again(self) -> None:
        """Look at the evidence and decide."""
        row = self._row
        if row is None:
            return
        if self._can("again"):
            self.post_message(Resolve(row))
        else:
            told = "It is on its way." if row.state in ("queued", "sending") else "It is confirmed: nothing is open."
            self.notify(told, markup=False)

    def action_to_draft(self) -> None:
        """What was not sent, back to a draft."""
        row = self._row
        if row is None:
            return
        if self._can("to_draft"):
            self.app.resolving.decide(row, "draft")  # type: ignore[attr-defined]
        elif row.state == "unknown":
            self.post_message(Resolve(row))
        else:
            self.notify("Only what was not sent can become a draft; d writes a new one from it.", markup=False)

    def action_duplicate(self) -> None:
        """A new post of the same content."""
        row = self._row
        if row is not None and self._can("duplicate"):
            self.change("write a new post from it", self._copy(row))
        elif row is not None:
            self.notify("This changed a post: there is no text to write a new one from.", markup=False)

    async def _copy(self, row: OutboxRow) -> None:
        kept = await asyncio.to_thread(self.app.drafts.add, row.account, draft_of(row))  # type: ignore[attr-defined]
        self.app.composing.open_draft(kept)  # type: ignore[attr-defined]

    def action_edit(self) -> None:
        """A write is changed as a draft."""
        self.action_to_draft()

    def action_delete(self) -> None:
        """Not to send what nobody has sent; other rows are the record of what was."""
        row = self._row
        if row is not None and self._can("delete"):
            self.app.resolving.decide(row, "discard")  # type: ignore[attr-defined]
        elif row is not None:
            self.notify("Writes stay in the outbox: they are the record of what was sent.", markup=False)

    def copied(self) -> str:
        return write_text(self._row) if self._row else ""

    def link(self) -> str | None:
        return self._row.link or None if self._row else None
