"""Everything about one item, as the detail view shows it."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from textual.content import Content

from kosmo_tui.api.buffer.models import Media as Attachment
from kosmo_tui.api.buffer.models import Profile, Update
from kosmo_tui.api.instagram.models import Comment, Media
from kosmo_tui.services.explain import explain, profile_problem, profile_state, said
from kosmo_tui.services.slots import Slot, zone_of
from kosmo_tui.ui.lines import Line, block, heading, lines, moment
from kosmo_tui.ui.text import distance, human, mark, muted, network, plural


def update_detail(update: Update, profile: Profile | None, now: datetime) -> Content:
    """A post of Buffer: state, account, times, text, media, numbers, and for a failure what to do."""
    zone = zone_of(profile) if profile else UTC
    who = str(profile.formatted_username or profile.service_username) if profile else ""
    at = update.sent_at or update.scheduled_at
    explanation = explain(update)
    failure: list[Line] = []
    if explanation:
        told = [update.error.raw, update.error.support_url] if update.error else []
        failure = [
            *block("What happened", explanation.cause),
            *block("Is it live?", explanation.live),
            *block("What to do", explanation.action),
            *block("In Buffer's words", said(update), *(muted(words) for words in told if words)),
        ]
    return lines(
        heading(update.status, network(update.profile_service)),
        muted(who) if who else None,
        "",
        moment(at, zone, now) if at else muted("no time yet"),
        muted("time chosen by a person" if update.custom_scheduled else "queue slot")
        if update.status == "scheduled"
        else None,
        *failure,
        *(block("Text", update.text or muted("(no text)")) if failure else ["", update.text or muted("(no text)")]),
        *_attachments(update.media),
        *_statistics(update, now),
        *block("Link", update.service_link),
        "",
        muted(f"{len(update.text.raw)} characters · id {update.id}"),
    )


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


def slot_detail(slot: Slot, now: datetime) -> Content:
    """A free slot."""
    return lines(
        heading("slot", network(slot.profile.service)),
        muted(slot.profile.formatted_username or slot.profile.service_username),
        "",
        moment(slot.at, slot.at.tzinfo or UTC, now),
        "",
        [("enter", "bold $text-primary"), " writes a post for this time"],
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


def media_detail(media: Media, now: datetime, zone: tzinfo) -> Content:
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
        [("enter", "bold $text-primary"), " shows its comments"],
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
