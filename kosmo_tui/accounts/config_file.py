"""Adding an account to config.toml: a table at its end; what people wrote there is never rewritten."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from kosmo_tui.accounts.settings import Account, default_base_url, parse
from kosmo_tui.accounts.toml_file import TomlFile
from kosmo_tui.api.errors import ConfigError


def table(account: Account) -> str:
    """The table of `account`, with the keys that differ from their defaults."""
    import msgspec
    import tomli_w

    values: dict[str, Any] = msgspec.structs.asdict(account)
    del values["name"]
    defaults: dict[str, Any] = {field.name: field.default for field in msgspec.structs.fields(account)}
    defaults["base_url"] = default_base_url(account)
    values = {key: value for key, value in values.items() if value != defaults[key]}
    return tomli_w.dumps({account.service: {account.name: values}})


def addition(path: Path, account: Account) -> str:
    """What is to be appended to the file at `path` for `account`; nothing is written.

    Raises ConfigError when the file cannot be used, or has such an account already.
    """
    file = TomlFile.read(path)
    if any(known.id == account.id for known in parse(file).accounts):
        raise ConfigError(f"{path} has an account {account.id} already")
    gap = "" if not file.text else "\n" if file.text.endswith("\n") else "\n\n"
    text = gap + table(account)
    try:
        parse(TomlFile(path, file.text + text))
    except ConfigError as error:
        raise ConfigError(
            f"a table cannot be appended to {path}", hint=f"{error.message}; write {account.id} in by hand"
        ) from None
    return text


def append(path: Path, account: Account) -> None:
    """Append the table of `account` to the file at `path`; the file is made when it is missing.

    Raises ConfigError like `addition`, and when the file cannot be written; it is untouched then.
    """
    text = addition(path, account)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("ab") as stream:
            stream.write(text.encode())
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written: {error.strerror}", hint=f"add these lines by hand:\n{table(account)}"
        ) from None
