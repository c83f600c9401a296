"""What would go wrong with a post, told before it is sent.

An error blocks: the service would refuse the post, or nothing would go out.  A warning informs.  Every finding says
what is wrong and what mends it.  No I/O: only what the text, the attachments and the target tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from kosmo_tui.compose.counting import Length, count
from kosmo_tui.compose.draft import Attachment, Draft, Target, is_odd
from kosmo_tui.compose.facts import Facts
from kosmo_tui.compose.findings import Finding, blocks, errors_first
from kosmo_tui.compose.links import addresses
from kosmo_tui.compose.networks import Network, network
from kosmo_tui.compose.when import When

__all__ = ["Finding", "blocks", "length", "of_draft", "of_target"]

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")  # Buffer refuses C0 but whitespace
_HASHTAG = re.compile(r"(?<![\w&/])[#＃]\w*[^\W\d_]\w*")
_MENTION = re.compile(r"(?<![\w@/])@\w[\w.]*")
_PHONE = re.compile(r"(?<![\w/])\+?\d[\d ()./-]{7,}\d(?!\w)")
_FAR = timedelta(days=366)


def length(draft: Draft, target: Target) -> Length:
    """The length of the text that goes out on `target`, against its limit."""
    return count(
        draft.on(target.key).text,
        target.network,
        limit=target.max_characters,
        premium=target.premium,
        through_buffer=target.service == "buffer",
    )


def of_draft(draft: Draft, when: When | None = None, now: datetime | None = None) -> tuple[Finding, ...]:
    """What is wrong wherever the post goes: nothing to post, nowhere to post it, unusable URLs, an odd time."""
    return errors_first(_of_draft(draft, when, now))


def of_target(
    draft: Draft, target: Target, when: When | None = None, facts: Facts | None = None, now: datetime | None = None
) -> tuple[Finding, ...]:
    """What is wrong with what the draft becomes on one target: its network's rules, and the state of the profile.

    `when` is the time on this target, `facts` what is known of its profile.
    """
    rules = network(target.network)
    draft = draft.on(target.key)
    return errors_first(
        finding
        for findings in (
            _state(draft, target, when),
            _text(draft, target, rules),
            _media(draft, rules),
            _instagram(draft, target, when) if target.service == "instagram" else (),
        )
        for finding in findings
    )


def _of_draft(draft: Draft, when: When | None, now: datetime | None) -> Iterator[Finding]:
    if not draft.targets:
        yield Finding("error", "no_target", "No target is chosen", "choose one in the list of targets")
    if draft.is_empty:
        yield Finding("error", "empty", "There is nothing to post", "write a text or add an attachment")
    if _CONTROL.search(draft.text):
        yield Finding("error", "control", "The text holds control characters", "delete them, or paste it as plain text")
    seen: set[str] = set()
    for number, attachment in enumerate(draft.media, 1):
        problem = _url_problem(attachment)
        if problem:
            fix = "give the public address of the file"
            yield Finding("error", "url", f"Attachment {number}: {problem}", fix, number)
        elif attachment.url.lower().startswith("http://"):
            fix = "services may refuse to fetch it"
            yield Finding("warning", "http", f"Attachment {number} is not https", fix, number)
        if not problem and is_odd(attachment.url):
            fix = "it should end in .jpg, .png, .mp4 or the like"
            yield Finding("warning", "odd", f"Attachment {number} may be no image and no video", fix, number)
        if attachment.url in seen and not problem:
            yield Finding("warning", "twice", f"Attachment {number} is there twice", "remove one", number)
        seen.add(attachment.url)
    if when and when.at and now and when.at - now > _FAR:
        yield Finding("warning", "far", "That is more than a year away", f"check the year: {when.at.year}")


def _url_problem(attachment: Attachment) -> str:
    if not attachment.url:
        return "an alternative text without a URL"
    try:
        parts = urlsplit(attachment.url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "that is no URL"
    if parts.scheme.lower() not in {"http", "https"}:
        return "the URL must start with https://"
    if not host or any(char.isspace() for char in attachment.url):
        return "that is no URL"
    return ""


def _state(draft: Draft, target: Target, when: When | None) -> Iterator[Finding]:
    queued = when is not None and when.mode not in ("now", "at")
    match target.problem:
        case "":
            if queued and not target.has_slots and target.service == "buffer":
                yield Finding(
                    "error", "no_slots", "This profile has no posting times", "give a time, or set times in Buffer"
                )
        case "paused":
            yield Finding(
                "warning",
                "paused",
                "The queue is paused: nothing goes out",
                "resume it in Buffer, or send now",
            )
        case "disconnected":
            yield Finding("error", "disconnected", "Disconnected: nothing would go out", "reconnect it in Buffer")
        case "locked":
            yield Finding("error", "locked", "Locked by the plan: nothing would go out", "unlock it in Buffer")
        case other:
            yield Finding("error", "unavailable", other, "leave this target out")


def _text(draft: Draft, target: Target, rules: Network) -> Iterator[Finding]:
    used = length(draft, target)
    if used.over and used.limit is not None:
        excess = used.used - used.limit
        if used.unit == "weighted":  # a unit that no one but the network knows
            over = f"{excess:,} over {used.limit:,}, as {used.whose} counts"
        else:
            over = f"{_many(excess, used.unit)} over {used.whose}’s {used.limit:,}"
        if used.refused:
            yield Finding("error", "too_long", f"Too long: {over}", "shorten the text")
        else:
            yield Finding("warning", "perhaps_too_long", f"Perhaps too long: {over}", "shorten the text to be sure")
    text = draft.text
    bad = "".join(sorted(set(rules.forbidden) & set(text)))
    if bad:
        yield Finding("error", "forbidden", f"{rules.name} does not allow {' or '.join(bad)}", "take them out")
    counted = rules.hashtags is not None or rules.hashtags_soft is not None
    tags = len(_HASHTAG.findall(text)) if counted else 0
    if rules.hashtags is not None and tags > rules.hashtags:
        yield Finding("error", "hashtags", f"{_many(tags, 'hashtags')}, {rules.hashtags} allowed", "take some out")
    elif rules.hashtags_soft is not None and tags > rules.hashtags_soft:
        yield Finding(
            "warning",
            "hashtags",
            f"{_many(tags, 'hashtags')}; more than {rules.hashtags_soft} may be refused",
            "keep the best",
        )
    if rules.mentions is not None and (people := len(_MENTION.findall(text))) > rules.mentions:
        yield Finding("error", "mentions", f"{_many(people, 'mentions')}, {rules.mentions} allowed", "take some out")
    found = addresses(text) if rules.links is not None or not rules.clickable else ()
    different = len({text[start:end] for start, end in found})
    if rules.links is not None and different > rules.links:
        yield Finding(
            "error", "links", f"{_many(different, 'different links')}, {rules.links} allowed", "take some out"
        )
    if found and not rules.clickable:
        yield Finding("warning", "not_clickable", "Links are not clickable here", "point to the link in the profile")
    if target.network == "googlebusiness" and _PHONE.search(text):
        yield Finding("warning", "phone", "Google refuses posts with phone numbers", "take the number out")


def _media(draft: Draft, rules: Network) -> Iterator[Finding]:
    images = [one for one in draft.media if one.kind == "image"]
    videos = [one for one in draft.media if one.kind == "video"]
    if rules.media == "any" and not draft.media:
        yield Finding("error", "media", "Needs an image or a video", "add the URL of one")
    if rules.media in {"image", "video"} and not (images if rules.media == "image" else videos):
        yield Finding("error", "media", f"Needs {'an image' if rules.media == 'image' else 'a video'}", "add its URL")
    for what, have, most in (
        ("images", images, rules.images),
        ("videos", videos, rules.videos),
        ("attachments", draft.media, rules.items),
    ):
        if most is not None and len(have) > most:
            allowed = f"{most} allowed" if most else "none allowed"
            yield Finding("error", "too_many", f"{_many(len(have), what)}, {allowed}", "take some out")
    if rules.images_soft is not None and rules.images_soft < len(images) <= (rules.images or len(images)):
        yield Finding(
            "warning", "many", f"{len(images)} images; more than {rules.images_soft} may be refused", "keep the best"
        )
    if images and videos and not rules.mix:
        yield Finding("error", "mix", "Images and a video cannot stand in one post", "keep one kind")
    for number, attachment in enumerate(draft.media, 1):
        if rules.alt is not None and len(attachment.alt) > rules.alt:
            yield Finding(
                "error",
                "alt_long",
                f"Alt text {number}: {len(attachment.alt):,} of {rules.alt:,} characters",
                "shorten it",
                number,
            )
    missing = [n for n, one in enumerate(draft.media, 1) if one in images and not one.alt.strip() and _usable(one)]
    if missing:
        which = f"Attachment {missing[0]} has" if len(missing) == 1 else f"{len(missing)} of {len(images)} images have"
        yield Finding("warning", "alt_missing", f"{which} no alt text", "say what it shows", missing[0])


def _instagram(draft: Draft, target: Target, when: When | None) -> Iterator[Finding]:
    """Rules of posting at Instagram directly, without Buffer."""
    if when is not None and when.mode != "now" and not draft.container_only:
        yield Finding("error", "no_queue", "Instagram itself has no queue", "send now, or use a Buffer profile")
    count_, videos = len(draft.media), sum(one.kind == "video" for one in draft.media)
    match draft.instagram_kind:
        case "CAROUSEL" if count_ < 2:
            yield Finding("error", "kind", "A carousel needs 2 to 10 attachments", "add another, or choose auto")
        case "IMAGE" if count_ > 1 or videos:
            yield Finding("error", "kind", "An image post takes exactly one image", "choose auto")
        case "VIDEO" if count_ > 1:
            yield Finding("error", "kind", "A reel takes exactly one video", "choose auto")
    if any(one.kind == "image" and not _looks_like_jpeg(one.url) for one in draft.media):
        yield Finding("warning", "jpeg", "Instagram takes JPEG; this may be another format", "use a .jpg")


def _usable(attachment: Attachment) -> bool:
    return not _url_problem(attachment)


def _many(number: int, things: str) -> str:
    """`1 hashtag`, `1,204 hashtags`."""
    return f"{number:,} {things.removesuffix('s') if number == 1 else things}"


def _looks_like_jpeg(url: str) -> bool:
    try:
        name = urlsplit(url).path.lower()
    except ValueError:
        return False
    return name.endswith((".jpg", ".jpeg")) or "." not in name.rpartition("/")[2]
