"""Where a post goes: a list to choose from, with the length of the text and the findings under each target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from kosmo_tui.compose.counting import Length
from kosmo_tui.compose.draft import Target
from kosmo_tui.compose.findings import Finding
from kosmo_tui.ui.screens.compose_findings import sign, words, wrapped
from kosmo_tui.ui.screens.compose_text import hand_on
from kosmo_tui.ui.text import MUTED, State, fit, mark, network, state

_NAME = 10  # cells of the widest name of a network that is worth its room
_KEYS = {"space", "j", "k", "a"}  # of the list itself
_ROOMY = 40  # cells from which the number of posts of a thread has room


@dataclass(frozen=True)
class Check:
    """What is shown under a chosen target; `blocked`: it cannot go out like this, for whatever reason."""

    length: Length
    findings: tuple[Finding, ...] = ()
    default: str = ""  # what the post becomes without being asked
    thread: str = ""  # before the length: how many posts, and which of them is the longest
    blocked: bool = False


class TargetList(OptionList):
    """Space, enter or a click chooses a target or leaves it out; `a` chooses all that can be used, or none.

    The row of the cursor is told by a bar and by reversed colours: a shade of the background is lost where there are
    few colours.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "select", "choose", show=False),
        Binding("j", "cursor_down", "down", show=False),
        Binding("k", "cursor_up", "up", show=False),
        Binding("a", "toggle_all", "all or none", show=False),
    ]
    DEFAULT_CSS = """
    TargetList {
        background: $panel;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        & > .option-list--option-highlighted,
        &:focus > .option-list--option-highlighted { background: transparent; color: $foreground; text-style: none; }
    }
    """

    class Changed(Message):
        """The choice changed."""

    def __init__(self, targets: Sequence[Target], chosen: Sequence[str]) -> None:
        super().__init__(id="targets", compact=True, markup=False)
        self.targets = {target.key: target for target in targets}
        self._chosen = {key for key in chosen if key in self.targets}
        self._wanted = set(chosen)  # also those that are not known yet
        self.reading = False  # whether more targets may come
        self._checks: Mapping[str, Check] = {}
        self._remarks: Mapping[str, State] = {}

    @property
    def chosen(self) -> tuple[Target, ...]:
        """The chosen targets, in the order of the list."""
        return tuple(target for key, target in self.targets.items() if key in self._chosen)

    def heading(self, *, names: bool) -> Content:
        """How many are chosen, and with `names` which networks they are of."""
        chosen = ", ".join(network(target.network) for target in self.chosen) if names else ""
        coming = " · profiles are not read yet" if self.reading else ""
        return Content(f"Post to · {len(self.chosen)} of {len(self.targets)}{chosen and ': '}{chosen}{coming}")

    def offer(self, targets: Sequence[Target]) -> None:
        """Show these instead: what is chosen stays so, and what was wanted before it was known is chosen now."""
        new = {target.key: target for target in targets}
        if new == self.targets:
            return
        self._chosen = {key for key in new if key in self._chosen or (key in self._wanted and key not in self.targets)}
        at = self.highlighted
        self.targets = new
        self.clear_options()
        self.add_options(Option("", id=key) for key in new)
        self.highlighted = min(at or 0, len(new) - 1) if new else None
        self.post_message(self.Changed())

    def go_to(self, key: str) -> None:
        """Put the cursor on a target."""
        if key in self.targets:
            self.highlighted = list(self.targets).index(key)

    def choose(self, keys: Sequence[str]) -> None:
        """Choose these and no others."""
        self._chosen = {key for key in keys if key in self.targets}
        self.post_message(self.Changed())

    def show(self, checks: Mapping[str, Check], remarks: Mapping[str, State]) -> None:
        """Show what the checks of chosen targets found, and remarks on others, by the keys of the targets."""
        self._checks, self._remarks = checks, remarks
        self._draw()

    def on_mount(self) -> None:
        self.add_options(Option("", id=key) for key in self.targets)
        self.highlighted = 0 if self.targets else None
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    def on_key(self, event: events.Key) -> None:
        if event.key not in _KEYS or not self.has_focus:  # keys that came too fast are for the text too
            hand_on(self, event)

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self._draw()

    @on(OptionList.OptionHighlighted)
    def _cursor_moved(self) -> None:
        self._draw()

    @on(OptionList.OptionSelected)
    def _toggle(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._chosen ^= {event.option_id or ""}
        self.post_message(self.Changed())

    def action_toggle_all(self) -> None:
        """Choose every target without a problem; when they are chosen already, none."""
        usable = {key for key, target in self.targets.items() if not target.problem}
        self._chosen = set() if usable <= self._chosen else usable
        self.post_message(self.Changed())

    def _draw(self) -> None:
        width = self.scrollable_content_region.width
        if not self.option_count or not width:
            return
        names = max(min(_NAME, len(network(target.network))) for target in self.targets.values())
        for index, target in enumerate(self.targets.values()):
            row = self._row(target, names, width, cursor=self.has_focus and index == self.highlighted)
            if row != self.get_option_at_index(index).prompt:
                self.replace_option_prompt_at_index(index, row)

    def _row(self, target: Target, names: int, width: int, *, cursor: bool) -> Content:
        check = self._checks.get(target.key) if target.key in self._chosen else None
        if check is not None and width < _ROOMY:
            check = replace(check, thread=check.thread.rpartition("· ")[2])
        box = Content.styled("[x] ", "bold $text-primary") if target.key in self._chosen else Content("[ ] ")
        right = _verdict(check) if check else _remark(self._remarks.get(target.key) or _problem(target))
        room = max(0, width - 1 - 4 - names - 1 - right.cell_length - 1)
        label = target.label if target.service == "buffer" else f"direct {target.label}"
        who = Content.assemble(box, fit(network(target.network), names), " ", (fit(label, room), MUTED))
        if cursor:
            who = Content.styled(who.plain, "bold reverse")
        edge = Content.styled(mark("▌") if cursor else " ", "bold $text-accent")
        lines = [Content.assemble(edge, who, " ", right)]
        for finding in check.findings if check else ():
            lines += _wrapped(finding, width)
        if check and check.default:
            lines += wrapped(Content.styled(mark("→"), MUTED), Content.styled(check.default, MUTED), width)
        return Content("\n").join(lines)


@lru_cache(maxsize=256)
def _wrapped(finding: Finding, width: int) -> tuple[Content, ...]:
    """A finding in its lines: most stay the same from key to key."""
    return tuple(wrapped(sign(finding.level), words(finding), width))


def _verdict(check: Check) -> Content:
    """`271/280 ✓`: exact, because the last characters are what a writer counts; no praise for an empty text."""
    used, limit = check.length.used, check.length.limit
    numbers = check.thread + (f"{used:,}" if limit is None else f"{used:,}/{limit:,}")
    if check.blocked:
        return Content.assemble((numbers, "bold $text-error" if check.length.over else ""), (mark(" ✕"), "$text-error"))
    if check.findings:
        style = "$text-warning" if check.length.over else ""
        return Content.assemble((numbers, style), (mark(" ▲"), "$text-warning"))
    return Content.assemble(numbers, (mark(" ✓") if used else "  ", "$text-success"))


def _problem(target: Target) -> State | None:
    if not target.problem:
        return None
    known = target.problem in {"paused", "disconnected", "locked"}
    look = state(target.problem if known else "locked")
    return look if known else State(look.glyph, "closed", look.style)


def _remark(look: State | None) -> Content:
    return Content.styled(f"{look.glyph} {look.word}", f"$text-{look.style}") if look else Content("")
