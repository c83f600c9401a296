"""The search: any text is a query, every filter lets through what it says, and hits are marked where they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api.buffer.models import Profile, Update
from kosmo_tui.api.instagram.models import Comment, Media
from kosmo_tui.api.safe_text import SafeText
from kosmo_tui.compose.draft import Draft
from kosmo_tui.services import cached
from kosmo_tui.services.drafts import Drafts, Kept
from kosmo_tui.services.search import Hit, Search
from kosmo_tui.services.search_places import excerpt, places
from kosmo_tui.services.search_query import Known, Part, parse, parts
from kosmo_tui.services.search_time import BadSpan, span
from kosmo_tui.services.targets import instagram_target, profile_target
from kosmo_tui.store.database import Store

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)  # a Monday
BERLIN = ZoneInfo("Europe/Berlin")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PROFILES = (
    Profile(id="p1", service="twitter", formatted_username=SafeText("@northwind")),
    Profile(id="p2", service="linkedin", formatted_username=SafeText("Northwind Ltd")),
)
KNOWN = Known(
    accounts=("buffer.agency", "buffer.client", "instagram.brand"),
    targets=(
        *(profile_target("buffer.agency", profile) for profile in PROFILES),
        instagram_target("instagram.brand", "northwind.coffee", "Europe/Berlin"),
    ),
    now=NOW,
    zone=BERLIN,
)


def post(id: str, status: str, at: datetime, text: str = "The new roast", profile: str = "p1") -> Update:
    service = "twitter" if profile == "p1" else "linkedin"
    values = {"id": id, "profile_id": profile, "profile_service": service, "status": status, "text": SafeText(text)}
    return Update(**values, scheduled_at=at)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def search() -> Iterator[Search]:
    store = Store.in_memory(lambda: NOW)
    posts = [
        post("sent", "sent", NOW - 2 * DAY - HOUR),
        post("failed", "error", NOW - DAY, "The roast that failed"),
        post("today", "scheduled", NOW + 3 * HOUR, profile="p2"),
        post("friday", "scheduled", NOW + 4 * DAY, "roast, new"),
        post("waits", "needs_approval", NOW + 5 * DAY),
    ]
    store.cache.put(cached.of_update("buffer.agency", update, NOW) for update in posts)
    store.cache.put([cached.of_update("buffer.client", post("theirs", "draft", NOW - DAY - HOUR, profile="p9"), NOW)])
    media = Media(id="m1", caption=SafeText("Roast day 日本語 🎉"), timestamp=NOW - 30 * DAY)
    comment = Comment(id="c1", text=SafeText("What a roast!"), username=SafeText("ada"), timestamp=NOW, hidden=True)
    visible = Comment(id="c2", text=SafeText("roast?"), username=SafeText("bob"), timestamp=NOW - 3 * DAY)
    store.cache.put([cached.of_media("instagram.brand", media, NOW)])
    store.cache.put([cached.of_comment("instagram.brand", "m1", one, NOW) for one in (comment, visible)])
    drafts = Drafts(store)
    drafts.add("buffer.agency", Draft(text="A draft about the roast", targets=("buffer.agency/p2",)))
    yield Search(store, drafts)
    store.close()


def found(search: Search, text: str) -> list[str]:
    """The ids of what is found; "draft" for the draft.  Every part of the query must be understood."""
    query = parse(text, KNOWN)
    assert query.problems == ()
    return [hit.item.id if hit.item.kind != "draft" else "draft" for hit in search.find(query, 100)]


ALL = ["waits", "friday", "today", "c1", "draft", "failed", "theirs", "sent", "c2", "m1"]
NORTHWIND = ["waits", "friday", "failed", "sent"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ALL), ("roast", ALL), ("ROA", ALL), ('"new roast"', ["waits", "today", "theirs", "sent"]),
        ("roast new", ["waits", "friday", "today", "theirs", "sent"]), ("日本 🎉", ["m1"]),
        ("roast account:client", ["theirs"]), ("account:buffer.client", ["theirs"]), ("account:br", ["c1", "c2", "m1"]),
        ("account:client,brand", ["c1", "theirs", "c2", "m1"]), ("account:client account:brand kind:media", ["m1"]),
        ("profile:x", NORTHWIND), ("profile:Twitter", NORTHWIND), ("profile:@northwind", NORTHWIND),
        ("profile:p1", NORTHWIND), ("profile:linkedin", ["today", "draft"]),
        ('profile:"northwind ltd"', ["today", "draft"]), ("profile:instagram", ["c1", "c2", "m1"]),
        ("profile:northwind.c kind:comment", ["c1", "c2"]),
        ("status:scheduled", ["friday", "today"]), ("status:failed", ["failed"]), ("status:error", ["failed"]),
        ("status:sent", ["sent", "m1"]), ("status:published kind:post", ["sent"]),
        ("status:draft", ["draft", "theirs"]),
        ("status:hidden", ["c1"]), ("status:hidden,sent", ["c1", "sent", "m1"]), ("status:appr", ["waits"]),
        ("kind:draft", ["draft"]), ("kind:post account:agency status:sent", ["sent"]),
        ("due:<fri status:scheduled", ["today"]), ("due:<=fri status:scheduled", ["friday", "today"]),
        ("due:fri", ["friday"]), ("due:>fri", ["waits"]), ("due:today", ["today", "c1"]), ("due:2026-10", ["m1"]),
        ("due:<now due:>-2d", ["failed", "theirs"]), ("due:>=-3d due:<=now kind:post", ["failed", "theirs", "sent"]),
        ("due:2026-11-14..yesterday", ["failed", "theirs", "sent"]), ("due:tomorrow..", ["waits", "friday"]),
        ("due:..2026-11-13", ["c2", "m1"]), ('due:<"fri 11:00"', ["friday", *ALL[2:4], *ALL[5:]]), ("due:2025", []),
    ],
)  # fmt: skip
def test_filters_let_through_what_they_say(search: Search, query: str, expected: list[str]) -> None:
    assert found(search, query) == expected


def test_hits_are_whole_things(search: Search) -> None:
    hits: dict[str, Hit] = {hit.item.kind: hit for hit in search.find(parse("roast", KNOWN), 100)}
    assert isinstance(hits["post"].model, Update) and hits["post"].item.seen_at == NOW
    assert isinstance(hits["draft"].model, Kept) and hits["draft"].model.draft.targets == ("buffer.agency/p2",)
    assert isinstance(hits["comment"].model, Comment) and isinstance(hits["media"].model, Media)
    assert hits["comment"].media == hits["media"].model
    assert len({hit.key for hit in search.find(parse("", KNOWN), 100)}) == len(ALL)
    assert dict(search.extent().counts) == {"post": 6, "media": 1, "comment": 2, "draft": 1}


@pytest.mark.parametrize(
    ("query", "words", "message", "place"),
    [
        ("roast account:nobody", "roast", "no account is called “nobody”: agency, client, brand", (6, 20)),
        ("profile:@nobody new roast", "new roast", "no profile is called “@nobody”: x, linkedin, instagram", (0, 15)),
        ("status:lost", "", "no status is called “lost”: scheduled", (0, 11)),
        ("a kind:poem b", "a b", "no kind is called “poem”: post, draft, media, comment", (2, 11)),
        ("due:<frx", "", "“frx” is no day and no time: <fri", (0, 8)),
        ("due:2026-02-30", "", "there is no “2026-02-30” on a calendar", (0, 14)),
        ("due:9999", "", "there is no “9999” on a calendar", (0, 8)),
        ('due:<"next fri"', "", "next fri: which one and at what time", (0, 15)),
        ("is:sent x", "x", "no filter is called that: account, profile, status, due, kind", (0, 7)),
    ],
)
def test_what_is_not_understood_is_told_with_its_place_and_the_rest_is_searched_for(
    query: str, words: str, message: str, place: tuple[int, int]
) -> None:
    read = parse(query, KNOWN)
    (problem,) = read.problems
    assert message in problem.message
    assert ((problem.start, problem.end), problem.open, read.words) == (place, False, words)


@pytest.mark.parametrize("name", ["account", "profile", "status", "due", "kind"])
def test_a_filter_without_its_value_yet_says_what_can_follow(name: str) -> None:
    (problem,) = parse(f"roast {name}:", KNOWN).problems
    assert problem.open
    assert parse(f"{name}:  roast", KNOWN).problems[0].open is False


def test_an_address_and_a_time_are_words() -> None:
    assert parse("https://northwind.example/a?b=c 10:30 日本:x :", KNOWN).words.split() == [
        "https://northwind.example/a?b=c", "10:30", "日本:x", ":",
    ]  # fmt: skip


pieces = st.text(max_size=12) | st.sampled_from(
    ['"', "due:", "<", "..", "account:", "status:sent", "now", "-7d", " ", "9999-12-31", "+9999w"]
)


@given(st.lists(pieces, max_size=8).map("".join))
def test_whatever_is_typed_is_a_query(search: Search, text: str) -> None:
    query = parse(text, KNOWN)
    assert all(0 <= problem.start < problem.end <= len(text) and problem.message for problem in query.problems)
    search.find(query, 5)
    rest = list(text)
    for part in parts(text):
        rest[part.start : part.end] = " " * (part.end - part.start)
    assert not "".join(rest).strip(), "every character is in a part"


plain = st.text(st.characters(blacklist_categories=("Z", "C"), blacklist_characters='":'), min_size=1, max_size=8)
phrase = st.lists(plain, min_size=1, max_size=3).map(" ".join)
typed = (
    plain.map(lambda word: (word, Part(word, 0, 0)))
    | phrase.map(lambda words: (f'"{words}"', Part(words, 0, 0, quoted=True)))
    | st.tuples(st.sampled_from(["account", "DUE", "foo"]), plain).map(
        lambda pair: (f"{pair[0]}:{pair[1]}", Part(pair[1], 0, 0, pair[0]))
    )
    | st.tuples(st.sampled_from(["profile", "due"]), phrase).map(
        lambda pair: (f'{pair[0]}:"{pair[1]}"', Part(pair[1], 0, 0, pair[0], True))
    )
)


@given(st.lists(typed, max_size=6))
def test_parts_are_read_as_they_were_written(given: list[tuple[str, Part]]) -> None:
    text = "  ".join(written for written, _ in given)
    read = list(parts(text))
    assert [(part.text, part.name, part.quoted) for part in read] == [
        (part.text, part.name, part.quoted) for _, part in given if not part.text.startswith("//")
    ] or any(part.text.startswith("//") for _, part in given)
    assert [text[part.start : part.end] for part in read] == [written for written, _ in given]


@given(st.text("0123456789-+.<>=: todaymnfrisawh", max_size=16))
def test_any_phrase_is_a_time_or_is_refused_with_a_reason(phrase: str) -> None:
    try:
        since, until = span(phrase, BERLIN, NOW)
    except BadSpan as error:
        assert str(error)
    else:
        assert all(one.utcoffset() == timedelta(0) for one in (since, until) if one is not None)


def test_days_are_those_of_the_zone_also_when_the_clocks_change() -> None:
    assert span("2026-10-25", BERLIN, NOW) == (
        datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC),
    )  # fmt: skip
    assert span("today", ZoneInfo("Pacific/Kiritimati"), NOW)[0] == datetime(2026, 11, 15, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "words", "phrases", "expected"),
    [
        ("The new roast. Roasted!", "roast", (), ["roast", "Roast"]),
        ("The new roast. Roasted!", "roast new", (), ["new", "roast"]),
        ("Café CRÈME, ﬁnal", "creme cafe fin", (), ["Café", "CRÈME", "ﬁn"]),
        ("日本語の投稿", "語の", (), ["語の"]), ("हिन्दी में", "हिन्दी", (), ["हिन्दी"]), ("سعيد بكم", "سعيد", (), ["سعيد"]),
        ("sale 🎉 50% off", "🎉 %", (), ["🎉", "%"]), ("Spring  sale: 50%", "", ("SALE 50",), ["sale: 50"]),
        ("well-known", "well-known", (), ["well-known"]), ("nothing", "", (), []), ("", "x", ("y",), []),
    ],
)  # fmt: skip
def test_hits_are_marked_where_they_are(text: str, words: str, phrases: tuple[str, ...], expected: list[str]) -> None:
    assert [text[start:end] for start, end in places(text, words, phrases)] == expected
    far = excerpt("long before it stands something else entirely, " + text, words, phrases)
    assert [far.text[start:end] for start, end in far.places] == [" ".join(one.split()) for one in expected]
    assert not expected or (far.text.startswith("…") and far.places[0][0] < 40)


@given(st.text(max_size=40), st.text(max_size=10), st.lists(st.text(max_size=10), max_size=2))
def test_places_are_in_order_and_within_the_text(text: str, words: str, phrases: list[str]) -> None:
    ends = [0]
    for start, end in places(text, words, phrases):
        assert ends[-1] <= start < end <= len(text)
        ends.append(end)
