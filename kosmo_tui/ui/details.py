"""Everything about one item, as the detail view shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from textual.content import Content

from kosmo_tui.api.buffer.models import Media as Attachment
from kosmo_tui.api.buffer.models import Profile, Update
from kosmo_tui.api.instagram.models import Comment, Media
from kosmo_tui.api.safe_text import clean
from kosmo_tui.compose.draft import Target
from kosmo_tui.compose.lint import of_target
from kosmo_tui.services.editing import changes
from kosmo_tui.services.explain import explain, profile_problem, profile_state, said
from kosmo_tui.services.reuse import draft_like
from kosmo_tui.services.slots import Slot, zone_of
from kosmo_tui.ui.actions import action
from kosmo_tui.ui.lines import Line, block, heading, hint, lines, moment
from kosmo_tui.ui.text import distance, human, mark, muted, network, plural

Key = Callable[[str], str]
"""The key that is shown for an action, by the name of the action."""


def update_detail(
    update: Update, target: Target | None, now: datetime, key: Key | None, *, zone: tzinfo | None = None
) -> Content:
    """A post of Buffer: state, account, times, text, media, numbers, for a failure what to do, and what can be done.

    Without `key` it names no keys; without `zone` times are those of the profile.
    """
    zone = zone or (target.tz if target else UTC)
    at = update.sent_at or update.scheduled_at
    explanation = explain(update)
    failure: list[Line] = []
    if explanation:
        told = [update.error.raw, update.error.support_url] if update.error else []
        failure = [
            *block("What happened", explanation.cause),
            *block("Is it live?", explanation.live),
            *block("What to do", explanation.action, _key_for(update, explanation.change, key)),
            *block("In Buffer's words", said(update), *(muted(words) for words in told if words)),
        ]
    text: Line = _text(update)
    return lines(
        heading(update.status, network(update.profile_service)),
        muted(target.label) if target else None,
        "",
        moment(at, zone, now) if at else muted("no time yet"),
        muted("time chosen by a person" if update.custom_scheduled else "queue slot")
        if update.status == "scheduled"
        else None,
        *failure,
        *(block("Text", text) if failure else ["", text]),
        *_attachments(update.media),
        *_checks(update, target),
        *_statistics(update, now),
        *block("Link", update.service_link),
        "",
        muted(f"{len(update.text.raw)} characters · id {update.id}"),
        *(actions_line(update, key) if key is not None else []),
    )


def _text(update: Update) -> Content:
    if len(update.thread) < 2:
        return Content(update.text) if update.text else muted("(no text)")
    parts = [
        Content.assemble((f"{number} of {len(update.thread)}\n", "$text-accent"), clean(text))
        for number, text in enumerate(update.thread, 1)
    ]
    return Content("\n").join(parts)


def _key_for(update: Update, change: str, key: Key | None) -> Content | None:
    """The key for what to do about a failure, where Buffer allows it."""
    return _hint(change, key) if key is not None and change in changes(update) else None


def actions_line(update: Update, key: Key) -> list[Line]:
    """What can be done to a post now, each with its key; nothing for one that only can be used again."""
    possible = changes(update)
    return ["", Content("  ").join(_hint(name, key) for name in possible)] if len(possible) > 1 else []


def _hint(name: str, key: Key) -> Content:
    return hint(name, key(name), action(name).label)


def _checks(update: Update, target: Target | None) -> list[Line]:
    """What is wrong with a post that waits, by the rules of its network; missing alt texts stand with the media."""
    if target is None or update.status not in ("scheduled", "draft", "needs_approval"):
        return []
    found = of_target(draft_like(update), target)
    marks = {"error": ("✕", "$text-error"), "warning": ("▲", "$text-warning")}
    told: list[Line] = [
        [(f"{mark(marks[one.level][0])} ", marks[one.level][1]), one.message, muted(f": {one.fix}" if one.fix else "")]
        for one in found
        if one.code != "alt_missing"
    ]
    return block("Checks", *told)


def _attachments(media: tuple[Attachment, ...]) -> list[Line]:
    told: list[Line] = []
    for item in media:
        size = f" · {item.width}×{item.height}" if item.width and item.height else ""
        told.append(f"{item.type}{size}")
        told.append(muted(item.url))
        if item.type == "image":
            told.append(
                muted(f"alt text: {item.alt_text}")
                if item.alt_text
                else Content.styled(f"{mark('▲')} alt text: missing", "$text-warning")
            )
    return block("Media", *told)


def _statistics(update: Update, now: datetime) -> list[Line]:
    if update.statistics is None:
        return block("Numbers", muted("not available yet: Buffer reads them once a day")) if update.sent_at else []
    rows = []
    for metric in update.statistics.metrics.values():
        value = f"{metric.value:.2f} %" if metric.unit == "percentage" else f"{metric.value:,.0f}"
        rows.append(f"{value:>10}  {metric.name}")
    at = update.statistics.updated_at
    return block("Numbers", *rows, muted(f"as of {distance(at, now)}") if at else None)


def slot_detail(slot: Slot, now: datetime, key: Key) -> Content:
    """A free slot."""
    return lines(
        heading("slot", network(slot.profile.service)),
        muted(slot.profile.formatted_username or slot.profile.service_username),
        "",
        moment(slot.at, slot.at.tzinfo or UTC, now),
        "",
        [(key("open"), "bold $text-primary"), " writes a post for this time"],
    )


def profile_detail(profile: Profile, pending: int, failed: int, now: datetime) -> Content:
    """A profile: state, zone, slots of the week."""
    problem = profile_problem(profile)
    week: list[Line] = [
        f"{schedule.day}  {'paused' if schedule.paused else ' '.join(schedule.times) or '–'}"
        for schedule in profile.schedules
    ]
    return lines(
        heading(profile_state(profile), network(profile.service)),
        muted(f"{profile.formatted_username or profile.service_username} · {profile.service_type}"),
        Content.styled(f"\n{problem}", "$text-warning") if problem else None,
        "",
        f"{pending} waiting" + (f" · {failed} failed" if failed else ""),
        *block("Zone", profile.timezone, muted(f"it is {now.astimezone(zone_of(profile)):%a %H:%M} there")),
        *block("Slots", *(week or [muted("none")])),
        *block("Boards", *(board.name for board in profile.boards)),
        "",
        muted(f"id {profile.id}"),
    )


def media_detail(media: Media, now: datetime, zone: tzinfo, *, opens: bool = True) -> Content:
    """A published item of Instagram."""
    items = f"{len(media.children)} items" if media.children else ""
    alt: Line = None
    if media.kind == "image":
        alt = muted(f"alt text: {media.alt_text}") if media.alt_text else Content.styled(
            f"{mark('▲')} alt text: missing", "$text-warning"
        )  # fmt: skip
    return lines(
        heading(media.kind, items),
        "",
        moment(media.timestamp, zone, now) if media.timestamp else muted("no time told"),
        "",
        f"{_told(media.like_count)} likes · {_told(media.comments_count)} comments",
        muted("comments are switched off") if media.is_comment_enabled is False else None,
        "",
        media.caption or muted("(no caption)"),
        alt,
        *block("Link", media.permalink),
        "",
        [("enter", "bold $text-primary"), " shows its comments"] if opens else None,
        muted(f"id {media.id}"),
    )


def comment_detail(comment: Comment, media: Media, now: datetime, zone: tzinfo) -> Content:
    """A comment, its replies, and what it stands under."""
    replies = [Content.assemble((f"@{reply.username}", "bold"), " ", reply.text) for reply in comment.replies]
    return lines(
        [(f"@{comment.username}" if comment.username else "somebody", "bold $text-accent")],
        heading("hidden") if comment.hidden else None,
        "",
        moment(comment.timestamp, zone, now) if comment.timestamp else muted("no time told"),
        "",
        comment.text or muted("(no text)"),
        "",
        plural(comment.like_count, "like") if comment.like_count is not None else muted("likes: not told"),
        *block(f"Replies ({len(replies)})", *replies),
        *block("Under", media.caption or muted("(no caption)"), muted(media.permalink) if media.permalink else None),
        "",
        muted(f"id {comment.id}"),
    )


def _told(number: int | None) -> str:
    return "unknown" if number is None else human(number)
