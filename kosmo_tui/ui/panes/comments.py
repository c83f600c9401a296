"""Comments: on one item, or on all of them; replies indented below what they answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from textual.content import Content
from textual.message import Message

from kosmo_tui.api.instagram.models import Comment, Media
from kosmo_tui.services.comments import CommentOn
from kosmo_tui.services.listing import Listing
from kosmo_tui.services.workspace import InstagramDesk
from kosmo_tui.ui.details import comment_detail
from kosmo_tui.ui.panes.list_pane import ListPane
from kosmo_tui.ui.text import distance, mark, one_line, plural, state
from kosmo_tui.ui.widgets.feed import Entry
from kosmo_tui.ui.widgets.row import Cell


class LeftMedia(Message):
    """The comments on one item are done with: back to the item."""


class CommentsPane(ListPane[InstagramDesk]):
    """Threads, grouped by the item that they stand under."""

    VIEW = "comments"
    EMPTY = ("No comments.", "the service shows none on these items")

    def __init__(self) -> None:
        super().__init__()
        self.media_of: tuple[InstagramDesk, Media] | None = None  # the item to show; None: all

    @property
    def media(self) -> Media | None:
        """The item whose comments are shown; None when it is those of all."""
        return self.media_of[1] if self.media_of and self.media_of[0] is self.desk else None

    def listing(self) -> Listing[Any] | None:
        return self.desk.comments(self.media) if self.desk else None

    def entries(self) -> list[Entry]:
        return list(self._entries())

    def _entries(self) -> Iterator[Entry]:
        listing = self.listing()
        under = None
        found: CommentOn
        for found in listing.items if listing else ():
            if found.media.id != under:
                under = found.media.id
                title = f"{state(found.media.kind).glyph} {one_line(found.media.caption) or '(no caption)'}"
                yield Entry(f"heading {found.id}", title, selectable=False)
            yield Entry(found.id, (found.comment, found.media, False))
            for reply in reversed(found.comment.replies):
                yield Entry(reply.id, (reply, found.media, True))

    def cells(self, entry: Entry, width: int) -> Sequence[Cell]:
        if isinstance(entry.item, str):
            return (Cell(entry.item, "heading"),)
        comment, _, is_reply = entry.item
        hidden = state("hidden")
        likes = plural(comment.like_count, "like") if comment.like_count else ""
        return (
            Cell(distance(comment.timestamp, self.now) if comment.timestamp else "–", "muted", width=10, right=True),
            *([Cell(mark("└"), "muted", width=1)] if is_reply else []),
            Cell(f"@{comment.username}" if comment.username else "somebody", "strong", width=18),
            *([Cell(likes, "muted", width=9, right=True)] if width > 64 else []),
            *([Cell(f"{hidden.glyph} {hidden.word}", hidden.style, width=8)] if comment.hidden else []),
            Cell(comment.text or "(no text)", "plain"),
        )

    def detail(self, entry: Entry) -> Content:
        comment, media, _ = entry.item
        return comment_detail(comment, media, self.now, self.app.zone)  # type: ignore[attr-defined]

    def words(self, entry: Entry) -> str:
        return f"{entry.item[0].username} {entry.item[0].text}" if isinstance(entry.item, tuple) else ""

    def back(self) -> bool:
        if super().back():
            return True
        if self.media is not None:
            self.media_of = None
            self.post_message(LeftMedia())
            return True
        return False

    def _comment(self) -> tuple[Comment, Media] | None:
        entry = self.feed.highlighted
        return entry.item[:2] if entry else None

    def copied(self) -> str:
        found = self._comment()
        return found[0].text if found else ""

    def link(self) -> str | None:
        found = self._comment()
        return found[1].permalink if found else None
