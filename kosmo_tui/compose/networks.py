"""What the networks allow: networks.toml, read when first asked for, with the values of the user on top.

The same checks read both files, so that a typo in either is told and never passes for "no such limit".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

UNITS = ("characters", "utf16", "bytes", "graphemes", "weighted", "emoji-bytes", "mastodon", "short-links")
MEDIA = ("", "any", "image", "video")


@dataclass(frozen=True)
class Source:
    """Where a value comes from, and the day it was last read there."""

    url: str
    checked: date


@dataclass(frozen=True)
class FileRules:
    """What a network asks of an image or a video: MIME types, bytes, pixels, and width divided by height."""

    types: tuple[str, ...] = ()
    bytes: int | None = None
    width: int | None = None
    narrowest: float | None = None
    widest: float | None = None


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
    thread: bool = False
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
    image: FileRules = FileRules()
    video: FileRules = FileRules()
    options: Mapping[str, int] = field(default_factory=dict)  # the most characters of an option, by its name
    sources: dict[str, Source] = field(default_factory=dict, compare=False, repr=False)  # by the name of the value


class BadRule(ValueError):
    """A value that is none.  `keys` is where it stands, e.g. ("instagram", "image", "bytes")."""

    def __init__(self, keys: tuple[str, ...], message: str, hint: str = "") -> None:
        self.keys, self.message, self.hint = keys, message, hint
        super().__init__(f"{'.'.join(keys)}: {message}")


def networks() -> dict[str, Network]:
    """All known networks, by Buffer's names for them."""
    return _in_use or _published()


def network(key: str) -> Network:
    """The rules of the network `key`; one that is not known has a name and no limits."""
    return networks().get(key) or Network(key, key.capitalize() or "?")


_in_use: dict[str, Network] = {}  # the published rules with the user's on top; empty: the published ones


def use(tables: Mapping[str, Any], source: Source) -> None:
    """Put the values of `tables` (in the form of networks.toml, or bare: `limit = 500`) over the published ones.

    They hold for this process from now on; empty tables end it.  `source` is where they come from.  Raises BadRule for
    a network or value that does not exist, or is of another type, and changes nothing then.
    """
    if not tables:
        _in_use.clear()
        return
    found = dict(_published())
    for key, table in tables.items():
        if key not in found:
            raise BadRule((key,), "no such network", f"the networks: {', '.join(found)}")
        found[key] = _with(found[key], table, lambda _keys, _fact: source)
    _in_use.clear()
    _in_use.update(found)


@cache
def _published() -> dict[str, Network]:
    import tomllib
    from importlib.resources import files

    tables: dict[str, Any] = tomllib.loads(files(__package__).joinpath("networks.toml").read_text("utf-8"))
    sources = {name: Source(**table) for name, table in tables.pop("sources").items()}

    def source(keys: tuple[str, ...], fact: Mapping[str, Any]) -> Source:
        if fact.get("source") not in sources:
            raise BadRule(keys, "names no source")
        return sources[fact["source"]]

    return {key: _with(Network(key, key), table, source) for key, table in tables.items()}


def _with(rules: Network, table: Any, source: Callable[[tuple[str, ...], Mapping[str, Any]], Source]) -> Network:
    """`rules` with the values of `table`; `source` tells where one comes from."""
    parts: dict[str, dict[str, Any]] = {"": {}, "image": {}, "video": {}, "options": {}}
    sources = dict(rules.sources)
    for keys, value, fact in _values(rules.key, table):
        part, name = keys[1:-1], keys[-1]
        parts[part[0] if part else ""][name] = value
        if name not in ("name", "unit") or fact:
            sources[".".join(keys[1:])] = source(keys, fact)
    return replace(
        rules,
        **parts[""],
        image=replace(rules.image, **parts["image"]),
        video=replace(rules.video, **parts["video"]),
        options={**rules.options, **parts["options"]},
        sources=sources,
    )


def _values(key: str, table: Any) -> Iterator[tuple[tuple[str, ...], Any, Mapping[str, Any]]]:
    """Keys, checked value and the table around it (empty for a bare value) of every value of a network."""
    if not isinstance(table, dict):
        raise BadRule((key,), "is not a table", f"[{key}]")
    for name, found in table.items():
        if name in _SECTIONS:
            if not isinstance(found, dict):
                raise BadRule((key, name), "is not a table", f"[{key}.{name}]")
            for inner, value in found.items():
                yield _value((key, name, inner), value, _SECTIONS[name])
        else:
            yield _value((key, name), found, _PLAIN)


def _value(
    keys: tuple[str, ...], given: Any, known: Mapping[str, _Check]
) -> tuple[tuple[str, ...], Any, Mapping[str, Any]]:
    if keys[-1] not in known:
        there = ", ".join((*known, *_SECTIONS) if known is _PLAIN else known)
        raise BadRule(keys, f"there is no value {keys[-1]!r}", f"there are: {there}")
    fact: Mapping[str, Any] = given if isinstance(given, dict) else {}
    if fact and (set(fact) - {"value", "source"} or "value" not in fact):
        raise BadRule(keys, "must be a value, or a table of value and source", "e.g. limit = 500")
    value = fact["value"] if fact else given
    allowed, check = known[keys[-1]]
    if not check(value):
        raise BadRule(keys, f"must be {allowed}", "")
    return keys, tuple(value) if isinstance(value, list) else value, fact


_Check = tuple[str, Callable[[Any], bool]]  # what is allowed, in words and as a check


def _one_of(*allowed: str) -> _Check:
    return f"one of {', '.join(map(repr, allowed))}", lambda value: isinstance(value, str) and value in allowed


_COUNT: _Check = ("a whole number from 0", lambda value: type(value) is int and value >= 0)
_RATIO: _Check = ("a number above 0", lambda value: type(value) in (int, float) and value > 0)
_FLAG: _Check = ("true or false", lambda value: isinstance(value, bool))
_TEXT: _Check = ("a text", lambda value: isinstance(value, str))
_TEXTS: _Check = (
    "a list of texts",
    lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
)
_COUNTS = ("limit", "bytes", "buffer", "premium", "url_weight", "images", "images_soft", "videos", "items", "alt")
_PLAIN: dict[str, _Check] = {
    "name": _TEXT,
    "unit": _one_of(*UNITS),
    "surely": _one_of(*UNITS),
    "media": _one_of(*MEDIA),
    "forbidden": _TEXT,
    **dict.fromkeys(("thread", "mix", "clickable"), _FLAG),
    **dict.fromkeys((*_COUNTS, "hashtags", "hashtags_soft", "mentions", "links"), _COUNT),
}
_FILE: dict[str, _Check] = {
    "types": _TEXTS,
    **dict.fromkeys(("bytes", "width"), _COUNT),
    **dict.fromkeys(("narrowest", "widest"), _RATIO),
}
_SECTIONS: dict[str, dict[str, _Check]] = {
    "image": _FILE,
    "video": _FILE,
    "options": dict.fromkeys(("title", "first_comment", "topic", "link"), _COUNT),
}
