"""What a person decides about writes, carried out by the app: a screen that closes takes no decision with it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kosmo_tui.api.errors import KosmoError
from kosmo_tui.compose.draft import Draft
from kosmo_tui.services.drafts import Kept
from kosmo_tui.store.records import OutboxRow, needs_person
from kosmo_tui.ui.panes.outbox import OutboxPane
from kosmo_tui.ui.text import network
from kosmo_tui.ui.widgets.sidebar import Place

if TYPE_CHECKING:
    from kosmo_tui.ui.app import KosmoApp


class Resolving:
    """Leads to the writes that need a person, and carries out the answers."""

    def __init__(self, app: KosmoApp) -> None:
        self._app = app

    def show(self) -> None:
        """Go to the writes that need a person: of this account, or of the first that has some."""
        self._app.run_worker(self._show(), name="go to the outbox", group="outbox", exit_on_error=False)

    async def _show(self) -> None:
        app = self._app
        try:
            rows = await asyncio.to_thread(app.outbox.rows, states=("unknown", "queued"))
        except KosmoError:
            rows = []  # the pane says why
        needing = [row.account for row in rows if needs_person(row) and row.account in app.workspace.desks]
        if (main := app.main) is not None:
            here = main.desk.account
            await main.go(Place(here if here in needing or not needing else needing[0]), "outbox")
            if isinstance(main.pane, OutboxPane):
                main.pane.go_to_first()  # also where another row was left the last time

    def open(self, row: OutboxRow) -> None:
        """Let the user decide what becomes of a write, or whether a deleted post comes back."""
        app = self._app
        if row.kind == "delete" and row.state == "confirmed":
            self._ask_back(row)
            return
        from kosmo_tui.ui.screens.resolve import ResolveScreen

        def answered(answer: str | None) -> None:
            if answer == "again" and row.state == "unknown":
                self._ask_again(row)
            elif answer:
                self.decide(row, answer)

        app.push_screen(ResolveScreen(row, app.outbox, app.now, app.zone), answered)

    def _ask_again(self, row: OutboxRow) -> None:
        """Sending again what may be there is the one decision that can double a post."""
        from kosmo_tui.ui.screens.ask import Answer, AskScreen

        def answered(answer: str | None) -> None:
            if answer == "send again":
                self.decide(row, "again")

        where = f"{network(row.network)} {row.label} ({row.account})"
        note = "kosmo looks for it once more first. Should it be there and not be seen, it is there twice then."
        answers = [Answer("y", "send again", "error"), Answer("b", "back", "primary")]
        self._app.push_screen(AskScreen(f"Send again to {where}?", note, answers), answered)

    def _ask_back(self, row: OutboxRow) -> None:
        from kosmo_tui.ui.screens.ask import Answer, AskScreen

        def answered(answer: str | None) -> None:
            if answer == "bring back":
                self.decide(row, "undo")

        where = f"{network(row.network)} {row.label} ({row.account})"
        note = "It is made again as it was, as a new post with a new id; where its time is over, as a draft."
        answers = [Answer("y", "bring back", "primary"), Answer("b", "back")]
        self._app.push_screen(AskScreen(f"Bring this post back to {where}?", note, answers), answered)

    def decide(self, row: OutboxRow, answer: str) -> None:
        """Carry out a decision about a write: sent, again, keep, draft, discard or undo."""
        self._app.run_worker(self._decide(row, answer), name=f"{answer} {row.id}", group="decide", exit_on_error=False)

    async def _decide(self, row: OutboxRow, answer: str) -> None:
        app = self._app
        try:
            match answer:
                case "sent":
                    await app.outbox.mark_sent(row.id)
                    app.notify("Counted as sent.", markup=False)
                case "again":
                    await app.outbox.send_again(row.id)
                case "keep":
                    await app.outbox.keep(row.id)
                    app.notify("Kept as unknown; it asks no more.", markup=False)
                case "draft":
                    draft = await app.outbox.to_draft(row.id)
                    app.composing.open_draft(await asyncio.to_thread(self._kept, row, draft))
                case "undo":
                    await self.bring_back(row.id, f"{network(row.network)} {row.label}")
                case "discard":
                    await app.outbox.discard(row.id)
                    app.notify("Discarded: nothing is sent. D makes a draft of it.", markup=False)
        except KosmoError as error:
            app.tell_error(error, "Not done")
        app.stored_changed()

    async def bring_back(self, id: int, where: str) -> bool:
        """Make the post again that write `id` has deleted, and tell what became of that.  Raises KosmoError."""
        publication = await self._app.outbox.undo(id)
        await publication.wait()
        made = publication.rows[0]
        if made.state == "confirmed":
            told = "; ".join(("It is there again, as a new post with a new id", *publication.notices))
            self._app.notify(f"{told}.", title=where, markup=False, timeout=10)
            return True
        told = f"{made.note.rstrip('.')}. {made.hint}".strip()
        self._app.notify(told, title=f"Not brought back: {where}", severity="error", markup=False, timeout=15)
        return False

    def _kept(self, row: OutboxRow, draft: Draft) -> Kept:
        """The draft that `row` was sent from, where it is still there for no other targets; else a new one."""
        drafts = self._app.drafts
        for kept in drafts.list():
            if kept.id == row.draft_id and set(kept.draft.targets) <= set(draft.targets):
                return kept
        return drafts.add(row.account, draft)
