"""Every error body that was seen of the real service, and the request that provokes it here."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kosmo_tui.sandbox.faults import Fault
from tests.sandbox.graph_sandbox import Answer, Graph

SEEN = json.loads((Path(__file__).parent / "instagram_errors.json").read_text())
AGENCY = "17841411718913026"
URL = "https://example.com/a.png"

Provoked = tuple[Answer, str]  # the answer, and the id that its text names
Provoke = Callable[[], Awaitable[Answer | Provoked]]
PROVOKE: dict[str, Provoke] = {}


def provokes(provoke: Provoke) -> Provoke:
    PROVOKE[provoke.__name__] = provoke
    return provoke


def item(graph: Graph, account: str, product: str, **wanted: object) -> str:
    """The id of an item of an account."""
    for media in graph.side.world.accounts[account].media:
        if media.product == product and all(getattr(media, name) == value for name, value in wanted.items()):
            return media.id
    raise AssertionError(f"{account} has no such {product}")


@pytest.mark.parametrize("name", SEEN)
async def test_the_body_is_as_seen(name: str) -> None:
    provoked = await PROVOKE[name]()
    answer, identifier = provoked if isinstance(provoked, tuple) else (provoked, "")
    expected = {
        key: value.replace("{id}", identifier).replace("{url}", URL) if isinstance(value, str) else value
        for key, value in SEEN[name]["error"].items()
    }
    error = answer.error
    assert len(error.pop("fbtrace_id")) == 23
    assert error == expected
    assert answer.status == SEEN[name]["status"]
    message = error["message"].replace('"', " ").encode("ascii", "replace").decode()
    kind = "invalid_token" if error["code"] == 190 else "invalid_request"
    assert answer.headers["www-authenticate"] == f'OAuth "Facebook Platform" "{kind}" "{message}"'


def test_nothing_is_provoked_that_was_not_seen() -> None:
    assert PROVOKE.keys() == SEEN.keys()


def insights(graph: Graph, **parameters: str) -> Awaitable[Answer]:
    return graph.get(f"{AGENCY}/insights", "agency", **{"period": "day", **parameters})


@provokes
async def account_metric_facebook() -> Answer:
    return await insights(Graph(), metric="impressions")


@provokes
async def account_metric_instagram() -> Answer:
    return await Graph().get("me/insights", metric="email_contacts,reach", period="day")


@provokes
async def media_metric_facebook() -> Answer:
    graph = Graph()
    return await graph.get(item(graph, "agency", "REELS") + "/insights", "agency", metric="plays")


@provokes
async def media_metric_instagram() -> Answer:
    graph = Graph()
    metric = "reach,likes,comments,saved,shares,engagement"
    return await graph.get(item(graph, "brand_account", "REELS") + "/insights", "brand_account", metric=metric)


@provokes
async def total_value_needed() -> Answer:
    return await insights(Graph(), metric="reach,views,profile_views,total_interactions,likes")


@provokes
async def total_value_impossible() -> Answer:
    return await insights(Graph(), metric="views,follower_count", metric_type="total_value")


@provokes
async def time_series_impossible() -> Answer:
    return await insights(Graph(), metric="reach,accounts_engaged,likes", metric_type="time_series")


@provokes
async def period() -> Answer:
    return await insights(Graph(), metric="online_followers", period="week")


@provokes
async def window() -> Answer:
    return await insights(Graph(), metric="reach", since="2026-10-01", until="2026-11-01")


@provokes
async def follower_count_too_old() -> Answer:
    return await insights(Graph(), metric="follower_count", since="2026-10-01", until="2026-10-08")


@provokes
async def breakdown_of_metric() -> Answer:
    graph = Graph()
    path = item(graph, "agency", "REELS") + "/insights"
    return await graph.get(path, "agency", metric="views", breakdown="follow_type")


@provokes
async def breakdown_name() -> Answer:
    graph = Graph()
    return await graph.get(item(graph, "agency", "FEED") + "/insights", "agency", metric="views", breakdown="age")


@provokes
async def product_type() -> Answer:
    graph = Graph()
    return await graph.get(item(graph, "agency", "FEED") + "/insights", "agency", metric="reach,crossposted_views")


@provokes
async def impressions() -> Answer:
    graph = Graph()
    return await graph.get(item(graph, "agency", "FEED") + "/insights", "agency", metric="impressions")


@provokes
async def facebook_views() -> Answer:
    graph = Graph()
    media = item(graph, "agency", "REELS", shared_to_facebook=False)
    return await graph.get(media + "/insights", "agency", metric="views,facebook_views")


@provokes
async def few_viewers() -> Answer:
    graph = Graph()
    return await graph.get(item(graph, "agency", "STORY", final_views=4) + "/insights", "agency", metric="reach")


@provokes
async def field_facebook() -> Answer:
    return await Graph().get(AGENCY, "agency", fields="id,permissions")


@provokes
async def field_instagram() -> Answer:
    return await Graph().get("me", fields="business_discovery.username(northwind.coffee){id}")


@provokes
async def field_twice() -> Answer:
    return await Graph().get("me", "agency", fields="id,id")


@provokes
async def delete_on_instagram() -> Provoked:
    graph = Graph()
    return await graph.delete("17895695668004550"), "17895695668004550"


@provokes
async def reply_to_nothing() -> Provoked:
    graph = Graph()
    await graph.delete("17853788044894720")
    return await graph.post("17853788044894720/replies", message="Too late"), "17853788044894720"


@provokes
async def no_tester() -> Answer:
    return await Graph().get("me", "no_tester")


@provokes
async def edge() -> Answer:
    return await Graph().get("me/messages")


@provokes
async def version() -> Answer:
    return await Graph().get("me", "agency", version="v27.0")


@provokes
async def comment_enabled() -> Answer:
    return await Graph().post("17895695668004550", caption="Cannot be changed")


@provokes
async def image_url() -> Answer:
    return await Graph().post("me/media", caption="No picture")


@provokes
async def scope_instagram() -> Answer:
    return await Graph().get("me/insights", "basic_only", metric="reach", period="day")


@provokes
async def scope_facebook() -> Answer:
    return await Graph().get(f"{AGENCY}/insights", "agency_basic_only", metric="reach", period="day")


@provokes
async def token() -> Answer:
    return await Graph().get("me", token="IGAAnobody")


@provokes
async def expired() -> Answer:
    graph = Graph(start=datetime(2025, 10, 12, 19, 0, tzinfo=UTC))  # the token has 50 days left
    graph.clock.time = datetime(2025, 12, 2, 17, 0, 55, tzinfo=UTC)
    return await graph.get("me")


@provokes
async def no_token() -> Answer:
    return await Graph().get("17895695668004550", None)


@provokes
async def me_without_token() -> Answer:
    return await Graph().get("me", None)


@provokes
async def not_ready() -> Answer:
    graph = Graph()
    return await graph.post("me/media_publish", creation_id=await graph.container())


@provokes
async def not_fetchable() -> Answer:
    return await Graph().post("me/media", image_url=URL)


@provokes
async def ratio() -> Answer:
    return await Graph().post("me/media", image_url="https://example.com/wide-ratio.jpg")


@provokes
async def too_large() -> Answer:
    return await Graph().post("me/media", image_url="https://example.com/too-large.jpg")


@provokes
async def video_type() -> Answer:
    return await Graph().post("me/media", video_url="https://example.com/a.mp4", media_type="VIDEO")


@provokes
async def video_container() -> Answer:
    graph = Graph()
    video = "https://example.com/a.mp4"
    container = await graph.container(video_url=video, media_type="VIDEO", is_carousel_item="true")
    graph.clock.advance(minutes=2)
    return await graph.post("me/media_publish", creation_id=container)


@provokes
async def spam() -> Answer:
    graph = Graph()
    container = await graph.container(image_url="https://example.com/spam.jpg")
    graph.clock.advance(seconds=5)
    return await graph.post("me/media_publish", creation_id=container)


@provokes
async def quota() -> Answer:
    graph = Graph(publish_quota=1)
    await graph.published()
    container = await graph.container()
    graph.clock.advance(seconds=5)
    return await graph.post("me/media_publish", creation_id=container)


@provokes
async def vanished() -> Answer:
    graph = Graph()
    container = await graph.container(image_url="https://example.com/vanishes.jpg")
    graph.clock.advance(seconds=5)
    return await graph.post("me/media_publish", creation_id=container)


@provokes
async def unknown_container() -> Provoked:
    graph = Graph()
    container = await graph.container()
    graph.clock.advance(hours=24)
    return await graph.post("me/media_publish", creation_id=container), container


@provokes
async def delete_child() -> Answer:
    graph = Graph()
    album = next(media for media in graph.side.world.accounts["agency"].media if media.children)
    return await graph.delete(album.children[0].id, "agency")


@provokes
async def view_count() -> Answer:
    graph = Graph()
    return await graph.get(item(graph, "agency", "REELS"), "agency", fields="view_count")


@provokes
async def app_limit() -> Answer:
    graph = Graph(app_calls_per_hour=3)
    for percent in (33, 66, 100):
        usage = json.loads((await graph.get("me", "agency")).headers["x-app-usage"])
        assert usage["call_count"] == percent
    return await graph.get("me", "agency")


@provokes
async def too_much_data() -> Answer:
    fields = "comments.limit(50){text,replies{text}}"
    return await Graph(expansion_rows=20).get(f"{AGENCY}/media", "agency", fields=fields)


@provokes
async def transient() -> Answer:
    graph = Graph()
    graph.fault = Fault("*", "lie_failed", code=1)
    return await graph.get("me", "agency")
