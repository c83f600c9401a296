"""Running kosmos on one sandbox and one folder: they can be killed at a chosen point, and started again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from kosmo_tui.api.buffer.client import BufferClient
from kosmo_tui.api.http import in_process
from kosmo_tui.api.instagram.client import InstagramClient
from kosmo_tui.api.instagram.publishing import Clock
from kosmo_tui.api.retries import Retries
from kosmo_tui.api.secret import Secret
from kosmo_tui.compose.draft import Attachment, Draft, Target
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.services.outbox import Outbox
from kosmo_tui.services.publish import Publisher
from kosmo_tui.services.targets import instagram_target, profile_targets
from kosmo_tui.store.database import Store

PHOTO = Attachment("https://media.northwind.example/a.jpg", "A bag of coffee")
INSTAGRAM = instagram_target("instagram.brand_account", "brand")


class Killed(BaseException):
    """The end of a kosmo in the middle of its work; no handler of errors sees it as one."""


async def _given(token: str) -> Secret:
    return Secret(token)


async def _no_nap(_: float) -> None:
    pass


class Accounts:
    """Clients of a sandbox in this process that do not sleep."""

    def __init__(self, sandbox: Sandbox) -> None:
        about = sandbox.describe("http://sandbox.localhost")
        common: dict[str, Any] = {
            "transport": in_process(sandbox.app),
            "base_url": about["url"],
            "retries": Retries(attempts=2, sleep=_no_nap),
        }
        self.buffer: dict[str, Any] = {
            name: BufferClient.open(account=f"buffer.{name}", token=partial(_given, token), **common)
            for name, token in about["buffer"]["tokens"].items()
        }
        now: Callable[[], datetime] = sandbox.clock.now
        self.instagram: dict[str, Any] = {
            name: InstagramClient.open(
                account=f"instagram.{name}",
                token=partial(_given, token),
                login=about["instagram"]["login"][name],
                clock=Clock(sleep=partial(_sleep, sandbox), monotonic=lambda: now().timestamp(), now=now),
                **common,
            )
            for name, token in about["instagram"]["tokens"].items()
        }

    async def aclose(self) -> None:
        for client in (*self.buffer.values(), *self.instagram.values()):
            await client.aclose()


async def _sleep(sandbox: Sandbox, seconds: float) -> None:
    sandbox.clock.advance(seconds)


class Kosmo:
    """One running kosmo: its clients, its connection to the store, what it publishes and settles."""

    def __init__(
        self, sandbox: Sandbox, folder: Path, *, hold: float = 0.0, now: Callable[[], datetime] | None = None
    ) -> None:
        self.sandbox = sandbox
        self.accounts = Accounts(sandbox)
        self.store = Store.open(folder, sandbox.clock.now)
        self.publisher = Publisher(self.accounts, self.store, hold=hold, now=now or sandbox.clock.now)
        self.outbox = Outbox(self.publisher)

    async def profile(self, network: str = "mastodon") -> Target:
        found = profile_targets("buffer.agency", await self.accounts.buffer["agency"].list_profiles())
        return next(target for target in found if target.network == network)

    def dies(self, owner: object, method: str, *, after: bool) -> None:
        """Let this kosmo be killed before or after a call: nothing it does later reaches the store."""
        real = getattr(owner, method)

        def end() -> None:
            self.kill()
            raise Killed

        async def slow(*args: Any, **options: Any) -> Any:
            if after:
                await real(*args, **options)
            end()

        def quick(*args: Any, **options: Any) -> Any:
            if after:
                real(*args, **options)
            end()

        setattr(owner, method, quick if owner is self.store.outbox else slow)

    def kill(self) -> None:
        """End it without a word; its lock goes, and so does its way to the disk."""
        self.store.close()

    async def close(self) -> None:
        """End it as it ends by itself."""
        await self.outbox.aclose()
        await self.publisher.aclose(grace=5)
        await self.accounts.aclose()
        self.store.close()


def draft(text: str, target: Target) -> Draft:
    """A post that every network takes."""
    return Draft(text=text, media=(PHOTO,) if target.service == "instagram" else ())


def live(sandbox: Sandbox, text: str) -> int:
    """How many posts with this text there really are."""
    posts = [post for post in sandbox.buffer.posts_now() if post["text"] == text]
    media = [one for one in sandbox.instagram.media_now() if one["caption"] == text]
    return len(posts) + len(media)


ALLOWED = {"confirmed": {1}, "refused": {0}, "unknown": {0, 1}, "queued": {0}}


def faithful(kosmo: Kosmo) -> None:
    """What the outbox says of every write is so: nothing doubled, nothing that is called refused is live."""
    for row in kosmo.store.outbox.rows():
        count = live(kosmo.sandbox, row.summary)
        assert count in ALLOWED[row.state], (row.summary, row.state, row.note, row.hint, count)
        assert row.state != "queued" or not row.owner, "nobody is left to send it"


async def decide(kosmo: Kosmo) -> None:
    """Be the person who looks and decides about everything that is open; afterwards nothing is."""
    for row in kosmo.store.outbox.rows(states={"unknown", "queued"}):
        if live(kosmo.sandbox, row.summary):
            await kosmo.outbox.mark_sent(row.id)
        else:
            publication = await kosmo.outbox.send_again(row.id)
            await publication.wait()
    assert kosmo.store.outbox.open_count() == 0
    faithful(kosmo)
