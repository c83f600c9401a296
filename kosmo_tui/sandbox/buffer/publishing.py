"""createPost, editPost, deletePost and movePostInQueue: what is judged, and what it does to the queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kosmo_tui.sandbox.buffer import queue
from kosmo_tui.sandbox.buffer.content import read_assets, unsupported
from kosmo_tui.sandbox.buffer.networks import NETWORKS
from kosmo_tui.sandbox.buffer.posts import micros
from kosmo_tui.sandbox.buffer.records import Account, Channel, Post
from kosmo_tui.sandbox.buffer.rules import TEXT_REQUIRED, judge, own_metadata
from kosmo_tui.sandbox.buffer.world import Refusal, World

Input = Mapping[str, Any]
_HARMLESS = frozenset({"id", "tagIds", "mode", "schedulingType", "source", "aiAssisted"})  # of a post that went out


def create(world: World, account: Account, given: Input) -> Post:
    """Make a post from a `CreatePostInput`.  Raises Refusal."""
    channel = _usable_channel(world, account, given["channelId"])
    now = world.now()
    post = Post(
        id=world.new_id(),
        channel_id=channel.id,
        organization_id=channel.organization_id,
        status="scheduled",
        text="",
        created_at=now,
        updated_at=now,
        author_id=account.id,
        scheduling_type=given["schedulingType"],
        via=world.switches.via,
    )
    draft = bool(given.get("saveToDraft"))
    _fill(world, account, channel, post, given)
    _judge(channel, post, draft=draft)
    _refuse_repetition(world, channel, post)
    if draft:
        _shelve(world, post, given["mode"], given.get("dueAt"))
    elif given["needsApproval"]:
        post.status = "needs_approval"
        _schedule(world, channel, post, given["mode"], given.get("dueAt"))
    else:
        _refuse_over_limit(world, channel, post, given["mode"])
        _schedule(world, channel, post, given["mode"], given.get("dueAt"))
    return post


def edit(world: World, account: Account, given: Input) -> Post:
    """Change a post by an `EditPostInput`: what is left out stays, null clears.  Raises Refusal."""
    old = world.post(account, given["id"])
    channel = _usable_channel(world, account, old.channel_id)
    gone = old.status in {"sent", "sending"}
    if gone and not set(given) <= _HARMLESS:
        raise Refusal("InvalidInputError", f"Invalid post: a post with status {old.status} cannot be edited")
    post = replace(old, updated_at=world.now())
    _fill(world, account, channel, post, given)
    if gone:
        world.posts.put(post)
        return post
    post.status = _status_after(old, given)
    _judge(channel, post, draft=post.status == "draft")
    mode = given.get("mode")
    if mode is None and given.get("dueAt") and old.share_mode == "customScheduled":
        mode = "customScheduled"
    if post.status == "draft":
        _shelve(world, post, mode or old.share_mode, given.get("dueAt") or old.due_at)
        return post
    revived = old.status in {"draft", "error"} and post.status != "error"
    if revived:
        post.error = post.fails_with = None
        if post.status == "scheduled":
            _refuse_over_limit(world, channel, post, mode or old.share_mode)
    stays = mode is None or (mode == "addToQueue" and old.share_mode == mode and old.due_at is not None)
    if revived or not stays:
        mode = mode or old.share_mode
        _schedule(world, channel, post, mode, given.get("dueAt") or (old.due_at if old.custom else None))
    else:
        world.posts.put(post)
    return post


def delete(world: World, account: Account, post_id: str) -> str:
    """Forget a post (one that went out stays on its network).  Returns its id.  Raises Refusal."""
    post = world.post(account, post_id)
    if post.status == "sending":
        raise Refusal("UnexpectedError", "A post that is being sent cannot be deleted")
    world.posts.remove(post.id)
    return post.id


def move(world: World, account: Account, post_id: str, position: str) -> Post:
    """Put a scheduled post first or last in its channel's queue.  Raises Refusal."""
    post = world.post(account, post_id)
    channel = world.channels[post.channel_id]
    if post.status != "scheduled":
        raise Refusal("UnexpectedError", f"A post with status {post.status} is not in the queue")
    if next(queue.upcoming(channel, world.now()), None) is None:
        raise Refusal("UnexpectedError", "The channel has no posting times")
    post.custom, post.share_mode, post.updated_at = False, "addToQueue", world.now()
    if position == "top":
        queue.put_first(world, channel, post)
    else:
        queue.put_last(world, channel, post)
    return post


