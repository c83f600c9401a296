"""The journal of writes: every write is in it, and on the disk, before its first byte leaves.

queued → sending → confirmed | refused | unknown, and unknown → confirmed | refused.  A row goes back to queued only by
a person's order.  What a row may become is decided inside the transaction that changes it, so that two running kosmo
cannot both have their way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from kosmo_tui.store.connection import Connection, micros, moment, moment_or_none, text
from kosmo_tui.store.errors import Conflict, StoreError
from kosmo_tui.store.owner import Owner
from kosmo_tui.store.records import FINAL, NEEDS_PERSON, NewWrite, OutboxRow, State

_NEW = tuple(field.name for field in fields(NewWrite))
_TEXTS = tuple(field.name for field in fields(OutboxRow) if field.type in {"str", "State", "Kind"})
_TIMES = ("not_before", "sent_at", "settled_at")
_UNSETTLED: frozenset[State] = frozenset({"queued", "sending", "unknown"})
_EMPTY = ("reference", "remote_id", "link", "note", "hint", "answer", "evidence", "resolved")


class Outbox:
    """The writes of all accounts.  Every method raises StoreError when the store fails."""

    def __init__(self, connection: Connection, owner: Owner, now: Callable[[], datetime]) -> None:
        self._connection = connection
        self._owner = owner
        self._now = now

    def add(self, writes: Sequence[NewWrite]) -> list[OutboxRow]:
        """Note `writes` as queued by this kosmo: all of them or none, on the disk when this returns.

        Raises Conflict when one of them undoes what another write already does.
        """
        owner, now = self._owner.id, micros(self._now())
        names = (*_NEW, "state", "owner", "attempt", "created_at", *_EMPTY)
        statement = f"INSERT INTO outbox ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        with self._connection.transaction() as raw:
            ids = []
            for write in writes:
                if write.undoes is not None:
                    _refuse_second(raw, write.undoes)
                given = [getattr(write, name) for name in _NEW]
                given[_NEW.index("not_before")] = micros(write.not_before)
                added = raw.execute(statement, (*given, "queued", owner, 1, now, *("" for _ in _EMPTY)))
                ids.append(int(added.lastrowid or 0))
        return [self._certain(id) for id in ids]

    def claim(self, id: int, sent_at: datetime, looked: Collection[int] = ()) -> OutboxRow | None:
        """Make a queued write of this kosmo `sending`; the caller sends it once, and nobody else does.

        None when it is not (any more) this kosmo's to send, while a write that a reader could not tell from it is on
        its way to the same target, and where such a one made a post or not, nobody knows: but for those with an id in
        `looked`, which the caller has looked for.
        """
        with self._connection.transaction() as raw:
            claimed = raw.execute(
                "UPDATE outbox SET state = 'sending', sent_at = ? WHERE id = ? AND state = 'queued' AND owner = ?"
                " AND NOT EXISTS (SELECT 1 FROM outbox AS other"
                " WHERE other.target = outbox.target AND other.fingerprint = outbox.fingerprint"
                " AND (other.state = 'sending' OR (other.state = 'unknown' AND other.kind IN ('create', 'publish')"
                f" AND other.id NOT IN ({', '.join('?' * len(looked))}))))",
                (micros(sent_at), id, self._owner.id, *looked),
            ).rowcount
        return self._certain(id) if claimed else None

    def amend(self, id: int, *, network: str = "", label: str = "", request: str = "") -> OutboxRow:
        """Keep what was learned about a queued write of this kosmo before it is sent; what is empty stays as it was.

        Raises Conflict when it is not (any more) this kosmo's to send.
        """
        found = {"network": network, "label": label, "request": request}
        changes: dict[str, object] = {name: value for name, value in found.items() if value}
        return self._change(id, lambda row: (row["state"], row["owner"]) == ("queued", self._owner.id), changes)

    def refer(self, id: int, reference: str) -> None:
        """Keep what the service can be asked about the write by, before there is a post."""
        with self._connection.transaction() as raw:
            raw.execute("UPDATE outbox SET reference = ? WHERE id = ?", (reference, id))

    def settle(
        self,
        id: int,
        state: State,
        *,
        note: str = "",
        hint: str = "",
        remote_id: str = "",
        link: str = "",
        answer: str = "",
        evidence: str = "",
        resolved: str = "",
        seen: OutboxRow | None = None,
    ) -> OutboxRow:
        """Note what became of a write.  `note` and `hint` replace those there were; the others only when not empty.

        Raises Conflict when the write has had its last word already (confirmed, refused), or is no longer as it was
        `seen` when that was concluded; StoreError when there is no such write.  ValueError when `state` is none that a
        write can end in.
        """
        if state not in FINAL:
            raise ValueError(f"a write cannot end as {state}")
        found = {"remote_id": remote_id, "link": link, "answer": answer, "evidence": evidence, "resolved": resolved}
        changes: dict[str, object] = {name: value for name, value in found.items() if value}
        changes |= {"state": state, "note": note, "hint": hint, "settled_at": micros(self._now())}
        return self._change(id, lambda row: row["state"] in _UNSETTLED and _is_as(row, seen), changes)

    def again(self, id: int, seen: OutboxRow | None = None) -> OutboxRow:
        """Queue a write once more, by a person's order: one that was refused, is unknown, or that nobody owns.

        What the last attempt left is cleared, but for the `reference`: a container can be published only once.
        Raises Conflict for any other write, and for one that is no longer as it was `seen` when that was ordered.
        """
        cleared = dict.fromkeys((name for name in _EMPTY if name != "reference"), "")
        changes: dict[str, object] = {**cleared, "state": "queued", "owner": self._owner.id}
        changes |= dict.fromkeys(("not_before", "sent_at", "settled_at"))
        return self._change(id, lambda row: _can_go_again(row) and _is_as(row, seen), changes, "attempt = attempt + 1")

    def withdraw(self, id: int) -> bool:
        """Take a queued write back: nothing was sent, its row is gone.  False when it is not queued any more."""
        with self._connection.transaction() as raw:
            return raw.execute("DELETE FROM outbox WHERE id = ? AND state = 'queued'", (id,)).rowcount == 1

    def prune(self, before: datetime) -> int:
        """Forget writes that were confirmed before a time; how many those were."""
        with self._connection.transaction() as raw:
            return int(
                raw.execute(
                    "DELETE FROM outbox WHERE state = 'confirmed' AND settled_at < ?", (micros(before),)
                ).rowcount
            )

    def get(self, id: int) -> OutboxRow | None:
        """A write by its id."""
        rows = self._connection.rows("SELECT * FROM outbox WHERE id = ?", id)
        return _write(rows[0]) if rows else None

    def undoing(self, id: int) -> OutboxRow | None:
        """The write that takes write `id` back, whatever became of it; None when there is none."""
        rows = self._connection.rows("SELECT * FROM outbox WHERE undoes = ?", id)
        return _write(rows[0]) if rows else None

    def rows(self, *, states: Collection[State] = (), account: str | None = None, limit: int = 500) -> list[OutboxRow]:
        """The newest writes first, of some states (none named: of all) and of an account (None: of all)."""
        among = f"state IN ({', '.join('?' * len(states))})" if states else "TRUE"
        return [
            _write(row)
            for row in self._connection.rows(
                f"SELECT * FROM outbox WHERE {among} AND (account = ? OR ? IS NULL) ORDER BY id DESC LIMIT ?",
                *states, account, account, limit,
            )
        ]  # fmt: skip

    def of_drafts(self) -> list[OutboxRow]:
        """The writes of the drafts that there are, the newest first."""
        return [
            _write(row)
            for row in self._connection.rows(
                "SELECT outbox.* FROM outbox JOIN drafts ON drafts.id = outbox.draft_id"
                " WHERE drafts.deleted_at IS NULL ORDER BY outbox.id DESC"
            )
        ]

    def accounted(self, target: str) -> set[str]:
        """The ids of posts that are known to come of writes to `target`."""
        rows = self._connection.rows("SELECT remote_id FROM outbox WHERE target = ? AND remote_id != ''", target)
        return {row["remote_id"] for row in rows}

    def open_count(self) -> int:
        """How many writes need a person: unknown ones nobody has decided on, and queued ones that nobody will send.

        Call `adopt` first: before it, what a killed kosmo left is not among them.
        """
        return int(self._connection.value(f"SELECT count(*) FROM outbox WHERE {NEEDS_PERSON}"))

    def adopt(self) -> list[OutboxRow]:
        """Take up what kosmos that run no more have left: `sending` becomes unknown, queued loses its owner.

        Returns the writes that changed, the oldest first.
        """
        owners = self._connection.rows(
            "SELECT DISTINCT owner FROM outbox WHERE state IN ('queued', 'sending') AND owner != ''"
        )
        living = {self._owner.id, *self._owner.others()}
        dead = [row["owner"] for row in owners if row["owner"] not in living]
        if not dead:
            return []
        whose = f"owner IN ({', '.join('?' * len(dead))})"
        with self._connection.transaction() as raw:
            left = f"SELECT id FROM outbox WHERE state IN ('queued', 'sending') AND {whose} ORDER BY id"
            ids = [row["id"] for row in raw.execute(left, dead)]
            raw.execute(
                "UPDATE outbox SET state = 'unknown', owner = '', settled_at = ?, note = ?, hint = ?"
                f" WHERE state = 'sending' AND {whose}",
                (micros(self._now()), _CUT_OFF, _LOOK, *dead),
            )
            raw.execute(f"UPDATE outbox SET owner = '' WHERE state = 'queued' AND {whose}", dead)
        return [row for id in ids if (row := self.get(id)) is not None]

    def _change(
        self, id: int, allowed: Callable[[Any], bool], changes: dict[str, object], *expressions: str
    ) -> OutboxRow:
        with self._connection.transaction() as raw:
            row = raw.execute("SELECT * FROM outbox WHERE id = ?", (id,)).fetchone()
            if row is None:
                raise StoreError(f"there is no write {id} in the outbox (any more)")
            if not allowed(row):
                raise Conflict(f"write {id} is {row['state']} by now", "look at the outbox again")
            assigned = ", ".join((*(f"{name} = ?" for name in changes), *expressions))
            raw.execute(f"UPDATE outbox SET {assigned} WHERE id = ?", (*changes.values(), id))
        return self._certain(id)

    def _certain(self, id: int) -> OutboxRow:
        row = self.get(id)
        if row is None:
            raise StoreError(f"there is no write {id} in the outbox any more")
        return row


_CUT_OFF = "kosmo was ended while this was being sent"
_LOOK = "look whether the post is there before you send it again"


def _refuse_second(raw: Any, id: int) -> None:
    """Raise Conflict when a write takes write `id` back already: two kosmo would make the post twice."""
    other = raw.execute("SELECT id FROM outbox WHERE undoes = ?", (id,)).fetchone()
    if other is not None:
        raise Conflict(f"write {other['id']} takes write {id} back already", "look at the outbox again")


def _is_as(row: Any, seen: OutboxRow | None) -> bool:
    """Whether nobody has sent or settled the write since it was seen."""
    return seen is None or (row["state"], row["attempt"]) == (seen.state, seen.attempt)


def _can_go_again(row: Any) -> bool:
    return row["state"] in {"refused", "unknown"} or (row["state"] == "queued" and row["owner"] == "")


def _write(row: Any) -> OutboxRow:
    values: dict[str, Any] = {name: text(row[name]) for name in _TEXTS}
    values |= {name: moment_or_none(row[name]) for name in _TIMES}
    values |= {name: None if row[name] is None else text(row[name]) for name in ("profile_id", "draft_id")}
    values |= {name: row[name] for name in ("id", "attempt", "undoes")}
    return OutboxRow(created_at=moment(row["created_at"]), **values)
