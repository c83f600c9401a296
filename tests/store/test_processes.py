"""Several kosmo on one store: real processes that race, end, and are killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kosmo_tui.store.database import FILE, Store
from tests.store.writing import write

Start = Callable[..., "Kosmo"]


class Kosmo:
    """A process that runs `program` with `store` open; it starts its work when it is let go."""

    def __init__(self, folder: Path, program: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _BEFORE + program, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def says(self) -> str:
        """Its next line."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip() or self.end()

    def go(self) -> None:
        """Let it go on."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def end(self) -> str:
        """The rest of what it says until it ends."""
        out, err = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, err
        return out.strip()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=60)


_BEFORE = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from kosmo_tui.store.database import Store
from tests.store.writing import write
say = lambda *words: print(*words, flush=True)
wait = sys.stdin.readline
folder = Path(sys.argv[1])
"""
_OPEN = "store = Store.open(folder)\n"


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    started: list[Kosmo] = []

    def one(program: str) -> Kosmo:
        started.append(Kosmo(folder, program))
        return started[-1]

    yield one
    for kosmo in started:
        if kosmo.process.poll() is None:
            kosmo.kill()


def test_many_make_and_use_a_new_store_at_once(start: Start, folder: Path) -> None:
    program = (
        "say('ready'); wait()\n"
        + _OPEN
        + "store.outbox.add([write()]); say(store.notice, store.drafts.add('a', '{}').id)"
    )
    kosmos = [start(program) for _ in range(6)]
    assert [kosmo.says() for kosmo in kosmos] == ["ready"] * 6
    for kosmo in kosmos:
        kosmo.go()
    ids = {kosmo.end() for kosmo in kosmos}
    store = Store.open(folder)
    assert {draft.id for draft in store.drafts.list()} == ids
    assert len(store.outbox.rows()) == len(ids) == 6
    store.close()


def test_many_find_the_damage_and_one_rescues(start: Start, folder: Path) -> None:
    store = Store.open(folder)
    draft = store.drafts.add("a", "precious")
    store.close()
    with (folder / FILE).open("r+b") as file:
        file.write(b"SQLite format 9\0")
    program = "say('ready'); wait()\n" + _OPEN + "say(len(store.drafts.list()), bool(store.notice))"
    kosmos = [start(program) for _ in range(4)]
    assert [kosmo.says() for kosmo in kosmos] == ["ready"] * 4
    for kosmo in kosmos:
        kosmo.go()
    said = sorted(kosmo.end() for kosmo in kosmos)
    assert said == ["1 False"] * 3 + ["1 True"]
    store = Store.open(folder)
    assert store.drafts.list() == [draft]
    store.close()


def test_a_write_is_claimed_by_exactly_one_of_many(start: Start, folder: Path, open_store: Callable[[], Store]) -> None:
    """All of them order every write again, as many people at as many terminals would; then all of them claim it."""
    store = open_store()
    rows = store.outbox.add([write(fingerprint=str(number)) for number in range(30)])
    for row in rows:
        store.outbox.settle(row.id, "refused")
    program = (
        _OPEN
        + """
from kosmo_tui.store.errors import Conflict
say('ready'); wait()
mine = []
for row in reversed(store.outbox.rows()):
    try:
        store.outbox.again(row.id)
    except Conflict:
        pass
    if store.outbox.claim(row.id, datetime.now(UTC)):
        mine.append(row.id)
say(*mine)
wait()
"""
    )
    kosmos = [start(program) for _ in range(5)]
    assert [kosmo.says() for kosmo in kosmos] == ["ready"] * 5
    for kosmo in kosmos:
        kosmo.go()
    claimed = [int(word) for kosmo in kosmos for word in kosmo.process.stdout.readline().split()]  # type: ignore[union-attr]
    assert sorted(claimed) == [row.id for row in rows]
    assert {(row.state, row.attempt) for row in store.outbox.rows()} == {("sending", 2)}


def test_the_dead_are_told_from_the_living(start: Start, open_store: Callable[[], Store]) -> None:
    store = open_store()
    program = (
        _OPEN
        + """
sent, queued = store.outbox.add([write(fingerprint=store.owner), write(fingerprint="queued")])
store.outbox.claim(sent.id, datetime.now(UTC))
say(sent.id, queued.id, store.owner); wait()
"""
    )
    living, killed, left = start(program), start(program), start(program + "import os; os._exit(0)")
    ids = {kosmo: [int(word) for word in kosmo.says().split()[:2]] for kosmo in (living, killed, left)}
    assert store.outbox.adopt() == []
    killed.kill()
    left.go()
    left.end()
    changed = {row.id: (row.state, row.owner) for row in store.outbox.adopt()}
    assert changed == {
        id: after
        for kosmo in (killed, left)
        for id, after in zip(ids[kosmo], (("unknown", ""), ("queued", "")), strict=True)
    }
    states = {row.id: row.state for row in store.outbox.rows()}
    assert [states[id] for id in ids[living]] == ["sending", "queued"]
    assert store.outbox.open_count() == 4


def test_a_kill_frees_the_lock_and_loses_nothing_that_was_returned(
    start: Start, folder: Path, open_store: Callable[[], Store]
) -> None:
    program = (
        _OPEN
        + """
say(store.owner)
number = 0
while True:
    number += 1
    store.outbox.add([write(summary=str(number))])
    draft = store.drafts.add("a", str(number))
    say(number)
"""
    )
    kosmo = start(program)
    owner = kosmo.says()
    while int(number := kosmo.says()) < 5:
        pass
    kosmo.process.send_signal(signal.SIGKILL)
    rest, _ = kosmo.process.communicate(timeout=60)
    returned = [int(number), *map(int, rest.split("\n")[:-1])][-1]
    store = open_store()
    assert store.notice == ""
    assert len(store.drafts.list()) in {returned, returned + 1}
    rows = store.outbox.adopt()
    assert len(rows) in {returned, returned + 1}
    assert {row.owner for row in rows} == {""}
    assert [path.stem for path in (folder / "running").iterdir()] == [store.owner]
    assert owner != store.owner
