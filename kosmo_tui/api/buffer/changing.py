"""`editPost`, `deletePost` and `movePostInQueue`: sent once, and settled by reading when the answer is unclear.

A clear refusal is believed.  After a lost answer, and after a failure that Buffer told of (its deletePost and
movePostInQueue have no other way to say no), the post is read: what was asked for is done when the post shows it.
When it does not, a failure that was told is a refusal, and a lost answer stays open: it may still be carried out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from kosmo_tui.api.buffer import editing, wire
from kosmo_tui.api.buffer.graph import Graph, posts_input
from kosmo_tui.api.buffer.judging import may_lie, refusal, was_answered
from kosmo_tui.api.buffer.looking import CREATED_SLACK
from kosmo_tui.api.buffer.matching import is_wanted
from kosmo_tui.api.buffer.models import LookedChange, Profile, Update
from kosmo_tui.api.errors import KosmoError, NotFound, OutcomeUnknown, Refused

T = TypeVar("T")
Position = Literal["top", "bottom"]
_BEFORE = datetime.min.replace(tzinfo=UTC)  # a time that was to come when it was asked for is not judged again
_QUEUE = 100  # posts of the queue to compare the place with, the most of one page


async def edit(graph: Graph, wanted: dict[str, Any]) -> Update:
    """The post after an `EditPostInput`.  One request; one more, to read it, after an unclear answer."""
    since = graph.now()

    async def send() -> Update:
        data = await graph.ask("editPost", {"input": wanted}, wire.EditData, write=True)
        return _post(data.edit_post)

    async def look() -> Update | None:
        update = await read(graph, wanted["id"])
        return update if has_edit(update, wanted, since) else None

    return await _settled(graph, send, look, "the post was as before")


async def delete(graph: Graph, update_id: str) -> None:
    """Delete a post.  One request; one more, to read it, after an unclear answer: a post that is gone is deleted."""

    async def send() -> bool:
        data = await graph.ask("deletePost", {"input": {"id": update_id}}, wire.DeleteData, write=True)
        if data.delete_post.typename == "DeletePostSuccess":
            return True
        raise refusal(data.delete_post, "update")

    async def look() -> bool | None:
        try:
            await read(graph, update_id)
        except NotFound:
            return True
        return None

    await _settled(graph, send, look, "the post was still there")


async def move(
    graph: Graph, update_id: str, position: Position, profile_of: Callable[[str], Awaitable[Profile]]
) -> Update:
    """The post after it was put first or last in its queue.

    One request; two more, to read the post and the queue of its profile, after an unclear answer.
    """

    async def send() -> Update:
        given = {"id": update_id, "position": position}
        data = await graph.ask("movePostInQueue", {"input": given}, wire.MoveData, write=True)
        return _post(data.move_post_in_queue)

    async def look() -> Update | None:
        update = await read(graph, update_id)
        return update if await is_placed(graph, update, position, profile_of) else None

    return await _settled(graph, send, look, "the post was in another place")


# How a change is known again, at once and by a later kosmo.


def is_touched(update: Update, since: datetime) -> bool:
    """Whether anybody has changed `update` since a moment by Buffer's clock, as far as it tells."""
    return update.updated_at is None or update.updated_at >= since - CREATED_SLACK


def has_edit(update: Update, wanted: Mapping[str, Any], since: datetime) -> bool:
    """Whether `update` is what an `EditPostInput` that was sent at `since` asked for."""
    mode = wanted.get("mode")
    filed = mode is None or "saveToDraft" in wanted or update.share_mode in ("", mode)
    return is_touched(update, since) and filed and is_wanted(update, wanted)


async def is_placed(
    graph: Graph, update: Update, position: Position, profile_of: Callable[[str], Awaitable[Profile]]
) -> bool:
    """Whether no other post that waits in the queue goes out before (or after) `update`; posts with times of their own
    do not count.  One request, for the queue."""
    if update.status != "scheduled" or update.custom_scheduled or update.due_at is None:
        return False
    profile = await profile_of(update.profile_id)
    queue = posts_input(
        profile.organization_id,
        statuses=["scheduled"],
        profile_ids=[profile.id],
        newest_first=position == "bottom",
    )
    data = await graph.ask("posts", {"input": queue, "first": _QUEUE}, wire.PostsData)
    waiting = [one for one in data.posts.models() if one.due_at is not None and not one.custom_scheduled]
    return bool(waiting) and waiting[0].id == update.id


async def look_for(
    graph: Graph,
    kind: Literal["edit", "delete", "move"],
    arguments: Mapping[str, Any],
    since: datetime,
    before: Update | None,
    profile_of: Callable[[str], Awaitable[Profile]],
) -> LookedChange:
    """What became of an `edit_update`, `delete_update` or `move_update` with `arguments`, sent at `since`.

    `before` is the post that was changed, as it was then; without it the post as it is now stands for what was to stay.
    """
    try:
        update = await read(graph, arguments["update_id"])
    except NotFound:
        return LookedChange(update=None, done=kind == "delete", touched=True, at=graph.now())
    done = False
    if kind == "edit":
        asked = {name: value for name, value in arguments.items() if name != "update_id"}
        wanted = editing.change(moment=_BEFORE, **asked).input(before or update, await profile_of(update.profile_id))
        done = has_edit(update, wanted, since)
    elif kind == "move":
        done = await is_placed(graph, update, arguments["position"], profile_of)
    return LookedChange(update=update, done=done, touched=is_touched(update, since), at=graph.now())


async def read(graph: Graph, update_id: str) -> Update:
    """One post, as it is now.  Raises NotFound."""
    return (await graph.ask("post", {"input": {"id": update_id}}, wire.PostData)).post.model()


async def _settled(
    graph: Graph, send: Callable[[], Awaitable[T]], look: Callable[[], Awaitable[T | None]], otherwise: str
) -> T:
    """What `send` answers; when that is unclear, what `look` finds, None meaning: not done, but `otherwise`."""
    try:
        return await send()
    except (OutcomeUnknown, Refused) as error:
        if not may_lie(error):
            raise
        no = error
    try:
        found = await look()
    except KosmoError as error:
        hint = f"looking at the post failed too ({error.message}); look at it before you try again"
        raise OutcomeUnknown(no.message, hint=hint, code=no.code) from None
    if found is not None:
        return found
    seen = f"at {graph.now():%H:%M:%S} UTC {otherwise}"
    if was_answered(no):
        raise Refused(no.message, hint=f"{seen}: nothing was done", code=no.code)
    raise OutcomeUnknown(no.message, hint=f"{seen}; it may still be done, so look once more", code=no.code)


def _post(payload: wire.Payload) -> Update:
    if payload.post is None:
        raise refusal(payload, "update")
    return payload.post.model()
