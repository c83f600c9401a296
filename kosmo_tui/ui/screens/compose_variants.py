"""One draft, many targets: which of its variants is shown, and what is the target's own there."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from kosmo_tui.compose.draft import Draft, Override
from kosmo_tui.compose.options import NAMES, OPTIONS

BASE = ""  # the key of the tab that all others inherit from
_LABELS = {option.name: option.label.lower() for option in OPTIONS}
_CLOSELY = 120  # words that are compared one by one: it is done for every key
_SHARED = ("targets", "instagram_kind", "container_only")  # what no target can have of its own


class Variants:
    """A draft and the tab that is open: the base, or one target by its key."""

    def __init__(self, draft: Draft, tab: str = BASE) -> None:
        self.draft = draft
        self.tab = tab if tab in draft.targets else BASE

    @property
    def shown(self) -> Draft:
        """What the open tab shows."""
        return self.of(self.tab)

    @property
    def override(self) -> Override:
        """What the open tab has of its own."""
        return self.draft.overrides.get(self.tab, Override())

    def of(self, tab: str) -> Draft:
        """What a tab shows: the base itself, or what goes out on a target."""
        return self.draft if tab == BASE else self.draft.on(tab)

    def edit(self, **changed: Any) -> None:
        """Take over what was typed or chosen in the open tab.  What equals the base is inherited again."""
        shared = {name: value for name, value in changed.items() if name in _SHARED}
        own = {name: value for name, value in changed.items() if name not in _SHARED}
        if "options" in own:  # those that are not shown here stay as they are
            before = self.draft.options if self.tab == BASE else self.override.options
            own["options"] = {**before, **own["options"]}
        if self.tab == BASE:
            if "options" in own:
                own["options"] = {name: value for name, value in own["options"].items() if value}
            self.draft = self.draft.replace(**shared, **own)
        else:
            self.draft = self.draft.replace(**shared).override(self.tab, **own)
        if self.tab not in (BASE, *self.draft.targets):
            self.tab = BASE

    def inherit(self) -> bool:
        """Let the open tab inherit everything again; False when it does already."""
        if self.tab not in self.draft.overrides:
            return False
        rest = {key: own for key, own in self.draft.overrides.items() if key != self.tab}
        self.draft = self.draft.replace(overrides=rest)
        return True

    def owned(self, tab: str) -> tuple[str, ...]:
        """The names of what a tab has of its own: `("text", "time", "first comment")`."""
        own = self.draft.overrides.get(tab, Override())
        fields = (("text", own.text), ("media", own.media), ("time", own.when))
        options = (_LABELS.get(name, name) for name in own.options if name in NAMES)
        return (*(name for name, value in fields if value is not None), *options)


def difference(base: str, own: str) -> str:
    """Where one text departs from another, word by word: `“Friday” → “Monday”, 2 more`; empty when nowhere."""
    old, new = base.split(), own.split()
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    if not (old or new):
        return "other spaces" if base != own else ""
    if max(len(old), len(new)) > _CLOSELY:
        return _change(old, new)
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    changes = [_change(old[a:b], new[c:d]) for step, a, b, c, d in steps if step != "equal"]
    return f"{changes[0]}, {len(changes) - 1} more" if len(changes) > 1 else changes[0]


def _change(old: Sequence[str], new: Sequence[str]) -> str:
    gone, come = " ".join(old), " ".join(new)
    if gone and come:
        return f"“{gone}” → “{come}”"
    return f"added “{come}”" if come else f"without “{gone}”"


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many first words two texts share."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
