"""Findings on threads, options, files and queues, and the places they name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.compose.draft import Attachment, Draft, Override, Target, cuts, thread_items, thread_spans
from kosmo_tui.compose.facts import Facts, MediaFact, Planned
from kosmo_tui.compose.lint import blocks, length, of_draft, of_target, texts_of
from kosmo_tui.compose.networks import networks
from kosmo_tui.compose.options import NAMES, OPTIONS, options_of, title_of
from kosmo_tui.compose.when import When

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PHOTO = Attachment("https://northwind.example/roast.jpg", "A bag of coffee")
CLIP = Attachment("https://northwind.example/roast.mp4", kind="video")
POST = Draft(text="The new roast is here.", targets=("x",))
BOARDS = (("1", "Coffee"), ("2", "Tea"))


def target(network: str = "twitter", **changes: object) -> Target:
    plain = Target(
        key="x", account="buffer.agency", service="buffer", network=network, label="@northwind", profile_id="p1"
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def direct(**changes: object) -> Target:
    return target("instagram", service="instagram", profile_id=None, account="instagram.default", **changes)


def shown(draft: Draft, at: Target, facts: Facts | None = None, when: When | None = None) -> list[tuple[str, str, str]]:
    """Code and level of every finding, and the text at its place."""
    text = draft.on(at.key).text
    found = of_target(draft, at, when, facts, NOW)
    return [(one.code, one.level, text[slice(*one.span)] if one.span else "") for one in found]


@pytest.mark.parametrize(
    ("network", "text", "expected"),
    [
        ("twitter", "a" * 280 + "bc", ("too_long", "error", "bc")),
        ("bluesky", "👍🏽" * 300 + "é!", ("too_long", "error", "é!")),
        ("twitter", "a" * 270 + " https://example.com/", ("too_long", "error", "https://example.com/")),
        ("youtube", "a < b", ("forbidden", "error", "<")),
        ("instagram", " ".join(f"#a{n}" for n in range(1, 33)), ("hashtags", "error", "#a31 #a32")),
        ("instagram", " ".join(f"#a{n}" for n in range(1, 8)), ("hashtags", "warning", "#a6 #a7")),
        ("instagram", " ".join(f"@a{n}" for n in range(1, 22)), ("mentions", "error", "@a21")),
        ("instagram", "See https://a.example now", ("not_clickable", "warning", "https://a.example")),
        (
            "threads",
            "https://a.example " * 2 + " ".join(f"https://a.example/{n}" for n in range(5)),
            ("links", "error", "https://a.example/4"),
        ),
        ("googlebusiness", "Call +44 20 7946 0000 now", ("phone", "warning", "+44 20 7946 0000")),
        ("facebook", "One\n  ---  \nTwo", ("thread_as_text", "warning", "  ---")),
        ("mastodon", "One\n---\n\n---\nThree", ("thread_empty", "error", "")),
        ("mastodon", "Short\n---\n" + "a" * 501, ("too_long", "error", "a")),
    ],
)
def test_the_place_in_the_text(network: str, text: str, expected: tuple[str, str, str]) -> None:
    assert expected in shown(POST.replace(text=text, media=(PHOTO,)), target(network))


def test_control_characters_have_a_place() -> None:
    (found,) = of_draft(POST.replace(text="ab\x1b\x07cd\te\n"))
    assert (found.code, found.span) == ("control", (2, 4))
    assert "control" not in {one.code for one in of_target(POST.replace(text="a\x07"), target())}


# Threads


@pytest.mark.parametrize("network", sorted(networks()))
def test_each_post_of_a_thread_is_counted_alone(network: str) -> None:
    rules = networks()[network]
    limit = min(one for one in (rules.limit, rules.buffer) if one is not None)
    thread = POST.replace(text="a" * limit + "\n---\n" + "b" * limit, media=(CLIP,))
    found = {one.code: one for one in of_target(thread, target(network))}
    assert ("too_long" in found) == (not rules.thread)
    assert ("thread_as_text" in found) == (not rules.thread)
    assert len(texts_of(thread, target(network))) == (2 if rules.thread else 1)
    if rules.thread:
        longer = of_target(thread.replace(text=thread.text + "c"), target(network))
        assert [one.message.split(":")[0] for one in longer if one.code == "too_long"] == ["Post 2 of 2"]
        assert length(thread.replace(text=thread.text + "c"), target(network)).used == limit + 1


def test_a_target_without_threads_takes_the_text_as_it_is() -> None:
    post = POST.replace(text="One\n---\nTwo")
    assert texts_of(post, target("mastodon", threads=False)) == ("One\n---\nTwo",)
    assert length(post, target("mastodon", threads=False)).used == 11


lines = st.lists(st.sampled_from(["---", " --- ", "----", "a", "", "👍🏽", "--- a"]), max_size=8).map("\n".join)


@given(lines)
def test_the_spans_of_a_thread_are_its_items(text: str) -> None:
    spans, items = thread_spans(text), thread_items(text)
    assert tuple(text[start:end] for start, end in spans) == items
    assert len(items) == len(cuts(text)) + 1 == sum(line.strip(" ") == "---" for line in text.split("\n")) + 1
    ends = [at for span in spans for at in span]
    assert ends == sorted(ends)
    if len(items) > 1:
        assert all(item == item.strip() for item in items)


# What differs on a target


def test_what_a_target_has_of_its_own_is_checked_there_and_not_elsewhere() -> None:
    draft = Draft(text="a" * 300, targets=("x", "y")).override("x", text="short\x07", media=(Attachment("nowhere"),))
    assert {one.code for one in of_target(draft, target())} == {"control", "url"}
    assert {one.code for one in of_target(draft, target(key="y"))} == {"too_long"}
    assert of_draft(draft) == ()
    emptied = Draft(text="Hello", targets=("x",), overrides={"x": Override(text="")})
    assert [one.code for one in of_target(emptied, target())] == ["empty"]
    assert of_draft(emptied) == ()
    only_there = Draft(targets=("x",), overrides={"x": Override(text="Only here")})
    assert of_draft(only_there) == of_target(only_there, target()) == ()
    assert [one.code for one in of_draft(only_there.replace(targets=("x", "y")))] == ["empty"]


# Options


@pytest.mark.parametrize(
    ("network", "options", "expected"),
    [
        ("instagram", {"first_comment": "a" * 2196}, None),
        ("instagram", {"first_comment": "a" * 2197}, ("option_long", "first_comment")),
        ("linkedin", {"first_comment": "a" * 1248}, None),
        ("linkedin", {"first_comment": "a" * 1249}, ("option_long", "first_comment")),
        ("twitter", {"first_comment": "a" * 9000}, None),
        ("youtube", {"title": "a" * 100}, None),
        ("youtube", {"title": "a" * 101}, ("option_long", "title")),
        ("youtube", {"title": "😀" * 51}, ("option_long", "title")),
        ("youtube", {"title": "a < b"}, ("forbidden", "title")),
        ("youtube", {"privacy": "unlisted"}, None),
        ("youtube", {"privacy": "secret"}, ("choice", "privacy")),
        ("pinterest", {"board": "2"}, None),
        ("pinterest", {"board": "3"}, ("choice", "board")),
        ("pinterest", {"title": "a" * 101}, ("option_long", "title")),
        ("pinterest", {"link": "example.com"}, ("link", "link")),
        ("pinterest", {"link": "https://example.com/" + "a" * 2048}, ("option_long", "link")),
        ("threads", {"topic": "a" * 50}, None),
        ("threads", {"topic": "a" * 51}, ("option_long", "topic")),
        ("threads", {"topic": "a.b"}, ("forbidden", "topic")),
        ("instagram", {"type": "story"}, None),
        ("instagram", {"type": "reel"}, None),
        ("instagram", {"type": "carousel"}, ("choice", "type")),
        ("googlebusiness", {"type": "event"}, ("title", "title")),
        ("googlebusiness", {"type": "event", "title": "T", "start": "2026-12-24"}, ("end", "end")),
        ("googlebusiness", {"type": "offer", "title": "T", "start": "24.12.", "end": "2026-12-24"}, ("start", "start")),
        (
            "googlebusiness",
            {"type": "offer", "title": "T", "start": "2026-12-24", "end": "2026-12-23"},
            ("end", "end"),
        ),
        ("googlebusiness", {"type": "event", "title": "T", "start": "2026-12-24", "end": "2026-12-24"}, None),
        ("googlebusiness", {"type": "event", "title": "a" * 59}, ("option_long", "title")),
        ("googlebusiness", {"title": "T"}, ("unused", "title")),
        ("mastodon", {"spoiler": "a" * 479}, ("too_long", "")),
        ("mastodon", {"spoiler": "a" * 478}, None),
    ],
)
def test_options(network: str, options: Mapping[str, str], expected: tuple[str, str] | None) -> None:
    video = network in {"youtube", "instagram"}
    media = () if network == "googlebusiness" else (CLIP if video else PHOTO,)
    found = of_target(POST.replace(options=options, media=media), target(network, boards=BOARDS))
    told = [(one.code, one.option) for one in found if one.code != "jpeg"]
    assert (expected in told) if expected else told == []


@pytest.mark.parametrize("network", ["instagram", "facebook"])
def test_reels_and_stories_take_one_file(network: str) -> None:
    for kind, media in (("reel", (PHOTO,)), ("reel", (CLIP, CLIP)), ("story", (PHOTO, CLIP))):
        found = of_target(POST.replace(options={"type": kind}, media=media), target(network))
        assert ("kind", "type") in [(one.code, one.option) for one in found]


def test_required_options() -> None:
    pin = POST.replace(media=(PHOTO,))
    assert [one.option for one in of_target(pin, target("pinterest"))] == ["board"]
    assert of_target(pin, target("pinterest", profile_id=None)) == ()  # offline nobody knows the boards
    video = Draft(media=(CLIP,), targets=("x",))
    assert [one.option for one in of_target(video, target("youtube"))] == ["title"]
    assert of_target(video.replace(options={"title": "Roast"}), target("youtube")) == ()


def test_every_option_has_a_network_and_a_limited_one_is_an_option() -> None:
    for network, rules in networks().items():
        taken = {option.name for option in options_of(target(network))}
        assert set(rules.options) <= taken <= NAMES
    assert {name for option in OPTIONS for name in option.networks} <= set(networks())
    assert options_of(direct()) == ()
    (board,) = [option for option in options_of(target("pinterest", boards=BOARDS)) if option.name == "board"]
    assert board.choices == BOARDS


@given(st.text())
def test_a_title_is_one_that_youtube_takes(text: str) -> None:
    title = title_of(Draft(text=text))
    assert len(title) <= 100
    assert not {"<", ">"} & set(title)


# Addresses and files


@pytest.mark.parametrize(
    ("url", "refused"),
    [
        ("https://example.com/a.jpg", False),
        ("https://93.184.216.34/a.jpg", False),
        ("http://localhost/a.jpg", True),
        ("https://localhost./a.jpg", True),
        ("https://printer/a.jpg", True),
        ("https://nas.local/a.jpg", True),
        ("https://127.0.0.1/a.jpg", True),
        ("https://127.1/a.jpg", True),
        ("https://10.0.0.8/a.jpg", True),
        ("https://[::1]/a.jpg", True),
        ("https://[2606:2800:220:1:248:1893:25c8:1946]/a.jpg", False),
    ],
)
def test_services_cannot_reach_private_addresses(url: str, refused: bool) -> None:
    assert blocks(of_draft(POST.replace(media=(replace(PHOTO, url=url),)))) == refused


def test_buffer_takes_https_only_and_instagram_ascii_only() -> None:
    plain = POST.replace(media=(replace(PHOTO, url="http://northwind.example/a.jpg"),))
    assert ("http", "error", "") in shown(plain, target("mastodon"))
    assert ("http", "warning", "") in shown(plain, direct(), when=When("now"))
    umlaut = POST.replace(media=(replace(PHOTO, url="https://northwind.example/röst.jpg"),))
    assert ("url_ascii", "error", "") in shown(umlaut, direct(), when=When("now"))
    assert shown(umlaut, target("mastodon")) == []


@pytest.mark.parametrize(
    ("network", "fact", "expected"),
    [
        ("instagram", MediaFact(), None),
        ("instagram", MediaFact(1080, 1350, 8_388_608, "image/jpeg"), None),
        ("instagram", MediaFact(size=8_388_609), "too_large"),
        ("instagram", MediaFact(type="image/png"), "format"),
        ("instagram", MediaFact(1080, 1351), "aspect"),
        ("instagram", MediaFact(1911, 1000), "aspect"),
        ("instagram", MediaFact(1910, 1000), None),
        ("instagram", MediaFact(problem="a.example answers HTTP 404"), "unreachable"),
        ("bluesky", MediaFact(size=2_000_001), "too_large"),
        ("mastodon", MediaFact(size=2_000_001), None),
        ("twitter", MediaFact(type="image/heic"), "format"),
        ("twitter", MediaFact(type="application/octet-stream"), None),
        ("googlebusiness", MediaFact(width=249, height=249), "too_small"),
    ],
)
def test_what_is_known_of_a_file(network: str, fact: MediaFact, expected: str | None) -> None:
    facts, post = Facts(media={PHOTO.url: fact}), POST.replace(media=(PHOTO,))
    found = shown(post, target(network), facts)
    assert found == ([(expected, "warning", "")] if expected else [])
    if network == "instagram" and expected:
        level = "warning" if expected == "unreachable" else "error"
        assert shown(post, direct(), facts, When("now")) == [(expected, level, "")]


@pytest.mark.parametrize(("kind", "code"), [("text/html; charset=utf-8", "no_media"), ("video/mp4", "wrong_kind")])
def test_a_file_of_another_kind_is_refused_everywhere(kind: str, code: str) -> None:
    facts = Facts(media={PHOTO.url: MediaFact(type=kind)})
    for network in ("mastodon", "instagram"):
        assert (code, "error", "") in shown(POST.replace(media=(PHOTO,)), target(network), facts)


def test_a_story_may_have_any_ratio() -> None:
    facts = Facts(media={PHOTO.url: MediaFact(1080, 1920)})
    story = POST.replace(media=(PHOTO,), options={"type": "story"})
    assert shown(story, target("instagram"), facts) == []


# Queues


def planned(text: str = "Other", at: datetime | None = None, status: str = "scheduled", media: int = 0) -> Planned:
    return Planned(f"{text}{at}{status}", text, at, status, ("https://cdn.example/x",) * media)


def codes(facts: Facts, when: When, post: Draft = POST, zone: str = "UTC") -> set[tuple[str, str]]:
    return {(code, level) for code, level, _ in shown(post, target(zone=zone), facts, when)}


QUEUE = When("queue", NOW + timedelta(days=1))


def test_a_full_queue() -> None:
    full = Facts(plan_limit=10, planned=10, as_of=NOW)
    assert codes(full, QUEUE) == {("plan_limit", "error")}
    assert codes(replace(full, as_of=NOW - timedelta(hours=1)), QUEUE) == {("plan_limit", "warning")}
    assert codes(full, When("now")) == set()
    assert codes(replace(full, planned=9), QUEUE) == set()
    assert codes(replace(full, plan_limit=None), QUEUE) == set()


def test_a_full_day_is_a_day_of_the_profile() -> None:
    evening = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # the 24th in Berlin
    facts = Facts(daily_limit=25, daily_used={evening.date() + timedelta(days=1): 25})
    assert codes(facts, When("at", evening), zone="Europe/Berlin") == {("daily_limit", "error")}
    assert codes(facts, When("at", evening)) == set()
    assert codes(facts, When("queue")) == set()
    today = Facts(daily_limit=25, daily_used={NOW.date(): 26})
    assert codes(today, When("now")) == {("daily_limit", "error")}


@pytest.mark.parametrize(
    ("other", "twice"),
    [
        (planned("The  new roast\nis here. "), True),
        (planned("THE NEW ROAST IS HERE."), True),
        (planned(POST.text, NOW - timedelta(days=29), "sent"), True),
        (planned(POST.text, NOW - timedelta(days=31), "sent"), False),
        (planned(POST.text, status="sending"), True),
        (planned(POST.text, status="error"), False),
        (planned(POST.text, status="draft"), False),
        (planned(POST.text, media=1), False),
        (planned(), False),
    ],
)
def test_the_same_post_again(other: Planned, twice: bool) -> None:
    assert (("duplicate", "warning") in codes(Facts(posts=(other,)), QUEUE)) == twice


def test_files_alone_are_compared_by_their_addresses() -> None:
    bare = Draft(media=(PHOTO,), targets=("x",))
    same = Facts(posts=(Planned("1", "", None, "scheduled", (PHOTO.url,)),))
    assert codes(same, QUEUE, bare) == {("duplicate", "warning")}
    assert codes(Facts(posts=(planned("", media=1),)), QUEUE, bare) == set()


@pytest.mark.parametrize(("minutes", "close"), [(-60, False), (-59, True), (0, True), (59, True), (60, False)])
def test_two_posts_within_the_hour(minutes: int, close: bool) -> None:
    at = NOW + timedelta(days=1)
    facts = Facts(posts=(planned(at=at + timedelta(minutes=minutes)), planned("Far", at + timedelta(days=3))))
    assert (("close", "warning") in codes(facts, When("at", at))) == close
    assert codes(facts, When("queue", at)) == set()  # the schedule of the queue is the user's own


def test_the_other_post_is_named_with_its_time() -> None:
    at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    facts = Facts(posts=(planned(at=at + timedelta(minutes=30)), planned("B", at + timedelta(minutes=10))))
    (found,) = of_target(POST, target(zone="Europe/Berlin"), When("at", at), facts, NOW)
    assert found.message == "Another post of this profile is within the hour: Tue 24 Nov 10:10"


def test_a_post_that_is_changed_does_not_stand_in_its_own_way() -> None:
    at = NOW + timedelta(days=1)
    own = planned(POST.text, at)
    facts = Facts(posts=(own, planned()), plan_limit=2, planned=2, as_of=NOW)
    assert codes(facts, When("at", at)) == {("plan_limit", "error"), ("duplicate", "warning")}
    assert codes(facts.without(own.id), When("at", at)) == set()


# Whatever is typed

PIECES = [
    "#tag ",
    "@who ",
    "https://a.example/b ",
    "\n---\n",
    "👨‍👩‍👧‍👦",
    "a",
    "word ",
    "<",
    "\x07",
    "+44 20 7946 0000 ",
    "é",
]
drafts = st.builds(
    Draft,
    text=st.lists(st.sampled_from(PIECES), max_size=80).map("".join),
    media=st.lists(st.sampled_from([PHOTO, CLIP, Attachment("x")]), max_size=4).map(tuple),
    options=st.dictionaries(st.sampled_from(sorted(NAMES)), st.sampled_from(["", "a", "a" * 3000, "<.&"]), max_size=4),
    targets=st.just(("x",)),
)
every = st.sampled_from([*(target(name, boards=BOARDS) for name in networks()), target("brandnew"), direct()])
known = st.builds(
    Facts,
    posts=st.lists(st.builds(planned, st.sampled_from(["", "a"]), st.none() | st.just(NOW)), max_size=3).map(tuple),
    plan_limit=st.none() | st.integers(0, 3),
    media=st.just({PHOTO.url: MediaFact(10, 10, 10**9, "image/gif"), CLIP.url: MediaFact(type="text/html")}),
)
whens = st.sampled_from([None, When("now"), When("queue"), When("top"), When("at", NOW + timedelta(days=2))])


@given(drafts, every, known, whens)
def test_findings_are_in_order_and_in_the_text(draft: Draft, at: Target, facts: Facts, when: When | None) -> None:
    found = of_target(draft, at, when, facts, NOW)
    levels = [one.level for one in found]
    assert levels == sorted(levels)
    for one in (*found, *of_draft(draft)):
        assert one.message and one.fix
        assert not one.message.endswith(".")
        assert one.span is None or 0 <= one.span[0] <= one.span[1] <= len(draft.text)
        assert one.attachment is None or 1 <= one.attachment <= len(draft.media)
        assert one.option in {"", *(option.name for option in options_of(at))}


@given(drafts, st.sampled_from(sorted(networks())), st.sampled_from([" and more", "👍🏽", "日本", "\n#tag"]))
def test_a_longer_text_is_never_shorter(draft: Draft, network: str, more: str) -> None:
    longer = draft.replace(text=f"{draft.text}\n{more}")
    assert length(longer, target(network)).used >= length(draft, target(network)).used
    assert length(longer, target(network)).least >= length(draft, target(network)).least


@given(drafts, drafts, every, every)
def test_what_one_target_has_of_its_own_changes_no_other(base: Draft, own: Draft, one: Target, other: Target) -> None:
    one, other = replace(one, key="one"), replace(other, key="other")
    changed = base.override("one", text=own.text, media=own.media, options=own.options)
    assert of_target(changed, other) == of_target(base, other)
    assert length(changed, other) == length(base, other)
    alone = Draft(text=own.text, media=own.media, options={**base.options, **own.options}, targets=("one",))
    assert length(changed, one) == length(alone, one)
    general = {finding.code for finding in (*of_draft(alone), *of_draft(base))}
    assert set(of_target(alone, one)) <= set(of_target(changed, one))
    assert {finding.code for finding in set(of_target(changed, one)) - set(of_target(alone, one))} <= general
