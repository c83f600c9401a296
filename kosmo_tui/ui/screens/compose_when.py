"""The time of a post: what was typed, shown back in the zones that matter before it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from textual.content import Content

from kosmo_tui.compose.draft import Target
from kosmo_tui.compose.when import BadTime, When, describe, parse
from kosmo_tui.services.review import Item, lead
from kosmo_tui.ui.screens.compose_findings import sign
from kosmo_tui.ui.screens.review_items import STAYS
from kosmo_tui.ui.text import MUTED, mark, network

PRESETS = ("queue", "top", "now")


class Echo(NamedTuple):
    """What a phrase means, None when nothing; glyph and words that say so; and the phrases that may be meant."""

    when: When | None
    glyph: Content
    words: Content
    choices: tuple[str, ...] = ()


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
        return Echo(None, sign("error"), _refused(error, first, now), error.candidates)
    if when.mode == "queue" and len(chosen) > 1:
        return _means(when, _in_queues(chosen, first, now, slots))
    words = Content(describe(when, now))
    if when.at is None:
        return _means(when, words)
    there = dict[str, list[str]]()
    for target in chosen:
        at = when.at.astimezone(target.tz)
        if at.utcoffset() != when.at.utcoffset():
            there.setdefault(f"{at:%a %H:%M} {at:%Z}", []).append(_who(target, chosen))
    if there:
        others = [f"{time} for {', '.join(who)}" for time, who in there.items()]
        told = f"in {_who(first, chosen)}’s zone, that is {'; '.join(others)}"
        words = Content.assemble(words, (f"\n{told}", MUTED))
    return _means(when, words)


def echo_of(
    item: Item, common: Echo, now: datetime, slots: Mapping[str, Sequence[datetime]] = MappingProxyType({})
) -> Echo:
    """What is said for one target: of its own time, else of the `common` one as it is there."""
    if item.stays_draft:
        return _means(None, Content(f"{STAYS}; a time, queue or now schedules it"))
    if item.when is not None:
        return _means(item.when, Content(describe(item.when, now)))
    return echo(item.post.when, (item.target,), now, None, slots) if item.own_time else common


def _means(when: When | None, words: Content) -> Echo:
    return Echo(when, Content.styled(mark("→"), MUTED), words)


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


def _refused(error: BadTime, target: Target, now: datetime) -> Content:
    """Why a phrase names no time, and what may have been meant: to choose by key, or to click on."""
    if not error.candidates:
        return Content(str(error))
    choices = Content(" or ").join(_choice(_short(phrase, target, now), phrase) for phrase in error.candidates)
    return Content.assemble(str(error.args[0]), "; ", (f"{mark('↓')} ", "bold $text-primary"), choices, "?")


def _short(phrase: str, target: Target, now: datetime) -> str:
    """A time as one reads it: `Fri 27 Nov 17:30 GMT`."""
    at = datetime.fromisoformat(phrase).astimezone(target.tz)
    year = "" if at.year == now.astimezone(target.tz).year else f" {at.year}"
    zone = f"{at:%Z}" if f"{at:%Z}"[:1].isalpha() else f"{at:%z}"
    return f"{at:%a} {at.day} {at:%b}{year} {at:{'%H:%M:%S' if at.second else '%H:%M'}} {zone}"


def _choice(shown: str, phrase: str) -> Content:
    return Content.styled(shown, "$text-primary").stylize(f"@click=screen.when('{phrase}')")


def presets() -> Content:
    """The places of the queue to choose by key or to click on, and examples of times."""
    words = [_choice(word, word) for word in PRESETS]
    example = Content.styled("fri 17:30, +2h", MUTED)  # fits at 80 columns; a wrong phrase is told all forms
    return Content.assemble((f"{mark('↓')} ", "bold $text-primary"), Content("  ").join((*words, example)))


def _who(target: Target, among: Sequence[Target]) -> str:
    """Its network, and its name as well where the network alone does not tell."""
    alone = sum(one.network == target.network for one in among) < 2
    return network(target.network) if alone else f"{network(target.network)} {target.label}"
