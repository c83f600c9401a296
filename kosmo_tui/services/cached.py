"""Posts, media, comments and accounts as the store keeps them: JSON with every text as its service sent it.

Reading is tolerant: another kosmo, older or newer, may have written it.  What cannot be read is left out, for it can be
fetched again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from kosmo_tui.api.buffer.models import Status, Update
from kosmo_tui.api.safe_text import SafeText
from kosmo_tui.store.cache import Item

if TYPE_CHECKING:
    from kosmo_tui.api.instagram.models import Comment, Media

Model = TypeVar("Model")


def encode(what: Any) -> str:
    """A model, or a tuple of models, as JSON; characters that are none (lone surrogates) become question marks."""
    return _ENCODER.encode(what).decode()


def decode(content: str, kind: type[Model]) -> Model | None:
    """The model in `content` (a class, or e.g. `tuple[Profile, ...]`); None when it cannot be read as one."""
    try:
        found: Any = _decoder(cast(Any, kind)).decode(content)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    if isinstance(found, Update) and found.metadata:
        found = msgspec.structs.replace(found, metadata=_safe(found.metadata))
    return cast(Model, found)


def decode_all(items: Iterable[Item], kind: type[Model]) -> list[Model]:
    """The models in `items`, without those that cannot be read."""
    return [found for item in items if (found := decode(item.content, kind)) is not None]


def update_of(row: Item) -> Update:
    """The post in a row; what else the row says of it when its content cannot be read."""
    return decode(row.content, Update) or Update(
        id=row.id,
        profile_id=row.parent,
        profile_service="",
        status=cast(Status, row.status),
        text=SafeText(row.text),
        scheduled_at=row.at,
    )


def media_of(row: Item) -> Media:
    """The item of Instagram in a row; what else the row says of it when its content cannot be read."""
    from kosmo_tui.api.instagram.models import Media  # a Buffer account needs none of it

    return decode(row.content, Media) or Media(id=row.id, caption=SafeText(row.text), timestamp=row.at)


def words_of_update(update: Update) -> str:
    """What a search looks at in a post."""
    return _words(update.text, *update.thread[1:], *(media.alt_text for media in update.media), *update.tags)


def words_of_media(media: Media) -> str:
    """What a search looks at in an item of Instagram."""
    return _words(media.caption, media.alt_text)


def service_of(row: Item) -> str:
    """The network of the post in a row; to read all of the post takes many times as long."""
    found = decode(row.content, _Service)
    return found.profile_service if found is not None else ""


class _Service(msgspec.Struct):
    profile_service: str = ""


def of_update(account: str, update: Update, seen_at: datetime) -> Item:
    """A post of Buffer: its parent is the profile, its time the one at which it goes or went out."""
    return Item(
        account=account,
        kind="post",
        id=update.id,
        parent=update.profile_id,
        status=update.status,
        at=update.scheduled_at or update.due_at or update.sent_at,
        text=words_of_update(update),
        content=encode(update),
        seen_at=seen_at,
    )


def of_media(account: str, media: Media, seen_at: datetime) -> Item:
    """A published item of Instagram, without the JSON it was decoded from."""
    return Item(
        account=account,
        kind="media",
        id=media.id,
        at=media.timestamp,
        text=words_of_media(media),
        content=encode(msgspec.structs.replace(media, raw={})),
        seen_at=seen_at,
    )


def of_comment(account: str, media_id: str, comment: Comment, seen_at: datetime) -> Item:
    """A comment with its replies, without the JSON they were decoded from; its parent is the item it stands under."""
    replies = (text for reply in comment.replies for text in (reply.username, reply.text))
    return Item(
        account=account,
        kind="comment",
        id=comment.id,
        parent=media_id,
        status="hidden" if comment.hidden else "",
        at=comment.timestamp,
        text=_words(comment.username, comment.text, *replies),
        content=encode(_bare(comment)),
        seen_at=seen_at,
    )


def _bare(comment: Comment) -> Comment:
    return msgspec.structs.replace(comment, raw={}, replies=tuple(map(_bare, comment.replies)))


def _safe(value: Any) -> Any:
    """JSON values with every string safe to display: the shapes of metadata are the networks', so no type says it."""
    match value:
        case str():
            return SafeText(value)
        case dict():
            return {key: _safe(item) for key, item in value.items()}
        case list():
            return [_safe(item) for item in value]
    return value


def _words(*texts: str | None) -> str:
    return "\n".join(text for text in texts if text)


def _raw(value: Any) -> str:
    if isinstance(value, SafeText):
        return value.raw.encode(errors="replace").decode()
    raise NotImplementedError(f"{type(value).__name__} cannot be kept")


def _text(kind: type, value: Any) -> Any:
    if kind is SafeText and isinstance(value, str):
        return SafeText(value) if value else _EMPTY
    raise TypeError(f"Expected `str`, got `{type(value).__name__}`")


_EMPTY = SafeText()
_ENCODER = msgspec.json.Encoder(enc_hook=_raw)


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind, dec_hook=_text)
