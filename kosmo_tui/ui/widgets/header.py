"""The first line: product, who I act as, the views of this account with their counts, the age of what is shown."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from textual.content import Content

from kosmo_tui.ui.text import MUTED, clicked, mark
from kosmo_tui.ui.widgets.kept_lines import KeptLines


class View(Struct, frozen=True):
    """A view of the account in use; `number` is shown beside its title (`41`, `100+`, filtered `4/41`)."""

    id: str
    title: str
    number: str = ""


class Header(KeptLines):
    """One line; what does not fit is dropped: the words of the age, the product, then the other views.

    The time stays: old data that looks new misleads.
    """

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
        self._age = ""

    def show(self, *, account: tuple[str, str], views: Sequence[View], current: str, age: str) -> None:
        """`account` is (service, name); `age` e.g. `as of 12:03`."""
        new = (account, tuple(views), current, age)
        if new != (self._account, self._views, self._current, self._age):
            self._account, self._views, self._current, self._age = new
            self.refresh()

    def render(self) -> Content:
        width = self.content_size.width
        who = Content.assemble(
            (self._account[0], MUTED),
            *([(" · ", MUTED), (self._account[1], "bold $text-accent")] if self._account[1] else []),
        )
        named = Content.assemble(("kosmo", "bold $text-primary"), "  ", who)
        age, time = self._age, self._age.removeprefix("as of ")
        for left, gaps, right in (
            (named, "  ", age), (named, "  ", time), (named, "", time), (who, "", time), (named, None, time),
        ):  # fmt: skip
            views = self._only_current() if gaps is None else self._tabs(self._views, gaps)
            gap = width - left.cell_length - views.cell_length - len(right) - 5
            if gap >= 0:
                break
        return Content.assemble(left, "    ", views, " " * (max(0, gap) + 1), Content.styled(right, MUTED))

    def _tabs(self, views: Sequence[View], gap: str = "  ") -> Content:
        return Content(gap).join([self._tab(view) for view in views])

    def _tab(self, view: View) -> Content:
        number = f" {view.number}" if view.number else ""
        look = "bold reverse" if view.id == self._current else "$foreground"
        label = Content.styled(f" {view.title}{number} ", look)
        return label.stylize(clicked(f"screen.show_view('{view.id}')"))

    def _only_current(self) -> Content:
        found = [view for view in self._views if view.id == self._current]
        return Content.assemble(self._tabs(found), (" " + mark("▾"), MUTED) if found else "")
