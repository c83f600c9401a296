"""Who lives in the sandbox: three accounts, four organizations and their channels."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from kosmo_tui.sandbox.buffer import plans
from kosmo_tui.sandbox.buffer.records import Account, Channel, Organization, Plan, Tag, object_id
from kosmo_tui.sandbox.buffer.world import World

# The ids that the examples of the function reference name.
REFERENCE_CHANNELS = ("4eb8572a512f7f621800004e", "4eb8572a512f7f6218000050")
REFERENCE_POST = "4eb8586e512f7f621800005d"

_WORK = ("mon", "tue", "wed", "thu", "fri")
_ALL = (*_WORK, "sat", "sun")
_DESCRIPTORS = {
    "twitter": ("profile", "X Profile"),
    "linkedin": ("page", "LinkedIn Page"),
    "instagram": ("business", "Instagram Professional Account"),
    "facebook": ("page", "Facebook Page"),
    "mastodon": ("profile", "Mastodon Profile"),
    "bluesky": ("profile", "Bluesky Profile"),
    "threads": ("profile", "Threads Profile"),
    "pinterest": ("business", "Pinterest Account"),
    "youtube": ("channel", "YouTube Channel"),
    "tiktok": ("account", "TikTok Account"),
    "googlebusiness": ("business", "Google Business Profile"),
}
_TAGS = (
    ("Launch", "#e53935", "red"),
    ("Evergreen", "#43a047", "green"),
    ("Kunde Köln", "#1e88e5", "blue"),
    ("季節", "#fdd835", "yellow"),
    ("Hiring", "#8e24aa", "purple"),
)


def token(seed: int, name: str) -> str:
    """An API key of 43 characters, always the same for seed and account."""
    digest = hashlib.sha256(f"kosmo sandbox {seed} {name}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


_BORN = datetime(2024, 6, 5, 8, 2, tzinfo=UTC)  # fixed, so that a seed has the same ids every day


def fill(world: World) -> None:
    """Accounts, organizations and channels; channels hold no posts yet."""
    born = _BORN
    roastery = _organization(world, born, "Tern & Kettle Roasters", "ines@ternandkettle.example", plans.FREE, tags=3)
    halyard = _organization(world, born, "Halyard Studio", "ops@halyard.example", plans.TEAM, members=7)
    bakery = _organization(world, born, "Bäckerei Morgenrot", "mia@morgenrot.example", plans.ESSENTIALS)
    climbing = _organization(world, born, "Climbing Hall “Überhang”", "mia@morgenrot.example", plans.ESSENTIALS, tags=2)
    _account(world, born, "default", "Inês Carvalho", roastery.owner_email, "Europe/Lisbon", plans.FREE, roastery)
    _account(world, born, "agency", "Noor Haddad", "noor@halyard.example", "America/New_York", plans.TEAM, halyard)
    _account(
        world,
        born,
        "client_acct",
        "Mia Brandt",
        bakery.owner_email,
        "Europe/Berlin",
        plans.ESSENTIALS,
        bakery,
        climbing,
    )

    def add(
        home: Organization,
        service: str,
        name: str,
        shown: str,
        zone: str,
        times: dict[str, tuple[str, ...]],
        **more: Any,
    ) -> Channel:
        kind, descriptor = _DESCRIPTORS[service]
        number = len(world.channels)
        made = Channel(
            id=more.pop("id", None)
            or object_id(born + timedelta(minutes=number), world.seed, home.name, service, name),
            organization_id=home.id,
            service=service,
            type=kind,
            name=name,
            display_name=shown,
            descriptor=descriptor,
            service_id=f"urn:li:organization:{90_000_000 + number}"
            if service == "linkedin"
            else str(17841400000000000 + number * 7919),
            timezone=zone,
            created_at=born + timedelta(minutes=number),
            schedule=times,
            scopes=() if service == "facebook" else ("r_basic", "w_post"),
            **more,
        )
        world.channels[made.id] = made
        return made

    lisbon = "Europe/Lisbon"
    add(
        roastery,
        "twitter",
        "ternandkettle",
        "Tern & Kettle",
        lisbon,
        _week(_WORK, "09:00", "17:30"),
        id=REFERENCE_CHANNELS[0],
    )
    add(
        roastery,
        "facebook",
        "ternandkettle",
        "Tern & Kettle Roasters",
        lisbon,
        _week(_ALL, "08:40"),
        id=REFERENCE_CHANNELS[1],
    )
    add(
        roastery,
        "instagram",
        "tern.and.kettle",
        "Tern & Kettle ☕",
        lisbon,
        _week(_ALL, "07:10", "16:18"),
        posting_goal=5,
    )

    add(
        halyard,
        "twitter",
        "halyardstudio",
        "Halyard Studio",
        "America/New_York",
        _week(_ALL, "08:05", "12:30", "18:45"),
        subscription="Premium",
        posting_goal=12,
    )
    add(
        halyard,
        "linkedin",
        "halyard-studio",
        "Halyard Studio GmbH",
        "Europe/Berlin",
        _week(_WORK, "07:45", "11:15", "16:00"),
    )
    add(halyard, "instagram", "halyard.studio", "Halyard Studio ⛵", "America/Sao_Paulo", _week(_ALL, "09:20", "19:00"))
    add(
        halyard,
        "facebook",
        "halyardstudio",
        "Halyard Studio",
        "Europe/London",
        _week(_ALL, "10:00", "15:00"),
        shortener=None,
    )
    add(
        halyard,
        "mastodon",
        "halyard",
        "Halyard",
        "Africa/Cairo",
        _week(_ALL, "09:30", "21:30"),
        server="https://mastodon.example",
        max_characters=1000,
    )
    add(
        halyard,
        "bluesky",
        "halyard.example",
        "Halyard",
        "Asia/Kolkata",
        _week(_WORK, "10:45", "18:15"),
        server="https://bsky.social",
        paused=True,
    )
    add(
        halyard,
        "threads",
        "halyard.studio",
        "Halyard Studio",
        "Australia/Sydney",
        _week(_ALL, "06:50", "20:10"),
        disconnected=True,
    )
    boards = tuple(_board(number, name) for number, name in enumerate(("Posters", "Type we like", "Büro & Hund"), 1))
    add(
        halyard,
        "pinterest",
        "halyardstudio",
        "Halyard Studio",
        "Asia/Tokyo",
        _week(_ALL, "12:00", "20:30"),
        paused_days=("sun",),
        boards=boards,
    )

    berlin = "Europe/Berlin"
    add(bakery, "googlebusiness", "Bäckerei Morgenrot", "Bäckerei Morgenrot", berlin, _week(_ALL, "05:30"))
    add(bakery, "tiktok", "morgenrot.brot", "Morgenrot 🥖", berlin, _week(_ALL, "06:00", "14:00"))
    add(bakery, "facebook", "baeckereimorgenrot", "Bäckerei Morgenrot", berlin, {})
    add(climbing, "youtube", "ueberhang", "Überhang TV", berlin, _week(("sat", "sun"), "10:00"))
    add(climbing, "instagram", "ueberhang", "Überhang", berlin, _week(_ALL, "12:00", "02:30"))
    add(climbing, "linkedin", "ueberhang", "Überhang gGmbH", berlin, _week(_WORK, "09:00"), locked=True)


def _week(days: tuple[str, ...], *times: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(days, times)


def _organization(
    world: World, born: datetime, name: str, owner: str, plan: Plan, members: int = 1, tags: int = 5
) -> Organization:
    made = Organization(object_id(born, world.seed, name), name, owner, plan, members)
    for title, color, color_name in _TAGS[:tags]:
        tag_id = object_id(born, world.seed, name, title)
        made.tags[tag_id] = Tag(tag_id, title, color, color_name)
    for title in ("To do", "In progress"):
        made.idea_groups[object_id(born, world.seed, name, "group", title)] = title
    world.organizations[made.id] = made
    return made


def _account(
    world: World, born: datetime, name: str, full_name: str, email: str, zone: str, plan: Plan, *homes: Organization
) -> None:
    made_id = object_id(born, world.seed, "account", name)
    app = {
        "category": "mcp",
        "clientId": object_id(born, "app"),
        "description": "A chat assistant that drafts posts",
        "name": "Parley",
        "scopes": ["posts:read", "posts:write"],
        "userId": made_id,
        "website": "https://parley.example",
        "createdAt": born + timedelta(days=800),
    }
    key = token(world.seed, name)
    apps = (app,) if name == "agency" else ()
    world.accounts[key] = Account(name, key, made_id, email, full_name, zone, born, homes, plan, apps)


def _board(number: int, name: str) -> dict[str, Any]:
    return {
        "id": f"board{number}",
        "avatar": None,
        "description": None,
        "name": name,
        "serviceId": str(549755885175 + number),
        "url": f"https://www.pinterest.com/halyardstudio/board-{number}/",
    }
