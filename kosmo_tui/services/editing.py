"""What can be done to a post that Buffer keeps: which changes it allows, why not the others, and the orders for them.

Buffer tells the changes it allows with every post (`allowed_actions`); nothing is guessed beyond them.  The names of
the changes are those of the keys that ask for them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from msgspec.structs import replace

from kosmo_tui.api.buffer.attachments import media_of
from kosmo_tui.api.buffer.editing import change
from kosmo_tui.api.buffer.models import Media, Status, Update
from kosmo_tui.api.errors import KosmoError
from kosmo_tui.api.safe_text import SafeText
from kosmo_tui.compose.draft import Draft, Target, thread_items
from kosmo_tui.compose.findings import Finding
from kosmo_tui.compose.when import When
from kosmo_tui.services.metadata import THREADED, metadata
from kosmo_tui.services.orders import Order, buffer_media, summary
from kosmo_tui.services.reuse import draft_like
from kosmo_tui.store.records import Kind

_BEFORE = datetime.min.replace(tzinfo=UTC)
Change = Literal["edit", "reschedule", "to_top", "to_bottom", "to_draft", "again", "duplicate", "delete"]

# Any one of these of Buffer's `PostAction`s allows the change.
_NEEDS: dict[Change, tuple[str, ...]] = {
    "edit": ("updatePost",),
    "reschedule": ("updatePostSchedule",),
    "to_top": ("publishPostNext",),
    "to_bottom": ("addPostToQueue", "updatePostSchedule"),
    "to_draft": ("movePostToDraft", "revertPostApprovalRequest"),
    "again": ("addPostToQueue", "updatePostSchedule", "duplicatePost"),
    "delete": ("deletePost",),
}
# What a person would find first, by the state of the post.
_OFFERED: dict[str, tuple[Change, ...]] = {
    "error": ("again", "edit", "reschedule", "to_draft", "delete", "duplicate"),
    "scheduled": ("edit", "reschedule", "to_top", "to_bottom", "to_draft", "delete", "duplicate"),
    "needs_approval": ("edit", "reschedule", "to_draft", "delete", "duplicate"),
    "draft": ("edit", "reschedule", "to_top", "to_bottom", "delete", "duplicate"),
}
_MODES: dict[str, tuple[str, ...]] = {
    "queue": ("addPostToQueue", "updatePostSchedule"),
    "top": ("publishPostNext",),
    "now": ("publishPostNow",),
    "at": ("updatePostSchedule",),
}
_WORDS: dict[Change, str] = {
    "edit": "changed",
    "reschedule": "given another time",
    "to_top": "moved to the front",
    "to_bottom": "moved to the end",
    "to_draft": "turned into a draft",
    "again": "sent again",
    "duplicate": "used again",
    "delete": "deleted",
}


def changes(update: Update) -> tuple[Change, ...]:
    """What can be done to `update` now, the most wanted first."""
    offered = _OFFERED.get(update.status, ("duplicate",))
    return tuple(change for change in offered if not refusal(update, change))


def refusal(update: Update, change: Change) -> str:
    """Why `change` cannot be done to `update`, as a sentence; empty when it can."""
    match update.status, change:
        case _, "duplicate":
            return ""  # a new post: Buffer is not asked about the old one
        case "sent", "delete":
            return "It has gone out: Buffer can no longer take it back. Delete it at the network itself."
        case "sent", _:
            return f"It has gone out: it cannot be {_WORDS[change]} any more."
        case "sending", _:
            return "It is being sent right now: wait for what becomes of it."
        case "draft", "to_draft":
            return "It is a draft already."
        case "needs_approval", "to_top" | "to_bottom":
            return "It waits for approval: it has no place in the queue before."
        case status, "again" if status != "error":
            return "It has not failed: there is nothing to try again."
    if not set(_NEEDS[change]) & set(update.allowed_actions):
        return f"Buffer does not allow that this post is {_WORDS[change]}."
    return ""


def stays_itself(update: Update) -> bool:
    """Whether a failed post can go into the queue itself, so that no second one is made."""
    return bool(set(_MODES["queue"]) & set(update.allowed_actions))


def untimely(update: Update, when: When) -> str:
    """Why `update` cannot be given the time `when`, as a sentence; empty when it can."""
    if when.mode == "queue" and update.status == "scheduled" and not update.custom_scheduled:
        return "It has a slot of the queue already: give a time, or move it to the front or the end"
    if not set(_MODES[when.mode]) & set(update.allowed_actions):
        return "Buffer does not allow this time for this post"
    return ""


def standing(update: Update, now: datetime) -> str | None:
    """What a composer that changes `update` shows as its time, and left like that, keeps; None: there is none to keep.

    A draft has no time and stays a draft.  A failed post gets a time by every change, else it would only fail to go
    out once more.
    """
    at = update.scheduled_at
    if update.status == "draft":
        return ""
    if update.status != "error" and at is not None and at > now:
        return at.isoformat(timespec="seconds")
    return None


# The orders.  `target` is the profile of the post.


def move(update: Update, target: Target, position: Literal["top", "bottom"]) -> Order:
    """To the front or the end of the queue; a post that is not in the queue yet gets its place there."""
    if update.status == "scheduled":
        return _order("move", update, target, {"position": position})
    return reschedule(update, target, When("top" if position == "top" else "queue"))


def reschedule(update: Update, target: Target, when: When) -> Order:
    """Another time; a draft and a failed post are scheduled by it."""
    arguments = {"mode": when.mode, "scheduled_at": when.iso}
    return _order("edit", update, target, arguments, at=when.at, now=when.mode == "now")


def to_draft(update: Update, target: Target) -> Order:
    """Out of the queue, and kept at Buffer as a draft."""
    return _order("edit", update, target, {"save_to_draft": True})


def delete(update: Update, target: Target) -> Order:
    """Away with it; `restore` makes an equal one."""
    return _order("delete", update, target, {})


def again(update: Update, target: Target, when: When) -> Order:
    """A failed post once more: the same post where Buffer allows that it is scheduled, else a new one like it."""
    if set(_MODES[when.mode]) & set(update.allowed_actions):
        return reschedule(update, target, when)
    times = {"now": when.mode == "now", "next": when.mode == "top", "scheduled_at": when.iso}
    return _order("create", update, target, _content(update) | times, at=when.at, now=when.mode == "now")


def revise(update: Update, target: Target, draft: Draft, when: When | None = None) -> Order | None:
    """What makes of `update` the post that `draft` says, at another time unless `when` is None; None: nothing differs.

    Only what differs from `draft_like(update)` is changed: what a draft cannot show (tags in images, documents) stays
    as it is.
    """
    post, before = draft.on(target.key), draft_like(update)
    arguments: dict[str, Any] = {}
    if post.text != before.text:
        arguments["text"] = _items(post, target)[0]
    if post.media != before.media:
        arguments["media"] = buffer_media(post) or {}
    old, new = (_beside(one, target) for one in (before, post))
    if old != new:
        # They go over what the post has; None takes away.
        arguments["metadata"] = {update.profile_service: dict.fromkeys(old) | new}
    if when is not None:
        arguments |= {"mode": when.mode, "scheduled_at": when.iso}
    if not arguments:
        return None
    at = when.at if when is not None else update.scheduled_at
    return _order("edit", update, target, arguments, at=at, now=when is not None and when.mode == "now")


def losses(update: Update, order: Order) -> tuple[str, ...]:
    """What the edit `order` of `update` cannot keep although nobody asked to change it, as sentences."""
    asked = {name: value for name, value in order.arguments.items() if name != "update_id"}
    try:
        names = change(moment=_BEFORE, **asked).plain_mentions(update) if order.kind == "edit" else ()
    except KosmoError:  # it is refused, with a reason
        return ()
    return tuple(f"“{name}” may be plain text afterwards: Buffer does not take this mention again" for name in names)


def lossy(update: Update, target: Target, draft: Draft) -> tuple[Finding, ...]:
    """What `update` would lose if it became what `draft` says, as warnings: told before it is sent, as after it."""
    order = revise(update, target, draft)
    return tuple(Finding("warning", "lost", lost) for lost in losses(update, order)) if order is not None else ()


def restore(update: Update, target: Target, now: datetime) -> tuple[Order, str]:
    """A new post like the deleted `update`, and what about it is not as before, as a sentence ("" when all is).

    It gets its time when that is still ahead, else it is a draft: nothing goes out by surprise.
    """
    at = update.scheduled_at
    timed = update.status == "scheduled" and at is not None and at > now
    arguments = _content(update) | ({"scheduled_at": at.isoformat()} if timed and at else {"save_to_draft": True})
    lost: list[str] = []
    if not timed and update.status != "draft":
        lost.append("it is a draft, for its time is over" if at and at <= now else "it is a draft")
    if update.mentions and update.profile_service == "linkedin":
        lost.append(f"{', '.join(one.text for one in update.mentions)}: plain text, for Buffer takes no mention again")
    return _order("create", update, target, arguments, at=at if timed else None), "; ".join(lost)


def applied(update: Update, order: Order, at: datetime | None) -> Update | None:
    """`update` after the confirmed `order`, as far as the order tells; None when it is gone.  `at` is its time now."""
    given = order.arguments
    if order.kind == "delete":
        return None
    if "text" in given:
        update = replace(update, text=SafeText(given["text"]))
    if "media" in given:
        update = replace(update, media=_media(given["media"]))
    if given.get("save_to_draft"):
        return replace(update, status="draft", scheduled_at=None, due_at=None)
    status: Status = update.status
    mode = given.get("mode")
    if mode == "now":
        status = "sending"
    elif mode is not None and status in ("draft", "error"):
        status = "scheduled"
    custom = mode == "at" if mode is not None or order.kind == "move" else update.custom_scheduled
    failure = update.error if status == "error" else None
    when = at or update.scheduled_at
    return replace(update, status=status, scheduled_at=when, due_at=when, custom_scheduled=custom, error=failure)


def _media(given: dict[str, Any]) -> tuple[Media, ...]:
    """The `media` of an order as Buffer will tell it."""
    photos = zip(given.get("photo", ()), given.get("alt_text", ()), strict=False)
    images = [Media(type="image", url=url, alt_text=SafeText(alt)) for url, alt in photos]
    return (*images, *(Media(type="video", url=url) for url in given.get("video", ())))


def _items(post: Draft, target: Target) -> tuple[str, ...]:
    return thread_items(post.text) if target.network in THREADED else (post.text,)


def _beside(post: Draft, target: Target) -> dict[str, Any]:
    """What goes to the network beside text and media."""
    found = metadata(target, post.options, _items(post, target), buffer_media(post)) or {}
    return dict(found.get(target.network, {}))


def _content(update: Update) -> dict[str, Any]:
    """Everything of a post that `create_update` takes but its time: it can be made again as it was."""
    media = media_of(update)
    link = next((one for one in update.media if one.type == "link"), None)
    if not media["assets"]:
        carded = link is None or "linkAttachment" in update.metadata.get(update.profile_service, {})
        media = {} if carded or link is None else {"link": link.url}
    return {
        "text": update.text.raw,
        "media": media or None,
        "metadata": update.metadata or None,
        "tag_ids": list(update.tag_ids) or None,
        "scheduling_type": update.scheduling_type if update.scheduling_type == "notification" else None,
    }


def _order(
    kind: Kind,
    update: Update,
    target: Target,
    arguments: dict[str, Any],
    *,
    at: datetime | None = None,
    now: bool = False,
) -> Order:
    given = {name: value for name, value in arguments.items() if value not in (None, False)}
    about = {"profile_ids": [update.profile_id]} if kind == "create" else {"update_id": update.id}
    return Order(
        account=target.account,
        kind=kind,
        target=target.key,
        profile_id=str(update.profile_id),
        network=str(target.network),
        label=str(target.label),
        zone=str(target.zone),
        arguments=_plain(about | given),
        summary=summary(update.text.raw) or f"({len(update.media)} attached)",
        at=at,
        now=now,
    )


def _plain(value: Any) -> Any:
    """`value` with the texts as the service sent them, as JSON takes them."""
    match value:
        case SafeText():
            return str(value.raw)
        case dict():
            return {str(name): _plain(one) for name, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
    return value
