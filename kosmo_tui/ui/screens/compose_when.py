"""The time of a post: what was typed, shown back in the zones that matter before it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from textual.content import Content

from kosmo_tui.compose.draft import Target
from kosmo_tui.compose.when import BadTime, When, describe, parse
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
    lead = next((one for one in chosen if one.service == "buffer"), chosen[0] if chosen else zone_of)
    if lead is None:
        return Echo(None, Content(""), Content(""))
    try:
        when = parse(phrase, lead.tz, now, slots.get(lead.key, ()))
    except BadTime as error:
        return Echo(None, sign("error"), _refused(error))
    arrow = Content.styled(mark("→"), MUTED)
    words = Content(describe(when, now))
    if when.at is None:
        return Echo(when, arrow, words)
    there = dict[str, str]()
    for target in chosen:
        at = _on(target, when, now, slots) if target != lead else None
        if at is not None and (when.mode == "queue" or at.utcoffset() != when.at.utcoffset()):
            there.setdefault(f"{at:%a %H:%M} {target.zone}", _who(target, chosen))
    if there:
        others = "; ".join(f"{time} for {who}" for time, who in there.items())
        which, lead_in = (
            (f" · {_who(lead, chosen)}", "expected")
            if when.mode == "queue"
            else (f" · in {_who(lead, chosen)}’s zone", "that is")
        )
        words = Content.assemble(words, which, (f"\n{lead_in} {others}", MUTED))
    return Echo(when, arrow, words)


def _on(target: Target, when: When, now: datetime, slots: Mapping[str, Sequence[datetime]]) -> datetime | None:
    """When it goes out on `target`, in its zone: the same instant, or the first free slot of its own queue."""
    if when.mode == "queue":
        return parse("queue", target.tz, now, slots.get(target.key, ())).at
    return when.at.astimezone(target.tz) if when.at else None


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
