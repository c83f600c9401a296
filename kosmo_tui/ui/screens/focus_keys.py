"""The keys that lead from one part of the main screen to another: accounts, list and detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kosmo_tui.ui.widgets.detail import Detail
from kosmo_tui.ui.widgets.feed import Feed
from kosmo_tui.ui.widgets.sidebar import Sidebar

if TYPE_CHECKING:
    from textual.screen import Screen

    from kosmo_tui.ui.panes.pane import Pane

    Base = Screen[None]
else:
    Base = object  # Textual looks through every class of a screen


class FocusKeys(Base):
    """The part of the main screen that takes these keys."""

    @property
    def pane(self) -> Pane:
        """The pane of the view in use."""
        raise NotImplementedError

    def action_accounts(self) -> None:
        if self.has_class("-folded"):
            self.show_accounts(not self.has_class("-accounts"))
        elif isinstance(self.focused, Sidebar):
            self.pane.focus_list()
        else:
            self.set_focus(self.query_one(Sidebar))

    def show_accounts(self, shown: bool) -> None:
        """Put the accounts over the list and go there, or take them away (where they stand beside it, only go)."""
        self.set_class(shown, "-accounts")
        if shown:
            self.set_focus(self.query_one(Sidebar))
        else:
            self.pane.focus_list()

    def action_go_left(self) -> None:
        if self.pane.step(-1):
            return
        if isinstance(self.focused, Detail):
            if not self.pane.back():
                self.pane.focus_list()
        elif not isinstance(self.focused, Sidebar):
            if self.has_class("-folded"):
                self.show_accounts(True)
            else:
                self.set_focus(self.query_one(Sidebar))

    def action_go_right(self) -> None:
        if isinstance(self.focused, Sidebar):
            self.show_accounts(False)
        elif self.pane.step(+1):
            return
        elif isinstance(self.focused, Feed) and not self.pane.has_class("-narrow"):
            self.set_focus(self.pane.query_one(Detail))
