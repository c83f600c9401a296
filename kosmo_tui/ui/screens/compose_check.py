"""What is shown of a review while typing: under each target, at the foot, and on the tabs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kosmo_tui.compose.draft import Draft
from kosmo_tui.compose.findings import Finding, blocks
from kosmo_tui.compose.lint import length
from kosmo_tui.services.publish import Row
from kosmo_tui.services.review import Item, Review
from kosmo_tui.ui.screens.compose_findings import shared, tried
from kosmo_tui.ui.screens.compose_targets import Check
from kosmo_tui.ui.screens.compose_text import Span
from kosmo_tui.ui.screens.compose_variants import BASE

_MISSING = frozenset({"no_target", "empty"})  # no mistakes while nothing has been tried


@dataclass(frozen=True)
class Spot:
    """A finding, the tab in which it can be mended, and the first target that has it (empty: all)."""

    finding: Finding
    tab: str
    target: str = ""


@dataclass(frozen=True)
class Looked:
    """A review, ready to be shown: `checks` by target, `general` for the foot, `spots` in the order of the fields.

    `common_time` is what is wrong with the time that the targets share; empty when nothing is.
    """

    review: Review
    checks: Mapping[str, Check]
    general: tuple[Finding, ...]
    spots: tuple[Spot, ...]
    common_time: str = ""

    @property
    def base_blocked(self) -> bool:
        """Whether something is wrong wherever the post goes."""
        return bool(self.common_time) or blocks(self.general)

    @property
    def errors(self) -> tuple[Spot, ...]:
        """The spots that block."""
        return tuple(spot for spot in self.spots if spot.finding.level == "error")

    def spans(self, draft: Draft, tab: str) -> tuple[Span, ...]:
        """What to underline in the text that a tab shows."""
        text = draft.text if tab == BASE else draft.on(tab).text
        return tuple(
            spot.finding.span
            for spot in self.spots
            if spot.finding.span is not None
            and spot.finding.span[0] < spot.finding.span[1]
            and (draft.text if spot.tab == BASE else draft.on(spot.tab).text) == text
        )


def fixed(draft: Draft, items: Sequence[Item]) -> Draft:
    """The draft with every time as the instant that was shown for it."""
    for item in items:
        if item.when is not None and item.when.mode == "at" and item.when.at is not None:
            draft = draft.override(item.target.key, when=item.when.at.isoformat(timespec="seconds"))
    return draft


def passed(items: Sequence[Item], now: datetime) -> bool:
    """Whether a time that was shown is over."""
    times = [item.when.at for item in items if item.when is not None and item.when.mode == "at"]
    return any(at is not None and at <= now for at in times)


def look(review: Review, draft: Draft, tries: Mapping[str, Row], *, insist: bool) -> Looked:
    """What to show of `review`, a review of `draft`; `insist` also says what is missing from an empty form."""
    found = {item.target.key: (*tried(tries.get(item.target.key)), *_of_item(item)) for item in review.items}
    everywhere = shared(found.values())
    checks = {
        item.target.key: Check(
            item.length,
            tuple(finding for finding in found[item.target.key] if finding not in everywhere),
            item.default,
            thread=_thread(item),
            blocked=item.blocked,
        )
        for item in review.items
    }
    general = tuple(one for one in (*review.general, *everywhere) if insist or one.code not in _MISSING)
    common_time = next((item.problem for item in review.items if item.problem and not item.own_time), "")
    timed = [_bad_time(common_time)] if common_time else []
    spots = {(finding, BASE): Spot(finding, BASE) for finding in (*review.general, *timed)}
    for item in review.items:
        for finding in found[item.target.key]:
            tab = _tab(draft, item, finding)
            spots.setdefault((finding, tab), Spot(finding, tab, item.target.key))
    return Looked(review, checks, general, tuple(spots.values()), common_time)


def _of_item(item: Item) -> tuple[Finding, ...]:
    if item.problem and item.own_time:  # the common time is told where it stands
        return (_bad_time(item.problem), *item.findings)
    return item.findings


def _bad_time(problem: str) -> Finding:
    return Finding("error", "time", problem)


def _tab(draft: Draft, item: Item, finding: Finding) -> str:
    """Where a finding of a target can be mended: in its own tab when what is meant is its own, else at the base."""
    key = item.target.key
    own = draft.overrides.get(key)
    if own is None:
        return key if finding.option else BASE
    meant = (
        bool(finding.option)
        or (finding.code == "time")
        or (finding.span is not None and own.text is not None)
        or (finding.attachment is not None and own.media is not None)
    )
    return key if meant else BASE


def _thread(item: Item) -> str:
    """`3 items · 2`: how many, and which of them is the longest; nothing for a single post."""
    if len(item.items) < 2:
        return ""
    used = [length(replace(item.post, text=text), item.target).used for text in item.items]
    return f"{len(item.items)} items · {used.index(max(used)) + 1}: "
