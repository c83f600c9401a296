"""What all list panes share: a feed, a detail, a line for errors, an empty state, a filter, and loading by page."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from textual import on
from textual.app import ComposeResult
from textual.content import Content

from kosmo_tui.services.budget import Priority
from kosmo_tui.services.listing import Listing
from kosmo_tui.services.refresh import Question
from kosmo_tui.services.stored_items import StoredItems
from kosmo_tui.services.workspace import BufferDesk, InstagramDesk
from kosmo_tui.ui.actions import Action, action
from kosmo_tui.ui.panes.pane import Changed, Hinted, Hints, Pane
from kosmo_tui.ui.text import MUTED, error_line
from kosmo_tui.ui.widgets.detail import Detail
from kosmo_tui.ui.widgets.feed import Entry, Feed
from kosmo_tui.ui.widgets.row import Cell
from kosmo_tui.ui.widgets.rows import Each, found

if TYPE_CHECKING:
    from textual.widgets import Input

    from kosmo_tui.services.sieve import Sieve
    from kosmo_tui.store.cache import Item as Row
    from kosmo_tui.ui.panes.parts import Filter, Nothing, Problem

LOADING = object()  # stands in the place of the first row: an empty state that comes and goes draws the screen twice
DeskType = TypeVar("DeskType", BufferDesk, InstagramDesk)


class ListPane(Pane, Generic[DeskType]):
    """A feed with a detail beside it; in a narrow terminal the detail opens in its place."""

    EMPTY: ClassVar[tuple[str, str]]  # what is not there, and what to do about it
    HINTS: ClassVar[Hints] = (
        "compose", "accounts", "open", "filter", "help", "refresh", "next_view", "command_palette",
    )  # fmt: skip
    MARKED: ClassVar[Hints] = ()  # what can be done to all marked items
    HEADED: ClassVar[bool] = False  # whether the columns need heads
    PRIORITY: ClassVar[Priority] = Priority.REFRESH  # of asking for the list anew without anybody's key
    DEFAULT_CSS = """
    ListPane {
        Detail { split: right; }
        .pane--heads { height: 1; }
        &.-empty .pane--heads { display: none; }
        &.-empty .pane--feed { display: none; }
        &.-narrow Detail { display: none; }
        &.-narrow.-opened > * { display: none; }
        &.-narrow.-opened Detail { display: block; split: none; width: 1fr; border-left: none; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id=self.VIEW)
        self.desk: DeskType | None = None
        self.profile: str | None = None
        self._cursors: dict[tuple[str, str | None], str] = {}
        self._shown = ""
        self._problem: Problem | None = None  # this and what follows are made when they are first wanted
        self._void: Nothing | None = None
        self._filter: Filter | None = None
        self._sieve: Sieve[Any] | None = None  # of a long list, while it is filtered
        self._sieved: StoredItems[Any] | None = None  # what that is of, or will be

    def compose(self) -> ComposeResult:
        if self.HEADED:
            yield Feed(self._head_cells, classes="pane--heads")
        yield Feed(self._feed_cells, classes="pane--feed")
        yield Detail()

    def on_mount(self) -> None:
        self.feed.set_lines_per_row(self.app.row_lines)  # type: ignore[attr-defined]
        if (heads := self._heads) is not None:
            heads.can_focus = False
            heads.show([Entry("heads", None, selectable=False)])

    @property
    def shown(self) -> str:
        return self._shown

    @property
    def _heads(self) -> Feed | None:
        return self.query_one(".pane--heads", Feed) if self.HEADED else None

    @property
    def feed(self) -> Feed:
        return self.query_one(".pane--feed", Feed)

    @property
    def now(self) -> datetime:
        """The time, as the app tells it (the demo and the tests have clocks of their own)."""
        return cast("datetime", self.app.now())  # type: ignore[attr-defined]

    def hints(self) -> Sequence[Action]:
        """What the status bar names; nothing that is done to an item where there is none."""
        if self.MARKED and self.feed.marked:
            return [action(name) for name in (*self.MARKED, "help", "mark")]
        return [one for one in super().hints() if not (one.of_item and self.has_class("-empty"))]

    # What a pane says of its things

    def listing(self) -> Listing[Any] | None:
        """The list behind the pane."""
        raise NotImplementedError

    def entries(self) -> Sequence[Entry]:
        """The rows, headings included, without the filter; of a long list `Rows`, so that few of them are read."""
        raise NotImplementedError

    def cells(self, entry: Entry, width: int) -> Sequence[Cell]:
        """One row."""
        raise NotImplementedError

    def heads(self, width: int) -> Sequence[Cell]:
        """What the columns are, in the widths of the cells."""
        return ()

    def _head_cells(self, _: Entry, width: int) -> Sequence[Cell]:
        if self.desk is None:
            return ()
        return [Cell(cell.text, "muted", cell.width, cell.right) for cell in self.heads(width)]

    def detail(self, entry: Entry) -> Content:
        """Everything about one item."""
        raise NotImplementedError

    def words(self, entry: Entry) -> str:
        """What the filter looks at."""
        raise NotImplementedError

    def row_words(self, row: Row) -> str:
        """The same of a row of the store, where the list is one of `Each`."""
        raise NotImplementedError

    def counted(self, entry: Entry) -> bool:
        """Whether it is one of the things that the view is about, which its filter counts."""
        return entry.selectable

    # Loading

    def visit(self, desk: Any, profile: str | None) -> None:
        self._remember()
        self.desk, self.profile = desk, profile
        self._drop_sieve()
        self.remove_class("-opened")
        self.feed.forget()
        self.draw(cursor=self._cursors.get((desk.account, profile)))

    def _remember(self) -> None:
        if self.desk is not None and (entry := self.feed.highlighted) is not None:
            self._cursors[self.desk.account, self.profile] = entry.key

    def load(self, *, force: bool = False) -> None:
        listing = self.listing()
        if listing is None or listing.loading or (listing.as_of is not None and not force):
            return
        self._work("load", listing.refresh())
        self.draw()

    def _work(self, what: str, asking: Coroutine[Any, Any, None]) -> None:
        """Await `asking` in a worker of the app (which hears of faults), and say of which account it was."""
        account = self.desk.account if self.desk else ""

        async def work() -> None:
            try:
                await asking
            finally:
                self.post_message(Changed(account))

        name = f"{what} {self.VIEW} of {account}"
        self.app.run_worker(work(), name=name, group=f"{what} {self.VIEW}", exit_on_error=False)

    @on(Feed.NearEnd)
    def _load_more(self, message: Feed.NearEnd) -> None:
        message.stop()
        listing = self.listing()
        if listing is None or not listing.has_more or listing.loading:
            return
        # Not with a filter: few rows are always near their end, and every page of the service costs a request.
        if listing.deeper is None and (self._shown or listing.error is not None):
            return
        self._work("more", listing.more())

    def desk_changed(self) -> None:
        self.draw()

    def as_of(self) -> datetime | None:
        listing = self.listing()
        return listing.as_of if listing else None

    @property
    def asking(self) -> bool:
        listing = self.listing()
        return listing is not None and listing.loading

    def question(self) -> Question | None:
        listing = self.listing()
        if self.desk is None or listing is None:
            return None
        return listing.question(self.desk.account, f"{self.VIEW} {self.profile or ''}", self.PRIORITY)

    # Drawing

    def draw(self, cursor: str | None = None) -> None:
        """Show the list as it is now."""
        listing = self.listing()
        if listing is None:
            return
        sought = self._filter.sought if self._filter is not None else ""
        entries = self.entries()
        self._mark(frozenset(entry.key for entry in found(entries, self.feed.marked)))
        self._shown = ""
        if sought:
            every, sifted = self._count(entries), self._sift(entries, sought)
            if sifted is not None:
                entries, self._shown = sifted, f"{self._count(sifted)}/{every}"
        if (heads := self._heads) is not None:
            heads.redraw()
        self._tell_problem(error_line(listing.error) if listing.error is not None else None)
        loading = listing.loading or (listing.as_of is None and listing.error is None)
        if self.has_class("-empty") and entries and self.is_on_screen and self.screen.focused is None:
            self.call_after_refresh(self.focus_list)  # the list was hidden, and what is hidden loses the focus
        if not entries and not loading and self.feed.has_focus:
            self.screen.set_focus(None)  # Textual would give it to the detail, in which there is nothing either
        self.set_class(not entries and not loading, "-empty")
        self._tell_nothing(self._nothing(listing, sought) if not entries and not loading else None)
        if not entries:
            self.query_one(Detail).show(Content.empty)
        if not entries and loading:
            entries = [Entry("loading", LOADING, selectable=False)]
        self.feed.show(entries, cursor=cursor)

    def _sift(self, entries: Sequence[Entry], sought: str) -> Sequence[Entry] | None:
        """The rows that contain `sought`; None while the words of a long list are being read."""
        if not (isinstance(entries, Each) and isinstance(entries.items, StoredItems)):
            return [entry for entry in entries if entry.selectable and sought in self.words(entry).casefold()]
        if self._sieved is not entries.items:
            self._sieved = entries.items
            self._work("sift", self._read_words(entries.items))
        return entries.of(self._sieve.having(sought)) if self._sieve is not None else None

    async def _read_words(self, items: StoredItems[Any]) -> None:
        from kosmo_tui.services.sieve import Sieve

        sieve = await asyncio.to_thread(Sieve, items, self.row_words)
        if self._sieved is items:
            self._sieve = sieve
            self.on_input_changed()

    def _drop_sieve(self) -> None:
        self._sieve = self._sieved = None

    def _count(self, entries: Sequence[Entry]) -> int:
        return len(entries) if isinstance(entries, Each) else sum(map(self.counted, entries))

    def _tell_problem(self, content: Content | None) -> None:
        if self._problem is None and content is not None:
            from kosmo_tui.ui.panes.parts import Problem

            self._problem = Problem()
            self.mount(self._problem, before=0)
        if self._problem is not None:
            self._problem.say(content)

    def _tell_nothing(self, content: Content | None) -> None:
        if self._void is None and content is not None:
            from kosmo_tui.ui.panes.parts import Nothing

            self._void = Nothing()
            self.mount(self._void, before=self._filter)
        if self._void is not None:
            self._void.say(content)

    def _feed_cells(self, entry: Entry, width: int) -> Sequence[Cell]:
        return (Cell("Loading…", "muted"),) if entry.item is LOADING else self.cells(entry, width)

    def _nothing(self, listing: Listing[Any], sought: str) -> Content:
        if sought:
            return Content.assemble(
                ("Nothing loaded contains this text.", "bold"), ("\nesc shows everything again", MUTED)
            )
        if listing.as_of is None:
            return Content.assemble(("Nothing could be loaded.", "bold"), ("\nr tries again", MUTED))
        title, todo = self.EMPTY
        return Content.assemble((title, "bold"), (f"\n{todo}", MUTED))

    @on(Feed.Highlighted)
    def _show_detail(self, message: Feed.Highlighted) -> None:
        message.stop()  # nobody above looks at every step of the cursor
        if (entry := message.entry) is not None:
            self.query_one(Detail).show(lambda: self.detail(entry))

    @on(Feed.Opened)
    def _open(self, message: Feed.Opened) -> None:
        self.opened(message.entry)

    def opened(self, entry: Entry) -> None:
        """Enter on an item: the detail takes the focus, in a narrow terminal also the place of the list."""
        self.add_class("-opened")
        self.screen.set_focus(self.query_one(Detail))

    def focus_list(self) -> None:
        self.screen.set_focus(self.feed)

    def back(self) -> bool:
        if self._filtering:
            self.unfilter()
            self.screen.set_focus(self.feed)
            return True
        if self.has_class("-opened"):
            self.remove_class("-opened")
            self.screen.set_focus(self.feed)
            return True
        return False

    # Marks: by the keys of the items, so that they outlive a refresh and a filter; what is gone loses its mark

    def mark(self) -> None:
        """Mark the item under the cursor, or take its mark away, and go to the next one."""
        entry = self.feed.highlighted
        if entry is not None and self.markable(entry):
            self._mark(self.feed.marked ^ {entry.key})
        self.feed.action_cursor_down()

    def markable(self, entry: Entry) -> bool:
        """Whether something can be done with this item together with others."""
        return True

    def unmark(self) -> bool:
        """Take all marks away; False when there are none."""
        had = bool(self.feed.marked)
        self._mark(frozenset())
        return had

    @property
    def marked(self) -> Sequence[Entry]:
        """The marked items, in the order of the list."""
        return found(self.entries(), self.feed.marked)

    def _mark(self, keys: frozenset[str]) -> None:
        if keys != self.feed.marked:
            self.feed.mark(keys)
            self.post_message(Hinted())

    # The filter

    async def filter(self) -> None:
        """Open the filter, which is made when it is wanted first."""
        if self._filter is None:
            from kosmo_tui.ui.panes.parts import Filter

            self._filter = Filter()
            await self.mount(self._filter)
        self._filter.remove_class("-hidden")
        self.screen.set_focus(self._filter.field)

    def unfilter(self) -> None:
        """Close the filter: every row is there again."""
        if self._filter is not None and self._filtering:
            self._filter.field.value = ""
            self._filter.add_class("-hidden")
            self._drop_sieve()
            self.draw()

    @property
    def _filtering(self) -> bool:
        return self._filter is not None and not self._filter.has_class("-hidden")

    @property
    def is_typing(self) -> bool:
        return self._filter is not None and self._filter.field.has_focus

    def on_input_changed(self) -> None:
        if self.desk is not None:
            before = self.feed.highlighted
            self.draw()
            if before is not None and self.feed.highlighted != before:  # its item is not among them
                self.feed.action_first()
            self.post_message(Changed(self.desk.account))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if not event.value.strip() and self._filter is not None:
            self._filter.add_class("-hidden")
        self.screen.set_focus(self.feed)
