"""The two writing functions of the reference, through the journal: their parameters → orders, their outcomes → the
shapes of the reference."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from kosmo_tui.api import functions
from kosmo_tui.api.buffer import posting
from kosmo_tui.api.errors import Forbidden, KosmoError, NotFound, OutcomeUnknown, Refused
from kosmo_tui.api.functions import Function
from kosmo_tui.api.instagram.post import post_of
from kosmo_tui.services.calls import Accounts, buffer_of
from kosmo_tui.services.orders import Order, summary
from kosmo_tui.services.outcomes import Outcome
from kosmo_tui.services.publication import Publication
from kosmo_tui.services.publish import Publisher
from kosmo_tui.store.database import Store


async def write(
    hub: Accounts,
    store: Store,
    account: str,
    function: Function,
    arguments: Mapping[str, Any],
    begun: Callable[[Publication], None],
) -> Any:
    """Call `create_update` or `create_media` as `account` ("buffer.agency"); the result as plain JSON values.

    `begun` hears of the publication: when all of it is broken off, its rows tell what became of every target, and what
    was not sent is in the outbox no more.

    Raises BadParameter before anything is written or sent, StorageError when the journal cannot be written (nothing is
    sent then), and what keeps the whole of it from being sent.  What some profiles did not take is in the result.
    """
    given = functions.check(function, arguments)
    if function.service == "instagram":
        orders = [order_of_media(account, given)]
    else:
        orders = orders_of_update(account, given, buffer_of(hub, account).now())
    publisher = Publisher(hub, store)
    publication = publisher.write(orders, hold=False)
    begun(publication)
    try:
        await publication.wait()
    finally:  # also when a signal ends it: rows without an answer are unknown then
        await publisher.aclose(grace=0)
        await publisher.withdraw_unsent(publication)
    outcomes = [publication.outcomes[order.target] for order in orders]
    if function.service == "instagram":
        return _published(outcomes[0])
    return _result(orders, outcomes, publication.notices)


def orders_of_update(account: str, given: Mapping[str, Any], moment: datetime) -> list[Order]:
    """`create_update` with `given` (checked, by their Python names): one order per profile, judged offline as the
    client would.

    Raises BadParameter.
    """
    content = {name: given[name] for name in ("now", "scheduled_at", "media") if name in given}
    ids = posting.checked_ids(given["profile_ids"])
    due = posting.order(given["text"], moment=moment, **content).due_at
    common = {name: value for name, value in given.items() if name != "profile_ids"}
    return [
        Order(
            account=account,
            kind="create",
            target=f"{account}/{id}",
            profile_id=id,
            label=id,
            arguments={**common, "profile_ids": [id]},
            summary=summary(given["text"]),
            at=due,
        )
        for id in ids
    ]


def order_of_media(account: str, given: Mapping[str, Any]) -> Order:
    """`create_media` with `given` (checked, by their Python names).  Raises BadParameter."""
    post_of(given)
    return Order(
        account=account,
        kind="publish",
        target=account,
        network="instagram",
        label=account.partition(".")[2],
        arguments=dict(given),
        summary=summary(given.get("caption") or "") or "(without a caption)",
    )


def _published(outcome: Outcome) -> Any:
    if outcome.state == "confirmed":
        return json.loads(outcome.answer)
    if outcome.error is not None:
        raise outcome.error
    kind = OutcomeUnknown if outcome.state == "unknown" else Refused
    raise kind(outcome.note, hint=outcome.hint)


def _result(orders: Sequence[Order], outcomes: Sequence[Outcome], notices: Sequence[str]) -> dict[str, Any]:
    _raise_common(outcomes)
    made = [outcome for outcome in outcomes if outcome.remote_id]
    failures = [
        {
            "profile_id": order.profile_id,
            "kind": OutcomeUnknown.kind if outcome.state == "unknown" else outcome.kind or Refused.kind,
            "message": outcome.note,
            "hint": outcome.hint,
        }
        for order, outcome in zip(orders, outcomes, strict=True)
        if not outcome.remote_id
    ]
    return {
        "success": not failures,
        "updates": [json.loads(outcome.answer) for outcome in made],
        "failures": failures,
        "notices": list(notices),
    }


def _raise_common(outcomes: Sequence[Outcome]) -> None:
    """Raise what kept every profile from being asked; what is wrong with a profile of its own belongs to the result."""
    errors: set[KosmoError | None] = {outcome.error for outcome in outcomes}
    (error, *others) = errors
    if error is not None and not others and not isinstance(error, NotFound | Forbidden):
        raise error
