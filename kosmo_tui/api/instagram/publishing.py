"""Publishing: a container is made, Instagram fetches the media into it, then the container is published.

Making a container publishes nothing, publishing is done once.  Whatever goes wrong then, the container knows better
than any error: one that reads PUBLISHED is live.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from kosmo_tui.api.errors import (
    ApiError,
    AuthExpired,
    BadAnswer,
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
from kosmo_tui.api.instagram.post import SKEW, Post, is_video, resembles

Progress = Callable[[str], None]
OnContainer = Callable[[str], Awaitable[None] | None]

CREATE_TRIES = 3  # of a container whose media could not be fetched for the moment; nothing is published by it
LIFETIME = timedelta(hours=24)  # of a container; one that was not published by then never will be
LOOKS = 4  # at a container after an unclear answer; a publication can take a moment to show
_SLOWER, _SLOWEST = 1.5, 20.0  # how the pause between two looks grows, and its cap in seconds
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
class Sought:
    """What a `create_media` with `arguments` (its keyword arguments), sent at `since`, may have published.

    The container has the word on it; its id may be "", when it is not known.  Where it tells nothing, it is the one
    item published since that looks like the post, if there is just one.
    """

    container_id: str
    arguments: Mapping[str, Any]
    since: datetime


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

    async def send(
        self, post: Post, *, publish: bool, on_progress: Progress, on_container: OnContainer | None = None
    ) -> Published:
        """Publish `post`, or make its container only.

        `on_container` is called (and awaited) with the id of the container before anything is published; what it
        raises ends the matter, with nothing published.  Raises OutcomeUnknown when the post may be live; after any
        other error nothing is.
        """
        started = self._clock.now()
        container_id = await self._create(post, on_progress)
        if on_container is not None:
            told = on_container(container_id)
            if told is not None:
                await told
        if not publish:
            state = await self._look(container_id)
            status = state.status_code if isinstance(state, Container) else "IN_PROGRESS"
            raw = {"id": container_id, "status_code": status}
            return Published(id=container_id, status_code=status, container_id=container_id, raw=raw)
        state = await self._finished(container_id, post.kind == "VIDEO", on_progress)
        if state.status_code == "PUBLISHED":
            raise OutcomeUnknown(
                f"container {container_id} is published already",
                hint="look at the account before you send again",
                reference=container_id,
            )
        return await self._publish(post, container_id, started, on_progress)

    async def resume(self, post: Post, container_id: str, *, on_progress: Progress) -> Published:
        """Publish a container that is there: Instagram publishes each once only, so this cannot double a post.

        One that is published already is looked for instead.  Raises as `send` does, Refused for one that failed or
        expired.
        """
        state = await self._finished(container_id, post.kind == "VIDEO", on_progress)
        since = self._clock.now() - LIFETIME
        if state.status_code == "PUBLISHED":
            return await self._found(post, container_id, since)
        return await self._publish(post, container_id, since, on_progress)

    async def _publish(self, post: Post, container_id: str, since: datetime, on_progress: Progress) -> Published:
        """Publish a container that is finished: once."""
        on_progress("publishing")
        account = await self._graph.account_id()
        try:
            media_id = await self._write(f"{account}/media_publish", {"creation_id": container_id})
        except ApiError as error:
            if isinstance(error, Unavailable) and not error.code:  # no connection came about: nothing was sent
                raise
            on_progress("the answer was unclear: looking whether it is live")
            return await self._settle(post, container_id, since, error)
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

    async def _finished(self, container_id: str, video: bool, on_progress: Progress) -> Container:
        """The container once it is FINISHED, or PUBLISHED.  Raises Refused with the reason when it never will be."""
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
            if state.status_code in ("FINISHED", "PUBLISHED"):
                return state
            if state.status_code in ("ERROR", "EXPIRED"):
                raise _failed(state)
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

    async def _look(self, container_id: str) -> Container | ApiError:
        """The container's state, or why it cannot be read now."""
        try:
            return decode.container(await self._read(container_id), "container")
        except ApiError as error:
            return error

    # -- after an unclear answer

    async def _settle(self, post: Post, container_id: str, since: datetime, error: ApiError) -> Published:
        """What became of a container whose publication was answered with `error`."""
        unclear = error.code in _UNCLEAR or not isinstance(
            error, (Refused, RateLimited, Forbidden, AuthExpired, NotFound)
        )
        state: Container | ApiError = error
        for look in range(LOOKS if unclear else 1):
            if look:
                await self._clock.sleep(2.0**look)
            state = await self._look(container_id)
            if isinstance(state, ApiError):
                continue
            if state.status_code == "PUBLISHED":
                return await self._found(post, container_id, since)
            if state.status_code in ("ERROR", "EXPIRED"):
                raise _failed(state)
        if not unclear and _confirms(state, error):
            raise error
        told = (
            "the container cannot be read"
            if isinstance(state, ApiError)
            else f"Instagram says of the container: {state.status_code}"
        )
        raise OutcomeUnknown(
            f"{error.message}; {told} (container {container_id})",
            hint="look at the account, on the phone or here, before you send it again",
            code=error.code,
            reference=container_id,
        )

    async def _found(self, post: Post, container_id: str, since: datetime) -> Published:
        try:
            newest = await self.newest(since)
        except ApiError:
            newest = ()
        return became(newest, post, container_id, since)

    async def newest(self, since: datetime) -> tuple[Media, ...]:
        """The newest media published since then, newest first; of a page of 50."""
        query = {"fields": "id,caption,media_type,media_product_type,permalink,timestamp", "limit": "50"}
        raw = await self._graph.get(f"{await self._graph.me()}/media", query, label="newest media")
        return newer(decode.media_page(raw).items, since)

    async def _with_permalink(self, media_id: str, container_id: str) -> Published:
        """A published item; a permalink that cannot be read is left out."""
        try:
            media = decode.media(await self._graph.get(media_id, {"fields": "id,permalink"}, label="permalink"))
        except ApiError:
            return _published(media_id, None, container_id)
        return _published(media_id, media.permalink, container_id)


def newer(media: Sequence[Media], since: datetime) -> tuple[Media, ...]:
    """Those published since then, or so little before that the clocks may differ by it."""
    return tuple(one for one in media if one.timestamp is not None and one.timestamp >= since - SKEW)


def became(newest: Sequence[Media], post: Post, container_id: str, since: datetime) -> Published:
    """The media item that a published container became: the one of `newest` that looks like it, or none for sure."""
    candidates = [media for media in newest if resembles(media, post, since)]
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


def _published(media_id: str, permalink: str | None, container_id: str) -> Published:
    raw = {"id": media_id, "permalink": permalink} if permalink else {"id": media_id}
    return Published(id=media_id, permalink=permalink, container_id=container_id, raw=raw)


def _confirms(state: Container | ApiError, no: ApiError) -> bool:
    """Whether a look at the container agrees with the refusal `no`: unpublished, or denied for the same reason."""
    if isinstance(state, Container):
        return True
    return isinstance(state, NotFound) if no.code.startswith("24/") else type(state) is type(no)


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
