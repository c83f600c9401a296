"""`kosmo`: the dashboard, on the accounts of config.toml or on the demo."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from kosmo_tui.api.errors import BadParameter, ConfigError, OutcomeUnknown
from kosmo_tui.commands.stopping import stopped_by_signals
from kosmo_tui.commands.stored import opened_store
from kosmo_tui.services.workspace import VIEWS

if TYPE_CHECKING:
    from kosmo_tui.accounts.hub import Hub
    from kosmo_tui.accounts.settings import Account, Config
    from kosmo_tui.store.database import Store

START = 2.0  # seconds after which the start is over


class Options(Struct, frozen=True):
    """What the command line says; a start without options does not wait for the parser."""

    account: str | None = None
    pane: str | None = None
    demo: bool = False
    posts: int | None = None
    no_mouse: bool = False


def run(words: list[str]) -> int:
    """Run the dashboard until it is quit; its exit code."""
    args = Options()
    if words:
        from kosmo_tui.commands.dashboard_parser import parsed

        args = parsed(words)
    if args.posts is not None and not args.demo:
        raise BadParameter("--posts belongs to --demo", parameter="posts")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadParameter("the dashboard needs a terminal", hint="`kosmo call` is for scripts and pipes")
    with ExitStack() as stack:
        own = None
        if args.demo:
            own = _own_config()
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kosmo-demo-"))
            os.environ["KOSMO_CONFIG_DIR"] = os.environ["KOSMO_STATE_DIR"] = folder
        while (code := asyncio.run(_show(args, own, stack.close))) is None:
            pass  # an account was added: open the dashboard on it
        return code


def _own_config() -> Config | None:
    """The user's configuration, of which the demo takes looks and keys; a newcomer has none, or not a right one yet."""
    from kosmo_tui.accounts import settings

    with suppress(ConfigError):
        return settings.load()
    return None


async def _show(args: Options, own: Config | None, clean_up: Callable[[], None]) -> int | None:
    """The exit code; None when the configuration has changed and the dashboard should open again."""
    from kosmo_tui.accounts import paths, settings
    from kosmo_tui.accounts.hub import Hub

    if args.demo:
        from kosmo_tui.commands.demo import demo_hub

        hub = demo_hub(args.posts, own)
    else:
        hub = Hub(settings.load())
        if paths.networks_file().exists():  # else the published ones hold, which nothing on the first screen needs
            from kosmo_tui.accounts import network_rules

            network_rules.load()
    start = _start(hub.config, args.account, args.pane)

    if hub.config.keys:
        from kosmo_tui.ui.actions import keymap_errors

        for problem in keymap_errors(hub.config.keys):
            raise ConfigError(f"{hub.config.path}: {problem}", hint="`?` in the dashboard lists the actions")
    with _store() as store:
        return await _run_app(hub, store, args, start, clean_up)


@contextmanager
def _store() -> Iterator[Store]:
    """The store; one in memory, which nothing is sent through, when the file cannot be used: reading still works."""
    from kosmo_tui.services.storage import StorageError, readable_store

    with ExitStack() as stack:
        try:
            store = stack.enter_context(opened_store())
        except StorageError as error:
            store = readable_store()
            store.notice = f"{error.message}. Drafts last only while kosmo runs, and nothing can be sent. {error.hint}"
        yield store


async def _run_app(
    hub: Hub, store: Store, args: Options, start: Account | None, clean_up: Callable[[], None]
) -> int | None:
    from kosmo_tui.ui.postponed import postpone_types

    postpone_types()
    from kosmo_tui.ui.app import KosmoApp

    async with hub:
        start_account = start.id if start else None
        app = KosmoApp(
            hub, hub.config.settings, store=store, start_account=start_account, start_pane=args.pane, demo=args.demo
        )
        if app.settings.theme not in app.available_themes:
            raise ConfigError(
                f"{hub.config.path}: settings.theme: there is no theme {app.settings.theme!r}",
                hint=f"there are: {', '.join(sorted(app.available_themes))}",
            )
        with stopped_by_signals(app, clean_up):
            asyncio.get_running_loop().call_later(START, _collect_garbage)
            again = await app.run_async(mouse=hub.config.settings.mouse and not args.no_mouse) == "again"
    # What a person must hear of after the dashboard is gone: all that is not confirmed.
    rows = [row for publication in app.left_open for row in publication.rows if row.state != "confirmed"]
    for row in rows:
        held = row.state == "queued"  # taken back by nobody, sent by nobody: it waits for a person
        told = "nothing was sent; the outbox asks you at the next start" if held else f"{row.note}. {row.hint}".strip()
        state = "not sent" if held else row.state
        print(f"{state}: {row.target.label} ({row.target.account}): {told}", file=sys.stderr)
    if any(row.state == "unknown" for row in rows):
        return OutcomeUnknown.exit_code
    return None if again else app.return_code or 0


def _collect_garbage() -> None:
    """From now on look for garbage now and then, but not among what the start has made: that stays for good."""
    gc.freeze()
    gc.set_threshold(10_000)


def _start(config: Config, name: str | None, pane: str | None) -> Account | None:
    """The account to open: the one called `name`, of the service that has `pane` when both have such an account."""
    having: list[Any] = [service for service, panes in VIEWS.items() if pane in panes]
    if name is None:
        return next((account for account in config.accounts if account.service in having), None)
    if len(having) == 1 and name.partition(".")[0] not in VIEWS:
        return config.find(name, having[0])
    account = config.find(name)
    if having and account.service not in having:
        raise BadParameter(
            f"{account.id} has no pane {pane}", parameter="pane", hint=f"it has: {', '.join(VIEWS[account.service])}"
        )
    return account
