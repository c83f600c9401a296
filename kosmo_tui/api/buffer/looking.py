"""Looking for posts whose answers were lost: what was made on their profiles since then is read and compared.

One reading serves all posts of an organization that were sent at about the same time: requests are scarce.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from kosmo_tui.api.buffer import posting, wire
from kosmo_tui.api.buffer.graph import Graph, posts_input
from kosmo_tui.api.buffer.matching import is_wanted
from kosmo_tui.api.buffer.models import Looked, Profile, Update
from kosmo_tui.api.errors import KosmoError

CREATED_SLACK = timedelta(seconds=2)  # `Graph.now` follows the Date header, which has whole seconds
_WINDOW = timedelta(hours=1)  # within which a post is made after its order was sent, however slow the way
_APART = timedelta(days=1)  # of two moments: what lies between them is read with them only when it cannot be much
_PAGE, _PAGES = 100, 5  # posts of one page, the most there can be, and pages of one reading
_BEFORE = datetime.min.replace(tzinfo=UTC)
_ASKED = ("now", "next", "scheduled_at", "save_to_draft", "media", "metadata", "tag_ids", "scheduling_type")


class Sought(msgspec.Struct, frozen=True):
    """What a `create_update` with `arguments` (its keyword arguments) may have made on a profile.

    It was sent at `since`, and where that is another time, for the last time at `until`, both by Buffer's clock.
    """

    profile_id: str
    arguments: Mapping[str, Any]
    since: datetime
    until: datetime | None = None


class _Wanted(msgspec.Struct, frozen=True):
    """A `CreatePostInput` that was sent to `profile`, and when its post was made if it was."""

    profile: Profile
    input: Mapping[str, Any]
    first: datetime
    last: datetime

    def may_be(self, update: Update) -> bool:
        """Whether `update` was made on the profile at the time in question."""
        made = update.created_at
        return update.profile_id == self.profile.id and (made is None or self.first <= made <= self.last)


async def look(
    graph: Graph, profile: Profile, wanted: Mapping[str, Any], since: datetime, exclude: Collection[str]
) -> Looked:
    """The one post on `profile` that a `CreatePostInput` sent at `since` (Buffer's clock) must have made.

    Posts made up to an hour later are looked through.  `exclude` are ids that are known to come of other orders.
    `found` is None when no such post is seen, or more than one: somebody else may have made an equal one.  One
    request for a hundred posts; raises what it raises.
    """
    one = _Wanted(profile, wanted, since - CREATED_SLACK, since + _WINDOW)
    posts, _ = await _made(graph, [one])
    return _looked(graph, one, posts, exclude)


async def look_for_all(
    graph: Graph, sought: Sequence[Sought], profiles: Mapping[str, Profile | KosmoError], exclude: Collection[str]
) -> list[Looked | KosmoError]:
    """As `look`, for each of `sought`, in their order; an error where it cannot be looked for.

    `profiles` are those of `sought`, by their ids.  One request for each organization, and for the posts of each day
    and each hundred of them.  What was found for one is not found for another.
    """
    wanted = {number: _wanted(one, profiles[one.profile_id]) for number, one in enumerate(sought)}
    found: dict[int, Looked | KosmoError] = {
        number: one for number, one in wanted.items() if isinstance(one, KosmoError)
    }
    taken = set(exclude)
    groups = _groups((number, one) for number, one in wanted.items() if isinstance(one, _Wanted))
    for group in groups:
        try:
            posts, whole = await _made(graph, [one for _, one in group])
        except KosmoError as error:
            found |= dict.fromkeys((number for number, _ in group), error)
            continue
        if not whole and len(group) > 1:
            groups += [[one] for one in group]  # too much lies between them
            continue
        for number, one in group:
            looked = found[number] = _looked(graph, one, posts, taken)
            taken.update([looked.found.id] if looked.found is not None else [])
    return [found[number] for number in range(len(sought))]


def _wanted(sought: Sought, profile: Profile | KosmoError) -> _Wanted | KosmoError:
    if isinstance(profile, KosmoError):
        return profile
    given = {name: sought.arguments[name] for name in _ASKED if sought.arguments.get(name) is not None}
    try:
        order = posting.order(sought.arguments.get("text") or "", moment=_BEFORE, **given)
        wanted = order.input(profile)[0]
    except KosmoError as error:
        return error
    return _Wanted(profile, wanted, sought.since - CREATED_SLACK, (sought.until or sought.since) + _WINDOW)


def _groups(wanted: Iterable[tuple[int, _Wanted]]) -> list[list[tuple[int, _Wanted]]]:
    """Those that one reading serves."""
    groups: list[list[tuple[int, _Wanted]]] = []
    for item in sorted(wanted, key=lambda item: (item[1].profile.organization_id, item[1].first)):
        before = [one for _, one in groups[-1]] if groups else []
        near = before and item[1].first - max(one.last for one in before) <= _APART
        if near and before[0].profile.organization_id == item[1].profile.organization_id:
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


async def _made(graph: Graph, group: Sequence[_Wanted]) -> tuple[list[Update], bool]:
    """What was made on the profiles of an organization in the time in question, newest first; whether it is all."""
    newest = posts_input(
        group[0].profile.organization_id,
        profile_ids=list(dict.fromkeys(one.profile.id for one in group)),
        created_since=min(one.first for one in group),
        created_until=max(one.last for one in group),
        sort="createdAt",
        newest_first=True,
    )
    posts: list[Update] = []
    cursor: str | None = None
    for _ in range(_PAGES):
        data = await graph.ask("posts", {"input": newest, "first": _PAGE, "after": cursor}, wire.PostsData)
        posts += data.posts.models()
        before, cursor = cursor, data.posts.page_info.end_cursor
        if not data.posts.page_info.has_next_page or cursor is None or cursor == before:
            return posts, True
    return posts, False


def _looked(graph: Graph, wanted: _Wanted, posts: Iterable[Update], exclude: Collection[str]) -> Looked:
    seen = tuple(filter(wanted.may_be, posts))
    alike = [update for update in seen if update.id not in exclude and is_wanted(update, wanted.input)]
    return Looked(found=alike[0] if len(alike) == 1 else None, seen=seen, at=graph.now())
