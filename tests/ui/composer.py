"""The composer on its own, with stand-ins for the services: for what it shows and asks, not for what is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from textual.app import App
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static

from kosmo_tui.api.buffer.models import CreateFailure, CreateResult, Update
from kosmo_tui.api.instagram.models import Published
from kosmo_tui.api.safe_text import SafeText
from kosmo_tui.compose.draft import Attachment, Draft, Target
from kosmo_tui.services.drafts import Drafts, Kept
from kosmo_tui.services.publish import Publication, Publisher
from kosmo_tui.services.review import Review
from kosmo_tui.store.database import Store
from kosmo_tui.ui.screens.compose import ComposeScreen
from kosmo_tui.ui.screens.compose_editing import Left
from kosmo_tui.ui.screens.compose_sending import Sending
from kosmo_tui.ui.screens.compose_targets import TargetList
from kosmo_tui.ui.screens.review import ReviewScreen

NOW = datetime(2026, 11, 22, 12, 3, tzinfo=UTC)
NASTY = "[/b] [red]x[/] [@click=app.quit]y[/]"
SIZES = [(120, 40), (80, 24)]


def profile(network: str, label: str, **changes: Any) -> Target:
    return Target(
        key=f"buffer.agency/{network}",
        account="buffer.agency",
        service="buffer",
        network=network,
        label=label,
        profile_id=network,
        **{"zone": "Europe/London", **changes},
    )


X = profile("twitter", "@northwind")
LINKEDIN = profile("linkedin", NASTY, zone="Europe/Berlin")
INSTAGRAM = profile("instagram", "@north")
PINTEREST = profile("pinterest", "northwind", problem="disconnected")
DIRECT = Target(
    key="instagram.brand", account="instagram.brand", service="instagram", network="instagram", label="@brand"
)
TARGETS = (X, LINKEDIN, INSTAGRAM, PINTEREST, DIRECT)
PHOTO = Attachment("https://northwind.example/a.jpg", "A bag")


class Buffer:
    """Takes posts for X, refuses LinkedIn once, loses the answer for Instagram; waits to be released if told so."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, list[str], dict[str, Any]]] = []
        self.release = asyncio.Event()
        self.release.set()

    def now(self) -> datetime:
        return NOW

    async def prepare(self, profile_ids: Sequence[str]) -> None:
        pass

    async def create_update(self, *, text: str, profile_ids: Sequence[str], **options: Any) -> CreateResult:
        (one,) = profile_ids
        first = one not in [ids[0] for _, ids, _ in self.calls]
        self.calls.append((text, list(profile_ids), options))
        await self.release.wait()
        if one == "linkedin" and first:
            failure = CreateFailure(profile_id=one, kind="refused", message=SafeText(f"No. {NASTY}"))
        elif one == "instagram":
            failure = CreateFailure(profile_id=one, kind="outcome_unknown", message=SafeText("lost"))
        else:
            link = f"https://x.com/{one}"
            update = Update(id=one, profile_id=one, profile_service=one, status="scheduled", service_link=link)
            return CreateResult(success=True, updates=(update,), notices=(NASTY,))
        return CreateResult(success=False, failures=(failure,), notices=(NASTY,))


class Instagram:
    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def now(self) -> datetime:
        return NOW

    async def create_media(self, **options: Any) -> Published:
        self.calls.append(options)
        options["on_progress"]("Instagram is fetching the media")
        return Published(id="17", permalink="https://www.instagram.com/p/1/")


class Hub:
    def __init__(self) -> None:
        self.buffer = {"agency": Buffer()}
        self.instagram = {"brand": Instagram()}


class Host(App[None]):
    """A bare app with the composer on it; `left` is how it was left, `kept` the drafts that are in the store."""

    def __init__(
        self, draft: Draft | None = None, targets: Sequence[Target] = TARGETS, *, kept: Kept | None = None
    ) -> None:
        super().__init__()
        self.hub = Hub()
        self.now = NOW
        self.store = Store.in_memory()
        self.drafts = Drafts(self.store)
        self.publisher = Publisher(self.hub, self.store, hold=0, now=lambda: self.now, volatile=True)  # type: ignore[arg-type]
        self.left: list[Left | None] = []
        self.composer = ComposeScreen(
            account="buffer.agency",
            account_label=f"Buffer · agency {NASTY}",
            targets=targets,
            drafts=self.drafts,
            draft=draft,
            kept=kept,
            now=lambda: self.now,
            send=self.send,
        )

    def send(self, draft: Draft, review: Review, draft_id: str | None, reason: str) -> Publication:
        whens = {item.target.key: item.when for item in review.items if item.when}
        targets = [item.target for item in review.items]
        return self.publisher.start(draft, targets, whens, draft_id=draft_id, reason=reason)

    @property
    def kept(self) -> list[Draft]:
        """The drafts in the store."""
        return [kept.draft for kept in self.drafts.list()]

    def on_mount(self) -> None:
        self.push_screen(self.composer, self.left.append)

    async def on_unmount(self) -> None:
        await self.publisher.aclose(grace=0)


def running(app: Host, size: tuple[int, int] = (120, 40)) -> Any:
    return app.run_test(size=size, notifications=True, tooltips=True)


def text_of(app: Host, selector: str) -> str:
    return str(app.composer.query_one(selector, Static).content)


def rows(app: Host) -> dict[str, str]:
    targets = app.composer.query_one(TargetList)
    return {str(option.id): str(option.prompt) for option in targets.options}


def outcome(app: Host) -> str:
    return "\n".join(str(line.content) for line in app.composer.query_one(Sending).query(Static))


def seen_of(app: Host, widget: str | Widget) -> Region:
    """The part of a widget that can be seen."""
    found = app.composer.query_one(widget) if isinstance(widget, str) else widget
    return app.composer.find_widget(found).visible_region


async def settle(app: Host, pilot: Pilot[None]) -> None:
    """Order what was looked over, and wait until everything that was started has its last word and is drawn."""
    await pilot.pause()
    if isinstance(app.screen, ReviewScreen):
        await pilot.press(*(["1"] if app.screen.query_one("#review-reason").display else []), "enter")
        await pilot.pause()
    for publication in app.publisher.publications:
        await publication.wait()
    await pilot.pause()
    await pilot.pause()


def chosen(*targets: Target, **changes: Any) -> Draft:
    return Draft(text="The new roast", targets=tuple(target.key for target in targets), **changes)
