"""What is said about a time below its field: in which zone it counts, and when each profile's queue takes the post."""

from __future__ import annotations

from datetime import UTC, datetime

from kosmo_tui.compose.draft import Target
from kosmo_tui.ui.screens.compose_when import echo, presets

NOW = datetime(2026, 11, 22, 12, 3, 30, tzinfo=UTC)  # a Sunday


def target(network: str, zone: str) -> Target:
    return Target(key=network, account="buffer.x", service="buffer", network=network, label=network, zone=zone)


BERLIN, TOKYO, KYIV = (
    target("linkedin", "Europe/Berlin"),
    target("mastodon", "Asia/Tokyo"),
    target("facebook", "Europe/Kyiv"),
)
SLOTS = {
    BERLIN.key: (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), datetime(2026, 11, 24, 9, 0, tzinfo=UTC)),
    TOKYO.key: (datetime(2026, 11, 22, 13, 0, tzinfo=UTC),),
}


def clicks(phrase: str) -> list[str]:
    """What can be clicked on in the answer to `phrase`."""
    return [
        str(span.style) for span in echo(phrase, [BERLIN], NOW, None, SLOTS).words.spans if "@click" in str(span.style)
    ]


def test_an_instant_is_shown_in_the_zones_of_the_others() -> None:
    told = echo("tom 9", [BERLIN, TOKYO], NOW, None)
    assert told.words.plain.splitlines() == [
        "Mon 23 Nov 09:00 CET (+01:00) · 08:00Z · in 19 h 56 min",
        "in LinkedIn’s zone, that is Mon 17:00 JST for Mastodon",
    ]
    many = [BERLIN, TOKYO, KYIV, target("bluesky", "America/New_York"), target("threads", "Africa/Cairo")]
    everywhere = "; Mon 10:00 EET for Facebook, Threads; Mon 03:00 EST for Bluesky"
    assert echo("tom 9", many, NOW, None).words.plain.endswith(everywhere), "every network is told its time"
    assert "zone" not in echo("tom 9", [BERLIN], NOW, None).words.plain


def test_each_queue_has_its_own_next_slot() -> None:
    told = echo("", [BERLIN, TOKYO, KYIV], NOW, None, SLOTS)
    expected = "expected Sun 14:00 to Mon 10:00 CET"
    assert told.words.plain == f"in the next free slot of each profile, {expected}"
    assert echo("", [BERLIN, KYIV], NOW, None).words.plain == "in the next free slot of each profile"
    assert echo("", [KYIV], NOW, None, SLOTS).words.plain == "in the next free slot of the queue"
    assert told.when is not None and told.when.iso is None


def test_a_slot_by_its_number_is_an_instant_for_all() -> None:
    told = echo("next2", [BERLIN, TOKYO], NOW, None, SLOTS)
    assert told.when is not None and told.when.iso == "2026-11-24T10:00:00+01:00"
    assert "Tue 18:00 JST for Mastodon" in told.words.plain


def test_what_may_have_been_meant_can_be_chosen() -> None:
    told = echo("next fri 9", [BERLIN], NOW, None)
    assert told.when is None
    assert told.words.plain == "next fri: which one; ↓ Fri 27 Nov 09:00 CET or Fri 4 Dec 09:00 CET?"
    assert told.choices == ("2026-11-27T09:00+01:00", "2026-12-04T09:00+01:00")
    assert clicks("next fri 9") == [
        "@click=screen.when('2026-11-27T09:00+01:00')",
        "@click=screen.when('2026-12-04T09:00+01:00')",
    ]
    twice = echo("2027-10-31 02:30", [BERLIN], NOW, None)
    assert twice.words.plain.endswith("; ↓ Sun 31 Oct 2027 02:30 CEST or Sun 31 Oct 2027 02:30 CET?")
    assert clicks("soon") == []


def test_presets() -> None:
    assert presets().plain.startswith("↓ queue  top  now")
