"""What would go wrong with a post, told before it is sent.

An error blocks: the service would refuse the post, or nothing would go out.  A warning informs, and can be overridden.
Every finding says what is wrong, where, and what mends it.  No I/O: only what the draft, the target and the facts tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from kosmo_tui.compose.counting import Length
from kosmo_tui.compose.draft import Draft, Override, Target
from kosmo_tui.compose.facts import Facts
from kosmo_tui.compose.findings import Finding, blocks, errors_first
from kosmo_tui.compose.lint_media import of_addresses, of_instagram, of_media
from kosmo_tui.compose.lint_options import of_options
from kosmo_tui.compose.lint_queue import of_facts, of_state
from kosmo_tui.compose.lint_text import control, items, length_on, of_text
from kosmo_tui.compose.networks import Network, network
from kosmo_tui.compose.when import When

__all__ = ["Finding", "blocks", "length", "of_draft", "of_target", "texts_of"]

_FAR = timedelta(days=366)
_NOTHING = Finding("error", "empty", "There is nothing to post", "write a text or add an attachment")


def length(draft: Draft, target: Target) -> Length:
    """The length of the text that goes out on `target` against its limit; of a thread, of its longest post."""
    return length_on(draft.on(target.key), target, _rules(target))


def texts_of(draft: Draft, target: Target) -> tuple[str, ...]:
    """What goes out on `target`: the posts of a thread where the network has threads, else the one text."""
    return tuple(text for _, text in items(draft.on(target.key).text, _rules(target)))


def of_draft(draft: Draft) -> tuple[Finding, ...]:
    """What is wrong with what the targets share, wherever it goes: nothing to post, nowhere to post it, bad URLs."""
    return errors_first(_of_draft(draft))


def of_target(
    draft: Draft, target: Target, when: When | None = None, facts: Facts | None = None, now: datetime | None = None
) -> tuple[Finding, ...]:
    """What is wrong with what the draft becomes on one target: its network's rules, and the state of the profile.

    `when` is the time on this target, `facts` what is known of its profile.  Spans are places in the target's text.
    """
    return errors_first(_of_target(draft, target, when, facts, now))


def _rules(target: Target) -> Network:
    rules = network(target.network)
    return rules if target.threads or not rules.thread else replace(rules, thread=False)


def _of_draft(draft: Draft) -> Iterator[Finding]:
    if not draft.targets:
        yield Finding("error", "no_target", "No target is chosen", "choose one in the list of targets")
    own = [draft.overrides.get(key, Override()) for key in draft.targets] or [Override()]
    if any(one.text is None and one.media is None for one in own) and _is_empty(draft):
        yield _NOTHING
    if any(one.text is None for one in own):
        yield from control(draft.text)
    if any(one.media is None for one in own):
        yield from of_addresses(draft.media)


def _of_target(
    draft: Draft, target: Target, when: When | None, facts: Facts | None, now: datetime | None
) -> Iterator[Finding]:
    own, post, rules = draft.overrides.get(target.key, Override()), draft.on(target.key), _rules(target)
    if own.text is not None:
        yield from control(own.text)
    if own.media is not None:
        yield from of_addresses(own.media)
    if (own.text is not None or own.media is not None) and _is_empty(post):
        yield _NOTHING
    yield from of_state(target, when)
    if when and when.at and now and when.at - now > _FAR:
        yield Finding("warning", "far", "That is more than a year away", f"check the year: {when.at.year}")
    yield from of_text(post, target, rules)
    yield from of_media(post, target, rules, facts)
    yield from of_options(post, target, rules)
    if target.service == "instagram":
        if when is not None and when.mode != "now" and not post.container_only:
            yield Finding("error", "no_queue", "Instagram itself has no queue", "send now, or use a Buffer profile")
        yield from of_instagram(post)
    if facts is not None:
        yield from of_facts(post, target, when, facts, now)


def _is_empty(post: Draft) -> bool:
    return not post.text.strip() and not any(one.url.strip() or one.alt.strip() for one in post.media)
