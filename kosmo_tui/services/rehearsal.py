"""A write gone through without sending it: parameters checked, profiles and queues read, the post reviewed.

Only reads are sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from kosmo_tui.api.buffer import posting
from kosmo_tui.api.buffer.models import Profile, Status, Update
from kosmo_tui.api.errors import Forbidden, KosmoError, NotFound
from kosmo_tui.api.instagram import post as posts
from kosmo_tui.compose.draft import Attachment, Draft, InstagramKind, Target
from kosmo_tui.compose.facts import Facts, MediaFact, Planned
from kosmo_tui.compose.findings import Finding
from kosmo_tui.compose.lint_media import problem_of
from kosmo_tui.services import facts as known
from kosmo_tui.services.doubts import doubts
from kosmo_tui.services.reference import order_of_media, orders_of_update
from kosmo_tui.services.review import Review, review
from kosmo_tui.services.slots import next_free
from kosmo_tui.services.targets import instagram_target, profile_target
from kosmo_tui.store.records import OutboxRow

if TYPE_CHECKING:  # the clients load httpx
    from kosmo_tui.api.buffer.client import BufferClient
    from kosmo_tui.api.instagram.client import InstagramClient

_EACH = 2  # up to so many profiles are read one by one; the whole list costs one request per organization
_WAITING: tuple[Status, ...] = ("scheduled", "sending", "needs_approval")
_LINK_CARDS = ("facebook", "linkedin", "threads", "bluesky")
_CONTAINERS: dict[str, InstagramKind] = {"IMAGE": "IMAGE", "VIDEO": "VIDEO", "CAROUSEL": "CAROUSEL"}


@dataclass(frozen=True)
class Rehearsal:
    """What would be sent, and what is wrong with it.

    `requests` is the body that each target would be sent, by its key; `notices` what the client would tell with it.
    """

    review: Review
    now: datetime
    requests: Mapping[str, Any]
    notices: tuple[str, ...] = ()


async def of_update(
    client: BufferClient,
    account: str,
    arguments: Mapping[str, Any],
    *,
    heads: bool,
    unknown: Sequence[OutboxRow] = (),
) -> Rehearsal:
    """`create_update` with `arguments` (checked, by their Python names) on the Buffer account `account`.

    With `heads` the hosts of the attachments are asked what they hold.  `unknown` are writes that may have made a
    post: an equal one would be refused.  Raises BadParameter as the real call would, and the errors of reads.
    """
    ids = posting.checked_ids(arguments["profile_ids"])
    wanted = {name: arguments[name] for name in ("now", "scheduled_at", "media") if name in arguments}
    order = posting.order(arguments["text"], moment=client.now(), **wanted)
    profiles = await _profiles(client, ids)
    now = client.now()
    draft = _draft(order)
    if order.due_at is not None:
        draft = draft.replace(when=order.due_at.astimezone(UTC).isoformat(timespec="seconds"))
    there = [profile for profile in profiles.values() if isinstance(profile, Profile)]
    updates = await _updates(client, there)
    slots = {f"{account}/{one.id}": next_free(one, updates, now) for one in there}
    targets = [_target(account, one, profile) for one, profile in profiles.items()]
    days = {target.key: _day(draft, target, now, slots.get(target.key, ())) for target in targets}
    limits = await _limits(client, [one.id for one in there], days.values())
    files = await _files(draft) if heads else {}
    organizations = await client.organizations()
    facts = {
        f"{account}/{one.id}": known.gathered(one.id, one, organizations, updates, now, daily=limits, media=files)
        for one in there
    }
    inputs = {f"{account}/{one.id}": order.input(one) for one in there}
    found = review(draft, targets, now, facts, slots)
    found = found.adding({one.target: doubts(one, unknown) for one in orders_of_update(account, arguments, now)})
    if order.attachments.link:
        found = _with_link(found)
    return Rehearsal(
        review=found,
        now=now,
        requests={key: wanted for key, (wanted, _) in inputs.items()},
        notices=tuple(dict.fromkeys(notice for _, notices in inputs.values() for notice in notices)),
    )


async def of_media(
    client: InstagramClient,
    account: str,
    arguments: Mapping[str, Any],
    *,
    heads: bool,
    unknown: Sequence[OutboxRow] = (),
) -> Rehearsal:
    """`create_media` with `arguments` (checked, by their Python names) on the Instagram account `account`.

    The rest is as with `of_update`.
    """
    post = posts.post(arguments["image_url"], arguments.get("caption"), arguments.get("media_type"))
    publish = arguments.get("publish") is not False
    user, recent, quota = await asyncio.gather(
        client.get_current_user(), client.list_media(limit=25), client.publishing_limit()
    )
    video = post.kind == "VIDEO"
    draft = Draft(
        text=post.caption,
        media=tuple(Attachment(url, kind="video" if video or posts.is_video(url) else "image") for url in post.urls),
        when="now",
        instagram_kind=_CONTAINERS.get(post.kind, ""),
        container_only=not publish,
    )
    now, unseen = datetime.now(UTC), ("",) * len(draft.media)  # files of what was sent are not compared
    facts = Facts(
        posts=tuple(Planned(one.id, one.caption.raw, one.timestamp, "sent", unseen) for one in recent.items),
        daily_limit=quota.total,
        daily_used={now.date(): quota.used or 0},
        media=await _files(draft) if heads else {},
        as_of=now,
    )
    target = instagram_target(account, user.username)
    found = review(draft, [target], now, {target.key: facts if publish else replace(facts, daily_limit=None)})
    found = found.adding({target.key: doubts(order_of_media(account, arguments), unknown)})
    return Rehearsal(review=found, now=now, requests={target.key: {"containers": post.forms(), "publish": publish}})


def _draft(order: posting.Order) -> Draft:
    attached = order.attachments
    return Draft(
        text=order.text,
        media=(
            *(Attachment(url, alt) for url, alt in attached.photos),
            *(Attachment(url, kind="video") for url in attached.videos),
        ),
        when={"shareNow": "now", "shareNext": "top"}.get(order.mode, ""),
        options={name: value for name, value in (("title", attached.title), ("link", attached.link)) if value},
    )


async def _profiles(client: BufferClient, ids: Sequence[str]) -> dict[str, Profile | KosmoError]:
    """The profiles as they are now, by their ids; the error where there is none or it is not ours."""
    listed = {one.id: one for one in await client.list_profiles()} if len(ids) > _EACH else {}
    found: dict[str, Profile | KosmoError] = {}
    for one in ids:
        try:
            found[one] = listed.get(one) or await client.get_profile(one)
        except (NotFound, Forbidden) as error:
            found[one] = error
    return found


def _target(account: str, profile_id: str, profile: Profile | KosmoError) -> Target:
    if isinstance(profile, Profile):
        return replace(profile_target(account, profile), threads=False)  # the function sends the text as it is
    return Target(
        key=f"{account}/{profile_id}",
        account=account,
        service="buffer",
        network="",
        label=profile_id,
        profile_id=profile_id,
        problem=profile.message,
    )


async def _updates(client: BufferClient, profiles: Sequence[Profile]) -> tuple[Update, ...]:
    """What waits on the profiles and what they sent last: two requests per organization."""
    homes: dict[str, list[str]] = {}
    for profile in profiles:
        homes.setdefault(profile.organization_id, []).append(profile.id)
    pages = await asyncio.gather(
        *(client.posts(home, statuses=_WAITING, profile_ids=ids, first=100) for home, ids in homes.items()),
        *(
            client.posts(home, statuses=("sent",), profile_ids=ids, newest_first=True, first=50)
            for home, ids in homes.items()
        ),
    )
    return tuple(update for page in pages for update in page.updates)


def _day(draft: Draft, target: Target, now: datetime, slots: Sequence[datetime]) -> date | None:
    """The day on which it goes out, in the zone of the target; None when that is not known."""
    item = review(draft, [target], now, slots={target.key: slots}).items[0]
    at = now if item.when and item.when.mode == "now" else item.when.at if item.when else None
    return at.astimezone(target.tz).date() if at else None


async def _limits(client: BufferClient, ids: Sequence[str], days: Any) -> dict[date, Any]:
    every = sorted({day for day in days if day is not None}) if ids else []
    return dict(zip(every, await asyncio.gather(*(client.daily_limits(ids, day) for day in every)), strict=True))


async def _files(draft: Draft) -> dict[str, MediaFact]:
    return await known.of_files(one.url for one in draft.media if not problem_of(one))


def _with_link(found: Review) -> Review:
    """A post may be a link alone where the network shows a card of it; elsewhere the link is left out."""
    if not any(finding.code == "empty" for finding in found.general):
        return found
    nothing = Finding("error", "empty", "There is nothing to post: no link cards here", "put the link into the text")
    items = tuple(
        item if item.target.network in _LINK_CARDS else replace(item, findings=(nothing, *item.findings))
        for item in found.items
    )
    return Review(tuple(finding for finding in found.general if finding.code != "empty"), items)
