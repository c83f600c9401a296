"""Graph's JSON → models.

A missing key or a null is "not told", an unknown key is passed over, a wrong type is a BadAnswer that names the field.
Every string becomes SafeText on its way into a model; `raw` keeps what was sent, but for the paging URLs: they hold
the token.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from kosmo_tui.api.errors import BadAnswer
from kosmo_tui.api.instagram.models import (
    Breakdown,
    Comment,
    Container,
    Insight,
    Media,
    Page,
    Point,
    PublishingLimit,
    Thread,
    User,
)
from kosmo_tui.api.safe_text import SafeText

T = TypeVar("T")
MAX_DEPTH = 50  # levels of JSON; an honest answer has about ten
_IDS = frozenset({"id", "user_id", "parent_id"})  # strings, but the published specification types some as numbers
_TIMES = frozenset({"timestamp", "end_time"})


class _Cursors(msgspec.Struct):
    before: str | None = None
    after: str | None = None


class _Paging(msgspec.Struct):
    cursors: _Cursors | None = None
    next: str | None = None


class _Listing(msgspec.Struct, Generic[T]):
    data: tuple[T, ...] | None = None
    paging: _Paging | None = None


class _Owner(msgspec.Struct):
    """The part of a media item that leads to its comments."""

    comments: _Listing[Any] | None = None


class _Value(msgspec.Struct):
    value: float | dict[str, float] | None = None
    end_time: datetime | None = None


class _Result(msgspec.Struct):
    dimension_values: tuple[str, ...] | None = None
    value: float | None = None


class _Breakdown(msgspec.Struct):
    dimension_keys: tuple[str, ...] | None = None
    results: tuple[_Result, ...] | None = None


class _Total(msgspec.Struct):
    value: float | None = None
    breakdowns: tuple[_Breakdown, ...] | None = None


class _Insight(msgspec.Struct):
    name: str
    period: str | None = None
    title: SafeText | None = None
    values: tuple[_Value, ...] | None = None
    total_value: _Total | None = None


class _Config(msgspec.Struct):
    quota_total: int | None = None
    quota_duration: int | None = None


class _Quota(msgspec.Struct):
    quota_usage: int | None = None
    config: _Config | None = None


def without_urls(value: Any, depth: int = 0) -> Any:
    """`value` without the `next` and `previous` of every `paging` in it.  Raises BadAnswer when it has no bottom."""
    _bounded(depth)
    match value:
        case dict():
            return {
                key: without_urls(
                    {name: part for name, part in item.items() if name not in ("next", "previous")}
                    if key == "paging" and isinstance(item, dict)
                    else item,
                    depth + 1,
                )
                for key, item in value.items()
            }
        case list():
            return [without_urls(item, depth + 1) for item in value]
    return value


def _bounded(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise BadAnswer(f"Instagram's answer is nested more than {MAX_DEPTH} levels deep")


def page(
    raw: Any, kind: type[T], each: Callable[[Any], Any] | None = None, *, asked: str | None = None, where: str
) -> Page[T]:
    """`raw` as a page; the last one when `next` is missing (its cursors may still be there) or leads nowhere new."""
    held = raw.get("data") if isinstance(raw, dict) else None
    plain = {**raw, "data": [(each or _plain)(item) for item in held]} if isinstance(held, list) else raw
    listing: _Listing[T] = _convert(plain, _Listing[kind], where)  # type: ignore[valid-type]
    cursors = (listing.paging.cursors if listing.paging else None) or _Cursors()
    after = cursors.after if listing.paging and listing.paging.next and cursors.after != asked else None
    return Page(items=listing.data or (), after=after, before=cursors.before, raw=without_urls(raw))


def media(raw: Any, where: str = "media") -> Media:
    """One media item.  Raises BadAnswer, as everything here."""
    return _convert(_media(raw), Media, where)


def media_page(raw: Any, *, asked: str | None = None, where: str = "media") -> Page[Media]:
    """A page of media; `asked` is the cursor that it was asked with."""
    return page(raw, Media, _media, asked=asked, where=where)


def comment(raw: Any, where: str = "comment") -> Comment:
    """One comment with its replies."""
    return _convert(_comment(raw), Comment, where)


def comment_page(raw: Any, *, media_id: str, asked: str | None = None, where: str = "comments") -> Page[Comment]:
    """A page of comments on `media_id`."""
    return page(raw, Comment, lambda item: _comment(item, media_id), asked=asked, where=where)


def thread_page(raw: Any, *, asked: str | None = None, where: str = "recent comments") -> Page[Thread]:
    """A page of media that were asked for with their comments."""

    def thread(item: Any) -> Any:
        if not isinstance(item, dict):
            return item
        held = _convert(item, _Owner, where).comments or _Listing()
        comments = [_comment(entry, _plain(item).get("id")) for entry in held.data or ()]
        more = held.paging is not None and bool(held.paging.next)
        after = held.paging.cursors.after if more and held.paging and held.paging.cursors else None
        return {"media": _media(item), "comments": comments, "more": more, "after": after}

    return page(raw, Thread, thread, asked=asked, where=where)


def user(raw: Any, where: str = "account") -> User:
    """The account.  graph.facebook.com has no `user_id`: its `id` is that one."""
    plain = _plain(raw)
    if isinstance(plain, dict):
        plain = {"user_id": plain.get("id"), **plain, "raw": without_urls(raw)}
    return _convert(plain, User, where)


def container(raw: Any, where: str = "container") -> Container:
    """The state of a container.  `status_code` can be missing while `status` tells the same in words."""
    found = _convert(_plain(raw), Container, where)
    if not found.status_code and found.status:
        word = found.status.partition(":")[0].strip().upper().replace(" ", "_")
        found = msgspec.structs.replace(found, status_code=word)
    return found


def identity(raw: Any, where: str) -> str:
    """The `id` of an answer that holds nothing else of interest."""
    return _convert(_plain(raw), _Identity, where).id


class _Identity(msgspec.Struct):
    id: str


def publishing_limit(raw: Any, where: str = "publishing limit") -> PublishingLimit:
    """How much of the daily quota is used."""
    quota = next(iter(_convert(raw, _Listing[_Quota], where).data or ()), _Quota())
    config = quota.config or _Config()
    return PublishingLimit(used=quota.quota_usage, total=config.quota_total, duration=config.quota_duration)


def insights(raw: Any, where: str = "insights") -> tuple[Insight, ...]:
    """The metrics of an answer `{data: […]}`, without those that hold no number at all."""
    listing = _convert(_whole(raw), _Listing[_Insight], where)
    return tuple(found for found in map(_insight, listing.data or ()) if found is not None)


def _insight(wire: _Insight) -> Insight | None:
    points = tuple(
        Point(value=value.value, end_time=value.end_time) for value in wire.values or () if value.value is not None
    )
    total = wire.total_value.value if wire.total_value else None
    if total is None and len(points) == 1 and points[0].end_time is None and not isinstance(points[0].value, dict):
        total, points = points[0].value, ()  # a number of one media item comes as a series of one value without a time
    breakdowns = tuple(
        Breakdown(
            keys=part.dimension_keys or (),
            results=tuple(
                (result.dimension_values or (), result.value)
                for result in part.results or ()
                if result.value is not None
            ),
        )
        for part in (wire.total_value.breakdowns if wire.total_value else None) or ()
        if part.results
    )
    if total is None and not points and not breakdowns:
        return None
    return Insight(
        name=wire.name,
        period=wire.period or "",
        title=wire.title or SafeText(),
        points=points,
        total=total,
        breakdowns=breakdowns,
    )


def _whole(raw: Any, depth: int = 0) -> Any:
    """`raw` with every string in it made safe; times stay as they are."""
    _bounded(depth)
    match raw:
        case dict():
            return {key: _time(item) if key in _TIMES else _whole(item, depth + 1) for key, item in raw.items()}
        case list():
            return [_whole(item, depth + 1) for item in raw]
        case str():
            return SafeText(raw)
    return raw


def _time(value: Any) -> Any:
    """A time with an offset; None for one so far away that no calendar could move it to another zone."""
    if not isinstance(value, str) or not re.match(r"\d{4}-", value):
        return value
    if not "1970" <= value[:4] <= "2200":
        return None
    return value + "Z" if re.search(r"T\d\d:\d\d(:\d\d)?$", value) else value


def _plain(raw: Any) -> Any:
    """One object as its model wants it: no nulls, ids as strings, times with an offset, strings safe to show."""
    if not isinstance(raw, dict):
        return raw
    plain: dict[str, Any] = {}
    for key, value in raw.items():
        if value is None:
            continue
        if key in _IDS and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if key in _TIMES:
            plain[key] = _time(value)
        else:
            plain[key] = SafeText(value) if isinstance(value, str) else value
    return plain


def _media(raw: Any) -> Any:
    plain = _plain(raw)
    if isinstance(plain, dict):
        plain["raw"] = without_urls(raw)
        plain["children"] = _nested(plain.get("children"), _plain)
    return plain


def _comment(raw: Any, media_id: Any = None) -> Any:
    plain = _plain(raw)
    if isinstance(plain, dict):
        plain["raw"] = without_urls(raw)
        author, parent = _plain(plain.get("from")), _plain(plain.get("media"))
        if isinstance(author, dict) and "username" in author:
            plain.setdefault("username", author["username"])
        plain["media_id"] = parent.get("id", media_id) if isinstance(parent, dict) else media_id
        replies = _nested(plain.get("replies"), lambda reply: _comment(reply, plain["media_id"]))
        if isinstance(replies, list):
            for reply in replies:
                if isinstance(reply, dict):
                    reply.setdefault("parent_id", plain.get("id"))
        plain["replies"] = replies
    return plain


def _nested(value: Any, each: Callable[[Any], Any]) -> Any:
    """The items of an expanded field, which comes as `{data: […]}`."""
    if value is None:
        return []
    items = value.get("data") or [] if isinstance(value, dict) else value
    return [each(item) for item in items] if isinstance(items, list) else items


def _convert(value: Any, kind: type[T], where: str) -> T:
    try:
        return msgspec.convert(value, kind, dec_hook=_hook)
    except (msgspec.ValidationError, OverflowError, RecursionError) as error:
        reason, _, path = str(error).partition(" - at `$")
        field = path.rstrip("`").lstrip(".") or "the whole of it"
        raise BadAnswer(f"Instagram's answer ({where}) is not as documented: {field}: {reason}") from None


def _hook(kind: type, value: Any) -> Any:
    if kind is SafeText and isinstance(value, str):
        return value if isinstance(value, SafeText) else SafeText(value)
    raise TypeError(f"Expected `str`, got `{type(value).__name__}`")