def posts_of_day(world: World, channel: Channel, when: datetime) -> tuple[int, int]:
    """(sent, scheduled) posts of the channel on the day of `when`, in the channel's zone."""
    zone = ZoneInfo(channel.timezone)
    first = when.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = micros(first), micros(first + timedelta(days=1)) - 1
    sent = sum(1 for _ in world.posts.walk([channel.id], ["sent", "sending"], low=start, high=end))
    return sent, sum(1 for _ in world.posts.walk([channel.id], ["scheduled"], low=start, high=end))


def _usable_channel(world: World, account: Account, channel_id: str) -> Channel:
    channel = world.channel(account, channel_id)
    if channel.locked:
        raise Refusal("UnauthorizedError", "This channel is locked. Upgrade your plan to publish to it.")
    if channel.disconnected and world.switches.disconnected == "refuse":
        raise Refusal("InvalidInputError", "Invalid post: the channel is disconnected. Please reconnect it in Buffer.")
    return channel


def _fill(world: World, account: Account, channel: Channel, post: Post, given: Input) -> None:
    """Take over text, assets, metadata, tags and idea from the input into `post`."""
    organization = world.organizations[channel.organization_id]
    if "text" in given:
        post.text = given["text"] or ""
    links: list[dict[str, Any]] = []
    if given.get("assets") is not None:
        assets, links, troubles = read_assets(given["assets"])
        if troubles:
            raise Refusal("InvalidInputError", "Invalid post: " + ", ".join(troubles))
        for asset in assets:
            if ending := unsupported(asset["source"], asset["type"]):
                raise Refusal("RestProxyError", f"Media filetype not supported: .{ending}", code=1030)
        post.assets = tuple(assets)
    elif "id" in given and world.switches.edit_drops_omitted_assets:
        post.assets = ()
    if "metadata" in given:
        post.metadata, foreign = own_metadata(channel, given["metadata"])
        if foreign and world.switches.foreign_metadata == "refuse":
            raise Refusal("InvalidInputError", f"Invalid post: metadata.{foreign[0]} does not fit {channel.service}")
    if links:
        network = NETWORKS[channel.service]
        if len(links) > 1 or not network.link_attachment:
            raise Refusal("InvalidInputError", f"Invalid post: {network.title} posts take no such link attachment")
        post.metadata = {**post.metadata, "linkAttachment": links[0]}
    if "tagIds" in given:
        post.tags = tuple(dict.fromkeys(given["tagIds"] or ()))
        if unknown := [tag for tag in post.tags if tag not in organization.tags]:
            raise Refusal("InvalidInputError", f"Invalid post: unknown tag {unknown[0]}")
    if given.get("ideaId") is not None:
        if given["ideaId"] not in organization.ideas:
            raise Refusal("NotFoundError", world.missing("Idea"))
        post.idea_id = given["ideaId"]
    if given.get("schedulingType"):
        post.scheduling_type = given["schedulingType"]


def _judge(channel: Channel, post: Post, *, draft: bool) -> None:
    if troubles := judge(channel, post.text, post.assets, post.metadata, draft=draft):
        told = ", ".join(troubles)
        raise Refusal("InvalidInputError", told if told == TEXT_REQUIRED else f"Invalid post: {told}")


def _refuse_repetition(world: World, channel: Channel, post: Post) -> None:
    seconds = world.switches.duplicate_text_seconds
    since = world.now() - timedelta(seconds=seconds)
    for other in world.posts.of(channel.id, "scheduled", "sending", "sent") if seconds and post.text else ():
        if other.text == post.text and other.created_at > since:
            message = "Whoops, it looks like you've already posted that one recently."
            raise Refusal("RestProxyError", message, code=1025)


