"""Whatever is done to a queue in whatever order: counts, order, slots and states stay true."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from kosmo_tui.sandbox import Sandbox
from tests.sandbox.asking import DELETE, MOVE, Buffer, Still

MODES = st.sampled_from(["addToQueue", "shareNext", "shareNow", "customScheduled"])
# Shortly before the clocks change in Berlin and New York.
STARTS = st.sampled_from([datetime(2027, 3, 12, 15, tzinfo=UTC), datetime(2027, 10, 29, 20, tzinfo=UTC)])
LATER = st.integers(1, 4 * 86_400)
# A failing run is short enough to be read; shrinking it takes minutes.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


class Queue(RuleBasedStateMachine):
    """A model knows which posts there must be; what it says about them is compared with every list and read."""

    posts: Bundle[str] = Bundle("posts")

    @initialize(start=STARTS, service=st.sampled_from(["twitter", "linkedin"]))
    def begin(self, start: datetime, service: str) -> None:
        sandbox = Sandbox(seed=5, posts=8, clock=Still(start), unlimited=True)
        transport = httpx.ASGITransport(app=sandbox.app)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://sandbox.test")
        self.loop = asyncio.new_event_loop()
        self.buffer = Buffer(sandbox, self.http)
        self.channel = self.buffer.channel(service)
        self.known = {post["id"] for post in self.list()}

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            self.loop.run_until_complete(self.http.aclose())
            self.loop.close()

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    @property
    def now(self) -> datetime:
        return self.buffer.sandbox.clock.now()

    def list(self, **wanted: Any) -> list[dict[str, Any]]:
        wanted = {"channelIds": [self.channel.id]} | wanted
        sort = [{"field": "dueAt", "direction": "asc"}]
        found: list[dict[str, Any]] = self.run(self.buffer.all(first=50, filter=wanted, sort=sort))
        return found

    def queue(self) -> list[str]:
        return [post["id"] for post in self.list(status=["scheduled"]) if not post["isCustomScheduled"]]

    @rule(target=posts, mode=MODES, seconds=LATER, draft=st.booleans())
    def create(self, mode: str, seconds: int, draft: bool) -> Any:
        due = (self.now + timedelta(seconds=seconds)).isoformat()
        answer = self.run(
            self.buffer.create(self.channel.id, mode=mode, dueAt=due, saveToDraft=draft, text=f"post {len(self.known)}")
        )
        assert answer["__typename"] == "PostActionSuccess", answer
        made = answer["post"]
        assert made["id"] not in self.known
        self.known.add(made["id"])
        expected = "draft" if draft else {"shareNow": "sending"}.get(mode, "scheduled")
        assert made["status"] == expected
        return made["id"]

    @rule(post=posts, mode=st.none() | MODES, seconds=LATER, draft=st.booleans())
    def edit(self, post: str, mode: str | None, seconds: int, draft: bool) -> None:
        before = self.run(self.buffer.post(post))
        due = (self.now + timedelta(seconds=seconds)).isoformat()
        answer = self.run(self.buffer.edit(id=post, mode=mode, dueAt=due, saveToDraft=draft, text="edited"))
        if before["status"] in {"sent", "sending"}:
            assert answer["__typename"] == "InvalidInputError"
            after = self.run(self.buffer.post(post))
            assert (after["text"], after["dueAt"]) == (before["text"], before["dueAt"])
        else:
            assert answer["__typename"] == "PostActionSuccess", answer
            assert answer["post"]["text"] == "edited"
            if draft or (before["status"] == "draft" and mode is None):
                assert answer["post"]["status"] == "draft"

    @rule(post=consumes(posts))
    def delete(self, post: str) -> None:
        status = self.run(self.buffer.post(post))["status"]
        answer = self.run(self.buffer.send(DELETE, input={"id": post})).json()
        if status == "sending":
            assert answer["errors"]
        else:
            assert answer["data"]["deletePost"] == {"__typename": "DeletePostSuccess", "id": post}
            self.known.discard(post)

    @rule(post=posts, position=st.sampled_from(["top", "bottom"]))
    def move(self, post: str, position: str) -> None:
        status = self.run(self.buffer.post(post))["status"]
        rest = [item for item in self.queue() if item != post]
        answer = self.run(self.buffer.send(MOVE, input={"id": post, "position": position})).json()
        if status == "scheduled":
            assert "errors" not in answer
            assert self.queue() == ([post, *rest] if position == "top" else [*rest, post])
        else:
            assert answer["errors"]

    @rule(seconds=st.sampled_from([5, 30, 3600, 86_400]))
    def wait(self, seconds: int) -> None:
        self.buffer.sandbox.clock.advance(seconds)

    @invariant()
    def the_list_is_true(self) -> None:
        if not hasattr(self, "known"):
            return
        posts, now = self.list(), self.now
        assert {post["id"] for post in posts} == self.known
        assert len(posts) == len(self.known)
        zone = ZoneInfo(self.channel.timezone)
        slots = set()
        for post in posts:
            due = post["dueAt"] and datetime.fromisoformat(post["dueAt"])
            if post["status"] == "scheduled":
                assert due > now - timedelta(seconds=1)
            if post["status"] == "scheduled" and not post["isCustomScheduled"]:
                assert due not in slots, "two posts in one slot"
                slots.add(due)
                local = due.astimezone(zone)
                assert f"{local:%H:%M}" in self.channel.schedule[f"{local:%a}".lower()]
            if post["status"] == "sending":
                assert now - timedelta(seconds=23) <= due <= now
            if post["status"] == "sent" and post["sentAt"]:
                assert 8 <= (datetime.fromisoformat(post["sentAt"]) - due).total_seconds() < 24
            if post["status"] == "draft":
                assert due is None
            assert (post["error"] is not None) == (post["status"] == "error")


Queue.TestCase.settings = settings(max_examples=12, stateful_step_count=18, deadline=None, phases=PHASES)
TestQueue = Queue.TestCase
