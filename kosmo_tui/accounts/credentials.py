"""credentials.toml: the tokens that the app keeps, readable by their owner alone."""

from __future__ import annotations

import os
import shlex
import stat
import tempfile
from pathlib import Path
from typing import Any

from kosmo_tui.accounts import paths
from kosmo_tui.accounts.settings import Account
from kosmo_tui.accounts.toml_file import MAX_BYTES, TomlFile, decoded
from kosmo_tui.api.errors import ConfigError, TokenError
from kosmo_tui.api.secret import Secret


class Credentials:
    """The tokens in the file at `path`: tables like those of config.toml, each with a `token`.

    Reading and writing block; both raise TokenError for a file that others can read or that is a symbolic link, with
    the command that mends it, and ConfigError for one that is no TOML.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or paths.credentials_file()

    def get(self, account: Account) -> Secret | None:
        """The token of `account`, None when there is none."""
        file = self._read()
        table: Any = file.data
        for key in (account.service, account.name):
            table = table.get(key, {}) if isinstance(table, dict) else None
        match table:
            case {"token": str(token)}:
                return Secret(token)
            case {**rest} if "token" not in rest:
                return None
        raise file.fault(f"{account.id} must be a table with a token", account.service, account.name, hint=_AGAIN)

    def put(self, account: Account, token: Secret) -> None:
        """Keep `token` for `account`, instead of the one that was kept."""
        data = self._read().data
        service = data.setdefault(account.service, {})
        if not isinstance(service, dict):
            raise ConfigError(f"{self.path}: {account.service} must be a table", hint=_AGAIN)
        kept = service.get(account.name)
        service[account.name] = {**(kept if isinstance(kept, dict) else {}), "token": token.reveal()}
        self._write(data)

    def remove(self, account: Account) -> bool:
        """Forget the token of `account`; whether there was one."""
        data = self._read().data
        service = data.get(account.service)
        if not isinstance(service, dict) or service.pop(account.name, None) is None:
            return False
        if not service:
            del data[account.service]
        self._write(data)
        return True

    def _read(self) -> TomlFile:
        try:
            with os.fdopen(os.open(self.path, _READ), "rb") as file:
                self._judge(os.fstat(file.fileno()))
                return TomlFile(self.path, decoded(self.path, file.read(MAX_BYTES + 1)))
        except FileNotFoundError:
            return TomlFile(self.path, "")
        except OSError as error:
            if self.path.is_symlink():
                raise TokenError(
                    f"{self.path} is a symbolic link, so it cannot be told who reads the tokens",
                    hint="put the file itself there: "
                    f"{_shell('mv', self.path.resolve(), self.path)} && {_shell('chmod', '600', self.path)}",
                ) from None
            raise TokenError(f"{self.path} cannot be read: {error.strerror}") from None

    def _judge(self, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise TokenError(f"{self.path} is not a file")
        if found.st_uid != os.geteuid():
            raise TokenError(
                f"{self.path} belongs to somebody else", hint=f"{_shell('sudo', 'chown', os.geteuid(), self.path)}"
            )
        if found.st_mode & 0o077:
            raise TokenError(
                f"others can read {self.path} (mode {stat.S_IMODE(found.st_mode):03o})",
                hint=f"{_shell('chmod', '600', self.path)}; if others use this machine, make new tokens as well",
            )
        if self.path.parent.stat().st_mode & 0o022:
            raise TokenError(
                f"others can exchange the files in {self.path.parent}", hint=_shell("chmod", "700", self.path.parent)
            )

    def _write(self, data: dict[str, Any]) -> None:
        """Replace the file in one step: a crash leaves the old one or the new one, never half a file."""
        import tomli_w

        content = tomli_w.dumps(data).encode()
        folder = self.path.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
            number, name = tempfile.mkstemp(prefix=".credentials-", dir=folder)  # made with mode 0600
            try:
                with os.fdopen(number, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(number)
                Path(name).replace(self.path)
            finally:
                Path(name).unlink(missing_ok=True)
        except OSError as error:
            raise TokenError(f"{self.path} cannot be written: {error.strerror}") from None


# The file itself is opened, not what a link leads to, and judged when it is open: so what is judged is what is read.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_AGAIN = "store the token again with `kosmo accounts add`"


def _shell(*words: object) -> str:
    return shlex.join(str(word) for word in words)
