"""The version at the beginning of a path."""

from __future__ import annotations

import re

from kosmo_tui.sandbox.instagram.errors import unknown_path

# Newest first; what is older than the last is served as the last (a retired version is answered as the next live one).
LIVE = ("v26.0", "v25.0", "v24.0", "v23.0", "v22.0", "v21.0")
_RETIRED = re.compile(r"v([1-9]|1\d|20)\.\d")
_LIKE_ONE = re.compile(r"v\d+(\.\d+)?")


def split(parts: list[str], default: str) -> tuple[str, list[str]]:
    """The version that is served and the path without it; `default` when the path names none.

    The upload host has its version in the middle: `ig-api-upload/{version}/{container}`.  Raises 2500 for a version
    that never was.
    """
    if parts[:1] == ["ig-api-upload"]:
        return default, [*parts[2:3], "upload"]
    if not parts or not _LIKE_ONE.fullmatch(parts[0]):
        return default, parts
    asked, rest = parts[0], parts[1:]
    if asked in LIVE:
        return asked, rest
    if _RETIRED.fullmatch(asked):
        return LIVE[-1], rest
    raise unknown_path("/" + "/".join(rest))
