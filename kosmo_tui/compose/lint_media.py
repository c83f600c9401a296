"""What is wrong with the attachments: their addresses, their number and kind, and what is known of the files."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from kosmo_tui.compose.draft import Attachment, Draft, Target, is_odd
from kosmo_tui.compose.facts import Facts, MediaFact
from kosmo_tui.compose.findings import Finding, Level
from kosmo_tui.compose.lint_text import many
from kosmo_tui.compose.networks import FileRules, Network

_OPAQUE = frozenset({"", "application/octet-stream", "binary/octet-stream"})  # types that tell nothing


def of_addresses(media: tuple[Attachment, ...]) -> Iterator[Finding]:
    """What is wrong with the addresses wherever the post goes."""
    seen: set[str] = set()
    for number, attachment in enumerate(media, 1):
        if problem := problem_of(attachment):
            fix = "give the public address of the file"
            yield Finding("error", "url", f"Attachment {number}: {problem}", fix, number)
            continue
        if is_odd(attachment.url):
            fix = "it should end in .jpg, .png, .mp4 or the like"
            yield Finding("warning", "odd", f"Attachment {number} may be no image and no video", fix, number)
        if attachment.url in seen:
            yield Finding("warning", "twice", f"Attachment {number} is there twice", "remove one", number)
        seen.add(attachment.url)


def problem_of(attachment: Attachment) -> str:
    """Why nobody could fetch the attachment; empty for an address that may do."""
    return "an alternative text without a URL" if not attachment.url else url_problem(attachment.url)


def url_problem(url: str) -> str:
    """Why `url` leads nowhere for a service; empty for one that may do."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "that is no URL"
    if parts.scheme.lower() not in {"http", "https"}:
        return "the URL must start with https://"
    if not host or any(char.isspace() for char in url):
        return "that is no URL"
    return "" if _public(host) else f"services cannot reach {host}"


def of_media(post: Draft, target: Target, rules: Network, facts: Facts | None) -> Iterator[Finding]:
    """The findings on the attachments of `post`, which is for `target` alone."""
    yield from _numbers(post, rules)
    direct = target.service == "instagram"
    for number, attachment in enumerate(post.media, 1):
        usable = not problem_of(attachment)
        if usable and attachment.url.lower().startswith("http://"):
            # Buffer takes https only (its reference on assets); Instagram fetches either.
            level: Level = "warning" if direct else "error"
            fix = "services may refuse to fetch it" if direct else "Buffer takes https only"
            yield Finding(level, "http", f"Attachment {number} is not https", fix, number)
        if usable and direct and not attachment.url.isascii():
            fix = "write other characters in %-encoding"
            yield Finding("error", "url_ascii", f"Attachment {number} has a URL that is not ASCII", fix, number)
        if rules.alt is not None and len(attachment.alt) > rules.alt:
            message = f"Alt text {number}: {len(attachment.alt):,} of {rules.alt:,} characters"
            yield Finding("error", "alt_long", message, "shorten it", number)
        fact = facts.media.get(attachment.url) if facts else None
        if fact is not None and usable:
            rule = rules.video if attachment.kind == "video" else rules.image
            yield from _file(number, attachment, fact, rule, rules.name, direct, post.options.get("type") == "story")
    images = [one for one in post.media if one.kind == "image"]
    missing = [
        n for n, one in enumerate(post.media, 1) if one in images and not one.alt.strip() and not problem_of(one)
    ]
    if missing:
        which = f"Attachment {missing[0]} has" if len(missing) == 1 else f"{len(missing)} of {len(images)} images have"
        yield Finding("warning", "alt_missing", f"{which} no alt text", "say what it shows", missing[0])


def of_instagram(post: Draft) -> Iterator[Finding]:
    """Rules of posting at Instagram directly, without Buffer."""
    number, videos = len(post.media), sum(one.kind == "video" for one in post.media)
    match post.instagram_kind:
        case "CAROUSEL" if number < 2:
            yield Finding("error", "kind", "A carousel needs 2 to 10 attachments", "add another, or choose auto")
        case "IMAGE" if number > 1 or videos:
            yield Finding("error", "kind", "An image post takes exactly one image", "choose auto")
        case "VIDEO" if number > 1:
            yield Finding("error", "kind", "A reel takes exactly one video", "choose auto")
    if any(one.kind == "image" and not _looks_like_jpeg(one.url) for one in post.media):
        yield Finding("warning", "jpeg", "Instagram takes JPEG; this may be another format", "use a .jpg")


