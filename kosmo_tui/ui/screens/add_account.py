"""The first screen of somebody who has no account yet: which service, which name, where the token comes from."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from kosmo_tui.accounts.connecting import connect
from kosmo_tui.accounts.settings import Config, new_account
from kosmo_tui.api.errors import KosmoError
from kosmo_tui.api.secret import Secret
from kosmo_tui.ui.screens.dialog import Dialog
from kosmo_tui.ui.text import error_line
from kosmo_tui.ui.widgets.choice import Choice

_KINDS = (("buffer", "Buffer"), ("instagram", "Instagram"), ("facebook", "Instagram through Facebook"))
_STEPS = {
    "buffer": (
        "1  Sign in to Buffer in a browser and open publish.buffer.com/settings/api",
        "2  Make a personal API key (every plan has at least one)",
        "3  Paste it here. It acts for the whole Buffer account: keep it like a password",
    ),
    "instagram": (
        "1  The Instagram account must be a professional one (business or creator)",
        "2  At developers.facebook.com make an app with “Instagram API with Instagram login”",
        "3  Under API setup add the account and press Generate token; paste it here (60 days)",
    ),
    "facebook": (
        "1  The Instagram account must be linked to a Facebook Page that you manage",
        "2  At developers.facebook.com make an app with “Instagram API with Facebook login”",
        "3  Make a long-lived user token with instagram_basic, pages_show_list and what you",
        "   need of instagram_content_publish, instagram_manage_comments and _insights",
    ),
}


class AddAccountScreen(Dialog[bool]):
    """Dismisses with True when an account was added."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "close"),
        Binding("f5", "add", "add"),
    ]
    DEFAULT_CSS = """
    AddAccountScreen {
        align: center middle;
        background: $background;
        & > Vertical {
            width: 92;
            max-width: 100%;
            height: auto;
            padding: 1 2;
            background: $surface;
            border: round $primary;
            border-title-color: $text-primary;
        }
        & .add--line { height: auto; margin-top: 1; }
        & .add--line > .add--label { width: 10; color: $text-muted; }
        & .add--line > Input { width: 40; padding: 0 1; background: $panel; }
        & #add-token { width: 1fr; }
        & #add-steps { margin-top: 1; height: auto; }
        & #add-problem { height: auto; margin-top: 1; display: none; }
        &.-failed #add-problem { display: block; }
        & .add--foot { height: 1; margin-top: 1; }
        & .add--foot > Static { width: 1fr; color: $text-muted; }
        & .add--foot > Button { min-width: 0; padding: 0 2; }
        & .add--foot > Button:focus { text-style: bold underline; background-tint: $foreground 15%; }
    }
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        self._config = config

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = " Add an account "
            yield Static("kosmo shows the accounts that you add here. `kosmo --demo` shows it full of invented data.")
            with Horizontal(classes="add--line"):
                yield Static("Service", classes="add--label")
                yield Choice(_KINDS, "buffer", id="add-kind")
            with Horizontal(classes="add--line"):
                yield Static("Name", classes="add--label")
                yield Input(self._free_name("buffer"), id="add-name", compact=True)
            with Horizontal(classes="add--line"):
                yield Static("Token", classes="add--label")
                yield Input(password=True, id="add-token", compact=True, placeholder="paste it; it is not shown")
            yield Static(id="add-steps")
            yield Static(id="add-problem", markup=False)
            with Horizontal(classes="add--foot"):
                yield Static("tab next field   ←→ choose   esc close")
                yield Button("f5 check and add", id="add", variant="primary", compact=True)

    def on_mount(self) -> None:
        for field in self.query(Input):
            field.cursor_blink = False
        self._explain()

    def _free_name(self, service: str) -> str:
        """`default` for the first account of a service; for others the user has to say."""
        taken = {account.name for account in self._config.accounts if account.service == service}
        return "" if "default" in taken else "default"

    @on(Choice.Changed)
    def _explain(self) -> None:
        steps = _STEPS[self.query_one("#add-kind", Choice).value]
        where = f"The token is kept in {self._config.path.with_name('credentials.toml')}, readable by you alone."
        self.query_one("#add-steps", Static).update(
            Content.assemble(("Where to get it\n", "bold $text-primary"), "\n".join(steps), ("\n" + where, "dim"))
        )

    @on(Input.Submitted)
    @on(Button.Pressed)
    def action_add(self) -> None:
        """Check the token and keep it."""
        self.remove_class("-failed")
        self.app.run_worker(self._add(), name="add account", group="add account", exclusive=True, exit_on_error=False)

    async def _add(self) -> None:
        kind = self.query_one("#add-kind", Choice).value
        service = "buffer" if kind == "buffer" else "instagram"
        name = self.query_one("#add-name", Input).value.strip()
        button = self.query_one(Button)
        button.disabled = True
        try:
            account = new_account(service, name, {"login": kind} if service == "instagram" else {})
            owner = await connect(self._config, account, Secret(self.query_one("#add-token", Input).value.strip()))
        except KosmoError as error:
            self.query_one("#add-problem", Static).update(error_line(error))
            self.add_class("-failed")
        else:
            self.notify(f"{account.id} is {owner}.", markup=False)
            self.dismiss(True)
        finally:
            button.disabled = False
