"""The Buffer functions against the sandbox, which judges as Buffer does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kosmo_tui.api.buffer.models import CreateFailure, Update
from kosmo_tui.api.errors import BadParameter, Forbidden, NotFound, Refused
from kosmo_tui.api.safe_text import clean
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.sandbox.buffer import cost
from tests.api.conftest import BufferWorld, Naps

ACCOUNTS = ["default", "agency", "client_acct"]
TWITTER = "4eb8572a512f7f621800004e"  # of the account "default"; the id of the reference's examples
UPDATE = "4eb8586e512f7f621800005d"


@pytest.mark.parametrize("account", ACCOUNTS)
async def test_profiles_of_all_organizations(buffer: BufferWorld, account: str) -> None:
    client = buffer.client(account)
    user = await client.get_current_user()
    profiles = await client.list_profiles()
    assert len(profiles) == sum(organization.channel_count or 0 for organization in user.organizations)
    assert {profile.organization_id for profile in profiles} == {organization.id for organization in user.organizations}
    assert all(len(profile.schedules) == 7 and profile.timezone for profile in profiles)
    assert await client.get_profile(profiles[-1].id) == profiles[-1]


async def test_the_examples_of_the_reference_work(buffer: BufferWorld) -> None:
    client = buffer.client("default")
    profile = await client.get_profile(profile_id=TWITTER)
    assert profile.id == TWITTER and profile.service == "twitter" and profile.service_username
    assert (await client.get_update(update_id=UPDATE)).id == UPDATE
    user = await client.get_current_user()
    assert user.name and "@" in user.email


async def test_a_mastodon_profile_tells_its_limit_and_a_pinterest_profile_its_boards(buffer: BufferWorld) -> None:
    profiles = {profile.service: profile for profile in await buffer.client().list_profiles()}
    assert (profiles["mastodon"].max_characters or 0) > 500
    assert len(profiles["pinterest"].boards) > 1 and all(
        board.id and board.name for board in profiles["pinterest"].boards
    )
    assert profiles["twitter"].subscription
    assert profiles["bluesky"].paused and profiles["threads"].disconnected


async def test_pending_updates_come_by_time_and_sent_ones_newest_first(buffer: BufferWorld) -> None:
    client = buffer.client("default")
    pending = await client.list_pending_updates(TWITTER)
    sent = await client.list_sent_updates(TWITTER, count=100)
    times = [update.due_at for update in pending.updates if update.due_at]
    assert times and times == sorted(times)
    assert {update.status for update in pending.updates} == {"scheduled"}
    gone = [update.scheduled_at for update in sent.updates if update.scheduled_at]
    assert gone and gone == sorted(gone, reverse=True)
    assert {update.status for update in sent.updates} == {"sent"}
    assert all(update.profile_id == TWITTER for update in (*pending.updates, *sent.updates))
    assert any(update.statistics and update.statistics.metrics for update in sent.updates)
    assert all(update.service_link for update in sent.updates)


@pytest.mark.parametrize("count", [1, 7, 100])
async def test_pages_add_up_to_the_whole(buffer: BufferWorld, count: int) -> None:
    client = buffer.client("default")
    whole = (await client.list_sent_updates(TWITTER, count=100)).updates
    seen: list[Update] = []
    page = 1
    while True:
        found = await client.list_sent_updates(TWITTER, count=count, page=page)
        assert found.page == page and found.count == count and found.total is None
        seen += found.updates
        if not found.has_more or len(seen) >= 30:
            break
        page += 1
    assert seen == list(whole[: len(seen)]) and len(seen) >= min(30, len(whole))


async def test_a_page_beyond_the_end_is_empty(buffer: BufferWorld) -> None:
    found = await buffer.client("default").list_pending_updates(TWITTER, count=50, page=1000)
    assert found.updates == () and not found.has_more
    assert len(buffer.operations()) == 2  # the profile and the first page, which tells that there is no second


@pytest.mark.parametrize(
    ("name", "value"), [("count", v) for v in (0, -1, 101, 10_000)] + [("page", v) for v in (0, -1, 10_000)]
)
async def test_a_count_or_page_out_of_range_names_the_range(buffer: BufferWorld, name: str, value: int) -> None:
    for function in (buffer.client().list_pending_updates, buffer.client().list_sent_updates):
        with pytest.raises(BadParameter, match=f"{name} must be from 1 to 1000?, not {value}"):
            await function(TWITTER, **{name: value})
    assert buffer.operations() == []


async def test_what_does_not_exist(buffer: BufferWorld) -> None:
    client = buffer.client()
    unknown = "ffffffffffffffffffffffff"
    for asking in (
        client.get_profile(unknown),
        client.get_update(unknown),
        client.list_pending_updates(unknown),
    ):
        with pytest.raises(NotFound) as caught:
            await asking
        assert caught.value.hint and not caught.value.may_have_been_published
    with pytest.raises(Forbidden):
        await client.get_profile(TWITTER)  # of another account
    for asking in (client.get_profile(" "), client.get_update("")):
        with pytest.raises(BadParameter):
            await asking


async def test_requests_are_spared(buffer: BufferWorld) -> None:
    client = buffer.client()
    seen = await client.overview()
    assert buffer.operations() == ["account", "channels,posts"]
    await client.overview()
    await client.list_pending_updates(seen.profiles[0].id)
    await client.organizations()
    assert buffer.operations()[2:] == ["channels,posts", "posts"]
    await client.organizations(refresh=True)
    assert buffer.operations()[4:] == ["account"]


@pytest.mark.parametrize("together", [True, False])
async def test_several_organizations_are_asked_in_one_request(
    buffer: BufferWorld, naps: Naps, monkeypatch: pytest.MonkeyPatch, together: bool
) -> None:
    if not together:  # Buffer may allow less by now: then they are asked one by one
        monkeypatch.setattr(cost, "MAX_ALIASES", 1)
        buffer = BufferWorld(Sandbox(), naps)
    client = buffer.client("client_acct")
    seen = await client.overview(("sent",), first=5)
    more = await client.posts_of_all(statuses=("sent",), first=5, after=seen.cursor)
    profiles = await client.list_profiles()
    assert seen.profiles == profiles and len({profile.organization_id for profile in profiles}) == 2
    assert len({update.id for update in (*seen.updates, *more.updates)}) == 20
    asked = ["channels,posts", "posts", "channels"]
    each = asked if together else ["channels,posts"] + [one for one in asked for _ in range(2)]  # one was refused
    assert buffer.operations() == ["account", *each]


async def test_the_overview_holds_what_the_functions_tell(buffer: BufferWorld) -> None:
    client = buffer.client("client_acct")
    seen = await client.overview(("scheduled", "error"), first=100)
    assert seen.user == await client.get_current_user() and len(seen.user.organizations) == 2
    assert seen.profiles == await client.list_profiles()
    assert {update.status for update in seen.updates} <= {"scheduled", "error"}
    assert seen.cursor is None
    times = [update.due_at for update in seen.updates if update.due_at]
    assert times == sorted(times)
    pages = [await client.posts(one.id, statuses=("scheduled", "error"), first=100) for one in seen.user.organizations]
    assert sorted(update.id for page in pages for update in page.updates) == sorted(
        update.id for update in seen.updates
    )


async def test_the_overviews_cursor_leads_on(buffer: BufferWorld) -> None:
    client = buffer.client()
    seen = await client.overview(("scheduled",), first=5)
    assert seen.cursor is not None
    organization, _, cursor = seen.cursor.partition("=")
    following = await client.posts(organization, statuses=("scheduled",), first=5, after=cursor)
    assert len(following.updates) == 5
    assert not {update.id for update in following.updates} & {update.id for update in seen.updates}


async def test_posts_of_chosen_profiles(buffer: BufferWorld) -> None:
    first, second = await buffer.ids("twitter", "mastodon")
    client = buffer.client()
    (organization,) = await client.organizations()
    found = await client.posts(organization.id, profile_ids=[first, second], statuses=("sent",), newest_first=True)
    assert {update.profile_id for update in found.updates} == {first, second}
    with pytest.raises(BadParameter):
        await client.posts(organization.id, statuses=("sent",), first=101)


async def test_limits_are_read_from_every_answer(buffer: BufferWorld) -> None:
    client = buffer.client()
    assert client.limits.windows == ()
    await client.get_current_user()
    first = client.limits.window("24h")
    await client.get_current_user()
    second = client.limits.window("24h")
    assert [window.name for window in client.limits.windows] == ["15m", "24h", "30d"]
    assert first and second and second.remaining == first.remaining - 1


# create_update


async def test_a_post_on_several_profiles_at_the_end_of_their_queues(buffer: BufferWorld) -> None:
    ids = await buffer.ids("twitter", "linkedin", "mastodon", "facebook")
    settled: dict[str, Update | CreateFailure] = {}
    client = buffer.client()
    result = await client.create_update("Frisch geröstet ☕", ids, on_progress=settled.__setitem__)
    assert result.success and not result.failures and not result.notices
    assert [update.profile_id for update in result.updates] == ids
    assert {post["id"] for post in buffer.posts("Frisch geröstet ☕")} == {update.id for update in result.updates}
    assert settled == {update.profile_id: update for update in result.updates}
    assert all(update.status == "scheduled" and not update.custom_scheduled for update in result.updates)
    last = await client.list_pending_updates(ids[0], count=100)
    assert result.updates[0].id in {update.id for update in last.updates}


async def test_now_next_at_a_time_and_as_a_draft(buffer: BufferWorld) -> None:
    (profile,) = await buffer.ids("twitter")
    client = buffer.client()
    (now,) = (await client.create_update("now", [profile], now=True)).updates
    assert now.status in ("sending", "sent")
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    berlin = due.replace(tzinfo=None) + timedelta(hours=1)
    (timed,) = (await client.create_update("at a time", [profile], scheduled_at=f"{berlin.isoformat()}+01:00")).updates
    assert timed.due_at == due and timed.scheduled_at == due and timed.custom_scheduled
    (next_,) = (await client.create_update("next", [profile], next=True)).updates
    pending = await client.list_pending_updates(profile)
    queued = [update for update in pending.updates if not update.custom_scheduled]
    assert queued[0].id == next_.id
    (draft,) = (await client.create_update("draft", [profile], save_to_draft=True)).updates
    assert draft.status == "draft"


PHOTO, VIDEO, LINK = "https://media.example.com/a.jpg", "https://media.example.com/a.mp4", "https://example.com/x"


async def test_every_network_gets_what_it_requires_of_a_photo(buffer: BufferWorld) -> None:
    ids = await buffer.ids("twitter", "linkedin", "instagram", "facebook", "mastodon", "bluesky", "pinterest")
    result = await buffer.client().create_update("photo", ids, media={"photo": PHOTO, "alt_text": "Ein Hafen"})
    assert result.success, result.failures
    for update in result.updates:
        (media,) = update.media
        assert (media.type, media.url, media.alt_text) == ("image", PHOTO, "Ein Hafen")
    assert any("first board" in notice for notice in result.notices)
    assert any("paused" in notice for notice in result.notices)


async def test_every_network_gets_what_it_requires_of_a_video(buffer: BufferWorld) -> None:
    ids = await buffer.ids("youtube", "instagram", "tiktok", "facebook", name="client_acct")
    result = await buffer.client("client_acct").create_update("A title\nand more", ids, media={"video": VIDEO})
    assert result.success, result.failures
    assert {media.type for update in result.updates for media in update.media} == {"video"}


async def test_a_google_business_post(buffer: BufferWorld) -> None:
    ids = await buffer.ids("googlebusiness", name="client_acct")
    result = await buffer.client("client_acct").create_update("Brot", ids, media={"link": LINK})
    assert result.success and not result.notices


async def test_a_link_becomes_a_card_where_there_are_cards(buffer: BufferWorld) -> None:
    linkedin, twitter = await buffer.ids("linkedin", "twitter")
    client = buffer.client()
    result = await client.create_update("card", [linkedin, twitter], media={"link": LINK, "title": "T"})
    assert [media.type for media in result.updates[0].media] == ["link"] and result.updates[0].media[0].url == LINK
    assert result.updates[1].media == ()
    assert len(result.notices) == 1 and "twitter" in result.notices[0]
    both = await client.create_update("both", [linkedin], media={"link": LINK, "photo": PHOTO})
    assert [media.type for media in both.updates[0].media] == ["image"]
    assert len(both.notices) == 1
    in_text = await client.create_update(f"see {LINK}", [twitter], media={"link": LINK})
    assert in_text.notices == ()


async def test_wishes_go_over_the_defaults(buffer: BufferWorld) -> None:
    (instagram, pinterest) = await buffer.ids("instagram", "pinterest")
    client = buffer.client()
    refused = await client.create_update(
        "x", [instagram], media={"photo": PHOTO}, metadata={"instagram": {"type": "reel"}}
    )
    assert refused.failures[0].kind == "refused" and "reel" in refused.failures[0].message
    board = (await client.get_profile(pinterest)).boards[1]
    result = await client.create_update(
        "x", [pinterest], media={"photo": PHOTO}, metadata={"pinterest": {"boardServiceId": board.id}}
    )
    assert result.success and result.notices == ()


async def test_some_profiles_take_it_and_some_do_not(buffer: BufferWorld) -> None:
    twitter, instagram, threads = await buffer.ids("twitter", "instagram", "threads")
    unknown = "ffffffffffffffffffffffff"
    result = await buffer.client().create_update("partly", [twitter, instagram, threads, unknown, TWITTER])
    assert not result.success
    assert [update.profile_id for update in result.updates] == [twitter]
    failures = {failure.profile_id: failure for failure in result.failures}
    assert set(failures) == {instagram, threads, unknown, TWITTER}
    assert failures[instagram].kind == "refused" and "image or video" in failures[instagram].message
    assert failures[threads].kind == "refused" and "reconnect" in failures[threads].hint
    assert failures[unknown].kind == "not_found"
    assert failures[TWITTER].kind == "forbidden"  # it belongs to another account
    assert len(buffer.posts("partly")) == 1


async def test_a_full_queue_and_a_locked_profile(buffer: BufferWorld) -> None:
    full = buffer.client("default")
    results = [await full.create_update(f"post {number}", [TWITTER]) for number in range(11)]
    refused = [result for result in results if not result.success]
    assert refused and "10 scheduled posts out of 10 allowed" in refused[0].failures[0].message
    assert refused[0].failures[0].kind == "refused" and refused[0].failures[0].hint
    (locked,) = await buffer.ids("linkedin", name="client_acct")
    result = await buffer.client("client_acct").create_update("hello", [locked])
    assert result.failures[0].kind == "forbidden"


async def test_shorten_has_no_equivalent_and_says_so(buffer: BufferWorld) -> None:
    result = await buffer.client("default").create_update("https://example.com", [TWITTER], shorten=True)
    assert result.success and any("shorten" in notice for notice in result.notices)


async def test_a_very_long_text_is_for_the_service_to_judge(buffer: BufferWorld) -> None:
    result = await buffer.client("default").create_update("x" * 100_000, [TWITTER])
    assert not result.success and result.failures[0].kind == "refused"
    assert "280" in result.failures[0].message
    assert buffer.posts("x" * 100_000) == []


async def test_a_bug_in_the_callers_callback_leaves_no_post_without_its_answer(buffer: BufferWorld) -> None:
    ids = await buffer.ids("twitter", "mastodon")
    told: list[str] = []

    def broken(profile_id: str, _: object) -> None:
        told.append(profile_id)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await buffer.client().create_update("callback", ids, on_progress=broken)
    assert sorted(told) == sorted(ids)
    assert len(buffer.posts("callback")) == 2


@pytest.mark.parametrize("account", ACCOUNTS)
async def test_hostile_texts_are_shown_tamed_and_kept_as_they_were(naps: Naps, account: str) -> None:
    world = BufferWorld(Sandbox(hostile=True, unlimited=True), naps)
    client = world.client(account)
    seen = await client.overview()
    real = {post["id"]: post["text"] for post in world.sandbox.buffer.posts_now()}
    assert seen.updates and any(update.text != update.text.raw for update in seen.updates)
    for update in seen.updates:
        assert update.text == clean(update.text.raw) and update.text.raw == real[update.id]
    for profile in seen.profiles:
        assert profile.formatted_username == clean(profile.formatted_username)


@pytest.mark.parametrize(
    "switches",
    [
        {"strict_object_ids": True},
        {"bad_variables_status": 200},
        {"not_found_message": "nothing here"},
    ],
    ids=repr,
)
async def test_an_unknown_id_is_told_however_buffer_words_it(naps: Naps, switches: dict[str, Any]) -> None:
    from kosmo_tui.sandbox import Sandbox
    from kosmo_tui.sandbox.buffer import Switches

    client = BufferWorld(Sandbox(switches=Switches(**switches)), naps).client()
    for asking in (client.get_profile("no-such-id"), client.get_update("no-such-id")):
        with pytest.raises((NotFound, Refused)) as caught:
            await asking
        assert caught.value.hint
    assert naps == []
