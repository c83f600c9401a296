"""What the answer of a service, or an error, means for one write."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kosmo_tui.api.buffer.models import CreateFailure, Update
from kosmo_tui.api.errors import (
    AuthExpired,
    ConfigError,
    KosmoError,
    OutcomeUnknown,
    RateLimited,
    TokenError,
    Unavailable,
)
from kosmo_tui.api.functions import as_json
from kosmo_tui.api.instagram.models import Published
from kosmo_tui.store.records import State

LOOK_FIRST = "look at the profile before you send it again"
NOTHING_SENT = "nothing was sent"
# Failures after which the next write of the same account would fail in the same way.
_ACCOUNT_WIDE = frozenset({AuthExpired.kind, RateLimited.kind, TokenError.kind, Unavailable.kind})


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a write: `note` is a sentence, `at` when it goes out, `answer` what the service said, as JSON.

    `error` is the failure itself, `notices` came beside the answer.
    """

    state: State
    note: str
    hint: str = ""
    link: str = ""
    remote_id: str = ""
    answer: str = ""
    at: datetime | None = None
    kind: str = ""
    error: KosmoError | None = None
    notices: tuple[str, ...] = ()

    @property
    def told(self) -> dict[str, Any]:
        """What a row of the outbox keeps of it, by the names of `store.outbox.settle`."""
        return {name: getattr(self, name) for name in ("note", "hint", "remote_id", "link", "answer")}

    @property
    def stops_account(self) -> bool:
        """Whether further writes of the account would be refused for the same reason."""
        return self.state == "refused" and self.kind in _ACCOUNT_WIDE


def meets_account(error: KosmoError) -> bool:
    """Whether the next request of the same account would fail in the same way."""
    return error.kind in _ACCOUNT_WIDE or isinstance(error, ConfigError)


def of_update(update: Update, notices: tuple[str, ...] = ()) -> Outcome:
    """A post that Buffer has: confirmed, unless it says that it could not publish it."""
    at = update.sent_at or update.scheduled_at or update.due_at
    answer = _json(update)
    if update.status == "error":
        note = str(update.error.message) if update.error else "Buffer could not publish it"
        hint = "Buffer kept it among the failed posts"
        return Outcome(state="refused", note=note, hint=hint, remote_id=update.id, answer=answer, notices=notices)
    notes = {"sent": "published", "sending": "handed over, goes out now", "draft": "kept as a draft at Buffer"}
    return Outcome(
        state="confirmed",
        note=notes.get(update.status, "scheduled" if at else "in the queue"),
        link=update.service_link or "",
        remote_id=update.id,
        answer=answer,
        at=at,
        notices=notices,
    )


def of_changed(update: Update) -> Outcome:
    """A post that was changed; a failed one may stay among the failed, and is changed all the same."""
    outcome = of_update(update)
    if outcome.state == "confirmed":
        return outcome
    return replace(outcome, state="confirmed", note="changed; it is still among the failed posts", hint="")


def of_failure(failure: CreateFailure, notices: tuple[str, ...] = ()) -> Outcome:
    """A profile that did not take the post, or of which nobody knows whether it did."""
    unknown = failure.kind == OutcomeUnknown.kind
    return Outcome(
        state="unknown" if unknown else "refused",
        note=str(failure.message),
        hint=str(failure.hint) or (LOOK_FIRST if unknown else ""),
        answer=_json(failure),
        kind=failure.kind,
        notices=notices,
    )


def of_published(published: Published, *, publish: bool) -> Outcome:
    """What Instagram made: an item that is live, or (without `publish`) a container."""
    if not publish:
        note = f"prepared as container {published.id}; nothing is published yet"
    elif published.status_code == "PUBLISHED":  # seen by its container: the item itself could not be told
        note = "published; which item it became is not certain"
    else:
        note = "published"
    return Outcome(
        state="confirmed",
        note=note,
        link=published.permalink or "",
        remote_id=published.id,
        answer=_json(published),
        notices=tuple(published.notices),
    )


def of_error(error: KosmoError) -> Outcome:
    """A failure, or the lack of a clear answer."""
    unknown = error.may_have_been_published
    return Outcome(
        state="unknown" if unknown else "refused",
        note=error.message,
        hint=error.hint or (LOOK_FIRST if unknown else ""),
        answer=json.dumps(error.as_json()),
        kind=error.kind,
        error=error,
    )


def unsent(error: KosmoError) -> Outcome:
    """A failure before anything was sent."""
    note = error.message if NOTHING_SENT in error.message else f"{error.message}; {NOTHING_SENT}"
    return Outcome(
        state="refused", note=note, hint=error.hint, answer=json.dumps(error.as_json()), kind=error.kind, error=error
    )


def _json(result: Any) -> str:
    return json.dumps(as_json(result), default=lambda value: value.isoformat())
