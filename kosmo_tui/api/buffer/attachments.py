"""The `media` parameter of `create_update` → what Buffer's interface calls assets and link attachments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from kosmo_tui.api.buffer.models import Media, Update
from kosmo_tui.api.errors import BadParameter
from kosmo_tui.api.safe_text import clean, raw

_KEYS = ("photo", "picture", "video", "link", "alt_text", "title", "description", "thumbnail", "assets")


class Attachments(msgspec.Struct, frozen=True):
    """What goes with a post.  `photos` are (URL, alt text); `title` and `description` belong to the link or video;
    `given` are `AssetInput`s as they are, made from media that Buffer told of."""

    photos: tuple[tuple[str, str], ...] = ()
    videos: tuple[str, ...] = ()
    link: str = ""
    title: str = ""
    description: str = ""
    thumbnail: str = ""
    given: tuple[Mapping[str, Any], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.photos or self.videos or self.link or self.given)

    @property
    def assets(self) -> list[dict[str, Any]]:
        """The photos and videos as `AssetInput`s: an ordered list of one-of objects."""
        images = [
            {"image": {"url": url, **({"metadata": {"altText": alt_text}} if alt_text else {})}}
            for url, alt_text in self.photos
        ]
        title = {"metadata": {"title": self.title}} if self.title else {}
        videos = [{"video": {"url": url, **title}} for url in self.videos]
        return [*map(dict, self.given), *images, *videos]

    @property
    def is_one_video(self) -> bool:
        """Whether a video is all there is: a reel, at Instagram."""
        return len(self.assets) == 1 and "video" in self.assets[0]

    @property
    def link_attachment(self) -> dict[str, Any]:
        """The link as a `LinkAttachmentInput`: the preview card."""
        found: dict[str, Any] = {"url": self.link, "title": self.title, "description": self.description}
        if self.thumbnail:
            found["thumbnail"] = {"url": self.thumbnail}
        return {key: value for key, value in found.items() if value}


def asset_input(media: Media) -> dict[str, Any]:
    """An attachment that Buffer told of, as an `AssetInput`: an edit must send all of them again."""
    about: dict[str, Any]
    match media.type:
        case "video":
            about = {"title": media.title or None, "thumbnailOffset": media.thumbnail_offset}
        case "document":
            return {"document": {"url": media.url, "title": media.title, "thumbnailUrl": media.thumbnail}}
        case _:
            tags = [{"handle": tag.handle, "x": tag.x, "y": tag.y} for tag in media.user_tags]
            about = {"altText": media.alt_text, "userTags": tags} if tags or media.alt_text else {}
    told = {key: value for key, value in about.items() if value not in (None, [])}
    return {media.type: {"url": media.url, **({"metadata": told} if told else {})}}


def attachments(media: Mapping[str, Any] | None) -> Attachments:
    """`media` checked.  `photo` (or `picture`) and `video` take an URL or a list of URLs, `alt_text` a text or one per
    photo; `assets` is what `media_of` makes.

    Raises BadParameter for an unknown key, a wrong type, or an URL that is none.
    """
    media = {key: value for key, value in (media or {}).items() if value not in (None, "", [], ())}
    for key in media:
        if key not in _KEYS:
            raise _bad(f"media has no {clean(str(key))!r}", f"its keys: {', '.join(_KEYS)}")
    photos = [_url("photo", url) for key in ("photo", "picture") for url in _texts(key, media.get(key))]
    alt_texts = _texts("alt_text", media.get("alt_text"))
    if len(alt_texts) > len(photos):
        raise _bad(f"media has {len(alt_texts)} alt_text for {len(photos)} photos", "alt_text describes photos only")
    if isinstance(media.get("alt_text"), str) and len(photos) > 1:
        raise _bad(f"one alt_text for {len(photos)} photos", "give a list, one text per photo, in their order")
    alt_texts += [""] * (len(photos) - len(alt_texts))
    return Attachments(
        photos=tuple(zip(photos, alt_texts, strict=True)),
        videos=tuple(_url("video", url) for url in _texts("video", media.get("video"))),
        link=_url("link", media["link"]) if "link" in media else "",
        title=_text("title", media.get("title", "")),
        description=_text("description", media.get("description", "")),
        thumbnail=_url("thumbnail", media["thumbnail"]) if "thumbnail" in media else "",
        given=_assets(media.get("assets", ())),
    )


def media_of(update: Update) -> dict[str, Any]:
    """The media of a post as the `media` parameter, as JSON values: with it a post can be made again as it was."""
    return {"assets": raw([asset_input(media) for media in update.media if media.type != "link"])}


def _assets(value: Any) -> tuple[Mapping[str, Any], ...]:
    return tuple(_asset(item) for item in (value if isinstance(value, (list, tuple)) else [value]))


def _asset(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or len(value) != 1 or not (set(value) <= {"image", "video", "document"}):
        raise _bad("media.assets must be a list of image, video or document", "media_of(update) makes it from a post")
    (inner,) = value.values()
    _url("assets", inner.get("url") if isinstance(inner, Mapping) else None)
    return value


def _texts(key: str, value: Any) -> list[str]:
    items = list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]
    return [_text(key, item) for item in items]


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _bad(f"media.{key} must be text, not {clean(repr(value))[:60]}", "")
    if not _encodes(value):
        raise _bad(f"media.{key} is not valid Unicode", "")
    return value.strip()


def _url(key: str, value: Any) -> str:
    text = _text(key, value)
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and not any(map(str.isspace, text))
        _ = parts.port  # raises for a port that is none
    except ValueError:
        fits = False
    if not fits:
        raise _bad(
            f"media.{key} is no http(s) URL: {clean(text)[:80]!r}",
            "Buffer downloads media from a public address, e.g. https://example.com/photo.jpg",
        )
    return text


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _bad(message: str, hint: str) -> BadParameter:
    return BadParameter(message, parameter="media", hint=hint)
