"""Publishing: a container is made, Instagram fetches the media into it, then the container is published.

Making a container publishes nothing, publishing is done once.  Whatever goes wrong then, the container knows better
than any error: one that reads PUBLISHED is live.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from kosmo_tui.api.errors import (
    ApiError,
    AuthExpired,
    BadAnswer,
    BadParameter,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unavailable,
)
from kosmo_tui.api.instagram import decode
from kosmo_tui.api.instagram.errors import PUBLISHING, subcode_of
from kosmo_tui.api.instagram.graph import Graph
from kosmo_tui.api.instagram.models import Container, Media, Published

Kind = Literal["IMAGE", "VIDEO", "CAROUSEL", "STORIES"]
Progress = Callable[[str], None]

KINDS = {"IMAGE": "IMAGE", "VIDEO": "VIDEO", "REELS": "VIDEO", "CAROUSEL": "CAROUSEL", "STORIES": "STORIES"}
CREATE_TRIES = 3  # of a container whose media could not be fetched for the moment; nothing is published by it
LOOKS = 4  # at a container after an unclear answer; a publication can take a moment to show
_SLOWER, _SLOWEST = 1.5, 20.0  # how the pause between two looks grows, and its cap in seconds
_SKEW = timedelta(minutes=5)  # between our clock and Instagram's
_VIDEO = (".mp4", ".mov", ".m4v")
# Answers of media_publish after which the post has been seen live: blocked as spam, a hiccup that denies the object,
# and a failure of the server's own.
_UNCLEAR = frozenset({"4/2207051", "100/33", "-1/2207001", "-2/2207003"})


@dataclass(frozen=True)
class Clock:
    """Time, so that tests need not wait."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


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


class Publisher:
    """Makes, watches and publishes containers of one account.

    `timeout`: seconds for one write (Instagram fetches an image while the call lasts); `patience`: seconds until a
    container must be finished.
    """

    def __init__(self, graph: Graph, *, clock: Clock, timeout: float = 60.0, patience: float = 300.0) -> None:
        self._graph = graph
        self._clock = clock
        self._timeout = timeout
        self._patience = patience

    async def send(self, post: Post, *, publish: bool, on_progress: Progress) -> Published:
        """Publish `post`, or make its container only.

        Raises OutcomeUnknown when it may be live; after any other error nothing is.
        """
        started = self._clock.now()
        container_id = await self._create(post, on_progress)
        if not publish:
            state = await self._look(container_id)
            status = state.status_code if state else "IN_PROGRESS"
            raw = {"id": container_id, "status_code": status}
            return Published(id=container_id, status_code=status, container_id=container_id, raw=raw)
        await self._finished(container_id, post.kind == "VIDEO", on_progress)
        on_progress("publishing")
        account = await self._graph.account_id()
        try:
            media_id = await self._write(f"{account}/media_publish", {"creation_id": container_id})
        except ApiError as error:
            if isinstance(error, Unavailable) and not error.code:  # no connection came about: nothing was sent
                raise
            on_progress("the answer was unclear: looking whether it is live")
            return await self._settle(post, container_id, started, error)
        on_progress("published")
        return await self._with_permalink(media_id, container_id)

    # -- containers

    async def _create(self, post: Post, on_progress: Progress) -> str:
        forms = post.forms()
        if post.kind != "CAROUSEL":
            on_progress("handing the media to Instagram")
            return await self._container(forms[0], on_progress)
        children = []
        for number, form in enumerate(forms, 1):
            on_progress(f"handing item {number} of {len(forms)} to Instagram")
            children.append(await self._container(form, on_progress))
        for child, url in zip(children, post.urls, strict=True):
            await self._finished(child, is_video(url), on_progress)
        parent = {"media_type": "CAROUSEL", "children": ",".join(children)}
        if post.caption:
            parent["caption"] = post.caption
        on_progress("putting the carousel together")
        return await self._container(parent, on_progress)

    async def _container(self, form: dict[str, str], on_progress: Progress) -> str:
        """The id of a new container.  Tried again only after a clear refusal for a reason that passes."""
        account = await self._graph.account_id()
        attempt = 1
        while True:
            try:
                return await self._write(f"{account}/media", form)
            except (OutcomeUnknown, BadAnswer) as error:
                raise _unpublished(error) from None
            except Refused as error:
                reason = PUBLISHING.get(subcode_of(error) or 0)
                if attempt >= CREATE_TRIES or reason is None or not reason.retry:
                    raise
                on_progress(f"{reason.message}: trying again")
            await self._clock.sleep(float(attempt))
            attempt += 1

    async def _finished(self, container_id: str, video: bool, on_progress: Progress) -> None:
        """Wait until the container can be published.  Raises Refused with the reason when it never will be."""
        deadline = self._clock.monotonic() + self._patience
        pause, misses = (3.0 if video else 1.0), 0
        while True:
            try:
                state = decode.container(await self._read(container_id), "container")
            except (Unavailable, NotFound) as error:  # new containers are denied for a moment now and then
                misses += 1
                if misses > 3:
                    raise
                state = Container(id=container_id, status_code="")
                on_progress(f"{error.message}: looking again")
            if state.status_code == "FINISHED":
                return
            if state.status_code in ("ERROR", "EXPIRED"):
                raise _failed(state)
            if state.status_code == "PUBLISHED":
                raise OutcomeUnknown(
                    f"container {container_id} is published already", hint="look at the account before you send again"
                )
            left = deadline - self._clock.monotonic()
            if left <= 0:
                raise Unavailable(
                    f"Instagram was not done with the media after {self._patience / 60:.0f} minutes; "
                    f"nothing was published (container {container_id})",
                    hint="try again later; if it lasts, use a smaller file or another host",
                )
            on_progress("Instagram is fetching the media")
            await self._clock.sleep(min(pause, left))
            pause = min(pause * _SLOWER, _SLOWEST)

    async def _write(self, path: str, form: dict[str, str]) -> str:
        label = path.rpartition("/")[2]
        return decode.identity(await self._graph.post(path, form, label=label, read_timeout=self._timeout), label)

    async def _read(self, container_id: str) -> dict[str, object]:
        return await self._graph.get(container_id, {"fields": "id,status_code,status"}, label="container")

    async def _look(self, container_id: str) -> Container | None:
        """The container's state; None when it cannot be read now."""
        try:
            return decode.container(await self._read(container_id), "container")
        except ApiError:
            return None

    # -- after an unclear answer

    async def _settle(self, post: Post, container_id: str, started: datetime, error: ApiError) -> Published:
        """What became of a container whose publication was answered with `error`."""
        unclear = error.code in _UNCLEAR or not isinstance(
            error, (Refused, RateLimited, Forbidden, AuthExpired, NotFound)
        )
        state: Container | None = None
        for look in range(LOOKS if unclear else 1):
            if look:
                await self._clock.sleep(2.0**look)
            state = await self._look(container_id)
            if state is not None and state.status_code == "PUBLISHED":
                return await self._found(post, container_id, started)
            if state is not None and state.status_code in ("ERROR", "EXPIRED"):
                raise _failed(state)
        if not unclear and (state is not None or isinstance(error, AuthExpired) or error.code.startswith("24/")):
            raise error  # the container denies it, or the token or the container was refused outright
        told = f"Instagram says of the container: {state.status_code}" if state else "the container cannot be read"
        raise OutcomeUnknown(
            f"{error.message}; {told} (container {container_id})",
            hint="look at the account, on the phone or here, before you send it again",
            code=error.code,
        )

    async def _found(self, post: Post, container_id: str, started: datetime) -> Published:
        """The media item that a published container became: the one new item that looks like it, or none."""
        query = {"fields": "id,caption,media_type,media_product_type,permalink,timestamp", "limit": "10"}
        try:
            raw = await self._graph.get(f"{await self._graph.me()}/media", query, label="newest media")
            newest = decode.media_page(raw).items
        except ApiError:
            newest = ()
        candidates = [media for media in newest if _resembles(media, post, started)]
        if len(candidates) == 1:
            return _published(candidates[0].id, candidates[0].permalink, container_id)
        notice = "it is live, but which media item it became is not certain: the id is that of its container"
        return Published(
            id=container_id,
            status_code="PUBLISHED",
            container_id=container_id,
            notices=(notice,),
            raw={"id": container_id, "status_code": "PUBLISHED", "notices": [notice]},
        )

    async def _with_permalink(self, media_id: str, container_id: str) -> Published:
        """A published item; a permalink that cannot be read is left out."""
        try:
            media = decode.media(await self._graph.get(media_id, {"fields": "id,permalink"}, label="permalink"))
        except ApiError:
            return _published(media_id, None, container_id)
        return _published(media_id, media.permalink, container_id)


