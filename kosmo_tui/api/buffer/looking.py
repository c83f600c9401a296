"""Looking for a post whose answer was lost: the posts made on its profile since then are read and compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from kosmo_tui.api.buffer import wire
from kosmo_tui.api.buffer.graph import Graph, posts_input
from kosmo_tui.api.buffer.matching import is_wanted
from kosmo_tui.api.buffer.models import Looked, Profile

CREATED_SLACK = timedelta(seconds=2)  # `Graph.now` follows the Date header, which has whole seconds
_WINDOW = timedelta(hours=1)  # within which a post is made after its order was sent, however slow the way
_NEWEST = 100  # posts to look through, the most of one page


async def look(
    graph: Graph, profile: Profile, wanted: Mapping[str, Any], since: datetime, exclude: Collection[str]
) -> Looked:
    """The one post on `profile` that a `CreatePostInput` sent at `since` (Buffer's clock) must have made.

    Posts made up to an hour later are looked through.  `exclude` are ids that are known to come of other orders.
    `found` is None when no such post is seen, or more than one: somebody else may have made an equal one.  One
    request; raises what it raises.
    """
    newest = posts_input(
        profile.organization_id,
        profile_ids=[profile.id],
        created_since=since - CREATED_SLACK,
        created_until=since + _WINDOW,
        sort="createdAt",
        newest_first=True,
    )
    data = await graph.ask("posts", {"input": newest, "first": _NEWEST}, wire.PostsData)
    seen = data.posts.models()
    found = [update for update in seen if update.id not in exclude and is_wanted(update, wanted)]
    return Looked(found=found[0] if len(found) == 1 else None, seen=seen, at=graph.now())
