"""Where configuration and state live: the XDG folders (or the system's own), unless the environment names others."""

from __future__ import annotations

import os
from pathlib import Path

APP = "kosmo-tui"


def config_dir() -> Path:
    """The folder of config.toml and credentials.toml: `KOSMO_CONFIG_DIR`, else e.g. `~/.config/kosmo-tui`."""
    if named := os.environ.get("KOSMO_CONFIG_DIR"):
        return Path(named).expanduser().absolute()
    import platformdirs

    return platformdirs.user_config_path(APP)


def config_file() -> Path:
    """The user's file; the app only ever appends to it."""
    return config_dir() / "config.toml"


def networks_file() -> Path:
    """The user's own limits of networks."""
    return config_dir() / "networks.toml"


def credentials_file() -> Path:
    """The app's file: tokens, readable by their owner alone."""
    return config_dir() / "credentials.toml"


def state_dir() -> Path:
    """The folder of the store: `KOSMO_STATE_DIR`, else e.g. `~/.local/state/kosmo-tui`."""
    if named := os.environ.get("KOSMO_STATE_DIR"):
        return Path(named).expanduser().absolute()
    import platformdirs

    return platformdirs.user_state_path(APP)
