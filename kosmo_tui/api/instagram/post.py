"""A post as it is asked for, checked: what its containers are made of, and how it is known again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from kosmo_tui.api.errors import BadParameter
from kosmo_tui.api.instagram.models import Media

Kind = Literal["IMAGE", "VIDEO", "CAROUSEL", "STORIES"]

KINDS = {"IMAGE": "IMAGE", "VIDEO": "VIDEO", "REELS": "VIDEO", "CAROUSEL": "CAROUSEL", "STORIES": "STORIES"}
SKEW = timedelta(minutes=5)  # between our clock and Instagram's
_VIDEO = (".mp4", ".mov", ".m4v")


@dataclass(frozen=True)
class Post:
    """What is to be published, checked: `urls` holds one URL, or 2 to 10 for a carousel; `alt_texts` belong to them."""

    kind: Kind
    urls: tuple[str, ...]
    caption: str = ""
    alt_texts: tuple[str, ...] = ()

    def forms(self) -> list[dict[str, str]]:
        """The parameters of the container, or of the containers of a carousel's items."""
        return [self._form(number, url) for number, url in enumerate(self.urls)]

    def _form(self, number: int, url: str) -> dict[str, str]:
        video = self.kind == "VIDEO" or (self.kind != "IMAGE" and is_video(url))
        form = {"video_url" if video else "image_url": url}
        if self.kind == "CAROUSEL":
            form["is_carousel_item"] = "true"
            if video:
                form["media_type"] = "VIDEO"
        elif self.kind == "STORIES":
            form["media_type"] = "STORIES"
        elif video:
            form["media_type"] = "REELS"  # the one type under which a single video is published
        if self.caption and self.kind in ("IMAGE", "VIDEO"):
            form["caption"] = self.caption
        alt_text = self.alt_texts[number] if number < len(self.alt_texts) else ""
        if alt_text and not video and self.kind != "STORIES":
            form["alt_text"] = alt_text
        return form


def post(
    image_url: str | Sequence[str],
    caption: str | None = None,
    media_type: str | None = None,
    alt_text: str | Sequence[str] | None = None,
) -> Post:
    """A checked `Post`.  The kind is `media_type`, or guessed from the number of URLs and their endings.

    `image_url` is one URL, several separated by commas, or a list.  Raises BadParameter.
    """
    given = re.split(r"\s*,\s*(?=https?://)", image_url.strip()) if isinstance(image_url, str) else list(image_url)
    urls = tuple(_checked_url(url) for url in given)
    if media_type:
        named = KINDS.get(media_type.strip().upper())
        if named is None:
            raise BadParameter(
                f"mediaType must be IMAGE, VIDEO or CAROUSEL, not {media_type!r}",
                parameter="mediaType",
                hint="leave it out to have it guessed; REELS and STORIES are taken as well",
            )
    else:
        named = "CAROUSEL" if len(urls) > 1 else "VIDEO" if urls and is_video(urls[0]) else "IMAGE"
    if named == "CAROUSEL" and not 2 <= len(urls) <= 10:
        raise BadParameter(f"a carousel takes 2 to 10 URLs, not {len(urls)}", parameter="imageUrl")
    if named != "CAROUSEL" and len(urls) != 1:
        raise BadParameter(f"{named} takes one URL, not {len(urls)}", parameter="imageUrl", hint="several: CAROUSEL")
    alt_texts = (alt_text,) if isinstance(alt_text, str) else tuple(alt_text or ())
    kind: Kind = named  # type: ignore[assignment]  # the values of KINDS
    return Post(kind, urls, caption or "", alt_texts)


def is_video(url: str) -> bool:
    """Whether the path of `url` ends like a video's."""
    return urlsplit(url).path.lower().endswith(_VIDEO)


def _checked_url(url: str) -> str:
    url = url.strip()
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or not all("!" <= char <= "~" for char in url):
        raise BadParameter(
            f"imageUrl is no web address that Instagram could fetch: {url[:80]!r}",
            parameter="imageUrl",
            hint="it must begin with https:// (or http://) and hold no blanks; other characters in %-encoding",
        )
    return url


def post_of(arguments: Mapping[str, Any]) -> Post:
    """The `Post` of the keyword arguments of `create_media`.  Raises BadParameter."""
    named = ("caption", "media_type", "alt_text")
    return post(arguments.get("image_url") or (), **{name: arguments.get(name) for name in named})


def resembles(media: Media, post: Post, since: datetime) -> bool:
    """Whether `media`, published after `since`, looks as `post` does when it is live."""
    if media.timestamp is None or media.timestamp < since - SKEW:
        return False
    kinds = {"CAROUSEL": "carousel", "VIDEO": "reel", "IMAGE": "image"}
    return post.kind in kinds and media.kind == kinds[post.kind] and _words(media.caption.raw) == _words(post.caption)


def _words(caption: str) -> str:
    """A caption without what Instagram changes in it: the form of accents, space, and the @ of mentions for some
    readers."""
    return " ".join(unicodedata.normalize("NFC", caption).replace("@", "").split())
