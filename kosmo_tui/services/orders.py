"""What is to be sent: one call of a client for one target, as plain JSON, so that the journal holds exactly what goes
out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_args

import msgspec

from kosmo_tui.api.buffer.matching import plain
from kosmo_tui.api.buffer.models import Update
from kosmo_tui.api.errors import KosmoError
from kosmo_tui.api.safe_text import SafeText, clean, raw
from kosmo_tui.compose.draft import Attachment, Draft, InstagramKind, Target, kind_of, thread_items
from kosmo_tui.compose.when import When
from kosmo_tui.services.metadata import THREADED, metadata
from kosmo_tui.services.reuse import options_in
from kosmo_tui.store.records import Kind, NewWrite

SUMMARY = 80  # characters of the text that stand in lists
NEW: frozenset[Kind] = frozenset({"create", "publish"})  # what makes a post; the others change one


@dataclass(frozen=True, kw_only=True)
class Order:
    """One write: `arguments` are the keyword arguments of the client's method for `kind`, JSON values only.

    create: `BufferClient.create_update` · publish: `InstagramClient.create_media` · edit, delete, move: the client's
    `edit_update`, `delete_update`, `move_update`.  `at` is when it goes out, as far as known; `now` whether it can be
    seen at once, so that it is held back for a moment.  `before` is the post that an edit or a delete is about to
    change, once it was read; `undoes` the row of the delete whose post is made again.
    """

    account: str
    kind: Kind
    target: str
    arguments: dict[str, Any]
    summary: str
    before: Update | None = None
    undoes: int | None = None
    profile_id: str | None = None
    network: str = ""
    label: str = ""
    zone: str = "UTC"
    at: datetime | None = None
    now: bool = False


class Unreadable(KosmoError):
    """A write in the outbox is damaged, or a newer kosmo wrote it."""

    kind = "unreadable"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """An order and the draft it was made of, as a row of the outbox keeps them.

    `before` is the post that an edit or a delete was about to change: as it was read right before.
    """

    arguments: dict[str, Any]
    zone: str = "UTC"
    at: datetime | None = None
    draft: Draft | None = None
    before: Update | None = None


def of_post(draft: Draft, target: Target, when: When) -> Order:
    """`draft` as it goes out on `target`: a post at Buffer, or one published at Instagram directly."""
    post = draft.on(target.key)
    if target.service == "instagram":
        arguments: dict[str, Any] = {
            "image_url": [one.url for one in post.media],
            "caption": post.text or None,
            "media_type": post.instagram_kind or None,
            "publish": not post.container_only,
            "alt_text": [one.alt for one in post.media],
        }
        return _order(post, target, "publish", arguments, None, now=not post.container_only)
    items = thread_items(post.text) if target.network in THREADED else (post.text,)
    media = buffer_media(post)
    arguments = {
        "text": items[0],
        "profile_ids": [target.profile_id],
        "now": when.mode == "now",
        "next": when.mode == "top",
        "scheduled_at": when.iso if when.mode == "at" else None,
        "media": media,
        "metadata": metadata(target, post.options, items, media),
    }
    return _order(post, target, "create", arguments, when.at, now=when.mode == "now")


def _order(
    post: Draft, target: Target, kind: Kind, arguments: Mapping[str, Any], at: datetime | None, *, now: bool
) -> Order:
    return Order(
        account=target.account,
        kind=kind,
        target=target.key,
        profile_id=target.profile_id,
        network=target.network,
        label=target.label,
        zone=target.zone,
        arguments={name: value for name, value in arguments.items() if value is not None and value is not False}
        | ({"publish": False} if arguments.get("publish") is False else {}),
        summary=summary(post.text) or f"({len(post.media)} attached)",
        at=at.astimezone(UTC) if at else None,
        now=now,
    )


def buffer_media(draft: Draft) -> dict[str, Any] | None:
    """The attachments as the `media` parameter of `create_update`; None without any."""
    photos = [one for one in draft.media if one.kind == "image"]
    videos = [one.url for one in draft.media if one.kind == "video"]
    media: dict[str, Any] = {}
    if photos:
        media["photo"] = [one.url for one in photos]
        media["alt_text"] = [one.alt for one in photos]
    if videos:
        media["video"] = videos
    return media or None


def summary(text: str) -> str:
    """The beginning of a text, clean and on one line."""
    line = " ".join(clean(text[: SUMMARY * 4]).split())
    return line if len(line) <= SUMMARY else line[: SUMMARY - 1] + "…"


def new_write(
    order: Order, *, batch: str, draft: Draft | None, draft_id: str | None, reason: str, not_before: datetime | None
) -> NewWrite:
    """`order` as a row of the outbox."""
    request = Request(arguments=order.arguments, zone=order.zone, at=order.at, draft=draft)
    return NewWrite(
        batch=batch,
        account=order.account,
        kind=order.kind,
        target=order.target,
        profile_id=order.profile_id,
        network=order.network,
        label=order.label,
        request=encode(request),
        fingerprint=fingerprint(order),
        summary=order.summary,
        draft_id=draft_id,
        not_before=not_before,
        reason=reason,
        undoes=order.undoes,
    )


def encode(request: Request) -> str:
    """`request` as JSON; characters that are none (lone surrogates) become question marks, no service takes them."""
    values = msgspec.to_builtins(request, enc_hook=raw)
    return json.dumps(values, ensure_ascii=False).encode(errors="replace").decode()


def of_row(row: NewWrite) -> Order:
    """The order that `row` was written for."""
    request = request_of(row)
    return Order(
        account=row.account,
        kind=row.kind,
        target=row.target,
        profile_id=row.profile_id,
        network=row.network,
        label=row.label,
        zone=request.zone,
        arguments=request.arguments,
        summary=row.summary,
        before=request.before,
        undoes=row.undoes,
        at=request.at,
    )


def request_of(row: NewWrite) -> Request:
    """What a row was asked to send.  Raises Unreadable."""
    try:
        return _DECODER.decode(row.request)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Unreadable("what this write was to send cannot be read", hint="its summary is all there is") from error


def draft_of(row: NewWrite) -> Draft:
    """The draft that `row` was sent from; one made of its request when there was none (a command, a change).

    Raises Unreadable.
    """
    request = request_of(row)
    if request.draft is not None:
        return request.draft
    given = request.arguments
    if row.kind == "publish":
        urls = given.get("image_url") or []
        urls = [urls] if isinstance(urls, str) else urls
        alts = [*_list(given.get("alt_text")), *[""] * len(urls)]
        media = tuple(Attachment(url, alt or "", kind_of(url)) for url, alt in zip(urls, alts, strict=False))
        kind: InstagramKind = given["media_type"] if given.get("media_type") in get_args(InstagramKind) else ""
        return Draft(
            text=given.get("caption") or "",
            media=media,
            targets=(row.target,),
            when="now",
            instagram_kind=kind,
            container_only=given.get("publish") is False,
        )
    given_media = given.get("media") or {}
    photos = [url for key in ("photo", "picture") for url in _list(given_media.get(key))]
    alts = [*_list(given_media.get("alt_text")), *[""] * len(photos)]
    media = tuple(Attachment(url, alt) for url, alt in zip(photos, alts, strict=False))
    media += tuple(Attachment(url, kind="video") for url in _list(given_media.get("video")))
    media += tuple(_attachment(one) for one in _list(given_media.get("assets")) if "document" not in one)
    when = "now" if given.get("now") else "top" if given.get("next") else given.get("scheduled_at") or ""
    about = (given.get("metadata") or {}).get(row.network) or {}
    items = [str(item.get("text") or "") for item in about.get("thread") or []]
    return Draft(
        text="\n---\n".join(items) if len(items) > 1 else given.get("text") or "",
        media=media,
        when=when,
        targets=(row.target,),
        options=options_in(row.network, about),
    )


def _attachment(asset: Mapping[str, Any]) -> Attachment:
    """An image or a video as Buffer takes it."""
    ((kind, about),) = asset.items()
    alt = (about.get("metadata") or {}).get("altText") or ""
    return Attachment(about["url"], alt, "video" if kind == "video" else "image")


def target_of(order: Order) -> Target:
    """Where an order goes, as far as the order knows."""
    return Target(
        key=order.target,
        account=order.account,
        service="instagram" if order.kind == "publish" else "buffer",
        network=order.network,
        label=order.label,
        zone=order.zone,
        profile_id=order.profile_id,
    )


def fingerprint(order: Order) -> str:
    """Equal for two writes on one target that nobody could tell apart by reading the target afterwards.

    A reader compares words, the number of attachments, and the time to its minute where one was asked for.
    """
    given = order.arguments
    match order.kind:
        case "create":
            told: Any = [plain(given.get("text") or ""), attached(given), _minute(given.get("scheduled_at"))]
        case "publish":
            told = [plain(given.get("caption") or ""), attached(given), given.get("media_type")]
        case _:
            told = given
    text = json.dumps([order.kind, told], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def attached(arguments: Mapping[str, Any]) -> int:
    """How many images, videos and documents go out with an order of these arguments."""
    media = arguments.get("media") or {}
    every = (arguments.get("image_url"), *(media.get(key) for key in ("photo", "picture", "video", "assets")))
    return sum(len(_list(one)) for one in every)


def _safe(kind: type, value: Any) -> Any:
    """The texts of a post, for msgspec."""
    if kind is SafeText and isinstance(value, str):
        return SafeText(value)
    raise TypeError(f"Expected `str`, got `{type(value).__name__}`")


_DECODER = msgspec.json.Decoder(Request, dec_hook=_safe)


def _minute(moment: str | None) -> str:
    if not moment:
        return ""
    try:
        return datetime.fromisoformat(moment).astimezone(UTC).isoformat(timespec="minutes")
    except (ValueError, OverflowError):  # refused later, with a reason
        return moment


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [] if value in (None, "") else [value]
