"""A post before it is sent, and where it can go: one base, and for each target what differs there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

Kind = Literal["image", "video"]
InstagramKind = Literal["", "IMAGE", "VIDEO", "CAROUSEL"]  # "": what the attachments make of it

_IMAGES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".avif", ".bmp", ".tif", ".tiff")
_VIDEOS = (".mp4", ".mov", ".m4v", ".webm", ".avi", ".mkv", ".mpg", ".mpeg")


@dataclass(frozen=True)
class Attachment:
    """One image or video at a public URL, with its alternative text."""

    url: str
    alt: str = ""
    kind: Kind = "image"


def kind_of(url: str) -> Kind:
    """What a URL most likely holds, by the end of its path; an image unless it names a video."""
    return "video" if _name(url).endswith(_VIDEOS) else "image"


def is_odd(url: str) -> bool:
    """Whether a URL names a file that is, by its ending, neither an image nor a video; no ending tells nothing."""
    name = _name(url)
    return "." in name.strip(".") and not name.endswith(_IMAGES + _VIDEOS)


def _name(url: str) -> str:
    try:
        return urlsplit(url).path.lower().rpartition("/")[2]
    except ValueError:
        return ""


_CUT = re.compile(r"^[ \t]*---[ \t]*$\n?", re.MULTILINE)


def cuts(text: str) -> tuple[tuple[int, int], ...]:
    """Where the lines are that are `---` alone."""
    return tuple(found.span() for found in _CUT.finditer(text)) if "---" in text else ()


def thread_items(text: str) -> tuple[str, ...]:
    """The posts of a thread: `text` split at lines that are `---` alone; one item without such a line."""
    return tuple(text[start:end] for start, end in thread_spans(text))


def thread_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the posts of a thread stand in `text`, each without the white space around it."""
    lines = cuts(text)
    if not lines:
        return ((0, len(text)),)
    spans = []
    for start, end in zip((0, *(end for _, end in lines)), (*(start for start, _ in lines), len(text)), strict=True):
        item = text[start:end]
        first = start + len(item) - len(item.lstrip())
        spans.append((first, first + len(item.strip())))
    return tuple(spans)


@dataclass(frozen=True)
class Override:
    """What a target has of its own; None, and an option that is not named, inherit from the base."""

    text: str | None = None
    media: tuple[Attachment, ...] | None = None
    when: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether everything is inherited."""
        return self == Override()


@dataclass(frozen=True)
class Draft:
    """What was typed.  `when` is the phrase itself, `targets` are the keys of the chosen targets, in order.

    `options` are what networks take beside text and media, by name (see compose/options.py).  `overrides` holds what
    differs on a target, by its key; those of targets that are not chosen stay, so that choosing again loses nothing.
    `container_only` prepares a post at Instagram and does not publish it.
    """

    text: str = ""
    media: tuple[Attachment, ...] = ()
    when: str = ""
    targets: tuple[str, ...] = ()
    instagram_kind: InstagramKind = ""
    container_only: bool = False
    options: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, Override] = field(default_factory=dict)

    def replace(self, **changes: Any) -> Draft:
        """A draft with some fields changed."""
        return replace(self, **changes)

    def on(self, key: str) -> Draft:
        """What goes out on the target `key`: a draft for it alone, nothing left to inherit."""
        if self.targets == (key,) and not self.overrides:
            return self
        own = self.overrides.get(key, Override())
        return Draft(
            text=self.text if own.text is None else own.text,
            media=self.media if own.media is None else own.media,
            when=self.when if own.when is None else own.when,
            targets=(key,),
            instagram_kind=self.instagram_kind,
            container_only=self.container_only,
            options={**self.options, **own.options},
        )

    def override(self, key: str, **changes: Any) -> Draft:
        """A draft with something of its own on the target `key`; what equals the base is inherited again."""
        own = replace(self.overrides.get(key, Override()), **changes)
        own = replace(
            own,
            text=None if own.text == self.text else own.text,
            media=None if own.media == self.media else own.media,
            when=None if own.when == self.when else own.when,
            options={name: value for name, value in own.options.items() if value != self.options.get(name, "")},
        )
        rest = {other: kept for other, kept in self.overrides.items() if other != key}
        return replace(self, overrides=rest if own.is_empty else {**rest, key: own})

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be lost by throwing it away."""
        texts = (self.text, *(own.text or "" for own in self.overrides.values()))
        media = (self.media, *(own.media or () for own in self.overrides.values()))
        return not (
            any(text.strip() for text in texts)
            or any(one.url.strip() or one.alt.strip() for attached in media for one in attached)
        )


@dataclass(frozen=True, kw_only=True)
class Target:
    """One place a post can go: a Buffer profile, or an Instagram account directly.

    `account` is the account it is sent with ("buffer.agency"), `network` Buffer's name of the network, `label` the
    handle (clean text), `zone` the profile's IANA zone, `problem` why it may not go out ("disconnected", "paused", …),
    `boards` the Pinterest boards that it can be pinned to (id, name), the one it is pinned to unasked first.
    `threads` is false where the text goes out as it is, whatever lines it has.
    """

    key: str
    account: str
    service: Literal["buffer", "instagram"]
    network: str
    label: str
    zone: str = "UTC"
    profile_id: str | None = None
    problem: str = ""
    has_slots: bool = True
    max_characters: int | None = None
    premium: bool = False
    boards: tuple[tuple[str, str], ...] = ()
    threads: bool = True

    @property
    def tz(self) -> ZoneInfo:
        """The zone; UTC when the name is not known on this machine."""
        try:
            return ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError):  # not found, not a name, not readable
            return ZoneInfo("UTC")
