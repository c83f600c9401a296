"""Search everything that was ever seen, and the drafts, while it is typed; the dashboard lies below, as it was left."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from kosmo_tui.api.errors import KosmoError
from kosmo_tui.services.search import Hit, Search, known
from kosmo_tui.services.search_query import NAMES, Query, parse
from kosmo_tui.store.search import Extent
from kosmo_tui.ui.search_rows import found_line, hit_cells, hit_detail, nothing_found, what_can_be_searched
from kosmo_tui.ui.search_understood import understood
from kosmo_tui.ui.text import MUTED, error_line, mark, muted
from kosmo_tui.ui.widgets.detail import Detail
from kosmo_tui.ui.widgets.feed import Entry, Feed
from kosmo_tui.ui.widgets.row import Cell

if TYPE_CHECKING:
    from kosmo_tui.ui.app import KosmoApp

NARROW, ROOMY = 100, 150  # columns below which the detail comes over the list, and from which it is wider
FIRST = 100  # hits of the first answer: some screens; more are asked for at their end
_FILTERS = "  ".join("due:<fri" if name == "due" else f"{name}:" for name in NAMES)


@dataclass(frozen=True)
class _Wanted:
    query: Query
    limit: int


class _Field(Input):
    """The input: at the end of what is typed, → leads on to the detail, as it does in a list."""

    def action_cursor_right(self, select: bool = False) -> None:
        if select or self.cursor_position < len(self.value):
            super().action_cursor_right(select)
        else:
            cast("SearchScreen", self.screen).action_detail()


class _Hits(Feed):
    """Its cursor is seen while the field has the focus: `enter` there opens it."""

    BLURRED: ClassVar[str] = "on $primary 30%"


class SearchScreen(Screen[None]):
    """An input, what is found below it, and the item under the cursor beside that.  It stays as it is when it is left.

    Every letter asks the store anew, in a thread: one search at a time, the newest wish next; an answer that is no
    longer wished for is not shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back"),
        Binding("ctrl+f,slash", "type", "type", show=False),
        Binding("down", "move('cursor_down')", "down", show=False),
        Binding("up", "move('cursor_up')", "up", show=False),
        Binding("pagedown", "move('page_down')", "page down", show=False),
        Binding("pageup", "move('page_up')", "page up", show=False),
        Binding("right,l", "detail", "detail", show=False),
        Binding("left,h", "list", "list", show=False),
        Binding("enter", "go", "go there", show=False),
    ]
    AUTO_FOCUS: ClassVar[str | None] = "Input"
    DEFAULT_CSS = """
    SearchScreen {
        background: $background;
        .search--head { height: 2; padding: 0 1; border-bottom: heavy $primary; }
        .search--title { width: auto; margin-right: 2; color: $text-primary; text-style: bold; }
        Input { width: 1fr; height: 1; border: none; padding: 0; background: $background; }
        .search--count { width: auto; margin-left: 2; color: $text-muted; }
        .search--told { height: auto; max-height: 2; padding: 0 1; }
        .search--body { height: 1fr; }
        .search--list { width: 1fr; height: 1fr; }
        .search--empty { display: none; height: 1fr; padding: 1 3; overflow-y: auto; }
        .search--foot { height: 1; padding: 0 1; background: $panel; }
        &.-empty .search--empty { display: block; }
        &.-empty Feed { display: none; }
        &.-empty Detail { display: none; }
        &.-roomy Detail { width: 52; }
        &.-narrow Detail { display: none; }
        &.-opened .search--list { display: none; }
        &.-opened Detail { display: block; width: 1fr; border-left: none; }
    }
    """

    def __init__(self, search: Search, go: Callable[[Hit], Awaitable[None]]) -> None:
        """`go` leads to a hit on the dashboard; it calls `show_whole` where it cannot."""
        super().__init__()
        self._search = search
        self._go = go
        self._query = Query()
        self._understood = ""
        self._wanted: _Wanted | None = None
        self._searching = False
        self._hits: list[Hit] = []
        self._limit = FIRST
        self._extent: Extent | None = None
        self._error: KosmoError | None = None

    @property
    def _kosmo(self) -> KosmoApp:
        return cast("KosmoApp", self.app)

    def compose(self) -> ComposeResult:
        with Horizontal(classes="search--head"):
            yield Static("Search", classes="search--title", markup=False)
            yield _Field(placeholder="words, “phrases” in quotes, and filters", compact=True)
            yield Static(classes="search--count", markup=False)
        yield Static(classes="search--told", markup=False)
        with Horizontal(classes="search--body"):
            with Vertical(classes="search--list"):
                yield _Hits(self._cells)
                yield Static(classes="search--empty", markup=False)
            yield Detail()
        yield Static(classes="search--foot", markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False
        self._fold(self.size.width)
        self._draw()

    def on_screen_resume(self) -> None:
        """It is opened, perhaps again: the store may have more by now, and typing begins anew."""
        field = self.query_one(Input)
        self.set_focus(field)
        field.select_all()
        self.remove_class("-opened")
        self._ask()

    def on_resize(self, event: events.Resize) -> None:
        self._fold(event.size.width)

    def _fold(self, width: int) -> None:
        self.set_class(width < NARROW, "-narrow")
        self.set_class(width >= ROOMY, "-roomy")

    # Searching

    @on(Input.Changed)
    def _typed(self) -> None:
        if not self.is_active:  # a letter that came with the key that left
            return
        self._limit = FIRST
        self.query_one(Feed).forget()
        self._ask()

    @on(Feed.NearEnd)
    def _more(self) -> None:
        if len(self._hits) >= self._limit:
            self._limit *= 4
            self._ask()

    def _ask(self) -> None:
        """Search for what stands in the input now."""
        app = self._kosmo
        names = known(app.workspace, app.now(), app.zone)
        self._query = parse(self.query_one(Input).value, names)
        self._understood = understood(self._query.filters, names)
        self._tell()
        self._wanted = _Wanted(self._query, self._limit)
        if not self._searching:
            self._searching = True
            app.run_worker(self._work(), name="search", group="search", exit_on_error=False)

    async def _work(self) -> None:
        try:
            while (wanted := self._wanted) is not None:
                self._wanted = None
                hits: list[Hit] = []
                error = None
                try:
                    if wanted.query.is_empty:
                        self._extent = await asyncio.to_thread(self._search.extent)
                    else:
                        hits = await asyncio.to_thread(self._search.find, wanted.query, wanted.limit)
                except KosmoError as failure:
                    error = failure
                if self._wanted is None and self.is_active:  # else it asks anew when somebody comes back
                    self._hits, self._error = hits, error
                    self._draw()
        finally:
            self._searching = False

    # Drawing

    def _draw(self) -> None:
        self.set_class(not self._hits, "-empty")
        self._tell()
        if self._hits:
            self.query_one(Feed).show([Entry(hit.key, hit) for hit in self._hits])
            return
        self.query_one(Feed).show(())
        if self._query.is_empty:
            told = what_can_be_searched(self._extent, self._kosmo.now())
        else:
            told = nothing_found(self._query)
        self.query_one(".search--empty", Static).update(told)

    def _tell(self) -> None:
        """What is wrong with the query, and how its filters were understood, or else what could be typed.

        Then how much was found, and the keys.
        """
        told = self.query_one(".search--told", Static)
        filters = muted(f"{mark('→')} {self._understood}" if self._understood else _FILTERS)
        if self._error is not None:
            told.update(error_line(self._error))
        elif self._query.problems:
            problem = self._query.problems[-1]
            look = (mark("→"), "$text-accent") if problem.open else (mark("✕"), "$text-error")
            said = Content.styled(f"{look[0]} {problem.message}", look[1])
            told.update(Content("\n").join([said, filters]) if self._understood else said)
        else:
            told.update(filters)
        count = found_line(len(self._hits), self._limit) if not self._query.is_empty else ""
        if self._hits and not self.has_class("-narrow"):
            count += f" · times in {self._kosmo.zone}"
        self.query_one(".search--count", Static).update(Content(count))
        keys = [("esc", "back")]
        if self._hits and self.has_class("-opened"):
            keys = [("⏎", "go there"), ("←", "list"), *keys]
        elif self._hits:
            keys = [("⏎", "open" if self.has_class("-narrow") else "go there"), ("→", "detail"), *keys]
        hints = [Content.assemble((mark(key), "bold $text-primary"), (f" {word}", MUTED)) for key, word in keys]
        self.query_one(".search--foot", Static).update(Content("   ").join(hints))

    def _cells(self, entry: Entry, width: int) -> Sequence[Cell]:
        return hit_cells(entry.item, self._query, width, self._kosmo)

    @on(Feed.Highlighted)
    def _show_detail(self, message: Feed.Highlighted) -> None:
        if (entry := message.entry) is not None:
            self.query_one(Detail).show(lambda: hit_detail(entry.item, self._query, self._kosmo))

    # Keys

    @property
    def _hit(self) -> Hit | None:
        entry = self.query_one(Feed).highlighted
        return entry.item if entry else None

    def action_type(self) -> None:
        """Back to the input."""
        self.remove_class("-opened")
        self.set_focus(self.query_one(Input))
        self._tell()

    def action_move(self, step: str) -> None:
        """Move in the list, also while something is typed."""
        getattr(self.query_one(Feed), f"action_{step}")()

    def action_detail(self) -> None:
        """To the detail, which in a narrow terminal takes the place of the list."""
        if self._hit is not None:
            self.set_class(self.has_class("-narrow"), "-opened")
            self.set_focus(self.query_one(Detail))
            self._tell()

    def action_list(self) -> None:
        """Back to the list."""
        if isinstance(self.focused, Detail):
            self.remove_class("-opened")
            self.set_focus(self.query_one(Feed))
            self._tell()

    @on(Feed.Opened)
    @on(Input.Submitted)
    async def action_go(self) -> None:
        """To the item on the dashboard; in a narrow terminal first to its detail."""
        if self._hit is None:
            return
        if self.has_class("-narrow") and not self.has_class("-opened"):
            self.action_detail()
        else:
            await self._go(self._hit)

    def action_back(self) -> None:
        """Close the detail where it lies over the list; else go back to where one was."""
        if self.has_class("-opened"):
            self.action_type()
        else:
            self.app.pop_screen()

    def show_whole(self, hit: Hit, why: str) -> None:
        """Show a hit in full, because the dashboard cannot."""
        self.query_one(Feed).go_to(hit.key)
        self.add_class("-opened")
        self.set_focus(self.query_one(Detail))
        self._tell()
        self.query_one(".search--told", Static).update(Content.styled(f"{mark('▲')} {why}", "$text-warning"))
