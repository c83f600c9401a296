"""The keys that change a post of Buffer: what may be done, a question with account and profile, and the write.

A pane whose items are something else (drafts, writes) has handlers of the same names, and they come first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, cast

from textual.content import Content

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.compose.draft import Target
from kosmo_tui.compose.when import When
from kosmo_tui.services import editing
from kosmo_tui.services.editing import Change
from kosmo_tui.services.explain import explain, in_vain
from kosmo_tui.services.orders import Order
from kosmo_tui.services.publication import Publication, Row
from kosmo_tui.services.slots import known_slots
from kosmo_tui.services.targets import profile_target
from kosmo_tui.services.workspace import BufferDesk
from kosmo_tui.ui.accents import badge, color_in
from kosmo_tui.ui.bulk import BULKS, bulk_question
from kosmo_tui.ui.panes.list_pane import ListPane
from kosmo_tui.ui.panes.pane import Changed
from kosmo_tui.ui.screens.ask import Answer, AskScreen
from kosmo_tui.ui.text import MUTED, distance, network, one_line, plural

if TYPE_CHECKING:
    from kosmo_tui.ui.app import KosmoApp
    from kosmo_tui.ui.screens.main import MainScreen

SLOT_DAYS = 14  # how far ahead free slots are offered
_QUESTIONS: dict[Change, tuple[str, Answer, str]] = {
    "to_top": ("Move this post to the front of the queue?", Answer("y", "move", "primary"), "Others move back."),
    "to_bottom": ("Move this post to the end of the queue?", Answer("y", "move", "primary"), "It leaves its slot."),
    "to_draft": ("Turn this post back into a draft?", Answer("y", "turn", "primary"), "It loses its time."),
    "delete": (
        "Delete this post at Buffer?",
        Answer("y", "delete", "error"),
        "u brings it back as a new post with a new id.",
    ),
}
_DONE: dict[Change, str] = {
    "reschedule": "Moved",
    "to_top": "Moved to the front",
    "to_bottom": "Moved to the end",
    "to_draft": "A draft now",
    "again": "On its way again",
    "delete": "Deleted: u brings it back as a new post",
}
_MOVES: frozenset[Change] = frozenset({"reschedule", "to_top", "to_bottom", "to_draft"})  # what changes a time
_ONE_ONLY: frozenset[Change] = frozenset({"reschedule", "to_top", "to_bottom"})
_RETRIES = {"queue": "queue", "next": "top", "now": "now"}  # the answers to "when?"


class QueueActions:
    """Changes posts for the main screen."""

    def __init__(self, app: KosmoApp, main: MainScreen) -> None:
        self._app = app
        self._main = main
        self._changing: set[str] = set()  # posts with a change on its way: a second one could undo or double the first

    async def do(self, change: Change) -> None:
        """Let the pane do it, when it has a way of its own; else do it to the post under the cursor."""
        own: Any = getattr(self._main.pane, f"action_{change}", None)
        if own is not None:
            done = own()
            if isawaitable(done):
                await done
            return
        update, desk, marked = self._main.pane.reused(), self._main.desk, self._marked()
        if marked and change in BULKS and isinstance(desk, BufferDesk):
            self._ask_all(change, desk, marked)
            return
        if marked and change in _ONE_ONLY:
            told = f"Marked: {plural(len(marked), 'post')}. This is done to one at a time: esc takes the marks away."
            self._app.notify(told, severity="warning", markup=False)
            return
        if update is None or not isinstance(desk, BufferDesk):
            self._app.notify("There is no post of Buffer under the cursor.", severity="warning", markup=False)
        elif update.id in self._changing and change != "duplicate":
            told = "A change of this post is on its way: wait for what becomes of it."
            self._app.notify(told, severity="warning", markup=False)
        elif why_not := editing.refusal(update, change):
            self._app.notify(why_not, severity="warning", markup=False)
        else:
            self._begin(change, desk, update)

    def _begin(self, change: Change, desk: BufferDesk, update: Update) -> None:
        target = _target(desk, update)
        if change == "duplicate":
            self._app.composing.open(desk, profile=update.profile_id, like=update)
        elif target is None:
            self._app.notify("The profile of this post is not known: r asks Buffer for it.", severity="warning")
        elif change == "edit":
            self._app.composing.open(desk, edits=update)
        elif change == "reschedule":
            self._ask_when(desk, update, target)
        elif change == "again":
            self._ask_again(desk, update, target)
        else:
            self._ask(change, desk, update, target)

    # Questions: each names the account and the profile

    def _ask(self, change: Change, desk: BufferDesk, update: Update, target: Target) -> None:
        question, yes, note = _QUESTIONS[change]

        def decided(answer: str | None) -> None:
            if answer == yes.word:
                self.carry_out(change, desk, update, _order(change, update, target))

        ask = AskScreen(self._question(question, desk, update, target), note, [yes, Answer("b", "back")])
        self._app.push_screen(ask, decided)

    def _marked(self) -> Sequence[Update]:
        pane = self._main.pane
        entries = pane.marked if isinstance(pane, ListPane) else ()
        return [entry.item for entry in entries if isinstance(entry.item, Update)]

    def _ask_all(self, change: Change, desk: BufferDesk, updates: Sequence[Update]) -> None:
        """Ask once for all marked posts; those that cannot be changed are named and left out."""
        told = [(update, self._why_not(change, desk, update)) for update in updates]
        orders = [
            (update, _order(change, update, target))
            for update, why in told
            if not why and (target := _target(desk, update)) is not None
        ]
        bulk = BULKS[change]

        async def one_after_the_other() -> None:
            done = 0
            with self._app.composing.looking_once(desk):
                for update, order in orders:
                    publication = self.carry_out(change, desk, update, order, alone=False)
                    await publication.wait()
                    done += publication.rows[0].state == "confirmed"
            if done:
                self._app.notify(f"{bulk.done.format(plural(done, 'post'))}.", markup=False)

        def decided(answer: str | None) -> None:
            if answer == bulk.yes.word:
                name = f"{change} {len(orders)} posts of {desk.account}"
                self._app.run_worker(one_after_the_other(), name=name, group="bulk", exit_on_error=False)

        left_out = [(update, why) for update, why in told if why]
        account = badge(_account(desk), color_in(self._app, desk.account))
        shown = cast("ListPane[Any]", self._main.pane).feed.entries
        changed = [update for update, _ in orders]
        hidden = sum(shown.place(update.id) is None for update in changed)
        self._app.push_screen(bulk_question(bulk, account, changed, hidden, left_out), decided)

    def _why_not(self, change: Change, desk: BufferDesk, update: Update) -> str:
        if update.id in self._changing:
            return "A change of it is on its way."
        if _target(desk, update) is None:
            return "Its profile is not known: r asks Buffer for it."
        why = editing.refusal(update, change)
        if why or change != "again":
            return why
        return in_vain(update, desk.profile(update.profile_id))

    def _ask_again(self, desk: BufferDesk, update: Update, target: Target) -> None:
        told = explain(update)
        note = Content("\n").join((told.cause, Content.styled(told.live, "bold"), told.action)) if told else ""
        answers = [Answer("2", "next"), Answer("3", "now")]  # no letter that means no elsewhere
        if target.has_slots:
            answers.insert(0, Answer("1", "queue"))
        careful = told is not None and (told.change == "edit" or told.may_be_live)
        editable = not editing.refusal(update, "edit")
        if careful:  # enter takes the first answer: nothing that may double a post
            answers.insert(0, Answer("e", "edit") if editable else Answer("l", "leave"))
        elif editable:
            answers.append(Answer("e", "edit"))
        answers.append(Answer("b", "back"))

        def decided(answer: str | None) -> None:
            if answer == "edit":
                self._begin("edit", desk, update)
            elif answer in _RETRIES:
                when = When(_RETRIES[answer])  # type: ignore[arg-type]
                self.carry_out("again", desk, update, editing.again(update, target, when))

        how = "Send this post again?" if editing.stays_itself(update) else "Send it again, as a new post?"
        self._app.push_screen(AskScreen(self._question(how, desk, update, target), note, answers), decided)

    def _slots(self, desk: BufferDesk, update: Update) -> list[datetime]:
        """The free slots of the post's profile."""
        profile = desk.profile(update.profile_id)
        return [slot.at for slot in known_slots(desk, profile, self._now(), SLOT_DAYS)] if profile else []

    def _ask_when(self, desk: BufferDesk, update: Update, target: Target) -> None:
        from kosmo_tui.ui.screens.reschedule import RescheduleScreen

        def decided(when: When | None) -> None:
            if when is not None:
                self.carry_out("reschedule", desk, update, editing.reschedule(update, target, when))

        slots = self._slots(desk, update)
        self._app.push_screen(RescheduleScreen(update, target, _account(desk), slots, self._now), decided)

    def _question(self, question: str, desk: BufferDesk, update: Update, target: Target) -> Content:
        at = update.scheduled_at
        text = one_line(update.text[:200]) or "(no text)"
        planned = f" · {distance(at, self._now())}" if at else ""
        return Content.assemble(
            badge(_account(desk), color_in(self._app, desk.account)),
            (f"  {network(target.network)} {target.label}\n\n", "bold"),
            (f"{question}\n", "bold"),
            (f"“{text if len(text) <= 40 else text[:39] + '…'}”{planned}", MUTED),
        )

    # Carrying it out

    def carry_out(
        self, change: Change, desk: BufferDesk, update: Update, order: Order, *, alone: bool = True, back: bool = False
    ) -> Publication:
        """Send `order` through the journal, and show what becomes of it; of one of many only what went wrong.

        What takes a change `back` is not to be taken back itself: the key for it goes on to what was done before.
        """
        publication = self._app.publisher.write([order])
        self._changing.add(update.id)
        self._app.run_worker(
            self._follow(change, desk, update, order, publication, alone, back),
            name=f"{change} {update.id}",
            group="changes",
            exit_on_error=False,
        )
        return publication

    async def _follow(
        self,
        change: Change,
        desk: BufferDesk,
        update: Update,
        order: Order,
        publication: Publication,
        alone: bool,
        back: bool,
    ) -> None:
        try:
            await publication.wait()
        finally:
            self._changing.discard(update.id)
        row = publication.rows[0]
        where = f"{network(order.network)} {order.label}"
        if publication.taken_back:
            return
        if row.state == "confirmed":
            await self._show(desk, update, editing.applied(update, order, row.at))
            if alone:
                self._app.notify(f"{_DONE[change]}.", title=where, markup=False)
            if change == "delete":
                self._remember(update, row)
            elif change in _MOVES and not back:
                self._remember_time(desk, update)
        elif row.state == "refused":
            told = f"{row.note.rstrip('.')}. {row.hint}".strip()
            self._app.notify(told, title=f"Not done: {where}", severity="error", markup=False, timeout=15)
        elif row.state == "unknown":
            told = f"{row.note.rstrip('.')}. Whether it was done is not known: the outbox tells more."
            self._app.notify(told, title=where, severity="warning", markup=False, timeout=15)

    async def _show(self, desk: BufferDesk, before: Update, after: Update | None) -> None:
        """Put the new state into the list that is there; what Buffer says of it comes with the next refresh."""
        await desk.changed(before, after)
        self._main.post_message(Changed(desk.account))

    def _remember(self, update: Update, row: Row) -> None:
        """Let the key for it bring a deleted post back, as a new one."""

        async def bring_back() -> bool:
            where = f"{network(row.target.network)} {row.target.label}"
            return row.id is not None and await self._app.resolving.bring_back(row.id, where)

        self._app.undoable(f"the deleted post “{_named(update)}”", bring_back)

    def _remember_time(self, desk: BufferDesk, before: Update) -> None:
        """Let the key for it give a post the time again that it had, as a time of its own: its slot may be taken."""
        at = before.scheduled_at
        if before.status != "scheduled" or at is None:
            return

        async def move_back() -> bool:
            update = next((one for one in desk.queue.items if one.id == before.id), None)
            target = _target(desk, before)
            if update is None or target is None or update.id in self._changing or at <= self._now():
                return False
            order = editing.reschedule(update, target, When("at", at))
            publication = self.carry_out("reschedule", desk, update, order, alone=False, back=True)
            await publication.wait()
            return publication.rows[0].state == "confirmed"

        self._app.undoable(f"the move of “{_named(before)}”", move_back)

    @property
    def _now(self) -> Callable[[], datetime]:
        return self._app.now


def _named(update: Update) -> str:
    return (one_line(update.text[:200]) or "(no text)")[:31]


def _account(desk: BufferDesk) -> str:
    return f"{desk.service.capitalize()} · {desk.name}"


def _target(desk: BufferDesk, update: Update) -> Target | None:
    profile = desk.profile(update.profile_id)
    return profile_target(desk.account, profile) if profile is not None else None


def _order(change: Change, update: Update, target: Target) -> Order:
    match change:
        case "to_top":
            return editing.move(update, target, "top")
        case "to_bottom":
            return editing.move(update, target, "bottom")
        case "to_draft":
            return editing.to_draft(update, target)
        case "again":
            return editing.again(update, target, When("queue"))
    return editing.delete(update, target)
