"""Editing, deleting and moving posts: what changes, what stays, and every fault of the sandbox."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kosmo_tui.api.buffer.attachments import media_of
from kosmo_tui.api.buffer.client import BufferClient
from kosmo_tui.api.buffer.models import Update
from kosmo_tui.api.errors import ApiError, AuthExpired, BadParameter, NotFound, OutcomeUnknown, RateLimited, Refused
from tests.api.conftest import BufferWorld

QUICK: dict[str, Any] = {"timeout": 1.0}  # seconds that an attempt may take, where the service hangs
PHOTO = "https://media.example.com/photo-1080x1080.jpg"
CLIP = "https://media.example.com/clip.mp4"
LOST_AFTER = ["drop_after_commit", "truncated", "hang_after_commit", "lie_failed"]
LOST_BEFORE: list[tuple[str, dict[str, Any]]] = [
    ("drop_before", {}),
    ("html", {}),
    ("status", {"code": 500}),
    ("status", {"code": 502}),
    ("status", {"code": 503}),
]
CLEAR_NO: list[tuple[str, dict[str, Any], type[ApiError]]] = [
    ("rate_limited", {"window": "24h"}, RateLimited),
    ("expired_token", {}, AuthExpired),
    ("status", {"code": 429}, RateLimited),
    ("status", {"code": 404}, NotFound),
]
WRITES = ("createPost", "editPost", "deletePost", "movePostInQueue")


async def pending(client: BufferClient, service: str, **like: Any) -> list[Update]:
    """The queued posts of the first profile of `service` that have these attributes, by time."""
    page = await client.posts_of_all(statuses=["scheduled", "draft", "error"], first=100)
    return [
        update
        for update in page.updates
        if update.profile_service == service and all(getattr(update, key) == value for key, value in like.items())
    ]


async def queued(buffer: BufferWorld, client: BufferClient, service: str = "twitter") -> list[Update]:
    """The posts in the queue of a profile, by time; looking them up is left out of the log."""
    await client.list_profiles()
    found = await pending(client, service, status="scheduled", share_mode="addToQueue")
    buffer.sandbox.log.clear()
    return found


def real(buffer: BufferWorld, update_id: str) -> dict[str, Any] | None:
    """The post as it really is, None when there is none."""
    return next((post for post in buffer.sandbox.buffer.posts_now() if post["id"] == update_id), None)


def writes(buffer: BufferWorld) -> list[str]:
    return [operation for operation in buffer.operations() if operation in WRITES]


# What an edit changes, and what it must not lose.


@pytest.mark.parametrize(
    "service", ["twitter", "instagram", "facebook", "linkedin", "mastodon", "pinterest", "threads"]
)
@pytest.mark.parametrize("drops", [False, True])
async def test_a_new_text_changes_nothing_else(buffer: BufferWorld, service: str, drops: bool) -> None:
    buffer.sandbox.buffer.switches.edit_drops_omitted_assets = drops
    try:
        client = buffer.client()
        for channel in buffer.sandbox.buffer.world.channels.values():
            channel.disconnected = False
        for like in await pending(client, service, status="scheduled"):
            before = real(buffer, like.id)
            changed = await client.edit_update(like.id, text="A new text", like=like)
            assert changed.text == "A new text"
            assert before is not None and real(buffer, like.id) == before | {"text": "A new text"}
            assert (changed.media, changed.due_at, changed.metadata) == (like.media, like.due_at, like.metadata)
    finally:
        buffer.sandbox.buffer.switches.edit_drops_omitted_assets = False


async def test_everything_of_an_attachment_is_sent_again(buffer: BufferWorld) -> None:
    client = buffer.client()
    profile, page = await buffer.ids("instagram", "linkedin")
    tagged = [
        {"image": {"url": PHOTO, "metadata": {"altText": "", "userTags": [{"handle": "mira", "x": 0.25, "y": 0.5}]}}},
        {"video": {"url": CLIP, "metadata": {"title": "How we bake", "thumbnailOffset": 1500}}},
    ]
    document = [{"document": {"url": "https://media.example.com/a.pdf", "title": "Prices", "thumbnailUrl": PHOTO}}]
    for one, assets in ((profile, tagged), (page, document)):
        (made,) = (await client.create_update("with media", [one], media={"assets": assets})).updates
        changed = await client.edit_update(made.id, text="with the same media")
        assert changed.media == made.media and media_of(changed)["assets"] == assets


async def test_media_can_be_replaced_and_removed(buffer: BufferWorld) -> None:
    client = buffer.client()
    twitter, instagram = await buffer.ids("twitter", "instagram")
    (made,) = (await client.create_update("words", [twitter], media={"photo": PHOTO})).updates
    assert (await client.edit_update(made.id, media={}, like=made)).media == ()
    (shown,) = (await client.create_update("words", [instagram], media={"photo": PHOTO})).updates
    reel = await client.edit_update(shown.id, media={"video": CLIP}, like=shown)
    assert [one.type for one in reel.media] == ["video"]
    assert reel.metadata["instagram"]["type"] == "reel"


async def test_a_thread_keeps_its_parts_when_its_text_changes(buffer: BufferWorld) -> None:
    client = buffer.client()
    for service in ("twitter", "mastodon", "threads", "bluesky"):
        (profile,) = await buffer.ids(service)
        if service == "threads":
            buffer.sandbox.buffer.world.channels[profile].disconnected = False
        parts = [{"text": "one"}, {"text": "two", "assets": [{"image": {"url": PHOTO}}]}, {"text": "three"}]
        options = {"twitter": {"isAiGenerated": True}, "mastodon": {"spoilerText": "bread"}, "threads": {"topic": "b"}}
        wanted = {service: {**options.get(service, {}), "thread": parts}}
        (made,) = (await client.create_update("one", [profile], metadata=wanted)).updates
        assert made.thread == ("one", "two", "three")
        changed = await client.edit_update(made.id, text="eins")
        assert changed.thread == ("eins", "two", "three") and changed.text == "eins"
        assert changed.metadata[service]["thread"][1] == made.metadata[service]["thread"][1]
        assert changed.metadata[service].items() >= options.get(service, {}).items()


async def test_wishes_go_over_the_metadata_that_is_there(buffer: BufferWorld) -> None:
    client = buffer.client()
    (profile,) = await buffer.ids("instagram")
    wanted = {"instagram": {"type": "post", "firstComment": "first!"}}
    (made,) = (await client.create_update("words", [profile], media={"photo": PHOTO}, metadata=wanted)).updates
    changed = await client.edit_update(made.id, metadata={"instagram": {"link": "https://example.com"}})
    assert changed.metadata["instagram"] == made.metadata["instagram"] | {"link": "https://example.com"}
    gone = await client.edit_update(made.id, metadata={"instagram": {"firstComment": None}})
    assert "firstComment" not in gone.metadata["instagram"]


@pytest.mark.parametrize(
    ("service", "wish"),
    [
        ("mastodon", {"spoilerText": "a riddle"}),
        ("twitter", {"thread": [{"text": "words", "assets": []}, {"text": "more", "assets": []}]}),
        ("linkedin", {"linkAttachment": {"url": "https://example.com/riddle"}}),
    ],
)
@pytest.mark.parametrize("drops", [False, True])
async def test_the_last_of_the_metadata_can_be_taken_away(
    buffer: BufferWorld, service: str, wish: dict[str, Any], drops: bool
) -> None:
    client = buffer.client(**QUICK)
    (profile,) = await buffer.ids(service)
    (made,) = (await client.create_update("words", [profile], metadata={service: wish})).updates
    (name,) = wish
    assert made.metadata[service][name]
    if drops:
        buffer.fault("editPost", "drop_after_commit")
    gone = await client.edit_update(made.id, metadata={service: {name: None}})
    assert name not in gone.metadata.get(service, {}) and gone.text == "words"


@pytest.mark.parametrize(
    ("how", "share_mode", "status"),
    [
        ({"mode": "queue"}, "addToQueue", "scheduled"),
        ({"mode": "top"}, "shareNext", "scheduled"),
        ({"mode": "now"}, "shareNow", "sending"),
        ({"scheduled_at": "2099-02-01T10:00:00+01:00"}, "customScheduled", "scheduled"),
        ({"save_to_draft": True}, "", "draft"),
    ],
)
@pytest.mark.parametrize("was", ["scheduled", "draft", "error"])
async def test_every_post_that_waits_can_be_filed_anew(
    buffer: BufferWorld, was: str, how: dict[str, Any], share_mode: str, status: str
) -> None:
    client = buffer.client()
    for like in await pending(client, "twitter", status=was):
        changed = await client.edit_update(like.id, like=like, **how)
        assert changed.status == status and (not share_mode or changed.share_mode == share_mode)
        assert (changed.text, changed.media) == (like.text, like.media)
        if "scheduled_at" in how:
            assert changed.due_at == datetime(2099, 2, 1, 9, tzinfo=UTC)


async def test_a_draft_stays_a_draft_and_a_failed_post_stays_failed_when_only_the_text_changes(
    buffer: BufferWorld,
) -> None:
    client = buffer.client()
    for status in ("draft", "error"):
        for like in await pending(client, "twitter", status=status):
            assert (await client.edit_update(like.id, text="mended")).status == status


async def test_a_text_edit_neither_publishes_nor_moves(buffer: BufferWorld) -> None:
    client = buffer.client()
    (profile,) = await buffer.ids("twitter")
    (top,) = (await client.create_update("first in line", [profile], next=True)).updates
    (later,) = (await client.create_update("now first in line", [profile], next=True)).updates
    top = await client.get_update(top.id)
    changed = await client.edit_update(top.id, text="second in line", like=top)
    assert (changed.due_at, changed.share_mode) == (top.due_at, top.share_mode)
    assert (await client.get_update(later.id)).due_at == later.due_at


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({}, "nothing"),
        ({"mode": "soon"}, "one of"),
        ({"mode": "at"}, "needs scheduledAt"),
        ({"mode": "queue", "scheduled_at": "2099-02-01T10:00:00Z"}, "exclude"),
        ({"mode": "now", "save_to_draft": True}, "draft"),
        ({"scheduled_at": "2020-02-01T10:00:00Z"}, "past"),
        ({"text": "\ud800"}, "Unicode"),
        ({"media": {"photo": "nowhere"}}, "URL"),
        ({"text": " ", "media": {}}, "empty"),
    ],
)
async def test_what_makes_no_sense_is_not_sent(buffer: BufferWorld, how: dict[str, Any], words: str) -> None:
    client = buffer.client()
    like = (await queued(buffer, client))[0]
    with pytest.raises(BadParameter, match=words):
        await client.edit_update(like.id, like=like, **how)
    assert writes(buffer) == []


async def test_a_draft_does_not_leave_the_drafts_without_a_time(buffer: BufferWorld) -> None:
    client = buffer.client()
    (draft,) = await pending(client, "twitter", status="draft")
    with pytest.raises(BadParameter, match="time to go out"):
        await client.edit_update(draft.id, save_to_draft=False, like=draft)


async def test_refusals_are_told_in_buffers_words(buffer: BufferWorld) -> None:
    client = buffer.client()
    like = (await queued(buffer, client, "instagram"))[0]
    with pytest.raises(Refused, match="at least one image or video"):
        await client.edit_update(like.id, media={}, like=like)
    (sent,) = (await client.list_sent_updates(like.profile_id, 1)).updates
    with pytest.raises(Refused, match="sent cannot be edited"):
        await client.edit_update(sent.id, text="too late", like=sent)
    buffer.sandbox.buffer.world.channels[like.profile_id].locked = True
    with pytest.raises(ApiError, match="locked"):
        await client.edit_update(like.id, text="locked", like=like)


async def test_an_id_that_nobody_knows(buffer: BufferWorld) -> None:
    client = buffer.client()
    like = (await queued(buffer, client))[0]
    await client.delete_update(like.id)
    for change in (
        client.edit_update(like.id, text="gone", like=like),
        client.edit_update(like.id, text="gone"),
        client.delete_update(like.id),
        client.move_update(like.id, "top"),
    ):
        with pytest.raises(NotFound, match=like.id) as caught:
            await change
        assert not caught.value.may_have_been_published


# Deleting and moving.


async def test_a_deleted_post_can_be_made_again_as_it_was(buffer: BufferWorld) -> None:
    client = buffer.client()
    for service in ("twitter", "instagram", "facebook", "linkedin", "mastodon", "pinterest"):
        for like in await queued(buffer, client, service):
            before = real(buffer, like.id)
            await client.delete_update(like.id)
            assert real(buffer, like.id) is None
            made = await client.create_update(
                like.text.raw,
                [like.profile_id],
                media=media_of(like),
                metadata=like.metadata,
                scheduled_at=like.due_at,
            )
            after = real(buffer, made.updates[0].id)
            assert before is not None and after is not None
            same = ("channel", "status", "text", "dueAt", "media")
            assert {key: after[key] for key in same} == {key: before[key] for key in same}
            assert (made.updates[0].media, made.updates[0].metadata) == (like.media, like.metadata)


@pytest.mark.parametrize("position", ["top", "bottom"])
async def test_a_post_moves_to_an_end_of_the_queue(buffer: BufferWorld, position: Any) -> None:
    client = buffer.client()
    before = await queued(buffer, client)
    moved = await client.move_update(before[2].id, position)
    after = [one.id for one in await pending(client, "twitter", status="scheduled", custom_scheduled=False)]
    assert moved.id == before[2].id and sorted(after) == sorted(one.id for one in before)
    assert after.index(moved.id) == (0 if position == "top" else len(after) - 1)
    assert moved.due_at == (await client.get_update(moved.id)).due_at


async def test_a_post_with_no_place_in_the_queue_does_not_move(buffer: BufferWorld) -> None:
    client = buffer.client()
    (draft,) = await pending(client, "twitter", status="draft")
    for failure in ("errors", "void"):
        buffer.sandbox.buffer.switches.delete_failure = failure
        try:
            with pytest.raises(Refused, match="not in the queue") as caught:
                await client.move_update(draft.id, "top")
        finally:
            buffer.sandbox.buffer.switches.delete_failure = "errors"
        assert "nothing was done" in caught.value.hint
    with pytest.raises(BadParameter, match="top or bottom"):
        await client.move_update(draft.id, "middle")  # type: ignore[arg-type]


# Faults.


async def change(client: BufferClient, what: str, like: Update) -> Any:
    match what:
        case "editPost":
            return await client.edit_update(like.id, text="changed once", like=like)
        case "deletePost":
            return await client.delete_update(like.id)
    return await client.move_update(like.id, "top")


CHANGES = ["editPost", "deletePost", "movePostInQueue"]
LOOKS = {"editPost": ["post"], "deletePost": ["post"], "movePostInQueue": ["post", "posts"]}


@pytest.mark.parametrize("void", [False, True])
@pytest.mark.parametrize("fault", LOST_AFTER)
@pytest.mark.parametrize("what", CHANGES)
async def test_a_change_whose_answer_is_lost_is_found_by_reading(
    buffer: BufferWorld, what: str, fault: str, void: bool
) -> None:
    buffer.sandbox.buffer.switches.delete_failure = "void" if void else "errors"
    try:
        client = buffer.client(**QUICK)
        queue = await queued(buffer, client)
        buffer.fault(what, fault)
        found = await change(client, what, queue[2])
    finally:
        buffer.sandbox.buffer.switches.delete_failure = "errors"
    assert buffer.operations() == [what, *LOOKS[what]]
    if what == "deletePost":
        assert real(buffer, queue[2].id) is None
    elif what == "editPost":
        assert found.text == "changed once" and (real(buffer, found.id) or {})["text"] == "changed once"
    else:
        assert found.id == queue[2].id and found.due_at == queue[0].due_at


@pytest.mark.parametrize(("fault", "details"), LOST_BEFORE)
@pytest.mark.parametrize("what", CHANGES)
async def test_a_change_that_is_not_seen_stays_an_open_question(
    buffer: BufferWorld, what: str, fault: str, details: dict[str, Any]
) -> None:
    client = buffer.client()
    queue = await queued(buffer, client)
    before = [real(buffer, one.id) for one in queue]
    buffer.fault(what, fault, **details)
    with pytest.raises(OutcomeUnknown) as caught:
        await change(client, what, queue[2])
    assert "look once more" in caught.value.hint and caught.value.may_have_been_published
    assert [real(buffer, one.id) for one in queue] == before
    assert writes(buffer) == [what]


@pytest.mark.parametrize(("fault", "details", "error"), CLEAR_NO)
@pytest.mark.parametrize("what", CHANGES)
async def test_a_clear_no_to_a_change_needs_no_looking(
    buffer: BufferWorld, what: str, fault: str, details: dict[str, Any], error: type[ApiError]
) -> None:
    client = buffer.client()
    queue = await queued(buffer, client)
    before = [real(buffer, one.id) for one in queue]
    buffer.fault(what, fault, **details)
    with pytest.raises(error) as caught:
        await change(client, what, queue[2])
    assert not caught.value.may_have_been_published and buffer.operations() == [what]
    assert [real(buffer, one.id) for one in queue] == before


@pytest.mark.parametrize("what", CHANGES)
async def test_a_slow_change_is_waited_for(buffer: BufferWorld, what: str) -> None:
    client = buffer.client()
    queue = await queued(buffer, client)
    buffer.fault(what, "slow", seconds=0.05)
    await change(client, what, queue[2])
    assert buffer.operations() == [what]


@pytest.mark.parametrize("what", CHANGES)
async def test_when_looking_at_a_change_fails_too(buffer: BufferWorld, what: str) -> None:
    client = buffer.client()
    queue = await queued(buffer, client)
    buffer.fault(what, "lie_failed")
    buffer.fault("post", "html", times=3)
    with pytest.raises(OutcomeUnknown, match="unexpected error") as caught:
        await change(client, what, queue[2])
    assert "looking at the post failed too" in caught.value.hint
    assert writes(buffer) == [what]


async def test_a_change_that_is_called_off_is_not_sent_again(buffer: BufferWorld) -> None:
    client = buffer.client()
    queue = await queued(buffer, client)
    buffer.fault("editPost", "hang_after_commit")
    task = asyncio.ensure_future(change(client, "editPost", queue[0]))
    for _ in range(1000):  # turns of the event loop; it is sent long before
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert buffer.operations() == ["editPost"]


async def test_a_later_look_finds_an_edit_only_when_it_shows_all_of_it(buffer: BufferWorld) -> None:
    client = buffer.client()
    like = (await queued(buffer, client))[1]
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(days=40)
    for how in ({"scheduled_at": due}, {"media": {"photo": PHOTO}}, {"mode": "top"}, {"save_to_draft": True}):
        buffer.fault("editPost", "drop_before")
        with pytest.raises(OutcomeUnknown):
            await client.edit_update(like.id, like=like, **how)
        buffer.fault("editPost", "drop_after_commit")
        like = await client.edit_update(like.id, like=like, **how)
