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


def same(at: datetime | None, iso: str) -> bool:
    """Whether both are one instant.  Datetimes of two zones are never equal in an hour that comes twice."""
    return at is not None and at.timestamp() == datetime.fromisoformat(iso).timestamp()


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
        ("next10", "is no time"),
        ("next fri 25", "no 25:00 on a clock"),
        ("next tom 9", "is no time"),
        ("0001-01-01T00:00+23:59", "beyond the calendar"),
        ("9999-12-31T23:59-23:59", "beyond the calendar"),
    ],
)
def test_what_is_refused(phrase: str, says: str) -> None:
    with pytest.raises(BadTime, match=says):
        parse(phrase, LONDON, NOW)


SLOTS = tuple(datetime(2026, 11, 22, 13, 30, tzinfo=UTC) + timedelta(days=days) for days in range(4))


def test_a_free_slot_by_its_number() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert parse("", berlin, NOW, SLOTS) == parse("next", berlin, NOW, SLOTS) == When("queue", SLOTS[0])
    assert parse("", berlin, NOW, SLOTS).iso is None  # the service chooses
    assert parse("next2", berlin, NOW, SLOTS).iso == "2026-11-23T14:30:00+01:00"
    assert parse("Next 4", berlin, NOW, SLOTS) == When("at", SLOTS[3])
    assert parse("next2", berlin, SLOTS[0], SLOTS) == When("at", SLOTS[2])  # the first has just passed


@pytest.mark.parametrize(("known", "says"), [(4, "only 4 are known"), (1, "only 1 is known"), (0, "none is known")])
def test_a_free_slot_that_is_not_known(known: int, says: str) -> None:
    with pytest.raises(BadTime, match=f"no free slot number 5: {says}"):
        parse("next5", LONDON, NOW, SLOTS[:known])


@pytest.mark.parametrize(
    ("now", "phrase", "says", "candidates"),
    [
        (NOW, "next fri 17:30", "next fri: which one; 2026", ("2026-11-27T17:30+00:00", "2026-12-04T17:30+00:00")),
        (
            NOW,
            "next monday at 9am",
            "next monday: which one; 2026",
            ("2026-11-23T09:00+00:00", "2026-11-30T09:00+00:00"),
        ),
        (NOW, "next sat", "next sat: which one and at what", ("2026-11-28T09:00+00:00", "2026-12-05T09:00+00:00")),
        (NOW, "next sun", "next sun: at what time; 2026", ("2026-11-29T09:00+00:00",)),
        (NOW, "today 9", "Sun 22 Nov 09:00 is past", ("2026-11-23T09:00+00:00",)),
        (NOW, "2026-11-22 12:00", "Sun 22 Nov 12:00 is past: 3 min ago", ("2026-11-23T12:00+00:00",)),
        (NOW, "2026-11-21 18:00", "Sat 21 Nov 18:00 is past", ("2026-11-22T18:00+00:00",)),
        (NOW, "2025-12-24 18:00", "Wed 24 Dec 2025 18:00 is past", ("2026-12-24T18:00+00:00",)),
        (NOW, "2026-01-05 08:15", "Mon 5 Jan 08:15 is past", ("2027-01-05T08:15+00:00",)),
        (NOW, "2026-11-22T12:03:30Z", "Sun 22 Nov 12:03 is past: it is that time now", ("2026-11-23T12:03:30+00:00",)),
        (NOW, "+0m", "Sun 22 Nov 12:03 is past: it is that time now", ()),
        (datetime(2027, 3, 27, 12, tzinfo=UTC), "today 1:30", "Sat 27 Mar 01:30 is past", ()),  # tomorrow has none
    ],
)
def test_what_may_have_been_meant(now: datetime, phrase: str, says: str, candidates: tuple[str, ...]) -> None:
    with pytest.raises(BadTime) as caught:
        parse(phrase, LONDON, now)
    assert str(caught.value).startswith(says)
    assert caught.value.candidates == candidates
    for candidate in candidates:
        assert candidate in str(caught.value)
        assert same(parse(candidate, LONDON, now).at, candidate)


def test_on_a_sunday_next_sunday_is_in_a_week() -> None:
    assert parse("next sun 9:15", LONDON, NOW).iso == "2026-11-29T09:15:00+00:00"
    assert parse("next sunday 13", LONDON, NOW).iso == "2026-11-29T13:00:00+00:00"


