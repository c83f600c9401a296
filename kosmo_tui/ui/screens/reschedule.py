"""Another time for a post: typed, or one of the free slots; shown back in full before it counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.compose.draft import Target
from kosmo_tui.compose.when import BadTime, When, describe, parse
from kosmo_tui.services.editing import untimely
from kosmo_tui.ui.accents import badge, color_in
from kosmo_tui.ui.screens.compose_findings import marked
from kosmo_tui.ui.screens.dialog import Dialog
from kosmo_tui.ui.screens.time_field import TimeField
from kosmo_tui.ui.text import MUTED, fit, mark, network, one_line

SLOTS = 6  # free slots to choose from
_WORDS = ("queue", "top", "now")
_TITLES = {"draft": "Schedule this draft", "error": "Schedule again"}


class RescheduleScreen(Dialog["When | None"]):
    """Dismisses with the time, or None.  `account` is the name of the account, `slots` its profile's free ones."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back"),
    ]
    DEFAULT_CSS = """
    RescheduleScreen {
        align: center middle;
        & > Vertical {
            width: 72;
            max-width: 100%;
            height: auto;
            max-height: 100%;
            padding: 1 2;
            background: $surface;
            border: round $primary;
            border-title-color: $foreground;
            border-title-style: bold;
        }
        & .line { height: 1; }
        & .line > Static { width: 6; color: $text-muted; }
        & .line > .words { width: auto; margin-left: 2; link-style: none; link-style-hover: bold; }
        & #echo { height: auto; min-height: 2; padding-left: 6; }
        & #choices { height: auto; margin-bottom: 1; link-style: none; link-style-hover: bold; }
        & #about { height: auto; margin-bottom: 1; }
        & #hints { width: 1fr; height: 1; color: $text-muted; }
        & Button { margin-left: 2; min-width: 0; padding: 0 2; }
        & Button:focus { text-style: bold underline; background-tint: $foreground 15%; }
    }
    """

    def __init__(
        self, update: Update, target: Target, account: str, slots: Sequence[datetime], now: Callable[[], datetime]
    ) -> None:
        super().__init__()
        self._update, self._target, self._account = update, target, account
        self._slots = tuple(slots[:SLOTS])
        self._now = now
        self._when: When | None = None

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = _TITLES.get(self._update.status, "Move")
            yield Static(self._about(), id="about")
            with Horizontal(classes="line"):
                yield Static("When")
                yield TimeField("", "17:30, fri 9, +2h", usual=[_phrase(at) for at in self._slots])
                yield Static(self._words(), classes="words")
            yield Static("", id="echo")
            yield Static("", id="choices")
            with Horizontal(classes="line"):
                yield Static("", id="hints")
                yield Button("Back", id="back", compact=True)
                yield Button("Move", id="move", variant="primary", compact=True)

    def on_mount(self) -> None:
        self.query_one("Vertical").styles.border = ("round", color_in(self.app, self._target.account))
        self.query_one(TimeField).styles.width = 26
        self._check()

    def _about(self) -> Content:
        target, at = self._target, self._update.scheduled_at
        planned = describe(When("at", at.astimezone(target.tz)), self._now()) if at else "no time yet"
        return Content("\n").join(
            (
                Content.assemble(
                    badge(self._account, color_in(self.app, target.account)),
                    (f"  {network(target.network)} {target.label}", "bold"),
                ),
                Content(fit(one_line(self._update.text[:200]) or "(no text)", 64).rstrip()),
                Content.styled(planned, MUTED),
            )
        )

    def _words(self) -> Content:
        words = [Content.styled(word, "$text-primary").stylize(f"@click=screen.when('{word}')") for word in _WORDS]
        return Content("  ").join(words)

    # What was typed

    @on(Input.Changed)
    def _check(self) -> None:
        field = self.query_one(TimeField)
        phrase = field.value.strip()
        meant: tuple[str, ...] = ()
        self._when = None
        if not phrase:
            said = Content.styled("type a time, or choose a free slot with ↑ and ↓", MUTED)
        else:
            try:
                self._when, said = self._read(phrase)
            except BadTime as error:
                said, meant = marked("error", str(error.args[0])), error.candidates
        field.offer(meant)
        self.query_one("#echo", Static).update(said)
        self.query_one("#choices", Static).update(self._list(phrase, field.choices))
        self.query_one("#hints", Static).update("enter moves it   esc back" if self._when else "esc back")
        self.query_one("#move", Button).disabled = self._when is None

    def _read(self, phrase: str) -> tuple[When | None, Content]:
        """What a phrase means for this post, and in words.  Raises BadTime."""
        when = parse(phrase, self._target.tz, self._now(), self._slots)
        if problem := untimely(self._update, when):
            return None, marked("error", problem)
        return when, Content.assemble((mark("→") + " ", MUTED), describe(when, self._now()))

    def _list(self, phrase: str, choices: Sequence[str]) -> Content:
        """What ↑ and ↓ choose from: the free slots, or what may have been meant."""
        if not choices:
            return Content.styled("This profile has no free slots that are known.", MUTED)
        slots = choices == tuple(map(_phrase, self._slots))
        title = "Free slots" if slots else "Which one is meant?"
        rows = [Content.assemble((title, "bold $text-primary"), (f"  {mark('↑')} {mark('↓')} choose", MUTED))]
        for choice in choices:
            chosen, at = phrase == choice, datetime.fromisoformat(choice).astimezone(self._target.tz)
            row = Content(f"{mark('▌') if chosen else ' '} {describe(When('at', at), self._now())}")
            row = row.stylize("bold $text-accent" if chosen else "$foreground")
            rows.append(row.stylize(f"@click=screen.when('{choice}')"))
        return Content("\n").join(rows)

    def action_when(self, phrase: str) -> None:
        """Put a phrase that was clicked on into the field."""
        self.query_one(TimeField).choose(phrase)

    @on(Input.Submitted)
    @on(Button.Pressed, "#move")
    def _decide(self) -> None:
        shown = self._when
        self._check()  # what was shown may have passed meanwhile
        passed = shown is not None and shown.mode == "at" and shown.at is not None and shown.at <= self._now()
        if shown is None or self._when is None or passed:
            self.app.bell()
        else:
            self.dismiss(shown)

    @on(Button.Pressed, "#back")
    def action_back(self) -> None:
        """Leave it where it is."""
        self.dismiss(None)


def _phrase(at: datetime) -> str:
    return at.isoformat(timespec="minutes")  # with its offset: an hour can come twice
