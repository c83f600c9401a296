"""A channel's queue: which slot a post gets, and who makes room for whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kosmo_tui.sandbox.buffer.records import Channel, Post
from kosmo_tui.sandbox.buffer.slots import slots
from kosmo_tui.sandbox.buffer.world import World

HOLDING = ("scheduled", "needs_approval", "sending")  # statuses that hold a slot


def upcoming(channel: Channel, after: datetime) -> Iterator[datetime]:
    """The channel's slots after `after`."""
    return slots(channel.schedule, channel.timezone, after, paused_days=channel.paused_days)


def next_free(world: World, channel: Channel, post: Post) -> datetime | None:
    """The first slot from now on that no post but `post` holds; None when the channel has no posting times."""
    taken = {other.due_at for other in world.posts.of(channel.id, *HOLDING) if other.id != post.id}
    return next((slot for slot in upcoming(channel, world.now()) if slot not in taken), None)


def put_first(world: World, channel: Channel, post: Post) -> None:
    """Give `post` the very next slot; queued posts move on, each to the next slot, as far as the first gap."""
    queued, fixed = _holders(world, channel, post)
    carried = post
    for slot in upcoming(channel, world.now()):
        displaced = queued.get(slot)
        if slot in fixed and displaced is None:
            continue
        carried.due_at = slot
        world.posts.put(carried)
        if displaced is None:
            return
        carried = displaced


def put_last(world: World, channel: Channel, post: Post) -> None:
    """Give `post` the first free slot behind all other queued posts."""
    queued, fixed = _holders(world, channel, post)
    last = max([world.now(), *queued])
    post.due_at = next((slot for slot in upcoming(channel, last) if slot not in fixed), None)
    world.posts.put(post)


def _holders(world: World, channel: Channel, but: Post) -> tuple[dict[datetime, Post], set[datetime]]:
    """Slot → queued post, and the moments that posts hold which do not move."""
    queued: dict[datetime, Post] = {}
    fixed: set[datetime] = set()
    for post in world.posts.of(channel.id, *HOLDING):
        if post.due_at is None or post.id == but.id:
            continue
        if post.status == "scheduled" and not post.custom:
            queued[post.due_at] = post
        else:
            fixed.add(post.due_at)
    return queued, fixed
