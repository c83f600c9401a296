"""One colour per account, carried by every confirmation: the worst mistake is the wrong brand.

The name always stands in it, so that nothing is told by colour alone.  White text on each has at least 4.5:1 (WCAG 2.2,
1.4.3), and each stands out from dark and light pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual.app import App
from textual.content import Content

COLORS = ("#0f6cbd", "#8a3ffc", "#00796b", "#b3470a", "#b8136a", "#55700a", "#7a5230", "#566573")


def color(account: str, accounts: Iterable[str]) -> str:
    """The colour of `account` ("buffer.agency") among `accounts`, in the order of the configuration."""
    known = list(accounts)
    return COLORS[known.index(account) % len(COLORS)] if account in known else COLORS[0]


def color_in(app: App[Any], account: str) -> str:
    """The colour of `account` in the app that runs; the first one where no accounts are known."""
    workspace = getattr(app, "workspace", None)
    return color(account, workspace.desks if workspace is not None else ())


def badge(name: str, color: str) -> Content:
    """The name of an account in its colour, e.g. ` Buffer · agency `."""
    return Content.styled(f" {name} ", f"bold #ffffff on {color}")
