"""Five hundred posts while everything goes wrong: afterwards each exists once, or is known as refused or as open.

The sandbox drops, hangs, lies, rate-limits and answers garbage in a seeded order, and the program is killed at seeded
moments and started again.  What really exists is read from the sandbox's own records.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kosmo_tui.services.outbox import Outbox
from kosmo_tui.services.publish import Publisher
from kosmo_tui.services.storage import open_store
from tests.e2e.publishing_under_fire import clients

ROOT = Path(__file__).parents[2]
POSTS, SEED = 500, 20261122
TEXT_ONLY = {"twitter", "mastodon", "linkedin", "facebook", "threads", "bluesky"}
TROUBLE: tuple[dict[str, Any], ...] = (
    {"fault": "drop_before"},
    {"fault": "drop_after_commit"},
    {"fault": "drop_after_commit"},
    {"fault": "hang_after_commit"},
    {"fault": "lie_failed"},
    {"fault": "status", "code": 500},
    {"fault": "status", "code": 503},
    {"fault": "html"},
    {"fault": "truncated"},
    {"fault": "slow", "seconds": 0.4},
    {"fault": "slow", "seconds": 2.0},  # longer than the client waits
    {"fault": "rate_limited"},
)
READING: tuple[dict[str, Any], ...] = (
    {"fault": "drop_before"},
    {"fault": "status", "code": 502},
    {"fault": "truncated"},
    {"fault": "html"},
)
WRITES = ("createPost", "POST /media", "POST /media_publish")


class Sandbox:
    """`kosmo sandbox` as a process, and its controls."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "kosmo_tui", "sandbox", "--unlimited"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        (folder / "about.json").write_text(line)
        self.about = json.loads(line)

    def control(self, name: str, given: Any = None, method: str | None = None) -> Any:
        """What `/_sandbox/NAME` answers."""
        data = None if given is None else json.dumps(given).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.about['control']}/{name}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def live(self) -> Counter[tuple[str, str]]:
        """How often each text of ours exists, by profile or Instagram account."""
        posts = [(post["channel"], post["text"]) for post in self.control("posts?limit=20000")]
        media = [("instagram", one["caption"]) for one in self.control("media")]
        return Counter(one for one in (*posts, *media) if (one[1] or "").startswith("fire "))

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


