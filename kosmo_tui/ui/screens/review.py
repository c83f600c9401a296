"""The last look before anything is sent: every target with what goes out there, when, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from kosmo_tui.services.review import Review
from kosmo_tui.ui.accents import badge, color_in
from kosmo_tui.ui.screens.compose_findings import marked, problem_lines
from kosmo_tui.ui.screens.compose_media import Field
from kosmo_tui.ui.screens.dialog import Dialog
from kosmo_tui.ui.screens.review_items import ItemView
from kosmo_tui.ui.text import MUTED, human, plural
from kosmo_tui.ui.widgets.choice import Choice

OTHER = "other"
REASONS = (
    ("as intended", "as intended"),
    ("checked by hand", "checked by hand"),
    ("the limit is out of date", "limit out of date"),
    (OTHER, "other"),
)


@dataclass(frozen=True)
class Sending:
    """The order to send; `reason` says why warnings were overridden, empty when there were none."""

    reason: str = ""


class ReviewScreen(Dialog["Sending | None"]):
    """Dismisses with the order to send, or None: back to the composer.  Errors keep it from sending."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "send"),
        Binding("escape", "back", "back"),
        Binding("tab", "app.focus_next", "next", show=False),
        Binding("shift+tab", "app.focus_previous", "previous", show=False),
        *(Binding(str(n), f"reason({n})", f"reason {n}", show=False) for n in range(1, len(REASONS) + 1)),
    ]
    AUTO_FOCUS: ClassVar[str | None] = None
    DEFAULT_CSS = """
    ReviewScreen {
        align: center middle;
        background: $background 60%;  /* the buttons of the composer must not be taken for its own */
        & > #review {
            width: 100%;
            max-width: 110;
            height: auto;
            max-height: 100%;
            padding: 0 1;
            background: $surface;
            border: round $primary;
            border-title-color: $foreground;
            border-title-style: bold;
        }
        &.-wide > #review { padding: 1 2 0 2; max-height: 94%; }
        & #review-head { height: auto; }
        & #review-general { height: auto; margin-top: 1; }
        & #review-items { height: auto; margin-top: 1; scrollbar-size-vertical: 1; }
        & #review-reason { height: auto; }
        & #review-reason > Vertical { height: auto; }
        &.-wide #review-reason { margin-top: 1; }
        & #review-reason > Static { width: 8; color: $text-warning; }
        & #review-foot { height: 1; }
        &.-wide #review-foot { margin-top: 1; }
        & #review-told { width: 1fr; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & #review-foot > Button { margin-left: 2; min-width: 0; padding: 0 2; }
        & #review-foot > Button:focus { text-style: bold underline; background-tint: $foreground 15%; }
    }
    """

    def __init__(
        self, review: Review, account_label: str, now: Callable[[], datetime], base: str | None = None
    ) -> None:
        """`base` is the text of the targets that have none of their own."""
        super().__init__()
        self._base = base
        self._review = review
        self._account = account_label
        self._now = now

    def compose(self) -> ComposeResult:
        review = self._review
        with Vertical(id="review") as box:
            box.border_title = "Review"
            yield Static(self._head(), id="review-head")
            general = Static(problem_lines(review.general, 5), id="review-general")
            general.display = bool(review.general)
            yield general
            with VerticalScroll(id="review-items", can_focus=False):
                now, seen = self._now(), dict[str, str]()
                for item in review.items:
                    yield ItemView(item, now, seen, self._guest(item.target.account), self._base)
            with Horizontal(id="review-reason") as reason:
                reason.display = bool(review.warnings) and not review.blocked
                yield Static("Reason")
                with Vertical():
                    yield Choice(REASONS, "", id="reason")  # a decision, not a default
                    yield Field("", "why it goes out all the same", id="reason-words")
            with Horizontal(id="review-foot"):
                yield Static("", id="review-told")
                yield Button("Back", id="review-back", compact=True)
                yield Button(Content(self._verb()), id="review-send", variant="primary", compact=True)

    def on_mount(self) -> None:
        self.set_class(self.app.size.width >= 100 and self.app.size.height >= 30, "-wide")
        self.query_one("#reason-words").display = False
        self.query_one("#review").styles.border = ("round", color_in(self.app, self._sender()))
        items = list(self.query(ItemView))
        first = next((view for view in items if view.item.blocked), items[0] if items else None)
        self.set_focus(first)
        self.query_one("#review-send", Button).disabled = self._review.blocked
        self._tell()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= 100 and event.size.height >= 30, "-wide")
        # `height: auto` would push the foot out of a small window: the items take what is left, and scroll.
        self.call_after_refresh(self._make_room)

    def _make_room(self) -> None:
        box, items = self.query_one("#review"), self.query_one("#review-items")
        others = sum(part.outer_size.height + part.styles.margin.top for part in box.children if part is not items)
        room = self.size.height * (94 if self.has_class("-wide") else 100) // 100 - box.gutter.height - others - 1
        items.styles.max_height = max(3, room)
        if self.focused is not None:
            self.call_after_refresh(self.focused.scroll_visible, animate=False, top=True)

    # What the parts say

    def _sender(self) -> str:
        """The account that the post is written as: that of its Buffer targets, else of its first one."""
        accounts = [item.target.account for item in self._review.items]
        return next((account for account in accounts if account.startswith("buffer.")), accounts[0] if accounts else "")

    def _guest(self, account: str) -> Content | None:
        """The badge of an account that is not the one that the post is written as."""
        if account == self._sender():
            return None
        service, _, name = account.partition(".")
        return badge(f"{service.capitalize()} · {name}", color_in(self.app, account))

    def _head(self) -> Content:
        """One line: as whom, how much, what is wrong with it, what it costs."""
        review = self._review
        parts = [badge(self._account, color_in(self.app, self._sender()))]
        parts.append(Content.styled(plural(len(review.items), "post"), "bold"))
        if problems := len(review.errors) + sum(bool(item.problem) for item in review.items):
            parts.append(marked("error", Content.styled(plural(problems, "error"), "bold $text-error")))
        if review.warnings:
            parts.append(marked("warning", Content.styled(plural(len(review.warnings), "warning"), "$text-warning")))
        parts.append(Content.styled(f"{plural(review.requests, 'request')}{self._left()}", MUTED))
        return Content("   ").join(parts)

    def _left(self) -> str:
        """What is left of the requests of the account that pays, as far as it is known."""
        workspace = getattr(self.app, "workspace", None)
        desk = workspace.desks.get(self._sender()) if workspace is not None else None
        window = desk.window if desk is not None else None
        if desk is None or window is None or not window.limit:
            return ""
        percent = desk.service == "instagram"
        return f" · {window.remaining} % left" if percent else f" · {human(window.remaining)} of {window.limit} left"

    def _verb(self) -> str:
        items = self._review.items
        modes = {item.when.mode for item in items if item.when}
        if items and all(item.post.container_only and item.target.service == "instagram" for item in items):
            verb = "Prepare"
        elif self._review.stays_draft:
            verb = "Save draft"
        else:
            verb = {frozenset({"now"}): "Publish now", frozenset({"at"}): "Schedule"}.get(frozenset(modes), "Send")
        return f"{verb} {len(items)}" if len(items) > 1 else verb

    def _tell(self, problem: str = "") -> None:
        told = self.query_one("#review-told", Static)
        if problem:
            told.update(marked("error", Content.styled(problem, "$text-error")))
        elif self._review.blocked:
            told.update(marked("error", Content.styled("Not like this: esc goes back to mend it", "bold")))
        elif self._review.warnings:
            told.update(Content.styled("enter sends   1-4 reason   esc back", MUTED))
        else:
            told.update(Content.styled("enter sends   esc back", MUTED))

    # Deciding

    @on(Choice.Changed)
    def _reason_chosen(self) -> None:
        words = self.query_one("#reason-words", Field)
        words.display = self.query_one(Choice).value == OTHER
        if words.display:
            self.set_focus(words)
        self._tell()

    @on(Input.Changed)
    def _reason_typed(self) -> None:
        """What was asked for is being given."""
        self._tell()

    def action_reason(self, number: int) -> None:
        """Choose a reason by its number."""
        if self.query_one("#review-reason").display:
            self.query_one(Choice).value = REASONS[number - 1][0]

    @on(Input.Submitted)
    @on(Button.Pressed, "#review-send")
    def action_send(self) -> None:
        """Give the order to send, unless an error blocks or a time has passed meanwhile."""
        now = self._now().astimezone(UTC)
        passed = [view for view in self.query(ItemView) if view.item.when and view.item.when.mode == "at"
                  and view.item.when.at and view.item.when.at.astimezone(UTC) <= now]  # fmt: skip
        if self._review.blocked or passed:
            self.app.bell()
            blocked = passed or [view for view in self.query(ItemView) if view.item.blocked]
            if blocked:
                self.set_focus(blocked[0])
            self._tell("Its time has passed meanwhile: esc goes back to choose another" if passed else "")
            return
        reason = ""
        if self._review.warnings:
            reason = self.query_one(Choice).value
            if reason == OTHER:
                reason = self.query_one("#reason-words", Field).value.strip()
            if not reason:
                self.app.bell()
                self._ask_why()
                return
        self.dismiss(Sending(reason))

    def _ask_why(self) -> None:
        """Warnings are overridden for a reason: show the first one, and ask for it."""
        if self.query_one("#reason-words").display:
            self.set_focus(self.query_one("#reason-words"))
        elif (first := next((view for view in self.query(ItemView) if view.item.findings), None)) is not None:
            self.set_focus(first)
        self._tell("Say why it goes out all the same: 1-4")

    @on(Button.Pressed, "#review-back")
    def action_back(self) -> None:
        """Back to the composer; nothing is sent."""
        self.dismiss(None)
