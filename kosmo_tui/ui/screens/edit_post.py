"""Changing a post that Buffer has: text, media and time, checked while typing, account and profile in sight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static, TextArea

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.compose.draft import Draft, Target
from kosmo_tui.compose.facts import Facts
from kosmo_tui.compose.lint import Finding, blocks, length, of_draft, of_target
from kosmo_tui.compose.when import BadTime, When, describe, parse
from kosmo_tui.services.editing import revise, untimely
from kosmo_tui.services.orders import Order
from kosmo_tui.services.reuse import draft_like
from kosmo_tui.ui.accents import badge, color_in
from kosmo_tui.ui.screens.ask import Answer, AskScreen
from kosmo_tui.ui.screens.compose_findings import marked, problem_lines
from kosmo_tui.ui.screens.compose_media import Field, MediaRows
from kosmo_tui.ui.text import MUTED, mark, network


class Edited(NamedTuple):
    """How the screen was left: with an order, or with the text as a draft for later; both None when nothing is."""

    order: Order | None = None
    draft: Draft | None = None


class EditScreen(ModalScreen["Edited | None"]):
    """Dismisses with what is to be done.  `facts` are of the profile, without the post itself."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+enter", "save", "save", key_display="f5", priority=True),
        Binding("escape", "close", "close"),
        Binding("tab", "app.focus_next", "next field", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", "previous field", show=False, priority=True),
    ]
    AUTO_FOCUS: ClassVar[str | None] = "#text"
    DEFAULT_CSS = """
    EditScreen {
        align: center middle;
        & > #editing {
            width: 100%;
            max-width: 100;
            height: 100%;
            max-height: 34;
            padding: 0 1;
            background: $surface;
            border: round $primary;
            border-title-color: $foreground;
            border-title-style: bold;
        }
        &.-wide > #editing { padding: 1 2 0 2; }
        & .editing--line { height: auto; }
        &.-wide .editing--line { margin-top: 1; }
        & .editing--line > .editing--label { width: 7; color: $text-muted; }
        & #who, & #length { height: 1; }
        &.-wide #length { margin-top: 1; }
        & #text { height: 1fr; min-height: 3; padding: 0 1; background: $panel; }
        & #text:focus { outline-left: outer $text-accent; }
        & #when { width: 26; }
        & #echo { width: 1fr; height: auto; max-height: 2; padding-left: 2; }
        & #problems { height: auto; max-height: 4; }
        &.-wide #problems { margin-top: 1; }
        & #foot { height: 1; }
        &.-wide #foot { margin-top: 1; }
        & #hints { width: 1fr; height: 1; color: $text-muted; }
        & #foot > Button { margin-left: 2; min-width: 0; padding: 0 2; }
        & #foot > Button:focus { text-style: bold underline; background-tint: $foreground 15%; }
    }
    """

    def __init__(
        self,
        update: Update,
        target: Target,
        account: str,
        *,
        slots: Sequence[datetime] = (),
        facts: Facts | None = None,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__()
        self._update, self._target, self._account = update, target, account
        self._slots, self._facts, self._now = tuple(slots), facts, now
        first = replace(draft_like(update), targets=(target.key,))
        self._first = replace(first, when="queue") if update.status == "error" and target.has_slots else first
        self._when: When | None = None
        self._problem = ""  # why there is no such time
        self._findings: tuple[Finding, ...] = ()

    def compose(self) -> ComposeResult:
        with Vertical(id="editing") as box:
            box.border_title = "Edit a draft at Buffer" if self._update.status == "draft" else "Edit"
            yield Static(self._who(), id="who")
            yield Static("", id="length")
            text = TextArea(self._first.text, compact=True, highlight_cursor_line=False, id="text")
            text.cursor_blink = False
            yield text
            with Horizontal(classes="editing--line") as line:
                line.display = self._shows_media
                yield Static("Media", classes="editing--label")
                yield MediaRows(self._first.media)
            with Horizontal(classes="editing--line"):
                yield Static("When", classes="editing--label")
                yield Field(self._first.when, "as it is", id="when")
                yield Static("", id="echo")
            yield Static("", id="problems")
            with Horizontal(id="foot"):
                yield Static("f5 save   esc close   tab next field", id="hints")
                yield Button("Save", id="save", variant="primary", compact=True)

    def on_mount(self) -> None:
        self.query_one("#editing").styles.border = ("round", color_in(self.app, self._target.account))
        text = self.query_one(TextArea)
        text.move_cursor(text.document.end)
        self.set_class(self.app.size.width >= 100 and self.app.size.height >= 30, "-wide")
        self._check()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= 100 and event.size.height >= 30, "-wide")

    @property
    def _shows_media(self) -> bool:
        """Documents and links cannot be typed: a post that has some keeps its media."""
        return all(one.type in ("image", "video") for one in self._update.media)

    def _who(self) -> Content:
        target = self._target
        tint = color_in(self.app, target.account)
        return Content.assemble(badge(self._account, tint), (f"  {network(target.network)} {target.label}", "bold"))

    @property
    def draft(self) -> Draft:
        """What was typed so far."""
        media = self.query_one(MediaRows).media if self._shows_media else self._first.media
        when = self.query_one("#when", Field).value.strip()
        return replace(self._first, text=self.query_one(TextArea).text, media=media, when=when)

    # Checking while typing

    @on(TextArea.Changed)
    @on(Input.Changed, "#when")
    @on(MediaRows.Changed)
    def _check(self) -> None:
        draft, now = self.draft, self._now()
        self._when, self._problem = self._read(draft.when, now)
        self.query_one("#echo", Static).update(self._echo(now))
        when = self._when or self._as_it_is(now)
        found = (*of_draft(draft, when, now), *of_target(draft, self._target, when, self._facts, now))
        self._findings = tuple(dict.fromkeys(found))
        problems = self.query_one("#problems", Static)
        problems.display = bool(self._findings)
        problems.update(problem_lines(self._findings, 4 if self.has_class("-wide") else 2))
        self.query_one(MediaRows).show(self._findings)
        used = length(draft, self._target)
        limit = f"/{used.limit:,}" if used.limit is not None else ""
        style = "bold $text-error" if used.refused else "$text-warning" if used.over else MUTED
        self.query_one("#length", Static).update(Content.styled(f"Text  {used.used:,}{limit}", style))

    def _read(self, phrase: str, now: datetime) -> tuple[When | None, str]:
        if not phrase:
            return None, ""
        try:
            when = parse(phrase, self._target.tz, now, self._slots)
        except BadTime as error:
            return None, str(error)
        problem = untimely(self._update, when)
        return (None, problem) if problem else (when, "")

    def _as_it_is(self, now: datetime) -> When | None:
        at = self._update.scheduled_at
        return When("at", at.astimezone(self._target.tz)) if at is not None and at > now else None

    def _echo(self, now: datetime) -> Content:
        if self._problem:
            return marked("error", self._problem)
        if self._when is not None:
            return Content.assemble((mark("→") + " ", MUTED), describe(self._when, now))
        if self._update.status == "error":
            return Content.styled("it stays among the failed posts until it gets a time", MUTED)
        stays = self._as_it_is(now)
        return Content.styled(f"stays {describe(stays, now)}" if stays else "stays without a time", MUTED)

    # Leaving

    @on(Input.Submitted)
    def _next_field(self) -> None:
        self.focus_next()

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Give the order, unless an error blocks or nothing differs."""
        shown = self._when
        self._check()
        passed = shown is not None and shown.mode == "at" and shown.at is not None and shown.at <= self._now()
        if self._problem or passed:
            self.app.bell()
            self.set_focus(self.query_one("#when"))
        elif blocks(self._findings):
            self.app.bell()
            error = next(one for one in self._findings if one.level == "error")
            of_media = error.attachment is not None and self._shows_media
            self.set_focus(self.query_one(MediaRows).field(error) if of_media else self.query_one(TextArea))
        else:
            order = revise(self._update, self._target, self.draft, shown)
            if order is None:
                self.notify("Nothing is different.", markup=False)
            self.dismiss(Edited(order))

    def action_close(self) -> None:
        """Close; ask first when something was changed."""
        draft = self.draft
        if draft == self._first:
            self.dismiss(None)
            return

        def decided(answer: str | None) -> None:
            if answer == "keep":
                self.dismiss(Edited(draft=draft))
            elif answer == "discard":
                self.dismiss(None)

        answers = [Answer("k", "keep", "primary"), Answer("d", "discard", "error"), Answer("b", "back")]
        note = "The post at Buffer stays as it was. A kept draft becomes a new post when it is sent."
        self.app.push_screen(AskScreen("Keep what you changed as a draft?", note, answers), decided)
