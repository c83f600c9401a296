"""What would be sent, target by target: one look for the composer, the review screen and `--dry-run`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.compose.draft import Attachment, Draft, Override, Target
from kosmo_tui.compose.facts import Facts, Planned
from kosmo_tui.compose.when import When
from kosmo_tui.services.orders import new_write, of_post
from kosmo_tui.services.review import Review, review
from kosmo_tui.services.targets import instagram_target
from kosmo_tui.store.database import Store

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PHOTO = Attachment("https://northwind.example/roast.jpg", "A bag of coffee")
CLIP = Attachment("https://northwind.example/roast.mp4", kind="video")
X = Target(key="b/x", account="buffer.b", service="buffer", network="twitter", label="@x", profile_id="x")
TOOT = replace(X, key="b/m", network="mastodon", profile_id="m", zone="Europe/Berlin", max_characters=1000)
WALL = replace(X, key="b/f", network="facebook", profile_id="f")
DIRECT = instagram_target("instagram.brand", "brand")


def of(draft: Draft, *targets: Target, facts: dict[str, Facts] | None = None) -> Review:
    return review(draft, targets, NOW, facts or {})


def test_every_target_is_shown_as_it_will_be() -> None:
    draft = Draft(text="One\n---\nTwo!", when="2026-12-24 18:00").override("b/f", text="Alone", when="now")
    found = of(draft, X, TOOT, WALL)
    assert [item.target for item in found.items] == [X, TOOT, WALL]
    x, toot, wall = found.items
    assert (x.items, x.length.used, x.length.limit) == (("One", "Two!"), 4, 280)
    assert (toot.length.limit, toot.items) == (1000, ("One", "Two!"))
    assert (wall.items, wall.post.text, wall.default) == (("Alone",), "Alone", "Goes out as a plain post")
    assert wall.when is not None
    assert wall.when.mode == "now"
    times = [item.when.iso for item in (x, toot) if item.when]
    assert times == ["2026-12-24T18:00:00+00:00", "2026-12-24T19:00:00+01:00"]  # one instant, told in each zone
    assert not found.blocked
    assert found.requests == 3


def test_the_common_time_is_meant_in_the_zone_of_the_first_profile() -> None:
    draft = Draft(text="Hello", when="fri 17:30").override("b/f", when="fri 18:30")
    tokyo, berlin = replace(X, zone="Asia/Tokyo"), replace(WALL, zone="Europe/Berlin")
    direct, x, toot, wall = of(draft, DIRECT, tokyo, TOOT, berlin).items
    times = {item.when.at for item in (direct, x, toot) if item.when}
    assert times == {datetime(2026, 11, 27, 8, 30, tzinfo=UTC)}
    assert wall.when is not None and wall.when.iso == "2026-11-27T18:30:00+01:00"  # its own, in its own zone
    slots = {X.key: [NOW + timedelta(days=1), NOW + timedelta(days=2)], TOOT.key: [NOW + timedelta(days=3)]}
    queued, second = (review(Draft(text="Hello", when=when), [X, TOOT], NOW, slots=slots) for when in ("", "next2"))
    assert [item.when.at for item in queued.items if item.when] == [slots[X.key][0], slots[TOOT.key][0]]
    assert [item.when.at for item in second.items if item.when] == [slots[X.key][1]] * 2


def test_a_time_that_is_none_blocks_its_target_alone() -> None:
    draft = Draft(text="Hello", overrides={"b/m": Override(when="yesterday")})
    x, toot = of(draft, X, TOOT).items
    assert (x.blocked, toot.blocked, toot.when) == (False, True, None)
    assert "yesterday" in toot.problem
    assert of(draft, X, TOOT).blocked
    assert not of(draft, X).blocked


def test_a_post_is_not_sent_beside_an_equal_one_of_which_nobody_knows() -> None:
    """What only the claim would refuse is a finding before: where the outbox holds an equal write that may be there."""
    draft, store = Draft(text="Hello"), Store.in_memory()
    for target in (X, TOOT):
        order = of_post(draft, target, When("queue"))
        write = new_write(order, batch="b", draft=None, draft_id=None, reason="", not_before=None)
        store.outbox.settle(store.outbox.add([write])[0].id, "unknown")
    toot_row, x_row = store.outbox.rows()

    def found(draft: Draft) -> list[list[tuple[str, str]]]:
        items = review(draft, (X, TOOT, WALL), NOW, unknown=store.outbox.rows()).items
        return [[(one.level, one.message) for one in item.findings if one.code == "unknown"] for item in items]

    may_be_there = "An equal post may be there already (outbox {})".format
    assert found(draft) == [[("error", may_be_there(x_row.id))], [("error", may_be_there(toot_row.id))], []]
    assert found(draft.replace(text="Hello!")) == [[], [], []]
    assert found(draft.override(X.key, text="Other")) == [[], [("error", may_be_there(toot_row.id))], []]
    store.outbox.settle(x_row.id, "unknown", resolved="kept")
    store.outbox.settle(toot_row.id, "confirmed")
    assert found(draft) == [[("warning", may_be_there(x_row.id))], [], []]
    store.close()


def test_errors_and_warnings_are_said_once() -> None:
    found = of(Draft(text="a" * 5001, media=(replace(PHOTO, alt=""),)), X, replace(X, key="other"), WALL)
    assert [finding.code for finding in found.errors] == ["too_long", "too_long"]  # of X, of Facebook
    assert [finding.code for finding in found.warnings] == ["alt_missing"]
    assert found.blocked


def test_nothing_to_post_is_wrong_everywhere() -> None:
    found = of(Draft(), X, WALL)
    assert [finding.code for finding in found.general] == ["empty"]
    assert found.blocked
    assert not any(item.blocked for item in found.items)


def test_facts_and_free_slots_are_those_of_the_target() -> None:
    slot = NOW + timedelta(days=1)
    facts = {"b/x": Facts(posts=(Planned("1", "Hello", slot, "scheduled"),), plan_limit=1, planned=1, as_of=NOW)}
    found = review(Draft(text="Hello"), (X, TOOT), NOW, facts, {"b/x": (slot,)})
    x, toot = found.items
    assert [finding.code for finding in x.findings] == ["plan_limit", "duplicate"]
    assert toot.findings == ()
    assert x.when is not None and toot.when is not None
    assert (x.when.mode, x.when.at, toot.when.at) == ("queue", slot, None)


def test_what_it_costs() -> None:
    def cost(*media: Attachment, prepared: bool = False) -> int:
        return of(Draft(text="Hello", media=media, when="now", container_only=prepared), DIRECT).requests

    # A container and a look at it, for each file and for the carousel; publishing; its address.
    assert (cost(PHOTO), cost(CLIP), cost(PHOTO, CLIP, PHOTO)) == (4, 4, 10)
    assert (cost(PHOTO, prepared=True), cost(PHOTO, CLIP, prepared=True)) == (2, 6)
    assert of(Draft(text="Hello", media=(PHOTO,)), X, TOOT, DIRECT).requests == 6


@given(
    st.text(max_size=400),
    st.lists(st.sampled_from([PHOTO, CLIP, Attachment("x")]), max_size=3),
    st.sampled_from(["", "now", "top", "nonsense", "2026-12-24 18:00", "2001-01-01 10:00"]),
    st.lists(st.sampled_from([X, TOOT, WALL, DIRECT]), unique=True),
)
def test_what_is_blocked_has_a_reason(text: str, media: list[Attachment], when: str, targets: list[Target]) -> None:
    found = of(Draft(text=text, media=tuple(media), when=when), *targets)
    assert found.blocked == (bool(found.errors) or any(item.problem for item in found.items))
    assert len(set(found.errors)) == len(found.errors)
    for item in found.items:
        assert (item.when is None) == bool(item.problem)
        assert item.post.on(item.target.key) == item.post
        assert item.requests >= 1
