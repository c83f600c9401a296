"""Keeps Textual from loading with itself what only its documentation's names need.

`textual.command` takes the name of a type for an annotation from `textual.types`, which loads four widgets nobody has
asked for (trees, selects, placeholders): a fortieth of all work until the first screen stands.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

import textual
from textual._types import IgnoreReturnCallbackType

NAME = "textual.types"


class _Postponed(ModuleType):
    """Stands for `textual.types` until something else is asked of it; then that is loaded, and answers."""

    IgnoreReturnCallbackType = IgnoreReturnCallbackType

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # whoever imports from it looks whether it is a package
            raise AttributeError(name)
        if sys.modules.get(NAME) is self:
            del sys.modules[NAME]
        return getattr(importlib.import_module(NAME), name)


def postpone() -> None:
    """Must be called before anything of Textual's that loads it; without effect afterwards."""
    if NAME not in sys.modules:
        sys.modules[NAME] = vars(textual)["types"] = _Postponed(NAME)
