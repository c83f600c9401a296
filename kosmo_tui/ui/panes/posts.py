"""What the panes of Buffer posts share: days of one zone, and what a post under the cursor is good for."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.services.workspace import BufferDesk
from kosmo_tui.ui.panes.clock import Clock, clock_of
from kosmo_tui.ui.panes.list_pane import ListPane
from kosmo_tui.ui.panes.pane import Hints


class PostsPane(ListPane[BufferDesk]):
    """A list of posts, of one profile or of all."""

    HINTS: ClassVar[Hints] = (
        "compose", "accounts", "open", "duplicate", "filter", "help", "refresh", "next_view", "command_palette",
    )  # fmt: skip

    DEFAULT_CSS = "PostsPane Detail { link-style: none; link-style-hover: bold; link-background-hover: $boost; }"

    clock: Clock  # of what is shown: to ask for it at every row takes longer than to draw the row

    def draw(self, cursor: str | None = None) -> None:
        if self.desk is not None:
            self.clock = clock_of(self.desk, self.profile, self.app.zone)  # type: ignore[attr-defined]
        super().draw(cursor)

    def about(self, update: Update) -> Content:
        """Everything about a post, with the keys for what can be done to it."""
        from kosmo_tui.services.targets import profile_target
        from kosmo_tui.ui.details import update_detail  # it checks the post, too: the rows do not wait for that

        assert self.desk is not None
        profile = self.desk.profile(update.profile_id)
        target = profile_target(self.desk.account, profile) if profile is not None else None
        return update_detail(update, target, self.now, self.key)

    def reused(self) -> Update | None:
        entry = self.feed.highlighted
        return entry.item if entry and isinstance(entry.item, Update) else None

    def copied(self) -> str:
        update = self.reused()
        return update.text if update else ""

    def link(self) -> str | None:
        update = self.reused()
        return update.service_link if update else None
