"""Modules that others load for what is seldom used: they are loaded when that is used.

`importlib.util.LazyLoader` does not help, as a second `import` of such a module loads it; Python's own lazy imports
(PEP 810) begin with 3.15.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any


class _Postponed(ModuleType):
    """Stands for a module until something is asked of it that is not known; then that is loaded, and answers."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # whoever imports from it looks whether it is a package
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def postpone(name: str, **known: object) -> None:
    """Let the module `name` wait, of which what is `known` is all that others take at once.

    Must be called before they are loaded; without effect on a module that is loaded.
    """
    if name not in sys.modules:
        module = sys.modules[name] = _Postponed(name)
        vars(module).update(known)
        package, _, own = name.rpartition(".")
        if package:
            vars(sys.modules[package])[own] = module
