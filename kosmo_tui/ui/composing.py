"""Opening the composer, and keeping what was written and not sent: drafts live as long as the app."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.compose.draft import Draft, Target
from kosmo_tui.services.publish import Publication, Row
from kosmo_tui.services.reuse import draft_like
from kosmo_tui.services.targets import instagram_target, profile_targets
from kosmo_tui.services.workspace import BufferDesk, Desk, InstagramDesk

if TYPE_CHECKING:
    from kosmo_tui.ui.app import KosmoApp
    from kosmo_tui.ui.screens.compose import ComposeScreen


class Composing:
    """What the app knows of posts that are being written or sent."""

    def __init__(self, app: KosmoApp) -> None:
        self._app = app
        self._drafts: dict[str, list[Draft]] = {}  # by account, the newest last
        self._screen: ComposeScreen | None = None
        self._account = ""  # that the open composer writes as
        self._written_as: dict[Publication, str] = {}
        self._settled: set[Publication] = set()

    @property
    def kept(self) -> int:
        """How many drafts there are."""
        return sum(map(len, self._drafts.values()))

    @property
    def screen(self) -> ComposeScreen | None:
        """The composer, while one is open."""
        return self._screen if self._screen in self._app.screen_stack else None

    def open(
        self, desk: Desk, *, profile: str | None = None, at: datetime | None = None, like: Update | None = None
    ) -> None:
        """Open the composer as `desk`, with a profile and a time chosen.

        It holds the text and the media of `like`, else the draft that was kept last.
        """
        from kosmo_tui.ui.screens.compose import ComposeScreen

        if self.screen is not None:  # a second enter, pressed before the first one has opened it
            return
        kept = self._drafts.get(desk.account, [])
        draft = draft_like(like) if like is not None else kept.pop() if kept else Draft()
        if profile is not None:
            draft = draft.replace(targets=(f"{desk.account}/{profile}",))
        elif isinstance(desk, InstagramDesk) and not draft.targets:
            draft = draft.replace(targets=(desk.account,), when=draft.when or "now")  # Instagram has no queue
        if at is not None:
            draft = draft.replace(when=at.isoformat(timespec="minutes"))  # with its offset: an hour can come twice
        self._screen = ComposeScreen(
            account_label=f"{desk.service.capitalize()} · {desk.name}",
            targets=self._targets(desk),
            publisher=self._app.publisher,
            draft=draft,
            now=self._app.now,
        )
        self._account = desk.account
        self._app.push_screen(self._screen, lambda left: self._keep(desk.account, left))

    def _keep(self, account: str, draft: Draft | None) -> None:
        if draft is not None and not draft.is_empty:
            self._drafts.setdefault(account, []).append(draft)
            self._app.notify("The draft is kept: compose opens it again.", markup=False)

    def _targets(self, desk: Desk) -> list[Target]:
        """Where a post written as `desk` may go: its own profiles, and the Instagram accounts, its own first."""
        zone = str(self._app.zone)
        instagram = [
            instagram_target(other.account, other.user.username if other.user else "", zone)
            for other in sorted(self._app.workspace, key=lambda other: other is not desk)
            if isinstance(other, InstagramDesk)
        ]
        return [*(profile_targets(desk.account, desk.profiles) if isinstance(desk, BufferDesk) else ()), *instagram]

    def published(self, publication: Publication) -> None:
        """A publication has news: look at its accounts again once all targets have their last word."""
        main = self._app.main
        if main is None:
            return
        shown = self.screen is not None and self.screen.publication is publication
        if shown:
            self._written_as[publication] = self._account
        if publication.done and publication not in self._settled:
            self._settled.add(publication)  # there is news of every target, but its end is one
            if publication.rest is not None and not shown:
                self._keep_rest(publication, publication.rest)
            accounts = {row.target.account for row in publication.rows}
            main.refresh_accounts([desk for desk in self._app.workspace if desk.account in accounts])
        main.describe()

    def _keep_rest(self, publication: Publication, rest: Draft) -> None:
        """What was not taken after its composer was closed stays as a draft."""
        left = [row for row in publication.rows if row.state != "confirmed"]
        account = self._written_as.get(publication, left[0].target.account)
        self._drafts.setdefault(account, []).append(rest)
        self._app.notify(
            f"{len(left)} of {len(publication.rows)} did not take the post. Its text is kept: compose opens it again.",
            severity="warning",
            markup=False,
            timeout=15,
        )


def last_words(publications: list[Publication]) -> list[Row]:
    """The rows of `publications` that a person must hear of after the dashboard is gone: all that are not confirmed."""
    return [row for publication in publications for row in publication.rows if row.state != "confirmed"]
