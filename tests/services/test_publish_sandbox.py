"""Publishing through the real clients to the sandbox: the offline checks and the service agree, and nothing doubles."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.api.http import in_process
from kosmo_tui.compose.draft import Attachment, Draft, Target
from kosmo_tui.compose.lint import blocks, of_target
from kosmo_tui.compose.when import When
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.services.publish import Publisher
from kosmo_tui.services.targets import instagram_target, profile_targets
from kosmo_tui.store.database import Store

PHOTO = Attachment("https://media.northwind.example/a.jpg", "A bag of coffee")
CLIP = Attachment("https://media.northwind.example/a.mp4", kind="video")
FAMILY = "👨‍👩‍👧‍👦"


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(unlimited=True)


@pytest.fixture
async def hub(sandbox: Sandbox) -> AsyncIterator[Hub]:
    async with Hub.for_sandbox(sandbox.describe("http://sandbox.localhost"), in_process(sandbox.app)) as hub:
        yield hub


def publisher_of(hub: Hub) -> Publisher:
    return Publisher(hub, Store.in_memory(), hold=0, volatile=True)


async def profiles(hub: Hub, account: str = "agency") -> list[Target]:
    """The profiles that can post, of one account."""
    found = profile_targets(f"buffer.{account}", await hub.buffer[account].list_profiles())
    return [target for target in found if target.problem in {"", "paused"}]


DRAFTS = {
    "text": Draft(text="Hello"),
    "image": Draft(text="Hello", media=(PHOTO,)),
    "image alone": Draft(media=(PHOTO,)),
    "video": Draft(text="Hello", media=(CLIP,)),
    "five images": Draft(text="Hello", media=(PHOTO,) * 5),
    "image and video": Draft(text="Hello", media=(PHOTO, CLIP)),
    "two videos": Draft(text="Hello", media=(CLIP, CLIP)),
    "281 characters": Draft(text="a" * 281),
    "501 and an image": Draft(text="a" * 501, media=(PHOTO,)),
    "2201 and an image": Draft(text="a" * 2201, media=(PHOTO,)),
    "5001 and a video": Draft(text="a" * 5001, media=(CLIP,)),
    "links": Draft(text="https://example.com/" + "a" * 300 + " and more"),
    "emoji": Draft(text=FAMILY * 110),
    "many hashtags": Draft(text="#a " * 31, media=(PHOTO,)),
    "mentions": Draft(text="@a@example.social " * 40),
}


@pytest.mark.parametrize("account", ["agency", "client_acct"])
@pytest.mark.parametrize("name", DRAFTS)
async def test_what_the_checks_let_pass_the_service_takes(hub: Hub, account: str, name: str) -> None:
    draft, later = DRAFTS[name], When("at", datetime.now(UTC) + timedelta(days=2))
    targets = await profiles(hub, account)
    publication = publisher_of(hub).start(draft, targets, later)
    await publication.wait()
    for row in publication.rows:
        findings = of_target(draft, row.target, later)
        doubtful = any(finding.code == "perhaps_too_long" for finding in findings)
        if not doubtful:
            refused = row.state == "refused"
            assert blocks(findings) == refused, (row.target.network, row.note, findings)


async def test_a_post_stands_in_the_queue_of_every_profile(hub: Hub, sandbox: Sandbox) -> None:
    targets = [target for target in await profiles(hub) if target.network in {"twitter", "mastodon", "facebook"}]
    publication = publisher_of(hub).start(Draft(text="Once and only once"), targets, When("queue"))
    await publication.wait()
    for row in publication.rows:
        assert row.state == "confirmed", row.note
        page = await hub.buffer["agency"].list_pending_updates(row.target.profile_id or "", count=100)
        (update,) = [one for one in page.updates if one.text == "Once and only once"]
        assert update.scheduled_at == row.at


async def test_a_lost_answer_leaves_exactly_one_post(hub: Hub, sandbox: Sandbox) -> None:
    (target,) = [target for target in await profiles(hub) if target.network == "mastodon"]
    sandbox.faults.load([{"match": "createPost", "fault": "drop_after_commit"}])
    publication = publisher_of(hub).start(Draft(text="Lost and found"), [target], When("queue"))
    await publication.wait()
    assert publication.rows[0].state in {"confirmed", "unknown"}
    page = await hub.buffer["agency"].list_pending_updates(target.profile_id or "", count=100)
    assert [one.text for one in page.updates].count("Lost and found") == 1


async def test_a_connection_that_never_came_about_publishes_nothing(hub: Hub, sandbox: Sandbox) -> None:
    (target,) = [target for target in await profiles(hub) if target.network == "mastodon"]
    sandbox.faults.load([{"match": "createPost", "fault": "drop_before"}])
    publication = publisher_of(hub).start(Draft(text="Never sent"), [target], When("queue"))
    await publication.wait()
    assert publication.rows[0].state in {"refused", "unknown"}
    page = await hub.buffer["agency"].list_pending_updates(target.profile_id or "", count=100)
    assert "Never sent" not in [one.text for one in page.updates]


async def test_buffer_and_instagram_at_the_same_time(hub: Hub) -> None:
    (mastodon,) = [target for target in await profiles(hub) if target.network == "mastodon"]
    publisher = publisher_of(hub)
    targets = [mastodon, instagram_target("instagram.brand_account", "brand")]
    publication = publisher.start(Draft(text="Everywhere", media=(PHOTO,)), targets, When("now"))
    await publication.wait()
    assert {row.state for row in publication.rows} == {"confirmed"}, publication.rows
    assert publication.rows[1].link
    media = await hub.instagram["brand_account"].list_media(limit=1)
    assert media.items[0].caption == "Everywhere"
