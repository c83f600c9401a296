"""Publishes the numbered posts that have no row in the outbox yet; made to be killed at any moment and started again.

Run as `python -m tests.e2e.publishing_under_fire FOLDER` where FOLDER holds `about.json` (what `kosmo sandbox` prints)
and `posts.json` (the work).  Prints "working" when it begins and "done" when every post has its last word.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from kosmo_tui.api.buffer.client import BufferClient
from kosmo_tui.api.instagram.client import InstagramClient
from kosmo_tui.api.instagram.publishing import Clock
from kosmo_tui.api.retries import Retries
from kosmo_tui.api.secret import Secret
from kosmo_tui.compose.draft import Attachment, Draft, Target
from kosmo_tui.compose.when import When
from kosmo_tui.services.outbox import Outbox
from kosmo_tui.services.publish import Publisher
from kosmo_tui.services.storage import open_store

AT_ONCE = 8
PATIENCE = 0.7  # seconds for one answer: a request that hangs is no more interesting after thirty


@dataclass
class Accounts:
    """Clients of the sandbox with little patience; what the Publisher needs of a hub."""

    buffer: dict[str, BufferClient] = field(default_factory=dict)
    instagram: dict[str, InstagramClient] = field(default_factory=dict)


async def _given(token: str) -> Secret:
    return Secret(token)


@asynccontextmanager
async def clients(about: dict[str, Any]) -> AsyncIterator[Accounts]:
    """A client for every account of the sandbox that `about` describes."""
    retries = Retries(attempts=2, base=0.05)
    hub = Accounts()
    for name, token in about["buffer"]["tokens"].items():
        hub.buffer[name] = BufferClient.open(
            account=f"buffer.{name}",
            token=partial(_given, token),
            base_url=about["buffer"]["url"],
            retries=retries,
            timeout=PATIENCE,
        )
    for name, token in about["instagram"]["tokens"].items():
        hub.instagram[name] = InstagramClient.open(
            account=f"instagram.{name}",
            token=partial(_given, token),
            base_url=about["instagram"]["url"],
            login=about["instagram"]["login"][name],
            retries=retries,
            clock=Clock(sleep=lambda seconds: asyncio.sleep(min(seconds, 0.2))),
            write_timeout=PATIENCE,
        )
    try:
        yield hub
    finally:
        for client in (*hub.buffer.values(), *hub.instagram.values()):
            await client.aclose()


def draft_of(post: dict[str, Any]) -> Draft:
    """The post as a draft; its text names its number."""
    return Draft(text=post["text"], media=tuple(Attachment(url, "a picture") for url in post["media"]))


async def work(folder: Path) -> None:
    """Settle what the last one left, then publish what has no row yet, several at the same time."""
    about = json.loads((folder / "about.json").read_text())
    posts = json.loads((folder / "posts.json").read_text())
    store = open_store(folder / "state")
    async with clients(about) as hub:
        publisher = Publisher(hub, store, hold=0.0)
        outbox = Outbox(publisher)
        await outbox.settle_all()
        known = {row.summary for row in store.outbox.rows(limit=10_000)}
        waiting = [post for post in posts if post["text"] not in known]
        print("working", len(waiting), flush=True)
        gate = asyncio.Semaphore(AT_ONCE)

        async def publish(post: dict[str, Any]) -> None:
            async with gate:
                target = Target(**post["target"])
                when = When(post["mode"])
                await publisher.start(draft_of(post), [target], when).wait()

        await asyncio.gather(*map(publish, waiting))
        await outbox.aclose()
        await publisher.aclose()
    store.close()
    print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1])))
