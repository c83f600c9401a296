"""A new account from a token: checked first, then kept, then named in config.toml."""

from __future__ import annotations

from kosmo_tui.accounts import config_file
from kosmo_tui.accounts.credentials import Credentials
from kosmo_tui.accounts.hub import Hub
from kosmo_tui.accounts.secrets import GivenSecrets, Secrets
from kosmo_tui.accounts.settings import Account, Config
from kosmo_tui.api.secret import Secret


async def whose(config: Config, account: Account, secrets: Secrets) -> str:
    """Who the token of `account` belongs to: one request.  Raises what the client raises."""
    only = Config(path=config.path, settings=config.settings, accounts=(account,))
    async with Hub(only, secrets) as hub:
        return await hub.whose(account.id)


async def connect(config: Config, account: Account, token: Secret) -> str:
    """Check `token` with one request, keep it in credentials.toml and append `account` to config.toml.

    Returns whose it is.  Raises the client's errors for a token that does not work, ConfigError for an account that
    config.toml has already or cannot take (nothing is kept then), TokenError and ConfigError for files that cannot be
    written.
    """
    config_file.addition(config.path, account)  # before a token of that name is replaced
    owner = await whose(config, account, GivenSecrets({account.id: token}))
    Credentials().put(account, token)
    config_file.append(config.path, account)
    return owner
