"""What header and status bar say: the views with their counts, the budget, what is under way, what needs a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from kosmo_tui.api.limits import Window
from kosmo_tui.services.publish import Publisher
from kosmo_tui.services.workspace import VIEWS, BufferDesk, Desk, InstagramDesk
from kosmo_tui.store.records import needs_person
from kosmo_tui.ui.text import human, mark, state
from kosmo_tui.ui.widgets.header import View
from kosmo_tui.ui.widgets.status_bar import Told

_WINDOWS = {"15m": "in 15 min", "24h": "today", "30d": "in 30 days"}


def views(desk: Desk, profile: str | None, current: str, filtered: str) -> Iterator[View]:
    """The views of `desk` with their counts; that of the current one says how much its filter lets through."""
    for view in VIEWS[desk.service]:
        number = filtered if view == current and filtered else _number(desk, profile, view)
        yield View(view, view.capitalize(), number)


def _number(desk: Desk, profile: str | None, view: str) -> str:
    count: int | None = None
    match view:
        case "drafts":
            count = len(desk.drafts.items) or None
        case "outbox":
            needing = sum(map(needs_person, desk.writes.items))
            return f"{mark('?')}{needing}" if needing else ""
        case "queue" if isinstance(desk, BufferDesk) and desk.user is not None:
            return f"{len(desk.pending(profile))}{'+' if desk.queue.has_more else ''}"
        case "profiles" if isinstance(desk, BufferDesk) and desk.user is not None:
            count = len(desk.profiles)
        case "media" if isinstance(desk, InstagramDesk) and desk.user is not None:
            count = desk.user.media_count
    return "" if count is None else str(count)


def budget(window: Window | None) -> tuple[str, str]:
    """What is left of a rate window, in full and short.  Instagram counts in percent, Buffer in requests."""
    if window is None or not window.limit:
        return "", ""
    if window.name not in _WINDOWS:
        return f"{window.remaining} % of requests left", f"{window.remaining} %"
    left = f"{human(window.remaining)}/{human(window.limit)}"
    return f"{left} requests left {_WINDOWS[window.name]}", left


def under_way(publisher: Publisher, needing: int, zone: tzinfo) -> Iterator[Told]:
    """What waits to be sent and can be taken back, what is being sent, what only a person can resolve."""
    held = [until for publication in publisher.publications if (until := publication.held_until) is not None]
    if held:
        end = f"{held[-1].astimezone(zone):%H:%M:%S}"  # of the newest: the one that the key takes back
        glyph = mark("◷")
        yield Told(
            f"{glyph} holding {publisher.holding} · u takes back until {end}",
            "$text-accent",
            short=f"{glyph} holding {publisher.holding} · u until {end}",
        )
    if sending := publisher.pending - publisher.holding:
        yield Told(f"{state('sending').glyph} sending {sending}", "$text-accent")
    if needing:
        yield Told(f"{mark('?')} {needing} to resolve", "$text-warning")


def health(desk: Desk) -> Told:
    """How the account is doing."""
    look = state(desk.health)
    return Told(f"{look.glyph} {desk.problem or look.word}", f"$text-{look.style}")
