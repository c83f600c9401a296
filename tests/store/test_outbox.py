"""The journal of writes: a write is sent by one kosmo, once, and a last word is a last word."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kosmo_tui.store.database import Store
from kosmo_tui.store.errors import Conflict, StoreError
from kosmo_tui.store.records import FINAL, OutboxRow, State
from tests.store.conftest import Clock
from tests.store.writing import write

NOON = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
STATES = get_args(State)


def brought_to(store: Store, state: State) -> OutboxRow:
    """A new row in `state`."""
    [row] = store.outbox.add([write(fingerprint=f"{state} {store.outbox.rows(limit=1)}")])
    if state != "queued":
        assert store.outbox.claim(row.id, NOON)
    if state in FINAL:
        store.outbox.settle(row.id, state, note="note", hint="hint", answer="{}")
    found = store.outbox.get(row.id)
    assert found is not None
    assert found.state == state
    return found


def test_writes_are_noted_together(store: Store, clock: Clock) -> None:
    new = write(draft_id="d", not_before=clock.now + timedelta(seconds=10), reason="I know", profile_id=None)
    rows = store.outbox.add([new, write("buffer.agency/p2")])
    for row, given in zip(rows, (new, write("buffer.agency/p2")), strict=True):
        assert {name: getattr(row, name) for name in vars(given)} == vars(given)
        assert (row.state, row.owner, row.attempt) == ("queued", store.owner, 1)
        assert (row.created_at, row.sent_at, row.settled_at) == (clock.now, None, None)
        assert store.outbox.get(row.id) == row
    assert store.outbox.add([]) == []


def test_a_batch_that_fails_leaves_nothing(store: Store) -> None:
    with pytest.raises(StoreError):
        store.outbox.add([write(), write(summary=None)])
    assert store.outbox.rows() == []


def test_a_claim_is_won_once(store: Store) -> None:
    row = brought_to(store, "queued")
    claimed = store.outbox.claim(row.id, NOON)
    assert claimed is not None
    assert (claimed.state, claimed.sent_at) == ("sending", NOON)
    assert store.outbox.claim(row.id, NOON) is None
    assert store.outbox.claim(4711, NOON) is None


def test_only_its_owner_claims_a_write(open_store: Callable[[], Store]) -> None:
    here, there = open_store(), open_store()
    row = brought_to(here, "queued")
    assert there.outbox.claim(row.id, NOON) is None
    assert here.outbox.claim(row.id, NOON) is not None


def test_what_cannot_be_told_apart_is_not_sent_at_the_same_time(open_store: Callable[[], Store]) -> None:
    here, there = open_store(), open_store()
    [first, same, elsewhere, different] = here.outbox.add(
        [write("t", "f"), write("t", "f"), write("u", "f"), write("t", "g")]
    )
    [theirs] = there.outbox.add([write("t", "f")])
    assert here.outbox.claim(first.id, NOON)
    assert here.outbox.claim(same.id, NOON) is None
    assert there.outbox.claim(theirs.id, NOON) is None
    assert here.outbox.claim(elsewhere.id, NOON)
    assert here.outbox.claim(different.id, NOON)
    here.outbox.settle(first.id, "confirmed")
    assert there.outbox.claim(theirs.id, NOON)


@pytest.mark.parametrize("resolved", ["", "kept"])
def test_what_may_be_there_is_not_sent_by_who_has_not_looked_for_it(store: Store, resolved: str) -> None:
    [first, same, change, changed] = store.outbox.add(
        [write("t", "f"), write("t", "f"), write("t", "g", kind="edit"), write("t", "g", kind="edit")]
    )
    for one in (first, change):
        assert store.outbox.claim(one.id, NOON)
        store.outbox.settle(one.id, "unknown", resolved=resolved)
    assert store.outbox.claim(same.id, NOON) is None
    assert store.outbox.claim(same.id, NOON, {change.id}) is None
    assert store.outbox.claim(same.id, NOON, {first.id, change.id})
    assert store.outbox.claim(changed.id, NOON), "a change cannot be there twice"


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("to", sorted(FINAL))
def test_confirmed_and_refused_are_last_words(store: Store, state: State, to: State) -> None:
    row = brought_to(store, state)
    if state in {"confirmed", "refused"}:
        with pytest.raises(Conflict, match=f"is {state} by now"):
            store.outbox.settle(row.id, to, note="other")
        assert store.outbox.get(row.id) == row
    else:
        assert store.outbox.settle(row.id, to).state == to


@pytest.mark.parametrize("state", ["queued", "sending"])
def test_a_write_does_not_end_where_it_has_not_been(store: Store, state: State) -> None:
    row = brought_to(store, "sending")
    with pytest.raises(ValueError, match="cannot end as"):
        store.outbox.settle(row.id, state)
    assert store.outbox.get(row.id) == row


def test_settling_tells_what_was_found_and_forgets_nothing(store: Store, clock: Clock) -> None:
    row = brought_to(store, "sending")
    store.outbox.refer(row.id, "container 1")
    clock.move(seconds=3)
    store.outbox.settle(row.id, "unknown", note="cut off", hint="look", answer='{"a": 1}')
    clock.move(seconds=3)
    settled = store.outbox.settle(row.id, "confirmed", remote_id="42", link="https://x", evidence="{}", resolved="sent")
    assert (settled.note, settled.hint, settled.answer) == ("", "", '{"a": 1}')
    assert (settled.remote_id, settled.link, settled.evidence, settled.resolved) == ("42", "https://x", "{}", "sent")
    assert (settled.reference, settled.sent_at, settled.settled_at) == ("container 1", NOON, clock.now)
    with pytest.raises(StoreError, match="no write 4711"):
        store.outbox.settle(4711, "confirmed")


@pytest.mark.parametrize("state", STATES)
def test_only_what_is_not_on_its_way_or_done_goes_again(open_store: Callable[[], Store], state: State) -> None:
    store = open_store()
    row = brought_to(store, state)
    store.outbox.refer(row.id, "container 1")
    if state in {"refused", "unknown"}:
        other = open_store()
        again = other.outbox.again(row.id)
        assert (again.state, again.owner, again.attempt) == ("queued", other.owner, 2)
        assert (again.note, again.hint, again.answer, again.sent_at, again.settled_at) == ("", "", "", None, None)
        assert again.reference == "container 1"
        assert store.outbox.claim(row.id, NOON) is None  # it is the other's now
        assert other.outbox.claim(row.id, NOON)
    else:
        with pytest.raises(Conflict):
            store.outbox.again(row.id)


@pytest.mark.parametrize("state", STATES)
def test_only_what_is_queued_is_withdrawn(store: Store, state: State) -> None:
    row = brought_to(store, state)
    assert store.outbox.withdraw(row.id) == (state == "queued")
    assert store.outbox.get(row.id) == (None if state == "queued" else row)


def test_the_id_of_a_withdrawn_write_never_comes_again(store: Store) -> None:
    row = brought_to(store, "queued")
    store.outbox.withdraw(row.id)
    assert brought_to(store, "queued").id > row.id


def test_rows_are_chosen_by_state_and_account(store: Store) -> None:
    rows = {state: brought_to(store, state) for state in STATES}
    [other] = store.outbox.add([write(account="instagram.default")])
    assert [row.id for row in store.outbox.rows()] == [other.id, *(row.id for row in reversed(rows.values()))]
    assert store.outbox.rows(states={"unknown", "refused"}) == [rows["unknown"], rows["refused"]]
    assert store.outbox.rows(account="instagram.default") == [other]
    assert store.outbox.rows(states=["unknown"], account="instagram.default") == []
    assert store.outbox.rows(limit=1) == [other]


def test_posts_that_are_known_to_come_of_a_target(store: Store) -> None:
    for target, remote_id in (("t", "1"), ("t", "2"), ("u", "3"), ("t", "")):
        [row] = store.outbox.add([write(target)])
        store.outbox.settle(row.id, "confirmed", remote_id=remote_id)
    assert store.outbox.accounted("t") == {"1", "2"}
    assert store.outbox.accounted("v") == set()


def test_a_kosmo_that_ended_leaves_its_writes_to_a_person(open_store: Callable[[], Store], clock: Clock) -> None:
    gone, here = open_store(), open_store()
    states = {state: brought_to(gone, state) for state in STATES}
    mine = {state: brought_to(here, state) for state in ("queued", "sending")}
    assert here.outbox.adopt() == []
    gone.close()
    clock.move(seconds=9)
    changed = here.outbox.adopt()
    assert [row.id for row in changed] == [states["queued"].id, states["sending"].id]
    queued, sending = changed
    assert (queued.state, queued.owner, queued.attempt) == ("queued", "", 1)
    assert (sending.state, sending.owner, sending.settled_at) == ("unknown", "", clock.now)
    assert sending.note and sending.hint
    for state in ("confirmed", "refused", "unknown"):
        assert here.outbox.get(states[state].id) == states[state]
    for state, row in mine.items():
        assert here.outbox.get(row.id) == mine[state]
    assert here.outbox.adopt() == []
    assert here.outbox.claim(queued.id, NOON) is None  # nothing goes out by itself, not even to who found it
    assert here.outbox.again(queued.id).attempt == 2
    assert here.outbox.claim(queued.id, NOON)


def test_a_write_that_was_taken_for_lost_can_still_be_settled_by_who_sent_it(
    open_store: Callable[[], Store], folder: Path
) -> None:
    """Somebody removed the file of a running kosmo: others take it for dead."""
    here, there = open_store(), open_store()
    row = brought_to(here, "sending")
    for lock in (folder / "running").glob("*.lock"):
        lock.unlink()
    assert [found.state for found in there.outbox.adopt()] == ["unknown"]
    assert here.outbox.settle(row.id, "confirmed", remote_id="1").state == "confirmed"


def test_who_needs_a_person_is_counted(open_store: Callable[[], Store]) -> None:
    gone, here = open_store(), open_store()
    for state in STATES:
        brought_to(gone, state)
    assert here.outbox.open_count() == 1  # the unknown one
    gone.close()
    here.outbox.adopt()
    assert here.outbox.open_count() == 3  # and the ones that were sending and queued
    [first, *_] = here.outbox.rows(states={"unknown"})
    here.outbox.settle(first.id, "unknown", resolved="kept")
    assert here.outbox.open_count() == 2


def test_the_files_of_ended_kosmos_are_removed(open_store: Callable[[], Store], folder: Path) -> None:
    here = open_store()
    (folder / "running").mkdir(exist_ok=True)
    for name in ("0123456789abcdef.lock", "not one of ours.lock"):
        (folder / "running" / name).touch()
    here.outbox.adopt()
    names = {path.name for path in (folder / "running").iterdir()}
    assert names == {f"{here.owner}.lock", "not one of ours.lock"}
    here.close()
    assert {path.name for path in (folder / "running").iterdir()} == {"not one of ours.lock"}


class Rows(RuleBasedStateMachine):
    """Two kosmos on one store do whatever they like with three writes; a model says what may come of it.

    One of them may end and a new one start in its place, which is when its writes are adopted.
    """

    def __init__(self) -> None:
        super().__init__()
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)
        self.clock = Clock()
        self.kosmos = [Store.open(self.folder, self.clock), Store.open(self.folder, self.clock)]
        rows = self.kosmos[0].outbox.add([write("t", "same"), write("t", "same"), write("t", "other")])
        self.model: dict[int, tuple[State, str, int]] = {row.id: ("queued", row.owner, 1) for row in rows}
        self.fingerprints = {row.id: row.fingerprint for row in rows}
        self.sent = dict.fromkeys(self.model, 0)
        self.orders = dict.fromkeys(self.model, 1)  # how often a person wanted it sent

    def teardown(self) -> None:
        for store in self.kosmos:
            store.close()
        self.temporary.cleanup()

    kosmo = st.integers(0, 1)
    row = st.integers(1, 3)

    @rule(kosmo=kosmo, id=row)
    def claim(self, kosmo: int, id: int) -> None:
        store = self.kosmos[kosmo]
        state, owner, attempt = self.model.get(id, ("gone", "", 0))
        twin = any(
            self.model[other][0] in {"sending", "unknown"} and self.fingerprints[other] == self.fingerprints[id]
            for other in self.model
        )
        claimed = store.outbox.claim(id, NOON)
        assert (claimed is not None) == (state == "queued" and owner == store.owner and not twin)
        if claimed:
            self.model[id] = ("sending", owner, attempt)
            self.sent[id] += 1

    @rule(kosmo=kosmo, id=row, to=st.sampled_from(sorted(FINAL)))
    def settle(self, kosmo: int, id: int, to: State) -> None:
        if id not in self.model:
            return
        state, owner, attempt = self.model[id]
        try:
            self.kosmos[kosmo].outbox.settle(id, to)
        except Conflict:
            assert state in {"confirmed", "refused"}
        else:
            assert state in {"queued", "sending", "unknown"}
            self.model[id] = (to, owner, attempt)

    @rule(kosmo=kosmo, id=row)
    def again(self, kosmo: int, id: int) -> None:
        if id not in self.model:
            return
        state, owner, attempt = self.model[id]
        try:
            self.kosmos[kosmo].outbox.again(id)
        except Conflict:
            assert state in {"sending", "confirmed"} or (state == "queued" and owner)
        else:
            assert state in {"refused", "unknown"} or (state == "queued" and not owner)
            self.model[id] = ("queued", self.kosmos[kosmo].owner, attempt + 1)
            self.orders[id] += 1

    @rule(kosmo=kosmo, id=row)
    def withdraw(self, kosmo: int, id: int) -> None:
        state, *_ = self.model.get(id, ("gone",))
        assert self.kosmos[kosmo].outbox.withdraw(id) == (state == "queued")
        if state == "queued":
            del self.model[id]

    @rule(kosmo=kosmo)
    def end(self, kosmo: int) -> None:
        gone = self.kosmos[kosmo].owner
        self.kosmos[kosmo].close()
        self.kosmos[kosmo] = Store.open(self.folder, self.clock)
        self.kosmos[kosmo].outbox.adopt()
        for id, (state, owner, attempt) in self.model.items():
            if owner == gone and state in {"queued", "sending"}:
                self.model[id] = ("unknown" if state == "sending" else "queued", "", attempt)

    @invariant()
    def the_rows_are_as_the_model_says(self) -> None:
        rows = {row.id: (row.state, row.owner, row.attempt) for row in self.kosmos[1].outbox.rows()}
        assert {id: (state, attempt) for id, (state, _, attempt) in rows.items()} == {
            id: (state, attempt) for id, (state, _, attempt) in self.model.items()
        }

    @invariant()
    def nothing_was_sent_more_often_than_a_person_wanted(self) -> None:
        assert all(self.sent[id] <= self.orders[id] for id in self.sent)


TestRows = Rows.TestCase
TestRows.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
