"""What is being written, apart from how it is shown: a draft and its variants, saved as it grows, and its history."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from kosmo_tui.compose.draft import Draft
from kosmo_tui.services.autosave import Autosave, Saved
from kosmo_tui.services.drafts import Drafts, Kept, Place
from kosmo_tui.services.storage import StorageError
from kosmo_tui.ui.screens.compose_history import History, Version
from kosmo_tui.ui.screens.compose_variants import Variants

EDITS = "edits "  # in the place of a draft, before the id of the post that it changes


class Session:
    """One draft from the first key to the last.  `kept` is what the store has of it; None for a new one.

    `first` is what it began with: nothing of the user's is lost while it is no more than that.  `told` hears, in the
    event loop, how saving goes.  A draft that changes a post that is there remembers which: `edits` is its id.
    """

    def __init__(
        self,
        drafts: Drafts,
        account: str,
        kept: Kept | None,
        first: Draft,
        *,
        told: Callable[[Saved], None],
        edits: str = "",
    ) -> None:
        self.first = first
        self.was_kept = kept is not None
        self.place = kept.place if kept else Place()
        self.variants = Variants(first, self.place.target)
        self.history = History(kept.version if kept else 0)
        self._drafts = drafts
        self._edits = f"{EDITS}{edits}" if edits else ""
        self._autosave = Autosave(drafts, account, kept, told=told)

    @property
    def draft(self) -> Draft:
        """The whole draft."""
        return self.variants.draft

    @property
    def saved(self) -> Saved:
        """How it stands in the store."""
        return self._autosave.saved

    @property
    def is_new(self) -> bool:
        """Whether something was written that nobody has decided to keep yet."""
        return not self.was_kept and self.draft != self.first and not self.draft.is_empty

    def edit(self, **changed: Any) -> None:
        """Take over what was typed or chosen in the open tab."""
        before = self.draft
        self.variants.edit(**changed)
        if self.draft != before:
            self.history.edited()
            self._changed()

    def move(self, **where: Any) -> None:
        """The writer is somewhere else: `focus`, `cursor` or `target` of a Place."""
        place = replace(self.place, **where)
        if self._edits:
            place = replace(place, focus=self._edits)
        if place != self.place:
            self.place = place
            if self.saved.kept is not None or self.draft != self.first:
                self._changed()

    async def open(self, tab: str) -> None:
        """Open another tab; its text field begins with an empty history, and with all that was saved behind it."""
        await self._settle()
        self.variants.tab = tab
        self.move(target=tab)

    async def inherit(self) -> bool:
        """Let the open tab inherit everything; undo brings it back.  False when there is nothing to give up."""
        await self._settle()
        if not self.variants.inherit():
            return False
        self._changed()
        return True

    def become(self, draft: Draft) -> None:
        """Go on with another draft, such as what is left of one that was sent."""
        self.variants = Variants(draft, self.variants.tab)
        self._changed()

    async def step(self, forward: bool, *, everything: bool) -> Version | None:
        """Go to the version before or after, as far as the store has one; raises StorageError."""
        await self._autosave.flush()
        kept = self.saved.kept
        if kept is None:
            return None
        found = await asyncio.to_thread(self._drafts.versions, kept.id)
        versions = [Version(*one) for one in found]
        history = self.history
        version = (
            history.forward(versions, self.draft)
            if forward
            else history.back(versions, self.draft, everything=everything)
        )
        if version is not None:
            self.become(version.draft)
        return version

    async def flush(self) -> None:
        """Have everything on the disk; raises StorageError."""
        await self._autosave.flush()

    async def leave(self) -> Kept | None:
        """The last save, without a sign that the writer was cut off; raises StorageError."""
        self.move(focus="")
        await self._autosave.flush()
        self._autosave.close()
        return self.saved.kept

    def close(self) -> None:
        """Save no more."""
        self._autosave.close()

    def _changed(self) -> None:
        self._autosave.changed(self.draft, self.place)

    async def _settle(self) -> None:
        """Let the store have what is behind; when it cannot, the title says so already."""
        with suppress(StorageError):
            await self._autosave.flush()
        kept = self.saved.kept
        self.history.load(kept.version if kept else 0)
