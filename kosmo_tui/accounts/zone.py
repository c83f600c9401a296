"""The time zone of this machine, with its rules for summer time (an offset of now would be wrong in half a year)."""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

LOCALTIME = Path("/etc/localtime")


def system_zone() -> tzinfo:
    """The zone that `TZ` names, else the one of /etc/localtime, else the system's offset of now."""
    name = os.environ.get("TZ", "").removeprefix(":")
    zone = named(name) if name else None
    if zone is None and not name and LOCALTIME.is_symlink():
        zone = named(str(LOCALTIME.readlink()).rpartition("zoneinfo/")[2])
    if zone is None and not name and LOCALTIME.is_file():
        with contextlib.suppress(ValueError, OSError), LOCALTIME.open("rb") as file:
            zone = ZoneInfo.from_file(file)
    return zone or datetime.now().astimezone().tzinfo or UTC


def named(name: str) -> ZoneInfo | None:
    """The zone called `name`; None when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; no zone's name; a folder
        return None
