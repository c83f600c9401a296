"""What an Instagram account has published, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual.content import Content
from textual.message import Message

from kosmo_tui.api.instagram.models import Media
from kosmo_tui.services.cached import media_of, words_of_media
from kosmo_tui.services.listing import Listing
from kosmo_tui.services.workspace import InstagramDesk
from kosmo_tui.store.cache import Item as Row
from kosmo_tui.ui.details import media_detail
from kosmo_tui.ui.panes.list_pane import ListPane
from kosmo_tui.ui.text import distance, human, state
from kosmo_tui.ui.widgets.feed import Entry
from kosmo_tui.ui.widgets.row import Cell
from kosmo_tui.ui.widgets.rows import Each, Placed


@dataclass
class ShowComments(Message):
    """Show the comments on one item."""

    media: Media


class MediaPane(ListPane[InstagramDesk]):
    """Kind, likes, comments, age, caption; enter shows the comments."""

    VIEW = "media"
    HEADED = True
    EMPTY = ("Nothing is published yet.", "c writes a post")

    def listing(self) -> Listing[Any] | None:
        return self.desk.media if self.desk else None

    def entries(self) -> Sequence[Entry]:
        items = self.desk.media.items if self.desk else ()
        return Each(items, _entry) if isinstance(items, Placed) else [_entry(media) for media in items]

    def cells(self, entry: Entry, width: int) -> Sequence[Cell]:
        media: Media = entry.item
        look = state(media.kind)
        return (
            Cell(f"{look.glyph} {look.word}", "plain", width=10),
            Cell(human(media.like_count), "plain", width=6, right=True),
            Cell(human(media.comments_count), "plain", width=8, right=True),
            Cell(distance(media.timestamp, self.now) if media.timestamp else "–", "muted", width=10, right=True),
            Cell(media.caption or "(no caption)", "plain" if media.caption else "muted"),
        )

    def heads(self, width: int) -> Sequence[Cell]:
        return (
            Cell("kind", width=10),
            Cell("likes", width=6, right=True),
            Cell("comments", width=8, right=True),
            Cell("age", width=10, right=True),
            Cell("caption"),
        )

    def detail(self, entry: Entry) -> Content:
        return media_detail(entry.item, self.now, self.app.zone)  # type: ignore[attr-defined]

    def words(self, entry: Entry) -> str:
        return f"{words_of_media(entry.item)} {entry.item.kind}"

    def row_words(self, row: Row) -> str:
        return f"{row.text} {media_of(row).kind}"

    def opened(self, entry: Entry) -> None:
        self.post_message(ShowComments(entry.item))

    def copied(self) -> str:
        return self.feed.highlighted.item.caption if self.feed.highlighted else ""

    def link(self) -> str | None:
        return self.feed.highlighted.item.permalink if self.feed.highlighted else None


def _entry(media: Media) -> Entry:
    return Entry(media.id, media)
