"""One client per account, opened when it is first asked for: `hub.buffer["agency"].list_profiles()`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from kosmo_tui.accounts.settings import KINDS, Account, Config, InstagramAccount

if TYPE_CHECKING:
    from kosmo_tui.accounts.secrets import Secrets
    from kosmo_tui.api.buffer.client import BufferClient
    from kosmo_tui.api.http import Transport
    from kosmo_tui.api.instagram.client import InstagramClient

Client = TypeVar("Client")


class Clients(Mapping[str, Client], Generic[Client]):
    """The clients of one service by account name; looking one up opens it."""

    def __init__(self, accounts: Mapping[str, Account], open_: Callable[[Any], Client]) -> None:
        self._accounts = accounts
        self._open = open_
        self.opened: dict[str, Client] = {}

    def __getitem__(self, name: str) -> Client:
        if name not in self.opened:
            self.opened[name] = self._open(self._accounts[name])
        return self.opened[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._accounts)

    def __len__(self) -> int:
        return len(self._accounts)


class Hub:
    """All accounts of a configuration.  Close it, or use it as an async context manager.

    Every client can be used at the same time as the others; none knows of another.
    """

    def __init__(self, config: Config, secrets: Secrets | None = None, transport: Transport | None = None) -> None:
        self.config = config
        self.accounts = tuple(account.id for account in config.accounts)  # in the order of the file
        self._secrets = secrets
        self._transport = transport
        self.buffer: Clients[BufferClient] = Clients(self._of("buffer"), self._open_buffer)
        self.instagram: Clients[InstagramClient] = Clients(self._of("instagram"), self._open_instagram)

    @classmethod
    def for_sandbox(cls, description: Mapping[str, Any], transport: Transport | None = None) -> Hub:
        """The accounts of a sandbox, from the description that `kosmo sandbox` prints."""
        from kosmo_tui.accounts.secrets import GivenSecrets
        from kosmo_tui.api.secret import Secret

        tokens: dict[str, Secret] = {}
        accounts: list[Account] = []
        for service, kind in KINDS.items():
            about = description[service]
            for name, token in about["tokens"].items():
                login = {"login": about["login"][name]} if "login" in about else {}
                account = kind(name=name, base_url=about["url"], **login)
                accounts.append(account)
                tokens[account.id] = Secret(token)
        return cls(Config(path=Path("the demo"), accounts=tuple(accounts)), GivenSecrets(tokens), transport)

    @cached_property
    def secrets(self) -> Secrets:
        """Who knows the tokens: when nobody was named, this user's own, looked for once a client wants one."""
        from kosmo_tui.accounts.secrets import StoredSecrets

        return self._secrets or StoredSecrets()

    @property
    def networked(self) -> bool:
        """Whether a network leads to the services: not with a sandbox in this process."""
        return self._transport is None

    def client(self, account: str) -> BufferClient | InstagramClient:
        """The client of `account`, e.g. `buffer.agency`.  Raises KeyError when there is no such account."""
        service, _, name = account.partition(".")
        return self.buffer[name] if service == "buffer" else self.instagram[name]

    async def whose(self, account: str) -> str:
        """Who the token of `account` belongs to: one cheap request.  Raises what the client raises."""
        service, _, name = account.partition(".")
        if service == "buffer":
            owner = await self.buffer[name].get_current_user()
            return owner.email or owner.name or owner.id
        user = await self.instagram[name].get_current_user()
        return f"@{user.username}" if user.username else user.id

    async def aclose(self) -> None:
        """Close every client that was opened."""
        for opened in (self.buffer.opened, self.instagram.opened):
            while opened:
                _, client = opened.popitem()
                await client.aclose()

    async def __aenter__(self) -> Hub:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _of(self, service: str) -> dict[str, Account]:
        return {account.name: account for account in self.config.accounts if account.service == service}

    def _open_buffer(self, account: Account) -> BufferClient:
        from kosmo_tui.api.buffer.client import BufferClient

        return BufferClient.open(
            account=account.id,
            base_url=account.base_url,
            token=partial(self.secrets.resolve, account),
            transport=self._transport,
        )

    def _open_instagram(self, account: InstagramAccount) -> InstagramClient:
        from kosmo_tui.api.instagram.client import InstagramClient

        return InstagramClient.open(
            account=account.id,
            base_url=account.base_url,
            token=partial(self.secrets.resolve, account),
            login=account.login,
            api_version=account.api_version,
            user_id=account.user_id,
            transport=self._transport,
        )
