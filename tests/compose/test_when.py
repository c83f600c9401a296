"""The grammar of times: a table of phrases, and the two hours a year that are not what they seem."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.compose.when import BadTime, When, describe, distance, parse

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 22, 12, 3, 30, tzinfo=UTC)  # a Sunday


@pytest.mark.parametrize("phrase", ["", "  ", "queue", "Queue", "next", "NEXT "])
def test_nothing_typed_is_the_next_free_slot(phrase: str) -> None:
    assert parse(phrase, LONDON, NOW) == When("queue")


def test_top_and_now() -> None:
    assert parse("top", LONDON, NOW) == When("top")
    assert parse("NOW", LONDON, NOW) == When("now")
    assert When("now").iso is None


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("17:30", "2026-11-22T17:30:00+00:00"),
        ("09:30", "2026-11-23T09:30:00+00:00"),
        ("12:03", "2026-11-23T12:03:00+00:00"),
        ("9am", "2026-11-23T09:00:00+00:00"),
        ("9:30 PM", "2026-11-22T21:30:00+00:00"),
        ("12am", "2026-11-23T00:00:00+00:00"),
        ("12pm", "2026-11-23T12:00:00+00:00"),
        ("tom 9", "2026-11-23T09:00:00+00:00"),
        ("tomorrow at 9:15", "2026-11-23T09:15:00+00:00"),
        ("today 13", "2026-11-22T13:00:00+00:00"),
        ("fri 17:30", "2026-11-27T17:30:00+00:00"),
        ("Friday 5pm", "2026-11-27T17:00:00+00:00"),
        ("sun 13:00", "2026-11-22T13:00:00+00:00"),
        ("sun 12:00", "2026-11-29T12:00:00+00:00"),
        ("17.30", "2026-11-22T17:30:00+00:00"),
        ("fri 9.15", "2026-11-27T09:15:00+00:00"),
        ("9:00 tomorrow", "2026-11-23T09:00:00+00:00"),
        ("5pm fri", "2026-11-27T17:00:00+00:00"),
        ("in 2 h", "2026-11-22T14:03:30+00:00"),
        ("in 90 minutes", "2026-11-22T13:33:30+00:00"),
        ("in 3 days", "2026-11-25T12:03:00+00:00"),
        ("in 1 week at 9am", "2026-11-29T09:00:00+00:00"),
        ("+2h", "2026-11-22T14:03:30+00:00"),
        ("+90m", "2026-11-22T13:33:30+00:00"),
        ("+3d", "2026-11-25T12:03:00+00:00"),
        ("+3d 10:00", "2026-11-25T10:00:00+00:00"),
        ("+1w 9am", "2026-11-29T09:00:00+00:00"),
        ("2026-12-24 18:00", "2026-12-24T18:00:00+00:00"),
        ("2026-12-24T18:00", "2026-12-24T18:00:00+00:00"),
        ("2026-12-24T18:00Z", "2026-12-24T18:00:00+00:00"),
        ("2026-12-24T18:00:00.000+02:00", "2026-12-24T16:00:00+00:00"),
        ("2026-12-24T18:00-0500", "2026-12-24T23:00:00+00:00"),
        ("2027-06-01 09:00", "2027-06-01T09:00:00+01:00"),
    ],
)
def test_phrases(phrase: str, expected: str) -> None:
    assert parse(phrase, LONDON, NOW).iso == expected


@pytest.mark.parametrize(
    ("phrase", "says"),
    [
        ("soon", "is no time"),
        ("9", "is no time"),
        ("٩:٠٠", "is no time"),
        ("25:00", "no 25:00 on a clock"),
        ("09:60", "no 9:60 on a clock"),
        ("13pm", "no 13 pm"),
        ("today 9", "is past: 3 h 3 min ago"),
        ("+0m", "is past"),
        ("2026-11-22 11:00", "is past"),
        ("2020-01-01T00:00Z", "is past"),
        ("2026-02-30 10:00", "on a calendar"),
        ("2026-12-24", "2026-12-24 at what time"),
        ("mon", "mon at what time.*mon 09:00"),
        ("Tomorrow", "tomorrow at what time"),
        ("2020-01-01 10:00", "Wed 1 Jan 2020 10:00 is past: 6 y 10 mo ago"),
        ("17.3", "is no time"),
        ("in 3", "is no time"),
        ("in 2 mon", "is no time"),
        ("2 h", "is no time"),
        ("+2h 10:00", "give one of them"),
        ("0001-01-01T00:00+23:59", "beyond the calendar"),
        ("9999-12-31T23:59-23:59", "beyond the calendar"),
    ],
)
def test_what_is_refused(phrase: str, says: str) -> None:
    with pytest.raises(BadTime, match=says):
        parse(phrase, LONDON, NOW)


# zone, a wall clock time that its clocks skip in 2027, the two times around it
GAPS = [
    ("Europe/London", "2027-03-28 01:30", ("2027-03-28T00:30+00:00", "2027-03-28T02:30+01:00")),
    ("Europe/Berlin", "2027-03-28 02:30", ("2027-03-28T01:30+01:00", "2027-03-28T03:30+02:00")),
    ("America/New_York", "2027-03-14 02:15", ("2027-03-14T01:15-05:00", "2027-03-14T03:15-04:00")),
    ("Australia/Lord_Howe", "2027-10-03 02:15", ("2027-10-03T01:45+10:30", "2027-10-03T02:45+11:00")),
]
FOLDS = [
    ("Europe/London", "2027-10-31 01:30", ("2027-10-31T01:30+01:00", "2027-10-31T01:30+00:00")),
    ("Europe/Berlin", "2027-10-31 02:30", ("2027-10-31T02:30+02:00", "2027-10-31T02:30+01:00")),
    ("America/New_York", "2027-11-07 01:00", ("2027-11-07T01:00-04:00", "2027-11-07T01:00-05:00")),
    ("Australia/Lord_Howe", "2027-04-04 01:45", ("2027-04-04T01:45+11:00", "2027-04-04T01:45+10:30")),
]


@pytest.mark.parametrize(("zone", "phrase", "candidates"), GAPS)
def test_a_skipped_time_is_refused_with_its_neighbours(zone: str, phrase: str, candidates: tuple[str, str]) -> None:
    with pytest.raises(BadTime, match="does not exist") as caught:
        parse(phrase, ZoneInfo(zone), NOW)
    assert caught.value.candidates == candidates


@pytest.mark.parametrize(("zone", "phrase", "candidates"), FOLDS)
def test_a_repeated_time_is_refused_with_both(zone: str, phrase: str, candidates: tuple[str, str]) -> None:
    with pytest.raises(BadTime, match="comes twice") as caught:
        parse(phrase, ZoneInfo(zone), NOW)
    assert caught.value.candidates == candidates
    for candidate in candidates:
        at = parse(candidate, ZoneInfo(zone), NOW).at
        assert at is not None
        assert at.timestamp() == datetime.fromisoformat(candidate).timestamp()


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Tokyo", "Pacific/Kiritimati", "America/Sao_Paulo", "UTC"])
def test_a_time_is_meant_in_the_zone(zone: str) -> None:
    at = parse("2026-12-24 18:00", ZoneInfo(zone), NOW).at
    assert at is not None
    assert at.replace(tzinfo=None) == datetime(2026, 12, 24, 18)
    assert at.tzinfo == ZoneInfo(zone)


def test_elapsed_time_counts_the_hour_that_comes_twice() -> None:
    before = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)  # 01:30 BST, an hour before the clocks go back
    in_an_hour = parse("+1h", LONDON, before)
    assert describe(in_an_hour, before) == "Sun 31 Oct 01:30 GMT (+00:00) · 01:30Z · in 1 h"


def test_a_time_that_was_skipped_this_morning_means_tomorrow() -> None:
    noon = datetime(2027, 3, 28, 11, tzinfo=UTC)
    assert parse("01:30", LONDON, noon).iso == "2027-03-29T01:30:00+01:00"


def test_the_next_occurrence_is_the_zone_s_next() -> None:
    # 12:03 UTC is 02:03 of the next day in Kiritimati, so 09:00 there comes 7 hours later.
    assert parse("09:00", ZoneInfo("Pacific/Kiritimati"), NOW).iso == "2026-11-23T09:00:00+14:00"


@pytest.mark.parametrize(
    ("zone", "phrase", "shown"),
    [
        ("Europe/London", "fri 17:30", "Fri 27 Nov 17:30 GMT (+00:00) · 17:30Z · in 5 d 5 h"),
        ("Europe/London", "2027-06-01 09:00", "Tue 1 Jun 2027 09:00 BST (+01:00) · 08:00Z · in 190 d 19 h"),
        ("America/Sao_Paulo", "fri 23:30", "Fri 27 Nov 23:30 (-03:00) · Sat 28 Nov 02:30Z · in 5 d 14 h"),
        ("Europe/London", "", "in the next free slot of the queue"),
        ("Europe/London", "top", "next, at the front of the queue"),
        ("Europe/London", "now", "now"),
    ],
)
def test_a_time_is_shown_back_in_full(zone: str, phrase: str, shown: str) -> None:
    assert describe(parse(phrase, ZoneInfo(zone), NOW), NOW) == shown


def test_distances() -> None:
    assert distance(timedelta(seconds=40)) == "in 40 s"
    assert distance(timedelta(minutes=130)) == "in 2 h 10 min"
    assert distance(timedelta(days=365, hours=1)) == "in 365 d 1 h"
    assert distance(timedelta(days=731)) == "in 2 y"
    assert distance(timedelta(days=-2516, hours=-22)) == "6 y 10 mo ago"
    assert distance(timedelta(days=-2, minutes=-5)) == "2 d ago"


zones = st.sampled_from(["Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"])


@given(st.text(), zones)
def test_any_text_is_a_time_or_a_sentence(text: str, zone: str) -> None:
    try:
        when = parse(text, ZoneInfo(zone), NOW)
    except BadTime as refused:
        assert str(refused)
    else:
        assert when.at is None or when.at > NOW


@given(st.datetimes(datetime(2026, 11, 23), datetime(2036, 1, 1)), zones)
def test_what_is_sent_is_read_back_as_the_same_instant(wall: datetime, zone: str) -> None:
    try:
        when = parse(f"{wall:%Y-%m-%d %H:%M}", ZoneInfo(zone), NOW)
    except BadTime as refused:
        instants = {datetime.fromisoformat(candidate) for candidate in refused.candidates}
        assert len(instants) == 2
    else:
        assert when.iso is not None
        again = parse(when.iso, ZoneInfo("Asia/Tokyo"), NOW).at
        assert when.at is not None
        assert again is not None
        assert again.timestamp() == when.at.timestamp()
