"""The seven Buffer functions of one account, and what the dashboard asks beyond them.

Requests are scarce at Buffer (250 to 500 a day), so organizations and profiles are remembered: they say where a
profile belongs, which every list of posts must name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Literal

import msgspec

from kosmo_tui.api.buffer import across, changing, editing, looking, posting, wire
from kosmo_tui.api.buffer.checking import required, unknown_profile, unknown_update, within
from kosmo_tui.api.buffer.creating import Making, Progress
from kosmo_tui.api.buffer.graph import Graph, posts_input, timestamp
from kosmo_tui.api.buffer.judging import judge
from kosmo_tui.api.buffer.looking import Sought
from kosmo_tui.api.buffer.models import (
    CreateResult,
    DailyLimit,
    Looked,
    LookedChange,
    Organization,
    Overview,
    Profile,
    Status,
    Update,
    UpdatePage,
    User,
)
from kosmo_tui.api.errors import ApiError, BadParameter, Forbidden, KosmoError, NotFound
from kosmo_tui.api.functions import MAX_COUNT
from kosmo_tui.api.http import Answer, Connection, Transport
from kosmo_tui.api.limits import Limits
from kosmo_tui.api.retries import Retries
from kosmo_tui.api.secret import Secret

BASE_URL = "https://api.buffer.com"
MAX_PAGE = 1000  # Buffer has forward cursors only: a page costs a request for each page before it
PENDING: tuple[Status, ...] = ("scheduled", "sending", "error", "needs_approval", "draft")
_MIDDAY = time(11, tzinfo=UTC)  # a moment of the same day in every zone from -11:00 to +12:59
_ASK_EACH = 2  # up to so many profiles are looked up one by one; the whole list costs two requests


class BufferClient:
    """Buffer as one account sees it (`account` is e.g. "buffer.agency").  `limits` is what is left of its requests.

    Every method raises the errors of `api.errors`; reads are tried again by the request loop, writes never.
    """

    def __init__(self, account: str, graph: Graph, limits: Limits) -> None:
        self.account = account
        self.limits = limits
        self._graph = graph
        self._user: User | None = None
        self._profiles: dict[str, Profile] = {}
        self._making = Making(graph)

    @classmethod
    def open(
        cls,
        *,
        account: str,
        token: Callable[[], Awaitable[Secret]],
        base_url: str = BASE_URL,
        transport: Transport | None = None,
        retries: Retries | None = None,
        timeout: float = 30.0,
    ) -> BufferClient:
        """A client; nothing is sent yet.  `timeout` (seconds) bounds each attempt of a request.

        Raises ConfigError for a base URL that cannot be used.
        """
        limits = Limits()

        def read(answer: Answer) -> ApiError | None:
            limits.update_buffer(answer.headers, connection.now())
            return judge(answer, account)

        connection = Connection(base_url=base_url, token=token, judge=read, transport=transport, retries=retries)
        return cls(account, Graph(connection, timeout), limits)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._graph.aclose()

    def now(self) -> datetime:
        """The time by Buffer's clock (UTC), as the `Date` of its last answer told it; ours before the first one."""
        return self._graph.now()

    def learn(self, user: User, profiles: Iterable[Profile]) -> None:
        """Take what was known before the start, as far as Buffer has not told: it need not be asked for then."""
        self._user = self._user or user
        self._profiles = {profile.id: profile for profile in profiles} | self._profiles

    # The seven functions of the reference.

    async def list_profiles(self) -> tuple[Profile, ...]:
        """All profiles of all organizations, as they are now."""
        each = [{"input": {"organizationId": organization.id}} for organization in await self.organizations()]
        lists = await self._graph.ask_each("channels", each, wire.ChannelsData)
        return tuple(self._remember(channel.model()) for found in lists for channel in found.channels)

    async def get_profile(self, profile_id: str) -> Profile:
        """One profile, as it is now.  Raises NotFound."""
        required("profileId", profile_id)
        try:
            data = await self._graph.ask("channel", {"input": {"id": profile_id}}, wire.ChannelData)
        except NotFound as error:
            raise unknown_profile(profile_id, error) from None
        return self._remember(data.channel.model())

    async def list_pending_updates(self, profile_id: str, count: int = 20, page: int = 1) -> UpdatePage:
        """The scheduled updates of a profile by time; page 1 is the next to go out."""
        return await self._paged(profile_id, ("scheduled",), count, page, newest_first=False)

    async def list_sent_updates(self, profile_id: str, count: int = 20, page: int = 1) -> UpdatePage:
        """The sent updates of a profile, newest first."""
        return await self._paged(profile_id, ("sent",), count, page, newest_first=True)

    async def get_update(self, update_id: str) -> Update:
        """One update, as it is now.  Raises NotFound."""
        required("updateId", update_id)
        try:
            return await changing.read(self._graph, update_id)
        except NotFound as error:
            raise unknown_update(update_id, error) from None

    async def get_current_user(self) -> User:
        """The person behind the token, with the organizations."""
        data = await self._graph.ask("account", {}, wire.AccountData)
        self._user = data.account.model()
        return self._user

    async def create_update(
        self,
        text: str,
        profile_ids: Sequence[str],
        shorten: bool | None = None,
        now: bool = False,
        scheduled_at: str | datetime | None = None,
        media: Mapping[str, Any] | None = None,
        *,
        next: bool = False,
        save_to_draft: bool = False,
        metadata: Mapping[str, Mapping[str, Any]] | None = None,
        tag_ids: Sequence[str] = (),
        scheduling_type: str = "automatic",
        accounted: Collection[str] = (),
        on_progress: Progress | None = None,
    ) -> CreateResult:
        """Make one post per profile: now, next, at a time, or at the end of the queue (the default).

        Every profile ends in `updates` or `failures` of the result, and is told to `on_progress` as soon as it is
        settled.  `metadata` holds wishes per service (e.g. {"instagram": {"type": "story"}}) that go over our
        defaults, `tag_ids` are those of the organization's tags, with the `scheduling_type` "notification" Buffer
        reminds somebody instead of publishing.  Raises BadParameter before anything is sent, and what a read raises
        while profiles are looked up.

        A post whose answer is lost is looked for and never sent again: it is an update when it is found, else a
        failure of kind `outcome_unknown`.  `accounted` are ids of posts that are known to come of other orders.  On
        one profile one order is carried out after the other, so that equal ones cannot claim each other's post.
        """
        ids = posting.checked_ids(profile_ids)
        order = posting.order(
            text,
            moment=self._graph.now(),
            now=now,
            next=next,
            scheduled_at=scheduled_at,
            save_to_draft=save_to_draft,
            media=media,
            metadata=metadata,
            tag_ids=tag_ids,
            scheduling_type=scheduling_type,
        )
        profiles = await self._lookup(ids)
        made = await self._making.create(order, profiles, accounted, on_progress)
        if shorten is not None:
            notice = "shorten: Buffer decides per channel whether links are shortened"
            made = msgspec.structs.replace(made, notices=(notice, *made.notices))
        return made

    # Changes of posts that are there.

    async def edit_update(
        self,
        update_id: str,
        *,
        text: str | None = None,
        media: Mapping[str, Any] | None = None,
        scheduled_at: str | datetime | None = None,
        mode: editing.Mode | None = None,
        save_to_draft: bool | None = None,
        metadata: Mapping[str, Mapping[str, Any]] | None = None,
        like: Update | None = None,
    ) -> Update:
        """Change a post; what is None stays as it is.  Returns the post as it is then.

        `media` replaces all media ({} removes them).  `mode` files the post anew: at the end of the queue, at its top,
        now, or at `scheduled_at`; a draft leaves the drafts by it, and `save_to_draft` makes a post a draft.
        `metadata` goes, key by key, over what the post has.  `like` is the post as it is known: it is read first when
        it is not given, because its media must be sent again.  Raises Refused and NotFound when Buffer says no,
        OutcomeUnknown when reading the post after an unclear answer does not show the change.
        """
        required("updateId", update_id)
        change = editing.change(
            moment=self._graph.now(),
            text=text,
            media=media,
            scheduled_at=scheduled_at,
            mode=mode,
            save_to_draft=save_to_draft,
            metadata=metadata,
        )
        known = like if like is not None and like.id == update_id else await self.get_update(update_id)
        wanted = change.input(known, await self._profile(known.profile_id))
        try:
            return await changing.edit(self._graph, wanted)
        except NotFound as error:
            raise unknown_update(update_id, error) from None

    async def delete_update(self, update_id: str) -> None:
        """Delete a post from Buffer; what was sent stays on its network.  Raises NotFound when it is not there, e.g.
        at the second time, Refused when Buffer will not, OutcomeUnknown when it is still seen after a lost answer."""
        required("updateId", update_id)
        try:
            await changing.delete(self._graph, update_id)
        except NotFound as error:
            raise unknown_update(update_id, error) from None

    async def move_update(self, update_id: str, position: changing.Position) -> Update:
        """Put a scheduled post first ("top") or last ("bottom") in its profile's queue.  Returns it with its new time;
        other posts may have moved.  Raises as `edit_update` does."""
        required("updateId", update_id)
        if position not in ("top", "bottom"):
            raise BadParameter("position must be top or bottom", parameter="position")
        try:
            return await changing.move(self._graph, update_id, position, self._profile)
        except NotFound as error:
            raise unknown_update(update_id, error) from None

    # What comes before and after a write.

    async def prepare(self, profile_ids: Sequence[str]) -> None:
        """Look the profiles up, so that the next request of a `create_update` is the write itself, and Buffer's clock
        is known; of none, nothing is asked.  Raises as `get_profile` does."""
        for found in (await self._lookup(list(profile_ids))).values():
            if isinstance(found, KosmoError):
                raise found

    def known_profile(self, profile_id: str) -> Profile | None:
        """A profile as it was when it was last read; None when that has not been done."""
        return self._profiles.get(profile_id)

    async def look_for(self, sought: Sequence[Sought], exclude: Collection[str] = ()) -> list[Looked | KosmoError]:
        """Look for the posts that `create_update`s may have made: each of `sought`, or why it cannot be looked for.

        Reads only: one request for all of an organization that were sent on the same day, where the profiles are
        known.  `exclude` are ids of posts that are known to come of other orders; `found` is None unless exactly one
        other post of the hour after it was sent is what was asked for.
        """
        profiles = await self._lookup(list(dict.fromkeys(one.profile_id for one in sought)))
        return await looking.look_for_all(self._graph, sought, profiles, self._making.made.union(exclude))

    async def look_for_change(
        self,
        kind: Literal["edit", "delete", "move"],
        arguments: Mapping[str, Any],
        since: datetime,
        before: Update | None = None,
    ) -> LookedChange:
        """Look what became of an `edit_update`, `delete_update` or `move_update` with `arguments`, sent at `since` by
        Buffer's clock.

        `before` is the post as it was then, as far as it is known.  Reads only: the post, its profile when it is not
        known, and of a move the queue.
        """
        return await changing.look_for(self._graph, kind, arguments, since, before, self._profile)

    async def daily_limits(self, profile_ids: Sequence[str], day: date | None = None) -> tuple[DailyLimit, ...]:
        """What the networks allow per day, and how much of it is used on `day` (today when None).  One request."""
        wanted: dict[str, Any] = {"channelIds": posting.checked_ids(profile_ids)}
        if day is not None:
            wanted["date"] = timestamp(datetime.combine(day, _MIDDAY))
        data = await self._graph.ask("dailyPostingLimits", {"input": wanted}, wire.DailyLimitsData)
        return tuple(limit.model() for limit in data.daily_posting_limits)

    # What the dashboard asks beyond them.

    async def organizations(self, *, refresh: bool = False) -> tuple[Organization, ...]:
        """The organizations; asked for once, then remembered."""
        user = await self.get_current_user() if refresh or self._user is None else self._user
        return user.organizations

    async def posts(
        self,
        organization_id: str,
        *,
        statuses: Sequence[Status],
        profile_ids: Sequence[str] | None = None,
        due_until: datetime | None = None,
        newest_first: bool = False,
        first: int = 50,
        after: str | None = None,
    ) -> UpdatePage:
        """Up to `first` posts (1 to 100) of an organization by due time, of some profiles or all, after a cursor.
        `due_until` leaves out what is due later, and what is due at no time."""
        within("first", first, MAX_COUNT)
        ids = profile_ids or ()
        wanted = posts_input(
            organization_id, statuses=statuses, profile_ids=ids, due_until=due_until, newest_first=newest_first
        )
        (page,) = await self._graph.pages([(wanted, after)], first)
        return page

    async def posts_of_all(
        self,
        *,
        statuses: Sequence[Status],
        profile_id: str | None = None,
        newest_first: bool = False,
        first: int = 50,
        after: str | None = None,
    ) -> UpdatePage:
        """Up to `first` posts of every organization, or of one profile, in one order by time.  One request.

        `after` is the `cursor` of the page before, or of an `overview`.
        """
        if profile_id is not None:
            organizations = [(await self._profile(profile_id)).organization_id]
        else:
            organizations = [organization.id for organization in await self.organizations()]

        within("first", first, MAX_COUNT)
        ids = [profile_id] if profile_id else []

        async def read(positions: Mapping[str, str | None]) -> list[UpdatePage]:
            wanted = (
                posts_input(one, statuses=statuses, profile_ids=ids, newest_first=newest_first) for one in positions
            )
            return await self._graph.pages(list(zip(wanted, positions.values(), strict=True)), first)

        return await across.page_of_all(read, organizations, after, count=first, newest_first=newest_first)

    async def overview(self, statuses: Sequence[Status] = PENDING, *, first: int = 50) -> Overview:
        """User, all profiles and the first posts by time: one request, and one for the user once."""
        organizations = await self.organizations()
        user = self._user
        assert user is not None  # organizations() has just read it
        within("first", first, MAX_COUNT)
        each = [
            {"channels": {"organizationId": one.id}, "posts": posts_input(one.id, statuses=statuses), "first": first}
            for one in organizations
        ]
        seen = await self._graph.ask_each("overview", each, wire.OverviewData)
        ends = ((one.id, data.posts.page_info) for one, data in zip(organizations, seen, strict=True))
        return Overview(
            user=user,
            profiles=tuple(self._remember(channel.model()) for data in seen for channel in data.channels),
            updates=across.by_time([update for data in seen for update in data.posts.models()]),
            cursor=across.join({name: end.end_cursor if end.has_next_page else None for name, end in ends}),
        )

    # How it is done.

    def _remember(self, profile: Profile) -> Profile:
        self._profiles[profile.id] = profile
        return profile

    async def _profile(self, profile_id: str) -> Profile:
        return self._profiles.get(profile_id) or await self.get_profile(profile_id)

    async def _lookup(self, ids: Sequence[str]) -> dict[str, Profile | KosmoError]:
        """The remembered profiles, else fresh ones; the error where there is none or it is not ours."""
        if sum(one not in self._profiles for one in ids) > _ASK_EACH:
            await self.list_profiles()
        found: dict[str, Profile | KosmoError] = {}
        for one in ids:
            try:
                found[one] = self._profiles.get(one) or await self.get_profile(one)
            except (NotFound, Forbidden) as error:
                found[one] = error
        return found

    async def _paged(
        self, profile_id: str, statuses: Sequence[Status], count: int, page: int, *, newest_first: bool
    ) -> UpdatePage:
        required("profileId", profile_id)
        within("count", count, MAX_COUNT)
        within("page", page, MAX_PAGE)
        profile = await self._profile(profile_id)
        wanted = posts_input(
            profile.organization_id, statuses=statuses, profile_ids=[profile_id], newest_first=newest_first
        )
        (found,) = await self._graph.pages([(wanted, None)], count)
        for number in range(2, page + 1):
            if not found.has_more:
                return UpdatePage(updates=(), page=page, count=count, has_more=False)
            (found,) = await self._graph.pages([(wanted, found.cursor)], count, number)
        return found
