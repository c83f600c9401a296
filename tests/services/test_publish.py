"""Publishing with fake clients: every target gets a last word, and no write is sent twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from kosmo_tui.api.buffer.models import CreateFailure, CreateResult, Failure, Profile, Schedule, Update
from kosmo_tui.api.errors import AuthExpired, OutcomeUnknown, Refused
from kosmo_tui.api.instagram.models import Published
from kosmo_tui.api.safe_text import SafeText
from kosmo_tui.compose.draft import Attachment, Draft, Target
from kosmo_tui.compose.when import When
from kosmo_tui.services.publish import Publication, Publisher, buffer_media
from kosmo_tui.services.targets import instagram_target, profile_target

DUE = datetime(2026, 11, 27, 17, 30, tzinfo=UTC)
PHOTO = Attachment("https://northwind.example/a.jpg", "A bag")
DRAFT = Draft(text="The new roast", media=(PHOTO,))


def profile(number: int, account: str = "buffer.agency") -> Target:
    return Target(
        key=f"{account}/p{number}",
        account=account,
        service="buffer",
        network="twitter",
        label=f"@{number}",
        profile_id=f"p{number}",
    )


INSTAGRAM = instagram_target("instagram.brand", "brand")


def update(profile_id: str, **changes: Any) -> Update:
    plain: dict[str, Any] = {"id": f"u-{profile_id}", "profile_id": profile_id, "profile_service": "twitter"}
    return Update(**{**plain, "status": "scheduled", "scheduled_at": DUE, **changes})


Answer = Callable[..., Awaitable[CreateResult]]


class Buffer:
    """A client that answers as it is told to, and counts."""

    def __init__(self, answer: Answer) -> None:
        self.calls: list[tuple[str, list[str], dict[str, Any]]] = []
        self._answer = answer

    async def create_update(self, text: str, profile_ids: Sequence[str], **options: Any) -> CreateResult:
        self.calls.append((text, list(profile_ids), options))
        return await self._answer(profile_ids, **options)


class Instagram:
    def __init__(self, answer: Callable[..., Awaitable[Published]]) -> None:
        self.calls: list[tuple[Any, dict[str, Any]]] = []
        self._answer = answer

    async def create_media(self, image_url: Sequence[str], **options: Any) -> Published:
        self.calls.append((image_url, options))
        return await self._answer(**options)


class Hub:
    def __init__(self, buffer: dict[str, Buffer] | None = None, instagram: dict[str, Instagram] | None = None) -> None:
        self.buffer = buffer or {}
        self.instagram = instagram or {}


async def all_well(ids: Sequence[str], **_: Any) -> CreateResult:
    return CreateResult(success=True, updates=tuple(update(one, service_link=f"https://x/{one}") for one in ids))


def states(publication: Publication) -> dict[str, str]:
    return {row.target.key.rpartition("/")[2]: row.state for row in publication.rows}


async def test_one_call_per_account_confirms_its_targets() -> None:
    agency, other = Buffer(all_well), Buffer(all_well)
    publisher = Publisher(Hub({"agency": agency, "other": other}))
    targets = [profile(1), profile(2), profile(3, "buffer.other"), profile(1)]
    publication = publisher.start(DRAFT, targets, When("at", DUE))
    assert publisher.pending == 3
    await publication.wait()
    assert publisher.pending == 0
    assert states(publication) == {"p1": "confirmed", "p2": "confirmed", "p3": "confirmed"}
    assert publication.rows[0].link == "https://x/p1"
    assert publication.rows[0].at == DUE
    (text, ids, options), *more = agency.calls
    assert (text, ids, more) == ("The new roast", ["p1", "p2"], [])
    assert options["scheduled_at"] == "2026-11-27T17:30:00+00:00"
    assert options["media"] == {"photo": [PHOTO.url], "alt_text": ["A bag"]}
    assert other.calls[0][1] == ["p3"]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (When("queue"), (False, False, None)),
        (When("next"), (False, True, None)),
        (When("now"), (True, False, None)),
        (When("at", DUE), (False, False, "2026-11-27T17:30:00+00:00")),
    ],
)
async def test_the_time_is_passed_on(when: When, expected: tuple[bool, bool, str | None]) -> None:
    client = Buffer(all_well)
    await Publisher(Hub({"agency": client})).start(DRAFT, [profile(1)], when).wait()
    options = client.calls[0][2]
    assert (options["now"], options["next"], options["scheduled_at"]) == expected


async def test_partial_success_is_told_per_target() -> None:
    async def partly(ids: Sequence[str], **_: Any) -> CreateResult:
        return CreateResult(
            success=False,
            updates=(update("p1"), update("p5", status="error", error=Failure(message=SafeText("no permission")))),
            failures=(
                CreateFailure(profile_id="p2", kind="refused", message=SafeText("Too long"), hint=SafeText("shorten")),
                CreateFailure(profile_id="p3", kind="outcome_unknown", message=SafeText("No answer came")),
            ),
            notices=("the queue is paused",),
        )

    targets = [profile(number) for number in range(1, 6)]
    publication = Publisher(Hub({"agency": Buffer(partly)})).start(DRAFT, targets, When("queue"))
    await publication.wait()
    assert states(publication) == {
        "p1": "confirmed",
        "p2": "refused",
        "p3": "unknown",
        "p4": "unknown",  # the answer left it out: it may be live
        "p5": "refused",
    }
    by_id = {row.target.profile_id: row for row in publication.rows}
    assert (by_id["p2"].note, by_id["p2"].hint) == ("Too long", "shorten")
    assert "before you send it again" in by_id["p3"].hint
    assert by_id["p5"].note == "no permission"
    assert publication.notices == ("the queue is paused",)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Refused("no", hint="mend it"), "refused"),
        (AuthExpired("the token is not accepted"), "refused"),
        (OutcomeUnknown("the connection broke"), "unknown"),
        (RuntimeError("a bug"), "unknown"),
    ],
)
async def test_an_error_is_the_last_word_and_nothing_is_sent_again(error: Exception, state: str) -> None:
    async def fails(*_: Any, **__: Any) -> Any:
        raise error

    buffer, instagram = Buffer(fails), Instagram(fails)
    publisher = Publisher(Hub({"agency": buffer}, {"brand": instagram}))
    publication = publisher.start(DRAFT, [profile(1), profile(2), INSTAGRAM], When("now"))
    await publication.wait()
    assert set(states(publication).values()) == {state}
    assert all(row.note for row in publication.rows)
    assert (len(buffer.calls), len(instagram.calls)) == (1, 1)


async def test_an_account_that_is_gone_leaves_no_target_open() -> None:
    publication = Publisher(Hub()).start(DRAFT, [profile(1)], When("queue"))
    await publication.wait()
    assert states(publication) == {"p1": "unknown"}


async def test_progress_is_told_while_others_are_still_sending() -> None:
    release = asyncio.Event()

    async def slow(ids: Sequence[str], *, on_progress: Callable[..., None], **_: Any) -> CreateResult:
        on_progress("p1", update("p1"))
        await release.wait()
        return await all_well(ids)

    publisher = Publisher(Hub({"agency": Buffer(slow)}))
    seen: list[dict[str, str]] = []
    arrived = asyncio.Event()

    def listen(publication: Publication) -> None:
        seen.append(states(publication))
        if seen[-1]["p1"] == "confirmed":
            arrived.set()

    publication = publisher.start(DRAFT, [profile(1), profile(2)], When("queue"))
    publication.subscribe(listen)
    await arrived.wait()
    assert seen[-1] == {"p1": "confirmed", "p2": "sending"}
    assert publisher.pending == 1
    release.set()
    await publication.wait()
    assert set(states(publication).values()) == {"confirmed"}


async def test_a_listener_that_fails_stops_nothing() -> None:
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    publisher = Publisher(Hub({"agency": Buffer(all_well)}))

    def broken(_: Publication) -> None:
        raise LookupError("the screen is gone")

    stop = publisher.subscribe(broken)
    publication = publisher.start(DRAFT, [profile(1)], When("queue"))
    await publication.wait()
    await asyncio.sleep(0)
    assert states(publication) == {"p1": "confirmed"}
    assert complaints
    stop()
    complaints.clear()
    await publisher.start(DRAFT, [profile(1)], When("queue")).wait()
    await asyncio.sleep(0)
    assert not complaints


async def test_closing_waits_then_leaves_what_is_open_as_unknown() -> None:
    async def never(*_: Any, **__: Any) -> CreateResult:
        await asyncio.Event().wait()
        raise AssertionError

    publisher = Publisher(Hub({"agency": Buffer(never), "other": Buffer(all_well)}))
    publication = publisher.start(DRAFT, [profile(1), profile(2, "buffer.other")], When("queue"))
    await publisher.aclose(grace=0.01)
    assert states(publication) == {"p1": "unknown", "p2": "confirmed"}
    assert publisher.pending == 0
    await publisher.aclose()


async def test_instagram_publishes_or_makes_the_container_only() -> None:
    async def published(*, publish: bool, on_progress: Callable[[str], None], **_: Any) -> Published:
        on_progress("Instagram is fetching the media")
        return Published(id="17", permalink="https://instagram.com/p/1" if publish else None)

    client = Instagram(published)
    publisher = Publisher(Hub(instagram={"brand": client}))
    publication = publisher.start(DRAFT.replace(instagram_kind="IMAGE"), [INSTAGRAM], When("now"))
    await publication.wait()
    (row,) = publication.rows
    assert (row.state, row.note, row.link) == ("confirmed", "published", "https://instagram.com/p/1")
    urls, options = client.calls[0]
    assert urls == [PHOTO.url]
    assert (options["caption"], options["media_type"], options["publish"]) == ("The new roast", "IMAGE", True)
    assert options["alt_text"] == ["A bag"]
    publication = publisher.start(DRAFT.replace(container_only=True), [INSTAGRAM], When("queue"))
    await publication.wait()
    assert "nothing is published" in publication.rows[0].note
    assert client.calls[1][1]["publish"] is False


def test_attachments_by_kind() -> None:
    clip = Attachment("https://northwind.example/a.mp4", kind="video")
    assert buffer_media(Draft()) is None
    assert buffer_media(Draft(media=(clip,))) == {"video": [clip.url]}
    assert buffer_media(Draft(media=(PHOTO, clip))) == {
        "photo": [PHOTO.url],
        "alt_text": ["A bag"],
        "video": [clip.url],
    }


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({}, ""),
        ({"paused": True}, "paused"),
        ({"paused": True, "disconnected": True}, "disconnected"),
        ({"locked": True}, "locked"),
        ({"service": "startPage"}, "Buffer no longer takes posts for Start Page"),
    ],
)
def test_a_profile_as_a_target(changes: dict[str, Any], problem: str) -> None:
    plain = {"id": "p1", "service": "mastodon", "timezone": "Asia/Tokyo", "max_characters": 11_000}
    found = profile_target("buffer.agency", Profile(**{**plain, **changes}))
    assert (found.key, found.problem, found.max_characters) == ("buffer.agency/p1", problem, 11_000)
    assert found.label == "p1"
    assert not found.has_slots
    assert str(found.tz) == "Asia/Tokyo"


def test_slots_and_zones_of_targets() -> None:
    days = (Schedule(day="mon", times=("09:00",), paused=True), Schedule(day="tue", times=("10:00",)))
    assert profile_target("buffer.a", Profile(id="p", service="twitter", schedules=days)).has_slots
    assert not profile_target("buffer.a", Profile(id="p", service="twitter", schedules=days[:1])).has_slots
    broken = Profile(id="p", service="twitter", formatted_username=SafeText("North\nwind\t"))
    assert profile_target("buffer.a", broken).label == "North wind"
    assert str(instagram_target("instagram.a", zone="No/Where").tz) == "UTC"
    assert instagram_target("instagram.brand").label == "brand"
