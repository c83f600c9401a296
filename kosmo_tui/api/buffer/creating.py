"""One `createPost`, sent once; when no clear answer comes, the post is looked for instead of being sent again.

Buffer has no idempotency key.  Its own advice after a time-out is to look before trying again, so this is done at
once: the newest posts of the profile are read and compared.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from kosmo_tui.api.buffer import wire
from kosmo_tui.api.buffer.graph import Graph, posts_input
from kosmo_tui.api.buffer.judging import refusal
from kosmo_tui.api.buffer.models import Profile, Update
from kosmo_tui.api.buffer.posting import Order, describe
from kosmo_tui.api.errors import KosmoError, OutcomeUnknown, Refused

_CREATED_SLACK = timedelta(seconds=2)  # `Graph.now` follows the Date header, which has whole seconds
_DUE_SLACK = timedelta(minutes=1)  # Buffer rounds due times to their minute
_NEWEST = 20  # posts to look through; more than anybody makes on one profile while an answer is waited for


async def create(graph: Graph, order: Order, profile: Profile, accounted: set[str]) -> tuple[Update, list[str]]:
    """The post that came of `order` on `profile`, and notices.

    `accounted` are ids of posts that are known to come of other orders; the new one is added.  Raises OutcomeUnknown
    when nobody can say whether the post exists, and the other errors when it does not.
    """
    wanted, notices = order.input(profile)
    since = graph.now() - _CREATED_SLACK
    try:
        update = await _send(graph, wanted)
    except OutcomeUnknown as unclear:
        update = await _look(graph, order, profile, since, accounted, unclear)
        notices.append(f"{describe(profile)}: the answer was lost, but the post is there; it was found by looking")
    except Refused as no:
        if profile.disconnected:
            no.hint = "the profile is disconnected: reconnect it at publish.buffer.com/channels"
        raise
    accounted.add(update.id)
    return update, notices


async def _send(graph: Graph, wanted: dict[str, object]) -> Update:
    data = await graph.ask("createPost", {"input": wanted}, wire.CreateData, write=True)
    if data.create_post.post is None:
        raise refusal(data.create_post)
    return data.create_post.post.model()


async def _look(
    graph: Graph, order: Order, profile: Profile, since: datetime, accounted: set[str], unclear: OutcomeUnknown
) -> Update:
    """The post of `order` among the newest of `profile`.  Raises OutcomeUnknown that tells what was seen."""
    newest = posts_input(
        profile.organization_id, profile_ids=[profile.id], created_since=since, sort="createdAt", newest_first=True
    )
    try:
        data = await graph.ask("posts", {"input": newest, "first": _NEWEST}, wire.PostsData)
    except KosmoError as error:
        hint = f"looking for it failed too ({error.message}); look at the profile before you send it again"
        raise OutcomeUnknown(unclear.message, hint=hint, code=unclear.code) from None
    found = [update for update in data.posts.models() if update.id not in accounted and _is(update, order)]
    if len(found) == 1:
        return found[0]
    seen = f"at {graph.now():%H:%M:%S} UTC the profile showed"
    if found:  # somebody else made an equal one just now
        hint = f"{seen} {len(found)} such posts, one of them yours or none; look before you send it again"
    else:
        hint = f"{seen} no such post; it may still appear, so look once more before you send it again"
    raise OutcomeUnknown(unclear.message, hint=hint, code=unclear.code)


def _is(update: Update, order: Order) -> bool:
    """Whether `update` came of `order`: the same words, as many attachments, the same time if one was asked for."""
    if _plain(update.text.raw) != _plain(order.text):
        return False
    if len([media for media in update.media if media.type != "link"]) != len(order.attachments.assets):
        return False
    if order.due_at is None or order.draft:
        return True
    return update.due_at is not None and abs(update.due_at - order.due_at) < _DUE_SLACK


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
