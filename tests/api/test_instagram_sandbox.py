"""The client against the sandbox's Graph API, in process: three accounts, both logins, every fault of the contract."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from kosmo_tui.api import functions
from kosmo_tui.api.errors import (
    ApiError,
    AuthExpired,
    BadAnswer,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unavailable,
)
from kosmo_tui.api.instagram.metrics import ACCOUNT, DEFAULT, MEDIA
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.sandbox.instagram.switches import Switches as Doubts
from tests.api.graph_world import ACCOUNTS, JPEG, MP4, World

# -- reading


@pytest.mark.parametrize("name", ACCOUNTS)
async def test_every_reading_function_of_every_account(world: World, name: str) -> None:
    async with world.client(name) as client:
        user = await client.get_current_user()
        page = await client.list_media(limit=5)
        media = await client.get_media(page.items[0].id)
        comments = await client.list_comments(media.id, limit=50)
        threads = await client.recent_comments()
        insights = await client.list_insights()
        limit = await client.publishing_limit()
    assert user.username and user.user_id.startswith("1784") and user.media_count
    assert len(page.items) == 5 and page.after
    assert media.caption == page.items[0].caption and media.timestamp is not None
    assert len(threads.items) > 3 and any(thread.comments for thread in threads.items)
    assert all(comment.media_id == media.id for comment in comments.items)
    assert {item.name for item in insights.items} | set(DEFAULT) == set(DEFAULT)
    assert insights.get("views") is not None
    assert limit.total and limit.used == 0
    assert client.limits.windows


@pytest.mark.parametrize("name", ACCOUNTS)
async def test_pages_lead_to_the_last_item(world: World, name: str) -> None:
    found, after = [], None
    async with world.client(name) as client:
        while True:
            page = await client.list_media(limit=20, after=after)
            found += [media.id for media in page.items]
            after = page.after
            if after is None:
                break
        back = await client.list_media(limit=20, before=page.before) if page.before else None
    feed = [media["id"] for media in world.live(name) if media["media_product_type"] != "STORY"]
    assert found == feed
    assert back is None or {media.id for media in back.items} <= set(feed)


async def test_the_reference_examples(world: World) -> None:
    async with world.client("default") as client:
        media = await functions.call(
            client, functions.find("instagram.get_media"), {"mediaId": "17895695668004550", "fields": "id,caption"}
        )
        comment = await functions.call(
            client, functions.find("instagram.get_comment"), {"commentId": "17853788044894720"}
        )
        listed = await functions.call(
            client, functions.find("instagram.list_comments"), {"mediaId": "17895695668004550", "limit": 20}
        )
        insights = await functions.call(
            client, functions.find("instagram.list_insights"), {"metric": "impressions,reach,follower_count"}
        )
    assert set(media) == {"id", "caption"}
    assert comment["username"] and comment["media"]["id"] == "17895695668004550"
    assert "17853788044894720" in [item["id"] for item in listed["data"]]
    (reach,) = insights["data"]
    assert reach["name"] == "reach" and all(value["end_time"] for value in reach["values"])
    assert any("views" in notice for notice in insights["notices"])
    assert any("follower_count" in notice and "100 followers" in notice for notice in insights["notices"])


async def test_nothing_that_leaves_the_client_holds_a_token(world: World) -> None:
    for name in ACCOUNTS:
        token = world.sandbox.instagram.tokens[name]
        async with world.client(name) as client:
            results = [
                await client.list_media(limit=3),
                await client.recent_comments(comments=2),
                await client.list_insights(),
                await client.get_media(world.live(name)[0]["id"]),
            ]
        assert token not in repr(results)
    assert all("access_token" not in entry["path"] for entry in world.sandbox.log)


async def test_a_hostile_world_is_made_harmless() -> None:
    world = World(Sandbox(posts=1, hostile=True))
    async with world.client() as client:
        page = await client.list_media(limit=100)
        threads = await client.recent_comments()
    shown = [media.caption for media in page.items]
    shown += [comment.text for thread in threads.items for comment in thread.comments]
    raw = "".join(text.raw for text in shown)
    assert "\x1b" in raw and not any(char in text for text in shown for char in "\x1b\x9b\u202e\x07")


@pytest.mark.parametrize("name", ["brand_account", "agency"])
async def test_every_metric_of_the_table_is_had(world: World, name: str) -> None:
    async with world.client(name) as client:
        found = await client.list_insights(list(ACCOUNT))
    assert [item.name for item in found.items] == list(ACCOUNT)
    assert found.notices == ()


@pytest.mark.parametrize("period", ["day", "week", "days_28", "month"])
async def test_every_period_gives_numbers(world: World, period: str) -> None:
    async with world.client() as client:
        found = await client.list_insights(period=period)
    assert {item.name for item in found.items} == set(DEFAULT)


async def test_parts_of_a_long_range_add_up(world: World) -> None:
    """90 Pacific days, over the end of summer time: none is missing, none is counted twice."""
    since, until = "2026-08-24T07:00:00Z", "2026-11-22T08:00:00Z"
    async with world.client() as client:
        whole = await client.list_insights("reach,likes,accounts_engaged", since=since, until=until)
        reach, likes = whole.items
        ends = [point.end_time for point in reach.points]
        days = zip([datetime.fromisoformat(since), *ends], ends, strict=False)
        single = [await client.list_insights("likes", since=begin, until=end) for begin, end in days]
    assert len(ends) == len(set(ends)) == 90 and ends == sorted(ends)
    assert likes.total and likes.total == sum(day.items[0].total or 0 for day in single)
    assert [notice.partition(":")[0] for notice in whole.notices] == ["accounts_engaged"]


@pytest.mark.parametrize("name", ACCOUNTS)
async def test_every_media_item_has_insights_or_a_reason(world: World, name: str) -> None:
    async with world.client(name) as client:
        for product in MEDIA:
            existing = next((media for media in world.live(name) if media["media_product_type"] == product), None)
            if existing is not None:
                media = await client.get_media(existing["id"])
                found = await client.media_insights(media)
                assert found.get("views") is not None or found.notices
                assert all(item.total is not None or item.breakdowns for item in found.items)


async def test_an_id_that_does_not_exist(world: World) -> None:
    async with world.client() as client:
        for ask in (client.get_media("1"), client.get_comment("nope"), client.list_comments("99")):
            with pytest.raises(NotFound):
                await ask


async def test_a_wrong_version_says_what_to_check(world: World) -> None:
    async with world.client(api_version="v99.0") as client:
        with pytest.raises(Refused) as caught:
            await client.list_media()
    assert "api_version" in caught.value.hint


@pytest.mark.parametrize(
    ("special", "name", "kind", "words"),
    [
        ("expired", "default", AuthExpired, "expired"),
        ("revoked", "default", AuthExpired, "accounts add"),
        ("no_tester", "default", Refused, "tester"),
        ("agency_expired", "agency", AuthExpired, "expired"),
        ("agency_revoked", "agency", AuthExpired, "accounts add"),
    ],
)
async def test_a_token_that_is_trouble(world: World, special: str, name: str, kind: type[ApiError], words: str) -> None:
    async with world.client(name, special=special) as client:
        with pytest.raises(kind) as caught:
            await client.list_media()
    assert words in f"{caught.value.message} {caught.value.hint}"


async def test_a_token_of_the_other_host_is_told_apart(world: World) -> None:
    async with world.client("default", login="facebook") as client:
        with pytest.raises(ApiError) as caught:
            await client.list_media()
    assert caught.value.hint


@pytest.mark.parametrize(("special", "name"), [("basic_only", "default"), ("agency_basic_only", "agency")])
async def test_a_token_without_permission(world: World, special: str, name: str) -> None:
    async with world.client(name, special=special) as client:
        assert (await client.list_media()).items
        for ask in (client.list_insights(), client.create_media(JPEG), client.get_comment("17853788044894720")):
            with pytest.raises((Forbidden, NotFound)) as caught:
                await ask
            assert caught.value.hint


DOUBTS = [
    Doubts(small_account_is_error=True),
    Doubts(timeframe_in_dimensions=True),
    Doubts(instagram_drops_total_only=True),
    Doubts(expansion_rows=60),
    Doubts(short_pages=False),
]


@pytest.mark.parametrize("doubts", DOUBTS)
async def test_what_nobody_knows_of_the_service_makes_no_difference(world: World, doubts: Doubts) -> None:
    world.sandbox.instagram.switches = doubts
    world.sandbox.instagram.reset()
    try:
        async with world.client("default") as client:
            small = await client.list_insights()
        async with world.client() as client:
            large = await client.list_insights(list(ACCOUNT))
            threads = await client.recent_comments(media=10)
    finally:
        world.sandbox.instagram.switches = Doubts()
    told = " ".join(small.notices)
    assert {item.name for item in small.items} == set(DEFAULT) - {"follower_count", "follows_and_unfollows"}
    assert "follower_count" in told and "follows_and_unfollows" in told
    assert [item.name for item in large.items] == list(ACCOUNT)
    assert len(threads.items) == 10


# -- writing


@pytest.mark.parametrize("name", ACCOUNTS)
@pytest.mark.parametrize(
    ("urls", "product", "kind"),
    [(JPEG, "FEED", "IMAGE"), (MP4, "REELS", "VIDEO"), (f"{JPEG},{MP4}", "FEED", "CAROUSEL_ALBUM")],
)
async def test_every_kind_is_published_once(world: World, name: str, urls: str, product: str, kind: str) -> None:
    before, caption = len(world.live(name)), "Grüße aus 東京 🥐 & 1+1=2 %41\n\n#bread"
    async with world.client(name) as client:
        done = await client.create_media(urls, caption)
        media = await client.get_media(done.id)
    newest, *rest = world.live(name)
    assert len(rest) == before
    assert (newest["id"], newest["caption"]) == (done.id, caption)
    assert (media.media_type, media.media_product_type) == (kind, product)
    assert done.permalink == media.permalink
    assert functions.as_json(done) == {"id": done.id, "permalink": done.permalink}


async def test_publish_false_leaves_a_container(world: World) -> None:
    before = world.ids()
    async with world.client() as client:
        done = await client.create_media(JPEG, publish=False)
        await world.sleep(60)
        assert (await client.get_container(done.id)).status_code == "FINISHED"
    assert world.ids() == before
    assert set(functions.as_json(done)) == {"id", "status_code"}


PUBLISHED_IN_SPITE = [
    {"fault": "drop_after_commit"},
    {"fault": "truncated"},
    {"fault": "lie_failed"},
    *({"fault": "lie_failed", "code": code} for code in (1, 2, 9, 10, 24, 100, 190, 368, 9007)),
]


@pytest.mark.parametrize("order", PUBLISHED_IN_SPITE)
@pytest.mark.parametrize("name", ["brand_account", "agency"])
async def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(
    world: World, name: str, order: dict[str, Any]
) -> None:
    before = len(world.live(name))
    world.fault("POST /media_publish", **order)
    async with world.client(name) as client:
        done = await client.create_media(JPEG, f"once, @friend {order}")
    assert len(world.live(name)) == before + 1
    assert done.id == world.live(name)[0]["id"]
    assert world.asked("/media_publish", "POST") == 1


async def test_a_publication_that_hangs_is_found(world: World) -> None:
    before = len(world.live())
    world.fault("POST /media_publish", "hang_after_commit")
    async with world.client(write_timeout=1.5) as client:
        done = await client.create_media(JPEG, "hangs")
    assert len(world.live()) == before + 1 and done.id == world.live()[0]["id"]


@pytest.mark.parametrize("order", [{"fault": "drop_before"}, {"fault": "html"}, {"fault": "status", "code": 503}])
async def test_a_publication_that_may_have_happened_is_an_open_question(world: World, order: dict[str, Any]) -> None:
    before = world.ids()
    world.fault("POST /media_publish", **order)
    async with world.client() as client:
        with pytest.raises(OutcomeUnknown) as caught:
            await client.create_media(JPEG, "perhaps")
    assert caught.value.may_have_been_published
    assert "FINISHED" in caught.value.message
    assert world.ids() == before and world.asked("/media_publish", "POST") == 1


async def test_slow_is_only_slow(world: World) -> None:
    world.fault("POST /media_publish", "slow", seconds=0.01)
    async with world.client() as client:
        done = await client.create_media(JPEG, "slow")
    assert world.live()[0]["id"] == done.id


@pytest.mark.parametrize(
    ("match", "order", "kind"),
    [
        ("POST /media", {"fault": "drop_after_commit"}, Unavailable),
        ("POST /media", {"fault": "drop_before"}, Unavailable),
        ("POST /media", {"fault": "html"}, Unavailable),
        ("POST /media", {"fault": "status", "code": 500}, Unavailable),
        ("POST /media", {"fault": "truncated"}, Unavailable),
        ("POST /media", {"fault": "lie_failed"}, Refused),
        ("POST /media", {"fault": "rate_limited"}, RateLimited),
        ("POST /media", {"fault": "expired_token"}, AuthExpired),
        ("POST /media", {"fault": "never_finishes"}, Unavailable),
        ("POST /media", {"fault": "container_error", "subcode": 2207026}, Refused),
        ("POST /media", {"fault": "container_error", "subcode": 2207082}, Refused),
        ("POST /media_publish", {"fault": "rate_limited"}, RateLimited),
        ("POST /media_publish", {"fault": "rate_limited", "code": 4}, RateLimited),
        ("POST /media_publish", {"fault": "expired_token"}, AuthExpired),
    ],
)
async def test_a_clear_failure_publishes_nothing(
    world: World, match: str, order: dict[str, Any], kind: type[ApiError]
) -> None:
    before = world.ids()
    world.fault(match, **order)
    async with world.client() as client:
        with pytest.raises(kind) as caught:
            await client.create_media(JPEG, "not this time")
    assert not caught.value.may_have_been_published
    assert caught.value.hint
    assert world.ids() == before
    assert world.asked(match.removeprefix("POST "), "POST") == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("too-large.jpg", "8 MB"),
        ("wide-ratio.jpg", "aspect ratio"),
        ("bad-format.jpg", "format"),
        ("not-found.jpg", "could not fetch"),
        ("picture.png", "could not fetch"),
        ("broken.mp4", "format of the video"),
        ("no-range.mp4", "could not download"),
        ("no-code.mp4", "format of the video"),
    ],
)
async def test_bad_media_are_refused_with_a_reason(world: World, name: str, words: str) -> None:
    before = world.ids()
    async with world.client() as client:
        with pytest.raises(Refused, match=words) as caught:
            await client.create_media(f"https://cdn.example/{name}")
    assert caught.value.field == "image_url"
    assert world.ids() == before


async def test_a_flaky_host_gets_a_second_chance(world: World) -> None:
    async with world.client() as client:
        done = await client.create_media("https://cdn.example/flaky.jpg")
    assert world.live()[0]["id"] == done.id
    assert world.asked("/media", "POST") == 2


async def test_a_slow_video_takes_its_time(world: World) -> None:
    async with world.client() as client:
        done = await client.create_media("https://cdn.example/slow.mp4")
    assert world.live()[0]["id"] == done.id
    assert 200 < world.waited < 300


# -- reading in bad weather


@pytest.mark.parametrize(
    "order",
    [
        {"fault": "drop_before"},
        {"fault": "drop_after_commit"},
        {"fault": "html"},
        {"fault": "truncated"},
        {"fault": "status", "code": 503},
    ],
)
async def test_a_read_is_tried_again(world: World, order: dict[str, Any]) -> None:
    world.fault("GET /me/media", **order)
    async with world.client() as client:
        assert (await client.list_media(limit=2)).items
    assert world.asked("/me/media") == 2


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        ({"fault": "drop_before"}, Unavailable),
        ({"fault": "html"}, Unavailable),
        ({"fault": "truncated"}, BadAnswer),
        ({"fault": "expired_token"}, AuthExpired),
        ({"fault": "rate_limited"}, RateLimited),
        ({"fault": "rate_limited", "code": 4}, RateLimited),
        ({"fault": "status", "code": 401}, AuthExpired),
        ({"fault": "status", "code": 429}, RateLimited),
    ],
)
@pytest.mark.parametrize("name", ["brand_account", "agency"])
async def test_what_lasts_is_told(world: World, name: str, order: dict[str, Any], kind: type[ApiError]) -> None:
    world.fault("*", times=9, **order)
    async with world.client(name) as client:
        with pytest.raises(kind) as caught:
            await client.list_media()
    assert caught.value.hint and "{" not in caught.value.message and "<" not in caught.value.message
