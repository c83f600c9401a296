"""Undo beyond the text field: where one is among the versions of a draft that the store keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from kosmo_tui.compose.draft import Draft


class Version(NamedTuple):
    """What a draft was; `number` grows with every change that was saved."""

    number: int
    draft: Draft
    at: datetime


class History:
    """A walk through versions.

    Nothing is ever cut off: what is typed in an old version becomes the newest one, and all the others stay behind it.
    """

    def __init__(self, loaded: int = 0) -> None:
        self._loaded = loaded  # the version in which the text field began, with an undo history of its own
        self._newest = loaded  # when the walk began
        self.shown: int | None = None  # the version that is looked at; None: what is being written

    def load(self, version: int) -> None:
        """The text field begins anew, with what `version` (0: none yet) and all before it have behind them."""
        self._loaded, self.shown = version, None

    def edited(self) -> None:
        """Something was typed: that ends the walk."""
        if self.shown is not None:
            self._loaded, self.shown = self._newest, None

    def back(self, versions: Sequence[Version], current: Draft, *, everything: bool = False) -> Version | None:
        """The version before; `everything` also looks at what was saved since the text field began."""
        if self.shown is None:
            self._newest = versions[-1].number if versions else 0
            limit = self._newest if everything else self._loaded
        else:
            limit = self.shown - 1
        earlier = [one for one in versions if one.number <= limit and one.draft != current]
        return self._go(earlier[-1] if earlier else None)

    def forward(self, versions: Sequence[Version], current: Draft) -> Version | None:
        """The version after the one that is looked at."""
        if self.shown is None:
            return None
        shown = self.shown
        later = [one for one in versions if shown < one.number <= self._newest and one.draft != current]
        return self._go(later[0] if later else None)

    def _go(self, version: Version | None) -> Version | None:
        if version is not None:
            self.shown = version.number
        return version
