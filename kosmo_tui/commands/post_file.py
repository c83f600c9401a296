"""A post in a file: plain text, or a draft as a JSON object."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from kosmo_tui.api.errors import BadParameter
from kosmo_tui.api.safe_text import clean
from kosmo_tui.compose.draft import Attachment, Draft, Override, Target, kind_of
from kosmo_tui.compose.networks import network, networks

MAX_BYTES = 5_000_000
_ALIASES = {"x": "twitter", "google": "googlebusiness"}


class _Strict(msgspec.Struct, forbid_unknown_fields=True):
    """A misspelt key must not pass for one that was left out."""


class _File(_Strict):
    url: str
    alt: str = ""
    kind: Literal["image", "video"] | None = None


class _Target(_Strict):
    network: str
    key: str = ""
    service: Literal["buffer", "instagram"] = "buffer"
    max_characters: int | None = None
    premium: bool = False


class _Override(_Strict):
    text: str | None = None
    media: list[str | _File] | None = None
    when: str | None = None
    options: dict[str, str] = {}


class _Post(_Strict):
    text: str = ""
    media: list[str | _File] = []
    when: str = ""
    networks: list[str] = []
    targets: list[str | _Target] = []
    options: dict[str, str] = {}
    overrides: dict[str, _Override] = {}
    instagram_kind: Literal["", "IMAGE", "VIDEO", "CAROUSEL"] = ""
    container_only: bool = False


def read(name: str) -> str:
    """The text of the file `name`, of standard input for `-`; without the end of its last line.

    Raises BadParameter for a file that cannot be read, is no UTF-8 or far too large.
    """
    try:
        if name == "-":
            content = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadParameter(f"{clean(name)[:80]} cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise BadParameter(f"a post is not larger than {MAX_BYTES:,} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadParameter(f"this is no UTF-8 (line {line})", hint="save the post as UTF-8") from None
    return text.removesuffix("\n").removesuffix("\r")


def parse(text: str, services: Sequence[str], zone: str, *, is_json: bool = False) -> tuple[Draft, tuple[Target, ...]]:
    """The draft that `text` is, and where it goes: `services` (networks), else what it says, else every network.

    A text in braces, or one that must be JSON, is a draft: `text`, `media`, `when`, `networks` or `targets`, `options`,
    and `overrides` by network or by the key of a target.  Raises BadParameter.
    """
    braces = text.strip()[:1] == "{" and text.strip()[-1:] == "}"
    post = _decode(text) if is_json or braces else _Post(text=text)
    named: list[str | _Target] = [*services] or [*post.networks, *post.targets] or [*networks()]
    targets = tuple(_target(one, zone) for one in named)
    listed = (one if isinstance(one, str) else one.key or one.network for one in post.targets)
    known = {*networks(), *_ALIASES, *listed, *(target.key for target in targets)}
    if unknown := [key for key in post.overrides if key not in known]:
        raise BadParameter(
            f"the draft: overrides for {clean(unknown[0])[:60]!r}, which is no network and none of its targets",
            hint=f"the networks: {', '.join(networks())}",
        )
    keys = tuple(dict.fromkeys(target.key for target in targets))
    draft = Draft(
        text=post.text,
        media=_media(post.media),
        when=post.when,
        targets=keys,
        instagram_kind=post.instagram_kind,
        container_only=post.container_only,
        options=post.options,
        overrides={_ALIASES.get(key, key): _own(own) for key, own in post.overrides.items()},
    )
    return draft, tuple({target.key: target for target in targets}.values())


def _decode(text: str) -> _Post:
    """The JSON draft.  Raises BadParameter for what is no JSON, and for a draft of another form."""
    try:
        return msgspec.json.decode(text.encode(), type=_Post)
    except msgspec.ValidationError as error:
        hint = f"the keys of a draft: {', '.join(_Post.__struct_fields__)}"
        raise BadParameter(f"the draft: {clean(str(error))}", hint=hint) from None
    except (msgspec.DecodeError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else clean(str(error))
        hint = """a draft is e.g. {"text": "Hello", "networks": ["mastodon"]}; a text is not in braces"""
        raise BadParameter(f"this is no JSON object: {why}", hint=hint) from None


def _target(named: str | _Target, zone: str) -> Target:
    if isinstance(named, str):
        if named.startswith("instagram."):  # an account of Instagram itself, as the targets of a draft name it
            return Target(key=named, account=named, service="instagram", network="instagram", label="", zone=zone)
        named = _Target(named)
    name = _ALIASES.get(named.network.lower(), named.network)
    if name not in networks():
        there = ", ".join(networks())
        raise BadParameter(f"there is no network {clean(named.network)[:60]!r}", hint=f"the networks: {there}")
    return Target(
        key=named.key or name,
        account="",
        service=named.service,
        network=name,
        label=network(name).name,
        zone=zone,
        max_characters=named.max_characters,
        premium=named.premium,
    )


def _own(own: _Override) -> Override:
    media = None if own.media is None else _media(own.media)
    return Override(text=own.text, media=media, when=own.when, options=own.options)


def _media(files: Sequence[str | _File]) -> tuple[Attachment, ...]:
    listed = [_File(one) if isinstance(one, str) else one for one in files]
    return tuple(Attachment(one.url, one.alt, one.kind or kind_of(one.url)) for one in listed)
