"""`/media` and `/media_publish`: checks, containers, quota, and the item that comes out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, get_args

from kosmo_tui.sandbox.instagram.call import Call
from kosmo_tui.sandbox.instagram.containers import Container, Kind
from kosmo_tui.sandbox.instagram.errors import GraphError, invalid, required, spam_block
from kosmo_tui.sandbox.instagram.fixtures import Fate
from kosmo_tui.sandbox.instagram.seed import add_child, new_media
from kosmo_tui.sandbox.instagram.world import Account

CAPTION_LIMIT = 2200
HASHTAG_LIMIT = 30
MENTION_LIMIT = 20
ALT_TEXT_LIMIT = 1000
CHILDREN = (2, 10)
_LONGEST_THUMB = 15 * 60 * 1000
_TRIAL_FOLLOWERS = 1000
_HASHTAG = re.compile(r"(?<![\w&/])#\w")
_MENTION = re.compile(r"(?<![\w/])@\w")
_KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}


def _parameter(subcode: int, title: str, text: str, transient: bool | None = False) -> GraphError:
    return GraphError(100, "Invalid parameter", subcode, style="oauth", transient=transient, title=title, text=text)


def not_ready() -> GraphError:
    """9007/2207027: the container is not FINISHED."""
    return GraphError(
        9007,
        "Media ID is not available",
        2207027,
        style="oauth",
        transient=False,
        title="Media not ready for publishing",
        text="The media is not ready for publishing, please wait for a moment",
    )


def gone(identifier: str = "") -> GraphError:
    """24: the container is unknown or expired (2207008, with its id), or went away (2207006)."""
    if not identifier:
        return GraphError(24, "The requested resource does not exist", 2207006, style="oauth")
    text = f"The media builder with creation id = {identifier} does not exist or has been expired."
    return GraphError(24, "The requested resource does not exist", 2207008, style="oauth", text=text)


def quota_reached() -> GraphError:
    """9/2207042: as much as a day allows."""
    return GraphError(
        9,
        "Application request limit reached",
        2207042,
        style="oauth",
        transient=False,
        text="You reached maximum number of posts that is allowed to be published by Content Publishing API.",
    )


def create(call: Call, account: Account) -> Mapping[str, Any]:
    """`POST /{ig-user}/media`: a container, `{"id"}`, and `uri` for a resumable upload."""
    call.may("content_publish")
    asked = call.parameters
    recent = [made for made in account.containers if call.now - made.created < timedelta(days=1)]
    if len(recent) >= call.switches.container_quota:
        raise quota_reached()
    kind, child = _kind(call)
    caption = "" if child or kind == "STORIES" else asked.text("caption")
    _check_texts(call, caption, kind)
    resumable = asked.text("upload_type") == "resumable"
    if resumable and call.flavour == "instagram":
        raise invalid("Param upload_type is not supported")
    children: list[Container] = []
    source, is_video, fate = "", False, Fate()
    if kind == "CAROUSEL":
        children = _children(call, account)
    elif resumable:
        is_video = True
    else:
        source, is_video = _source(call, kind)
        fate = call.fetcher.video(source) if is_video else call.fetcher.image(source, story=kind == "STORIES")
        if is_video and "cover_url" in asked:
            call.fetcher.image(asked.text("cover_url"), story=True)
    container = Container(
        call.world.new_id("179"),
        account,
        kind,
        call.now,
        None,
        fate,
        timedelta(hours=call.switches.container_hours),
        caption,
        asked.text("alt_text"),
        source,
        is_video,
        child,
        asked.text("share_to_feed") != "false",
        children,
    )
    if not resumable:
        container.ready = call.now + _processing(call, container)
    account.containers.append(container)
    call.world.add(container)
    if resumable:
        return {"id": container.id, "uri": f"{call.base}/ig-api-upload/{call.version}/{container.id}"}
    return {"id": container.id}


def _kind(call: Call) -> tuple[Kind, bool]:
    asked = call.parameters
    name = asked.text("media_type")
    child = asked.flag("is_carousel_item")
    if name and (name not in _KINDS or (name == "IMAGE" and not call.switches.image_type)):
        raise _parameter(2207023, "Unknown media type", f"The media type {name} is unknown.")
    if not child and (name == "VIDEO" or (not name and "video_url" in asked)):
        raise _parameter(
            2207067,
            "Media type VIDEO is not supported",
            "The VIDEO value for media_type is no longer supported. Use the REELS media type to publish a video to "
            "your Instagram feed.",
            transient=None,
        )
    if child and name in {"REELS", "STORIES", "CAROUSEL"}:
        raise invalid(f"A carousel item cannot have the media type {name}")
    if child and not name:
        name = "VIDEO" if "video_url" in asked else "IMAGE"
    return _KINDS[name or "IMAGE"], child


def _check_texts(call: Call, caption: str, kind: Kind) -> None:
    asked = call.parameters
    if len(caption) > CAPTION_LIMIT or len(_HASHTAG.findall(caption)) > HASHTAG_LIMIT:
        raise GraphError(
            36004,
            "The caption was too long.",
            2207010,
            style="oauth",
            transient=False,
            title="Caption too long",
            text=f"The caption has {len(caption)} characters; {CAPTION_LIMIT} characters and {HASHTAG_LIMIT} hashtags "
            "are allowed.",
        )
    if len(_MENTION.findall(caption)) > MENTION_LIMIT:
        raise _parameter(2207040, "Too many tags", f"Cannot use more than {MENTION_LIMIT} tags in the caption.")
    if len(asked.text("alt_text")) > ALT_TEXT_LIMIT:
        raise invalid(f"Param alt_text must be at most {ALT_TEXT_LIMIT} characters long")
    if "alt_text" in asked and kind not in {"IMAGE"}:
        raise invalid("Param alt_text is only supported for images")
    if "location_id" in asked and not asked.text("location_id").isdigit():
        raise invalid("INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID")
    if len(asked.items("collaborators")) > 3 or ("collaborators" in asked and kind == "STORIES"):
        raise invalid("Param collaborators must have at most 3 items, and none for stories")
    for tag in asked.objects("user_tags"):
        if not tag.get("username"):
            raise invalid("Param user_tags: every tag needs a username")
    if len(asked.objects("product_tags")) > 5:
        raise _parameter(2207035, "Too many product tags", "At most 5 products can be tagged.")
    if not 0 <= asked.integer("thumb_offset", 0) <= _LONGEST_THUMB:
        raise GraphError(
            1,
            "The thumbnail offset is out of range",
            2207057,
            style="oauth",
            transient=False,
            title="Invalid thumbnail offset",
            text="The thumbnail offset must lie within the video.",
        )
    if "trial_params" in asked:
        account = call.token.accounts[0]
        if kind != "REELS" or call.figures.followers(account, call.now) < _TRIAL_FOLLOWERS:
            raise _parameter(2207081, "Trial reels are not available", "This account cannot publish trial reels.")


def _source(call: Call, kind: Kind) -> tuple[str, bool]:
    """The URL that counts, and whether it is a video."""
    asked = call.parameters
    if kind in {"REELS", "VIDEO"} or (kind == "STORIES" and "video_url" in asked):
        return asked.need("video_url"), True
    return asked.need("image_url"), False


def _children(call: Call, account: Account) -> list[Container]:
    identifiers = call.parameters.items("children")
    if not CHILDREN[0] <= len(identifiers) <= CHILDREN[1]:
        raise _parameter(
            2207028, "Wrong number of carousel items", "A carousel needs at least 2 and at most 10 photos and videos."
        )
    children = []
    for identifier in identifiers:
        child = call.world.objects.get(identifier)
        if not isinstance(child, Container) or child.account is not account or child.state(call.now) == "EXPIRED":
            raise gone(identifier)
        if not child.is_child:
            raise invalid(f"The container {identifier} was not created with is_carousel_item")
        if child.state(call.now) != "FINISHED" and call.switches.unfinished_children == "refuse":
            raise not_ready()
        children.append(child)
    return children


def _processing(call: Call, container: Container) -> timedelta:
    """How long it takes to become FINISHED."""
    low, high = call.switches.video_seconds if container.is_video else call.switches.image_seconds
    if container.fate.slow:
        low = high = call.switches.slow_video_seconds
    return timedelta(seconds=call.random(container.id).uniform(low, high))


def upload(call: Call, container: Container) -> Mapping[str, Any]:
    """`POST rupload/ig-api-upload/{version}/{container}`: the bytes have come, processing begins."""
    call.may("content_publish")
    if container.ready is None:
        container.ready = call.now + _processing(call, container)
    return {"success": True, "message": "Upload successful."}


def publish(call: Call, account: Account) -> Mapping[str, Any]:
    """`POST /{ig-user}/media_publish`: the container becomes an item, `{"id"}`; never twice."""
    call.may("content_publish")
    if "creation_id" not in call.parameters:
        raise required("creation_id")
    identifier = call.parameters.text("creation_id")
    container = call.world.objects.get(identifier)
    if not isinstance(container, Container) or container.account is not account:
        raise gone(identifier)
    if container.published:
        if call.switches.second_publish == "same_id":
            return {"id": container.published.id}
        raise gone()
    state = container.state(call.now)
    if state == "EXPIRED":
        raise gone(identifier)
    if container.is_child:
        raise _parameter(
            2207089,
            "Carousel item cannot be published standalone",
            "Media created with media_type=VIDEO is a carousel item and cannot be published as a standalone post. To "
            "publish a standalone video, use media_type=REELS instead.",
        )
    if state != "FINISHED":
        raise not_ready()
    if container.fate.vanishes:
        raise gone()
    recent = [moment for moment in account.published if call.now - moment < timedelta(days=1)]
    if len(recent) >= call.switches.publish_quota:
        raise quota_reached()
    _go_live(call, account, container)
    if container.fate.spam:
        raise spam_block()
    assert container.published
    return {"id": container.published.id}


def _go_live(call: Call, account: Account, container: Container) -> None:
    now = call.now.replace(microsecond=0)
    media = new_media(call.world, account, container.kind, now, container.caption, call.random(container.id, "numbers"))
    if container.kind == "STORIES" and container.is_video:
        media.type = "VIDEO"
    media.alt_text, media.shared_to_feed, media.container = container.alt_text, container.shared_to_feed, container.id
    for item in container.children:
        add_child(call.world, media, "VIDEO" if item.is_video else "IMAGE", item.alt_text)
        item.published = media.children[-1]
    account.media.insert(0, media)
    account.published.append(call.now)
    container.published = media
