"""Where the token of an account comes from: `token_env`, then `token_cmd`, then credentials.toml."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from typing import Protocol

from kosmo_tui.accounts import token_command
from kosmo_tui.accounts.credentials import Credentials
from kosmo_tui.accounts.settings import Account
from kosmo_tui.api.errors import TokenError
from kosmo_tui.api.secret import Secret


class Secrets(Protocol):
    """Whoever knows the token of an account."""

    async def resolve(self, account: Account) -> Secret:
        """The token of `account`.  Raises TokenError when there is none that can be used."""


class StoredSecrets:
    """The tokens of this user.  A token is looked for once in a run; only a failed look is repeated."""

    def __init__(self, credentials: Credentials | None = None) -> None:
        self.credentials = credentials or Credentials()
        self._looks: dict[str, asyncio.Task[Secret]] = {}

    async def resolve(self, account: Account) -> Secret:
        """The token of `account`; callers at the same time share one look.

        Raises TokenError when there is none that can be used, ConfigError when credentials.toml is no TOML.
        """
        look = self._looks.get(account.id)
        if look is None or (look.done() and (look.cancelled() or look.exception() is not None)):
            look = self._looks[account.id] = asyncio.create_task(self._look(account), name=f"token of {account.id}")
        return await asyncio.shield(look)  # one caller that gives up must not take the token from the others

    async def _look(self, account: Account) -> Secret:
        if account.token_env and (value := os.environ.get(account.token_env, "").strip()):
            try:
                return Secret(value)
            except TokenError as error:
                raise TokenError(f"token_env of {account.id}: {error.message}", hint=error.hint) from None
        if account.token_cmd:
            return await token_command.run(account.token_cmd, account.id)
        kept = await asyncio.to_thread(self.credentials.get, account)
        if kept is not None:
            return kept
        if account.token_env:
            # Somebody may have written the token itself where its variable belongs, so only a plain name is shown.
            name = account.token_env if account.token_env.isupper() else "that token_env names"
            raise TokenError(
                f"there is no token for {account.id}: the environment variable {name} is not set or empty",
                hint=f"set it, or store a token with `kosmo accounts add {account.id}`",
            )
        raise TokenError(
            f"there is no token for {account.id} in {self.credentials.path}",
            hint=f"store one with `kosmo accounts add {account.id}`, or set token_cmd in config.toml",
        )


class GivenSecrets:
    """Tokens that are known from the start, by account id: those of the demo, or one that is being tried."""

    def __init__(self, tokens: Mapping[str, Secret]) -> None:
        self._tokens = tokens

    async def resolve(self, account: Account) -> Secret:
        """The token of `account`.  Raises TokenError when it is not among the given ones."""
        try:
            return self._tokens[account.id]
        except KeyError:
            raise TokenError(f"there is no token for {account.id}") from None
