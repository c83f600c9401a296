"""The Instagram client of one account: the seven functions of the reference, and what the dashboard needs beside them.

Every result has `raw`: Graph's own JSON without the paging URLs, as scripts and `kosmo call` print it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from kosmo_tui.api.errors import ApiError, BadAnswer, BadParameter, Forbidden, NotFound, Refused, Unavailable
from kosmo_tui.api.http import Answer, Connection
from kosmo_tui.api.instagram import decode, insights, plan
from kosmo_tui.api.instagram.errors import judge
from kosmo_tui.api.instagram.graph import HOSTS, Graph, Login, checked_id, limited, refused_field
from kosmo_tui.api.instagram.metrics import DEFAULT, MetricType
from kosmo_tui.api.instagram.models import (
    Comment,
    Container,
    Insights,
    LookedMedia,
    Media,
    Page,
    Published,
    PublishingLimit,
    Thread,
    User,
)
from kosmo_tui.api.instagram.post import post, post_of, resembles
from kosmo_tui.api.instagram.publishing import Clock, OnContainer, Progress, Publisher, Sought, became, newer
from kosmo_tui.api.limits import Limits
from kosmo_tui.api.retries import Retries
from kosmo_tui.api.secret import Secret

MAX_MEDIA, MAX_COMMENTS = 100, 50  # items of one page
MEDIA_FIELDS = (
    "id,caption,media_type,media_product_type,media_url,thumbnail_url,permalink,timestamp,username,"
    "like_count,comments_count,alt_text,is_comment_enabled"
)
ONE_MEDIA_FIELDS = f"{MEDIA_FIELDS},children{{id,media_type,media_url}}"
_REPLY_FIELDS = "id,text,timestamp,username,like_count,hidden"
COMMENT_FIELDS = f"{_REPLY_FIELDS},parent_id,replies{{{_REPLY_FIELDS}}}"
_THREAD_FIELDS = "id,caption,media_type,media_product_type,permalink,timestamp,username,comments_count"
USER_FIELDS = {
    "instagram": "id,user_id,username,name,account_type,profile_picture_url,followers_count,follows_count,media_count",
    "facebook": "id,username,name,profile_picture_url,followers_count,follows_count,media_count",
}


class InstagramClient:
    """One account (`account` is its name in the configuration, e.g. "instagram.brand_account").

    All methods raise the errors of `kosmo_tui.api.errors`; a BadParameter before anything is sent.
    """

    def __init__(
        self, graph: Graph, connection: Connection, limits: Limits, clock: Clock, write_timeout: float
    ) -> None:
        self.account = graph.name
        self.limits = limits
        self._graph = graph
        self._connection = connection
        self._clock = clock
        self._publisher = Publisher(graph, clock=clock, timeout=write_timeout)

    @classmethod
    def open(
        cls,
        *,
        account: str,
        token: Callable[[], Awaitable[Secret]],
        base_url: str | None = None,
        login: Login = "instagram",
        api_version: str = "v25.0",
        user_id: str | None = None,
        transport: Any = None,
        retries: Retries | None = None,
        clock: Clock | None = None,
        write_timeout: float = 60.0,
    ) -> Self:
        """A client that connects when it is first asked.

        `login` chooses the host when `base_url` is None; `user_id` names the account where the token leads to several.
        `transport` replaces the network (an httpx transport); `write_timeout` is in seconds.  Raises ConfigError.
        """
        limits = Limits()

        def judged(answer: Answer) -> ApiError | None:
            limits.update_instagram(answer.headers, time.now())
            return judge(answer)

        connection = Connection(
            base_url=base_url or HOSTS[login], token=token, judge=judged, transport=transport, retries=retries
        )
        time = clock or Clock(now=connection.now)  # "since my attempt" must not hang on this machine
        graph = Graph(connection, name=account, login=login, api_version=api_version, user_id=user_id)
        return cls(graph, connection, limits, time, write_timeout)

    def now(self) -> datetime:
        """The time by Instagram's clock (UTC), as its last answer told it; ours before the first one."""
        return self._clock.now()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._connection.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def learn(self, user: User) -> None:
        """Take what was known before the start: it need not be asked for then which account the token leads to."""
        self._graph.learn(user.user_id)

    # -- the seven functions

    async def list_media(
        self,
        limit: int | None = None,
        after: str | None = None,
        before: str | None = None,
        fields: str | None = None,
        *,
        until: datetime | None = None,
    ) -> Page[Media]:
        """A page of the account's media, newest first; `limit` 1 to 100.  `until` leaves out what is younger."""
        count = limited(limit, MAX_MEDIA)
        if after and before:
            raise BadParameter("after and before exclude each other", parameter="before")
        query = {"limit": str(count), "after": after or None, "before": before or None, "until": _seconds(until)}
        raw = await self._fields(f"{await self._graph.me()}/media", fields, MEDIA_FIELDS, query, "media")
        return decode.media_page(raw, asked=after)

    async def get_media(self, media_id: str, fields: str | None = None) -> Media:
        """One media item, a carousel with its children."""
        path = checked_id(media_id, "mediaId")
        return decode.media(await self._fields(path, fields, ONE_MEDIA_FIELDS, {}, "media item"))

    async def create_media(
        self,
        image_url: str | Sequence[str],
        caption: str | None = None,
        media_type: str | None = None,
        publish: bool | None = None,
        *,
        alt_text: str | Sequence[str] | None = None,
        on_progress: Progress | None = None,
        on_container: OnContainer | None = None,
    ) -> Published:
        """Publish a photo, a video (as a reel) or a carousel; with `publish` false make its container only.

        Waits until Instagram has fetched the media, five minutes at most.  `alt_text` is for images, one per URL.
        `on_container` is called, and awaited, with the id of the container before it is published: by it the
        container can be asked later what became of it.  What `on_container` raises ends the matter, unpublished.
        Raises Refused with the reason, and OutcomeUnknown (`reference`: the container) when it may be live.
        """
        checked = post(image_url, caption, media_type, alt_text)
        return await self._publisher.send(
            checked, publish=publish is not False, on_progress=on_progress or _silent, on_container=on_container
        )

    async def list_comments(self, media_id: str, limit: int | None = None, after: str | None = None) -> Page[Comment]:
        """A page of the comments on a media item, newest first, with their replies; `limit` 1 to 50."""
        path = checked_id(media_id, "mediaId")
        query = {"limit": str(limited(limit, MAX_COMMENTS)), "after": after or None}
        raw = await self._fields(f"{path}/comments", None, COMMENT_FIELDS, query, "comments")
        return decode.comment_page(raw, media_id=path, asked=after)

    async def get_comment(self, comment_id: str) -> Comment:
        """One comment, with its replies and the id of its media."""
        path = checked_id(comment_id, "commentId")
        return decode.comment(await self._fields(path, None, f"{COMMENT_FIELDS},media{{id}}", {}, "comment"))

    async def list_insights(
        self,
        metric: str | Sequence[str] | None = None,
        period: str | None = None,
        since: str | int | datetime | None = None,
        until: str | int | datetime | None = None,
        *,
        metric_type: MetricType | None = None,
    ) -> Insights:
        """The account's insights; metrics that cannot be had become notices.

        `period`: day, week, days_28, month or lifetime.  A metric that Instagram counts as one total covers the whole
        range, or the period up to now.  `metric_type` chooses for `reach`, which is both: a series, unless told.
        """
        now = int(self._clock.now().timestamp())
        names = DEFAULT if metric is None else plan.names(metric if isinstance(metric, str) else ",".join(metric))
        wanted = plan.plan(
            names,
            now=now,
            period=plan.checked_period(period),
            wanted=plan.span(since, until, now=now),
            metric_type=metric_type,
        )
        return await insights.of_account(self._graph, wanted)

    async def get_current_user(self) -> User:
        """The professional account behind the token."""
        path = await self._graph.me()
        user = decode.user(await self._fields(path, None, USER_FIELDS[self._graph.login], {}, "account"))
        self._graph.learn(user.user_id)
        return user

    # -- beyond the reference

    async def recent_comments(
        self, media: int = 25, comments: int = 20, after: str | None = None, *, until: datetime | None = None
    ) -> Page[Thread]:
        """The newest `media` items (1 to 50) with up to `comments` comments each (1 to 50), in one request.

        `until` leaves out items that are younger.  When Instagram finds that too much for one answer, fewer comments
        are asked for.
        """
        limited(comments, MAX_COMMENTS, "comments")
        query = {"limit": str(limited(media, 50, "media")), "after": after or None, "until": _seconds(until)}
        path = f"{await self._graph.me()}/media"
        while True:
            fields = f"{_THREAD_FIELDS},comments.limit({comments}){{{COMMENT_FIELDS}}}"
            try:
                raw = await self._fields(path, None, fields, query, "recent comments")
            except Unavailable as error:
                if error.transient or comments == 1:
                    raise
                comments //= 2
            else:
                return decode.thread_page(raw, asked=after)

    async def media_insights(self, media: Media) -> Insights:
        """The insights of one media item, by its product type."""
        return await insights.of_media(self._graph, media)

    async def publishing_limit(self) -> PublishingLimit:
        """How many posts may still be published today."""
        path = f"{await self._graph.account_id()}/content_publishing_limit"
        return decode.publishing_limit(
            await self._graph.get(path, {"fields": "config,quota_usage"}, label="publishing limit")
        )

    async def get_container(self, container_id: str) -> Container:
        """The state of a container, e.g. of one whose publication ended without a clear answer."""
        query = {"fields": "id,status_code,status"}
        return decode.container(await self._graph.get(checked_id(container_id, "id"), query, label="container"))

    async def publish_container(
        self, container_id: str, arguments: Mapping[str, Any], *, on_progress: Progress | None = None
    ) -> Published:
        """Publish a container that a `create_media` with `arguments` (its keyword arguments) left unpublished.

        Instagram publishes a container once only, so this never doubles a post: one that is live already is looked
        for and returned.  One that is still being filled is waited for.  Raises as `create_media` does; Refused for
        one that failed or expired.
        """
        container, wanted = checked_id(container_id, "id"), post_of(arguments)
        return await self._publisher.resume(wanted, container, on_progress=on_progress or _silent)

    async def look_for(self, sought: Sequence[Sought]) -> list[LookedMedia | ApiError]:
        """What became of several `create_media`: each of `sought`, or why it alone cannot be looked for.

        Reads only: each container that is known, then once what was published since the first of them.
        """
        states = [await self._state(one.container_id) for one in sought]
        published = await self._publisher.newest(min(one.since for one in sought)) if sought else ()
        found: list[LookedMedia | ApiError] = []
        for one, state in zip(sought, states, strict=True):
            if isinstance(state, ApiError):
                found.append(state)
                continue
            seen, wanted = newer(published, one.since), post_of(one.arguments)
            alike = sum(resembles(media, wanted, one.since) for media in seen)
            live = state.status_code == "PUBLISHED" if state is not None else alike == 1
            became_ = became(seen, wanted, one.container_id, one.since) if live else None
            found.append(LookedMedia(state=state, found=became_, seen=seen, at=self.now()))
        return found

    async def _state(self, container_id: str) -> Container | ApiError | None:
        """The container's state; None when it is not known, or no more, and an error that is of this one alone."""
        try:
            return await self.get_container(container_id) if container_id else None
        except NotFound:
            return None
        except (BadAnswer, Forbidden, Refused) as error:
            return error

    async def _fields(
        self, path: str, asked: str | None, usual: str, query: dict[str, str | None], label: str
    ) -> dict[str, Any]:
        """The JSON at `path` with the fields `asked`, or else the `usual` ones that this host knows."""
        fields = asked or usual
        while True:
            try:
                return await self._graph.get(path, {**query, "fields": fields}, label=label)
            except Refused as error:
                unknown = refused_field(error)
                fewer = without_field(fields, unknown) if unknown and not asked else fields
                if fewer == fields:
                    raise
                fields = fewer


def without_field(fields: str, unknown: str) -> str:
    """`fields` without the field `unknown`, on every level; fields that are expanded stay."""
    return re.sub(rf"(?<![\w]){unknown}(?![\w.{{]),?", "", fields).replace(",}", "}").rstrip(",")


def _seconds(moment: datetime | None) -> str | None:
    return None if moment is None else str(int(moment.timestamp()))


def _silent(_: str) -> None:
    pass
