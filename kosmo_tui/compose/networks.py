"""What the networks allow, read from networks.toml when first asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any


@dataclass(frozen=True)
class Source:
    """Where a value comes from, and the day it was last read there."""

    url: str
    checked: date


@dataclass(frozen=True)
class Network:
    """The rules of one network; networks.toml says what each one means.  None: no such limit is known."""

    key: str
    name: str
    unit: str = "characters"
    limit: int | None = None
    bytes: int | None = None
    buffer: int | None = None
    premium: int | None = None
    url_weight: int | None = None
    surely: str | None = None
    media: str = ""
    images: int | None = None
    images_soft: int | None = None
    videos: int | None = None
    items: int | None = None
    mix: bool = True
    alt: int | None = None
    hashtags: int | None = None
    hashtags_soft: int | None = None
    mentions: int | None = None
    links: int | None = None
    forbidden: str = ""
    clickable: bool = True
    sources: dict[str, Source] = field(default_factory=dict, compare=False, repr=False)  # by the name of the value


@cache
def networks() -> dict[str, Network]:
    """All known networks, by Buffer's names for them."""
    import tomllib
    from importlib.resources import files

    tables: dict[str, Any] = tomllib.loads(files(__package__).joinpath("networks.toml").read_text("utf-8"))
    sources = {name: Source(**table) for name, table in tables.pop("sources").items()}
    return {key: _network(key, table, sources) for key, table in tables.items()}


def _network(key: str, table: dict[str, Any], sources: dict[str, Source]) -> Network:
    facts = {name: fact for name, fact in table.items() if isinstance(fact, dict)}
    plain = {name: value for name, value in table.items() if name not in facts}
    values = {name: fact["value"] for name, fact in facts.items()}
    return Network(key, **plain, **values, sources={name: sources[fact["source"]] for name, fact in facts.items()})


def network(key: str) -> Network:
    """The rules of the network `key`; one that is not known has a name and no limits."""
    return networks().get(key) or Network(key, key.capitalize() or "?")
