"""networks.toml in the configuration folder: the user's own limits, over those that are published."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kosmo_tui.accounts import paths
from kosmo_tui.accounts.toml_file import TomlFile
from kosmo_tui.compose.networks import BadRule, Source, use


def load(path: Path | None = None) -> None:
    """Let the checks go by networks.toml, too; without the file they go by what is published.

    Raises ConfigError for a network or value that does not exist or is of a wrong type: with file, line and key.
    """
    file = TomlFile.read(path or paths.networks_file())
    try:
        use(file.data, Source(str(file.path), _changed(file.path)))
    except BadRule as bad:
        raise file.fault(f"{'.'.join(bad.keys)}: {bad.message}", *bad.keys, hint=bad.hint) from None


def _changed(path: Path) -> date:
    """The day on which the file was last written."""
    try:
        return date.fromtimestamp(path.stat().st_mtime)
    except OSError:
        return date.today()