def _refuse_over_limit(world: World, channel: Channel, post: Post, mode: str) -> None:
    """Plan limits of what stands in the queue.  Raises Refusal("LimitReachedError")."""
    if mode == "shareNow":
        return
    limits = world.organizations[channel.organization_id].plan.limits
    waiting = world.posts.of(channel.id, "scheduled")
    allowed = limits["scheduledPosts"]
    if len(waiting) >= allowed:
        message = f"You have {len(waiting)} scheduled posts out of {allowed} allowed."
        raise Refusal("LimitReachedError", message)
    for field, noun, counts in (
        ("scheduledThreadsPerChannel", "threads", lambda item: len(item.metadata.get("thread") or ()) > 1),
        ("scheduledStoriesPerChannel", "stories", lambda item: item.metadata.get("type") == "story"),
    ):
        if counts(post) and (count := sum(map(counts, waiting))) >= limits[field]:
            raise Refusal("LimitReachedError", f"You have {count} scheduled {noun} out of {limits[field]} allowed.")


def _refuse_full_day(world: World, channel: Channel, when: datetime | None) -> None:
    limit = NETWORKS[channel.service].daily_limit
    if limit is None or when is None or not world.switches.enforce_daily_limits:
        return
    if sum(posts_of_day(world, channel, when)) >= limit:
        title = NETWORKS[channel.service].title
        raise Refusal("LimitReachedError", f"You have reached the daily limit of {limit} posts for {title}.")


def _check_due(world: World, mode: str, due_at: datetime | None) -> None:
    if mode != "customScheduled":
        return
    if due_at is None:
        raise Refusal("InvalidInputError", "Invalid post: dueAt is required when mode is customScheduled")
    if due_at <= world.now():
        raise Refusal("InvalidInputError", "Invalid post: dueAt must be in the future")


def _schedule(world: World, channel: Channel, post: Post, mode: str, due_at: datetime | None) -> None:
    """Give `post` its time by `mode` and file it.  `dueAt` is ignored by every mode but `customScheduled`."""
    _check_due(world, mode, due_at)
    now = world.now()
    if mode == "customScheduled":
        due = due_at
    elif mode == "shareNow":
        due = now
    elif mode == "addToQueue":
        due = queue.next_free(world, channel, post)
    else:
        due = next(queue.upcoming(channel, now), None)
    if due is None and world.switches.no_slots == "refuse":
        raise Refusal("InvalidInputError", "Invalid post: the channel has no posting times")
    _refuse_full_day(world, channel, due)
    post.share_mode = mode
    post.custom = mode == "customScheduled"
    post.shared_now = mode == "shareNow"
    post.due_at = due
    if mode == "shareNow" and post.status == "scheduled":
        post.status = "sending"
    if mode == "shareNext" and post.status == "scheduled" and due is not None:
        queue.put_first(world, channel, post)
    else:
        world.posts.put(post)


def _shelve(world: World, post: Post, mode: str, due_at: datetime | None) -> None:
    """File `post` as a draft."""
    post.status, post.share_mode, post.shared_now = "draft", mode, False
    keeps = world.switches.drafts_keep_due_at and mode == "customScheduled"
    post.due_at, post.custom = (due_at if keeps else None), mode == "customScheduled"
    world.posts.put(post)


def _status_after(post: Post, given: Input) -> str:
    change = given.get("approvalChange")
    if change == "request":
        if post.status != "draft":
            raise Refusal("InvalidInputError", "Invalid post: approval can only be requested for a draft")
        return "needs_approval"
    if change == "revert":
        if post.status != "needs_approval":
            raise Refusal("InvalidInputError", "Invalid post: there is no approval request to revert")
        return "draft"
    if given.get("saveToDraft"):
        return "draft"
    if post.status in {"draft", "error"} and given.get("mode") is not None:
        return "scheduled"
    return post.status
