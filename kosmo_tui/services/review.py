"""What would be sent, and what is wrong with it: one look for the composer, the review screen and `--dry-run`.

Pure: what is known of the profiles is given, nobody is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kosmo_tui.compose.counting import Length
from kosmo_tui.compose.defaults import default
from kosmo_tui.compose.draft import Draft, Target
from kosmo_tui.compose.facts import Facts
from kosmo_tui.compose.findings import Finding, blocks, errors_first
from kosmo_tui.compose.lint import length, of_draft, of_target, texts_of
from kosmo_tui.compose.when import BadTime, When, parse
from kosmo_tui.services.doubts import doubts
from kosmo_tui.services.orders import of_post
from kosmo_tui.store.records import OutboxRow


@dataclass(frozen=True)
class Item:
    """What goes out on one target.

    `post` is the draft as it is there; `when` is None where the phrase names no time, and `problem` says why.
    `items` are the posts of a thread, one without; `length` is the longest of them against its limit.  `default` is
    what the post becomes unasked, `requests` what sending it costs at least.  `own_time` tells a time of its own from
    the common one.  `stays_draft` is true of a draft at Buffer that is changed and gets no time: `when` is None then,
    and nothing is wrong with that.
    """

    target: Target
    post: Draft
    when: When | None
    problem: str
    length: Length
    items: tuple[str, ...]
    findings: tuple[Finding, ...]
    default: str
    requests: int
    own_time: bool = False
    stays_draft: bool = False

    @property
    def blocked(self) -> bool:
        """Whether it cannot be sent as it is."""
        return bool(self.problem) or blocks(self.findings)


@dataclass(frozen=True)
class Review:
    """The items in the order of the targets; `general` is what is wrong wherever the post goes."""

    general: tuple[Finding, ...]
    items: tuple[Item, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Everything that blocks, each thing once."""
        return tuple(finding for finding in self._findings if finding.level == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Everything that can be overridden with a reason, each thing once."""
        return tuple(finding for finding in self._findings if finding.level == "warning")

    @property
    def blocked(self) -> bool:
        """Whether something must be mended before anything is sent."""
        return blocks(self.general) or any(item.blocked for item in self.items)

    @property
    def stays_draft(self) -> bool:
        """Whether a draft at Buffer is changed and stays one."""
        return bool(self.items) and all(item.stays_draft for item in self.items)

    @property
    def requests(self) -> int:
        """What sending everything costs at least."""
        return sum(item.requests for item in self.items)

    def adding(self, findings: Mapping[str, Sequence[Finding]]) -> Review:
        """The same with further `findings` on targets, by their keys."""
        items = (
            replace(item, findings=errors_first((*more, *item.findings)))
            if (more := findings.get(item.target.key))
            else item
            for item in self.items
        )
        return Review(self.general, tuple(items))

    @property
    def _findings(self) -> tuple[Finding, ...]:
        every = (self.general, *(item.findings for item in self.items))
        return tuple(dict.fromkeys(finding for findings in every for finding in findings))


def review(
    draft: Draft,
    targets: Sequence[Target],
    now: datetime,
    facts: Mapping[str, Facts] | None = None,
    slots: Mapping[str, Sequence[datetime]] | None = None,
    *,
    changes_draft: bool = False,
    unknown: Sequence[OutboxRow] = (),
) -> Review:
    """The draft on `targets`.  `facts` and `slots` (the next free ones) are by the keys of the targets.

    `unknown` are writes of which nobody knows whether they made a post: an equal one is not sent before that is known.
    The common time is read once, in the zone of the `lead`, and is the same instant on all that have none of their own.
    `changes_draft` says that it changes a draft at Buffer, which stays one until a time is typed.
    """
    known, free = facts or {}, slots or {}
    first = lead(targets)
    items = []
    for target in targets:
        whose = first if first is not None and _inherits(draft, target) else target
        when, problem = None, ""
        stays = changes_draft and not draft.on(target.key).when.strip()
        if not stays:
            try:
                when = _time(draft.on(target.key).when, target, whose, now, free)
            except BadTime as bad:
                problem = str(bad)
        item = _item(draft, target, when, problem, now, known.get(target.key), stays)
        if unknown and when is not None:
            doubted = doubts(of_post(draft, target, when), unknown)
            item = replace(item, findings=errors_first((*doubted, *item.findings)))
        items.append(item)
    return Review(of_draft(draft.replace(targets=tuple(target.key for target in targets))), tuple(items))


def lead(targets: Sequence[Target]) -> Target | None:
    """The target in whose zone the common time is meant: the first profile of Buffer, else the first one."""
    return next((one for one in targets if one.service == "buffer"), targets[0] if targets else None)


def _inherits(draft: Draft, target: Target) -> bool:
    own = draft.overrides.get(target.key)
    return own is None or own.when is None


def _time(phrase: str, target: Target, whose: Target, now: datetime, slots: Mapping[str, Sequence[datetime]]) -> When:
    """What `phrase`, meant in the zone of `whose`, is on `target`: the same instant, or its own place in its queue."""
    when = parse(phrase, whose.tz, now, slots.get(whose.key, ()))
    if when.mode == "queue":
        return parse(phrase, target.tz, now, slots.get(target.key, ()))
    return replace(when, at=when.at.astimezone(target.tz)) if when.at is not None else when


def _item(
    draft: Draft, target: Target, when: When | None, problem: str, now: datetime, facts: Facts | None, stays: bool
) -> Item:
    post = draft.on(target.key)
    return Item(
        target=target,
        post=post,
        when=when,
        problem=problem,
        length=length(post, target),
        items=texts_of(post, target),
        findings=of_target(draft, target, when, facts, now),
        default=default(post, target),
        requests=requests(post, target),
        own_time=not _inherits(draft, target),
        stays_draft=stays,
    )


def requests(post: Draft, target: Target) -> int:
    """What sending `post` to `target` costs at least.

    Buffer: one `createPost`.  Instagram: a container for each file, one more for a carousel, a look at each until it
    is finished, and (unless it is only prepared) the publication and the reading of its address.
    """
    if target.service == "buffer":
        return 1
    files = max(1, len(post.media))
    containers = files + (files > 1)
    return 2 * containers + (0 if post.container_only else 2)
