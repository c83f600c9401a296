"""The composer: a draft is written, looked over, handed to the publisher, and followed until every target has it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, ClassVar, Literal

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, ContentSwitcher, Static

from kosmo_tui.compose.draft import Draft
from kosmo_tui.compose.facts import Facts
from kosmo_tui.services.publish import Publication
from kosmo_tui.services.review import Review
from kosmo_tui.services.storage import StorageError
from kosmo_tui.ui.screens.ask import Answer, AskScreen
from kosmo_tui.ui.screens.compose_check import Spot, fixed, passed
from kosmo_tui.ui.screens.compose_editing import Left
from kosmo_tui.ui.screens.compose_moves import MovesScreen
from kosmo_tui.ui.screens.compose_sending import Sending, hints
from kosmo_tui.ui.screens.review import ReviewScreen
from kosmo_tui.ui.screens.review import Sending as Order
from kosmo_tui.ui.screens.time_field import TimeField

Send = Callable[[Draft, Review, str | None, str], Publication | None]
"""Begins to send a draft as it was looked over: the draft, the review, its id in the store, the reason.

None when there is nothing to send: a post that was to be changed is as it was.
"""
Complete = Callable[[Mapping[str, Facts], Review], Awaitable[Mapping[str, Facts]]]
"""Adds what only asking tells to what is known of the targets, by their keys, before the last look."""


class ComposeScreen(MovesScreen):
    """Dismisses with how it was left.

    Closing it while the post is being sent stops nothing: the publication belongs to the app.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy_links", "copy links", show=False),
        Binding("ctrl+c", "how_to_leave", "how to leave", show=False),  # where nothing is selected to be copied
    ]

    class Told(Message):
        """The publication changed."""

        def __init__(self, publication: Publication) -> None:
            self.publication = publication
            super().__init__()

    def __init__(self, *, send: Send, complete: Complete | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._send = send
        self._complete = complete
        self._publication: Publication | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    @property
    def publication(self) -> Publication | None:
        """What is being sent, or was sent and is shown."""
        return self._publication

    def on_mount(self) -> None:
        self._name_frame()
        self._foot()

    async def on_unmount(self) -> None:
        self._unsubscribe()

    # Sending

    @on(Button.Pressed, "#send")
    async def action_send(self) -> None:
        """Look it over and send it, unless an error blocks: then go to where it can be mended.  After that: close."""
        if self._publication is not None:
            await self.action_close()
        elif self._typing:
            looked, self._insist = self._looked, True
            self._check()
            # What was shown is what is sent.  If it has passed meanwhile, `09:30` means tomorrow now: show that first.
            shown = looked.review.items if looked is not None else ()
            if passed(shown, self._now()):
                self.app.bell()
                self.set_focus(self.query_one(TimeField))
            elif not await self._stopped():
                draft, chosen = fixed(self.session.draft, shown), self._chosen
                found = self._review(draft, chosen)
                if self._complete is not None:
                    self._known.learn(await self._complete(self._known.facts(chosen), found))
                    found = self._review(draft, chosen)
                self._ask(found, self.session.draft)

    async def _stopped(self) -> bool:
        """Whether it cannot be sent as it is; then the first thing to mend has the focus."""
        if self._looked is not None and self._looked.review.blocked:
            self.app.bell()
            await self._go(min(self._looked.errors, key=_urgency))
            return True
        return not await self._save()

    async def _save(self) -> bool:
        """Have the draft on the disk; when that fails, say so."""
        try:
            await self.session.flush()
        except StorageError as error:
            said = f"Not sent: the draft cannot be saved. {error.message}. {error.hint}"
            self.notify(said, severity="error", markup=False, timeout=15)
            return False
        return True

    def _ask(self, found: Review, draft: Draft) -> None:
        """The last look at `draft`, with everything as it will go out."""

        async def decided(order: Order | None) -> None:
            if order is not None:
                await self._start(found, draft, order.reason)

        self.app.push_screen(ReviewScreen(found, self._account_label, self._now, draft.text), decided)

    async def _start(self, found: Review, draft: Draft, reason: str) -> None:
        """Send what was looked over.

        The last save comes before, and none after it: it would bring back a draft that went away with its post.
        """
        self._tab = None
        self.query_one(ContentSwitcher).current = "sending"
        self.set_focus(self.query_one(Sending))  # what is typed from here on is no part of the post
        self.session.move(focus="")  # and the outbox tells what was cut off
        if await self._save():
            kept = self.session.saved.kept
            self._publication = self._send(draft, found, kept.id if kept else None, reason)
            if self._publication is not None:
                self._unsubscribe = self._publication.subscribe(self._tell)
                self.query_one("#problems").display = False
                self.post_message(self.Told(self._publication))
                return
            self.notify("Nothing differs from the post as it is.", markup=False)
        self.query_one(ContentSwitcher).current = "edit"
        self._begin()
        self.set_focus(self._text)

    def _tell(self, publication: Publication) -> None:
        self.post_message(self.Told(publication))

    @on(Told)
    async def _told(self, told: Told) -> None:
        if told.publication is self._publication:
            await self.query_one(Sending).show(told.publication, self._now(), self._zone)
            if told.publication.done and (rest := told.publication.rest) is not None:
                self.session.become(rest)  # what is left is the draft now, whatever happens to the app
                with suppress(StorageError):  # at once; when it fails it is tried again, and the title says so
                    await self.session.flush()
            self._foot()

    @on(Button.Pressed, "#edit-again")
    async def _edit_again(self) -> None:
        """Back to the text: what is live stays out, what was refused stays chosen with the reason."""
        if self._publication is None or not self._publication.done:
            return
        rows = self._publication.rows
        self._unsubscribe()
        if not self._publication.taken_back:
            self._tries |= {row.target.key: row for row in rows}
        self._publication = None
        self.query_one(ContentSwitcher).current = "edit"
        await self._fill()
        self.set_focus(self._text)
        self._foot()

    def action_copy_links(self) -> None:
        """Copy the links of what was published through the terminal (OSC 52)."""
        links = [row.link for row in self._publication.rows if row.link] if self._publication else []
        if links:
            self.app.copy_to_clipboard("\n".join(links))
            self.notify(f"{len(links)} sent to the terminal's clipboard", markup=False)

    def _foot(self) -> None:
        publication = self._publication
        send, again = self.query_one("#send", Button), self.query_one("#edit-again", Button)
        failed = publication is not None and any(row.state != "confirmed" for row in publication.rows)
        again.display = publication is not None and publication.done and failed
        if publication is not None:
            self._name_button("Close")
            if publication.done:
                self.set_focus(again if failed else send)
        keys = "  ".join(f"{self.key(name)} {label}" if name else label for name, label in _HINTS)
        self.query_one("#hints", Static).update(Content(hints(publication) if publication is not None else keys))

    # Leaving

    def action_how_to_leave(self) -> None:
        self.notify(f"{self.key('close')} leaves; what was written can be kept.", markup=False)

    async def action_close(self) -> None:
        """Close; ask first when something was written that nobody has decided to keep yet."""
        if self._publication is not None:
            if self._publication.done and self._publication.rest is not None:
                await self._leave("kept")
            else:  # the draft is gone, or will be what is left of it
                self.session.close()
                self.dismiss(Left("sent"))
        elif self.draft.is_empty:
            await self._leave("discarded" if self.session.saved.kept is not None else "nothing")
        elif self.session.is_new:
            answers = [Answer("k", "keep", "primary"), Answer("d", "discard", "error"), Answer("b", "back")]
            kept = "Drafts stay until they are sent or deleted."
            note = kept if self.session.saved.durable else "It is not on disk: it is gone when kosmo ends."
            ask = AskScreen("Keep this post as a draft?", note, answers)
            self.app.push_screen(ask, self._answered)
        else:
            await self._leave("kept")

    async def _answered(self, answer: str | None) -> None:
        if answer == "keep":
            await self._leave("kept")
        elif answer == "discard":
            await self._leave("discarded")

    async def _leave(self, how: Literal["kept", "discarded", "nothing"]) -> None:
        """Save the last of it, and close.  A draft that cannot be saved is not left without a question."""
        try:
            kept = await self.session.leave()
        except StorageError as error:
            kept = self.session.saved.kept
            if how != "kept":
                self.session.close()  # else it would be saved after all, once there is room
            else:
                answers = [Answer("d", "discard", "error"), Answer("b", "back", "primary")]
                note = f"{error.message}. {error.hint}"
                self.app.push_screen(AskScreen("The draft cannot be saved.", note, answers), self._given_up)
                return
        self._tab = None
        self.dismiss(Left(how, kept))

    def _given_up(self, answer: str | None) -> None:
        if answer == "discard":
            is_new = self.session.is_new
            self.session.close()
            self._tab = None
            self.dismiss(Left("discarded" if is_new else "nothing", self.session.saved.kept))


_HINTS = (  # the last ones are cut off in a narrow window
    ("send", "send"),
    ("close", "close"),
    ("", "f1 keys"),
    ("next_target", "target"),
    ("editor", "editor"),
    ("next_finding", "finding"),
    ("undo_edit", "undo"),
)
_ORDER = ("no_target", "empty", "control")


def _urgency(spot: Spot) -> tuple[int, bool]:
    code = spot.finding.code
    return (_ORDER.index(code) if code in _ORDER else len(_ORDER), spot.finding.attachment is None)
