"""Where a post can go: Buffer profiles and Instagram accounts as the composer sees them."""

from __future__ import annotations

from collections.abc import Iterable

from kosmo_tui.api.buffer.models import Profile
from kosmo_tui.compose.draft import Target

# Buffer took Start Page out of its interface on 2026-05-26; profiles of it can still be listed.
_GONE = {"startPage": "Buffer no longer takes posts for Start Page"}


def profile_target(account: str, profile: Profile) -> Target:
    """A profile of the Buffer account `account` ("buffer.agency")."""
    states = (("disconnected", profile.disconnected), ("locked", profile.locked), ("paused", profile.paused))
    return Target(
        key=f"{account}/{profile.id}",
        account=account,
        service="buffer",
        network=profile.service,
        label=" ".join((profile.formatted_username or profile.service_username).split()) or profile.id,
        zone=profile.timezone,
        profile_id=profile.id,
        problem=_GONE.get(profile.service) or next((name for name, so in states if so), ""),
        has_slots=any(day.times and not day.paused for day in profile.schedules),
        max_characters=profile.max_characters,
        boards=tuple((board.id, " ".join(board.name.split())) for board in profile.boards),
        premium=(profile.subscription or "").lower() in {"premium", "premiumplus", "premium_plus"},
    )


def instagram_target(account: str, username: str = "", zone: str = "UTC") -> Target:
    """The Instagram account `account` ("instagram.default") itself; `zone` is the user's, it has none of its own."""
    label = f"@{username}" if username else account.partition(".")[2]
    return Target(key=account, account=account, service="instagram", network="instagram", label=label, zone=zone)


def profile_targets(account: str, profiles: Iterable[Profile]) -> tuple[Target, ...]:
    """All profiles of a Buffer account, in Buffer's order."""
    return tuple(profile_target(account, profile) for profile in profiles)
