"""TOML files as people write them: read strictly, and with the line at which a key stands."""

from __future__ import annotations

import codecs
import re
import tomllib
from pathlib import Path
from typing import Any

from kosmo_tui.api.errors import ConfigError

MAX_BYTES = 1_000_000  # a larger file is no configuration
_HEADER = r"\s*\[\s*([^\[\]]+?)\s*\]"
_KEY = r"""\s*([\w."'\- ]+?)\s*="""
_AT = r"\s*\(at (?:line (\d+), column \d+|end of document)\)$"
_TWICE = r"Cannot declare \(('[^()]*')\) twice"


class TomlFile:
    """The text of a TOML file and what is in it; `fault()` makes the error that names file, line and key.

    Raises ConfigError when the file cannot be read or is no TOML.
    """

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text
        try:
            self.data: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise self._broken(str(error)) from None
        except RecursionError:
            raise ConfigError(f"{path} is nested too deeply") from None

    @classmethod
    def read(cls, path: Path) -> TomlFile:
        """The file at `path`; a file that does not exist is an empty one."""
        try:
            with path.open("rb") as file:
                return cls(path, decoded(path, file.read(MAX_BYTES + 1)))
        except FileNotFoundError:
            return cls(path, "")
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror}") from None

    def line(self, *keys: str) -> int | None:
        """The line, from 1, at which the table or key `keys` stands; None when it cannot be told."""
        table: tuple[str, ...] = ()
        for number, line in enumerate(self.text.splitlines(), 1):
            if header := re.match(_HEADER, line):
                table = _parts(header[1])
                found = table
            elif key := re.match(_KEY, line):
                found = table + _parts(key[1])
            else:
                continue
            if found[: len(keys)] == keys:
                return number
        return None

    def fault(self, what: str, *keys: str, hint: str = "") -> ConfigError:
        """A ConfigError saying `what` is wrong with `keys`; never with the value, which may be a misplaced token."""
        line = self.line(*keys)
        where = f"{self.path}, line {line}" if line else str(self.path)
        return ConfigError(f"{where}: {what}", hint=hint)

    def _broken(self, reason: str) -> ConfigError:
        at = re.search(_AT, reason)
        line = f", line {at[1] or len(self.text.splitlines())}" if at else ""
        reason = re.sub(_AT, "", reason)
        if twice := re.match(_TWICE, reason):
            table = ".".join(part.strip(" '") for part in twice[1].split(",") if part.strip())
            return ConfigError(
                f"{self.path}{line}: the table [{table}] is there twice",
                hint="every account needs a name of its own: rename one of the two, or put them together",
            )
        return ConfigError(
            f"{self.path}{line}: this is no valid TOML: {reason}",
            hint='texts stand in quotes (name = "value"), tables in brackets ([buffer.default])',
        )


def decoded(path: Path, content: bytes) -> str:
    """The text of a configuration file.  Raises ConfigError when it is no UTF-8 or far too large."""
    if len(content) > MAX_BYTES:
        raise ConfigError(f"{path} is larger than {MAX_BYTES:,} bytes: this is no configuration file")
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}, line {line}: this is no UTF-8", hint="save the file as UTF-8") from None


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
