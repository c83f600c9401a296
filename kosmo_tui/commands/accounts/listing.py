"""`kosmo accounts list`."""

from __future__ import annotations

from typing import Any

from kosmo_tui.accounts import settings
from kosmo_tui.accounts.credentials import Credentials
from kosmo_tui.accounts.settings import Account, InstagramAccount
from kosmo_tui.api.errors import KosmoError
from kosmo_tui.commands import output
from kosmo_tui.commands.parser import Parser


def run(words: list[str]) -> int:
    """Print the accounts and where their tokens come from; no token is fetched and no service asked."""
    parser = Parser("kosmo accounts list", "List the accounts of config.toml and where their tokens come from.")
    parser.add_output()
    parser.parse_args(words)
    config = settings.load()
    rows = [_row(account) for account in config.accounts]
    if rows:
        text = output.table(
            [("account", "token", "service"), *((row["account"], row["token"], row["url"]) for row in rows)]
        )
    else:
        text = f"No account yet in {config.path}. Add one: kosmo accounts add buffer.default"
    output.show(rows, output.wanted(words), text)
    return 0


def _row(account: Account) -> dict[str, Any]:
    login = {"login": account.login} if isinstance(account, InstagramAccount) else {}
    return {
        "account": account.id,
        "service": account.service,
        "name": account.name,
        "url": account.base_url,
        **login,
        "token": _source(account),
    }


def _source(account: Account) -> str:
    named = [key for key in ("token_env", "token_cmd") if getattr(account, key)]
    if named:
        return ", ".join(named)
    try:
        return "credentials.toml" if Credentials().get(account) else "missing"
    except KosmoError:
        return "unusable"
