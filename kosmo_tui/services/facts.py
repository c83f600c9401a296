"""What is known of a profile before a post goes out: from what the dashboard has loaded, without a request."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from kosmo_tui.api.buffer.models import Organization, Profile, Update
from kosmo_tui.compose.facts import Facts, MediaFact, Planned

if TYPE_CHECKING:
    from kosmo_tui.api.http import Transport
    from kosmo_tui.services.workspace import BufferDesk

_RECENT = 100  # sent posts that are looked at: an equal one of long ago is no mistake


class DailyLimit(Protocol):
    """How much of a day's posts a profile has used, as Buffer tells it."""

    @property
    def profile_id(self) -> str: ...
    @property
    def sent(self) -> int: ...
    @property
    def scheduled(self) -> int: ...
    @property
    def limit(self) -> int | None: ...


def facts(
    desk: BufferDesk,
    profile_id: str,
    *,
    daily: Mapping[date, Iterable[DailyLimit]] | None = None,
    media: Mapping[str, MediaFact] | None = None,
) -> Facts:
    """What `desk` has loaded of the profile: its queue, what it sent lately, and the limits of its plan.

    `daily` is what Buffer said of the limits of days (each a day of the profile's zone), `media` what is known of
    files, by URL.  Posts beyond the loaded pages are not known.
    """
    profile = desk.profile(profile_id)
    organizations = desk.user.organizations if desk.user else ()
    sent = (desk.sent(None).items[:_RECENT], desk.sent(profile_id).items[:_RECENT])
    updates = (*desk.queue.items, *sent[0], *sent[1])
    return gathered(profile_id, profile, organizations, updates, desk.queue.as_of, daily=daily, media=media)


def gathered(
    profile_id: str,
    profile: Profile | None,
    organizations: Iterable[Organization],
    updates: Iterable[Update],
    as_of: datetime | None,
    *,
    daily: Mapping[date, Iterable[DailyLimit]] | None = None,
    media: Mapping[str, MediaFact] | None = None,
) -> Facts:
    """The facts of the profile among `updates` (of any profiles, read at `as_of`) and `organizations`."""
    posts = {update.id: _planned(update) for update in updates if update.profile_id == profile_id}
    home = profile.organization_id if profile else ""
    days = {day: one for day, limits in (daily or {}).items() for one in limits if one.profile_id == profile_id}
    return Facts(
        posts=tuple(posts.values()),
        plan_limit=next((one.scheduled_posts for one in organizations if one.id == home), None),
        planned=sum(post.status == "scheduled" for post in posts.values()),
        daily_limit=next((one.limit for one in days.values()), None),
        daily_used={day: one.sent + one.scheduled for day, one in days.items()},
        media=dict(media or {}),
        as_of=as_of,
    )


async def of_files(urls: Iterable[str], transport: Transport | None = None) -> dict[str, MediaFact]:
    """What the hosts of `urls` tell of the files: one HEAD each, without a token, five seconds at most.

    Raises nothing: what goes wrong is the `problem` of the file.
    """
    from kosmo_tui.api.heads import head  # loads httpx

    every = tuple(dict.fromkeys(urls))
    heads = await asyncio.gather(*(head(url, transport) for url in every))
    return {
        url: MediaFact(size=one.size, type=one.type, problem=one.problem) for url, one in zip(every, heads, strict=True)
    }


def _planned(update: Update) -> Planned:
    return Planned(
        id=update.id,
        text=update.text.raw,
        at=update.sent_at or update.scheduled_at or update.due_at,
        status=update.status,
        media=tuple(one.url for one in update.media if one.type != "link"),
    )
