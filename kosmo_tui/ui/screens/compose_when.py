"""The time of a post: what was typed, shown back in the zones that matter before it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from textual.content import Content

from kosmo_tui.compose.draft import Target
from kosmo_tui.compose.when import BadTime, When, describe, parse
from kosmo_tui.services.review import lead
from kosmo_tui.ui.screens.compose_findings import sign
from kosmo_tui.ui.text import MUTED, mark, network

_PRESETS = ("queue", "next", "top", "now")


class Echo(NamedTuple):
    """What a phrase means, None when nothing; and the glyph and the words that say so."""

    when: When | None
    glyph: Content
    words: Content


def echo(
    phrase: str,
    chosen: Sequence[Target],
    now: datetime,
    zone_of: Target | None,
    slots: Mapping[str, Sequence[datetime]] = MappingProxyType({}),
) -> Echo:
    """Read `phrase` in the zone of the first chosen profile; while nothing is chosen, in that of `zone_of`.

    `slots` are the known free slots of each target, by its key, earliest first.
    """
    first = lead(chosen) or zone_of
    if first is None:
        return Echo(None, Content(""), Content(""))
    try:
        when = parse(phrase, first.tz, now, slots.get(first.key, ()))
    except BadTime as error:
        return Echo(None, sign("error"), _refused(error))
    arrow = Content.styled(mark("→"), MUTED)
    if when.mode == "queue" and len(chosen) > 1:
        return Echo(when, arrow, _in_queues(chosen, first, now, slots))
    words = Content(describe(when, now))
    if when.at is None:
        return Echo(when, arrow, words)
    there = dict[str, str]()
    for target in chosen:
        at = when.at.astimezone(target.tz)
        if at.utcoffset() != when.at.utcoffset():
            there.setdefault(f"{at:%a %H:%M} {target.zone}", _who(target, chosen))
    if there:
        others = "; ".join(f"{time} for {who}" for time, who in there.items())
        words = Content.assemble(words, f" · in {_who(first, chosen)}’s zone", (f"\nthat is {others}", MUTED))
    return Echo(when, arrow, words)


def _in_queues(
    chosen: Sequence[Target], first: Target, now: datetime, slots: Mapping[str, Sequence[datetime]]
) -> Content:
    """Each queue has a slot of its own: from when to when they are expected, in the zone of the first profile."""
    found = (parse("queue", first.tz, now, slots.get(target.key, ())).at for target in chosen)
    times = sorted((at for at in found if at is not None), key=datetime.timestamp)
    words = Content("in the next free slot of each profile")
    if not times:
        return words
    day = "%a" if times[-1] - now.astimezone(UTC) < timedelta(days=6) else "%a %d %b"  # one line at 80 columns
    ends = list(dict.fromkeys(f"{at:{day} %H:%M}" for at in (times[0], times[-1])))
    return Content.assemble(words, (f", expected {' to '.join(ends)} {times[-1]:%Z}", MUTED))


def _refused(error: BadTime) -> Content:
    """Why a phrase names no time, and what may have been meant: to click on, or to type."""
    choices = Content(" or ").join(_choice(candidate, candidate) for candidate in error.candidates)
    return Content.assemble(str(error.args[0]), "; ", choices, "?") if error.candidates else Content(str(error))


def _choice(shown: str, phrase: str) -> Content:
    return Content.styled(shown, "$text-primary").stylize(f"@click=screen.when('{phrase}')")


def presets() -> Content:
    """The places of the queue to click on, and examples of times."""
    words = [_choice(word, word) for word in _PRESETS]
    example = Content.styled("17:30, fri 9, +2h", MUTED)  # fits at 80 columns; a wrong phrase is told all forms
    return Content("  ").join((*words, example))


def _who(target: Target, among: Sequence[Target]) -> str:
    """Its network, and its name as well where the network alone does not tell."""
    alone = sum(one.network == target.network for one in among) < 2
    return network(target.network) if alone else f"{network(target.network)} {target.label}"
