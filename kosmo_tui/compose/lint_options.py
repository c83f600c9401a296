"""What is wrong with what a network takes beside text and attachments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kosmo_tui.compose.counting import measure
from kosmo_tui.compose.draft import Draft, Target
from kosmo_tui.compose.findings import Finding
from kosmo_tui.compose.lint_media import url_problem
from kosmo_tui.compose.networks import Network
from kosmo_tui.compose.options import Option, options_of, title_of

_UTF16_TITLES = frozenset({"youtube", "tiktok"})  # as the two count them, by their own references
_TOPIC_FORBIDS = ".&"  # developers.facebook.com/documentation/threads/create-posts


def of_options(post: Draft, target: Target, rules: Network) -> Iterator[Finding]:
    """The findings on the options of `post`, which is for `target` alone."""
    taken = options_of(target)
    for option in taken:
        if value := post.options.get(option.name, "").strip():
            yield from _value(option, value, rules)
    match target.network if taken else "":
        case "instagram" | "facebook":
            yield from _kind(post)
        case "pinterest" if not post.options.get("board") and not target.boards and target.profile_id:
            yield Finding("error", "board", "This profile has no board", "make one at Pinterest", option="board")
        case "youtube" if not title_of(post):
            yield Finding("error", "title", "Needs a title", "give one, or write a text", option="title")
        case "googlebusiness":
            yield from _google(post)


def _value(option: Option, value: str, rules: Network) -> Iterator[Finding]:
    """One option that is given."""
    name, label = option.name, option.label
    if option.choices and value not in dict(option.choices):
        known = ", ".join(label for _, label in option.choices[:5])
        yield Finding("error", "choice", f"{label}: there is no {value[:40]!r}", f"choose {known}", option=name)
    most = rules.options.get(name)
    used = measure(value, "utf16" if name == "title" and rules.key in _UTF16_TITLES else "characters")
    if most is not None and used > most:
        whose = f" of {rules.name}" if name == "first_comment" else ""
        message = f"{label}{whose}: {used:,} of {most:,} characters"
        yield Finding("error", "option_long", message, "shorten it", option=name)
    forbidden = _TOPIC_FORBIDS if name == "topic" else rules.forbidden if name == "title" else ""
    if bad := "".join(char for char in forbidden if char in value):
        yield Finding("error", "forbidden", f"{label} cannot have {' or '.join(bad)}", "take it out", option=name)
    if name == "link" and (problem := url_problem(value)):
        yield Finding("error", "link", f"{label}: {problem}", "give a public address", option=name)


def _kind(post: Draft) -> Iterator[Finding]:
    """Reels and stories take one file (Buffer's reference on post types)."""
    videos = sum(one.kind == "video" for one in post.media)
    match post.options.get("type", ""):
        case "reel" if (len(post.media), videos) != (1, 1):
            yield Finding("error", "kind", "A reel takes exactly one video", "choose another type", option="type")
        case "story" if len(post.media) != 1:
            message = "A story takes exactly one image or video"
            yield Finding("error", "kind", message, "choose another type", option="type")


def _google(post: Draft) -> Iterator[Finding]:
    """Google's events and offers need a title and two days (Buffer's reference on Google Business details)."""
    kind = post.options.get("type", "")
    given = {name: post.options.get(name, "").strip() for name in ("title", "start", "end")}
    if kind not in {"event", "offer"}:
        for name in (name for name, value in given.items() if value):
            message = f"Only events and offers have a {'title' if name == 'title' else name + ' day'}"
            yield Finding("warning", "unused", message, "choose the type, or empty it", option=name)
        return
    for name in (name for name, value in given.items() if not value):
        what = "title" if name == "title" else f"{name} day"
        yield Finding("error", name, f"An {kind} needs a {what}", "give it", option=name)
    days = {name: _day(given[name]) for name in ("start", "end") if given[name]}
    for name in (name for name, day in days.items() if day is None):
        message = f"{given[name][:40]!r} is no day"
        yield Finding("error", name, message, "write it as 2026-12-24", option=name)
    start, end = days.get("start"), days.get("end")
    if start and end and end < start:
        yield Finding("error", "end", "The end lies before the start", "swap the days", option="end")


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
