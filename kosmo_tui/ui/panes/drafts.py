"""What was written and not sent, newest change first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace
from textual.content import Content

from kosmo_tui.api.safe_text import clean
from kosmo_tui.compose.draft import Draft, Target
from kosmo_tui.compose.findings import Finding
from kosmo_tui.compose.lint import of_target
from kosmo_tui.services.drafts import words
from kosmo_tui.services.listing import Listing
from kosmo_tui.services.targets import instagram_target, profile_targets
from kosmo_tui.services.workspace import BufferDesk, InstagramDesk
from kosmo_tui.ui.draft_detail import draft_detail
from kosmo_tui.ui.panes.pane import Hints
from kosmo_tui.ui.panes.stored import StoredPane
from kosmo_tui.ui.text import distance, network, one_line, state
from kosmo_tui.ui.widgets.feed import Entry
from kosmo_tui.ui.widgets.row import Cell

if TYPE_CHECKING:
    from kosmo_tui.services.drafts import Kept

Findings = Mapping[str, tuple[Finding, ...]]  # by the key of the target


class DraftsPane(StoredPane):
    """The drafts of an account, or those for one of its profiles; enter writes on."""

    VIEW = "drafts"
    HEADED = True
    EMPTY = ("There are no drafts.", "c writes a post; it is kept here from the first letter until it is sent")
    HINTS: ClassVar[Hints] = (
        "compose", "accounts", "open", "duplicate", "delete", "filter", "help", "undo", "next_view", "command_palette",
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[tuple[str, int], Findings] = {}  # by draft and version

    def listing(self) -> Listing[Any] | None:
        return self.desk.drafts if self.desk else None

    def entries(self) -> list[Entry]:
        return list(self._entries())

    def _entries(self) -> Iterator[Entry]:
        if self.desk is None:
            return
        shown = {kept.id: kept.version for kept in self.desk.drafts.items}
        self._found = {key: found for key, found in self._found.items() if shown.get(key[0]) == key[1]}
        wanted = f"{self.desk.account}/{self.profile}" if self.profile else None
        for kept in self.desk.drafts.items:
            if wanted is None or wanted in kept.draft.targets or not kept.draft.targets:
                yield Entry(kept.id, kept)

    def cells(self, entry: Entry, width: int) -> Sequence[Cell]:
        kept: Kept = entry.item
        text = one_line(clean(kept.draft.text[:400]))
        count = len(kept.draft.media)
        findings = [one for found in self.findings(kept).values() for one in found]
        errors = sum(one.level == "error" for one in findings)
        look = state("error" if errors else "attention")
        return _columns(
            width,
            Cell(distance(kept.updated_at, self.now), "muted"),
            Cell(self._networks(kept.draft), "plain" if kept.draft.targets else "muted"),
            Cell(f"{state('image').glyph}{count}" if count else "", "muted"),
            Cell(f"{look.glyph}{errors or len(findings)}" if findings else "", look.style),
            Cell(text or "(no text)", "plain" if text else "muted"),
        )

    def heads(self, width: int) -> Sequence[Cell]:
        return _columns(width, *(Cell(title) for title in ("changed", "for", "", "", "text")))

    def _networks(self, draft: Draft) -> str:
        targets = self._targets()
        names = [network(targets[key].network) for key in draft.targets if key in targets]
        lost = len(draft.targets) - len(names)
        return " ".join(dict.fromkeys([*names, *(["?"] if lost else [])])) or "no target"

    def _targets(self) -> dict[str, Target]:
        """Every place that a draft can name, by its key."""
        zone = str(self.app.zone)  # type: ignore[attr-defined]
        found: dict[str, Target] = {}
        for desk in self.app.workspace:  # type: ignore[attr-defined]
            if isinstance(desk, BufferDesk):
                found |= {target.key: target for target in profile_targets(desk.account, desk.profiles)}
            elif isinstance(desk, InstagramDesk):
                username = desk.user.username if desk.user else ""
                found[desk.account] = instagram_target(desk.account, username, zone)
        return found

    def findings(self, kept: Kept) -> Findings:
        """What would go wrong where, remembered per version: rows are drawn often."""
        key = (kept.id, kept.version)
        if key not in self._found:
            targets = self._targets()
            known = [targets[key] for key in kept.draft.targets if key in targets]
            found = {target.key: of_target(kept.draft, target) for target in known}
            if len(known) < len(kept.draft.targets):
                return found  # not all profiles are loaded yet
            self._found[key] = found
        return self._found[key]

    def detail(self, entry: Entry) -> Content:
        return draft_detail(entry.item, self._targets(), self.findings(entry.item), self.now, self.app.zone)  # type: ignore[attr-defined]

    def words(self, entry: Entry) -> str:
        draft: Draft = entry.item.draft
        return f"{words(draft)} {self._networks(draft)}"

    # What can be done with a draft

    @property
    def _kept(self) -> Kept | None:
        return self.feed.highlighted.item if self.feed.highlighted else None

    def opened(self, entry: Entry) -> None:
        self.app.composing.open_draft(entry.item)  # type: ignore[attr-defined]

    def action_edit(self) -> None:
        """Write on."""
        if (entry := self.feed.highlighted) is not None:
            self.opened(entry)

    def action_duplicate(self) -> None:
        """A second draft of the same content; the cursor goes to it."""
        if (kept := self._kept) is not None:
            self.change("duplicate the draft", self._duplicate(kept))

    async def _duplicate(self, kept: Kept) -> None:
        made = await asyncio.to_thread(self.app.drafts.duplicate, kept.id)  # type: ignore[attr-defined]
        if self.desk is not None:
            await self.desk.read_store()
            self.draw(cursor=made.id)
        self.notify("The draft is here twice now; the cursor is on the new one.", markup=False)

    def action_delete(self) -> None:
        """Delete without a question: `u` brings it back."""
        if (kept := self._kept) is not None:
            self.change("delete the draft", self._delete(kept))

    async def _delete(self, kept: Kept) -> None:
        drafts = self.app.drafts  # type: ignore[attr-defined]
        await asyncio.to_thread(drafts.delete, kept.id)
        name = f"the deleted draft “{excerpt(kept.draft)}”"

        async def restore() -> None:
            await asyncio.to_thread(drafts.restore, kept.id)
            self.app.stored_changed()  # type: ignore[attr-defined]

        self.app.undoable(name, restore)  # type: ignore[attr-defined]
        self.notify(f"Deleted: “{excerpt(kept.draft)}”. u brings it back.", markup=False, timeout=8)

    def action_to_draft(self) -> None:
        """It is one."""
        self.notify("This is a draft already: enter writes on.", markup=False)

    def action_again(self) -> None:
        """A draft was never sent."""
        self.notify("A draft is sent from the composer: enter opens it.", markup=False)

    def copied(self) -> str:
        return clean(self._kept.draft.text) if self._kept else ""


def excerpt(draft: Draft) -> str:
    """The first words of a draft, to name it by."""
    text = one_line(clean(draft.text[:400]))
    return text if len(text) <= 32 else f"{text[:31]}…"


def _columns(width: int, age: Cell, targets: Cell, media: Cell, findings: Cell, text: Cell) -> list[Cell]:
    """The cells in their widths."""
    return [
        replace(age, width=10, right=True),
        replace(targets, width=22 if width >= 90 else 12),
        replace(media, width=2),
        replace(findings, width=2),
        text,
    ]