def work(sandbox: Sandbox, targets: list[dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
    """The posts: each text once, spread over Buffer profiles and Instagram accounts."""
    instagram = [
        {"key": f"instagram.{name}", "account": f"instagram.{name}", "service": "instagram", "network": "instagram",
         "label": name}
        for name in sandbox.about["instagram"]["tokens"]
    ]  # fmt: skip
    posts = []
    for number in range(POSTS):
        at_instagram = number % 3 == 2
        target = chance.choice(instagram if at_instagram else targets)
        media = [f"https://media.example/photo-{number}.jpg"] if at_instagram or chance.random() < 0.2 else []
        mode = "now" if at_instagram or chance.random() < 0.1 else "queue"
        posts.append({"text": f"fire {number:03}", "media": media, "mode": mode, "target": target})
    return posts


def trouble(chance: random.Random) -> list[dict[str, Any]]:
    """Faults in a random order with stretches of calm between them: about every second write goes wrong."""
    orders: list[dict[str, Any]] = []
    for match in WRITES:
        for _ in range(160):
            orders.append({"match": match, "times": 1, **chance.choice(TROUBLE)})
            orders.append({"match": match, "times": chance.randint(1, 2), "fault": "slow", "seconds": 0})
    for _ in range(60):
        orders.append({"match": "posts", "times": 1, **chance.choice(READING)})
        orders.append({"match": "posts", "times": chance.randint(1, 4), "fault": "slow", "seconds": 0})
    return orders


def run_and_kill(folder: Path, chance: random.Random) -> int:
    """Runs the worker until it is done, killing it at random moments; how many kills it took."""
    command = [sys.executable, "-m", "tests.e2e.publishing_under_fire", str(folder)]
    kills = 0
    while True:
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("working"), f"the worker did not start: {line!r}"
            try:
                process.wait(chance.uniform(0.3, 3.0))
            except subprocess.TimeoutExpired:
                process.kill()
                kills += 1
                continue
            assert process.returncode == 0
            assert process.stdout.read().strip() == "done"
            return kills


async def decide(folder: Path, sandbox: Sandbox) -> int:
    """Be the person: look at what exists, mark it as sent or order it sent again; how many decisions that took."""
    store = open_store(folder / "state")
    live, decisions = sandbox.live(), 0
    async with clients(sandbox.about) as hub:
        publisher = Publisher(hub, store, hold=0.0)
        outbox = Outbox(publisher)
        for row in [row for row in store.outbox.rows(limit=10_000) if row.state in ("unknown", "queued")]:
            decisions += 1
            if live[row.profile_id or "instagram", row.summary]:
                await outbox.mark_sent(row.id)
            else:
                publication = await outbox.send_again(row.id)
                await publication.wait()
                (sent,) = publication.rows
                assert sent.state == "confirmed", (row.summary, sent.state, sent.note)
        await outbox.aclose()
        await publisher.aclose()
    store.close()
    return decisions


def buffer_targets(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The profiles of the agency that take a post of text alone and are connected."""

    async def ask() -> list[dict[str, Any]]:
        async with clients(sandbox.about) as hub:
            profiles = await hub.buffer["agency"].list_profiles()
        return [
            {"key": f"buffer.agency/{one.id}", "account": "buffer.agency", "service": "buffer",
             "network": one.service, "label": one.service, "profile_id": one.id}
            for one in profiles
            if one.service in TEXT_ONLY and not (one.disconnected or one.locked)
        ]  # fmt: skip

    return asyncio.run(ask())


@pytest.fixture
def sandbox(tmp_path: Path) -> Any:
    sandbox = Sandbox(tmp_path)
    yield sandbox
    sandbox.close()


def test_nothing_doubles_and_nothing_is_lost(tmp_path: Path, sandbox: Sandbox, figure: Callable[[str], None]) -> None:
    chance = random.Random(SEED)
    posts = work(sandbox, buffer_targets(sandbox), chance)
    (tmp_path / "posts.json").write_text(json.dumps(posts))
    sandbox.control("faults", trouble(chance))

    kills = run_and_kill(tmp_path, chance)
    faults = len(sandbox.control("faults")["hits"])
    sandbox.control("faults", method="DELETE")
    run_and_kill(tmp_path, random.Random(0))  # once more in calm: what can be settled by reading is settled

    store = open_store(tmp_path / "state")
    rows = {row.summary: row for row in store.outbox.rows(limit=10_000)}
    store.close()
    live = sandbox.live()
    wrong = []
    for post in posts:
        row = rows.get(post["text"])
        exists = live[post["target"].get("profile_id") or "instagram", post["text"]]
        allowed = {"confirmed": {1}, "refused": {0}, "unknown": {0, 1}, "queued": {0}}.get(
            row.state if row else "", set()
        )
        if exists not in allowed:
            wrong.append((post["text"], exists, row.state if row else "no row", row.note if row else ""))
    assert not wrong
    assert max(live.values()) == 1
    states = Counter(row.state for row in rows.values())

    decisions = asyncio.run(decide(tmp_path, sandbox))
    after = sandbox.live()
    refused = {text for text, row in rows.items() if row.state == "refused"}
    assert set(after.values()) == {1}
    assert {text for _, text in after} == {post["text"] for post in posts} - refused
    figure(
        f"{POSTS} posts, {kills} kills, {faults} faults: {states['confirmed']} confirmed, {states['refused']} refused, "
        f"{decisions} for a person; doubled 0, lost 0"
    )
