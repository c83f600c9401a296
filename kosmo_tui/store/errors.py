"""What can go wrong with the store."""

from __future__ import annotations


class StoreError(Exception):
    """The store could not be read or written, and nothing is half done.

    `message` says what happened and where, `hint` what to do.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


class Conflict(StoreError):
    """A row has changed since it was read: another kosmo, or another window, was faster."""


class Damaged(StoreError):
    """The file is not a sound store (any more)."""
