"""A write whose end only a person can decide: what was sent and what is there, side by side, and the answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from kosmo_tui.api.errors import KosmoError
from kosmo_tui.api.safe_text import clean
from kosmo_tui.services.outbox import Outbox
from kosmo_tui.store.records import OutboxRow
from kosmo_tui.ui.accents import badge, color_in
from kosmo_tui.ui.evidence_sides import seen_side, sent_side
from kosmo_tui.ui.lines import Line, heading, lines
from kosmo_tui.ui.screens.dialog import Dialog
from kosmo_tui.ui.text import mark, muted, network, sentence
from kosmo_tui.ui.write_detail import KINDS, look

# Key, word (what the screen dismisses with), what it means.
_SENT = ("s", "sent", "It is there: count it as sent. Nothing goes out.")
_AGAIN = ("a", "again", "It is not there: look once more, then send it again.")
_KEEP = ("k", "keep", "Leave it as unknown, and ask no more.")
_DRAFT = ("d", "draft", "Back to a draft: nothing goes out.")
_LOOK = ("l", "look", "Look again now.")
_RESEND = ("a", "again", "Send it now.")
_DISCARD = ("x", "discard", "Do not send it; it stays here as refused.")

Option = tuple[str, str, str]


def options(row: OutboxRow) -> tuple[Option, ...]:
    """The answers that `row` allows."""
    post = KINDS.get(row.kind) == "post"
    if row.state == "unknown":
        return (_SENT, _AGAIN, _KEEP, _LOOK)
    if row.state == "queued" and not row.owner:
        return (_RESEND, *([_DRAFT] if post else []), _DISCARD)
    if row.state == "refused":
        return (_RESEND, *([_DRAFT] if post else []))
    return ()


class ResolveScreen(Dialog[str]):
    """Dismisses with the word of the answer, "" for none; looking again happens here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss('')", "back"),
        Binding("down", "scroll(3)", "down", show=False),
        Binding("up", "scroll(-3)", "up", show=False),
        Binding("pagedown", "scroll(12)", "page down", show=False),
        Binding("pageup", "scroll(-12)", "page up", show=False),
        *(
            Binding(key, f"answer('{word}')", word, show=False)
            for key, word, _ in (_SENT, _AGAIN, _KEEP, _DRAFT, _DISCARD)
        ),
        Binding("l", "look", "look", show=False),
        Binding("o", "link", "link", show=False),
    ]
    AUTO_FOCUS: ClassVar[str | None] = None
    DEFAULT_CSS = """
    ResolveScreen {
        align: center middle;
        & > #resolve {
            width: 100%;
            max-width: 110;
            height: 100%;
            padding: 0 1;
            background: $surface;
            border: round $primary;
            border-title-style: bold;
        }
        & #resolve-evidence { height: 1fr; scrollbar-size-vertical: 1; }
        & #resolve-answers { height: auto; }
        &.-wide #resolve-answers { margin-top: 1; }
        & #resolve-sides { height: auto; layout: vertical; margin-top: 1; }
        & .resolve--side { width: 1fr; height: auto; padding: 0 1; background: $panel; margin-bottom: 1; }
        &.-wide #resolve-sides { layout: horizontal; }
        &.-wide > #resolve { padding: 1 2; height: auto; }
        &.-wide #resolve-evidence { height: auto; max-height: 24; }
        &.-wide #resolve-sent { margin-right: 2; }
    }
    """

    class Looked(Message):
        """A look has ended: with a row, or with what went wrong."""

        def __init__(self, row: OutboxRow | None, error: KosmoError | None) -> None:
            self.row, self.error = row, error
            super().__init__()

    def __init__(self, row: OutboxRow, outbox: Outbox, now: Callable[[], datetime], zone: tzinfo) -> None:
        super().__init__()
        self._row, self._outbox, self._now, self._zone = row, outbox, now, zone
        self._looking = False
        self._problem = ""

    def compose(self) -> ComposeResult:
        with Vertical(id="resolve") as box:
            box.border_title = "What becomes of it?"
            with VerticalScroll(id="resolve-evidence", can_focus=False):
                yield Static(id="resolve-head", markup=False)
                with Horizontal(id="resolve-sides"):
                    yield Static(id="resolve-sent", classes="resolve--side", markup=False)
                    yield Static(id="resolve-seen", classes="resolve--side", markup=False)
            yield Static(id="resolve-answers", markup=False)

    def on_mount(self) -> None:
        self.set_class(self.app.size.width >= 100, "-wide")
        self.app.clear_notifications()  # they would lie over the answers
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= 100, "-wide")

    def _draw(self) -> None:
        row, now = self._row, self._now()
        evidence = self._outbox.evidence(row)
        self.query_one("#resolve-head", Static).update(self._head(row, now))
        self.query_one("#resolve-sent", Static).update(sent_side(evidence, now, self._zone))
        seen = self.query_one("#resolve-seen", Static)
        seen.display = row.state == "unknown" or bool(evidence.seen)
        seen.update(seen_side(evidence, now, self._zone, self._why_unread()))
        self.query_one("#resolve-answers", Static).update(self._answers(row))

    def _why_unread(self) -> str:
        if self._looking:
            return "being looked for now"
        return "it could not be read: see below" if self._problem else "nothing was read yet: l looks now"

    def _head(self, row: OutboxRow, now: datetime) -> Content:
        service, _, name = row.account.partition(".")
        return lines(
            Content.assemble(
                badge(f"{service.capitalize()} · {name}", color_in(self.app, row.account)),
                (f"  {network(row.network)} {row.label}", "bold"),
            ),
            "",
            heading(look(row, now), KINDS.get(row.kind, row.kind), f"attempt {row.attempt}"),
            sentence(clean(row.note)) or None,
            muted(f"{mark('→')} {clean(row.hint)}") if row.hint else None,
        )

    def _answers(self, row: OutboxRow) -> Content:
        told: list[Line] = []
        if self._looking:
            told.append(Content.styled(f"{mark('…')} looking", "$text-accent"))
        if self._problem:
            told.append(Content.styled(f"{mark('✕')} Looking failed: {self._problem}", "$text-error"))
        open_ = options(row)
        if not open_:
            told.append(Content.styled("Nothing is open any more.", "bold"))
        told += [[(f"{key} {word:<8}", "bold $text-primary"), meaning] for key, word, meaning in open_]
        told.append([("esc ", "bold $text-primary"), ("back".ljust(6), "bold $text-primary"), "Decide later."])
        return lines(*told)

    # Answers

    def _allowed(self, word: str) -> bool:
        return not self._looking and any(word == name for _, name, _ in options(self._row))

    def action_answer(self, word: str) -> None:
        """Take an answer that this write allows."""
        if self._allowed(word):
            self.dismiss(word)

    def action_scroll(self, by: int) -> None:
        """Scroll by so many lines."""
        self.query_one("#resolve-evidence", VerticalScroll).scroll_relative(y=by, animate=False)

    def action_link(self) -> None:
        """The link of the first post that was seen."""
        links = [one.link for one in self._outbox.evidence(self._row).seen if one.link]
        if links:
            self.app.copy_to_clipboard(links[0])
            self.notify(links[0], title="Link, sent to the terminal's clipboard", markup=False, timeout=10)

    def action_look(self) -> None:
        """Read once more what there is."""
        if self._allowed("look"):
            self._looking, self._problem = True, ""
            self._draw()
            self.app.run_worker(self._look(), name=f"look for write {self._row.id}", group="look", exit_on_error=False)

    async def _look(self) -> None:
        row = error = None
        try:
            row = await self._outbox.settle(self._row.id)
        except KosmoError as failure:
            error = failure
        finally:
            self.post_message(self.Looked(row, error))

    @on(Looked)
    def _looked(self, looked: Looked) -> None:
        self._looking = False
        if looked.row is not None:
            self._row = looked.row
        if looked.error is not None:
            self._problem = f"{looked.error.message}. {looked.error.hint}".strip()
        self._draw()
