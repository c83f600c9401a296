"""createPost, editPost, deletePost and movePostInQueue, and what becomes of posts as time goes by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.sandbox.asking import DELETE, MOVE, START, Buffer

IMAGE = {"image": {"url": "https://media.example.com/a.jpg", "metadata": {"altText": "A cup"}}}


def time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def iso(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.000Z")


async def queue(buffer: Buffer, channel: str) -> list[dict[str, Any]]:
    return await buffer.all(
        filter={"channelIds": [buffer.channel(channel).id], "status": ["scheduled"]},
        sort=[{"field": "dueAt", "direction": "asc"}],
    )


async def test_add_to_queue_takes_the_next_free_slot_in_the_channels_zone(buffer: Buffer) -> None:
    channel = buffer.channel("twitter")
    taken = {post["dueAt"] for post in await queue(buffer, "twitter")}
    zone = ZoneInfo(channel.timezone)
    for _ in range(12):
        post = await buffer.made("twitter", dueAt=iso(START + timedelta(days=2)))  # ignored: the queue decides
        due = time(post["dueAt"])
        local = due.astimezone(zone)
        assert f"{local:%H:%M}" in channel.schedule[f"{local:%a}".lower()]
        assert due > START
        assert post["dueAt"] not in taken
        day = local.replace(hour=0, minute=0)
        earlier = [
            (day + timedelta(days=back)).replace(hour=int(slot[:2]), minute=int(slot[3:]))
            for back in range(-15, 1)
            for slot in channel.schedule["mon"]
        ]
        free = [slot for slot in earlier if START < slot < due and iso(slot.astimezone(UTC)) not in taken]
        assert not free, "an earlier slot was free"
        taken.add(post["dueAt"])
        assert (post["status"], post["shareMode"], post["isCustomScheduled"]) == ("scheduled", "addToQueue", False)


async def test_custom_times(buffer: Buffer) -> None:
    due = START + timedelta(days=3, minutes=1)
    post = await buffer.made(mode="customScheduled", dueAt="2026-11-21T13:01:00+01:00")
    assert (post["dueAt"], post["status"], post["isCustomScheduled"]) == (iso(due), "scheduled", True)
    for given in ({"dueAt": None}, {}, {"dueAt": iso(START - timedelta(seconds=1))}):
        answer = await buffer.create(mode="customScheduled", **given)
        assert (answer["__typename"], "dueAt" in answer["message"]) == ("InvalidInputError", True)


async def test_share_next_pushes_the_queue_on_as_far_as_the_first_gap(buffer: Buffer) -> None:
    before = await queue(buffer, "facebook")
    custom = {post["id"]: post["dueAt"] for post in before if post["isCustomScheduled"]}
    first = await buffer.made("facebook", mode="shareNext", metadata={"facebook": {"type": "post"}})
    after = await queue(buffer, "facebook")
    assert after[0]["id"] == first["id"]
    queued = [post["id"] for post in before if not post["isCustomScheduled"]]
    assert [post["id"] for post in after if not post["isCustomScheduled"]][1:] == queued, "the order stays"
    assert {post["id"]: post["dueAt"] for post in after if post["isCustomScheduled"]} == custom
    assert len({post["dueAt"] for post in after if not post["isCustomScheduled"]}) == len(queued) + 1


@pytest.mark.parametrize("position", ["top", "bottom"])
async def test_move_in_queue(buffer: Buffer, position: str) -> None:
    for _ in range(4):
        await buffer.made("mastodon")
    before = [post for post in await queue(buffer, "mastodon") if not post["isCustomScheduled"]]
    moved = before[2]["id"]
    answer = (await buffer.ask(MOVE, input={"id": moved, "position": position}))["movePostInQueue"]
    assert answer["post"]["id"] == moved
    after = [post["id"] for post in await queue(buffer, "mastodon") if not post["isCustomScheduled"]]
    rest = [post["id"] for post in before if post["id"] != moved]
    assert after == ([moved, *rest] if position == "top" else [*rest, moved])


async def test_only_what_is_scheduled_can_be_moved(buffer: Buffer) -> None:
    draft = await buffer.made(saveToDraft=True)
    error = await buffer.trouble(MOVE, input={"id": draft["id"], "position": "top"})
    assert error["extensions"]["code"] == "UNEXPECTED"
    assert (await buffer.trouble(MOVE, input={"id": "0" * 24, "position": "top"}))["extensions"]["code"] == "NOT_FOUND"


async def test_share_now_is_sent_some_seconds_later(buffer: Buffer) -> None:
    post = await buffer.made(mode="shareNow")
    assert (post["status"], post["sharedNow"], post["sentAt"], post["externalLink"]) == ("sending", True, None, None)
    buffer.sandbox.clock.advance(7)
    assert (await buffer.post(post["id"]))["status"] == "sending"
    buffer.sandbox.clock.advance(16)
    sent = await buffer.post(post["id"])
    assert sent["status"] == "sent"
    assert 8 <= (time(sent["sentAt"]) - time(sent["dueAt"])).total_seconds() <= 22
    assert sent["externalLink"].startswith("https://")
    assert sent["metrics"] is None
    assert "copyPostLink" in sent["allowedActions"] and "updatePost" not in sent["allowedActions"]


async def test_posts_go_out_when_they_are_due(buffer: Buffer) -> None:
    post = await buffer.made(mode="customScheduled", dueAt=iso(START + timedelta(hours=1)))
    buffer.sandbox.clock.advance(3590)
    assert (await buffer.post(post["id"]))["status"] == "scheduled"
    buffer.sandbox.clock.advance(12)
    assert (await buffer.post(post["id"]))["status"] == "sending"
    buffer.sandbox.clock.advance(30)
    assert (await buffer.post(post["id"]))["status"] == "sent"


async def test_a_paused_queue_accepts_and_never_sends(buffer: Buffer) -> None:
    queued = await buffer.made("bluesky")
    custom = await buffer.made("bluesky", mode="customScheduled", dueAt=iso(START + timedelta(minutes=5)))
    now = await buffer.made("bluesky", mode="shareNow")
    buffer.sandbox.clock.advance(30 * 86_400)
    assert (await buffer.post(queued["id"]))["status"] == "scheduled"
    assert (await buffer.post(custom["id"]))["status"] == "scheduled"
    assert (await buffer.post(now["id"]))["status"] == "sent"


async def test_a_channel_without_slots_gives_no_time(buffer: Buffer) -> None:
    buffer.account = "client_acct"
    given = {"metadata": {"facebook": {"type": "post"}}}
    for mode in ("addToQueue", "shareNext"):
        post = await buffer.made("facebook", mode=mode, **given)
        assert (post["status"], post["dueAt"]) == ("scheduled", None)
    buffer.sandbox.clock.advance(30 * 86_400)
    assert (await buffer.post(post["id"]))["status"] == "scheduled"
    buffer.sandbox.buffer.switches.no_slots = "refuse"
    assert "posting times" in (await buffer.create("facebook", **given))["message"]


async def test_disconnected_and_locked_channels(buffer: Buffer) -> None:
    answer = await buffer.create("threads")
    assert (answer["__typename"], "disconnected" in answer["message"]) == ("InvalidInputError", True)
    buffer.sandbox.buffer.switches.disconnected = "accept"
    post = await buffer.made("threads", mode="shareNow")
    buffer.sandbox.clock.advance(30)
    failed = await buffer.post(post["id"])
    assert (failed["status"], failed["sentAt"]) == ("error", None)
    assert "reconnect" in failed["error"]["message"] and failed["error"]["rawError"] and failed["error"]["supportUrl"]
    buffer.account = "client_acct"
    assert (await buffer.create("linkedin"))["__typename"] == "UnauthorizedError"


async def test_media_that_cannot_be_downloaded_fail_later_and_can_be_mended(buffer: Buffer) -> None:
    lost = {"image": {"url": "https://gone.invalid/a.jpg"}}
    post = await buffer.made(mode="shareNow", assets=[lost])
    buffer.sandbox.clock.advance(30)
    assert (await buffer.post(post["id"]))["error"]["rawError"] == "getaddrinfo ENOTFOUND"
    kept = await buffer.edit(id=post["id"], text="still wrong")
    assert kept["post"]["status"] == "error" and kept["post"]["error"]
    mended = await buffer.edit(id=post["id"], assets=[IMAGE], mode="shareNow", schedulingType="automatic")
    assert (mended["post"]["status"], mended["post"]["error"]) == ("sending", None)
    buffer.sandbox.clock.advance(30)
    assert (await buffer.post(post["id"]))["status"] == "sent"


async def test_drafts_have_no_time_and_no_duties(buffer: Buffer) -> None:
    draft = await buffer.made("instagram", text="later", saveToDraft=True)
    assert (draft["status"], draft["dueAt"]) == ("draft", None)
    due = iso(START + timedelta(days=1))
    assert (await buffer.made(saveToDraft=True, mode="customScheduled", dueAt=due))["dueAt"] is None
    buffer.sandbox.buffer.switches.drafts_keep_due_at = True
    assert (await buffer.made(saveToDraft=True, mode="customScheduled", dueAt=due))["dueAt"] == due
    early = await buffer.edit(id=draft["id"], mode="addToQueue")
    assert early["__typename"] == "InvalidInputError" and "require" in early["message"]
    assert (await buffer.post(draft["id"]))["status"] == "draft"
    about = {"metadata": {"instagram": {"type": "post", "shouldShareToFeed": True}}, "assets": [IMAGE]}
    done = await buffer.edit(id=draft["id"], mode="addToQueue", **about)
    assert done["post"]["status"] == "scheduled" and done["post"]["dueAt"]
    back = await buffer.edit(id=draft["id"], saveToDraft=True)
    assert (back["post"]["status"], back["post"]["dueAt"]) == ("draft", None)


async def test_approval(buffer: Buffer) -> None:
    post = await buffer.made(needsApproval=True)
    assert post["status"] == "needs_approval" and "approvePost" in post["allowedActions"]
    buffer.sandbox.clock.advance(30 * 86_400)
    assert (await buffer.post(post["id"]))["status"] == "needs_approval"
    assert (await buffer.edit(id=post["id"], approvalChange="request"))["__typename"] == "InvalidInputError"
    assert (await buffer.edit(id=post["id"], approvalChange="revert"))["post"]["status"] == "draft"
    assert (await buffer.edit(id=post["id"], approvalChange="revert"))["__typename"] == "InvalidInputError"
    assert (await buffer.edit(id=post["id"], approvalChange="request"))["post"]["status"] == "needs_approval"


async def test_edit_keeps_what_is_left_out_and_null_clears(buffer: Buffer) -> None:
    tag = next(iter(buffer.sandbox.buffer.world.organizations[buffer.organization].tags))
    post = await buffer.made(assets=[IMAGE], tagIds=[tag], metadata={"twitter": {"isAiGenerated": True}})
    edited = (await buffer.edit(id=post["id"], text="new"))["post"]
    assert (edited["text"], edited["assets"], edited["tags"]) == ("new", post["assets"], post["tags"])
    assert (edited["dueAt"], edited["updatedAt"] >= post["updatedAt"]) == (post["dueAt"], True)
    assert (await buffer.edit(id=post["id"], mode=None, schedulingType=None))["post"]["dueAt"] == post["dueAt"]
    assert (await buffer.edit(id=post["id"], text=None))["post"]["text"] == ""
    assert (await buffer.edit(id=post["id"], assets=[]))["message"] == "Text is required"
    assert (await buffer.post(post["id"]))["assets"], "a refused edit changes nothing"
    cleared = (await buffer.edit(id=post["id"], text="t", assets=[], tagIds=None))["post"]
    assert (cleared["assets"], cleared["tags"]) == ([], [])
    buffer.sandbox.buffer.switches.edit_drops_omitted_assets = True
    await buffer.edit(id=post["id"], assets=[IMAGE])
    assert (await buffer.edit(id=post["id"], text="gone"))["post"]["assets"] == []


async def test_edit_moves_in_time(buffer: Buffer) -> None:
    post = await buffer.made()
    due = START + timedelta(days=2, minutes=3)
    custom = (await buffer.edit(id=post["id"], mode="customScheduled", dueAt=iso(due)))["post"]
    assert (custom["dueAt"], custom["isCustomScheduled"]) == (iso(due), True)
    later = (await buffer.edit(id=post["id"], dueAt=iso(due + timedelta(days=1))))["post"]
    assert later["dueAt"] == iso(due + timedelta(days=1)), "the mode is kept, so dueAt counts"
    past = await buffer.edit(id=post["id"], dueAt=iso(START - timedelta(days=1)))
    assert past["__typename"] == "InvalidInputError"
    back = (await buffer.edit(id=post["id"], mode="addToQueue"))["post"]
    assert (back["dueAt"], back["isCustomScheduled"]) == (post["dueAt"], False)
    assert (await buffer.edit(id=post["id"], mode="addToQueue"))["post"]["dueAt"] == post["dueAt"]


async def test_sent_posts_keep_their_text(buffer: Buffer) -> None:
    buffer.account = "default"
    tag = next(iter(buffer.sandbox.buffer.world.organizations[buffer.organization].tags))
    assert (await buffer.edit(id="4eb8586e512f7f621800005d", text="x"))["__typename"] == "InvalidInputError"
    tagged = await buffer.edit(id="4eb8586e512f7f621800005d", tagIds=[tag])
    assert [item["id"] for item in tagged["post"]["tags"]] == [tag]


async def test_delete_forgets_and_says_so_once(buffer: Buffer) -> None:
    post = await buffer.made()
    assert (await buffer.ask(DELETE, input={"id": post["id"]}))["deletePost"]["id"] == post["id"]
    again = await buffer.trouble(DELETE, input={"id": post["id"]})
    assert again["extensions"]["code"] == "NOT_FOUND"
    buffer.sandbox.buffer.switches.delete_failure = "void"
    answer = (await buffer.ask(DELETE, input={"id": post["id"]}))["deletePost"]
    assert answer == {"__typename": "VoidMutationError", "message": "Post not found"}
    sending = await buffer.made(mode="shareNow")
    assert "being sent" in (await buffer.ask(DELETE, input={"id": sending["id"]}))["deletePost"]["message"]


async def test_what_is_read_back(buffer: Buffer) -> None:
    video = {"video": {"url": "https://media.example.com/v.mp4", "metadata": {"title": "T", "thumbnailOffset": 5}}}
    post = await buffer.made("linkedin", assets=[video], text="Hello #world @you https://example.com/x")
    assert (post["via"], post["schedulingType"], post["channelService"]) == ("buffer", None, "linkedin")
    assert post["assets"][0] == {
        "__typename": "VideoAsset",
        "type": "video",
        "source": "https://media.example.com/v.mp4",
        "thumbnail": "https://media.example.com/v.jpg",
        "mimeType": "video/mp4",
    }
    assert post["metadata"]["__typename"] == "LinkedInPostMetadata"
    assert [item["type"] for item in post["metadata"]["annotations"]] == ["hashtag", "mention", "url"]
    assert [post["text"][slice(*item["indices"])] for item in post["metadata"]["annotations"]] == [
        item["text"] for item in post["metadata"]["annotations"]
    ]
    assert post["createdAt"] == "2026-11-18T12:00:00.000Z"[:17] + post["createdAt"][17:]
    switches = buffer.sandbox.buffer.switches
    switches.via, switches.scheduling_type_reads_null = "api", False
    again = await buffer.made("linkedin", schedulingType="notification", mode="shareNow")
    assert (again["via"], again["schedulingType"]) == ("api", "notification")
    buffer.sandbox.clock.advance(30)
    sent = await buffer.post(again["id"])
    assert (sent["notificationStatus"], sent["externalLink"]) == ("notified", None)


async def test_the_same_text_twice(buffer: Buffer) -> None:
    await buffer.made(text="again")
    await buffer.made(text="again")
    buffer.sandbox.buffer.switches.duplicate_text_seconds = 3600
    answer = await buffer.create(text="again")
    assert (answer["__typename"], answer["code"]) == ("RestProxyError", 1025)
    buffer.sandbox.clock.advance(3700)
    await buffer.made(text="again")


async def test_plan_limits(buffer: Buffer) -> None:
    buffer.account = "default"
    waiting = len(await queue(buffer, "twitter"))
    for _ in range(10 - waiting):
        await buffer.made("twitter")
    for mode in ("addToQueue", "shareNext", "customScheduled"):
        answer = await buffer.create("twitter", mode=mode, dueAt=iso(START + timedelta(days=5)))
        assert answer["__typename"] == "LimitReachedError"
        assert answer["message"] == "You have 10 scheduled posts out of 10 allowed."
    assert (await buffer.made("twitter", mode="shareNow"))["status"] == "sending"
    draft = await buffer.made("twitter", saveToDraft=True)
    assert (await buffer.edit(id=draft["id"], mode="addToQueue"))["__typename"] == "LimitReachedError"
    await buffer.ask(DELETE, input={"id": (await queue(buffer, "twitter"))[0]["id"]})
    thread = {"twitter": {"thread": [{"text": "one"}, {"text": "two"}]}}
    assert (await buffer.edit(id=draft["id"], mode="addToQueue"))["post"]["status"] == "scheduled"
    await buffer.ask(DELETE, input={"id": draft["id"]})
    await buffer.made("twitter", text="one", metadata=thread)
    await buffer.ask(DELETE, input={"id": (await queue(buffer, "twitter"))[-1]["id"]})
    answer = await buffer.create("twitter", text="one", metadata=thread)
    assert answer["message"] == "You have 1 scheduled threads out of 1 allowed."


async def test_daily_limits(buffer: Buffer) -> None:
    buffer.account = "client_acct"
    channel = buffer.channel("tiktok")
    query = """query ($input: DailyPostingLimitsInput!) {
      dailyPostingLimits(input: $input) { channelId sent scheduled limit isAtLimit } }"""
    day = datetime(2026, 12, 24, 8, tzinfo=ZoneInfo(channel.timezone))
    about = {"channelIds": [channel.id], "date": day.isoformat()}

    async def status() -> dict[str, Any]:
        found: dict[str, Any] = (await buffer.ask(query, input=about))["dailyPostingLimits"][0]
        return found

    assert await status() == {"channelId": channel.id, "sent": 0, "scheduled": 0, "limit": 15, "isAtLimit": False}
    given = {"assets": [{"video": {"url": "https://media.example.com/v.mp4"}}], "mode": "customScheduled"}
    for number in range(15):
        await buffer.made("tiktok", dueAt=(day + timedelta(minutes=number)).isoformat(), **given)
    assert await status() == {"channelId": channel.id, "sent": 0, "scheduled": 15, "limit": 15, "isAtLimit": True}
    answer = await buffer.create("tiktok", dueAt=(day + timedelta(hours=5)).isoformat(), **given)
    assert answer["__typename"] == "LimitReachedError"
    await buffer.made("tiktok", dueAt=(day + timedelta(hours=16, minutes=1)).isoformat(), **given)
    buffer.sandbox.buffer.switches.enforce_daily_limits = False
    await buffer.made("tiktok", dueAt=(day + timedelta(hours=5)).isoformat(), **given)
