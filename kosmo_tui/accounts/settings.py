"""config.toml: the accounts, the settings and the keys, checked so strictly that a typo never passes in silence."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import msgspec
from msgspec.structs import fields

from kosmo_tui.accounts import paths
from kosmo_tui.accounts.toml_file import TomlFile
from kosmo_tui.api.base_url import takes_token
from kosmo_tui.api.errors import BadParameter, ConfigError
from kosmo_tui.api.functions import FUNCTIONS, Service

if TYPE_CHECKING:
    from datetime import tzinfo

Login = Literal["instagram", "facebook"]
Text = Annotated[str, msgspec.Meta(min_length=1)]

MAX_HOLD = 600
DAY = 24 * 60  # minutes
BASE_URLS: dict[str, str] = {
    "buffer": "https://api.buffer.com",
    "instagram": "https://graph.instagram.com",
    "facebook": "https://graph.facebook.com",
}
ALLOWED = {
    "timezone": 'an IANA time zone, e.g. "Europe/Berlin"',
    "theme": 'the name of a theme, e.g. "textual-dark"',
    "mouse": "true or false",
    "images": '"auto", "halfblock" or "none"',
    "row_lines": "1 or 2",
    "hold_seconds": f"a whole number of seconds from 0 (send at once) to {MAX_HOLD}",
    "refresh_minutes": f"a whole number of minutes from 0 (never by itself) to {DAY}",
    "reserve": "a whole number of percent from 0 to 100",
    "token_env": "the name of an environment variable that holds the token (not the token itself)",
    "token_cmd": 'a command that prints the token, e.g. "pass show buffer/agency"',
    "base_url": "an https:// URL of scheme, host, port and path (http:// only for this machine)",
    "login": '"instagram" or "facebook"',
    "api_version": 'a version of the Graph API, e.g. "v25.0"',
    "user_id": "the digits of the account's id, in quotes",
}
SERVICES: tuple[Service, ...] = ("buffer", "instagram")
_NAME = r"[A-Za-z_][A-Za-z0-9_]{0,39}"
_PATTERNS = {
    "token_env": r"[A-Za-z_][A-Za-z0-9_]{0,63}",
    "token_cmd": r"[^\0]*\S[^\0]*",
    "api_version": r"v\d{1,3}\.\d{1,3}",
    "user_id": r"\d{1,32}",
}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The table `[settings]`."""

    timezone: Text | None = None
    theme: Text = "textual-dark"
    mouse: bool = True
    images: Literal["auto", "halfblock", "none"] = "auto"
    row_lines: Literal[1, 2] = 1  # of every row of a list
    hold_seconds: Annotated[int, msgspec.Meta(ge=0, le=MAX_HOLD)] = 10  # in which a post for now can be taken back
    refresh_minutes: Annotated[int, msgspec.Meta(ge=0, le=DAY)] = 15  # how old what is shown may grow; 0: ever older
    reserve: Annotated[int, msgspec.Meta(ge=0, le=100)] = 20  # percent of every rate window that stay for the person

    @property
    def zone(self) -> tzinfo:
        """The zone in which times are shown and entered: `timezone`, else the system's."""
        from kosmo_tui.accounts import zone  # here, and the like below: a call or a start needs none of it

        return (zone.named(self.timezone) if self.timezone else None) or zone.system_zone()


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Who we act as at one service: a table `[buffer.NAME]` or `[instagram.NAME]`."""

    service: ClassVar[Service]
    name: str
    base_url: Text
    token_env: Text | None = None
    token_cmd: Text | None = None

    @property
    def id(self) -> str:
        """`buffer.agency`."""
        return f"{self.service}.{self.name}"


class BufferAccount(Account, frozen=True, kw_only=True):
    """An account of Buffer."""

    service = "buffer"


class InstagramAccount(Account, frozen=True, kw_only=True):
    """An Instagram account.  `login` decides the host; `user_id` is looked up when it is not given."""

    service = "instagram"
    login: Login = "instagram"
    api_version: Text = "v25.0"
    user_id: Text | None = None


KINDS: dict[Service, type[Account]] = {"buffer": BufferAccount, "instagram": InstagramAccount}


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """What config.toml says; `accounts` in the order of the file, Buffer first."""

    path: Path
    settings: Settings = Settings()
    accounts: tuple[Account, ...] = ()
    keys: dict[str, str] = {}

    def some(self) -> tuple[Account, ...]:
        """The accounts.  Raises ConfigError when there are none."""
        if not self.accounts:
            raise ConfigError(
                f"there is no account yet: {self.path} {'names none' if self.path.exists() else 'does not exist'}",
                hint="add one with `kosmo accounts add buffer.default`, or look around first with `kosmo --demo`",
            )
        return self.accounts

    def find(self, name: str, service: Service | None = None) -> Account:
        """The account `name`: `agency` or `buffer.agency`, at `service` when only that will do.

        Raises ConfigError when there are no accounts at all, BadParameter naming those that exist otherwise.
        """
        fitting = [account for account in self.some() if service in (None, account.service)]
        for account in fitting:
            if name in (account.name, account.id):
                return account
        there = ", ".join(account.id for account in fitting)
        what = f"no {service} account" if service else "no account"
        raise BadParameter(
            f"there is {what} called {name!r}" if there else f"there is {what} yet",
            parameter="account",
            hint=f"there are: {there}" if there else f"add one with `kosmo accounts add {service}.{name}`",
        )


def load(path: Path | None = None) -> Config:
    """What is in config.toml; a file that does not exist is an empty one.

    Raises ConfigError for an unknown key, a wrong type, a bad zone, URL or name: with file, line, key and what is
    allowed.
    """
    return parse(TomlFile.read(path or paths.config_file()))


def parse(file: TomlFile) -> Config:
    """What `file` says.  Raises ConfigError like `load`."""
    _known(file, file.data, ("settings", *SERVICES, "keys"))
    accounts = tuple(
        _account(file, service, name, _table(file, table, service, name))
        for service in SERVICES
        for name, table in _table(file, file.data.get(service, {}), service).items()
    )
    settings = Settings(**_values(file, Settings, "settings"))
    if settings.timezone is not None:
        _check_zone(file, settings.timezone)
    keys = _table(file, file.data.get("keys", {}), "keys")
    for action, key in keys.items():
        if not isinstance(key, str) or not key:
            raise file.fault(f"keys.{action} must be the name of a key", "keys", action, hint='e.g. compose = "c"')
    return Config(path=file.path, settings=settings, accounts=accounts, keys=keys)


def new_account(service: str, name: str, values: dict[str, Any]) -> Account:
    """An account that is not in config.toml yet, judged like one that is.  Raises ConfigError like `load`."""
    file = TomlFile(Path("new account"), "")
    file.data = {service: {name: values}}
    return parse(file).accounts[0]


def default_base_url(account: Account) -> str:
    """Where the service of `account` is."""
    return BASE_URLS[account.login if isinstance(account, InstagramAccount) else account.service]


def check_name(name: str) -> str:
    """`name`, if an account can be called so; it is a word of the Lua namespace (`app.integrations.buffer.NAME`).

    Raises ConfigError for anything else.
    """
    if not re.fullmatch(_NAME, name):
        raise ConfigError(
            f"an account cannot be called {name!r}",
            hint="a name is up to 40 letters a-z, digits and underscores, and does not begin with a digit",
        )
    if any(name in (function.name, f"{function.service}_{function.name}") for function in FUNCTIONS):
        raise ConfigError(f"an account cannot be called {name!r}: a function has this name", hint="choose another name")
    return name


def _account(file: TomlFile, service: Service, name: str, table: dict[str, Any]) -> Account:
    try:
        check_name(name)
    except ConfigError as error:
        raise file.fault(error.message, service, name, hint=error.hint) from None
    kind = KINDS[service]
    values = _values(file, kind, service, name)
    for key, pattern in _PATTERNS.items():
        if key in values and not re.fullmatch(pattern, values[key]):
            raise _wrong(file, service, name, key)
    if not takes_token(values.setdefault("base_url", BASE_URLS[values.get("login", service)])):
        raise _wrong(file, service, name, "base_url")
    return kind(name=name, **values)


def _values(file: TomlFile, kind: type[msgspec.Struct], *keys: str) -> dict[str, Any]:
    """The table at `keys`, every value of the type that `kind` has for it."""
    table: Any = file.data
    for key in keys:
        table = table.get(key, {})
    types = _types(kind)
    _known(file, _table(file, table, *keys), types, *keys)
    for key, value in table.items():
        try:
            msgspec.convert(value, types[key])
        except msgspec.ValidationError:
            raise _wrong(file, *keys, key) from None
    return dict(table)


@cache
def _types(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {field.name: field.type for field in fields(kind) if field.name != "name"}


def _known(file: TomlFile, table: dict[str, Any], known: Any, *keys: str) -> None:
    for key in table:
        if key in known:
            continue
        where = f"[{'.'.join(keys)}]" if keys else "config.toml"
        import difflib

        near = difflib.get_close_matches(key, known, n=1)
        hint = f"did you mean {near[0]}? allowed: {', '.join(known)}" if near else f"allowed: {', '.join(known)}"
        if "token" in key or "secret" in key or "password" in key:
            hint = f"tokens do not belong into config.toml; store one with `kosmo accounts add`. {hint}"
        raise file.fault(f"{where} has no key {key!r}", *keys, key, hint=hint)


def _table(file: TomlFile, value: Any, *keys: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        example = f"[{keys[0]}.default]" if keys[0] in SERVICES else f"[{keys[0]}]"
        raise file.fault(f"{'.'.join(keys)} must be a table", *keys, hint=f"e.g. {example}")
    return value


def _wrong(file: TomlFile, *keys: str) -> ConfigError:
    return file.fault(f"{'.'.join(keys)} must be {ALLOWED[keys[-1]]}", *keys)


def _check_zone(file: TomlFile, name: str) -> None:
    from kosmo_tui.accounts import zone

    if zone.named(name) is not None:
        return
    import difflib
    from zoneinfo import available_timezones

    near = difflib.get_close_matches(name, available_timezones(), n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"allowed: {ALLOWED['timezone']}"
    raise file.fault(f"settings.timezone: there is no time zone {name!r}", "settings", "timezone", hint=hint)
