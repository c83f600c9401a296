"""One `createPost`, sent once; when no clear answer comes, the post is looked for instead of being sent again.

Buffer has no idempotency key.  Its own advice after a time-out is to look before trying again, so this is done at
once: the newest posts of the profile are read and compared.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias

from kosmo_tui.api.buffer import wire
from kosmo_tui.api.buffer.graph import Graph
from kosmo_tui.api.buffer.judging import may_lie, refusal
from kosmo_tui.api.buffer.looking import look
from kosmo_tui.api.buffer.matching import is_wanted
from kosmo_tui.api.buffer.models import CreateFailure, CreateResult, Looked, Profile, Update
from kosmo_tui.api.buffer.posting import Order, describe
from kosmo_tui.api.errors import ApiError, KosmoError, OutcomeUnknown, Refused
from kosmo_tui.api.safe_text import SafeText

Progress: TypeAlias = Callable[[str, Update | CreateFailure], None]
_WRITES_AT_ONCE = 3


class Making:
    """Makes posts on the profiles of one account, at most one at a time on each.

    `made` are the ids of all posts that came of it.  With one order after the other on a profile, equal ones cannot
    claim each other's post when an answer is lost.
    """

    def __init__(self, graph: Graph) -> None:
        self.made: set[str] = set()
        self._graph = graph
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # by profile

    async def create(
        self,
        order: Order,
        profiles: Mapping[str, Profile | KosmoError],
        accounted: Collection[str],
        on_progress: Progress | None,
    ) -> CreateResult:
        """Carry out `order` on every profile (an error stands for one that cannot be had), each with its outcome."""
        gate, notices = asyncio.Semaphore(_WRITES_AT_ONCE), list[str]()

        async def settle(profile_id: str, profile: Profile | KosmoError) -> Update | CreateFailure:
            outcome: Update | CreateFailure
            async with self._turns[profile_id], gate:
                try:
                    if isinstance(profile, KosmoError):
                        raise profile
                    outcome, told = await _create(self._graph, order, profile, self.made.union(accounted))
                    self.made.add(outcome.id)
                    notices.extend(told)
                except KosmoError as error:
                    outcome = CreateFailure(
                        profile_id=profile_id,
                        kind=error.kind,
                        message=SafeText(error.message),
                        hint=SafeText(error.hint),
                    )
            if on_progress is not None:
                on_progress(profile_id, outcome)
            return outcome

        # With return_exceptions a bug in one of them, or in on_progress, leaves no other without its answer.
        settled = await asyncio.gather(*(settle(*item) for item in profiles.items()), return_exceptions=True)
        for outcome in settled:
            if isinstance(outcome, BaseException):
                raise outcome
        failures = tuple(outcome for outcome in settled if isinstance(outcome, CreateFailure))
        updates = tuple(outcome for outcome in settled if isinstance(outcome, Update))
        return CreateResult(success=not failures, updates=updates, failures=failures, notices=tuple(notices))


async def _create(graph: Graph, order: Order, profile: Profile, accounted: Collection[str]) -> tuple[Update, list[str]]:
    """The post that came of `order` on `profile`, and notices.

    `accounted` are ids of posts that are known to come of other orders.  Raises OutcomeUnknown when nobody can say
    whether the post exists, and the other errors when it does not.  One request; one more, to look, after an unclear
    answer and after a refusal of a kind that can hide a post that was made (`judging.may_lie`).
    """
    wanted, notices = order.input(profile)
    since = graph.now()
    try:
        return await _send(graph, wanted), notices
    except (OutcomeUnknown, Refused) as error:
        if isinstance(error, Refused) and profile.disconnected:
            error.hint = "the profile is disconnected: reconnect it at publish.buffer.com/channels"
        if not may_lie(error):
            raise
        no: ApiError = error
    try:
        looked = await look(graph, profile, wanted, since, accounted)
    except KosmoError as error:
        hint = f"looking for it failed too ({error.message}); look at the profile before you send it again"
        raise OutcomeUnknown(no.message, hint=hint, code=no.code) from None
    if looked.found is not None:
        what = "the answer was lost" if isinstance(no, OutcomeUnknown) and not no.code else "Buffer told of a failure"
        notices.append(f"{describe(profile)}: {what}, but the post is there; it was found by looking")
        return looked.found, notices
    alike = [one for one in looked.seen if one.id not in accounted and is_wanted(one, wanted)]
    if isinstance(no, Refused) and not alike:
        raise no
    raise OutcomeUnknown(no.message, hint=_evidence(looked, len(alike)), code=no.code)


async def _send(graph: Graph, wanted: dict[str, Any]) -> Update:
    data = await graph.ask("createPost", {"input": wanted}, wire.CreateData, write=True)
    if data.create_post.post is None:
        raise refusal(data.create_post)
    return data.create_post.post.model()


def _evidence(looked: Looked, alike: int) -> str:
    seen = f"at {looked.at:%H:%M:%S} UTC the profile showed"
    if alike:  # somebody else made an equal one just now
        return f"{seen} {alike} such posts, one of them yours or none; look before you send it again"
    return f"{seen} no such post; it may still appear, so look once more before you send it again"
