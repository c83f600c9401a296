"""The form of the composer: targets, tabs, text, attachments, time and options, checked on every change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, ClassVar, Literal, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, ContentSwitcher, Input, Static, TextArea

from kosmo_tui.compose.draft import Draft, InstagramKind, Target
from kosmo_tui.services.autosave import Saved
from kosmo_tui.services.drafts import Drafts, Kept
from kosmo_tui.services.publish import Row
from kosmo_tui.services.review import Review, review
from kosmo_tui.services.storage import StorageError
from kosmo_tui.store.records import OutboxRow
from kosmo_tui.ui.accents import color_in
from kosmo_tui.ui.actions import action, bindings, key_name
from kosmo_tui.ui.screens.compose_check import Looked, Spot, look
from kosmo_tui.ui.screens.compose_findings import REMARKS, problem_lines
from kosmo_tui.ui.screens.compose_frame import Frame
from kosmo_tui.ui.screens.compose_history import Version
from kosmo_tui.ui.screens.compose_known import Known
from kosmo_tui.ui.screens.compose_media import Field, MediaRows
from kosmo_tui.ui.screens.compose_options import Options, offered
from kosmo_tui.ui.screens.compose_sending import Sending
from kosmo_tui.ui.screens.compose_session import Session
from kosmo_tui.ui.screens.compose_style import STYLE
from kosmo_tui.ui.screens.compose_tabs import Tab, TargetTabs, names
from kosmo_tui.ui.screens.compose_targets import TargetList
from kosmo_tui.ui.screens.compose_text import PostText
from kosmo_tui.ui.screens.compose_variants import BASE, difference
from kosmo_tui.ui.screens.compose_when import PRESETS, Echo, echo, echo_of, presets
from kosmo_tui.ui.screens.dialog import Dialog
from kosmo_tui.ui.screens.time_field import TimeField
from kosmo_tui.ui.text import MUTED, one_line
from kosmo_tui.ui.widgets.choice import Choice

_KINDS = (("", "auto"), ("IMAGE", "image"), ("VIDEO", "reel"), ("CAROUSEL", "carousel"))
_PUBLISH = (("publish", "publish"), ("container", "prepare only"))
_VERBS = {"queue": "Queue for", "top": "Queue next for", "now": "Publish now to", "at": "Schedule for"}


@dataclass(frozen=True)
class Left:
    """How the composer was left: with a draft that stays, one to delete, a post that was handed over, or nothing."""

    how: Literal["kept", "discarded", "sent", "nothing"]
    kept: Kept | None = None


class EditingScreen(Dialog[Left]):
    """Shows one variant of the draft at a time and keeps the session up to date with what is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("compose"),
        # Handled before the next key is read: what is typed right after tab belongs to the next field.
        Binding("tab", "app.focus_next", "next field", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", "previous field", show=False, priority=True),
        Binding("f1", "app.help", "keys", show=False, priority=True),  # a modal screen does not hand keys on to the app
    ]
    AUTO_FOCUS: ClassVar[str | None] = None
    DEFAULT_CSS = STYLE

    class SavedAgain(Message):
        """Saving went well, or no longer does."""

    def __init__(
        self,
        *,
        account: str,
        account_label: str,
        targets: Sequence[Target],
        drafts: Drafts,
        kept: Kept | None = None,
        draft: Draft | None = None,
        doing: str = "New post",
        edits: str = "",
        changes_draft: bool = False,
        known: Known | None = None,
        judge: Callable[[Review], Review] = lambda found: found,
        reading: bool = False,
        now: Callable[[], datetime],
        zone: tzinfo = UTC,
    ) -> None:
        super().__init__()
        self._account, self._account_label, self._doing = account, account_label, doing
        self._targets = tuple(targets)
        self._now, self._zone = now, zone
        self._known = known or Known()
        self._judge = judge  # adds what is wrong with it beside what every post is checked for
        self._reading = reading  # whether the profiles of the account are still to come
        self._changes_draft = changes_draft  # at Buffer: it stays one until a time is typed
        first = draft if draft is not None else kept.draft if kept else Draft()
        self.session = Session(drafts, account, kept, first, told=self._saved, edits=edits)
        self._tries: dict[str, Row] = {}  # what became of the last try, by target
        self._insist = False  # say what is missing only after the first try to send: an empty form is no mistake
        self._looked: Looked | None = None
        self._version: Version | None = None  # the one that is looked at
        self._seen: Spot | None = None  # the finding that was gone to last
        self._cursors: dict[str, tuple[int, int]] = {}  # by tab
        self._tab: str | None = None  # that the fields show; None while they are being filled
        self._remark: Content | None = None  # the finding that was gone to, above the text
        self._read: dict[str, Any] = {}  # what stood in the fields when they were looked at last

    def _saved(self, _: Saved) -> None:
        self.post_message(self.SavedAgain())

    # What is on the screen

    def compose(self) -> ComposeResult:
        shown = self.session.variants.shown
        with Frame(self._account_label, color_in(self.app, self._account), self._doing):
            with ContentSwitcher(initial="edit", classes="compose--column"):
                with Vertical(id="edit"):
                    with Horizontal(classes="compose--column", id="compose-both"):
                        with Vertical(id="compose-targets", classes="compose--group"):
                            yield Static("", classes="compose--label", id="targets-label")
                            yield TargetList(self._targets, self.session.draft.targets)
                        with Vertical(id="compose-text", classes="compose--group"):
                            yield Static("", classes="compose--label", id="text-label")
                            yield PostText(shown.text)
                    with Horizontal(classes="compose--group", id="compose-variant"):
                        yield Static("Variant", classes="compose--label")
                        yield TargetTabs()
                        yield Static("", id="own")
                    with Horizontal(classes="compose--line compose--group"):
                        yield Static("Media", classes="compose--label")
                        yield MediaRows(shown.media)
                    with Horizontal(classes="compose--line compose--group"):
                        yield Static("When", classes="compose--label")
                        empty = "stays a draft" if self._changes_draft else "next free slot"
                        yield TimeField(shown.when, empty, usual=PRESETS)
                        yield Static(presets(), classes="compose--presets")
                    with Horizontal(classes="compose--line", id="compose-echo"):
                        yield Static("", classes="compose--label")
                        yield Static("", id="echo-glyph")
                        yield Static("", id="echo")
                    with Horizontal(classes="compose--line compose--group", id="compose-options"):
                        yield Static("Options", classes="compose--label")
                        yield Options()
                    with Horizontal(classes="compose--line compose--group", id="instagram"):
                        yield Static("Instagram", classes="compose--label")
                        yield Choice(_KINDS, shown.instagram_kind, id="kind")
                        yield Choice(_PUBLISH, "container" if shown.container_only else "publish", id="publish")
                yield Sending()
            yield Static("", id="problems")
            with Horizontal(id="foot"):
                yield Static("", id="hints")
                yield Button("Back to the text", id="edit-again", compact=True)
                yield Button("Send", id="send", variant="primary", compact=True)

    def on_mount(self) -> None:
        self._fit(self.app.size)  # before anything is drawn: the screen itself is told its size only afterwards
        self.query_one(TargetList).reading = self._reading
        text, place_ = self._text, self.session.place
        text.move_cursor(place_.cursor if self.session.was_kept else text.document.end)
        self._begin()
        self.set_focus(self._first_focus(place_.focus))

    def waits_for(self, account: str) -> bool:
        """Whether it is written as `account`, and was opened before the profiles of that were there."""
        return self._reading and account == self._account and self.is_mounted

    def offer(self, targets: Sequence[Target], *, reading: bool) -> None:
        """What the post may go to has become known while it is written; `reading`: more may come."""
        self._targets = tuple(targets)
        listed = self.query_one(TargetList)
        listed.reading = self._reading = reading
        listed.offer(targets)
        self._name_columns()

    def _first_focus(self, name: str) -> Widget:
        if name in ("text", "targets", "when", "tabs"):
            return self.query_one(f"#{name}")
        return self._text if self.session.draft.targets else self.query_one(TargetList)

    def on_resize(self, event: events.Resize) -> None:
        self._fit(event.size)

    def _fit(self, size: Size) -> None:
        """A small window shows either the targets or the text, whichever had the focus last, and a line for the other.

        Both stay in the chain of the focus: the one that takes it opens.
        """
        self.set_class(size.width >= 100, "-wide")
        self.set_class(size.width < 70 or size.height < 14, "-small")
        self.query_one(Frame).fold(self.has_class("-small"))
        self._name_columns()
        self._scroll_to_focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        for group in self.query(".compose--group"):
            group.set_class(group in event.widget.ancestors, "-focused")
        if isinstance(event.widget, TargetList | TextArea):
            self.query_one("#compose-both").set_class(isinstance(event.widget, TargetList), "-choosing")
            self._name_columns()
            self._scroll_to_focus()
        if event.widget.id is not None and self._tab is not None:
            self.session.move(focus=event.widget.id)

    def _scroll_to_focus(self) -> None:
        if self.focused is not None:  # once the layout is the new one
            self.call_after_refresh(self.focused.scroll_visible, animate=False)

    async def on_unmount(self) -> None:
        """Save to the end, also when the terminal goes away: a composer that is left has nothing to save any more."""
        with suppress(StorageError):
            await self.session.flush()
        self.session.close()

    @property
    def draft(self) -> Draft:
        """The whole draft, with what was typed and chosen so far."""
        self._take()
        return self.session.draft

    @property
    def _text(self) -> PostText:
        return self.query_one(PostText)

    @property
    def _on_base(self) -> bool:
        return self.session.variants.tab == BASE

    # Between the fields and the session

    def _fields(self) -> dict[str, Any]:
        return {
            "text": self._text.text,
            "media": self.query_one(MediaRows).media,
            "when": self.query_one("#when", Field).value.strip(),
            "options": self.query_one(Options).values,
            "targets": tuple(target.key for target in self.query_one(TargetList).chosen),
            "instagram_kind": cast("InstagramKind", self.query_one("#kind", Choice).value),
            "container_only": self.query_one("#publish", Choice).value == "container",
        }

    def _take(self) -> None:
        """Let the session have what was changed in the fields since they were looked at last."""
        if self._tab is None:
            return
        fields = self._fields()
        changed = {name: value for name, value in fields.items() if value != self._read.get(name)}
        if changed:
            self._read = fields
            self._version = self._remark = None
            self.session.edit(**changed)

    def _begin(self) -> None:
        """The fields show the open tab now."""
        self._tab = self.session.variants.tab
        self._show_options(anew=True)
        self._read = self._fields()
        self._check()

    async def _fill(self, cursor: tuple[int, int] | None = None) -> None:
        """Show the open tab in the fields."""
        self._tab = self._remark = None
        shown = self.session.variants.shown
        self._text.show(shown.text, cursor)
        self.query_one("#when", Field).value = shown.when
        self.query_one(TargetList).choose(self.session.draft.targets)
        self.query_one("#kind", Choice).value = shown.instagram_kind
        self.query_one("#publish", Choice).value = "container" if shown.container_only else "publish"
        await self.query_one(MediaRows).load(shown.media)
        self._begin()

    # Checking while typing

    def key(self, name: str) -> str:
        """The key of an action: the user's own when there is one."""
        entry = action(name)
        own = getattr(self.app, "keys", {}).get(name)
        return entry.key_display if own is None and entry.key_display else key_name((own or entry.keys).split(",")[0])

    @property
    def _chosen(self) -> tuple[Target, ...]:
        return self.query_one(TargetList).chosen

    @on(TextArea.Changed)
    @on(Input.Changed, "#when")
    @on(MediaRows.Changed)
    @on(TargetList.Changed)
    @on(Choice.Changed)
    @on(Options.Changed)
    def _check(self) -> None:
        """Count, look for problems and say when it would go out: all offline, on every change."""
        if self._tab is None:
            return
        self._take()
        if self.session.variants.tab != self._tab:  # its target was just left out
            self._tab = None
            self.call_next(self._fill)
            return
        self._show_options()
        draft, chosen, now = self.session.draft, self._chosen, self._now()
        slots = self._known.slots(chosen)
        common = echo(draft.when, chosen, now, next(iter(self._targets), None), slots)
        found = self._review(draft, chosen)
        self._say_when(common, found, now)
        self._looked = looked = look(found, draft, self._tries, insist=self._insist)
        remarks = {key: REMARKS[row.state] for key, row in self._tries.items()}
        self.query_one(TargetList).show(looked.checks, remarks)
        self._text.mark(looked.spans(draft, self._tab))
        about_media = self._tab if "media" in self.session.variants.owned(self._tab) else BASE
        self.query_one(MediaRows).show(
            [spot.finding for spot in (*looked.errors, *looked.spots) if spot.tab == about_media]
        )
        problems = self.query_one("#problems", Static)
        problems.display = bool(looked.general)
        most = 4 if self.has_class("-wide") else 1 if self.has_class("-small") else 2
        self._say("#problems", problem_lines(looked.general, most))
        self._show_tabs(looked)
        self._name_columns()
        only_container = draft.container_only and bool(chosen) and all(one.service == "instagram" for one in chosen)
        verb = "Prepare for" if only_container else _VERBS[common.when.mode if common.when else "at"]
        if found.stays_draft:
            verb = "Save draft for"
        self._name_button(f"{verb} {len(chosen)}" if chosen else "Send")

    def _review(self, draft: Draft, chosen: Sequence[Target]) -> Review:
        """What would go out, by what is known now."""
        known = self._known
        facts, slots = known.facts(chosen), known.slots(chosen)
        found = review(
            draft, chosen, self._now(), facts, slots, changes_draft=self._changes_draft, unknown=known.unknown
        )
        return self._judge(found)

    def doubt(self, unknown: Sequence[OutboxRow]) -> None:
        """Nobody knows what became of these writes: a post equal to one of them is not sent."""
        self._known.unknown = unknown
        if self.is_mounted:
            self._check()

    def _say_when(self, common: Echo, found: Review, now: datetime) -> None:
        """What the phrase means: at the base for all that have no time of their own, in a tab for that target."""
        items = {item.target.key: item for item in found.items}
        item = next(iter(items.values()), None) if found.stays_draft else items.get(self._tab or BASE)
        said = common if item is None else echo_of(item, common, now, self._known.slots(self._chosen))
        self._say("#echo-glyph", said.glyph)
        self._say("#echo", said.words)
        self.query_one(TimeField).offer(said.choices)

    def _say(self, selector: str, said: Content) -> None:
        line = self.query_one(selector, Static)
        if line.content != said:
            line.update(said)

    def _show_options(self, *, anew: bool = False) -> None:
        """The options of the open tab, and what Instagram itself is asked for."""
        chosen = self._chosen
        target = next((one for one in chosen if one.key == self.session.variants.tab), None)
        options = offered(chosen, target)
        self.query_one("#compose-options").display = bool(options)
        self.query_one(Options).show(options, self.session.variants.shown.options, anew=anew)
        direct = [target] if target is not None else chosen
        self.query_one("#instagram").display = any(one.service == "instagram" for one in direct)

    def _show_tabs(self, looked: Looked) -> None:
        variants, called = self.session.variants, names(self._chosen)
        tabs = [Tab(BASE, "Base text", wrong=looked.base_blocked)]
        tabs += [Tab(key, name, bool(variants.owned(key)), looked.checks[key].blocked) for key, name in called.items()]
        self.query_one(TargetTabs).show(tabs, variants.tab)
        owned = variants.owned(variants.tab)
        if self._on_base:
            differ = sum(tab.own for tab in tabs)
            said = Content.styled(f"{differ} of {len(called)} differ" if differ else "", MUTED)
        elif owned:
            said = Content.assemble(("own: ", MUTED), ", ".join(owned), (f" · {self.key('inherit')} inherit", MUTED))
        else:
            said = Content.styled("as the base", MUTED)
        self._say("#own", said)

    def _name_columns(self) -> None:
        """The headings of targets and text; that of a closed one says what is in it."""
        small, choosing = self.has_class("-small"), self.query_one("#compose-both").has_class("-choosing")
        text, variants = self._text.text.strip(), self.session.variants
        self._say("#targets-label", self.query_one(TargetList).heading(names=small and not choosing))
        head = Content("Text")
        if not self._on_base:
            head += Content(f" · {names(self._chosen).get(variants.tab, '')}")
            if "text" in variants.owned(variants.tab):
                head += Content.styled(f" · {one_line(difference(variants.draft.text, variants.shown.text))}", MUTED)
        if self._remark is not None:
            head = self._remark
        elif small and choosing and text:
            head += Content(f" · {one_line(text[:200])}")
        self._say("#text-label", head)

    def _name_button(self, name: str) -> None:
        button = self.query_one("#send", Button)
        if str(button.label) != name:
            button.label = Content(name)
            button.refresh(layout=True)  # a new label alone leaves the old width
