"""What header and status bar say: the views with their counts, what is under way, what needs a person, the budget."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from kosmo_tui.services.workspace import VIEWS, BufferDesk, Desk, InstagramDesk, Workspace
from kosmo_tui.ui.panes.list_pane import ListPane
from kosmo_tui.ui.panes.pane import Pane
from kosmo_tui.ui.text import MUTED, human, mark, state
from kosmo_tui.ui.widgets.header import View
from kosmo_tui.ui.widgets.status_bar import Told

if TYPE_CHECKING:
    from kosmo_tui.api.limits import Window
    from kosmo_tui.services.publish import Publisher

_WINDOWS = {"15m": "in 15 min", "24h": "today", "30d": "in 30 days"}
_NEWS = timedelta(minutes=1)
_FULL = 0.99  # share from which it does not matter when a window is full again


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
            if not desk.writes.items:
                return ""
            from kosmo_tui.store.records import needs_person

            needing = sum(map(needs_person, desk.writes.items))
            return f"{mark('?')}{needing}" if needing else ""
        case "queue" if isinstance(desk, BufferDesk) and desk.user is not None:
            return f"{len(desk.pending(profile))}{'+' if desk.queue.has_more else ''}"
        case "profiles" if isinstance(desk, BufferDesk) and desk.user is not None:
            count = len(desk.profiles)
        case "media" if isinstance(desk, InstagramDesk) and desk.user is not None:
            count = desk.user.media_count
    return "" if count is None else str(count)


def budget(window: Window | None, now: datetime, zone: tzinfo) -> Iterator[Told]:
    """What is left of a window of requests and when it is full again; of Instagram in percent."""
    if window is None or not window.limit:
        return
    left, spelled, until = _left(window, now, zone)
    yield Told(f"{spelled}{until or ' left'}", MUTED, short=f"{left}{until or ' left'}")


def rest(stopped: Window, now: datetime, zone: tzinfo) -> Told:
    """That an account is not refreshed for the sake of the reserve: what is left of the window that says so."""
    left, spelled, until = _left(stopped, now, zone)
    said = f"{mark('▲')} no refresh"
    return Told(f"{said}: {spelled}{until} are yours", "$text-warning", short=f"{said}: {left}{until}")


def _left(window: Window, now: datetime, zone: tzinfo) -> tuple[str, str, str]:
    """How much is left, briefly and spelled out; and until when that is all."""
    if counted := window.name in _WINDOWS:
        left = f"{human(window.remaining)}/{human(window.limit)}"
    else:
        left = f"{window.remaining} %"
    spelled = f"{left} {'' if counted else 'of '}requests"
    if window.resets_at is not None and window.left < _FULL:
        return left, spelled, f" until {moment(window.resets_at, now, zone)}"
    return left, spelled, f" {_WINDOWS[window.name]}" if counted else ""


def age(pane: Pane, desk: Desk, asked: datetime | None, now: datetime, zone: tzinfo) -> str:
    """When what is shown was read, or that it is being read.

    What somebody has `asked` for leaves a trace: the time has seconds then, for a minute.  Beside a view that is read
    from the store alone that is the time of the account.
    """
    of_store = pane.question() is None
    if pane.asking or (of_store and desk.loading):
        return "refreshing…"

    def is_news(as_of: datetime | None) -> bool:
        return as_of is not None and asked is not None and asked <= as_of <= now < as_of + _NEWS

    def told(as_of: datetime) -> str:
        return moment(as_of, now, zone) + (f":{as_of:%S}" if is_news(as_of) else "")

    seen, account = pane.as_of(), desk.question().as_of
    parts = [f"as of {told(seen)}"] if seen is not None else []
    if of_store and account is not None and is_news(account):
        parts.append(f"account {told(account)}")
    return " · ".join(parts)


def moment(at: datetime, now: datetime, zone: tzinfo) -> str:
    """`12:03`; on another day `21 Nov 12:03`, of another year `21 Nov 2025`."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b %H:%M}" if local.year == today.year else f"{local.day} {local:%b %Y}"


def watch(workspace: Workspace) -> Iterator[Told]:
    """What should have gone out and has not."""
    if late := sum(len(desk.overdue()) for desk in workspace if isinstance(desk, BufferDesk)):
        yield Told(f"{mark('▲')} {late} overdue", "$text-error")


def marks(pane: Pane) -> Iterator[Told]:
    """How many items are marked."""
    if isinstance(pane, ListPane) and (count := len(pane.feed.marked)):
        yield Told(f"{mark('◆')} {count} marked", "$text-accent")


def unkept(desk: Desk) -> Iterator[Told]:
    """That what a service told could not be kept, and why."""
    if desk.unkept is not None:
        yield Told(f"{mark('▲')} not kept: {desk.unkept.message}", "$text-warning", short=f"{mark('▲')} not kept")


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


def health(desk: Desk) -> Iterator[Told]:
    """How the account is doing; in short, the first of what is wrong.  A bad line hides no failures."""
    look, problems = state(desk.health), desk.problems
    if desk.health == "offline":
        yield Told(f"{look.glyph} {look.word}", f"$text-{look.style}")
        look, problems = state("attention"), problems[1:]
        if not problems:
            return
    said = problems or (look.word,)
    yield Told(f"{look.glyph} {', '.join(said)}", f"$text-{look.style}", short=f"{look.glyph} {said[0]}")
