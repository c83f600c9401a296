"""What is wrong with the text on one network: its length, its hashtags, mentions and links, and what it must not hold.

In a thread each post is looked at alone.  What is found in a text is kept, for several networks look for the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from kosmo_tui.compose.counting import Length, count
from kosmo_tui.compose.draft import Draft, Target, cuts, thread_spans
from kosmo_tui.compose.findings import Finding, Level
from kosmo_tui.compose.fitting import fitting
from kosmo_tui.compose.links import Span, addresses
from kosmo_tui.compose.networks import Network

# The sign first: it is rare, so that all other characters are passed over at once.
_HASHTAG = re.compile(r"[#＃](?<![\w&/][#＃])\w*[^\W\d_]\w*")
_MENTION = re.compile(r"@(?<![\w@/]@)\w[\w.]*")
_PHONE = re.compile(r"(?<![\w/])\+?\d[\d ()./-]{7,}\d(?!\w)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]+")  # Buffer refuses C0 but tabs and ends of lines


def length_on(post: Draft, target: Target, rules: Network) -> Length:
    """The length of the longest post of the thread that `post` (which is for `target` alone) is there."""
    lengths = [_length(text, post, target, rules) for _, text in items(post.text, rules)]
    return max(lengths, key=lambda one: one.used / one.limit if one.limit else 0.0)


def of_text(post: Draft, target: Target, rules: Network) -> Iterator[Finding]:
    """The findings on the text of `post`, which is for `target` alone."""
    found = items(post.text, rules)
    for number, (start, text) in enumerate(found, 1):
        name = f"Post {number} of {len(found)}" if len(found) > 1 else ""
        for finding in _of_item(text, post, target, rules):
            message = f"{name}: {finding.message}" if name else finding.message
            span = finding.span and (start + finding.span[0], start + finding.span[1])
            yield replace(finding, message=message, span=span)
        if name and not text and (number > 1 or not post.media):
            yield Finding(
                "error", "thread_empty", f"{name} is empty", "write it, or take the line --- out", span=(start, start)
            )
    if not rules.thread and (lines := cuts(post.text)):
        fix = f"{rules.name} has no threads here: give it a text of its own"
        yield Finding(
            "warning",
            "thread_as_text",
            "The line --- goes out as text",
            fix,
            span=(lines[0][0], lines[0][0] + len(post.text[slice(*lines[0])].rstrip())),
        )


def control(text: str) -> Iterator[Finding]:
    """Control characters, which Buffer refuses and which no network shows."""
    if found := _CONTROL.search(text):
        fix = "delete them, or paste it as plain text"
        yield Finding("error", "control", "The text holds control characters", fix, span=found.span())


def items(text: str, rules: Network) -> Sequence[tuple[int, str]]:
    """The posts that `text` becomes on a network, each with its place."""
    if not rules.thread or "---" not in text:
        return ((0, text),)
    return tuple((start, text[start:end]) for start, end in thread_spans(text))


def many(number: int, things: str) -> str:
    """`1 hashtag`, `1,204 hashtags`."""
    return f"{number:,} {things.removesuffix('s') if number == 1 else things}"


def _length(text: str, post: Draft, target: Target, rules: Network) -> Length:
    used = count(
        text, rules, limit=target.max_characters, premium=target.premium, through_buffer=target.service == "buffer"
    )
    if extra := _before(post, rules):
        used = replace(used, used=used.used + extra, least=used.least + extra)
    return used


def _before(post: Draft, rules: Network) -> int:
    """What counts beside the text: Mastodon's content warning (docs.joinmastodon.org/entities/Instance)."""
    warning = post.options.get("spoiler", "") if rules.key == "mastodon" else ""
    return count(warning, rules).used if warning else 0


def _of_item(text: str, post: Draft, target: Target, rules: Network) -> Iterator[Finding]:
    used = _length(text, post, target, rules)
    if used.over and used.limit is not None:
        excess = used.used - used.limit
        if used.unit == "weighted":  # a unit that no one but the network knows
            over = f"{excess:,} over {used.limit:,}, as {used.whose} counts"
        else:
            over = f"{many(excess, used.unit)} over {used.whose}’s {used.limit:,}"
        unit = "bytes" if used.unit == "bytes" else rules.unit
        span = fitting(text, unit, max(0, used.limit - _before(post, rules))), len(text)
        if used.refused:
            yield Finding("error", "too_long", f"Too long: {over}", "shorten the text", span=span)
        else:
            fix = "shorten the text to be sure"
            yield Finding("warning", "perhaps_too_long", f"Perhaps too long: {over}", fix, span=span)
    for char in rules.forbidden:
        if (at := text.find(char)) >= 0:
            yield Finding("error", "forbidden", f"{rules.name} does not allow {char}", "take it out", span=(at, at + 1))
    if rules.hashtags is not None or rules.hashtags_soft is not None:
        tags = _hashtags(text)
        if rules.hashtags is not None and len(tags) > rules.hashtags:
            yield _beyond("error", "hashtags", tags, rules.hashtags, f"{rules.hashtags} allowed")
        elif (soft := rules.hashtags_soft) is not None and len(tags) > soft:
            yield _beyond("warning", "hashtags", tags, soft, f"more than {soft} may be refused", "keep the best")
    if rules.mentions is not None and len(people := _mentions(text)) > rules.mentions:
        yield _beyond("error", "mentions", people, rules.mentions, f"{rules.mentions} allowed")
    if rules.links is not None and len(different := _different_links(text)) > rules.links:
        yield _beyond("error", "links", different, rules.links, f"{rules.links} allowed", what="different links")
    if not rules.clickable and (found := _different_links(text)):
        fix = "point to the link in the profile"
        yield Finding("warning", "not_clickable", "Links are not clickable here", fix, span=found[0])
    if rules.key == "googlebusiness" and (phone := _PHONE.search(text)):
        message = "Google refuses posts with phone numbers"
        yield Finding("warning", "phone", message, "take the number out", span=phone.span())


def _beyond(
    level: Level, code: str, found: Sequence[Span], allowed: int, says: str, fix: str = "take some out", what: str = ""
) -> Finding:
    """Too many of something: from the first that is too many to the last."""
    span = found[allowed][0], found[-1][1]
    joint = "; " if level == "warning" else ", "
    return Finding(level, code, f"{many(len(found), what or code)}{joint}{says}", fix, span=span)


@lru_cache(maxsize=16)
def _hashtags(text: str) -> tuple[Span, ...]:
    return tuple(found.span() for found in _HASHTAG.finditer(text))


@lru_cache(maxsize=16)
def _mentions(text: str) -> tuple[Span, ...]:
    return tuple(found.span() for found in _MENTION.finditer(text))


@lru_cache(maxsize=16)
def _different_links(text: str) -> tuple[Span, ...]:
    """Where each address stands for the first time."""
    first: dict[str, Span] = {}
    for start, end in addresses(text):
        first.setdefault(text[start:end], (start, end))
    return tuple(first.values())
