"""What the search shows: a row and a detail of something that was found, and what to say when there is nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.api.instagram.models import Comment, Media
from kosmo_tui.api.safe_text import clean
from kosmo_tui.services.drafts import Kept
from kosmo_tui.services.search import Hit
from kosmo_tui.services.search_places import excerpt, places
from kosmo_tui.services.search_query import Query
from kosmo_tui.services.targets import profile_target
from kosmo_tui.services.workspace import BufferDesk
from kosmo_tui.ui.accents import badge, color_in
from kosmo_tui.ui.details import comment_detail, media_detail, update_detail
from kosmo_tui.ui.draft_detail import draft_detail
from kosmo_tui.ui.lines import lines
from kosmo_tui.ui.text import State, distance, muted, network, one_line, state
from kosmo_tui.ui.widgets.row import Cell

if TYPE_CHECKING:
    from kosmo_tui.store.search import Extent
    from kosmo_tui.ui.app import KosmoApp

_WIDE = 84  # columns of a list from which accounts and times are written in full
_MARKED = 24  # cells of a marked word at most: in scripts without spaces a word is a whole sentence
_COUNTED = {  # one of them, and several
    "post": ("post", "posts"),
    "draft": ("draft", "drafts"),
    "media": ("item of Instagram", "items of Instagram"),
    "comment": ("comment", "comments"),
}
EXAMPLES = (
    ("coffee", "texts with this word, or with one that begins so"),
    ('"new roast"', "words that stand together"),
    ("account:agency", "what one account has"),
    ("profile:x", "a network, the name of a profile or its id"),
    ("status:failed", "scheduled, sent, failed, draft, approval, hidden"),
    ("due:<fri", "goes or went out: today, 2026-11, >-7d, mon..fri"),
    ("kind:comment", "post, draft, media, comment"),
)


# Rows


def hit_cells(hit: Hit, query: Query, width: int, app: KosmoApp) -> Sequence[Cell]:
    """Account, network or kind, state, time, and the text around the first hit."""
    what, look = _what(hit)
    now, zone = app.now(), app.zone
    at, wide = (hit.item.at or hit.item.seen_at).astimezone(zone), width >= _WIDE
    year = "" if at.year == now.astimezone(zone).year else f" {at.year}"
    clock = f"{at.day} {at:%b}{year}" if year else f"{at.day} {at:%b} {at:%H:%M}"
    return (
        Cell(_account(hit.item.account, app.workspace.desks, wide=wide), "muted", width=20 if wide else 9),
        Cell(what, width=9),
        Cell(look.glyph, look.style, width=1),
        Cell(f"{at:%a} {clock}" if wide else clock, "muted", width=16 if wide else 12, right=True),
        *_text_cells(clean(hit.item.text), query),
    )


def _account(account: str, accounts: Iterable[str], *, wide: bool) -> str:
    """Its name, and where a Buffer and an Instagram account share it the service: `buffer.agency`, `b.agency`."""
    service, _, name = account.partition(".")
    if not any(other.partition(".")[2] == name for other in accounts if other != account):
        return name
    return account if wide else f"{service[0]}.{name}"


def _what(hit: Hit) -> tuple[str, State]:
    """The network of a post or the kind of anything else, and how its state looks."""
    match hit.model:
        case Update() as update:
            return network(update.profile_service), state(update.status)
        case Media() as media:
            return state(media.kind).word, state(media.kind)
        case Kept():
            return "draft", state("draft")
        case Comment() as comment:
            return "comment", state("hidden" if comment.hidden else "unknown")
    return hit.item.kind, state("unknown")


def _text_cells(text: str, query: Query) -> Sequence[Cell]:
    """The text, and in it the first hit marked, with all that stands beside it without a space."""
    found = excerpt(text, query.words, query.filters.phrases)
    line = found.text
    if not line:
        return (Cell("(no text)", "muted"),)
    if found.places:
        first, last = found.places[0]
        start = line.rfind(" ", 0, first) + 1
        end = line.find(" ", last)
        before, hit, after = (
            line[: max(0, start - 1)],
            line[start : end if end >= 0 else None],
            line[max(end, 0) :].strip(),
        )
        width = cell_len(one_line(hit))
        if width <= _MARKED:
            return (
                *([Cell(before, width=cell_len(one_line(before)))] if before.strip() else []),
                Cell(hit, "accent", width=width if end >= 0 else 0),
                *([Cell(after)] if end >= 0 else []),
            )
    return (Cell(line),)


# Details


def hit_detail(hit: Hit, query: Query, app: KosmoApp) -> Content:
    """Where it is from and how old that is; everything about it; the hits are underlined."""
    now, zone = app.now(), app.zone
    service, _, name = hit.item.account.partition(".")
    seen = "" if hit.item.kind == "draft" else f"seen {distance(hit.item.seen_at, now)}"
    if seen.endswith(" now"):
        seen = "seen just now"
    body = _body(hit, app, now, zone)
    for start, end in places(body.plain, query.words, query.filters.phrases):
        body = body.stylize("bold underline", start, end)
    head = Content.assemble(
        badge(f"{service.capitalize()} · {name}", color_in(app, hit.item.account)), "  ", muted(seen)
    )
    return lines(head, "", body)


def _body(hit: Hit, app: KosmoApp, now: datetime, zone: tzinfo) -> Content:
    match hit.model:
        case Update() as update:
            desk = app.workspace.desks.get(hit.item.account)
            profile = desk.profile(update.profile_id) if isinstance(desk, BufferDesk) else None
            target = profile_target(desk.account, profile) if desk and profile else None
            return update_detail(update, target, now, None, zone=zone)
        case Media() as media:
            return media_detail(media, now, zone, opens=False)
        case Comment() as comment:
            return comment_detail(comment, hit.media, now, zone)
        case Kept() as kept:
            return draft_detail(kept, {}, {}, now, zone)
    return lines(clean(hit.item.text), "", muted("The rest of it cannot be read from the store any more."))


# Without rows


def found_line(count: int, limit: int) -> str:
    """How much was found."""
    return f"the newest {count:,}" if count >= limit else f"{count:,} found"


def what_can_be_searched(extent: Extent | None, now: datetime) -> Content:
    """What there is to search in, how old it is, and how to ask."""
    told = [
        Content.styled("Everything that was ever seen, and every draft. It needs no connection.", "bold"),
        *_extent(extent, now),
        "",
        *(Content.assemble((f"{example:<16}", "$text-accent"), "  ", muted(what)) for example, what in EXAMPLES),
    ]
    return lines(*told)


def _extent(extent: Extent | None, now: datetime) -> list[str | Content]:
    if extent is None:
        return []
    counts = [f"{count:,} {_COUNTED[kind][count > 1]}" for kind, count in extent.counts.items() if count]
    ages = [f"{account} {distance(at, now)}" for account, at in sorted(extent.read.items())]
    told: list[str | Content] = ["In the store: " + ", ".join(counts) if counts else "Nothing was seen yet."]
    if ages:
        told.append(muted("Last read: " + ", ".join(ages)))
    return [*told, muted("kosmo sync brings older posts, media and comments.")]


def nothing_found(query: Query) -> Content:
    """What to loosen."""
    filters = query.filters
    loosen = []
    if len(query.words.split()) + len(filters.phrases) > 1:
        loosen.append("fewer words: all of them must be there")
    if filters.phrases:
        loosen.append("a phrase without its quotes")
    if filters.accounts or filters.targets or filters.statuses or filters.kinds:
        loosen.append("without a filter")
    if filters.since or filters.until:
        loosen.append("a longer time: what has no time, such as a draft, is not within any")
    if query.words and not loosen:
        loosen.append("the beginning of the word only, or another one")
    return lines(
        Content.styled("Nothing that was seen has all of this.", "bold"),
        *(muted(f"Try {one}.") for one in loosen),
        "",
        muted("Only what was seen is searched: kosmo sync brings older posts, media and comments."),
    )
