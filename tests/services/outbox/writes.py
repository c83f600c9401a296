"""Posts that are sent, lost on the way, and told about."""

from __future__ import annotations

import asyncio
from typing import Any

from kosmo_tui.compose.draft import Target
from kosmo_tui.compose.when import When
from kosmo_tui.services.publication import Publication
from kosmo_tui.store.records import OutboxRow
from tests.services.kosmos import Kosmo, draft

NOW = When("now")
QUEUE = When("queue")
LOST = {"match": "createPost", "fault": "drop_after_commit"}
BLIND = {"match": "posts", "fault": "status", "code": 500, "times": 50}


async def send(kosmo: Kosmo, text: str, target: Target, *faults: dict[str, Any], when: When = QUEUE) -> Publication:
    kosmo.sandbox.faults.load(list(faults))
    publication = kosmo.publisher.start(draft(text, target), [target], when)
    await publication.wait()
    kosmo.sandbox.faults.clear()
    return publication


async def unknown(kosmo: Kosmo, text: str = "lost") -> tuple[Publication, OutboxRow]:
    """A post of which nobody knows whether it is there."""
    publication = await send(kosmo, text, await kosmo.profile(), LOST, BLIND)
    assert publication.rows[0].state == "unknown"
    return publication, kosmo.outbox.get(publication.rows[0].id or 0)


def gone(kosmo: Kosmo) -> None:
    """Nothing was made after all."""
    kosmo.sandbox.reset()


async def told(kosmo: Kosmo) -> None:
    """Wait until the outbox tells of a change."""
    heard = asyncio.Event()
    stop = kosmo.outbox.subscribe(heard.set)
    await asyncio.wait_for(heard.wait(), 10)
    stop()
