"""`kosmo call … --dry-run`: what would be sent and whether the service would take it; nothing is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from kosmo_tui.commands import output, reviewed
from kosmo_tui.commands.stored import opened_store

if TYPE_CHECKING:
    from kosmo_tui.accounts.hub import Hub
    from kosmo_tui.api.functions import Function
    from kosmo_tui.services.rehearsal import Rehearsal


def run(
    hub: AbstractAsyncContextManager[Hub],
    function: Function,
    arguments: Mapping[str, Any],
    account: str,
    form: output.Format,
    *,
    demo: bool = False,
) -> int:
    """Print what the call would do; 2 when the service would refuse it, else 0.

    A function that reads is not called at all.  But for the demo, the hosts of attachments are asked what they hold.
    Raises BadParameter and StorageError as the call itself would, and what its reads raise.
    """
    from kosmo_tui.accounts import network_rules
    from kosmo_tui.api import functions

    network_rules.load()
    checked = functions.check(function, arguments)
    name, found = asyncio.run(_look(hub, function, checked, account, form, demo))
    data: dict[str, Any] = {"dry_run": True, "sent": False, "function": function.full_name, "account": name}
    if found is None:
        text = f"{function.full_name} would ask as {name}. Nothing was sent."
        output.show({**data, "parameters": checked}, form, text)
        return 0
    refused = found.review.blocked
    data |= {
        "refused": refused,
        "requests": found.review.requests,
        "notices": list(found.notices),
        "findings": reviewed.general_data(found.review, ""),
        "targets": [_target(item, found) for item in found.review.items],
    }
    output.show(data, form, _text(name, found))
    return 2 if refused else 0


async def _look(
    hub: AbstractAsyncContextManager[Hub],
    function: Function,
    checked: Mapping[str, Any],
    account: str,
    form: output.Format,
    demo: bool,
) -> tuple[str, Rehearsal | None]:
    """The account that is meant, and what a function that writes would do."""
    async with hub as opened:
        name = opened.config.find(account, function.service).id
        if not function.writes:
            return name, None
        from kosmo_tui.services import rehearsal

        with opened_store(demo) as store:
            if store.notice:
                output.notice(store.notice, form)
            store.outbox.adopt()  # what a killed kosmo was sending is unknown, to the call as well
            unknown = store.outbox.rows(states={"unknown"}, account=name)
        look: Any = rehearsal.of_update if function.service == "buffer" else rehearsal.of_media
        found: Rehearsal = await look(opened.client(name), name, checked, heads=not demo, unknown=unknown)
        return name, found


def _target(item: Any, found: Rehearsal) -> dict[str, Any]:
    target = item.target
    return {
        **reviewed.item_data(item),
        "profile_id": target.profile_id,
        "handle": target.label,
        "zone": target.zone,
        "text": item.post.text,
        "media": [{"url": one.url, "kind": one.kind, "alt": one.alt} for one in item.post.media],
        "requests": item.requests,
        "request": found.requests.get(target.key),
    }


def _text(account: str, found: Rehearsal) -> str:
    from kosmo_tui.compose.networks import network

    items = found.review.items
    post = items[0].post
    titles = [f"{network(item.target.network).name} {item.target.label}"[:40] for item in items]
    cost = found.review.requests
    lines = [f"As {account}, {cost} request{'' if cost == 1 else 's'} at least. Nothing was sent.", ""]
    lines += [f"  {line}" for line in post.text.splitlines()]
    lines += [f"  {one.kind}: {one.url}" + (f" ({one.alt})" if one.alt else "") for one in post.media]
    lines += ["", reviewed.as_text(found.review, post.text, found.now, titles=titles, times=True)]
    return "\n".join([*lines, *(f"note: {notice}" for notice in found.notices)])
