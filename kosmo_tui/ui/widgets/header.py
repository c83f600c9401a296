"""The first line: product, who I act as, the views of this account with their counts, the budget, the age."""

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
    """One line; what does not fit is dropped: the budget's words, the product, the budget, then the other views.

    The age stays: old data that looks new misleads.
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
        self._right: tuple[str, str, str] = ("", "", "")

    def show(
        self, *, account: tuple[str, str], views: Sequence[View], current: str, budget: tuple[str, str], age: str
    ) -> None:
        """`account` is (service, name); `budget` the requests left, in full and short; `age` e.g. `as of 12:03`."""
        time = age.removeprefix("as of ")
        right = (
            f"{budget[0]} · {age}" if budget[0] and age else budget[0] or age,
            f"{budget[1]} · {time}" if budget[1] and age else budget[1] or age,
            time,
        )
        new = (account, tuple(views), current, right)
        if new != (self._account, self._views, self._current, self._right):
            self._account, self._views, self._current, self._right = new
            self.refresh()

    def render(self) -> Content:
        width = self.content_size.width
        who = Content.assemble(
            (self._account[0], MUTED),
            *([(" · ", MUTED), (self._account[1], "bold $text-accent")] if self._account[1] else []),
        )
        named = Content.assemble(("kosmo", "bold $text-primary"), "  ", who)
        full, short, time = self._right
        for left, gaps, right in (
            (named, "  ", full), (named, "  ", short), (named, "", short), (who, "", short), (named, "", time),
            (who, "", time), (named, None, short), (named, None, time),
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
