"""Findings: what blocks, what informs, and what mends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.compose.draft import Attachment, Draft, Target, kind_of
from kosmo_tui.compose.lint import blocks, length, of_draft, of_target
from kosmo_tui.compose.networks import networks
from kosmo_tui.compose.when import When

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PHOTO = Attachment("https://northwind.example/roast.jpg", "A bag of coffee")
CLIP = Attachment("https://northwind.example/roast.mp4", kind="video")
POST = Draft(text="The new roast is here.", targets=("x",))


def target(network: str = "twitter", **changes: object) -> Target:
    plain = Target(
        key="x", account="buffer.agency", service="buffer", network=network, label="@northwind", profile_id="p1"
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def codes(draft: Draft, at: Target, when: When | None = None) -> set[tuple[str, str]]:
    return {(finding.level, finding.code) for finding in of_target(draft, at, when)}


def test_a_good_post_has_no_findings() -> None:
    assert of_draft(POST) == ()
    assert of_target(POST, target(), When("queue")) == ()
    assert of_target(POST.replace(media=(PHOTO,)), target("instagram"), When("queue")) == ()


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (Draft(), "no_target"),
        (Draft(targets=("x",)), "empty"),
        (Draft(text=" \n", targets=("x",)), "empty"),
        (Draft(text="a\x1b[31m", targets=("x",)), "control"),
        (POST.replace(media=(Attachment("roast.jpg"),)), "url"),
        (POST.replace(media=(Attachment("ftp://northwind.example/a.jpg"),)), "url"),
        (POST.replace(media=(Attachment("https://"),)), "url"),
        (POST.replace(media=(Attachment("https://a b/c.jpg"),)), "url"),
        (POST.replace(media=(Attachment("https://[::1"),)), "url"),
        (POST.replace(media=(Attachment("https://a.example:port/"),)), "url"),
        (POST.replace(media=(Attachment("", "only a description"),)), "url"),
        (POST.replace(media=(PHOTO, Attachment("x"))), "url"),
    ],
)
def test_what_is_wrong_wherever_it_goes(draft: Draft, code: str) -> None:
    found = of_draft(draft)
    assert code in {finding.code for finding in found}
    assert blocks(found)
    assert all(finding.message and finding.fix for finding in found)


def test_what_is_only_odd_does_not_block() -> None:
    odd = POST.replace(media=(replace(PHOTO, url="http://northwind.example/a.jpg"),) * 2)
    found = of_draft(odd)
    assert {finding.code for finding in found} == {"twice"}
    assert not blocks(found)


def test_a_time_far_away_may_be_a_slip() -> None:
    for days, told in ((366, []), (367, ["far"])):
        found = of_target(POST, target(), When("at", NOW + timedelta(days=days)), now=NOW)
        assert [(finding.code, finding.level) for finding in found] == [(code, "warning") for code in told]


@pytest.mark.parametrize(
    ("network", "draft", "expected"),
    [
        ("twitter", POST.replace(text="a" * 281), ("error", "too_long")),
        ("instagram", POST, ("error", "media")),
        ("pinterest", POST, ("error", "media")),
        ("youtube", POST.replace(media=(PHOTO,)), ("error", "media")),
        ("youtube", POST.replace(text="a < b", media=(CLIP,)), ("error", "forbidden")),
        ("twitter", POST.replace(media=(PHOTO,) * 5), ("error", "too_many")),
        ("twitter", POST.replace(media=(PHOTO, CLIP)), ("error", "mix")),
        ("instagram", POST.replace(media=(PHOTO,) * 11), ("error", "too_many")),
        ("linkedin", POST.replace(media=(PHOTO,) * 10), ("warning", "many")),
        ("mastodon", POST.replace(media=(PHOTO, CLIP)), ("error", "mix")),
        ("twitter", POST.replace(media=(replace(PHOTO, alt="a" * 1001),)), ("error", "alt_long")),
        ("twitter", POST.replace(media=(replace(PHOTO, alt=""),)), ("warning", "alt_missing")),
        ("instagram", POST.replace(text="#a " * 31, media=(PHOTO,)), ("error", "hashtags")),
        ("instagram", POST.replace(text="#a " * 6, media=(PHOTO,)), ("warning", "hashtags")),
        ("instagram", POST.replace(text="@a " * 21, media=(PHOTO,)), ("error", "mentions")),
        ("instagram", POST.replace(text="https://a.example", media=(PHOTO,)), ("warning", "not_clickable")),
        ("instagram", POST.replace(text="😀" * 1500, media=(PHOTO,)), ("warning", "perhaps_too_long")),
        ("threads", POST.replace(text=" ".join(f"https://a.example/{n}" for n in range(6))), ("error", "links")),
        ("googlebusiness", POST.replace(text="Call +44 20 7946 0000"), ("warning", "phone")),
    ],
)
def test_rules_of_networks(network: str, draft: Draft, expected: tuple[str, str]) -> None:
    assert expected in codes(draft, target(network))


@pytest.mark.parametrize(
    ("change", "when", "expected"),
    [
        ({"problem": "disconnected"}, "queue", ("error", "disconnected")),
        ({"problem": "locked"}, "queue", ("error", "locked")),
        ({"problem": "paused"}, "queue", ("warning", "paused")),
        ({"problem": "Gone since May"}, "queue", ("error", "unavailable")),
        ({"has_slots": False}, "queue", ("error", "no_slots")),
        ({"has_slots": False}, "top", ("error", "no_slots")),
    ],
)
def test_the_state_of_the_profile(change: dict[str, object], when: str, expected: tuple[str, str]) -> None:
    assert expected in codes(POST, target(**change), When(when))  # type: ignore[arg-type]


def test_a_profile_without_slots_takes_a_post_for_a_time() -> None:
    assert codes(POST, target(has_slots=False), When("at", NOW)) == set()


def test_instagram_itself() -> None:
    direct = target("instagram", service="instagram", profile_id=None, account="instagram.default")
    post = POST.replace(media=(PHOTO,))
    assert ("error", "no_queue") in codes(post, direct, When("queue"))
    assert codes(post, direct, When("now")) == set()
    assert codes(post.replace(container_only=True), direct, When("queue")) == set()
    assert ("error", "kind") in codes(post.replace(instagram_kind="CAROUSEL"), direct, When("now"))
    assert ("error", "kind") in codes(post.replace(instagram_kind="IMAGE", media=(PHOTO, PHOTO)), direct, When("now"))
    assert ("error", "kind") in codes(post.replace(instagram_kind="VIDEO", media=(CLIP, CLIP)), direct, When("now"))
    png = post.replace(media=(replace(PHOTO, url="https://a.example/a.png"),))
    assert ("warning", "jpeg") in codes(png, direct, When("now"))


def test_a_finding_names_the_attachment_it_is_about() -> None:
    two = POST.replace(media=(PHOTO, Attachment("nowhere"), replace(PHOTO, url="https://a.example/b.jpg", alt="")))
    assert [(one.code, one.attachment) for one in of_draft(two)] == [("url", 2)]
    found = of_target(two, target())
    assert [(one.code, one.attachment, one.message) for one in found] == [
        ("alt_missing", 3, "Attachment 3 has no alt text")
    ]
    long = of_target(POST.replace(media=(PHOTO, replace(PHOTO, alt="a" * 1001))), target())
    assert [(one.code, one.attachment) for one in long] == [("alt_long", 2)]


@pytest.mark.parametrize(
    ("path", "odd"), [("menu.pdf", True), ("a.jpg", False), ("A.MP4", False), ("photo", False), ("v1.2/photo", False)]
)
def test_a_file_that_is_no_image_by_its_name_is_told(path: str, odd: bool) -> None:
    found = of_draft(POST.replace(media=(Attachment(f"https://a.example/{path}?x=y.z", "alt"),)))
    assert [one.code for one in found] == (["odd"] if odd else [])


@pytest.mark.parametrize(
    ("network", "draft", "says"),
    [
        ("twitter", POST.replace(text="a" * 352), "Too long: 72 over 280, as X counts"),
        ("bluesky", POST.replace(text="a" * 301), "Too long: 1 character over Bluesky’s 300"),
        ("bluesky", POST.replace(text="a" * 302), "Too long: 2 characters over Bluesky’s 300"),
        ("googlebusiness", POST.replace(media=(CLIP,)), "1 video, none allowed"),
    ],
)
def test_findings_are_sentences(network: str, draft: Draft, says: str) -> None:
    assert says in [one.message for one in of_target(draft, target(network))]


def test_errors_come_first() -> None:
    found = of_target(POST.replace(text="#a " * 31 + "https://a.example"), target("instagram"), When("queue"))
    levels = [finding.level for finding in found]
    assert levels == sorted(levels)
    assert {"error", "warning"} == set(levels)


def test_the_account_s_own_limit_counts() -> None:
    assert length(POST, target("mastodon", max_characters=11_000)).limit == 11_000
    assert length(POST, target("twitter", premium=True)).limit == 25_000


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://a.example/a.JPG", "image"),
        ("https://a.example/a.mp4?x=y.jpg", "video"),
        ("https://a.example/", "image"),
        ("https://[", "image"),
    ],
)
def test_the_kind_of_an_attachment_is_read_from_its_path(url: str, kind: str) -> None:
    assert kind_of(url) == kind


attachments = st.builds(Attachment, st.text(), st.text(), st.sampled_from(["image", "video"]))


@given(
    st.builds(
        Draft,
        text=st.text(),
        media=st.lists(attachments, max_size=4).map(tuple),
        instagram_kind=st.sampled_from(["", "IMAGE", "VIDEO", "CAROUSEL"]),
        container_only=st.booleans(),
    ),
    st.sampled_from(["buffer", "instagram"]),
)
def test_any_draft_can_be_checked(draft: Draft, service: str) -> None:
    found = list(of_draft(draft))
    for network in (*networks(), "brandnew"):
        found += of_target(draft, target(network, service=service), When("now"))
    assert all(finding.message for finding in found)
    assert blocks(of_draft(draft))  # no target is chosen
