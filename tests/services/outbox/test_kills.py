"""Killed at any point, under any fault: afterwards a post exists once, or is refused and absent, or asks a person."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosmo_tui.compose.draft import Target
from kosmo_tui.compose.when import When
from kosmo_tui.sandbox import Sandbox
from tests.services.kosmos import INSTAGRAM, Kosmo, decide, draft, faithful, live

NOW = When("now")
# Where a kosmo can be killed: whose method, which one, before or after it; and what the next kosmo must find.
BUFFER_KILLS = [
    ("store", "add", False, {}),
    ("store", "add", True, {"queued": 0}),
    ("buffer", "prepare", False, {"queued": 0}),
    ("buffer", "prepare", True, {"queued": 0}),
    ("store", "claim", False, {"queued": 0}),
    ("store", "claim", True, {"unknown": 0}),
    ("buffer", "create_update", False, {"unknown": 0}),
    ("buffer", "create_update", True, {"confirmed": 1}),
    ("store", "settle", False, {"confirmed": 1}),
    ("store", "settle", True, {"confirmed": 1}),
]
INSTAGRAM_KILLS = [
    ("store", "add", True, {"queued": 0}),
    ("store", "claim", True, {"refused": 0}),
    ("instagram", "create_media", False, {"refused": 0}),
    ("store", "refer", False, {"refused": 0}),
    ("store", "refer", True, {"unknown": 0}),
    ("instagram", "create_media", True, {"confirmed": 1}),
    ("store", "settle", True, {"confirmed": 1}),
]


def victim(kosmo: Kosmo, where: str) -> Any:
    owners = {
        "store": kosmo.store.outbox,
        "buffer": kosmo.accounts.buffer["agency"],
        "instagram": kosmo.accounts.instagram["brand_account"],
    }
    return owners[where]


async def kill_and_restart(
    sandbox: Sandbox, folder: Path, target: Target | None, kill: tuple[str, str, bool]
) -> tuple[Kosmo, str]:
    """A kosmo that is killed while it publishes, and the next one, which has settled what can be settled."""
    where, method, after = kill
    text = f"killed {'after' if after else 'before'} {method}"
    first = Kosmo(sandbox, folder)
    target = target or await first.profile()
    first.dies(victim(first, where), method, after=after)
    first.publisher.start(draft(text, target), [target], NOW)
    await asyncio.gather(*first.publisher._tasks, return_exceptions=True)
    await first.accounts.aclose()
    second = Kosmo(sandbox, folder)
    await second.outbox.settle_all()
    return second, text


@pytest.mark.parametrize(("where", "method", "after", "expected"), BUFFER_KILLS)
async def test_a_kill_on_the_way_to_buffer(
    sandbox: Sandbox, tmp_path: Path, where: str, method: str, after: bool, expected: dict[str, int]
) -> None:
    kosmo, text = await kill_and_restart(sandbox, tmp_path, None, (where, method, after))
    assert {row.state: live(sandbox, text) for row in kosmo.store.outbox.rows()} == expected
    assert live(sandbox, text) == sum(expected.values())
    faithful(kosmo)
    await decide(kosmo)
    assert live(sandbox, text) == (1 if expected else 0)
    await kosmo.close()


@pytest.mark.parametrize(("where", "method", "after", "expected"), INSTAGRAM_KILLS)
async def test_a_kill_on_the_way_to_instagram(
    sandbox: Sandbox, tmp_path: Path, where: str, method: str, after: bool, expected: dict[str, int]
) -> None:
    kosmo, text = await kill_and_restart(sandbox, tmp_path, INSTAGRAM, (where, method, after))
    assert {row.state: live(sandbox, text) for row in kosmo.store.outbox.rows()} == expected
    faithful(kosmo)
    for row in kosmo.store.outbox.rows(states={"refused"}):  # what is called refused can be sent again
        publication = await kosmo.outbox.send_again(row.id)
        await publication.wait()
    await decide(kosmo)
    assert live(sandbox, text) == 1
    await kosmo.close()


WRITE_FAULTS = [
    {"fault": "drop_before"},
    {"fault": "drop_after_commit"},
    {"fault": "lie_failed"},
    {"fault": "status", "code": 500},
    {"fault": "status", "code": 503},
    {"fault": "html"},
    {"fault": "truncated"},
    {"fault": "rate_limited"},
    {"fault": "expired_token"},
]
READ_FAULTS = [{"fault": "drop_before"}, {"fault": "status", "code": 502}, {"fault": "truncated"}, {"fault": "html"}]
FAULTS = st.one_of(
    st.builds(
        lambda match, fault: {"match": match, **fault},
        st.sampled_from(["createPost", "POST /media", "POST /media_publish"]),
        st.sampled_from(WRITE_FAULTS),
    ),
    st.builds(
        lambda match, fault, times: {"match": match, "times": times, **fault},
        st.sampled_from(["posts", "GET /media"]),
        st.sampled_from(READ_FAULTS),
        st.integers(1, 3),
    ),
)
KILLS = st.sampled_from([None, None, *(kill[:3] for kill in (*BUFFER_KILLS, *INSTAGRAM_KILLS))])
STEPS = st.lists(st.tuples(st.booleans(), st.lists(FAULTS, max_size=3), KILLS), min_size=1, max_size=4)
_number = 0


@given(STEPS)
@settings(max_examples=25)
def test_whatever_happens_nothing_doubles_and_nothing_is_lost(
    one_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory, steps: list[Any]
) -> None:
    asyncio.run(sequence(one_sandbox, tmp_path_factory.mktemp("store"), steps))


async def sequence(sandbox: Sandbox, folder: Path, steps: list[Any]) -> None:
    """Publish one post after the other, each under its faults, and start again after each kill."""
    global _number
    kosmo = Kosmo(sandbox, folder)
    texts = []
    for at_instagram, faults, kill in steps:
        _number += 1
        texts.append(text := f"step {_number}")
        target = INSTAGRAM if at_instagram else await kosmo.profile()
        sandbox.faults.load(faults)
        if kill is not None:
            kosmo.dies(victim(kosmo, kill[0]), kill[1], after=kill[2])
        kosmo.publisher.start(draft(text, target), [target], NOW)
        await asyncio.gather(*kosmo.publisher._tasks, return_exceptions=True)
        if kill is not None:
            await kosmo.outbox.aclose()
            await kosmo.accounts.aclose()
            kosmo = Kosmo(sandbox, folder)
        await kosmo.outbox.settle_all()
        faithful(kosmo)
        sandbox.faults.clear()
    await kosmo.outbox.settle_all()
    await decide(kosmo)
    known = {row.summary: row.state for row in kosmo.store.outbox.rows()}
    for text in texts:
        assert live(sandbox, text) == (known.get(text) == "confirmed"), (text, known.get(text))
    await kosmo.close()
