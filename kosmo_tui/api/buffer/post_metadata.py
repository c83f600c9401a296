"""`Post.metadata` as it comes over the wire → the metadata that `create_update` and `edit_update` take.

Buffer tells some of it in another shape than it takes it (a Pinterest board, a YouTube category, the details of a
Google Business post), and some of it must not be lost when a post is edited or made again.
"""

from __future__ import annotations

from typing import Any

import msgspec

from kosmo_tui.api.buffer.attachments import asset_input
from kosmo_tui.api.buffer.models import Media, Mention, UserTag
from kosmo_tui.api.safe_text import SafeText

_TYPED = ("instagram", "facebook", "googlebusiness")  # elsewhere the type follows from the post
_DETAILS = {
    "GoogleBusinessWhatsNewMetaData": "detailsWhatsNew",
    "GoogleBusinessOfferMetaData": "detailsOffer",
    "GoogleBusinessEventMetaData": "detailsEvent",
}
_PLAIN = {
    "first_comment": "firstComment",
    "title": "title",
    "spoiler_text": "spoilerText",
    "topic": "topic",
    "link": "link",
    "url": "url",
    "location_id": "locationId",
    "location_name": "locationName",
    "is_ai_generated": "isAiGenerated",
    "should_share_to_feed": "shouldShareToFeed",
    "embeddable": "embeddable",
    "license": "license",
    "made_for_kids": "madeForKids",
    "notify_subscribers": "notifySubscribers",
    "privacy": "privacy",
    "geolocation": "geolocation",
    "sticker_fields": "stickerFields",
}


class _Wire(msgspec.Struct, rename="camel"):
    pass


class _UserTag(_Wire):
    handle: SafeText
    x: float
    y: float


class _About(_Wire):
    alt_text: SafeText = SafeText()
    width: int | None = None
    height: int | None = None
    title: SafeText = SafeText()
    thumbnail_offset: int | None = None
    user_tags: tuple[_UserTag, ...] = ()


class Asset(_Wire):
    """An image, a video or a document."""

    type: SafeText = SafeText("image")
    source: SafeText = SafeText()
    thumbnail: SafeText = SafeText()
    image: _About | None = None
    video: _About | None = None
    document: _About | None = None

    def model(self) -> Media:
        """As a `Media`."""
        about = self.image or self.video or self.document or _About()
        return Media(
            type=self.type,
            url=self.source,
            thumbnail=self.thumbnail,
            alt_text=about.alt_text,
            width=about.width,
            height=about.height,
            title=about.title,
            thumbnail_offset=about.thumbnail_offset,
            user_tags=tuple(UserTag(tag.handle, tag.x, tag.y) for tag in about.user_tags),
        )


class _Link(_Wire):
    url: SafeText = SafeText()
    title: SafeText = SafeText()
    text: SafeText = SafeText()
    thumbnail: SafeText = SafeText()

    def given(self) -> dict[str, Any]:
        found: dict[str, Any] = {"url": self.url, "title": self.title, "description": self.text}
        if self.thumbnail:
            found["thumbnail"] = {"url": self.thumbnail}
        return {key: value for key, value in found.items() if value}


class _Annotation(_Wire):
    """Something in a text: a mention that somebody placed, or what Buffer has found by itself (links, hashtags, …)."""

    type: SafeText = SafeText()
    content: SafeText = SafeText()
    text: SafeText = SafeText()
    url: SafeText = SafeText()
    indices: tuple[int, ...] = ()

    @property
    def is_placed(self) -> bool:
        """Buffer finds an `@handle` by itself; a page or a person that somebody chose goes by its name."""
        found = self.type == "mention" and self.text.startswith("@")
        return self.type in ("annotation", "mention") and not found and len(self.indices) == 2

    def given(self) -> dict[str, Any]:
        return {"content": self.content, "text": self.text, "url": self.url, "indices": list(self.indices)}


