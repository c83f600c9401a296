"""Everything about one item, as the detail view shows it."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from textual.content import Content

from kosmo_tui.api.buffer.models import Media as Attachment
from kosmo_tui.api.buffer.models import Profile, Update
from kosmo_tui.api.instagram.models import Comment, Media
from kosmo_tui.compose.when import When, describe
from kosmo_tui.services.explain import explain, profile_problem, profile_state, said
from kosmo_tui.services.slots import Slot, zone_of
from kosmo_tui.ui.text import distance, human, mark, muted, network, plural, state

Piece = Content | str | tuple[str, str]
Line = Content | str | list[Piece] | None


def _lines(*lines: Line) -> Content:
    """Lines below one another; None is left out, "" is an empty line, a list is one line of several pieces."""
    return Content("\n").join(
        Content.assemble(*line) if isinstance(line, list) else Content(line) if isinstance(line, str) else line
        for line in lines
        if line is not None
    )


def _heading(name: str, *rest: str) -> Content:
    look = state(name)
    title = Content.styled(f"{look.glyph} {look.word.capitalize()}", f"bold {_theme(look.style)}")
    return Content.assemble(title, *(f" · {text}" for text in rest if text))


def _theme(style: str) -> str:
    return {"plain": "$foreground", "strong": "bold $foreground"}.get(style, f"$text-{style}")


def moment(at: datetime, zone: tzinfo, now: datetime) -> list[Piece]:
    """A moment twice: in its zone, and below in UTC with the time that is left."""
    there, _, rest = describe(When("at", at.astimezone(zone)), now).partition(" · ")
    return [there, "\n", muted(rest)]


def _block(title: str, *lines: Line) -> list[Line]:
    """Lines below a title; nothing at all when there are none."""
    return [Content.styled(f"\n{title}", "bold $text-primary"), *lines] if any(line for line in lines) else []


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
            *_block("What happened", explanation.cause),
            *_block("Is it live?", explanation.live),
            *_block("What to do", explanation.action),
            *_block("In Buffer's words", said(update), *(muted(words) for words in told if words)),
        ]
    return _lines(
        _heading(update.status, network(update.profile_service)),
        muted(who) if who else None,
        "",
        moment(at, zone, now) if at else muted("no time yet"),
        muted("time chosen by a person" if update.custom_scheduled else "queue slot")
        if update.status == "scheduled"
        else None,
        *failure,
        *(_block("Text", update.text or muted("(no text)")) if failure else ["", update.text or muted("(no text)")]),
        *_attachments(update.media),
        *_statistics(update, now),
        *_block("Link", update.service_link),
        "",
        muted(f"{len(update.text.raw)} characters · id {update.id}"),
    )


def _attachments(media: tuple[Attachment, ...]) -> list[Line]:
    lines: list[Line] = []
    for item in media:
        size = f" · {item.width}×{item.height}" if item.width and item.height else ""
        lines.append(f"{item.type}{size}")
        lines.append(muted(item.url))
        if item.type == "image":
            lines.append(
                muted(f"alt text: {item.alt_text}")
                if item.alt_text
                else Content.styled(f"{mark('▲')} alt text: missing", "$text-warning")
            )
    return _block("Media", *lines)


def _statistics(update: Update, now: datetime) -> list[Line]:
    if update.statistics is None:
        return _block("Numbers", muted("not available yet: Buffer reads them once a day")) if update.sent_at else []
    rows = []
    for metric in update.statistics.metrics.values():
        value = f"{metric.value:.2f} %" if metric.unit == "percentage" else f"{metric.value:,.0f}"
        rows.append(f"{value:>10}  {metric.name}")
    at = update.statistics.updated_at
    return _block("Numbers", *rows, muted(f"as of {distance(at, now)}") if at else None)


def slot_detail(slot: Slot, now: datetime) -> Content:
    """A free slot."""
    return _lines(
        _heading("slot", network(slot.profile.service)),
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
    return _lines(
        _heading(profile_state(profile), network(profile.service)),
        muted(f"{profile.formatted_username or profile.service_username} · {profile.service_type}"),
        Content.styled(f"\n{problem}", "$text-warning") if problem else None,
        "",
        f"{pending} waiting" + (f" · {failed} failed" if failed else ""),
        *_block("Zone", profile.timezone, muted(f"it is {now.astimezone(zone_of(profile)):%a %H:%M} there")),
        *_block("Slots", *(week or [muted("none")])),
        *_block("Boards", *(board.name for board in profile.boards)),
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
    return _lines(
        _heading(media.kind, items),
        "",
        moment(media.timestamp, zone, now) if media.timestamp else muted("no time told"),
        "",
        f"{_told(media.like_count)} likes · {_told(media.comments_count)} comments",
        muted("comments are switched off") if media.is_comment_enabled is False else None,
        "",
        media.caption or muted("(no caption)"),
        alt,
        *_block("Link", media.permalink),
        "",
        [("enter", "bold $text-primary"), " shows its comments"],
        muted(f"id {media.id}"),
    )


def comment_detail(comment: Comment, media: Media, now: datetime, zone: tzinfo) -> Content:
    """A comment, its replies, and what it stands under."""
    replies = [Content.assemble((f"@{reply.username}", "bold"), " ", reply.text) for reply in comment.replies]
    return _lines(
        [(f"@{comment.username}" if comment.username else "somebody", "bold $text-accent")],
        _heading("hidden") if comment.hidden else None,
        "",
        moment(comment.timestamp, zone, now) if comment.timestamp else muted("no time told"),
        "",
        comment.text or muted("(no text)"),
        "",
        plural(comment.like_count, "like") if comment.like_count is not None else muted("likes: not told"),
        *_block(f"Replies ({len(replies)})", *replies),
        *_block("Under", media.caption or muted("(no caption)"), muted(media.permalink) if media.permalink else None),
        "",
        muted(f"id {comment.id}"),
    )


def _told(number: int | None) -> str:
    return "unknown" if number is None else human(number)
