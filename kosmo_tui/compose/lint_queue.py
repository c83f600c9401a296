"""What stands against a post in its profile: its state, its limits, and what is planned or was sent there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from kosmo_tui.compose.draft import Draft, Target
from kosmo_tui.compose.facts import Facts, Planned
from kosmo_tui.compose.findings import Finding, Level
from kosmo_tui.compose.when import When

_RECENT = timedelta(days=30)  # a text that was sent before is no longer taken for a slip
_CLOSE = timedelta(hours=1)
_FRESH = timedelta(minutes=15)  # older facts warn, they do not block: the queue may have moved on
_WAITING = frozenset({"scheduled", "sending", "needs_approval"})


def of_state(target: Target, when: When | None) -> Iterator[Finding]:
    """Whether the profile can post at all, and has a queue."""
    queued = when is not None and when.mode not in ("now", "at")
    match target.problem:
        case "":
            if queued and not target.has_slots and target.service == "buffer":
                fix = "give a time, or set times in Buffer"
                yield Finding("error", "no_slots", "This profile has no posting times", fix)
        case "paused":
            if when is None or when.mode != "now":
                fix = "resume it in Buffer, or send now"
                yield Finding("warning", "paused", "The queue is paused: nothing goes out", fix)
        case "disconnected":
            yield Finding("error", "disconnected", "Disconnected: nothing would go out", "reconnect it in Buffer")
        case "locked":
            yield Finding("error", "locked", "Locked by the plan: nothing would go out", "unlock it in Buffer")
        case other:
            yield Finding("error", "unavailable", other, "leave this target out")


def of_facts(post: Draft, target: Target, when: When | None, facts: Facts, now: datetime | None) -> Iterator[Finding]:
    """Full queues and days, the same post again, and two posts within the hour.  Without `now` facts are fresh."""
    at = now if when is not None and when.mode == "now" else when.at if when is not None else None
    fresh = now is None or facts.as_of is None or now - facts.as_of <= _FRESH
    level: Level = "error" if fresh else "warning"
    waits = when is not None and when.mode != "now"
    if waits and facts.plan_limit is not None and facts.planned >= facts.plan_limit:
        message = f"The queue is full: {facts.planned:,} of {facts.plan_limit:,} posts that the plan allows"
        yield Finding(level, "plan_limit", message, "wait until one is sent, or send now")
    if at is not None and facts.daily_limit is not None:
        day = at.astimezone(target.tz).date()
        if (used := facts.daily_used.get(day, 0)) >= facts.daily_limit:
            message = f"{_day(day)} is full: {used:,} of {facts.daily_limit:,} posts of a day"
            yield Finding(level, "daily_limit", message, "choose another day")
    same = next(_same(post, facts, now), None)
    if same is not None:
        said = "is planned already" if same.status in _WAITING else "was posted already"
        told = f": {_moment(same.at, target, now)}" if same.at else ""
        yield Finding("warning", "duplicate", f"This post {said}{told}", "change it, or leave this profile out")
    if at is not None and when is not None and when.mode != "queue":
        moment = at.astimezone(UTC)  # datetimes of one zone would be compared by their wall clocks
        others = [one.at for one in facts.posts if one.at and one is not same and _waits_or_went(one)]
        if close := [other for other in others if abs(other - moment) < _CLOSE]:
            nearest = min(close, key=lambda other: abs(other - moment))
            message = f"Another post of this profile is within the hour: {_moment(nearest, target, now)}"
            yield Finding("warning", "close", message, "choose another time")


def _same(post: Draft, facts: Facts, now: datetime | None) -> Iterator[Planned]:
    """The posts that say the same: equal words, and as many files, or the same files where there are no words.

    Services keep copies of files under addresses of their own, so those are compared by their number only.
    """
    words, urls = _plain(post.text), tuple(one.url for one in post.media)
    for other in facts.posts:
        if not _waits_or_went(other) or len(other.media) != len(urls):
            continue
        if other.status == "sent" and now and other.at and now.astimezone(UTC) - other.at > _RECENT:
            continue
        if _plain(other.text) == words and (words or (urls and other.media == urls)):
            yield other


def _waits_or_went(post: Planned) -> bool:
    return post.status in _WAITING or post.status == "sent"


@lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _moment(at: datetime, target: Target, now: datetime | None) -> str:
    """`Tue 31 Mar 18:30`, in the zone of the profile; with the year where it is another."""
    local = at.astimezone(target.tz)
    same_year = now is None or now.astimezone(target.tz).year == local.year
    return f"{_day(local.date())}{'' if same_year else f' {local.year}'} {local:%H:%M}"


def _day(day: date) -> str:
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
