"""What is wrong with a parameter before anything is asked, and with an id that Buffer does not know."""

from __future__ import annotations

from kosmo_tui.api.errors import BadParameter, NotFound
from kosmo_tui.api.safe_text import clean


def required(parameter: str, value: str) -> None:
    """Raise BadParameter when `value` is empty."""
    if not value.strip():
        raise BadParameter(f"{parameter} is empty", parameter=parameter)


def within(parameter: str, value: int, most: int) -> None:
    """Raise BadParameter unless `value` is from 1 to `most`."""
    if not 1 <= value <= most:
        raise BadParameter(f"{parameter} must be from 1 to {most}, not {value}", parameter=parameter)


def unknown_profile(id: str, error: NotFound) -> NotFound:
    """`error` as a person can use it."""
    return _unknown("profile", id, "`kosmo call buffer.list_profiles` lists the ids", error)


def unknown_update(id: str, error: NotFound) -> NotFound:
    """`error` as a person can use it."""
    return _unknown("update", id, "it may have been deleted; look at the queue", error)


def _unknown(what: str, id: str, hint: str, error: NotFound) -> NotFound:
    return NotFound(f"Buffer knows no {what} with the id {clean(id)[:60]!r}", hint=hint, code=error.code)
