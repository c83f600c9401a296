"""How an Instagram account did: totals with their change, reach per day, and what is missing and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Protocol, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kosmo_tui.api.errors import KosmoError
from kosmo_tui.services import day_sums
from kosmo_tui.services.budget import Priority
from kosmo_tui.services.insights import Overview
from kosmo_tui.services.refresh import Question
from kosmo_tui.ui.actions import bindings
from kosmo_tui.ui.panes.figures import PERIODS, Periods, Tiles, day, reasons, table, weekdays, weeks
from kosmo_tui.ui.panes.pane import Changed, Hints, Pane
from kosmo_tui.ui.text import MUTED, error_line, human, plain_terminal
from kosmo_tui.ui.widgets.chart import Chart

WEEKLY = 120  # days from which a line of single days is only noise: it is drawn by weeks
TOLD, ADDED = (" · whole days, Pacific time", " · Pacific time"), (" · added up from the store", " · from the store")
BRIEF = 72  # cells below which the periods stand without their key
WIDE = 84  # cells from which the table and the reasons stand side by side


class InsightsDesk(Protocol):
    """What the pane needs of an account."""

    account: str
    overviews: dict[int, Overview]

    async def add_up(self, days: int) -> None: ...

    async def insights(self, days: int, now: datetime, *, insist: bool) -> Overview: ...


class InsightsPane(Pane):
    """The insights of one account over a day up to a year; the account keeps what it was told.

    Instagram is asked about up to 28 days; longer times are added up from the store and cost no request.
    """

    VIEW = "insights"
    HINTS: ClassVar[Hints] = (
        "compose",
        "accounts",
        "period",
        "help",
        "refresh",
        "next_view",
        "command_palette",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("insights"),
    ]
    DEFAULT_CSS = """
    InsightsPane {
        & > .insights--body {
            height: 1fr;
            padding: 0 1;
            background: $background;
            scrollbar-size-vertical: 1;
            scrollbar-background: $background;
            scrollbar-color: $panel;
        }
        .insights--body:focus .insights--heading { color: $text-primary; }
        .pane--error { display: none; height: auto; max-height: 4; padding: 0 1; background: $error 15%; }
        .pane--empty { display: none; height: auto; padding: 1 2; text-align: center; width: 1fr; }
        .insights--top { height: 1; margin-bottom: 1; }
        .insights--window { width: 1fr; }
        .insights--heading { height: 1; margin-top: 1; color: $text-muted; }
        Periods { width: auto; link-style: none; link-color: $foreground; }
        Chart { min-height: 8; max-height: 16; }
        .insights--missing { height: auto; margin-top: 1; }
        .insights--bottom { height: auto; margin-top: 1; }
        .insights--table { width: 54; height: auto; }
        .insights--weekdays { width: 1fr; height: auto; }
        &.-failed .pane--error { display: block; }
        &.-empty .pane--empty { display: block; }
        &.-empty Tiles, &.-empty Chart, &.-empty .insights--heading, &.-empty .insights--bottom { display: none; }
        &.-complete .insights--missing { display: none; }
        &.-stacked .insights--bottom { layout: vertical; }
        &.-stacked .insights--weekdays { margin-top: 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id=self.VIEW)
        self.desk: InsightsDesk | None = None
        self.days = 28
        self._errors: dict[tuple[str, int], KosmoError] = {}
        self._asking: set[tuple[str, int]] = set()

    def compose(self) -> ComposeResult:
        yield Static(classes="pane--error", markup=False)
        with VerticalScroll(classes="insights--body"):
            with Horizontal(classes="insights--top"):
                yield Static(classes="insights--window", markup=False)
                yield Periods()
            yield Static(classes="pane--empty", markup=False)
            yield Tiles()
            yield Static(classes="insights--heading", markup=False)
            yield Chart(plain=plain_terminal())
            yield Static(classes="insights--missing", markup=False)
            with Horizontal(classes="insights--bottom"):
                yield Static(classes="insights--table", markup=False)
                yield Static(classes="insights--weekdays", markup=False)

    # Data

    def visit(self, desk: Any, profile: str | None) -> None:
        self.desk = desk
        self.query_one(VerticalScroll).scroll_home(animate=False)
        self.draw()

    def load(self, *, force: bool = False) -> None:
        if self.desk is None:
            return
        key = (self.desk.account, self.days)
        overview = self._overview
        if key not in self._asking and (force or overview is None or overview.added):
            self._asking.add(key)
            self.post_message(Changed(self.desk.account))  # the header says that it is asked
            self.app.run_worker(
                self._load(self.desk, self.days, force),
                name="load insights",
                group="load insights",
                exit_on_error=False,
            )
        self.draw()

    async def _load(self, desk: InsightsDesk, days: int, insist: bool) -> None:
        key = (desk.account, days)
        try:
            await desk.add_up(days)
            self.draw()
            if days not in day_sums.PERIODS:
                await desk.insights(days, cast("datetime", self.app.now()), insist=insist)  # type: ignore[attr-defined]
            self._errors.pop(key, None)
        except KosmoError as error:
            self._errors[key] = error
        finally:
            self._asking.discard(key)
        self.draw()
        self.post_message(Changed(desk.account))

    def desk_changed(self) -> None:
        self.draw()

    def as_of(self) -> datetime | None:
        overview = self._overview
        return overview.as_of if overview else None

    @property
    def asking(self) -> bool:
        return self._key in self._asking

    def question(self) -> Question | None:
        if self.desk is None or self.days in day_sums.PERIODS:
            return None
        what = f"{self.VIEW} {self.days}"
        return Question(self.desk.account, what, self.as_of(), self._errors.get(self._key), Priority.METRICS)

    @property
    def _key(self) -> tuple[str, int]:
        return (self.desk.account if self.desk else "", self.days)

    @property
    def _overview(self) -> Overview | None:
        return self.desk.overviews.get(self.days) if self.desk is not None else None

    # Drawing

    def on_resize(self) -> None:
        self.set_class(self.size.width < WIDE, "-stacked")
        self.draw()  # the first line says more where it has room

    def draw(self) -> None:
        """Show what is known of the account and the period in use."""
        overview, error = self._overview, self._errors.get(self._key)
        self.query_one(Periods).show(self.days, brief=self.size.width < BRIEF)
        self.set_class(error is not None, "-failed")
        if error is not None:
            self.query_one(".pane--error", Static).update(error_line(error))
        self.set_class(overview is None or overview.empty, "-empty")
        self.query_one(".pane--empty", Static).update(self._nothing(overview, error))
        self.query_one(".insights--window", Static).update(self._window(overview))
        missing = overview.missing if overview else ()
        self.set_class(not missing, "-complete")
        self.query_one(".insights--missing", Static).update(reasons(missing))
        if overview is not None:
            self.query_one(Tiles).show(overview.totals)
            self.query_one(".insights--heading", Static).update(self._heading(overview))
            if len(overview.reach) >= WEEKLY:
                self.query_one(Chart).show(weeks(overview.reach))
            else:
                line = [(entry.day, entry.value) for entry in overview.reach]
                self.query_one(Chart).show(line, emphasis=overview.days)
            self.query_one(".insights--table", Static).update(table(overview))
            self.query_one(".insights--weekdays", Static).update(weekdays(overview, 32))

    def _window(self, overview: Overview | None) -> Content:
        if overview is None:
            return Content("")
        first, last = day(overview.first), day(overview.last)
        if overview.first.year != overview.last.year:
            first, last = f"{first} {overview.first.year}", f"{last} {overview.last.year}"
        window = last if overview.first == overview.last else f"{first} – {last}"
        room = self.size.width - self.query_one(Periods).cells - len(window) - 3
        sources = ADDED if overview.added else TOLD
        return Content.assemble((window, "bold"), (next((text for text in sources if len(text) <= room), ""), MUTED))

    def _heading(self, overview: Overview) -> Content:
        weekly = len(overview.reach) >= WEEKLY
        line = weeks(overview.reach) if weekly else [(entry.day, entry.value) for entry in overview.reach]
        known = [(value, when) for when, value in line if value is not None]
        text = "Reach per day, means of weeks" if weekly else f"Reach per day, last {len(line)} days"
        if known:
            most, when = max(known)
            text += f" · most {human(most)} {'in the week from' if weekly else 'on'} {day(when)}"
        return Content(text)

    def _nothing(self, overview: Overview | None, error: KosmoError | None) -> Content:
        waits = self._key in self._asking or self.days not in day_sums.PERIODS
        if overview is None and error is None and waits:
            return Content.styled("Loading…", MUTED)
        if overview is None and self.days in day_sums.PERIODS:
            return Content.assemble(
                ("No day of this account is in the store yet.", "bold"),
                ("\nInstagram tells such long times day by day only: `kosmo sync` brings them", MUTED),
            )
        if overview is None:
            return Content.assemble(("No insights could be loaded.", "bold"), ("\nr tries again", MUTED))
        return Content.assemble(
            ("Instagram told nothing about these days.", "bold"),
            ("\nNumbers lag by up to 48 hours, and small accounts get fewer; r asks again", MUTED),
        )

    # Keys

    def focus_list(self) -> None:
        self.screen.set_focus(self.query_one(VerticalScroll))

    def copied(self) -> str:
        """The totals as lines of title, number and number before, parted by tabs."""
        lines = []
        for total in self._overview.totals if self._overview else ():
            before = "" if total.before is None else f"{total.before:.0f}"
            lines.append(f"{total.title}\t{total.value:.0f}\t{before}")
        return "\n".join(lines)

    def step(self, by: int) -> bool:
        """Go to a shorter or a longer period; beyond the ends the key means what it means everywhere."""
        lengths = list(PERIODS)
        index = lengths.index(self.days) + by
        if not 0 <= index < len(lengths):
            return False
        self._choose(lengths[index])
        return True

    def action_next_period(self) -> None:
        """Go to the next period, after the longest to the shortest."""
        lengths = list(PERIODS)
        self._choose(lengths[(lengths.index(self.days) + 1) % len(lengths)])

    @on(Periods.Chosen)
    def _chosen(self, message: Periods.Chosen) -> None:
        self._choose(message.days)

    def _choose(self, days: int) -> None:
        self.days = days
        self.load()
        if self.desk is not None:
            self.post_message(Changed(self.desk.account))  # the header tells the age of what is shown