def _numbers(post: Draft, rules: Network) -> Iterator[Finding]:
    images = sum(one.kind == "image" for one in post.media)
    videos = len(post.media) - images
    if rules.media == "any" and not post.media:
        yield Finding("error", "media", "Needs an image or a video", "add the URL of one")
    if rules.media in {"image", "video"} and not (images if rules.media == "image" else videos):
        yield Finding("error", "media", f"Needs {'an image' if rules.media == 'image' else 'a video'}", "add its URL")
    for what, have, most in (
        ("images", images, rules.images),
        ("videos", videos, rules.videos),
        ("attachments", len(post.media), rules.items),
    ):
        if most is not None and have > most:
            allowed = f"{most} allowed" if most else "none allowed"
            yield Finding("error", "too_many", f"{many(have, what)}, {allowed}", "take some out")
    if rules.images_soft is not None and rules.images_soft < images <= (rules.images or images):
        message = f"{images} images; more than {rules.images_soft} may be refused"
        yield Finding("warning", "many", message, "keep the best")
    if images and videos and not rules.mix:
        yield Finding("error", "mix", "Images and a video cannot stand in one post", "keep one kind")


def _file(
    number: int, attachment: Attachment, fact: MediaFact, rule: FileRules, name: str, direct: bool, story: bool
) -> Iterator[Finding]:
    """What is known of a file against the rules.

    Instagram fetches the file itself and refuses it.  Buffer may convert it on the way, so there it is a warning.
    """
    level: Level = "error" if direct else "warning"
    what = f"Attachment {number}"
    if fact.problem:
        fix = "open it in a private window: it must be public"
        yield Finding("warning", "unreachable", f"{what} could not be looked at: {fact.problem}", fix, number)
    mime = fact.type.partition(";")[0].strip().lower()
    kind = mime.partition("/")[0]
    if mime not in _OPAQUE and kind not in {"image", "video"}:
        yield Finding("error", "no_media", f"{what} is {mime}, no image and no video", "give the file itself", number)
    elif mime not in _OPAQUE and kind != attachment.kind:
        fix = f"give its URL as {'a video' if kind == 'video' else 'an image'}"
        yield Finding("error", "wrong_kind", f"{what} is {mime}, not {_a(attachment.kind)}", fix, number)
    elif mime not in _OPAQUE and rule.types and mime not in rule.types:
        formats = " or ".join(one.partition("/")[2].upper() for one in rule.types)
        yield Finding(level, "format", f"{what} is {mime}", f"{name} takes {formats}", number)
    if rule.bytes is not None and fact.size is not None and fact.size > rule.bytes:
        message = f"{what} has {_megabytes(fact.size)}, {name} takes {_megabytes(rule.bytes)}"
        yield Finding(level, "too_large", message, "use a smaller file", number)
    if rule.width is not None and fact.width is not None and fact.width < rule.width:
        message = f"{what} is {fact.width} pixels wide, {name} wants {rule.width}"
        yield Finding(level, "too_small", message, "use a larger one", number)
    if fact.width and fact.height and not story:
        ratio = round(fact.width / fact.height, 4)
        low, high = rule.narrowest, rule.widest
        if (low is not None and ratio < low) or (high is not None and ratio > high):
            too = "tall" if low is not None and ratio < low else "wide"
            message = f"{what} is too {too} for {name}: {fact.width}×{fact.height}"
            yield Finding(level, "aspect", message, f"width by height from {low:g} to {high:g}", number)


def _a(kind: str) -> str:
    return "an image" if kind == "image" else "a video"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def _public(host: str) -> bool:
    """Whether a service on the Internet could reach `host`: no name of this machine, no private address."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith((".localhost", ".local", ".internal")):
        return False
    if not (name[-1:].isdigit() or ":" in name):
        return "." in name
    import ipaddress

    try:
        return ipaddress.ip_address(name).is_global
    except ValueError:  # a number at the end is an address in disguise: `127.1`
        return False


def _looks_like_jpeg(url: str) -> bool:
    try:
        name = urlsplit(url).path.lower()
    except ValueError:
        return False
    return name.endswith((".jpg", ".jpeg")) or "." not in name.rpartition("/")[2]
