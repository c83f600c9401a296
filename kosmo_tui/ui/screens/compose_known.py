"""What is known of the profiles that a post may go to; looked up when a target is chosen, and once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from kosmo_tui.compose.draft import Target
from kosmo_tui.compose.facts import Facts
from kosmo_tui.store.records import OutboxRow


@dataclass(frozen=True)
class About:
    """What is known of one profile: the facts that the checks use, and its next free slots."""

    facts: Facts = field(default_factory=Facts)
    slots: Sequence[datetime] = ()


class Known:
    """Asks `about` for each target at most once: what was loaded when the composer opened is what it goes by.

    `unknown` are the writes of which nobody knows what became: a post equal to one of them may be there.
    """

    def __init__(self, about: Callable[[Target], About] | None = None) -> None:
        self.unknown: Sequence[OutboxRow] = ()
        self._about = about or (lambda _: About())
        self._found: dict[str, About] = {}

    def facts(self, targets: Sequence[Target]) -> dict[str, Facts]:
        """The facts, by the keys of the targets."""
        return {target.key: self._of(target).facts for target in targets}

    def slots(self, targets: Sequence[Target]) -> dict[str, Sequence[datetime]]:
        """The free slots, earliest first, by the keys of the targets."""
        return {target.key: self._of(target).slots for target in targets}

    def learn(self, facts: Mapping[str, Facts]) -> None:
        """Go by `facts` from now on: more became known, by the keys of the targets."""
        for key, learned in facts.items():
            self._found[key] = replace(self._found.get(key, About()), facts=learned)

    def _of(self, target: Target) -> About:
        if target.key not in self._found:
            self._found[target.key] = self._about(target)
        return self._found[target.key]
