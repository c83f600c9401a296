"""One pane per thing a person looks at: that of the view `queue` is `QueuePane` in `queue.py`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from kosmo_tui.ui.panes.pane import Pane


def pane_of(view: str) -> Pane:
    """A new pane for `view`, e.g. `queue`; its file is loaded with the first one."""
    module = import_module(f"kosmo_tui.ui.panes.{view}")
    return cast("Pane", getattr(module, f"{view.capitalize()}Pane")())
