"""Sending a post: one task per account, owned by the app, so that no screen that closes takes a write with it.

A write is sent once.  Every target ends as confirmed, refused (nothing is live) or unknown (something may be): an
unclear answer is never turned into a second attempt.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, Protocol

from kosmo_tui.api.buffer.models import CreateFailure, CreateResult, Update
from kosmo_tui.api.errors import KosmoError
from kosmo_tui.api.instagram.models import Published
from kosmo_tui.compose.draft import Draft, Target
from kosmo_tui.compose.when import When

__all__ = ["Publication", "Publisher", "Row", "State", "Target"]

State = Literal["queued", "sending", "confirmed", "refused", "unknown"]
GRACE = 5.0  # seconds that writes under way are given when the app closes
_LOOK_FIRST = "look at the profile before you send it again"


class BufferWriter(Protocol):
    """What is needed of a Buffer client."""

    async def create_update(self, *args: Any, **options: Any) -> CreateResult: ...


class InstagramWriter(Protocol):
    """What is needed of an Instagram client."""

    async def create_media(self, *args: Any, **options: Any) -> Published: ...


class Accounts(Protocol):
    """The clients by account name; `accounts.hub.Hub` is one."""

    @property
    def buffer(self) -> Mapping[str, BufferWriter]: ...
    @property
    def instagram(self) -> Mapping[str, InstagramWriter]: ...


@dataclass(frozen=True)
class Row:
    """One target and what became of it: `note` is a sentence, `at` when it goes out, `link` where it can be seen."""

    target: Target
    state: State = "queued"
    note: str = ""
    hint: str = ""
    link: str | None = None
    at: datetime | None = None

    @property
    def done(self) -> bool:
        """Whether this is the last word on it."""
        return self.state in {"confirmed", "refused", "unknown"}


Listener = Callable[["Publication"], None]


class Publication:
    """One post on its way to its targets.  `rows` are in the order of the targets; `notices` came with the answers."""

    def __init__(self, draft: Draft, when: When, targets: Iterable[Target]) -> None:
        self.draft = draft
        self.when = when
        self.notices: tuple[str, ...] = ()
        self._rows = {target.key: Row(target) for target in targets}
        self._listeners: list[Listener] = []
        self._finished = asyncio.Event()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The state of every target now."""
        return tuple(self._rows.values())

    @property
    def done(self) -> bool:
        """Whether every target has its last word."""
        return all(row.done for row in self.rows)

    @property
    def rest(self) -> Draft | None:
        """The draft for the targets that refused it, so that nothing typed is lost; None when there are none.

        Targets whose outcome is unknown are left out: they may be live.
        """
        refused = tuple(row.target.key for row in self.rows if row.state == "refused")
        unknown = any(row.state == "unknown" for row in self.rows)
        return replace(self.draft, targets=refused) if refused or unknown else None

    async def wait(self) -> None:
        """Return when every target has its last word."""
        if not self.done:
            await self._finished.wait()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` soon after every change, on the event loop; returns how to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def set(self, key: str, **changes: Any) -> None:
        """Change the row of the target `key`.  What is known stays; only `unknown` can still become known."""
        row = self._rows[key]
        if not row.done or (row.state == "unknown" and changes.get("state") in {"confirmed", "refused"}):
            self._rows[key] = replace(row, **changes)
            self._tell()

    def add_notices(self, notices: Iterable[str]) -> None:
        """Keep what a service or a client had to say beside the result."""
        self.notices += tuple(notices)

    def _tell(self) -> None:
        if self.done:
            self._finished.set()
        loop = asyncio.get_running_loop()
        for listener in tuple(self._listeners):
            loop.call_soon(listener, self)  # not called from here: a listener that fails must not stop a write


class Publisher:
    """Sends posts with the clients of `hub`.  Create it with the app and close it before the hub."""

    def __init__(self, hub: Accounts) -> None:
        self._hub = hub
        self._tasks: set[asyncio.Task[None]] = set()
        self._listeners: list[Listener] = []
        self.publications: list[Publication] = []

    @property
    def pending(self) -> int:
        """How many targets still wait for their last word: quitting now would leave them open."""
        return sum(not row.done for publication in self.publications for row in publication.rows)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after every change of every publication to come; returns how to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def start(self, draft: Draft, targets: Sequence[Target], when: When) -> Publication:
        """Begin to send `draft` to `targets`, each once, and return at once."""
        publication = Publication(draft, when, targets)
        for listener in self._listeners:
            publication.subscribe(listener)
        self.publications.append(publication)
        by_account: dict[str, list[Target]] = {}
        for row in publication.rows:
            by_account.setdefault(row.target.account, []).append(row.target)
        for account, group in by_account.items():
            send = self._to_buffer if group[0].service == "buffer" else self._to_instagram
            task = asyncio.create_task(
                self._guarded(publication, group, send(publication, account, group)), name=f"publish {account}"
            )
            self._tasks.add(task)  # asyncio itself holds tasks only weakly
            task.add_done_callback(self._tasks.discard)
        return publication

    async def aclose(self, grace: float = GRACE) -> None:
        """Give writes under way `grace` seconds, then leave what is still open as unknown."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _guarded(
        self, publication: Publication, group: Sequence[Target], sending: Coroutine[Any, Any, None]
    ) -> None:
        """Run `sending`; whatever happens, every target of `group` gets its last word."""
        for target in group:
            publication.set(target.key, state="sending")
        try:
            await sending
        except KosmoError as error:
            state: State = "unknown" if error.may_have_been_published else "refused"
            hint = error.hint or (_LOOK_FIRST if state == "unknown" else "")
            _settle(publication, group, state, error.message, hint)
        except asyncio.CancelledError:
            _settle(publication, group, "unknown", "Broken off before the answer came", _LOOK_FIRST)
            raise
        except Exception as error:  # a fault of ours: say so, keep the app alive, and never claim that nothing went out
            _settle(publication, group, "unknown", f"A fault in this program ({type(error).__name__})", _LOOK_FIRST)
        else:
            _settle(publication, group, "unknown", "The answer does not mention this profile", _LOOK_FIRST)

    async def _to_buffer(self, publication: Publication, account: str, group: Sequence[Target]) -> None:
        draft, when = publication.draft, publication.when
        keys = {target.profile_id: target.key for target in group}

        def settle(profile_id: str, outcome: Update | CreateFailure) -> None:
            if (key := keys.get(profile_id)) is not None:
                publication.set(key, **(_of_update(outcome) if isinstance(outcome, Update) else _of_failure(outcome)))

        result = await self._hub.buffer[account.partition(".")[2]].create_update(
            draft.text,
            [target.profile_id for target in group if target.profile_id],
            now=when.mode == "now",
            next=when.mode == "next",
            scheduled_at=when.iso,
            media=buffer_media(draft),
            on_progress=settle,
        )
        publication.add_notices(result.notices)
        outcomes: tuple[Update | CreateFailure, ...] = (*result.updates, *result.failures)
        for outcome in outcomes:
            settle(outcome.profile_id, outcome)

    async def _to_instagram(self, publication: Publication, account: str, group: Sequence[Target]) -> None:
        draft, (target,) = publication.draft, group
        published = await self._hub.instagram[account.partition(".")[2]].create_media(
            [one.url for one in draft.media],
            caption=draft.text or None,
            media_type=draft.instagram_kind or None,
            publish=not draft.container_only,
            alt_text=[one.alt for one in draft.media],
            on_progress=lambda note: publication.set(target.key, note=note),
        )
        publication.add_notices(published.notices)
        if draft.container_only:
            note = f"prepared as container {published.id}; nothing is published yet"
        elif published.status_code == "PUBLISHED":  # seen by its container: the item itself could not be told
            note = "published; which item it became is not certain"
        else:
            note = "published"
        publication.set(target.key, state="confirmed", note=note, link=published.permalink)


def buffer_media(draft: Draft) -> dict[str, Any] | None:
    """The attachments as the `media` parameter of `create_update`; None without any."""
    photos = [one for one in draft.media if one.kind == "image"]
    videos = [one.url for one in draft.media if one.kind == "video"]
    media: dict[str, Any] = {}
    if photos:
        media["photo"] = [one.url for one in photos]
        media["alt_text"] = [one.alt for one in photos]
    if videos:
        media["video"] = videos
    return media or None


def _settle(publication: Publication, group: Sequence[Target], state: State, note: str, hint: str) -> None:
    open_ = {row.target.key for row in publication.rows if not row.done}
    for target in group:
        if target.key in open_:
            publication.set(target.key, state=state, note=note, hint=hint)


def _of_update(update: Update) -> dict[str, Any]:
    at = update.scheduled_at or update.due_at
    if update.status == "error":
        note = update.error.message if update.error else "Buffer could not publish it"
        return {"state": "refused", "note": note, "hint": "Buffer kept it among the failed posts"}
    notes = {"sent": "published", "sending": "handed over, goes out now", "draft": "kept as a draft at Buffer"}
    note = notes.get(update.status, "scheduled" if at else "in the queue")
    return {"state": "confirmed", "note": note, "link": update.service_link, "at": at}


def _of_failure(failure: CreateFailure) -> dict[str, Any]:
    unknown = failure.kind == "outcome_unknown"
    return {
        "state": "unknown" if unknown else "refused",
        "note": failure.message,
        "hint": failure.hint or (_LOOK_FIRST if unknown else ""),
    }
