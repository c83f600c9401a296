"""Containers: whatever is done in whatever order, states, lists and quotas stay true."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule

from kosmo_tui.sandbox.faults import Fault
from tests.sandbox.graph_sandbox import START, Graph

PHOTO, VIDEO = "https://example.com/photo.jpg", "https://example.com/clip.mp4"
FIELDS = "id,status_code,status"


async def state(graph: Graph, container: str) -> Any:
    return (await graph.get(container, fields=FIELDS)).good


async def test_an_image_is_ready_within_five_seconds() -> None:
    graph = Graph()
    container = await graph.container()
    assert await state(graph, container) == {
        "id": container, "status_code": "IN_PROGRESS", "status": "In Progress: Media is still being processed.",
    }  # fmt: skip
    graph.clock.advance(seconds=5)
    status = "Finished: Media has been uploaded and it is ready to be published."
    assert await state(graph, container) == {"id": container, "status_code": "FINISHED", "status": status}


async def test_a_reel_takes_ten_to_forty_seconds_and_reads_back_as_video() -> None:
    graph = Graph()
    container = await graph.container(video_url=VIDEO, media_type="REELS", caption="Moves")
    graph.clock.advance(seconds=9)
    assert (await state(graph, container))["status_code"] == "IN_PROGRESS"
    graph.clock.advance(seconds=31)
    assert (await state(graph, container))["status_code"] == "FINISHED"
    media = (await graph.post("me/media_publish", creation_id=container)).good["id"]
    assert (await state(graph, container))["status_code"] == "PUBLISHED"
    answer = await graph.get(media, fields="media_type,media_product_type,caption,permalink")
    assert answer.good.pop("permalink").startswith("https://www.instagram.com/reel/")
    assert answer.good == {"media_type": "VIDEO", "media_product_type": "REELS", "caption": "Moves", "id": media}
    assert (await graph.get("me/media", limit=1)).data == [{"id": media}]
    assert graph.media("default")[0]["container_id"] == container


@pytest.mark.parametrize("as_json", [False, True])
async def test_a_carousel(as_json: bool) -> None:
    graph = Graph()
    children = [
        await graph.container(image_url=PHOTO, is_carousel_item="true", alt_text="A cup"),
        await graph.container(video_url=VIDEO, media_type="VIDEO", is_carousel_item="true"),
    ]
    early = await graph.post("me/media", media_type="CAROUSEL", children=",".join(children))
    assert early.code == (9007, 2207027)
    graph.clock.advance(seconds=40)
    asked = {"media_type": "CAROUSEL", "caption": "Both"}
    if as_json:
        parent = await graph.post("me/media", json=asked | {"children": children})
    else:
        parent = await graph.post("me/media", children=",".join(children), **asked)
    graph.clock.advance(seconds=5)
    media = (await graph.post("me/media_publish", json={"creation_id": parent.good["id"]})).good["id"]
    fields = "media_type,children{id,media_type,alt_text}"
    answer = (await graph.get(media, fields=fields)).good
    assert answer["media_type"] == "CAROUSEL_ALBUM"
    assert [child["media_type"] for child in answer["children"]["data"]] == ["IMAGE", "VIDEO"]
    assert answer["children"]["data"][0]["alt_text"] == "A cup"
    assert (await graph.post("me/media_publish", creation_id=parent.good["id"])).code == (24, 2207006)
    assert len({item["id"] for item in graph.media("default")}) == len(graph.media("default")) == 8


async def test_a_carousel_may_wait_for_its_children() -> None:
    graph = Graph(unfinished_children="wait")
    children = [await graph.container(video_url=VIDEO, media_type="VIDEO", is_carousel_item="true") for _ in range(2)]
    parent = await graph.container(media_type="CAROUSEL", children=",".join(children))
    graph.clock.advance(seconds=9)
    assert (await state(graph, parent))["status_code"] == "IN_PROGRESS"
    graph.clock.advance(seconds=31)
    assert (await state(graph, parent))["status_code"] == "FINISHED"


@pytest.mark.parametrize("count", [1, 11])
async def test_a_carousel_has_two_to_ten_items(count: int) -> None:
    graph = Graph()
    children = [await graph.container(image_url=PHOTO, is_carousel_item="true") for _ in range(count)]
    graph.clock.advance(seconds=5)
    answer = await graph.post("me/media", media_type="CAROUSEL", children=",".join(children))
    assert answer.code == (100, 2207028)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"image_url": "not a url"}, (9004, 2207052)),
        ({"image_url": "ftp://example.com/photo.jpg"}, (9004, 2207052)),
        ({"image_url": "https://example.com/größe.jpg"}, (9004, 2207052)),
        ({"image_url": "https:///photo.jpg"}, (9004, 2207052)),
        ({"image_url": "https://[/photo.jpg"}, (9004, 2207052)),
        ({"image_url": VIDEO}, (9004, 2207052)),
        ({"image_url": "https://example.com/page.html"}, (9004, 2207052)),
        ({"image_url": "https://example.com/not-found.jpg"}, (9004, 2207052)),
        ({"image_url": "https://example.com/photo.gif"}, (36001, 2207005)),
        ({"image_url": "https://example.com/a-1080x400.jpg"}, (36003, 2207009)),
        ({"image_url": "https://example.com/a-1080x1920.jpg"}, (36003, 2207009)),
        ({"image_url": "https://example.com/timeout.jpg"}, (-2, 2207003)),
        ({"image_url": "https://example.com/server-error.jpg"}, (-1, 2207001)),
        ({"video_url": VIDEO}, (100, 2207067)),
        ({"image_url": PHOTO, "media_type": "POSTER"}, (100, 2207023)),
        ({"image_url": PHOTO, "media_type": "REELS"}, (100, None)),
        ({"image_url": PHOTO, "caption": "x" * 2201}, (36004, 2207010)),
        ({"image_url": PHOTO, "caption": "#a " * 31}, (36004, 2207010)),
        ({"image_url": PHOTO, "caption": "@a " * 21}, (100, 2207040)),
        ({"image_url": PHOTO, "alt_text": "x" * 1001}, (100, None)),
        ({"image_url": PHOTO, "location_id": "here"}, (100, None)),
        ({"image_url": PHOTO, "collaborators": "a,b,c,d"}, (100, None)),
        ({"image_url": PHOTO, "user_tags": "someone"}, (100, None)),
        ({"image_url": PHOTO, "is_carousel_item": "perhaps"}, (100, None)),
        ({"video_url": VIDEO, "media_type": "REELS", "thumb_offset": "-1"}, (1, 2207057)),
        ({"video_url": VIDEO, "media_type": "REELS", "trial_params": "{}"}, (100, 2207081)),
        ({"video_url": VIDEO, "media_type": "REELS", "upload_type": "resumable"}, (100, None)),
        ({"media_type": "CAROUSEL", "children": "1,2"}, (24, 2207008)),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_what_is_refused_at_creation_leaves_nothing(asked: dict[str, str], code: tuple[int, int | None]) -> None:
    graph = Graph()
    assert (await graph.post("me/media", **asked)).code == code
    assert not graph.side.world.accounts["default"].containers


@pytest.mark.parametrize(
    "url", [PHOTO, "https://example.com/image", "https://example.com/a-1080x1350.jpg", PHOTO + "?v=2"]
)
async def test_images_that_are_fine(url: str) -> None:
    assert await Graph().container(image_url=url, media_type="IMAGE", caption="#" * 30)


async def test_switches_for_formats() -> None:
    url = "https://example.com/a.png"
    assert (await Graph(png="36001").post("me/media", image_url=url)).code == (36001, 2207005)
    assert await Graph(png="accept").container(image_url=url)
    assert (await Graph(image_type=False).post("me/media", image_url=PHOTO, media_type="IMAGE")).code == (100, 2207023)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("broken", "Error: Media upload has failed with error code 2207026"),
        ("rejected", "Error: Media upload has failed with error code 2207076"),
        ("no-range", "Error: Media upload has failed with error code 2207077"),
        ("upload-failed", "Error: Media upload has failed with error code 2207082"),
        ("processing-failed", "Error: Media upload has failed with error code 2207085"),
        ("not-found", "Error: Media download has failed. The media URI doesn't meet our requirements."),
    ],
)
async def test_videos_that_fail(name: str, status: str) -> None:
    graph = Graph()
    container = await graph.container(video_url=f"https://example.com/{name}.mp4", media_type="REELS")
    graph.clock.advance(seconds=40)
    assert await state(graph, container) == {"id": container, "status_code": "ERROR", "status": status}
    assert (await graph.post("me/media_publish", creation_id=container)).code == (9007, 2207027)


async def test_an_error_may_lack_its_status_code() -> None:
    graph = Graph()
    container = await graph.container(image_url="https://example.com/no-code.jpg")
    graph.clock.advance(seconds=5)
    answer = await state(graph, container)
    assert "status_code" not in answer and answer["status"].startswith("Error:")


async def test_slow_and_stuck() -> None:
    graph = Graph()
    slow = await graph.container(video_url="https://example.com/slow.mp4", media_type="REELS")
    stuck = await graph.container(video_url="https://example.com/stuck.mp4", media_type="REELS")
    graph.clock.advance(minutes=3)
    assert [(await state(graph, each))["status_code"] for each in (slow, stuck)] == ["IN_PROGRESS", "IN_PROGRESS"]
    graph.clock.advance(minutes=2)
    assert [(await state(graph, each))["status_code"] for each in (slow, stuck)] == ["FINISHED", "IN_PROGRESS"]
    graph.clock.advance(days=1)
    assert [(await state(graph, each))["status_code"] for each in (slow, stuck)] == ["EXPIRED", "EXPIRED"]


async def test_a_flaky_url_works_the_second_time() -> None:
    graph = Graph()
    url = "https://example.com/flaky.jpg"
    assert (await graph.post("me/media", image_url=url)).code == (9004, 2207052)
    assert await graph.container(image_url=url)


async def test_blocked_as_spam_and_live_all_the_same() -> None:
    graph = Graph()
    container = await graph.container(image_url="https://example.com/spam.jpg")
    graph.clock.advance(seconds=5)
    assert (await graph.post("me/media_publish", creation_id=container)).code == (4, 2207051)
    assert (await state(graph, container))["status_code"] == "PUBLISHED"
    assert graph.media("default")[0]["container_id"] == container


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault("*", "never_finishes"), "IN_PROGRESS"), (Fault("*", "container_error", subcode=2207082), "ERROR")],
)
async def test_faults_of_containers(fault: Fault, status: str) -> None:
    graph = Graph()
    graph.fault = fault
    container = await graph.container()
    graph.clock.advance(hours=1)
    answer = await state(graph, container)
    assert answer["status_code"] == status
    assert status != "ERROR" or "2207082" in answer["status"]


@pytest.mark.parametrize(
    ("code", "seen"), [(None, (4, 2207051)), (100, (100, 33)), (9007, (9007, 2207027)), (1, (1, None))]
)
async def test_a_lie_publishes_all_the_same(code: int | None, seen: tuple[int, int | None]) -> None:
    graph = Graph()
    container = await graph.container()
    graph.clock.advance(seconds=5)
    graph.fault = Fault("POST /media_publish", "lie_failed", code=code)
    assert (await graph.post("me/media_publish", creation_id=container)).code == seen
    assert [item["container_id"] for item in graph.media("default")].count(container) == 1


async def test_containers_of_others_are_unknown() -> None:
    graph = Graph()
    container = await graph.container()
    graph.clock.advance(seconds=5)
    assert (await graph.post("me/media_publish", "brand_account", creation_id=container)).code == (24, 2207008)
    assert (await graph.get(container, "brand_account")).code == (100, 33)


async def test_publishing_twice_may_name_the_first() -> None:
    graph = Graph(second_publish="same_id")
    container = await graph.container()
    graph.clock.advance(seconds=5)
    first, second = [(await graph.post("me/media_publish", creation_id=container)).good for _ in range(2)]
    assert first == second and len(graph.media("default")) == 8


async def test_quota_counts_posts_of_a_day() -> None:
    graph = Graph(publish_quota=2)
    for used in (0, 1, 2):
        answer = await graph.get("me/content_publishing_limit", fields="config,quota_usage")
        assert answer.data == [{"config": {"quota_total": 2, "quota_duration": 86400}, "quota_usage": used}]
        container = await graph.container()
        graph.clock.advance(seconds=5)
        published = await graph.post("me/media_publish", creation_id=container)
        assert published.status == (200 if used < 2 else 400)
    graph.clock.advance(days=1)
    assert (await graph.get("me/content_publishing_limit")).data == [{"quota_usage": 0}]
    assert await graph.published()
    assert (await graph.get("me/content_publishing_limit", since="2026-11-20")).code == (100, None)


async def test_containers_are_limited_too() -> None:
    graph = Graph(container_quota=3)
    for _ in range(3):
        await graph.container()
    assert (await graph.post("me/media", image_url=PHOTO)).code == (9, 2207042)
    graph.clock.advance(days=1)
    assert await graph.container()


async def test_a_story_disappears() -> None:
    graph = Graph()
    story = await graph.published(image_url="https://example.com/a-1080x1920.jpg", media_type="STORIES")
    assert (await graph.get("me/stories", fields="media_product_type")).data == [
        {"media_product_type": "STORY", "id": story}
    ]
    assert story not in [item["id"] for item in (await graph.get("me/media")).data]
    graph.clock.advance(days=1)
    assert (await graph.get("me/stories")).data == []
    assert (await graph.get(story)).code == (100, 33)


async def test_resumable_upload() -> None:
    graph = Graph()
    asked = {"media_type": "REELS", "upload_type": "resumable"}
    answer = (await graph.post("17841411718913026/media", "agency", **asked)).good
    graph.clock.advance(hours=1)
    fields = "status_code,video_status"
    waiting = (await graph.get(answer["id"], "agency", fields=fields)).good
    assert waiting["status_code"] == "IN_PROGRESS"
    assert waiting["video_status"]["uploading_phase"] == {"status": "not_started"}
    headers = {"Authorization": "OAuth " + graph.token("agency"), "offset": "0", "file_size": "3"}
    sent = await graph.http.post(answer["uri"], headers=headers, content=b"mp4")
    assert sent.json()["success"] is True
    graph.clock.advance(seconds=40)
    assert (await graph.get(answer["id"], "agency", fields="status_code")).good["status_code"] == "FINISHED"


class Containers(RuleBasedStateMachine):
    """A client that does anything in any order, and a model of what must be true then."""

    created = Bundle("created")
    pieces = Bundle("pieces")

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.graph = Graph(publish_quota=4, container_quota=12)
        self.before = [item["id"] for item in self.graph.media("default")]
        self.made: dict[str, Any] = {}  # container → when it was made, and whether it may ever be published
        self.published: list[tuple[str, str, Any]] = []  # container, media, when

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def make(self, **asked: str) -> str | None:
        answer = self.run(self.graph.post("me/media", **asked))
        now = self.graph.clock.now()
        if sum(now - when < timedelta(days=1) for when, _ in self.made.values()) >= 12:
            assert answer.code == (9, 2207042)
            return None
        container = str(answer.good["id"])
        assert container not in self.made
        self.made[container] = (now, "is_carousel_item" not in asked)
        return container

    @rule(target=created, name=st.sampled_from(["photo.jpg", "broken.jpg", "stuck.jpg", "vanishes.jpg"]))
    def image(self, name: str) -> Any:
        container = self.make(image_url=f"https://example.com/{name}", caption="Anything")
        return container or multiple()

    @rule(target=created, name=st.sampled_from(["clip.mp4", "slow.mp4", "no-range.mp4"]))
    def reel(self, name: str) -> Any:
        container = self.make(video_url=f"https://example.com/{name}", media_type="REELS")
        return container or multiple()

    @rule(target=pieces)
    def piece(self) -> Any:
        container = self.make(image_url=PHOTO, is_carousel_item="true")
        return container or multiple()

    @rule(target=created, children=st.lists(pieces, max_size=3))
    def carousel(self, children: list[str]) -> Any:
        states = [self.state(child) for child in children]
        asked = {"media_type": "CAROUSEL", "children": ",".join(children)}
        full = sum(self.graph.clock.now() - when < timedelta(days=1) for when, _ in self.made.values()) >= 12
        if not full and len(children) >= 2 and set(states) == {"FINISHED"}:
            return self.make(**asked) or multiple()
        assert self.run(self.graph.post("me/media", **asked)).status == 400
        return multiple()

    @rule(seconds=st.sampled_from([1, 4, 50, 300, 40_000, 90_000]))
    def wait(self, seconds: int) -> None:
        states = {container: self.state(container) for container in self.made}
        self.graph.clock.advance(seconds=seconds)
        for container, before in states.items():
            after = self.state(container)
            assert after == before or before == "IN_PROGRESS" or after == "EXPIRED"
            if before == "PUBLISHED":
                assert after == "PUBLISHED"

    @precondition(lambda self: self.made)
    @rule(container=st.one_of(created, pieces))
    def publish(self, container: str) -> None:
        state_before, now = self.state(container), self.graph.clock.now()
        answer = self.run(self.graph.post("me/media_publish", creation_id=container))
        recent = sum(now - when < timedelta(days=1) for _, _, when in self.published)
        allowed = state_before == "FINISHED" and self.made[container][1] and recent < 4
        if answer.status == 200:
            assert allowed
            self.published.append((container, answer.body["id"], now))
            assert self.state(container) == "PUBLISHED"
        else:
            assert not allowed or answer.code == (24, 2207006)
            assert self.state(container) == state_before

    def state(self, container: str) -> str:
        return str(self.run(state(self.graph, container))["status_code"])

    @invariant()
    def what_is_listed_is_what_was_published(self) -> None:
        if not hasattr(self, "graph"):
            return
        expected = [media for _, media, _ in reversed(self.published)] + self.before
        assert [item["id"] for item in self.graph.media("default")] == expected
        listed = self.run(self.graph.get("me/media", limit=100)).data
        assert [item["id"] for item in listed] == expected
        count = self.run(self.graph.get("me", fields="media_count")).good["media_count"]
        assert count == len(expected)
        now = self.graph.clock.now()
        used = sum(now - when < timedelta(days=1) for _, _, when in self.published)
        assert self.run(self.graph.get("me/content_publishing_limit")).data == [{"quota_usage": used}]
        assert used <= 4

    @invariant()
    def life_is_a_day(self) -> None:
        if not hasattr(self, "graph"):
            return
        for container, (made, _) in self.made.items():
            old = self.graph.clock.now() - made >= timedelta(days=1)
            assert (self.state(container) in {"EXPIRED", "PUBLISHED"}) or not old

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            self.loop.close()


TestContainers = Containers.TestCase
TestContainers.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)


def test_the_clock_of_these_tests_stands() -> None:
    assert Graph().clock.now() == START


HIDDEN = [
    "http://127.0.0.1/a", "http://127.1/a", "http://localhost:8000/a", "http://localhost./a", "https://10.0.0.7/a",
    "https://192.168.1.5/a", "http://169.254.169.254/a", "http://[::1]/a", "http://[::ffff:10.0.0.1]/a", "http://nas/a",
    "https://printer.local/a", "ftp://example.com/a", "file:///tmp/a", "data:image/jpeg;base64,AAAA",
]  # fmt: skip


@pytest.mark.parametrize("url", HIDDEN)
async def test_what_cannot_be_public_is_not_fetched(url: str) -> None:
    graph = Graph()
    assert (await graph.post("me/media", image_url=url)).code == (9004, 2207052)
    reel = await graph.container(video_url=url, media_type="REELS")
    assert (await state(graph, reel))["status_code"] == "IN_PROGRESS"
    graph.clock.advance(seconds=60)
    assert await state(graph, reel) == {
        "status_code": "ERROR",
        "status": "Error: Media download has failed. The media URI doesn't meet our requirements.",
        "id": reel,
    }
