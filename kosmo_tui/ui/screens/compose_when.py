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
        return Echo(None, sign("error"), Content(str(error)))
    arrow = Content.styled(mark("→"), MUTED)
    if when.at is None:
        return Echo(when, arrow, Content(describe(when, now)))
    at, there = when.at, dict[str, str]()
    for target in chosen:
        local = at.astimezone(target.tz)
        if local.utcoffset() != at.utcoffset():
            there.setdefault(f"{local:%a %H:%M} {target.zone}", _who(target, chosen))
    words = Content(describe(when, now))
    if there:
        others = "; ".join(f"{time} for {who}" for time, who in there.items())
        words = Content.assemble(words, f" · in {_who(lead, chosen)}’s zone", (f"\nthat is {others}", MUTED))
    return Echo(when, arrow, words)


def presets() -> Content:
    """The places of the queue to click on, and examples of times."""
    words = [Content.styled(word, "$text-primary").stylize(f"@click=screen.when('{word}')") for word in _PRESETS]
    example = Content.styled("17:30, fri 9, +2h", MUTED)  # fits at 80 columns; a wrong phrase is told all forms
    return Content("  ").join((*words, example))


def _who(target: Target, among: Sequence[Target]) -> str:
    """Its network, and its name as well where the network alone does not tell."""
    alone = sum(one.network == target.network for one in among) < 2
    return network(target.network) if alone else f"{network(target.network)} {target.label}"