# zone, a time that its clocks skip in 2027, the times that many minutes before and after the change
GAPS = [
    ("Europe/London", "2027-03-28 01:30", ("2027-03-28T00:30+00:00", "2027-03-28T02:30+01:00")),
    ("Europe/Berlin", "2027-03-28 02:30", ("2027-03-28T01:30+01:00", "2027-03-28T03:30+02:00")),
    ("America/New_York", "2027-03-14 02:15", ("2027-03-14T01:15-05:00", "2027-03-14T03:15-04:00")),
    ("America/St_Johns", "2027-03-14 02:45", ("2027-03-14T01:45-03:30", "2027-03-14T03:45-02:30")),
    ("America/Santiago", "2027-09-05 00:00", ("2027-09-04T23:00-04:00", "2027-09-05T01:00-03:00")),
    ("Australia/Sydney", "2027-10-03 02:00", ("2027-10-03T01:00+10:00", "2027-10-03T03:00+11:00")),
    ("Australia/Lord_Howe", "2027-10-03 02:15", ("2027-10-03T01:45+10:30", "2027-10-03T02:45+11:00")),
    ("Pacific/Chatham", "2027-09-26 03:00", ("2027-09-26T02:00+12:45", "2027-09-26T04:00+13:45")),
    ("Africa/Casablanca", "2027-03-14 02:30", ("2027-03-14T01:30+00:00", "2027-03-14T03:30+01:00")),
    ("Atlantic/Azores", "2027-03-28 00:59", ("2027-03-27T23:59-01:00", "2027-03-28T01:59+00:00")),
]
# zone, a time that its clocks show twice in 2027, both
FOLDS = [
    ("Europe/London", "2027-10-31 01:30", ("2027-10-31T01:30+01:00", "2027-10-31T01:30+00:00")),
    ("Europe/Berlin", "2027-10-31 02:30", ("2027-10-31T02:30+02:00", "2027-10-31T02:30+01:00")),
    ("America/New_York", "2027-11-07 01:00", ("2027-11-07T01:00-04:00", "2027-11-07T01:00-05:00")),
    ("America/St_Johns", "2027-11-07 01:59", ("2027-11-07T01:59-02:30", "2027-11-07T01:59-03:30")),
    ("America/Santiago", "2027-04-03 23:30", ("2027-04-03T23:30-03:00", "2027-04-03T23:30-04:00")),
    ("Australia/Sydney", "2027-04-04 02:00", ("2027-04-04T02:00+11:00", "2027-04-04T02:00+10:00")),
    ("Australia/Lord_Howe", "2027-04-04 01:45", ("2027-04-04T01:45+11:00", "2027-04-04T01:45+10:30")),
    ("Pacific/Chatham", "2027-04-04 02:45", ("2027-04-04T02:45+13:45", "2027-04-04T02:45+12:45")),
    ("Africa/Casablanca", "2027-02-07 02:30", ("2027-02-07T02:30+01:00", "2027-02-07T02:30+00:00")),
    ("Atlantic/Azores", "2027-10-31 00:30", ("2027-10-31T00:30+00:00", "2027-10-31T00:30-01:00")),
]
# zone, the time there at NOW, "tom 9" from there, the same a day after the summer solstice in the north
ORDINARY = [
    ("Europe/London", "Sun 12:03", "2026-11-23T09:00:00+00:00", "2027-06-22T09:00:00+01:00"),
    ("Europe/Berlin", "Sun 13:03", "2026-11-23T09:00:00+01:00", "2027-06-22T09:00:00+02:00"),
    ("America/New_York", "Sun 07:03", "2026-11-23T09:00:00-05:00", "2027-06-22T09:00:00-04:00"),
    ("America/St_Johns", "Sun 08:33", "2026-11-23T09:00:00-03:30", "2027-06-22T09:00:00-02:30"),
    ("America/Sao_Paulo", "Sun 09:03", "2026-11-23T09:00:00-03:00", "2027-06-22T09:00:00-03:00"),
    ("Asia/Kolkata", "Sun 17:33", "2026-11-23T09:00:00+05:30", "2027-06-22T09:00:00+05:30"),
    ("Asia/Kathmandu", "Sun 17:48", "2026-11-23T09:00:00+05:45", "2027-06-22T09:00:00+05:45"),
    ("Asia/Tokyo", "Sun 21:03", "2026-11-23T09:00:00+09:00", "2027-06-22T09:00:00+09:00"),
    ("Australia/Lord_Howe", "Sun 23:03", "2026-11-23T09:00:00+11:00", "2027-06-22T09:00:00+10:30"),
    ("Pacific/Chatham", "Mon 01:48", "2026-11-24T09:00:00+13:45", "2027-06-23T09:00:00+12:45"),
    ("Pacific/Apia", "Mon 01:03", "2026-11-24T09:00:00+13:00", "2027-06-23T09:00:00+13:00"),
    ("Pacific/Kiritimati", "Mon 02:03", "2026-11-24T09:00:00+14:00", "2027-06-23T09:00:00+14:00"),
    ("Africa/Casablanca", "Sun 13:03", "2026-11-23T09:00:00+01:00", "2027-06-22T09:00:00+01:00"),
    ("UTC", "Sun 12:03", "2026-11-23T09:00:00+00:00", "2027-06-22T09:00:00+00:00"),
]


@pytest.mark.parametrize(("zone", "clock", "winter", "summer"), ORDINARY)
def test_tomorrow_in_every_zone(zone: str, clock: str, winter: str, summer: str) -> None:
    tz = ZoneInfo(zone)
    assert f"{NOW.astimezone(tz):%a %H:%M}" == clock
    assert parse("tom 9", tz, NOW).iso == winter
    assert parse("tom 9", tz, datetime(2027, 6, 21, 12, 3, 30, tzinfo=UTC)).iso == summer


