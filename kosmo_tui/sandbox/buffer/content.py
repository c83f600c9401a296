"""What a post holds: from the input of a mutation to the assets and link card that are answered later."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from kosmo_tui.sandbox.hosts import is_public

_MIME = {
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
    "heic": "image/heic", "mp4": "video/mp4", "mov": "video/quicktime", "m4v": "video/x-m4v", "webm": "video/webm",
    "pdf": "application/pdf", "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
_DEFAULT = {"image": "image/jpeg", "video": "video/mp4", "document": "application/pdf"}


def url_trouble(url: str) -> str | None:
    """Why Buffer could not download from `url`, or None: it takes public https URLs only."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return f"{url[:200]!r} is not a valid URL"
    if not parts.scheme or not host or re.search(r"\s", url):
        return f"{url[:200]!r} is not a valid URL"
    if parts.scheme != "https":
        return "asset URLs must use https"
    return None if is_public(host) else f"the host of {url[:200]!r} is not public"


def unsupported(url: str, kind: str) -> str | None:
    """The ending of `url` when it names a file that is not of `kind` (image, video, document), else None."""
    ending = _ending(url)
    if not ending:
        return None  # no ending: Buffer would look at the file, the sandbox believes the caller
    mime = _MIME.get(ending)
    if mime is None or mime.split("/")[0].replace("application", "document") != kind:
        return ending
    return None


def read_assets(inputs: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]:
    """`AssetInput`s as (assets to answer, links, troubles)."""
    assets, links, troubles = [], [], []
    for item in inputs:
        given = {kind: value for kind, value in item.items() if value is not None}
        if len(given) != 1:
            troubles.append("Each asset must have exactly one of image, video, document or link")
            continue
        kind, value = next(iter(given.items()))
        if trouble := url_trouble(value["url"]):
            troubles.append(f"Invalid asset: {trouble}")
        elif kind == "link":
            links.append(value)
        elif kind == "video" and value.get("thumbnailUrl"):
            troubles.append("Video thumbnailUrl is not supported. Use metadata.thumbnailOffset instead")
        else:
            assets.append(_ASSETS[kind](value))
    return assets, links, troubles


def link_card(link: Mapping[str, Any]) -> dict[str, Any]:
    """A `LinkAttachment` from its input: what a scraper would have found when the caller gave nothing."""
    thumbnail = (link.get("thumbnail") or {}).get("url") or link.get("thumbnailUrl")
    return {
        "url": link["url"],
        "expandedUrl": link["url"],
        "title": link.get("title") or urlsplit(link["url"]).hostname or link["url"],
        "text": link.get("description") or "",
        "thumbnail": thumbnail,
        "thumbnails": [thumbnail] if thumbnail else [],
    }


def image(
    url: str, alt: str = "", tags: Sequence[Mapping[str, Any]] = (), animated: str | None = None
) -> dict[str, Any]:
    """An `ImageAsset`; width and height follow from the URL, for nothing is downloaded."""
    width, height = _size(url)
    return {
        **_asset("ImageAsset", "image", url),
        "image": {
            "altText": alt,
            "animatedThumbnail": animated,
            "width": width,
            "height": height,
            "isAnimated": _ending(url) == "gif",
            "userTags": [dict(tag) for tag in tags],
        },
    }


def video(url: str, title: str | None = None, offset: int | None = None) -> dict[str, Any]:
    """A `VideoAsset` whose technical data follow from the URL."""
    length = 8_000 + zlib.crc32(url.encode()) % 80_000
    return {
        **_asset("VideoAsset", "video", url, thumbnail=url.rpartition(".")[0] + ".jpg"),
        "video": {
            "audioCodec": "aac", "containerFormat": "mov,mp4", "durationMs": length, "fileSize": length * 700,
            "frameRate": 30, "height": 1920, "width": 1080, "isTranscodingRequired": False, "isVideoProcessing": False,
            "rotationDegree": 0, "thumbnailOffset": offset, "title": title, "videoBitRate": 5_000_000,
            "videoCodec": "h264",
        },
    }  # fmt: skip


def document(url: str, title: str, thumbnail: str) -> dict[str, Any]:
    """A `DocumentAsset`."""
    pages = 2 + zlib.crc32(url.encode()) % 20
    return {
        **_asset("DocumentAsset", "document", url, thumbnail=thumbnail),
        "document": {"filesize": pages * 81_234, "numPages": pages, "thumbnails": [thumbnail], "title": title},
    }


def _asset(typename: str, kind: str, url: str, thumbnail: str | None = None) -> dict[str, Any]:
    return {
        "__typename": typename,
        "id": None,
        "type": kind,
        "mimeType": _MIME.get(_ending(url), _DEFAULT[kind]),
        "source": url,
        "thumbnail": thumbnail or url,
    }


def _read_image(value: Mapping[str, Any]) -> dict[str, Any]:
    about = value.get("metadata") or {}
    return image(value["url"], about.get("altText") or "", about.get("userTags") or (), about.get("animatedThumbnail"))


def _read_video(value: Mapping[str, Any]) -> dict[str, Any]:
    about = value.get("metadata") or {}
    return video(value["url"], about.get("title"), about.get("thumbnailOffset"))


def _read_document(value: Mapping[str, Any]) -> dict[str, Any]:
    return document(value["url"], value["title"], value["thumbnailUrl"])


_ASSETS = {"image": _read_image, "video": _read_video, "document": _read_document}


def _ending(url: str) -> str:
    last = urlsplit(url).path.rpartition("/")[2]
    return last.rpartition(".")[2].lower() if "." in last else ""


def _size(url: str) -> tuple[int, int]:
    if found := re.search(r"(\d{2,5})x(\d{2,5})", url):
        return int(found[1]), int(found[2])
    return ((1080, 1080), (1080, 1350), (1200, 675), (811, 811))[zlib.crc32(url.encode()) % 4]
