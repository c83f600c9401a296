"""A post before it is sent, and where it can go."""

from __future__ import annotations

from dataclasses import dataclass, replace
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


@dataclass(frozen=True)
class Draft:
    """What was typed.  `when` is the phrase itself, `targets` are the keys of the chosen targets, in order.

    `container_only` prepares a post at Instagram and does not publish it.
    """

    text: str = ""
    media: tuple[Attachment, ...] = ()
    when: str = ""
    targets: tuple[str, ...] = ()
    instagram_kind: InstagramKind = ""
    container_only: bool = False

    def replace(self, **changes: Any) -> Draft:
        """A draft with some fields changed."""
        return replace(self, **changes)

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be lost by throwing it away."""
        return not (self.text.strip() or any(one.url.strip() or one.alt.strip() for one in self.media))


@dataclass(frozen=True, kw_only=True)
class Target:
    """One place a post can go: a Buffer profile, or an Instagram account directly.

    `account` is the account it is sent with ("buffer.agency"), `network` Buffer's name of the network, `label` the
    handle (clean text), `zone` the profile's IANA zone, `problem` why it may not go out ("disconnected", "paused", …),
    `board` the name of the Pinterest board that it is pinned to.
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
    board: str = ""

    @property
    def tz(self) -> ZoneInfo:
        """The zone; UTC when the name is not known on this machine."""
        try:
            return ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError):  # not found, not a name, not readable
            return ZoneInfo("UTC")
