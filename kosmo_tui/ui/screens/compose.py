"""Writing a post: targets, text, attachments and time on one screen, checked while typing, sent by the app."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, ContentSwitcher, Input, Static, TextArea

from kosmo_tui.compose.defaults import default
from kosmo_tui.compose.draft import Draft, InstagramKind, Target
from kosmo_tui.compose.lint import Finding, length, of_draft, of_target
from kosmo_tui.compose.when import When
from kosmo_tui.services.publish import Publication, Publisher, Row
from kosmo_tui.ui.screens.ask import Answer, AskScreen
from kosmo_tui.ui.screens.compose_findings import REMARKS, problem_lines, shared, tried
from kosmo_tui.ui.screens.compose_media import Field, MediaRows
from kosmo_tui.ui.screens.compose_sending import Sending, hints
from kosmo_tui.ui.screens.compose_targets import Check, TargetList
from kosmo_tui.ui.screens.compose_when import echo, presets
from kosmo_tui.ui.text import one_line
from kosmo_tui.ui.widgets.choice import Choice

_KINDS = (("", "auto"), ("IMAGE", "image"), ("VIDEO", "reel"), ("CAROUSEL", "carousel"))
_PUBLISH = (("publish", "publish"), ("container", "prepare only"))
_VERBS = {"queue": "Queue for", "top": "Queue next for", "now": "Publish now to", "at": "Schedule for"}


class ComposeScreen(ModalScreen["Draft | None"]):
    """Dismisses with the draft to keep, or None when nothing is left of it: it was sent, or thrown away.

    Closing it while the post is being sent stops nothing: the publication belongs to `publisher`.
    """

    # ctrl+enter reaches us only in terminals that tell it from enter; f5 works in all, and nothing else takes it.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+enter", "send", "send", key_display="f5"),
        Binding("escape", "close", "close"),
        # Handled before the next key is read: what is typed right after tab belongs to the next field.
        Binding("tab", "app.focus_next", "next field", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", "previous field", show=False, priority=True),
        Binding("y", "copy_links", "copy links", show=False),
    ]
    AUTO_FOCUS: ClassVar[str | None] = None
    DEFAULT_CSS = """
    ComposeScreen {
        align: center middle;
        & > #compose {
            width: 100%;
            max-width: 132;
            height: 100%;
            max-height: 40;
            padding: 0 1;
            background: $surface;
            border: round $primary;
            border-title-color: $text-primary;
            border-title-style: bold;
        }
        &.-wide > #compose { margin: 1 2; padding: 1 2 0 2; }
        & .compose--column { height: 1fr; }
        & #edit { overflow-y: auto; scrollbar-size-vertical: 1; }
        & #compose-targets { width: 38; margin-right: 1; }
        &.-wide #compose-targets { width: 46; margin-right: 2; }
        & #targets { height: 1fr; padding: 0 1; }
        & #text { padding: 0 1; background: $panel; }
        & #text:focus { outline-left: outer $text-accent; }
        & .compose--label { height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
        & .compose--group.-focused > .compose--label { color: $text-accent; text-style: bold; }
        & .compose--line { height: auto; }
        &.-wide .compose--line { margin-top: 1; }
        &.-wide #compose-echo { margin-top: 0; }
        & .compose--line > .compose--label { width: 11; }
        & #when { width: 26; }
        & .compose--presets { width: 1fr; height: 1; padding: 0 2; link-style: none; link-style-hover: bold; }
        & .compose--presets { text-wrap: nowrap; text-overflow: ellipsis; }
        & #kind { margin-right: 2; }
        & #echo-glyph { width: 2; }
        & #echo { height: auto; width: 1fr; }
        & #problems { height: auto; }
        &.-wide #problems { margin-top: 1; }
        & #sending { padding: 0 1; }
        &.-wide #sending { padding: 1 2; }
        & #foot { height: 1; }
        &.-wide #foot { margin-top: 1; }
        & #hints { width: 1fr; height: 1; color: $text-muted; }
        & #foot > Button { margin-left: 2; min-width: 0; padding: 0 2; }
        & #foot > Button:focus { text-style: bold underline; background-tint: $foreground 15%; }
        &.-small {
            & > #compose { border: none; border-top: round $primary; }
            & #compose-both { layout: vertical; min-height: 4; }
            & #compose-targets { width: 100%; height: 1; margin: 0; }
            & #compose-both.-choosing > #compose-targets { height: 1fr; }
            & #compose-both.-choosing > #compose-text { height: 1; }
            & .compose--line > .compose--label { width: 7; }
            & #compose-echo > .compose--label { display: none; }
            & #problems { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
            & #media { max-height: 2; }
            & #when { width: 20; }
            & #instagram { layout: vertical; }
            & #instagram > .compose--label { width: 100%; }
        }
    }
    """

    class Told(Message):
        """The publication changed."""

        def __init__(self, publication: Publication) -> None:
            self.publication = publication
            super().__init__()

    def __init__(
        self,
        *,
        account_label: str,
        targets: Sequence[Target],
        publisher: Publisher,
        draft: Draft | None = None,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__()
        self._account = account_label
        self._targets = tuple(targets)
        self._publisher = publisher
        self._first = draft or Draft()
        self._now = now
        self._when: When | None = None
        self._blocked: Field | TextArea | TargetList | None = None  # where the first error can be mended
        self._insist = False  # say what is missing only after the first try to send: an empty form is no mistake
        self._tries: dict[str, Row] = {}  # what became of the last try, by target
        self._publication: Publication | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    @property
    def publication(self) -> Publication | None:
        """What is being sent, or was sent and is shown."""
        return self._publication

    # What is on the screen

    def compose(self) -> ComposeResult:
        first = self._first
        with Vertical(id="compose") as box:
            box.border_title = Content(f" New post · {self._account} ")
            with ContentSwitcher(initial="edit", classes="compose--column"):
                with Vertical(id="edit"):
                    with Horizontal(classes="compose--column", id="compose-both"):
                        with Vertical(id="compose-targets", classes="compose--group"):
                            yield Static("", classes="compose--label", id="targets-label")
                            yield TargetList(self._targets, first.targets)
                        with Vertical(id="compose-text", classes="compose--group"):
                            yield Static("", classes="compose--label", id="text-label")
                            text = TextArea(
                                first.text,
                                compact=True,
                                highlight_cursor_line=False,
                                placeholder=Content("What is there to say?"),
                                id="text",
                            )
                            text.cursor_blink = False
                            yield text
                    with Horizontal(classes="compose--line compose--group"):
                        yield Static("Media", classes="compose--label")
                        yield MediaRows(first.media)
                    with Horizontal(classes="compose--line compose--group"):
                        yield Static("When", classes="compose--label")
                        yield Field(first.when, "end of the queue", id="when")
                        yield Static(presets(), classes="compose--presets")
                    with Horizontal(classes="compose--line", id="compose-echo"):
                        yield Static("", classes="compose--label")
                        yield Static("", id="echo-glyph")
                        yield Static("", id="echo")
                    with Horizontal(classes="compose--line compose--group", id="instagram"):
                        yield Static("Instagram", classes="compose--label")
                        yield Choice(_KINDS, first.instagram_kind, id="kind")
                        yield Choice(_PUBLISH, "container" if first.container_only else "publish", id="publish")
                yield Sending()
            yield Static("", id="problems")
            with Horizontal(id="foot"):
                yield Static("", id="hints")
                yield Button("Back to the text", id="edit-again", compact=True)
                yield Button("Send", id="send", variant="primary", compact=True)

    def on_mount(self) -> None:
        self._fit(self.app.size)  # before anything is drawn: the screen itself is told its size only afterwards
        text = self.query_one("#text", TextArea)
        text.move_cursor(text.document.end)
        self.set_focus(text if self._first.targets else self.query_one(TargetList))
        self._check()
        self._foot()

    def on_resize(self, event: events.Resize) -> None:
        self._fit(event.size)

    def _fit(self, size: Size) -> None:
        """A small window shows either the targets or the text, whichever had the focus last, and a line for the other.

        Both stay in the chain of the focus: the one that takes it opens.
        """
        self.set_class(size.width >= 100, "-wide")
        self.set_class(size.width < 70 or size.height < 14, "-small")
        self._name_columns()
        self._scroll_to_focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        for group in self.query(".compose--group"):
            group.set_class(group in event.widget.ancestors, "-focused")
        if isinstance(event.widget, TargetList | TextArea):
            self.query_one("#compose-both").set_class(isinstance(event.widget, TargetList), "-choosing")
            self._name_columns()
            self._scroll_to_focus()

    def _scroll_to_focus(self) -> None:
        if self.focused is not None:  # once the layout is the new one
            self.call_after_refresh(self.focused.scroll_visible, animate=False)

    def _name_columns(self) -> None:
        """The headings of targets and text; that of a closed one says what is in it."""
        small, choosing = self.has_class("-small"), self.query_one("#compose-both").has_class("-choosing")
        targets, text = self.query_one(TargetList), self.query_one("#text", TextArea).text.strip()
        self.query_one("#targets-label", Static).update(targets.heading(names=small and not choosing))
        excerpt = f" · {one_line(text[:200])}" if small and choosing and text else ""
        self.query_one("#text-label", Static).update(Content(f"Text{excerpt}"))

    def on_unmount(self) -> None:
        self._unsubscribe()

    @property
    def draft(self) -> Draft:
        """What was typed and chosen so far."""
        return Draft(
            text=self.query_one("#text", TextArea).text,
            media=self.query_one(MediaRows).media,
            when=self.query_one("#when", Field).value.strip(),
            targets=tuple(target.key for target in self.query_one(TargetList).chosen),
            instagram_kind=cast("InstagramKind", self.query_one("#kind", Choice).value),
            container_only=self.query_one("#publish", Choice).value == "container",
        )

    # Checking while typing

    @on(TextArea.Changed)
    @on(Input.Changed, "#when")
    @on(MediaRows.Changed)
    @on(TargetList.Changed)
    @on(Choice.Changed)
    def _check(self) -> None:
        """Count, look for problems and say when it would go out: all offline, on every change."""
        draft, now = self.draft, self._now()
        targets = self.query_one(TargetList)
        chosen = targets.chosen
        direct = [target for target in chosen if target.service == "instagram"]
        self.query_one("#instagram").display = bool(direct)
        self._when, glyph, words = echo(draft.when, chosen, now, next(iter(self._targets), None))
        self.query_one("#echo-glyph", Static).update(glyph)
        self.query_one("#echo", Static).update(words)
        found = {
            target.key: (*tried(self._tries.get(target.key)), *of_target(draft, target, self._when))
            for target in chosen
        }
        everywhere = shared(found.values())
        targets.show(
            {
                target.key: Check(
                    length(draft, target),
                    tuple(finding for finding in found[target.key] if finding not in everywhere),
                    default(draft, target),
                )
                for target in chosen
            },
            {key: REMARKS[row.state] for key, row in self._tries.items()},
        )
        general = of_draft(draft, self._when, now)
        shown = [one for one in (*general, *everywhere) if self._insist or one.code not in {"no_target", "empty"}]
        problems = self.query_one("#problems", Static)
        problems.display = bool(shown)
        problems.update(problem_lines(shown, 4 if self.has_class("-wide") else 1 if self.has_class("-small") else 2))
        self._name_columns()
        all_found = [*general, *(finding for findings in found.values() for finding in findings)]
        errors = [finding for finding in all_found if finding.level == "error"]
        self.query_one(MediaRows).show([*errors, *all_found])
        self._blocked = self._first_error(errors)
        only_container = draft.container_only and len(direct) == len(chosen)
        verb = "Prepare for" if only_container else _VERBS[self._when.mode if self._when else "at"]
        self._name_button(f"{verb} {len(chosen)}" if chosen else "Send")

    def _first_error(self, errors: Sequence[Finding]) -> Field | TextArea | TargetList | None:
        codes = {finding.code for finding in errors}
        if "no_target" in codes:
            return self.query_one(TargetList)
        if codes & {"empty", "control"}:
            return self.query_one("#text", TextArea)
        if of_attachment := next((finding for finding in errors if finding.attachment), None):
            return self.query_one(MediaRows).field(of_attachment)
        if self._when is None:
            return self.query_one("#when", Field)
        return self.query_one(TargetList) if errors else None

    def action_when(self, phrase: str) -> None:
        """Put a preset into the field of the time."""
        self.query_one("#when", Field).value = phrase

    @on(Input.Submitted)
    def _next_field(self) -> None:
        self.focus_next()

    # Sending

    @on(Button.Pressed, "#send")
    def action_send(self) -> None:
        """Send it, unless an error blocks: then go to where it can be mended.  After sending: close."""
        if self._publication is not None:
            self.action_close()
            return
        shown, self._insist = self._when, True
        self._check()
        when, blocked = self._when, self._blocked
        if shown is not None and shown.at is not None and when is not None:
            # What was shown is what is sent.  If it has passed meanwhile, `09:30` means tomorrow now: show that first.
            when = shown
            blocked = blocked or (self.query_one("#when", Field) if shown.at <= self._now() else None)
        if blocked is not None or when is None:
            self.app.bell()
            if blocked is not None:
                self.set_focus(blocked)
            return
        self._publication = self._publisher.start(self.draft, self.query_one(TargetList).chosen, when)
        self._unsubscribe = self._publication.subscribe(self._tell)
        self.query_one(ContentSwitcher).current = "sending"
        self.query_one("#problems").display = False
        self.set_focus(self.query_one(Sending))
        self.post_message(self.Told(self._publication))

    def _tell(self, publication: Publication) -> None:
        self.post_message(self.Told(publication))

    @on(Told)
    async def _told(self, told: Told) -> None:
        if told.publication is self._publication:
            await self.query_one(Sending).show(told.publication, self._now())
            self._foot()

    @on(Button.Pressed, "#edit-again")
    def _edit_again(self) -> None:
        """Back to the text: what is live stays out, what was refused stays chosen with the reason."""
        if self._publication is None or not self._publication.done:
            return
        rows = self._publication.rows
        self._unsubscribe()
        self._publication = None
        self._tries |= {row.target.key: row for row in rows}
        targets = self.query_one(TargetList)
        targets.choose([row.target.key for row in rows if row.state == "refused"])
        self.query_one(ContentSwitcher).current = "edit"
        self.set_focus(self.query_one("#text", TextArea))
        self._check()
        self._foot()

    def action_copy_links(self) -> None:
        """Copy the links of what was published through the terminal (OSC 52)."""
        links = [row.link for row in self._publication.rows if row.link] if self._publication else []
        if links:
            self.app.copy_to_clipboard("\n".join(links))
            self.notify(f"{len(links)} sent to the terminal's clipboard", markup=False)

    def _name_button(self, name: str) -> None:
        button = self.query_one("#send", Button)
        if str(button.label) != name:
            button.label = Content(name)
            button.refresh(layout=True)  # a new label alone leaves the old width

    def _foot(self) -> None:
        publication = self._publication
        send, again = self.query_one("#send", Button), self.query_one("#edit-again", Button)
        failed = publication is not None and any(row.state != "confirmed" for row in publication.rows)
        again.display = publication is not None and publication.done and failed
        if publication is not None:
            self._name_button("Close")
            if publication.done:
                self.set_focus(again if failed else send)
        self.query_one("#hints", Static).update(Content(hints(publication)))

    # Leaving

    def action_close(self) -> None:
        """Close; ask first when something was typed that is neither sent nor kept already."""
        if self._publication is not None:
            # What is still open is the app's: it keeps what is refused later.
            self.dismiss(self._publication.rest if self._publication.done else None)
            return
        draft = self.draft
        if draft.is_empty:
            self.dismiss(None)
        elif draft == self._first:
            self.dismiss(draft)
        else:
            answers = [Answer("k", "keep", "primary"), Answer("d", "discard", "error"), Answer("b", "back")]
            ask = AskScreen("Keep this post as a draft?", "A draft stays until the app is closed.", answers)
            self.app.push_screen(ask, self._leave)

    def _leave(self, answer: str | None) -> None:
        if answer == "keep":
            self.dismiss(self.draft)
        elif answer == "discard":
            self.dismiss(None)
