"""Keeps Textual from loading with itself what only the name of a type needs.

`textual.command` takes that name for an annotation from `textual.types`, which loads four widgets nobody has asked for
(trees, selects, placeholders): a fortieth of all work until the first screen stands.
"""

from __future__ import annotations

from textual._types import IgnoreReturnCallbackType

from kosmo_tui.api.postponed import postpone


def postpone_types() -> None:
    """Must be called before anything of Textual's that loads `textual.types`."""
    postpone("textual.types", IgnoreReturnCallbackType=IgnoreReturnCallbackType)
