"""Publishing with fake clients: every target gets a last word, the journal knows before, and nothing is sent twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from kosmo_tui.api.buffer.models import CreateFailure, CreateResult, Failure, Profile, Schedule
from kosmo_tui.api.errors import AuthExpired, Forbidden, NotFound, OutcomeUnknown, RateLimited, Refused, Unavailable
from kosmo_tui.api.instagram.models import Published
from kosmo_tui.api.safe_text import SafeText
from kosmo_tui.compose.when import When
from kosmo_tui.services.publish import Publication
from kosmo_tui.services.targets import instagram_target, profile_target
from kosmo_tui.store.database import Store
from tests.services.publishing import (
    DRAFT,
    DUE,
    INSTAGRAM,
    MOMENT,
    PHOTO,
    Buffer,
    Hub,
    Instagram,
    all_well,
    profile,
    publisher_of,
    states,
    stored,
    update,
)


async def test_one_call_per_target_confirms_it_and_the_journal_knows() -> None:
    agency, other = Buffer(all_well), Buffer(all_well)
    publisher = publisher_of(Hub({"agency": agency, "other": other}))
    targets = [profile(1), profile(2), profile(3, "buffer.other"), profile(1)]
    publication = publisher.start(DRAFT, targets, When("at", DUE), draft_id="d1", reason="it must go out")
    assert publisher.pending == 3
    await publication.wait()
    assert publisher.pending == 0
    assert states(publication) == stored(publisher) == dict.fromkeys(("p1", "p2", "p3"), "confirmed")
    assert (publication.rows[0].link, publication.rows[0].at) == ("https://x/p1", DUE)
    assert agency.prepared == [["p1", "p2"]]
    assert sorted(id for id, _ in agency.calls) == ["p1", "p2"]
    assert [id for id, _ in other.calls] == ["p3"]
    options = agency.calls[0][1]
    assert options["scheduled_at"] == "2036-11-27T17:30:00+00:00"
    assert options["media"] == {"photo": [PHOTO.url], "alt_text": ["A bag"]}
    rows = publisher.store.outbox.rows()
    assert {row.remote_id for row in rows} == {"u-p1", "u-p2", "u-p3"}
    assert {(row.draft_id, row.reason, row.sent_at, row.attempt) for row in rows} == {
        ("d1", "it must go out", MOMENT, 1)
    }
    assert len({row.batch for row in rows}) == 1


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (When("queue"), {}),
        (When("queue", DUE), {}),
        (When("top"), {"next": True}),
        (When("now"), {"now": True}),
        (When("at", DUE), {"scheduled_at": "2036-11-27T17:30:00+00:00"}),
    ],
)
async def test_the_time_is_passed_on(when: When, expected: dict[str, Any]) -> None:
    client = Buffer(all_well)
    await publisher_of(Hub({"agency": client})).start(DRAFT, [profile(1)], when).wait()
    given = client.calls[0][1]
    assert {name: given[name] for name in ("now", "next", "scheduled_at") if name in given} == expected


async def test_every_target_can_have_a_time_and_a_text_of_its_own() -> None:
    client = Buffer(all_well)
    draft = DRAFT.override(profile(2).key, text="Another text")
    whens = {profile(1).key: When("queue"), profile(2).key: When("at", DUE)}
    await publisher_of(Hub({"agency": client})).start(draft, [profile(1), profile(2)], whens).wait()
    calls = dict(client.calls)
    assert (calls["p1"]["text"], calls["p2"]["text"]) == ("The new roast", "Another text")
    assert "scheduled_at" not in calls["p1"] and "scheduled_at" in calls["p2"]


async def test_what_is_sent_is_in_the_journal_before() -> None:
    store = Store.in_memory()

    async def look(ids: Sequence[str], **_: Any) -> CreateResult:
        (row,) = store.outbox.rows()
        assert (row.state, row.sent_at) == ("sending", MOMENT)
        return await all_well(ids)

    publication = publisher_of(Hub({"agency": Buffer(look)}), store).start(DRAFT, [profile(1)], When("queue"))
    await publication.wait()
    assert states(publication) == {"p1": "confirmed"}


async def test_partial_success_is_told_per_target() -> None:
    answers: dict[str, CreateResult] = {
        "p1": CreateResult(success=True, updates=(update("p1"),), notices=("the queue is paused",)),
        "p2": CreateResult(
            success=False,
            failures=(
                CreateFailure(profile_id="p2", kind="refused", message=SafeText("Too long"), hint=SafeText("shorten")),
            ),
        ),
        "p3": CreateResult(
            success=False,
            failures=(CreateFailure(profile_id="p3", kind="outcome_unknown", message=SafeText("No answer came")),),
        ),
        "p4": CreateResult(success=True),
        "p5": CreateResult(
            success=True,
            updates=(update("p5", status="error", error=Failure(message=SafeText("no permission"))),),
        ),
    }

    async def partly(ids: Sequence[str], **_: Any) -> CreateResult:
        return answers[ids[0]]

    targets = [profile(number) for number in range(1, 6)]
    publisher = publisher_of(Hub({"agency": Buffer(partly)}))
    publication = publisher.start(DRAFT, targets, When("queue"))
    await publication.wait()
    expected = {
        "p1": "confirmed",
        "p2": "refused",
        "p3": "unknown",
        "p4": "unknown",  # the answer left it out: it may be live
        "p5": "refused",
    }
    assert states(publication) == stored(publisher) == expected
    by_id = {row.target.profile_id: row for row in publication.rows}
    assert (by_id["p2"].note, by_id["p2"].hint) == ("Too long", "shorten")
    assert "before you send it again" in by_id["p3"].hint
    assert by_id["p5"].note == "no permission"
    assert publication.notices == ("the queue is paused",)
    assert publication.rest == DRAFT.replace(targets=("buffer.agency/p2", "buffer.agency/p5"))


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
    publisher = publisher_of(Hub({"agency": buffer}, {"brand": instagram}))
    publication = publisher.start(DRAFT, [profile(1), INSTAGRAM], When("now"))
    await publication.wait()
    # Before Instagram has told of a container, nothing can be live there; an OutcomeUnknown knows of one.
    at_instagram = "refused" if isinstance(error, RuntimeError) else state
    assert list(states(publication).values()) == [state, at_instagram]
    assert states(publication) == stored(publisher)
    assert all(row.note for row in publication.rows)
    assert (len(buffer.calls), len(instagram.calls)) == (1, 1)


@pytest.mark.parametrize(
    "error", [AuthExpired("no token"), RateLimited("too many"), Unavailable("not there"), RuntimeError("a bug")]
)
async def test_when_reading_before_fails_nothing_is_sent(error: Exception) -> None:
    client = Buffer(all_well, lambda _: error)
    publisher = publisher_of(Hub({"agency": client}))
    publication = publisher.start(DRAFT, [profile(1), profile(2)], When("queue"))
    await publication.wait()
    assert client.calls == []
    assert set(states(publication).values()) == set(stored(publisher).values()) == {"refused"}
    assert all("nothing was sent" in row.note for row in publication.rows)
    assert publication.rest == DRAFT.replace(targets=("buffer.agency/p1", "buffer.agency/p2"))


@pytest.mark.parametrize("error", [NotFound("unknown profile"), Forbidden("not yours")])
async def test_a_profile_that_is_not_there_keeps_no_other_from_being_sent(error: Exception) -> None:
    client = Buffer(all_well, lambda ids: error if "p2" in ids else None)
    publication = publisher_of(Hub({"agency": client})).start(DRAFT, [profile(1), profile(2)], When("queue"))
    await publication.wait()
    assert states(publication) == {"p1": "confirmed", "p2": "refused"}
    assert [id for id, _ in client.calls] == ["p1"]


@pytest.mark.parametrize("kind", ["auth", "rate_limited"])
async def test_what_would_meet_every_write_of_an_account_stops_the_rest(kind: str) -> None:
    async def refuses(ids: Sequence[str], **_: Any) -> CreateResult:
        failure = CreateFailure(profile_id=ids[0], kind=kind, message=SafeText("no more for now"))
        return CreateResult(success=False, failures=(failure,))

    client = Buffer(refuses)
    targets = [profile(number) for number in range(10)]
    publication = publisher_of(Hub({"agency": client})).start(DRAFT, targets, When("queue"))
    await publication.wait()
    assert len(client.calls) <= 3, "those that were under way at the same time"
    assert set(states(publication).values()) == {"refused"}
    assert "nothing was sent" in publication.rows[-1].note


async def test_an_account_that_is_gone_leaves_no_target_open() -> None:
    publication = publisher_of(Hub()).start(DRAFT, [profile(1), INSTAGRAM], When("queue"))
    await publication.wait()
    assert set(states(publication).values()) == {"refused"}
    assert all("no account" in row.note for row in publication.rows)


async def test_progress_is_told_while_others_are_still_sending() -> None:
    release = asyncio.Event()

    async def slow(ids: Sequence[str], **_: Any) -> CreateResult:
        if ids[0] == "p2":
            await release.wait()
        return await all_well(ids)

    publisher = publisher_of(Hub({"agency": Buffer(slow)}))
    arrived = asyncio.Event()

    def listen(publication: Publication) -> None:
        if states(publication) == {"p1": "confirmed", "p2": "sending"}:
            arrived.set()

    publication = publisher.start(DRAFT, [profile(1), profile(2)], When("queue"))
    publication.subscribe(listen)
    await asyncio.wait_for(arrived.wait(), 10)
    assert publisher.pending == 1
    release.set()
    await publication.wait()
    assert set(states(publication).values()) == {"confirmed"}


async def test_a_listener_that_fails_stops_nothing() -> None:
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    publisher = publisher_of(Hub({"agency": Buffer(all_well)}))

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


# Instagram


async def test_instagram_publishes_or_makes_the_container_only() -> None:
    async def published(*, publish: bool, on_progress: Callable[[str], None], **_: Any) -> Published:
        on_progress("Instagram is fetching the media")
        return Published(id="17", permalink="https://instagram.com/p/1" if publish else None)

    client = Instagram(published)
    publisher = publisher_of(Hub(instagram={"brand": client}))
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
