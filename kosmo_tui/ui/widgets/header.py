"""The first line: product, who I act as, the views of this account with their counts, the budget, the age."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content
from textual.widget import Widget

from kosmo_tui.ui.text import MUTED, mark


class View(NamedTuple):
    """A view of the account in use; `number` is shown beside its title (`41`, `100+`, filtered `4/41`)."""

    id: str
    title: str
    number: str = ""


class Header(Widget):
    """One line; what does not fit is dropped: first the budget's words, then budget and age, then the other views."""

    DEFAULT_CSS = """
    Header {
        height: 2;
        padding: 0 1;
        background: $background;
        border-bottom: heavy $primary;
        link-style: none;
        link-style-hover: bold;
        link-background-hover: $boost;
    }
    """

    def __init__(self) -> None:
        super().__init__(id="header")
        self._account: tuple[str, str] = ("", "")
        self._views: Sequence[View] = ()
        self._current = ""
        self._right: tuple[str, str] = ("", "")

    def show(
        self, *, account: tuple[str, str], views: Sequence[View], current: str, budget: tuple[str, str], age: str
    ) -> None:
        """`account` is (service, name); `budget` the requests left, in full and short; `age` e.g. `as of 12:03`."""
        right = (
            f"{budget[0]} · {age}" if budget[0] and age else budget[0] or age,
            f"{budget[1]} · {age.removeprefix('as of ')}" if budget[1] and age else budget[1] or age,
        )
        new = (account, tuple(views), current, right)
        if new != (self._account, self._views, self._current, self._right):
            self._account, self._views, self._current, self._right = new
            self.refresh()

    def render(self) -> Content:
        width = self.content_size.width
        who = Content.assemble(
            ("kosmo", "bold $text-primary"), "  ", (self._account[0], MUTED),
            *([(" · ", MUTED), (self._account[1], "bold $text-accent")] if self._account[1] else []),
        )  # fmt: skip
        tabs, close = self._tabs(self._views), self._tabs(self._views, "")
        full, short = self._right
        for views, right in ((tabs, full), (tabs, short), (close, short), (close, ""), (self._only_current(), short)):
            gap = width - who.cell_length - views.cell_length - len(right) - 5
            if gap >= 0:
                break
        else:
            right, gap = "", max(0, width - who.cell_length - views.cell_length - 5)
        return Content.assemble(who, "    ", views, " " * (gap + 1), Content.styled(right, MUTED))

    def _tabs(self, views: Sequence[View], gap: str = "  ") -> Content:
        return Content(gap).join([self._tab(view) for view in views])

    def _tab(self, view: View) -> Content:
        number = f" {view.number}" if view.number else ""
        look = "bold reverse" if view.id == self._current else "$foreground"
        label = Content.styled(f" {view.title}{number} ", look)
        return label.stylize(f"@click=screen.show_view('{view.id}')")

    def _only_current(self) -> Content:
        found = [view for view in self._views if view.id == self._current]
        return Content.assemble(self._tabs(found), (" " + mark("▾"), MUTED) if found else "")