class _Part(_Wire):
    text: SafeText = SafeText()
    assets: tuple[Asset, ...] = ()

    def given(self) -> dict[str, Any]:
        return {"text": self.text, "assets": [asset_input(asset.model()) for asset in self.assets]}


class _Board(_Wire):
    service_id: SafeText = SafeText()


class _Category(_Wire):
    category_id: SafeText = SafeText()


class _Retweet(_Wire):
    id: SafeText = SafeText()
    text: SafeText = SafeText()


class _Details(_Wire):
    """Any member of the union `GoogleBusinessPostDetails`."""

    typename: SafeText = msgspec.field(default=SafeText(), name="__typename")
    button: SafeText | None = None
    code: SafeText | None = None
    end_date: SafeText | None = None
    is_full_day_event: bool | None = None
    link: SafeText | None = None
    start_date: SafeText | None = None
    terms: SafeText | None = None
    title: SafeText | None = None

    def given(self) -> dict[str, dict[str, Any]]:
        name = _DETAILS.get(self.typename)
        if name is None:
            return {}
        fields = {field.encode_name: getattr(self, field.name) for field in msgspec.structs.fields(self)}
        return {name: {key: value for key, value in fields.items() if key != "__typename" and value is not None}}


class PostMetadata(_Wire):
    """Any member of the union `PostMetadata`: each network fills some of the fields."""

    type: SafeText = SafeText()
    first_comment: SafeText | None = None
    title: SafeText | None = None
    spoiler_text: SafeText | None = None
    topic: SafeText | None = None
    link: SafeText | None = None
    url: SafeText | None = None
    location_id: SafeText | None = None
    location_name: SafeText | None = None
    is_ai_generated: bool | None = None
    should_share_to_feed: bool | None = None
    embeddable: bool | None = None
    license: SafeText | None = None
    made_for_kids: bool | None = None
    notify_subscribers: bool | None = None
    privacy: SafeText | None = None
    geolocation: dict[str, SafeText] | None = None
    sticker_fields: dict[str, SafeText] | None = None
    board: _Board | None = None
    category: _Category | None = None
    retweet: _Retweet | None = None
    details: _Details | None = None
    link_attachment: _Link | None = None
    thread: tuple[_Part, ...] = ()
    annotations: tuple[_Annotation, ...] = ()

    def mentions(self) -> tuple[Mention, ...]:
        """Those that somebody placed."""
        placed = (one for one in self.annotations if one.is_placed)
        return tuple(Mention(text=one.text, start=one.indices[0], end=one.indices[1]) for one in placed)

    def card(self) -> Media | None:
        """The link card as a `Media`."""
        link = self.link_attachment
        if link is None:
            return None
        return Media(type="link", url=link.url, thumbnail=link.thumbnail, alt_text=link.title)

    def given(self, service: str) -> dict[str, dict[str, Any]]:
        """The metadata as it is given to Buffer: `{service: {…}}`, or {} when there is none."""
        found: dict[str, Any] = {
            name: value for field, name in _PLAIN.items() if (value := getattr(self, field)) not in (None, "", {})
        }
        if not self.is_ai_generated:
            found.pop("isAiGenerated", None)
        if self.type and service in _TYPED:
            found["type"] = self.type
        if self.board is not None and self.board.service_id:
            found["boardServiceId"] = self.board.service_id
        if self.category is not None and self.category.category_id:
            found["categoryId"] = self.category.category_id
        if self.retweet is not None and self.retweet.id:
            found["retweet"] = {"id": self.retweet.id, "comment": self.retweet.text}
        if self.link_attachment is not None and self.link_attachment.url:
            found["linkAttachment"] = self.link_attachment.given()
        if self.thread:
            found["thread"] = [part.given() for part in self.thread]
        if service == "facebook" and (placed := [one.given() for one in self.annotations if one.is_placed]):
            found["annotations"] = placed
        if self.details is not None:
            found |= self.details.given()
        return {service: found} if found else {}
