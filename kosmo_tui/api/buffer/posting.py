"""What `create_update` asks of Buffer: parameters checked, and one `CreatePostInput` per profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from kosmo_tui.api.buffer.attachments import Attachments, attachments
from kosmo_tui.api.buffer.graph import timestamp
from kosmo_tui.api.buffer.models import Profile
from kosmo_tui.api.errors import BadParameter
from kosmo_tui.api.safe_text import clean

METADATA_KEY = {"googlebusiness": "google"}  # elsewhere the service's own name
_LINK_CARDS = ("facebook", "linkedin", "threads", "bluesky")
_YOUTUBE_TITLE = 100  # characters; YouTube takes no longer title
_YOUTUBE_FORBIDS = str.maketrans("", "", "<>")
_PEOPLE_AND_BLOGS = "22"  # YouTube's category that fits anything


class Order(msgspec.Struct, frozen=True):
    """A post as asked for, the same for every profile."""

    text: str
    mode: str
    due_at: datetime | None = None
    draft: bool = False
    attachments: Attachments = msgspec.field(default_factory=Attachments)
    metadata: Mapping[str, Mapping[str, Any]] = msgspec.field(default_factory=dict)
    tag_ids: tuple[str, ...] = ()
    scheduling_type: str = "automatic"  # or "notification": a person is reminded, and publishes it

    def input(self, profile: Profile) -> tuple[dict[str, Any], list[str]]:
        """The `CreatePostInput` for `profile`, and notices on what could not be done as asked."""
        metadata, notices = network_metadata(self, profile)
        wanted: dict[str, Any] = {
            "channelId": profile.id,
            "schedulingType": self.scheduling_type,
            "mode": self.mode,
            "text": self.text,
            "assets": self.attachments.assets,
        }
        if self.due_at is not None:
            wanted["dueAt"] = timestamp(self.due_at)
        if self.draft:
            wanted["saveToDraft"] = True
        if self.tag_ids:
            wanted["tagIds"] = list(self.tag_ids)
        if metadata:
            wanted["metadata"] = {METADATA_KEY.get(profile.service, profile.service): metadata}
        if profile.paused and self.mode in ("addToQueue", "shareNext") and not self.draft:
            notices.append(f"{describe(profile)}: the queue is paused, nothing goes out until it is resumed at Buffer")
        return wanted, notices


def order(
    text: str,
    *,
    moment: datetime,
    now: bool = False,
    next: bool = False,
    scheduled_at: str | datetime | None = None,
    save_to_draft: bool = False,
    media: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Mapping[str, Any]] | None = None,
    tag_ids: Sequence[str] = (),
    scheduling_type: str = "automatic",
) -> Order:
    """The parameters of `create_update` as an Order; `moment` is the present.  Raises BadParameter."""
    attached = attachments(media)
    if not text.strip() and not attached:
        raise BadParameter("the post is empty", parameter="text", hint="give a text, or media")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadParameter("the text is not valid Unicode", parameter="text", hint="save or type it as UTF-8") from None
    chosen = [name for name, given in (("now", now), ("next", next), ("scheduledAt", scheduled_at)) if given]
    if len(chosen) > 1:
        raise BadParameter(f"{' and '.join(chosen)} exclude each other", parameter=chosen[1], hint="choose one of them")
    if save_to_draft and now:
        raise BadParameter("a draft cannot go out now", parameter="now", hint="leave one of the two out")
    due_at = due_time(scheduled_at, moment) if scheduled_at else None
    mode = "shareNow" if now else "shareNext" if next else "customScheduled" if due_at else "addToQueue"
    return Order(text, mode, due_at, save_to_draft, attached, metadata or {}, tuple(tag_ids), scheduling_type)


def checked_ids(profile_ids: Sequence[str]) -> list[str]:
    """The ids of the profiles, each once.  Raises BadParameter when there is none, an empty one, or one twice."""
    if isinstance(profile_ids, str) or not all(isinstance(one, str) and one.strip() for one in profile_ids):
        raise BadParameter("profileIds must be a list of profile ids", parameter="profileIds")
    if not profile_ids:
        raise BadParameter(
            "no profile to post to", parameter="profileIds", hint="`kosmo call buffer.list_profiles` lists the ids"
        )
    twice = sorted({one for one in profile_ids if list(profile_ids).count(one) > 1})
    if twice:
        raise BadParameter(f"the profile {clean(twice[0])} is named twice", parameter="profileIds")
    return list(profile_ids)


def due_time(value: str | datetime, moment: datetime) -> datetime:
    """`value` (ISO 8601 with an offset) in UTC.  Raises BadParameter when it is none, or not after `moment`."""
    example = "e.g. 2027-02-01T09:00:00Z or 2027-02-01T10:00:00+01:00"
    try:
        due = value if isinstance(value, datetime) else datetime.fromisoformat(value.strip())
    except ValueError:
        raise BadParameter(
            f"scheduledAt is no ISO 8601 time: {clean(str(value))[:60]!r}", parameter="scheduledAt", hint=example
        ) from None
    if due.tzinfo is None:
        raise BadParameter(
            f"scheduledAt has no offset: {clean(str(value))[:60]!r}",
            parameter="scheduledAt",
            hint=f"say which zone is meant, {example}",
        )
    try:
        due = due.astimezone(UTC)
    except OverflowError:
        raise BadParameter("scheduledAt is out of range", parameter="scheduledAt", hint=example) from None
    if due <= moment:
        raise BadParameter(
            f"scheduledAt lies in the past: {due:%Y-%m-%d %H:%M:%S} UTC",
            parameter="scheduledAt",
            hint=f"it is {moment:%Y-%m-%d %H:%M:%S} UTC; choose a later time, or post now",
        )
    return due


def network_metadata(order: Order, profile: Profile) -> tuple[dict[str, Any], list[str]]:
    """What the network of `profile` requires or allows beside text and assets, with the caller's wishes on top."""
    attached, service, notices = order.attachments, profile.service, list[str]()
    wishes = order.metadata.get(service) or order.metadata.get(METADATA_KEY.get(service, service)) or {}
    found: dict[str, Any] = {}
    link = attached.link
    match service:
        case "instagram":
            found = {"type": "reel" if attached.is_one_video else "post", "shouldShareToFeed": True}
        case "facebook":
            found = {"type": "post"}
        case "pinterest":
            found = {"title": attached.title, "url": link}
            link = ""
            if profile.boards:
                found["boardServiceId"] = profile.boards[0].id
                if len(profile.boards) > 1 and "boardServiceId" not in wishes:
                    notices.append(f"{describe(profile)}: pinned to its first board, {profile.boards[0].name}")
        case "youtube":
            title = (attached.title or order.text.strip().partition("\n")[0]).translate(_YOUTUBE_FORBIDS)
            found = {"title": title[:_YOUTUBE_TITLE].strip(), "categoryId": _PEOPLE_AND_BLOGS}
        case "googlebusiness":
            button = {"button": "learn_more", "link": link} if link else {"button": "none"}
            found = {"type": "whats_new", "detailsWhatsNew": button}
            link = ""
        case "tiktok":
            found = {"title": attached.title}
    if link and service in _LINK_CARDS and not attached.assets:
        found["linkAttachment"] = attached.link_attachment
    elif link and link not in order.text:
        why = "takes either media or a link card" if service in _LINK_CARDS else "has no link cards"
        notices.append(f"{describe(profile)}: the link was left out, {service} {why}; put it into the text")
    found |= wishes
    return {key: value for key, value in found.items() if value not in (None, "")}, notices


def describe(profile: Profile) -> str:
    """`mastodon @kosmo@example.social`: a profile in a notice."""
    return f"{profile.service} {profile.formatted_username or profile.id}"
