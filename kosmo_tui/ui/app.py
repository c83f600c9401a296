"""The dashboard as a Textual app: what outlives a screen is owned here."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from textual.app import SystemCommand
from textual.binding import BindingType
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.accounts.settings import Settings
from kosmo_tui.api.errors import KosmoError
from kosmo_tui.services.budget import Budget, Priority
from kosmo_tui.services.refresh import Refresh
from kosmo_tui.services.workspace import Workspace
from kosmo_tui.store.database import Store
from kosmo_tui.ui.actions import bindings
from kosmo_tui.ui.contrast import readable_variables
from kosmo_tui.ui.driver import ThriftyDriver
from kosmo_tui.ui.frames import DirectFrames
from kosmo_tui.ui.freshness import Freshness
from kosmo_tui.ui.key_order import OrderedKeys
from kosmo_tui.ui.screens.main import MainScreen
from kosmo_tui.ui.text import mark, plural
from kosmo_tui.ui.toasts import Toasts
from kosmo_tui.ui.told import under_way
from kosmo_tui.ui.widgets.status_bar import Told

if TYPE_CHECKING:
    from kosmo_tui.services.drafts import Drafts
    from kosmo_tui.services.outbox import Outbox
    from kosmo_tui.services.publish import Publication, Publisher
    from kosmo_tui.ui.composing import Composing
    from kosmo_tui.ui.leaving import Leaving
    from kosmo_tui.ui.resolving import Resolving
    from kosmo_tui.ui.undoing import Undo, UndoStack

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


class KosmoApp(Toasts, OrderedKeys[str], DirectFrames[str]):
    """Opens the dashboard on the accounts of `hub`.

    `start_account` is e.g. `buffer.agency`, `start_pane` one of its views.  Publishing belongs to the app, so that it
    outlives the screen that started it.  Ends with "again" when an account was added that the hub does not know.
    """

    TITLE = "kosmo"
    GRACE = 5.0  # seconds that writes under way are given when the app closes
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("app")]
    ENABLE_COMMAND_PALETTE = True
    PAUSE_GC_ON_SCROLL = True
    CSS = """
    Toast { width: 80; max-width: 100%; margin: 0; padding: 0 1; }
    /* Nothing that is being typed or judged is covered: what lies over the dashboard makes room below itself. */
    ModalScreen > ToastRack { layer: default; margin: 0; max-height: 6; scrollbar-size-vertical: 0; }
    ModalScreen Toast { width: 100%; }
    """

    def __init__(
        self,
        hub: Hub,
        settings: Settings | None = None,
        *,
        store: Store | None = None,
        start_account: str | None = None,
        start_pane: str | None = None,
        demo: bool = False,
        now: Clock = wall_clock,
    ) -> None:
        super().__init__(driver_class=ThriftyDriver)
        self._disable_tooltips = True  # there are none, and every screen would have a widget for them
        self.hub = hub
        self.settings = settings or Settings()
        self.keys = dict(hub.config.keys)
        self.demo = demo
        self.now = now
        self.began = now()
        self.store = store or Store.in_memory(now)
        self._owns_store = store is None
        self._volatile = demo or store is None
        self.budget = Budget(self.store.ledger, now, self.settings.reserve / 100)
        self.freshness = Freshness(self, Refresh(self.budget, now, self.settings.refresh_minutes))
        self.workspace = Workspace(hub, now, self)
        self.row_lines: int = self.settings.row_lines
        self._start = (start_account, start_pane)
        self.opening = True  # until the first screen stands
        self._settling = False  # whether the first screen stands, and with it what sends and settles
        self.left_open: list[Publication] = []  # what was still being sent when the app ended
        if self.settings.theme in self.available_themes:
            self.theme = self.settings.theme
        self.animation_level = "none"  # every frame of an animation is bytes on somebody's SSH line
        self.set_keymap(self.keys)

    def get_css_variables(self) -> dict[str, str]:
        self.theme_variables = readable_variables(super().get_css_variables())
        return self.theme_variables

    @property
    def zone(self) -> tzinfo:
        """The user's zone, for what has no zone of its own."""
        return self.settings.zone

    # What sends, settles and writes takes longer to load than all of the first screen: made when it is first needed.

    @cached_property
    def drafts(self) -> Drafts:
        from kosmo_tui.services.drafts import Drafts

        return Drafts(self.store)

    @cached_property
    def publisher(self) -> Publisher:
        from kosmo_tui.services.publish import Publisher

        publisher = Publisher(
            self.hub, self.store, hold=self.settings.hold_seconds, now=self.now, volatile=self._volatile
        )
        publisher.subscribe(lambda publication: self.composing.published(publication))
        return publisher

    @cached_property
    def outbox(self) -> Outbox:
        from kosmo_tui.services.outbox import Outbox

        outbox = Outbox(self.publisher, lambda account: self.budget.allows(account, Priority.TROUBLE) is None)
        outbox.subscribe(self.stored_changed)
        return outbox

    @cached_property
    def _undo_stack(self) -> UndoStack:
        from kosmo_tui.ui.undoing import UndoStack

        return UndoStack()

    @cached_property
    def composing(self) -> Composing:
        from kosmo_tui.ui.composing import Composing

        return Composing(self)

    @cached_property
    def resolving(self) -> Resolving:
        from kosmo_tui.ui.resolving import Resolving

        return Resolving(self)

    @cached_property
    def _leaving(self) -> Leaving:
        from kosmo_tui.ui.leaving import Leaving

        return Leaving(self)

    # The beginning and the end

    def get_default_screen(self) -> Screen[None]:
        """The dashboard; pushed upon an empty screen it would be painted only once all that comes after it is done."""
        if not self.workspace.desks:
            return super().get_default_screen()
        account, view = self._start
        return MainScreen(self.workspace, account=account, view=view)

    def on_mount(self) -> None:
        self.app_resume_signal.subscribe(self, lambda _: self.action_redraw())  # the terminal was the shell's
        if not self.workspace.desks:
            self.action_add_account()

    def post_display_hook(self) -> None:
        """A frame has been written: once the view in use stands on the screen, go on with what must not delay it.

        Textual's `call_after_refresh` comes before that: what it calls is done while the first screen is being made.
        """
        if self.opening and (not self.workspace.desks or (self.main is not None and self.main.drawn)):
            self.opening = False
            self.run_worker(self._after_first_paint(), name="open", group="open", exit_on_error=False)

    async def _after_first_paint(self) -> None:
        """Load what sends and settles, say how the store is, ask the services, and look for what was left unknown."""
        await asyncio.to_thread(import_module, "kosmo_tui.ui.composing")  # takes as long as all of the first screen
        if self.store.notice:
            title = "The store was damaged" if self.store.durable else "The store cannot be used"
            self.notify(self.store.notice, title=title, severity="warning", markup=False, timeout=60)
        self._settling = True
        if self.main is not None:
            self.main.ask()
            self.freshness.open()
        self.run_worker(self._settle(), name="settle the outbox", group="settle", exit_on_error=False)

    async def _settle(self) -> None:
        with suppress(KosmoError):  # a full disk; another time will do
            await asyncio.to_thread(self.drafts.purge)
        try:
            await self.outbox.settle_all()
        except KosmoError as error:
            self.tell_error(error, "The outbox could not be read")

    def tell_error(self, error: KosmoError, title: str) -> None:
        """Show what went wrong, and what to do."""
        told = f"{error.message}. {error.hint}".strip()
        self.notify(told, title=title, severity="error", markup=False, timeout=15)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A fault of ours in a worker must not be silent, and must not end the app either."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.log.error(event.worker.error)
            self.notify(
                f"{type(event.worker.error).__name__} in {event.worker.name}. Please report it.",
                title="A fault of kosmo itself",
                severity="error",
                markup=False,
            )

    async def on_unmount(self) -> None:
        self.left_open = [publication for publication in self.publisher.publications if not publication.done]
        sending = self.publisher.pending - self.publisher.holding
        if sending and sys.__stderr__ is not None and not self.is_headless:
            with suppress(OSError):  # the terminal may be gone; the answers are waited for all the same
                sys.__stderr__.write(f"kosmo waits for the answer to {plural(sending, 'post')} …\n")
        await self.outbox.aclose()
        await self.publisher.aclose(self.GRACE)
        await self.hub.aclose()
        if self._owns_store:
            self.store.close()

    # Actions of the whole app

    @property
    def main(self) -> MainScreen | None:
        """The dashboard's screen, wherever it is in the stack."""
        return next((screen for screen in self.screen_stack if isinstance(screen, MainScreen)), None)

    def undoable(self, label: str, undo: Undo) -> Callable[[], None]:
        """Let `u` take something back: `label` names it ("the deleted draft “…”"), `undo` returns False when too late.

        Returns how to forget it again.
        """
        return self._undo_stack.push(label, undo)

    def undo(self) -> None:
        """Take back the newest post that is held, which cannot wait; else the latest thing that can be."""
        held = [publication for publication in self.publisher.publications if publication.held_until is not None]
        work = self._take_back(held[-1]) if held else self._undo()
        self.run_worker(work, name="undo", group="undo", exit_on_error=False)

    async def _take_back(self, publication: Publication) -> None:
        if not self.publisher.take_back(publication):
            self.notify("Too late to take it back: it is on its way.", severity="warning", markup=False)
            return
        await publication.wait()
        if publication.rest is None:
            self.notify("Taken back: nothing was sent.", markup=False)
            return
        await asyncio.sleep(0)  # the listeners of the publication begin to keep its draft
        await self.workers.wait_for_complete([worker for worker in self.workers if worker.group == "drafts"])
        kept = await asyncio.to_thread(self.drafts.get, publication.draft_id) if publication.draft_id else None
        if kept is not None:
            self.composing.open_draft(kept)

    async def _undo(self) -> None:
        try:
            found = await self._undo_stack.pop()
        except KosmoError as error:
            self.tell_error(error, "Not taken back")
            return
        self.clear_notifications()  # they tell of what was done
        if found is None:
            self.notify("There is nothing to take back.", markup=False)
        elif found[1]:
            self.notify(f"Taken back: {found[0]}.", markup=False)
        else:
            self.notify(f"Too late to take back: {found[0]}.", severity="warning", markup=False)

    def on_resize(self) -> None:
        self._mistrust_terminal()  # it has moved or cut what stood on it

    def action_redraw(self) -> None:
        self._mistrust_terminal()
        self.screen.refresh(layout=True)

    def _mistrust_terminal(self) -> None:
        """Send the next frame whole."""
        if isinstance(self._driver, ThriftyDriver):
            self._driver.forget()

    def on_app_blur(self) -> None:
        """The terminal has lost the focus: nobody looks at what would be read anew."""
        self.freshness.paused = True

    def on_app_focus(self) -> None:
        self.freshness.paused = False
        self.freshness.keep()

    # Drafts and writes

    def stored_changed(self) -> None:
        """Something has changed in the store: whoever shows something of it should look again."""
        if self.main is not None:
            self.main.read_store()

    @property
    def keeps_nothing(self) -> bool:
        """Whether what is written is gone when kosmo ends, and that is not on purpose."""
        return not (self.store.durable or self.demo or self._owns_store)

    def news(self) -> Iterator[Told]:
        """What is under way, for the status bar; and that nothing is kept, where that is not on purpose."""
        if self._settling:
            yield from under_way(self.publisher, self.outbox.needing(), self.zone)
        if self.keeps_nothing:
            yield Told(f"{mark('▲')} nothing is kept on disk", "$text-warning")

    def action_help(self) -> None:
        from kosmo_tui.ui.screens.help import HelpScreen

        def chosen(name: str | None) -> None:
            if name and self.main is not None:
                self.call_later(self.main.action_press, name)

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.keys, self._scopes_here()), chosen)

    def _scopes_here(self) -> Sequence[str]:
        """Whose keys apply where one is, the most particular first."""
        if self.composing.screen is not None:
            return ("compose", "app")
        return ("insights",) if self.main is not None and self.main.view == "insights" else ()

    def action_add_account(self) -> None:
        """Add an account; the first one opens the dashboard."""
        from kosmo_tui.ui.screens.add_account import AddAccountScreen

        def added(done: bool | None) -> None:
            if self.main is None:
                self.exit("again" if done else None)
            elif done:
                self.notify("The new account is shown from the next start on.", markup=False)

        self.push_screen(AddAccountScreen(self.hub.config), added)

    def action_command_palette(self) -> None:
        from kosmo_tui.ui.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: what can be done here.  Textual's own would know nothing of that, and its quit would not ask."""
        from kosmo_tui.ui.palette import commands, composing, save_picture

        if self.main is not None and screen is self.main:
            yield from commands(self, self.main)
        elif (composer := self.composing.screen) is not None and screen is composer:
            yield from composing(self, composer)
        yield SystemCommand("Theme", "Change the colours, until it ends", self.action_change_theme)
        # Once the palette is gone, which would be in it.
        yield SystemCommand(
            "Screenshot", "Save the screen as SVG", lambda: self.set_timer(0.1, lambda: save_picture(self))
        )
        yield SystemCommand("Quit", "Leave", self.action_quit)

    async def action_quit(self) -> None:
        """Leave; after a question when posts are held back or being sent."""
        from kosmo_tui.ui.screens.ask import AskScreen

        if isinstance(self.screen, AskScreen):
            return
        if (composer := self.composing.screen) is not None:
            await composer.action_close()
            return
        self._leaving.ask()

    def _fatal_error(self) -> None:
        """Show a crash without local variables: one of them may hold a token.  (Textual's own shows them.)"""
        from rich.segment import Segments
        from rich.traceback import Traceback  # it loads pygments: not before there is a crash to show

        self.bell()
        self._exit_renderables.append(
            Segments(self.console.render(Traceback(show_locals=False, width=None), self.console.options))
        )
        self._close_messages_no_wait()
