"""The dashboard as a Textual app: what outlives a screen is owned here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, tzinfo
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.accounts.settings import Settings
from kosmo_tui.compose.draft import Draft, Target
from kosmo_tui.services.publish import Publication, Publisher
from kosmo_tui.services.targets import instagram_target, profile_targets
from kosmo_tui.services.workspace import VIEWS, BufferDesk, Desk, InstagramDesk, Workspace
from kosmo_tui.ui.actions import bindings
from kosmo_tui.ui.screens.main import MainScreen

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


class KosmoApp(App[str]):
    """Opens the dashboard on the accounts of `hub`.

    `start_account` is e.g. `buffer.agency`, `start_pane` one of its views.  Publishing belongs to the app, so that it
    outlives the screen that started it.  Ends with "again" when an account was added that the hub does not know.
    """

    TITLE = "kosmo"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("app")]
    ENABLE_COMMAND_PALETTE = True
    PAUSE_GC_ON_SCROLL = True
    CSS = """
    Toast { max-width: 80; }
    """

    def __init__(
        self,
        hub: Hub,
        settings: Settings | None = None,
        *,
        start_account: str | None = None,
        start_pane: str | None = None,
        demo: bool = False,
        now: Clock = wall_clock,
    ) -> None:
        super().__init__()
        self.hub = hub
        self.settings = settings or Settings()
        self.keys = dict(hub.config.keys)
        self.demo = demo
        self.now = now
        self.workspace = Workspace(hub, now)
        self.publisher = Publisher(hub)
        self._start = (start_account, start_pane)
        self._drafts: dict[str, Draft] = {}  # by account; they live as long as the app
        if self.settings.theme in self.available_themes:
            self.theme = self.settings.theme
        self.animation_level = "none"  # every frame of an animation is bytes on somebody's SSH line
        self.set_keymap(self.keys)

    @property
    def zone(self) -> tzinfo:
        """The user's zone, for what has no zone of its own."""
        return self.settings.zone

    def on_mount(self) -> None:
        self.publisher.subscribe(self._published)
        if not self.workspace.desks:
            self.action_add_account()
            return
        account, view = self._start
        self.push_screen(MainScreen(self.workspace, account=account, view=view))

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
        await self.publisher.aclose()
        await self.hub.aclose()

    # Actions of the whole app

    @property
    def main(self) -> MainScreen | None:
        """The dashboard's screen, wherever it is in the stack."""
        return next((screen for screen in self.screen_stack if isinstance(screen, MainScreen)), None)

    def action_help(self) -> None:
        from kosmo_tui.ui.screens.help import HelpScreen

        def chosen(name: str | None) -> None:
            if name and self.main is not None:
                self.main.action_press(name)

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.keys), chosen)

    def action_add_account(self) -> None:
        """Add an account; the first one opens the dashboard."""
        from kosmo_tui.ui.screens.add_account import AddAccountScreen

        def added(done: bool | None) -> None:
            if self.main is None:
                self.exit("again" if done else None)
            elif done:
                self.notify("The new account is shown from the next start on.", markup=False)

        self.push_screen(AddAccountScreen(self.hub.config), added)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: accounts and views first, then what Textual offers (themes, screenshot, …)."""
        main = self.main
        if main is not None and screen is main:
            yield SystemCommand("Write a post", "Compose for this account", main.action_compose)
            for number, desk in enumerate(self.workspace, 1):
                yield SystemCommand(
                    f"Account {desk.service} {desk.name}",
                    f"Switch to account {number}",
                    self._opener(desk.account, None),
                )
            for view in VIEWS[main.desk.service]:
                yield SystemCommand(
                    f"View {view}", f"Show {view} of {main.desk.name}", self._opener(main.desk.account, view)
                )
            yield SystemCommand("Refresh", "Ask the service for this view again", main.action_refresh)
            yield SystemCommand("Keys and help", "Show all keys", self.action_help)
            if not self.demo:
                yield SystemCommand("Add an account", "Buffer or Instagram, with a token", self.action_add_account)
        # Textual's own list of keys would be a second help, and its quit would not ask.
        yield SystemCommand("Quit", "Leave", self.action_quit)
        yield from (command for command in super().get_system_commands(screen) if command.title not in ("Keys", "Quit"))

    def _opener(self, account: str, view: str | None) -> Callable[[], None]:
        from kosmo_tui.ui.widgets.sidebar import Place

        def opener() -> None:
            if self.main is not None:
                self.main.go(Place(account), view)

        return opener

    def compose_post(self, desk: Desk, *, profile: str | None = None, at: datetime | None = None) -> None:
        """Open the composer as `desk`, with a profile and a time chosen, and with what was kept of the last try."""
        from kosmo_tui.ui.screens.compose import ComposeScreen

        draft = self._drafts.get(desk.account, Draft())
        if profile is not None:
            draft = draft.replace(targets=(f"{desk.account}/{profile}",))
        elif isinstance(desk, InstagramDesk) and not draft.targets:
            draft = draft.replace(targets=(desk.account,), when=draft.when or "now")  # Instagram has no queue
        if at is not None:
            draft = draft.replace(when=at.isoformat(timespec="minutes"))  # with its offset: an hour can come twice

        def keep(kept: Draft | None) -> None:
            self._drafts.pop(desk.account, None)
            if kept is not None and not kept.is_empty:
                self._drafts[desk.account] = kept
                self.notify("The draft is kept: compose opens it again.", markup=False)

        self.push_screen(
            ComposeScreen(
                account_label=f"{desk.service.capitalize()} · {desk.name}",
                targets=self._targets(desk),
                publisher=self.publisher,
                draft=draft,
                now=self.now,
            ),
            keep,
        )

    def _targets(self, desk: Desk) -> list[Target]:
        """Where a post written as `desk` may go: its own profiles, and the Instagram accounts, its own first."""
        zone = str(self.zone)
        instagram = [
            instagram_target(other.account, other.user.username if other.user else "", zone)
            for other in sorted(self.workspace, key=lambda other: other is not desk)
            if isinstance(other, InstagramDesk)
        ]
        return [*(profile_targets(desk.account, desk.profiles) if isinstance(desk, BufferDesk) else ()), *instagram]

    def _published(self, publication: Publication) -> None:
        """A write has news: look at the accounts again once all targets of it have their last word."""
        if self.main is None:
            return
        if publication.done:
            self._keep_rest(publication)
            accounts = {row.target.account for row in publication.rows}
            self.main.refresh_accounts([desk for desk in self.workspace if desk.account in accounts])
        self.main.describe()

    def _keep_rest(self, publication: Publication) -> None:
        """What was not taken after its composer was closed stays as a draft."""
        from kosmo_tui.ui.screens.compose import ComposeScreen

        if publication.rest is None or any(isinstance(screen, ComposeScreen) for screen in self.screen_stack):
            return
        left = [row.target for row in publication.rows if row.state != "confirmed"]
        self._drafts[left[0].account] = publication.rest
        self.notify(
            f"{len(left)} of {len(publication.rows)} did not take the post. Its text is kept: compose opens it again.",
            severity="warning",
            markup=False,
            timeout=15,
        )

    async def action_quit(self) -> None:
        """Leave; while posts are being sent, only after a question."""
        if not self.publisher.pending:
            self.exit()
            return
        from kosmo_tui.ui.screens.ask import Answer, AskScreen

        def decide(answer: str | None) -> None:
            if answer == "quit":
                self.exit()

        self.push_screen(
            AskScreen(
                f"{self.publisher.pending} posts are being sent.",
                "Leaving waits a few seconds for them; what is open then may be live or not.",
                [Answer("q", "quit", "error"), Answer("s", "stay", "primary")],
            ),
            decide,
        )

    def _fatal_error(self) -> None:
        """Show a crash without local variables: one of them may hold a token.  (Textual's own shows them.)"""
        from rich.segment import Segments
        from rich.traceback import Traceback  # it loads pygments: not before there is a crash to show

        self.bell()
        self._exit_renderables.append(
            Segments(self.console.render(Traceback(show_locals=False, width=None), self.console.options))
        )
        self._close_messages_no_wait()