@pytest.mark.parametrize(("zone", "phrase", "candidates"), GAPS)
def test_a_skipped_time_is_refused_with_its_neighbours(zone: str, phrase: str, candidates: tuple[str, str]) -> None:
    with pytest.raises(BadTime, match=f"{phrase[-5:]} does not exist on .*: the clocks go forward in {zone}") as caught:
        parse(phrase, ZoneInfo(zone), NOW)
    assert caught.value.candidates == candidates


@pytest.mark.parametrize(("zone", "phrase", "candidates"), FOLDS)
def test_a_repeated_time_is_refused_with_both(zone: str, phrase: str, candidates: tuple[str, str]) -> None:
    with pytest.raises(BadTime, match=f"{phrase[-5:]} comes twice on .*: the clocks go back in {zone}") as caught:
        parse(phrase, ZoneInfo(zone), NOW)
    assert caught.value.candidates == candidates
    for candidate in candidates:
        assert same(parse(candidate, ZoneInfo(zone), NOW).at, candidate)


@pytest.mark.parametrize("phrase", ["01:30", "today 1:30", "sun 1:30", "2027-10-31 01:30"])
def test_the_first_of_two_is_past_so_the_second_is_meant(phrase: str) -> None:
    between = datetime(2027, 10, 31, 0, 45, tzinfo=UTC)  # 01:45 BST: 01:30 GMT comes in three quarters of an hour
    assert parse(phrase, LONDON, between).iso == "2027-10-31T01:30:00+00:00"


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


ZONES = st.sampled_from([*{row[0] for row in GAPS + ORDINARY}]).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
CLOCKS = st.sampled_from(["0:15", "1:30", "01:59", "2:15", "2.30", "02:45", "3am", "9", "12:03", "11:59 pm"])
DAYS = st.sampled_from(["today", "tom", "mon", "tue", "wed", "thu", "fri", "saturday", "sunday"])
AMOUNTS = st.tuples(st.sampled_from(["+", "in "]), st.integers(0, 500), st.sampled_from(["m", "h", " days", "w"]))
PHRASES = st.one_of(
    CLOCKS,
    st.tuples(DAYS, st.just(" at "), CLOCKS).map("".join),
    st.tuples(st.just("next "), DAYS, st.sampled_from(["", " "]), CLOCKS).map("".join),
    AMOUNTS.map(lambda parts: "".join(map(str, parts))),
    st.tuples(st.just("+"), st.integers(0, 40).map(str), st.just("d "), CLOCKS).map("".join),
    st.datetimes(datetime(2025, 6, 1), datetime(2030, 6, 1)).map(lambda wall: f"{wall:%Y-%m-%d %H:%M}"),
    st.tuples(st.just("next"), st.integers(2, 9).map(str)).map("".join),
)


@given(st.text(), ZONES)
def test_any_text_is_a_time_or_a_sentence(text: str, zone: ZoneInfo) -> None:
    try:
        when = parse(text, zone, NOW)
    except BadTime as refused:
        assert str(refused)
    else:
        assert when.at is None or when.at > NOW


@given(PHRASES, ZONES, MOMENTS, st.lists(st.timedeltas(timedelta(hours=-9), timedelta(days=9)), max_size=9))
def test_a_time_is_ahead_and_what_is_offered_instead_too(
    phrase: str, zone: ZoneInfo, now: datetime, slots: list[timedelta]
) -> None:
    try:
        when = parse(phrase, zone, now, sorted(now + slot for slot in slots))
    except BadTime as refused:
        for candidate in refused.candidates:
            offered = parse(candidate, zone, now)
            assert offered.at is not None and offered.at > now and same(offered.at, candidate)
        assert len({datetime.fromisoformat(candidate) for candidate in refused.candidates}) == len(refused.candidates)
    else:
        assert when.mode == "at" and when.iso is not None and when.at is not None and when.at.tzinfo is zone
        assert when.at.astimezone(UTC) > now
        again = parse(when.iso, zone, now)  # what is sent is read back, and shown, as the same instant
        assert again.iso == when.iso
        assert describe(again, now) == describe(When("at", when.at.replace(microsecond=0)), now)


@given(st.sampled_from(GAPS + FOLDS), st.integers(-180, 180))
def test_a_clock_time_is_taken_when_the_clocks_show_it_exactly_once(
    row: tuple[str, str, tuple[str, str]], minutes: int
) -> None:
    zone, change, _ = row
    wall = datetime.fromisoformat(change) + timedelta(minutes=minutes)
    # Every minute of the day around the change, by the clocks of the zone: no arithmetic on times there.
    start = wall.replace(tzinfo=UTC) - timedelta(hours=18)
    instants = (start + timedelta(minutes=passed) for passed in range(36 * 60))
    shown = [instant for instant in instants if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall]
    try:
        at = parse(f"{wall:%Y-%m-%d %H:%M}", ZoneInfo(zone), NOW).at
    except BadTime as refused:
        offered = [datetime.fromisoformat(candidate) for candidate in refused.candidates]
        assert len(offered) == 2 and len(shown) != 1
        assert shown in ([], offered)
    else:
        assert len(shown) == 1 and same(at, shown[0].isoformat())
