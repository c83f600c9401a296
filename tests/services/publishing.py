"""A publisher with stand-ins for the clients: for what happens around a call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from kosmo_tui.api.buffer.models import CreateResult, Update
from kosmo_tui.api.instagram.models import Published
from kosmo_tui.compose.draft import Attachment, Draft, Target
from kosmo_tui.services.publish import Publication, Publisher
from kosmo_tui.services.targets import instagram_target
from kosmo_tui.store.database import Store

DUE = datetime(2036, 11, 27, 17, 30, tzinfo=UTC)
MOMENT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PHOTO = Attachment("https://northwind.example/a.jpg", "A bag")
DRAFT = Draft(text="The new roast", media=(PHOTO,))


def profile(number: int, account: str = "buffer.agency") -> Target:
    return Target(
        key=f"{account}/p{number}",
        account=account,
        service="buffer",
        network="twitter",
        label=f"@{number}",
        profile_id=f"p{number}",
    )


INSTAGRAM = instagram_target("instagram.brand", "brand")


def update(profile_id: str, **changes: Any) -> Update:
    plain: dict[str, Any] = {"id": f"u-{profile_id}", "profile_id": profile_id, "profile_service": "twitter"}
    return Update(**{**plain, "status": "scheduled", "scheduled_at": DUE, **changes})


Answer = Callable[..., Awaitable[CreateResult]]


class Buffer:
    """A client that answers as it is told to, and counts; `broken` is what reading before a write raises."""

    def __init__(self, answer: Answer, broken: Callable[[Sequence[str]], Exception | None] = lambda _: None) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.prepared: list[list[str]] = []
        self._answer = answer
        self._broken = broken

    def now(self) -> datetime:
        return MOMENT

    async def prepare(self, profile_ids: Sequence[str]) -> None:
        self.prepared.append(list(profile_ids))
        if (error := self._broken(profile_ids)) is not None:
            raise error

    async def create_update(self, text: str, profile_ids: Sequence[str], **options: Any) -> CreateResult:
        (profile_id,) = profile_ids
        self.calls.append((profile_id, {"text": text, **options}))
        return await self._answer(profile_ids, **options)


class Instagram:
    def __init__(self, answer: Callable[..., Awaitable[Published]]) -> None:
        self.calls: list[tuple[Any, dict[str, Any]]] = []
        self._answer = answer

    def now(self) -> datetime:
        return MOMENT

    async def create_media(self, image_url: Sequence[str], **options: Any) -> Published:
        self.calls.append((image_url, options))
        return await self._answer(**options)


class Hub:
    def __init__(self, buffer: dict[str, Any] | None = None, instagram: dict[str, Any] | None = None) -> None:
        self.buffer: dict[str, Any] = buffer or {}
        self.instagram: dict[str, Any] = instagram or {}


def publisher_of(hub: Hub, store: Store | None = None, **options: Any) -> Publisher:
    return Publisher(hub, store or Store.in_memory(), **{"hold": 0, "volatile": True, **options})


async def all_well(ids: Sequence[str], **_: Any) -> CreateResult:
    return CreateResult(success=True, updates=tuple(update(one, service_link=f"https://x/{one}") for one in ids))


def states(publication: Publication) -> dict[str, str]:
    return {row.target.key.rpartition("/")[2]: row.state for row in publication.rows}


def stored(publisher: Publisher) -> dict[str, str]:
    return {row.target.rpartition("/")[2]: row.state for row in publisher.store.outbox.rows()}
