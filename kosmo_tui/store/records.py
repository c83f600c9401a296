"""The rows of the store as Python sees them.

The store knows nothing of posts: what a draft or a write contains is JSON text that the services read and write.
Times are aware datetimes in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["queued", "sending", "confirmed", "refused", "unknown"]
Kind = Literal["create", "publish", "edit", "delete", "move"]
FINAL: frozenset[State] = frozenset({"confirmed", "refused", "unknown"})


@dataclass(frozen=True, kw_only=True)
class DraftRow:
    """A draft.  `account` is the one it is written as ("buffer.agency"), `content` the post as JSON.

    `place` is where the writer was (cursor, part of the screen) as JSON, `words` what a search looks at.  `version`
    grows with every change of `content`.
    """

    id: str
    account: str
    content: str
    place: str
    words: str
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DraftVersion:
    """What a draft contained at a time."""

    version: int
    content: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class NewWrite:
    """A write that is about to be sent: one call for one target.

    `batch` joins the writes of one post, `target` is the key of the target ("buffer.agency/ID", "instagram.default"),
    `request` the call as JSON, `fingerprint` equal for writes that a reader could not tell apart, `summary` a line of
    clean text for lists, `not_before` the end of the time in which it can be taken back, `reason` why warnings were
    overridden, `undoes` the id of the write that it takes back.
    """

    batch: str
    account: str
    kind: Kind
    target: str
    profile_id: str | None
    network: str
    label: str
    request: str
    fingerprint: str
    summary: str
    draft_id: str | None = None
    not_before: datetime | None = None
    reason: str = ""
    undoes: int | None = None


@dataclass(frozen=True, kw_only=True)
class OutboxRow(NewWrite):
    """A write and what became of it.

    queued → sending → confirmed | refused | unknown; unknown can still become confirmed or refused.  `owner` is the
    running kosmo that has it (empty: none), `attempt` counts from 1 and grows only when a person sends again.
    `reference` is what the service can be asked about it by before there is an id (Instagram's container),
    `remote_id` the post that came of it.  `note` and `hint` are sentences, `answer` and `evidence` JSON: what the
    service said, and what reading found.  `resolved` says what a person decided, empty when nobody had to.
    """

    id: int
    state: State
    owner: str
    attempt: int
    reference: str
    remote_id: str
    link: str
    note: str
    hint: str
    answer: str
    evidence: str
    resolved: str
    created_at: datetime
    sent_at: datetime | None
    settled_at: datetime | None


NEEDS_PERSON = "(state = 'unknown' AND resolved = '') OR (state = 'queued' AND owner = '')"  # the same in SQL


def needs_person(row: OutboxRow) -> bool:
    """Whether only a person can say what becomes of it: nobody knows how it ended, or nobody will send it."""
    return (row.state == "unknown" and not row.resolved) or is_left(row)


def is_left(row: OutboxRow) -> bool:
    """Whether nobody will send it."""
    return row.state == "queued" and not row.owner