def _published(media_id: str, permalink: str | None, container_id: str) -> Published:
    raw = {"id": media_id, "permalink": permalink} if permalink else {"id": media_id}
    return Published(id=media_id, permalink=permalink, container_id=container_id, raw=raw)


def _resembles(media: Media, post: Post, started: datetime) -> bool:
    if media.timestamp is None or media.timestamp < started - _SKEW:
        return False
    kinds = {"CAROUSEL": "carousel", "VIDEO": "reel", "IMAGE": "image"}
    return post.kind in kinds and media.kind == kinds[post.kind] and _words(media.caption.raw) == _words(post.caption)


def _words(caption: str) -> str:
    """A caption without what Instagram changes in it: space around it, and the @ of mentions for some readers."""
    return " ".join(caption.replace("@", "").split())


def _failed(state: Container) -> Refused:
    """Why a container cannot be published, from its `status`, which names a subcode in words."""
    if state.status_code == "EXPIRED":
        expired = PUBLISHING[2207020]
        return Refused(expired.message, hint=expired.hint, code="2207020")
    number = re.search(r"\b(22[0-9]{5})\b", state.status)
    reason = PUBLISHING.get(int(number[1])) if number else None
    if reason is None and "download has failed" in state.status:
        reason = PUBLISHING[2207052]
    if reason is None:
        text = state.status.removeprefix("Error: ") or "no reason given"
        return Refused(
            f"Instagram could not take the media: {text}", field="image_url", code=number[1] if number else ""
        )
    return Refused(reason.message, field=reason.field, hint=reason.hint, code=number[1] if number else "")


def _unpublished(error: ApiError) -> Unavailable:
    """An unclear answer to the making of a container: the worst that is left is a container, and it expires."""
    return Unavailable(f"{error.message}; nothing was published", hint="try again", code=error.code)
