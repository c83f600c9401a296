"""What the sandbox thinks lies behind a media URL: it fetches nothing and goes by the URL alone.

The kind is told by the ending (`.jpg`, `.jpeg` image; `.mp4`, `.mov` video; none: what was asked for).  A size in the
name (`photo-1080x1350.jpg`) is its size in pixels.  These names in the path (`https://example.com/too-large.jpg`) are
trouble:

| image | creating the container | video | the container |
|---|---|---|---|
| `too-large` | 36000/2207004 | `broken` | ERROR 2207026 |
| `wide-ratio`, `tall-ratio` | 36003/2207009 | `rejected` | ERROR 2207076 |
| `bad-format` | 36001/2207005 | `no-range` | ERROR 2207077 |
| `not-found`, `private` | 9004/2207052 | `upload-failed` | ERROR 2207082 |
| `flaky` | 9004/2207052 the first time | `processing-failed` | ERROR 2207085 |
| `timeout` | -2/2207003 | `not-found` | ERROR, download has failed |
| `server-error` | -1/2207001 | `slow` | takes four minutes |

A URL that cannot be public (loopback and private addresses, `localhost`, other schemes than http and https) is
9004/2207052 for an image and ERROR for a video.  For both: `broken` and `late-error` end in ERROR 2207026, `no-code`
the same with `status` alone, `stuck` never finishes, `vanishes` is gone at publishing (24/2207006), `spam` is published
and answers 4/2207051.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import urlsplit

from kosmo_tui.sandbox.hosts import is_public
from kosmo_tui.sandbox.instagram.errors import GraphError
from kosmo_tui.sandbox.instagram.switches import Switches

Kind = Literal["image", "video"]
_ENDINGS: dict[str, Kind] = {".jpg": "image", ".jpeg": "image", ".mp4": "video", ".mov": "video"}
_IMAGES = frozenset({".png", ".webp"})
_FORMATS = frozenset({".gif", ".bmp", ".tif", ".tiff", ".heic", ".avif"})
_SIZE = re.compile(r"(\d{2,5})x(\d{2,5})")
_RATIOS = (4 / 5, 1.91)
_LONGEST = 2083
_VIDEO_ERRORS = {
    "broken": 2207026,
    "late-error": 2207026,
    "no-code": 2207026,
    "rejected": 2207076,
    "no-range": 2207077,
    "upload-failed": 2207082,
    "processing-failed": 2207085,
    "not-found": 2207052,
}
_IMAGE_ERRORS = {"broken": 2207026, "late-error": 2207026, "no-code": 2207026}


@dataclass(frozen=True)
class Fate:
    """How a container will fare: `error` is the subcode that it ends with."""

    error: int | None = None
    stuck: bool = False
    slow: bool = False
    no_code: bool = False
    vanishes: bool = False
    spam: bool = False


def not_fetchable(url: str) -> GraphError:
    """9004/2207052: nothing there, or neither a photo nor a video."""
    return GraphError(
        9004,
        "Only photo or video can be accepted as media type.",
        2207052,
        style="oauth",
        transient=False,
        title="Media download has failed. The media URI doesn't meet our requirements.",
        text=f"The media could not be fetched from this URI: {url}. Please check the limitations of media before "
        "publishing",
    )


def bad_ratio() -> GraphError:
    """36003/2207009: an image beyond 4:5 to 1.91:1."""
    return GraphError(36003, "The aspect ratio is not supported", 2207009, style="oauth")


def bad_format(url: str) -> GraphError:
    """36001/2207005: an image in a format that is not supported."""
    return GraphError(
        36001,
        "The image format is not supported.",
        2207005,
        style="oauth",
        transient=False,
        title="Unsupported image format",
        text=f"The image format is not supported. Only JPEG is: {url}",
    )


def too_large() -> GraphError:
    """36000/2207004: an image above 8 MiB."""
    return GraphError(
        36000,
        "The image size is too large.",
        2207004,
        style="oauth",
        transient=False,
        title="Image size too large",
        text="The image is too large to download. It should be less than 8 MiB.",
    )


def timeout() -> GraphError:
    """-2/2207003: the image did not come in time."""
    text = "It takes too long to download the media."
    return GraphError(-2, "Timeout", 2207003, style="oauth", transient=True, title="Timeout", text=text)


def server_error() -> GraphError:
    """-1/2207001: a fault on their side."""
    text = "Instagram server error. Try again."
    return GraphError(-1, "Fatal", 2207001, style="oauth", transient=True, title="Server error", text=text)


_REFUSALS = {
    "too-large": too_large,
    "wide-ratio": bad_ratio,
    "tall-ratio": bad_ratio,
    "timeout": timeout,
    "server-error": server_error,
}


class Fetcher:
    """Judges URLs; remembers which flaky ones it has refused before."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._refused: set[str] = set()

    def image(self, url: str, story: bool = False) -> Fate:
        """An image is fetched while the container is created: raises what is wrong with it."""
        ending, name, public = self._look(url)
        if not public or _ENDINGS.get(ending) == "video" or name in {"not-found", "private"}:
            raise not_fetchable(url)
        if ending in _IMAGES and self._switches.png != "accept":
            raise not_fetchable(url) if self._switches.png == "9004" else bad_format(url)
        if ending in _FORMATS or name == "bad-format":
            raise bad_format(url)
        if ending and ending not in _ENDINGS and ending not in _IMAGES and ending[1:].isalpha():
            raise not_fetchable(url)
        if name in _REFUSALS:
            raise _REFUSALS[name]()
        if name == "flaky" and url not in self._refused:
            self._refused.add(url)
            raise not_fetchable(url)
        if (size := _SIZE.search(name)) and not story:
            ratio = int(size[1]) / max(int(size[2]), 1)
            if not _RATIOS[0] <= round(ratio, 4) <= _RATIOS[1]:
                raise bad_ratio()
        return self._fate(name, _IMAGE_ERRORS)

    def video(self, url: str) -> Fate:
        """A video is fetched later: what is wrong with it shows in the container, but for a URL that is none."""
        ending, name, public = self._look(url)
        if not public:
            return Fate(error=2207052)
        fate = self._fate(name, _VIDEO_ERRORS)
        if ending and _ENDINGS.get(ending) != "video" and ending[1:].isalpha():
            return Fate(error=2207026)
        return fate

    @staticmethod
    def _look(url: str) -> tuple[str, str, bool]:
        """Ending and name of a URL, and whether it can be public.  Raises 9004 for what is none: a space, not ASCII."""
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            raise not_fetchable(url) from None
        if not parts.scheme or not url.isascii() or re.search(r"[\s\x00-\x1f]", url) or len(url) > _LONGEST:
            raise not_fetchable(url)
        path = PurePosixPath(parts.path)
        return path.suffix.lower(), path.stem.lower(), parts.scheme in {"http", "https"} and is_public(host)

    @staticmethod
    def _fate(name: str, errors: dict[str, int]) -> Fate:
        return Fate(
            error=errors.get(name),
            stuck=name == "stuck",
            slow=name == "slow",
            no_code=name == "no-code",
            vanishes=name == "vanishes",
            spam=name == "spam",
        )
