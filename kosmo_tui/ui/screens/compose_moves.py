"""The keys of the composer that change what is looked at: other targets, earlier versions, findings, an editor."""

from __future__ import annotations

import os

from textual import on
from textual.app import SuspendNotSupported
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from kosmo_tui.services.storage import StorageError
from kosmo_tui.ui import editor
from kosmo_tui.ui.screens.compose_check import Spot
from kosmo_tui.ui.screens.compose_editing import EditingScreen
from kosmo_tui.ui.screens.compose_findings import marked, words
from kosmo_tui.ui.screens.compose_frame import Frame
from kosmo_tui.ui.screens.compose_media import MediaRows
from kosmo_tui.ui.screens.compose_options import Options
from kosmo_tui.ui.screens.compose_tabs import TargetTabs, names
from kosmo_tui.ui.screens.compose_targets import TargetList
from kosmo_tui.ui.screens.compose_text import PostText, place
from kosmo_tui.ui.screens.compose_variants import BASE
from kosmo_tui.ui.screens.time_field import TimeField


class MovesScreen(EditingScreen):
    """What can be done to a draft beside typing."""

    @property
    def _typing(self) -> bool:
        """Whether the form is on the screen."""
        return bool(self._tab is not None)

    # Tabs

    @on(TargetTabs.Chosen)
    async def _tab_chosen(self, message: TargetTabs.Chosen) -> None:
        await self._open(message.key)

    async def action_next_target(self) -> None:
        """What goes out on the next target."""
        await self._open(self.query_one(TargetTabs).beside(+1))

    async def action_previous_target(self) -> None:
        """What goes out on the previous target, or the base."""
        await self._open(self.query_one(TargetTabs).beside(-1))

    async def _open(self, tab: str) -> None:
        if not self._typing or tab == self._tab:
            return
        self._take()
        self._cursors[self._tab or BASE] = self._text.cursor_location
        await self.session.open(tab)
        await self._fill(self._cursors.get(tab))

    async def action_inherit(self) -> None:
        """Let the open target have everything of the base again."""
        if not self._typing:
            return
        self._take()
        if await self.session.inherit():
            await self._fill()
            self.notify(f"As the base again. {self.key('undo_edit')} brings back what was its own.", markup=False)
        else:
            self.app.bell()

    # Undo

    async def action_undo_edit(self) -> None:
        """The text field's own history first; when that is over, the versions that were saved before."""
        if self._typing and not (self.focused is self._text and self._text.step_back()):
            await self._step(forward=False)

    async def action_redo_edit(self) -> None:
        """Back to where undo came from."""
        if self._typing and not (self.focused is self._text and self._text.step_forward()):
            await self._step(forward=True)

    async def _step(self, *, forward: bool) -> None:
        self._take()
        try:
            version = await self.session.step(forward, everything=self.focused is not self._text)
        except StorageError as error:
            self.notify(f"{error.message}. {error.hint}", severity="error", markup=False)
            return
        if version is None:
            self.app.bell()
            return
        await self._fill()
        self._version = version
        self._name_frame()

    @on(EditingScreen.SavedAgain)
    def _name_frame(self) -> None:
        self.query_one(Frame).show(self.session.saved, self._version, self._zone)

    # Findings

    async def action_next_finding(self) -> None:
        """Go to what is wrong: the next thing that has a place, errors first, round and round."""
        spots = [spot for spot in self._looked.spots if _has_place(spot)] if self._looked and self._typing else []
        spots.sort(key=lambda spot: spot.finding.level != "error")
        if not spots:
            self.app.bell()
            return
        after = spots.index(self._seen) + 1 if self._seen in spots else 0
        await self._go(spots[after % len(spots)])

    async def _go(self, spot: Spot) -> None:
        """Show where a finding can be mended, and say what it is."""
        self._seen = spot
        finding, where = spot.finding, self._whose(spot)
        own_text = "text" in self.session.variants.owned(self._tab or BASE)
        if spot.tab != BASE or finding.code == "time" or (finding.span is not None and own_text):
            await self._open(spot.tab)
        if finding.span is not None:
            self._text.select(finding.span)
            where += f"{place(self._text.text, finding.span[0])}: "
        elif spot.target:
            self.query_one(TargetList).go_to(spot.target)
        self.set_focus(self._field(spot))
        if spot.target or _has_place(spot):  # the others stand at the foot
            self._remark = marked(finding.level, Content.assemble(where, words(finding)))
        self._name_columns()

    def _whose(self, spot: Spot) -> str:
        """The targets that have a finding; nobody is named where all have it."""
        called = names(self._chosen)
        checks = self._looked.checks if self._looked is not None else {}
        those = [name for key, name in called.items() if key in checks and spot.finding in checks[key].findings]
        if not spot.target or not those:
            return ""
        return f"{those[0]}: " if len(those) == 1 else f"{those[0]} and {len(those) - 1} more: "

    def _field(self, spot: Spot) -> Widget:
        finding = spot.finding
        if finding.code == "no_target":
            return self.query_one(TargetList)
        if finding.code == "time":
            return self.query_one(TimeField)
        if finding.span is not None or finding.code in {"empty", "control"}:
            return self._text
        if finding.attachment is not None:
            return self.query_one(MediaRows).field(finding)
        if finding.option:
            return self.query_one(Options).field(finding.option) or self.query_one(TargetList)
        return self.query_one(TargetList)

    # Another editor

    def action_editor(self) -> None:
        """Write the text in the user's editor."""
        if self._typing:
            self.run_worker(self._edit_outside(), name="editor", group="editor", exclusive=True, exit_on_error=False)

    async def _edit_outside(self) -> None:
        """Give the terminal to the editor, and take over what it leaves; the app's own work goes on meanwhile."""
        self._take()
        try:
            await self.session.flush()
        except StorageError as error:
            self.notify(f"{error.message}. {error.hint}", severity="error", markup=False)
        before, failed = self._text.text, ""
        after = before
        try:
            command = editor.command(os.environ)
            with self.app.batch_update(), self.app.suspend():  # nothing is drawn over the editor
                try:
                    after = await editor.edit(before, command)
                except editor.EditorError as error:  # not to be raised before the terminal is ours again
                    failed = str(error)
        except editor.EditorError as error:
            failed = str(error)
        except SuspendNotSupported:
            failed = "this terminal cannot be given away"
        self.app.refresh(layout=True)
        if failed:
            message = f"The text is as it was: {failed}."
            self.notify(message, severity="warning", markup=False, timeout=10)
        elif after == before:
            self.notify("The editor changed nothing.", markup=False)
        else:
            self._text.write(after)
            self.set_focus(self._text)

    # Fields

    def action_when(self, phrase: str) -> None:
        """Put a phrase that was clicked on into the field of the time."""
        self.query_one(TimeField).choose(phrase)

    @on(Input.Submitted)
    def _next_field(self) -> None:
        self.focus_next()

    @on(PostText.SelectionChanged)
    def _cursor_moved(self, event: PostText.SelectionChanged) -> None:
        if self._typing:
            self.session.move(cursor=event.selection.end)


def _has_place(spot: Spot) -> bool:
    finding = spot.finding
    return finding.span is not None or finding.attachment is not None or bool(finding.option) or finding.code == "time"
