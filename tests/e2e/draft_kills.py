"""Types into drafts and kills the typists at random moments: `python -m tests.e2e.draft_kills FOLDER KILLS SEED`.

Everything is imported once; each typist is a fork with an event loop, a store and the autosave of the composer.
Several type at once, two or three of them into each store.  A typist says through a pipe what it has typed, and when,
before it hands the key to the autosave.  After a kill the store is opened as the next start would, and what is stored
is compared.  Prints the figures as JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import select
import signal
import struct
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from kosmo_tui.compose.draft import Draft
from kosmo_tui.services.autosave import Autosave
from kosmo_tui.services.drafts import Drafts, Kept, Place
from kosmo_tui.services.storage import open_store

LANES, STORES = 10, 4
LONGEST = 1.6  # seconds of typing before the kill, at most
LETTERS = "abcdefghij klmnop\nqrst uvwxyzäöüß日本語👩‍👩‍👧🇩🇪é"
KEY = struct.Struct("dI")  # when (monotonic), and how much of the text stands after it


@dataclass
class Round:
    """One typist from its first key to its end.  `text` is what it would type, beginning with what is there."""

    lane: int
    folder: Path
    kept: Kept | None
    text: str
    pid: int = 0
    pipe: int = 0
    kill_at: float = 0.0
    typed: list[tuple[float, int]] = field(default_factory=list)
    _rest: bytes = b""

    @property
    def account(self) -> str:
        return f"buffer.lane{self.lane}"

    def read(self) -> bool:
        """Take what the typist says; False at its end."""
        data = os.read(self.pipe, 1 << 16)
        whole = self._rest + data
        cut = len(whole) - len(whole) % KEY.size
        self.typed += KEY.iter_unpack(whole[:cut])
        self._rest = whole[cut:]
        return bool(data)


async def type_on(one: Round, pipe: int, chance: random.Random) -> None:
    """Type the text at an uneven pace, with a paste now and then, until somebody ends this."""
    store = open_store(one.folder)
    autosave = Autosave(Drafts(store), one.account, one.kept, told=lambda saved: None)
    at = len(one.kept.draft.text) if one.kept else 0
    pause = chance.choice([0.01, 0.03, 0.1, 0.25])
    while True:
        at = min(at + (1 if chance.random() > 0.02 else 200), len(one.text))
        os.write(pipe, KEY.pack(time.monotonic(), at))
        autosave.changed(Draft(text=one.text[:at], when="fri 9"), Place("text", (0, at)))
        await asyncio.sleep(pause * chance.uniform(0.5, 1.5))


def start(one: Round, chance: random.Random) -> None:
    """Fork the typist of a round."""
    seed, life = chance.random(), chance.uniform(0.0, LONGEST)
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reading)
            asyncio.run(type_on(one, writing, random.Random(seed)))
        finally:
            os._exit(1)  # only a kill ends it
    os.close(writing)
    one.pid, one.pipe, one.kill_at = pid, reading, time.monotonic() + life


def judge(one: Round, killed: float, known: dict[str, str]) -> tuple[Kept | None, int, float]:
    """What is stored after the kill, and how many characters of how many seconds are missing.

    `known` are the texts of the drafts that were there before, by id; the typist may have changed its own alone.
    """
    store = open_store(one.folder)
    assert store.notice == "", store.notice
    drafts = Drafts(store)
    there = {kept.id: kept for kept in drafts.list(one.account)}
    mine = [one.kept.id] if one.kept else sorted(there.keys() - known.keys())
    assert len(mine) <= 1, f"{len(mine)} drafts of one typist"
    others = {id: kept.draft.text for id, kept in there.items() if id not in mine}
    assert others == {id: text for id, text in known.items() if id not in mine}
    stored = there[mine[0]] if mine else None
    length = 0
    if stored is not None:
        length = len(stored.draft.text)
        assert stored.draft.text == one.text[:length]
        assert stored.place.cursor == (0, length)
        number, draft, _ = drafts.versions(stored.id)[-1]
        assert (number, draft) == (stored.version, stored.draft)
        known[stored.id] = stored.draft.text
    store.close()
    typed = one.typed[-1][1] if one.typed else length
    assert length <= typed
    missing = [at for at, end in one.typed if end > length]
    return stored, typed - length, killed - missing[0] if missing else 0.0


def main(folder: Path, kills: int, seed: int) -> dict[str, float]:
    """Kill `kills` typists; what was lost at worst."""
    chance = random.Random(seed)
    lanes = [Round(lane, folder / f"store{lane % STORES}", None, _text(chance)) for lane in range(LANES)]
    known: list[dict[str, str]] = [{} for _ in range(LANES)]
    typing: list[Round] = []
    begun, killed, keys, continued, characters, seconds = time.monotonic(), 0, 0, 0, 0, 0.0
    while killed < kills:
        while lanes and killed + len(typing) < kills:
            typing.append(lanes.pop())
            start(typing[-1], chance)
        one = min(typing, key=lambda typist: typist.kill_at)
        wait = max(0.0, one.kill_at - time.monotonic())
        ready, _, _ = select.select([typist.pipe for typist in typing], [], [], wait)
        for typist in typing:
            if typist.pipe in ready and not typist.read():
                raise SystemExit(f"the typist of lane {typist.lane} ended by itself")
        if time.monotonic() < one.kill_at:
            continue
        os.kill(one.pid, signal.SIGKILL)
        at = time.monotonic()
        os.waitpid(one.pid, 0)
        while one.read():
            pass
        os.close(one.pipe)
        typing.remove(one)
        stored, lost, age = judge(one, at, known[one.lane])
        killed, keys = killed + 1, keys + len(one.typed)
        characters, seconds = max(characters, lost), max(seconds, age)
        if stored is not None and len(stored.draft.text) < 2000 and chance.random() < 0.5:
            continued += 1
            lanes.append(Round(one.lane, one.folder, stored, one.text))
        else:
            lanes.append(Round(one.lane, one.folder, None, _text(chance)))
    return {
        "kills": killed,
        "keys": keys,
        "continued": continued,
        "worst_characters": characters,
        "worst_seconds": round(seconds, 3),
        "took_seconds": round(time.monotonic() - begun, 1),
    }


def _text(chance: random.Random) -> str:
    return "".join(chance.choices(LETTERS, k=3000))


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
