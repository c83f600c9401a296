"""One write → one call of a client, and what its answer means.

Nothing here calls twice, whatever comes back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

from kosmo_tui.api.buffer.models import CreateResult, Looked, LookedChange, Profile, Update
from kosmo_tui.api.errors import ApiError, ConfigError, KosmoError
from kosmo_tui.api.instagram.models import LookedMedia, Published
from kosmo_tui.services.editing import losses
from kosmo_tui.services.orders import Order
from kosmo_tui.services.outcomes import LOOK_FIRST, Outcome, of_changed, of_failure, of_published, of_update

Progress = Callable[[str], None]
Client = TypeVar("Client")
Refer = Callable[[str], Awaitable[None]]


class BufferWriter(Protocol):
    """What is needed of a Buffer client."""

    def now(self) -> datetime: ...
    async def prepare(self, profile_ids: Sequence[str]) -> None: ...
    def known_profile(self, profile_id: str) -> Profile | None: ...
    async def create_update(self, *args: Any, **options: Any) -> CreateResult: ...
    async def edit_update(self, *args: Any, **options: Any) -> Update: ...
    async def delete_update(self, *args: Any, **options: Any) -> None: ...
    async def move_update(self, *args: Any, **options: Any) -> Update: ...
    async def get_update(self, update_id: str) -> Update: ...
    async def look_for(self, *args: Any, **options: Any) -> list[Looked | KosmoError]: ...
    async def look_for_change(self, *args: Any, **options: Any) -> LookedChange: ...


class InstagramWriter(Protocol):
    """What is needed of an Instagram client."""

    def now(self) -> datetime: ...
    async def create_media(self, *args: Any, **options: Any) -> Published: ...
    async def publish_container(self, *args: Any, **options: Any) -> Published: ...
    async def look_for(self, *args: Any, **options: Any) -> list[LookedMedia | ApiError]: ...


class Accounts(Protocol):
    """The clients by account name; `accounts.hub.Hub` is one."""

    @property
    def buffer(self) -> Mapping[str, BufferWriter]: ...
    @property
    def instagram(self) -> Mapping[str, InstagramWriter]: ...


def buffer_of(hub: Accounts, account: str) -> BufferWriter:
    """The client of e.g. `buffer.agency`.  Raises ConfigError when there is no such account."""
    return _of(hub.buffer, account)


def instagram_of(hub: Accounts, account: str) -> InstagramWriter:
    """The client of e.g. `instagram.brand_account`.  Raises ConfigError when there is no such account."""
    return _of(hub.instagram, account)


def _of(clients: Mapping[str, Client], account: str) -> Client:
    try:
        return clients[account.partition(".")[2]]
    except KeyError:
        raise ConfigError(
            f"there is no account {account} (any more)", hint="`kosmo accounts list` shows those there are"
        ) from None


async def send(
    hub: Accounts, order: Order, *, container: str, accounted: Collection[str], on_progress: Progress, refer: Refer
) -> Outcome:
    """Carry out `order` with one call.  Raises what the client raises.

    `accounted` are the ids of posts that came of other orders.  `container` is one that Instagram has already and that
    is to be published; `refer` is awaited with the id of a new one before it is published.
    """
    if order.kind == "publish":
        return await _publish(instagram_of(hub, order.account), order, container, on_progress, refer)
    client, given = buffer_of(hub, order.account), order.arguments
    if order.kind == "create":
        return _created(await client.create_update(**given, accounted=accounted), order.profile_id)
    if order.kind == "delete":
        await client.delete_update(**given)
        return Outcome(state="confirmed", note="deleted", remote_id=given["update_id"])
    if order.kind == "edit":
        changed = of_changed(await client.edit_update(**given, like=order.before))
        return replace(changed, notices=losses(order.before, order) if order.before is not None else ())
    return of_changed(await client.move_update(**given))


async def _publish(
    client: InstagramWriter, order: Order, container: str, on_progress: Progress, refer: Refer
) -> Outcome:
    if container:
        published = await client.publish_container(container, order.arguments, on_progress=on_progress)
        return of_published(published, publish=True)
    published = await client.create_media(**order.arguments, on_progress=on_progress, on_container=refer)
    return of_published(published, publish=order.arguments.get("publish") is not False)


def _created(result: CreateResult, profile_id: str | None) -> Outcome:
    """The outcome for the one profile that was asked for."""
    for update in result.updates:
        if update.profile_id == profile_id:
            return of_update(update, result.notices)
    for failure in result.failures:
        if failure.profile_id == profile_id:
            return of_failure(failure, result.notices)
    note = "The answer does not mention this profile"
    return Outcome(state="unknown", note=note, hint=LOOK_FIRST, notices=result.notices)
