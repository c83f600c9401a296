"""What will go out, in order: failed posts first, then day by day with the free slots, drafts last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, ClassVar

from msgspec import Struct
from textual.content import Content
from textual.message import Message

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.services.cached import words_of_update
from kosmo_tui.services.listing import Listing
from kosmo_tui.services.slots import Slot, known_slots
from kosmo_tui.ui.panes.clock import instant, local
from kosmo_tui.ui.panes.pane import Hints
from kosmo_tui.ui.panes.posts import PostsPane
from kosmo_tui.ui.text import day_heading, distance, network, state
from kosmo_tui.ui.widgets.feed import Entry
from kosmo_tui.ui.widgets.row import Cell

SLOT_DAYS = 7  # how far ahead free slots are rows


class ComposeAt(Message):
    """Write a post for a free slot."""

    def __init__(self, slot: Slot) -> None:
        super().__init__()
        self.slot = slot


class Alarm(Struct, frozen=True):
    """A heading over what needs a person."""

    title: str


class QueuePane(PostsPane):
    """The pending posts of an account, or of one of its profiles."""

    VIEW = "queue"
    HINTS: ClassVar[Hints] = (
        "compose", "accounts", "open", "edit", "filter", "help", "reschedule", "delete", "mark", "duplicate", "refresh",
        "next_view", "command_palette",
    )  # fmt: skip
    MARKED: ClassVar[Hints] = ("delete", "to_draft", "again")
    EMPTY = ("Nothing is waiting.", "c writes a post")

    def listing(self) -> Listing[Any] | None:
        return self.desk.queue if self.desk else None

    def entries(self) -> list[Entry]:
        return list(self._entries()) if self.desk else []

    def _entries(self) -> Iterator[Entry]:
        assert self.desk is not None
        desk = self.desk
        late = desk.overdue(self.profile)
        if late:
            yield Entry("heading overdue", Alarm(f"Should have gone out · {len(late)}"), selectable=False)
            yield from (Entry(update.id, update) for update in late)
        failed = sorted(desk.failed(self.profile), key=lambda update: update.scheduled_at or self.now, reverse=True)
        if failed:
            yield Entry("heading failed", Alarm(f"Needs you · {len(failed)} failed"), selectable=False)
            yield from (Entry(update.id, update) for update in failed)
        day, days = None, self.clock.days
        shown = {update.id for update in late}
        for at, item in self._timed():
            if item.id in shown:
                continue
            if (date := at.astimezone(days).date()) != day:
                day = date
                title = day_heading(at.astimezone(days), self.now.astimezone(days))
                yield Entry(f"heading {day}", title, selectable=False)
            yield Entry(item.id, item)
        untimed = [
            update
            for update in desk.queue.items
            if self.profile in (None, update.profile_id)
            and (update.status == "draft" or (update.scheduled_at is None and update.status != "error"))
        ]
        if untimed:
            yield Entry("heading untimed", "Without a time", selectable=False)
            yield from (Entry(update.id, update) for update in untimed)

    def _timed(self) -> list[tuple[datetime, Update | Slot]]:
        """Posts and free slots in the order in which they happen."""
        assert self.desk is not None
        desk = self.desk
        profiles = {profile.id: profile for profile in desk.profiles if self.profile in (None, profile.id)}
        found: list[tuple[datetime, Update | Slot]] = []
        for update in desk.pending(self.profile):
            if (at := local(update, desk)) is not None:
                found.append((at, update))
        if desk.queue.whole:
            for profile in profiles.values():
                if not (profile.paused or profile.disconnected or profile.locked):
                    slots = known_slots(desk, profile, self.now, SLOT_DAYS)
                    # Of all profiles only the next one each: every slot of eight profiles would be a flood.
                    found.extend((slot.at, slot) for slot in (slots if self.profile else islice(slots, 1)))
        return sorted(found, key=lambda pair: (instant(pair[0]), isinstance(pair[1], Slot)))

    def cells(self, entry: Entry, width: int) -> Sequence[Cell]:
        assert self.desk is not None
        match entry.item:
            case Alarm() as alarm:
                return (Cell(alarm.title, "alarm"),)
            case str() as title:
                return (Cell(title, "heading"),)
            case Slot() as slot:
                look = state("slot")
                return (
                    *self.clock.cells(slot.at, "muted"),
                    Cell(distance(slot.at, self.now), "muted", width=9),
                    Cell(network(slot.profile.service), "muted", width=9),
                    Cell(look.glyph, "muted", width=1),
                    Cell(look.word, "muted"),
                )
            case Update() as update:
                look, at = state(update.status), local(update, self.desk)
                # Most rows are scheduled, and failed ones have a heading: the word is for what is out of the ordinary.
                word = "" if update.status in ("scheduled", "error") else look.word
                when = f"{at.day} {at:%b}" if at and update.status == "error" else distance(at, self.now) if at else ""
                return (
                    *self.clock.cells(at),
                    Cell(when or "no time", "muted", width=9),
                    Cell(network(update.profile_service), "plain", width=9),
                    Cell(look.glyph, look.style, width=1),
                    *([Cell(word, look.style, width=len(word))] if word else []),
                    Cell(update.text or "(no text)", "plain" if update.text else "muted"),
                )
        return ()

    def detail(self, entry: Entry) -> Content:
        if isinstance(entry.item, Slot):
            from kosmo_tui.ui.details import slot_detail

            return slot_detail(entry.item, self.now, self.key)
        if isinstance(entry.item, Update) and self.desk:
            return self.about(entry.item)
        return Content("")

    def words(self, entry: Entry) -> str:
        if isinstance(entry.item, Update):
            update = entry.item
            return f"{words_of_update(update)} {network(update.profile_service)} {state(update.status).word}"
        return f"{network(entry.item.profile.service)} {state('slot').word}" if isinstance(entry.item, Slot) else ""

    def counted(self, entry: Entry) -> bool:
        return isinstance(entry.item, Update)  # no free slot

    def markable(self, entry: Entry) -> bool:
        return isinstance(entry.item, Update)

    def opened(self, entry: Entry) -> None:
        if isinstance(entry.item, Slot):
            self.post_message(ComposeAt(entry.item))
        else:
            super().opened(entry)
