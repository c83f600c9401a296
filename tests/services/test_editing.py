"""What can be done to a post of Buffer: Buffer's own permissions, and orders that do it, through the journal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.api.buffer.models import Media, Update
from kosmo_tui.api.errors import NotFound
from kosmo_tui.api.http import in_process
from kosmo_tui.api.safe_text import SafeText
from kosmo_tui.compose.draft import Attachment, Target
from kosmo_tui.compose.when import When
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.sandbox.clock import Clock
from kosmo_tui.services import editing
from kosmo_tui.services.drafts import decode, encode
from kosmo_tui.services.editing import Change, changes, refusal
from kosmo_tui.services.orders import Order
from kosmo_tui.services.publication import Row
from kosmo_tui.services.publish import Publisher
from kosmo_tui.services.reuse import draft_like
from kosmo_tui.services.targets import profile_target
from kosmo_tui.store.database import Store

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
ALL: tuple[Change, ...] = (
    "edit", "reschedule", "to_top", "to_bottom", "to_draft", "again", "duplicate", "delete",
)  # fmt: skip


class Buffer:
    """One account of the sandbox: its pending posts, and orders carried out through the journal."""

    def __init__(self, hub: Hub, account: str) -> None:
        self.client = hub.buffer[account]
        self.store = Store.in_memory()
        self.publisher = Publisher(hub, self.store, hold=0, now=lambda: MONDAY, volatile=True)
        self.account = f"buffer.{account}"
        self.updates: tuple[Update, ...] = ()
        self.targets: dict[str, Target] = {}

    async def load(self) -> None:
        seen = await self.client.overview(first=100)
        self.updates = seen.updates
        self.targets = {one.id: profile_target(self.account, one) for one in seen.profiles}

    def some(self, status: str, *, usable: bool = True) -> Update:
        """A post of that status on a profile that works."""
        return next(
            update
            for update in self.updates
            if update.status == status and (not usable or self.target(update).problem in ("", "paused"))
        )

    def target(self, update: Update) -> Target:
        return self.targets[update.profile_id]

    async def do(self, order: Order) -> Row:
        publication = self.publisher.write([order])
        await asyncio.wait_for(publication.wait(), 10)
        return publication.rows[0]

    async def get(self, update: Update) -> Update:
        return await self.client.get_update(update.id)


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(clock=Clock(MONDAY), unlimited=True)


@pytest.fixture
async def buffer(sandbox: Sandbox) -> AsyncIterator[Buffer]:
    async with Hub.for_sandbox(sandbox.describe("http://sandbox.localhost"), in_process(sandbox.app)) as hub:
        account = Buffer(hub, "agency")
        await account.load()
        yield account
        await account.publisher.aclose()


# Permissions


@pytest.mark.parametrize("status", ["draft", "needs_approval", "scheduled", "sending", "sent", "error"])
def test_a_change_is_possible_or_has_a_reason_why_not(status: str) -> None:
    update = Update(id="1", profile_id="p", profile_service="twitter", status=status)  # type: ignore[arg-type]
    for change in ALL:
        why_not = refusal(update, change)
        assert (change in changes(update)) == (not why_not)
        assert not why_not or (why_not[0].isupper() and why_not.endswith("."))
    assert changes(update) == ("duplicate",), "Buffer allows nothing with a post that names no action"


async def test_what_buffer_allows_is_offered(buffer: Buffer) -> None:
    offered = {status: changes(buffer.some(status, usable=False)) for status in ("scheduled", "draft", "error")}
    assert offered["scheduled"] == ("edit", "reschedule", "to_top", "to_bottom", "to_draft", "delete", "duplicate")
    assert offered["draft"] == ("edit", "reschedule", "to_top", "to_bottom", "delete", "duplicate")
    assert offered["error"] == ("again", "edit", "reschedule", "to_draft", "delete", "duplicate")
    waiting = buffer.some("needs_approval")
    assert "approval" in refusal(waiting, "to_top")
    only = replace(buffer.some("scheduled"), allowed_actions=("deletePost",))
    assert changes(only) == ("delete", "duplicate")


# Orders, carried out by the sandbox


async def test_another_time_for_a_post_and_for_a_draft(buffer: Buffer) -> None:
    at = MONDAY + timedelta(days=2, minutes=7)
    for status in ("scheduled", "draft", "error"):
        update = buffer.some(status)
        row = await buffer.do(editing.reschedule(update, buffer.target(update), When("at", at)))
        assert row.state == "confirmed", (status, row.note, row.hint)
        now = await buffer.get(update)
        assert (now.status, now.scheduled_at) == ("scheduled", at)
        assert now.text.raw == update.text.raw and len(now.media) == len(update.media)
        shown = editing.applied(update, editing.reschedule(update, buffer.target(update), When("at", at)), row.at)
        assert shown is not None
        assert (shown.status, shown.scheduled_at, shown.custom_scheduled, shown.error) == ("scheduled", at, True, None)


async def test_to_the_front_and_to_the_end(buffer: Buffer) -> None:
    profile = next(
        one for one, target in buffer.targets.items() if not target.problem and len(_queued(buffer.updates, one)) > 2
    )
    first, *_, last = _queued(buffer.updates, profile)
    target = buffer.targets[profile]
    assert (await buffer.do(editing.move(last, target, "top"))).state == "confirmed"
    assert (await buffer.do(editing.move(first, target, "bottom"))).state == "confirmed"
    await buffer.load()
    order = [update.id for update in _queued(buffer.updates, profile)]
    assert (order[0], order[-1]) == (last.id, first.id)


def _queued(updates: Iterable[Update], profile: str) -> list[Update]:
    found = [one for one in updates if one.profile_id == profile and one.status == "scheduled"]
    return [one for one in found if not one.custom_scheduled]


async def test_a_draft_goes_to_the_front_of_the_queue(buffer: Buffer) -> None:
    draft = next(one for one in buffer.updates if one.status == "draft" and buffer.target(one).has_slots)
    row = await buffer.do(editing.move(draft, buffer.target(draft), "top"))
    assert row.state == "confirmed" and (await buffer.get(draft)).status == "scheduled"


@pytest.mark.parametrize("status", ["scheduled", "needs_approval"])
async def test_back_to_a_draft(buffer: Buffer, status: str) -> None:
    update = buffer.some(status)
    order = editing.to_draft(update, buffer.target(update))
    row = await buffer.do(order)
    now = await buffer.get(update)
    assert row.state == "confirmed" and (now.status, now.scheduled_at) == ("draft", None)
    shown = editing.applied(update, order, row.at)
    assert shown is not None and (shown.status, shown.scheduled_at) == ("draft", None)


async def test_a_failed_post_is_sent_again_as_the_same_post(buffer: Buffer, sandbox: Sandbox) -> None:
    failed = buffer.some("error")
    order = editing.again(failed, buffer.target(failed), When("queue"))
    assert order.kind == "edit"
    assert (await buffer.do(order)).state == "confirmed"
    now = await buffer.get(failed)
    assert now.status == "scheduled" and now.error is None


async def test_a_failed_post_that_cannot_be_changed_is_made_anew(buffer: Buffer) -> None:
    failed = replace(buffer.some("error"), allowed_actions=("duplicatePost",))
    order = editing.again(failed, buffer.target(failed), When("at", MONDAY + timedelta(days=1)))
    assert order.kind == "create"
    row = await buffer.do(order)
    assert row.state == "confirmed" and row.id is not None
    made = buffer.store.outbox.get(row.id)
    assert made is not None and made.remote_id and made.remote_id != failed.id


async def test_a_deleted_post_is_made_again_with_everything_that_it_had(buffer: Buffer) -> None:
    for update in (buffer.some("scheduled"), *(one for one in buffer.updates if one.status == "draft")):
        target = buffer.target(update)
        if target.problem not in ("", "paused"):
            continue
        row = await buffer.do(editing.delete(update, target))
        assert row.state == "confirmed", row.note
        with pytest.raises(NotFound):
            await buffer.get(update)
        order, lost = editing.restore(update, target, MONDAY)
        row = await buffer.do(order)
        assert row.state == "confirmed" and not lost, (row.note, lost)
        assert row.id is not None
        made = buffer.store.outbox.get(row.id)
        assert made is not None
        again = await buffer.client.get_update(made.remote_id)
        assert again.id != update.id
        assert (again.text.raw, again.status, again.metadata) == (update.text.raw, update.status, update.metadata)
        assert (again.media, again.tags, again.tag_ids) == (update.media, update.tags, update.tag_ids)
        assert again.scheduling_type == update.scheduling_type
        if update.status == "scheduled":
            assert again.scheduled_at == update.scheduled_at


def test_what_comes_back_differently_is_told() -> None:
    media = (Media(type="document", url="https://example.com/a.pdf"),)
    past = Update(
        id="1",
        profile_id="p",
        profile_service="linkedin",
        status="scheduled",
        text=SafeText("x"),
        media=media,
        scheduled_at=MONDAY - timedelta(hours=1),
    )
    target = Target(key="buffer.a/p", account="buffer.a", service="buffer", network="linkedin", label="x")
    order, lost = editing.restore(past, target, MONDAY)
    assert order.arguments["save_to_draft"] is True and "scheduled_at" not in order.arguments
    assert "draft" in lost
    assert order.arguments["media"]["assets"][0]["document"]["url"] == "https://example.com/a.pdf"


async def test_a_deleted_post_is_not_deleted_twice(buffer: Buffer, sandbox: Sandbox) -> None:
    update = buffer.some("scheduled")
    order = editing.delete(update, buffer.target(update))
    assert (await buffer.do(order)).state == "confirmed"
    assert editing.applied(update, order, None) is None
    row = await buffer.do(order)
    assert row.state in ("refused", "confirmed"), "it is gone either way, and that is known"


# Editing: only what differs is changed


async def test_an_edit_changes_the_words_and_nothing_else(buffer: Buffer) -> None:
    update = next(one for one in buffer.updates if one.status == "scheduled" and one.media and one.metadata)
    target = buffer.target(update)
    draft = draft_like(update)
    assert editing.revise(update, target, draft) is None, "nothing differs"
    order = editing.revise(update, target, draft.replace(text="Other words"))
    assert order is not None and set(order.arguments) == {"update_id", "text"}
    assert (await buffer.do(order)).state == "confirmed"
    now = await buffer.get(update)
    assert now.text == "Other words"
    assert (now.scheduled_at, now.metadata, len(now.media)) == (
        update.scheduled_at,
        update.metadata,
        len(update.media),
    )


async def test_an_edit_of_options_keeps_the_rest_of_them(buffer: Buffer) -> None:
    update = next(
        one for one in buffer.updates if one.status == "scheduled" and one.profile_service in ("instagram", "facebook")
    )
    target, draft = buffer.target(update), draft_like(update)
    order = editing.revise(update, target, draft.replace(options={**draft.options, "first_comment": "First!"}))
    assert order is not None
    assert (await buffer.do(order)).state == "confirmed"
    commented = await buffer.get(update)
    about = commented.metadata[update.profile_service]
    assert about["firstComment"] == "First!"
    assert {**about, "firstComment": None} == {**update.metadata[update.profile_service], "firstComment": None}
    assert draft_like(commented).options["first_comment"] == "First!"
    order = editing.revise(commented, target, draft)
    assert order is not None and (await buffer.do(order)).state == "confirmed"
    assert "firstComment" not in (await buffer.get(update)).metadata[update.profile_service]


async def test_an_edit_of_a_thread(buffer: Buffer) -> None:
    update = next(
        one
        for one in buffer.updates
        if one.status == "scheduled"
        and one.profile_service in ("mastodon", "bluesky", "threads", "twitter")
        and not buffer.target(one).problem
    )
    target = buffer.target(update)
    order = editing.revise(update, target, draft_like(update).replace(text="One\n---\nTwo"))
    assert order is not None and (await buffer.do(order)).state == "confirmed"
    threaded = await buffer.get(update)
    assert threaded.thread == ("One", "Two") and draft_like(threaded).text == "One\n---\nTwo"
    order = editing.revise(threaded, target, draft_like(threaded).replace(text="Alone"))
    assert order is not None and (await buffer.do(order)).state == "confirmed"
    alone = await buffer.get(update)
    assert (str(alone.text), len(alone.thread) < 2) == ("Alone", True)


async def test_an_edit_of_media_and_time(buffer: Buffer) -> None:
    update = next(
        one for one in buffer.updates if one.status == "scheduled" and one.profile_service == "linkedin" and one.text
    )
    photo = Attachment("https://media.example.com/new.jpg", "New")
    at = MONDAY + timedelta(days=3)
    order = editing.revise(update, buffer.target(update), draft_like(update).replace(media=(photo,)), When("at", at))
    assert order is not None and (await buffer.do(order)).state == "confirmed"
    now = await buffer.get(update)
    assert ([one.url for one in now.media], now.scheduled_at) == ([photo.url], at)


def test_a_time_that_buffer_would_not_change_is_refused() -> None:
    queued = Update(
        id="1",
        profile_id="p",
        profile_service="twitter",
        status="scheduled",
        allowed_actions=("updatePostSchedule",),
    )
    assert "slot" in editing.untimely(queued, When("queue"))
    assert editing.untimely(queued, When("at", MONDAY)) == ""
    assert editing.untimely(queued, When("now"))


def test_what_has_a_time_keeps_it_a_draft_stays_one_and_a_failed_post_is_given_one() -> None:
    later = MONDAY + timedelta(days=1)
    post = Update(id="1", profile_id="p", profile_service="twitter", status="scheduled", scheduled_at=later)
    assert editing.standing(post, MONDAY) == later.isoformat()
    assert editing.standing(post, later) is None
    assert editing.standing(replace(post, status="draft", scheduled_at=None), MONDAY) == ""
    assert editing.standing(replace(post, status="error"), MONDAY) is None


async def test_a_draft_of_any_post_can_be_kept(buffer: Buffer) -> None:
    for update in buffer.updates:
        draft = draft_like(update)
        assert decode(encode(draft)) == draft
        assert editing.revise(update, buffer.target(update), draft) is None, "looking at it changes nothing"
