"""What time does to posts: due ones are sent some seconds later, or fail."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from kosmo_tui.sandbox.buffer.posts import micros
from kosmo_tui.sandbox.buffer.records import Channel, Post
from kosmo_tui.sandbox.buffer.world import World

SUPPORT = "https://support.buffer.example/article/"
DISCONNECTED: dict[str, str | None] = {
    "message": "Buffer lost its connection to this channel. Please reconnect it and try again.",
    "rawError": '{"error":{"type":"OAuthException","code":190,"message":"Error validating access token"}}',
    "supportUrl": SUPPORT + "reconnecting-channels",
}
UNREACHABLE: dict[str, str | None] = {
    "message": "We could not download the media of this post. Please check that its URL is public.",
    "rawError": "getaddrinfo ENOTFOUND",
    "supportUrl": SUPPORT + "media-requirements",
}


def tick(world: World) -> None:
    """Bring all posts to the state that belongs to the world's now."""
    now = world.now()
    for channel in world.channels.values():
        if not channel.paused:
            due = world.posts.walk([channel.id], ["scheduled"], low=0, high=micros(now))
            for post in list(due):
                post.status = "sending"
                world.posts.put(post)
        sending = world.posts.walk([channel.id], ["sending"], low=0, high=micros(now))
        for post in list(sending):
            assert post.due_at is not None
            done = post.due_at + timedelta(seconds=post.delay)
            if done <= now:
                _finish(channel, post)
                post.sent_at = None if post.error else done
                post.updated_at = done
                world.posts.put(post)


def _finish(channel: Channel, post: Post) -> None:
    post.error = post.fails_with
    if channel.disconnected:
        post.error = DISCONNECTED
    elif any((urlsplit(asset["source"]).hostname or "").endswith(".invalid") for asset in post.assets):
        post.error = UNREACHABLE  # a host that cannot exist (RFC 6761) is how a caller provokes a failed post
    post.status = "error" if post.error else "sent"
