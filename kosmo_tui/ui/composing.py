"""Opening the composer on new and kept drafts, and what becomes of a draft once its post was handed over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.compose.draft import Draft, Target
from kosmo_tui.compose.facts import Facts
from kosmo_tui.services.asking import Asking
from kosmo_tui.services.drafts import Kept, Place
from kosmo_tui.services.editing import lossy, revise, standing
from kosmo_tui.services.facts import facts, of_files
from kosmo_tui.services.publish import Publication
from kosmo_tui.services.reuse import draft_like
from kosmo_tui.services.review import Review
from kosmo_tui.services.slots import known_free
from kosmo_tui.services.spent import drop_spent
from kosmo_tui.services.storage import StorageError
from kosmo_tui.services.targets import instagram_target, profile_target, profile_targets
from kosmo_tui.services.workspace import BufferDesk, Desk, InstagramDesk
from kosmo_tui.ui.screens.compose_known import About, Known
from kosmo_tui.ui.screens.compose_session import EDITS
from kosmo_tui.ui.text import one_line, plural

if TYPE_CHECKING:
    from kosmo_tui.ui.app import KosmoApp
    from kosmo_tui.ui.screens.compose import ComposeScreen, Send
    from kosmo_tui.ui.screens.compose_editing import Left


class Composing:
    """What the app knows of posts that are being written or sent."""

    def __init__(self, app: KosmoApp) -> None:
        self._app = app
        self._screen: ComposeScreen | None = None
        self._settled: set[Publication] = set()
        self._looked_at_once: set[str] = set()  # accounts with many writes under way that belong together
        self._stop_doubting: Callable[[], None] = lambda: None
        self._ours: set[str] = set()  # drafts that were written at or asked about since the start: none is cut off
        self._asking = Asking(app.workspace.desks, of_files if app.hub.networked else None)

    @property
    def screen(self) -> ComposeScreen | None:
        """The composer, while one is open."""
        return self._screen if self._screen in self._app.screen_stack else None

    # Opening

    def open(
        self,
        desk: Desk,
        *,
        profile: str | None = None,
        at: datetime | None = None,
        like: Update | None = None,
        edits: Update | None = None,
    ) -> None:
        """Write a new post as `desk`, with a profile and a time chosen; it begins with what `like` has.

        Where the last composer of the account was cut off by a crash or a lost terminal, its draft is offered first.
        With `edits`, that post is changed instead.
        """
        if self.screen is not None:  # a second enter, pressed before the first one has opened it
            return
        if edits is not None and isinstance(desk, BufferDesk):
            self._change(desk, edits)
            return
        draft = draft_like(like) if like is not None else Draft()
        if profile is not None:
            draft = draft.replace(targets=(f"{desk.account}/{profile}",))
        elif isinstance(desk, InstagramDesk):
            draft = draft.replace(targets=(desk.account,), when="now")  # Instagram has no queue
        if at is not None:
            draft = draft.replace(when=at.isoformat(timespec="minutes"))  # with its offset: an hour can come twice
        waiting = self._cut_off(desk) if like is None and at is None else None
        if waiting is None:
            self._push(desk, draft=draft)
        else:
            self._offer(desk, draft, waiting)

    def open_draft(self, kept: Kept) -> None:
        """Write on at a draft, where it was left."""
        self._ours.add(kept.id)
        desk = self._app.workspace.desks.get(kept.account)
        if desk is None:
            self._app.notify(f"There is no account {kept.account} to write it as.", severity="warning", markup=False)
        elif self.screen is not None:
            return
        elif not kept.place.focus.startswith(EDITS):
            self._push(desk, kept=kept)
        elif (update := _find(desk, kept.place.focus.removeprefix(EDITS))) is not None:
            self._change(desk, update, kept)
        else:
            self._app.notify(
                "The post that this draft changes is not in the queue any more: it would be a new one.",
                severity="warning",
                markup=False,
                timeout=10,
            )
            self._push(desk, kept=kept)

    def _change(self, desk: Desk, update: Update, kept: Kept | None = None) -> None:
        """Change a post that is there: its own profile, its own time unless another is typed."""
        profile = desk.profile(update.profile_id) if isinstance(desk, BufferDesk) else None
        if profile is None:
            self._app.notify("The profile of this post is not loaded.", severity="warning", markup=False)
            return
        target = profile_target(desk.account, profile)
        stands = standing(update, self._app.now())
        draft = draft_like(update).replace(targets=(target.key,), when=stands or "")

        def send(draft: Draft, review: Review, draft_id: str | None, reason: str) -> Publication | None:
            (item,) = review.items
            when = None if draft.on(target.key).when == stands else item.when
            order = revise(update, target, draft, when)
            if order is None:
                return None
            return self._app.publisher.write([order], draft=draft, draft_id=draft_id, reason=reason, targets=[target])

        def about(target: Target) -> About:
            found = self._about(target)
            return replace(found, facts=found.facts.without(update.id))

        def judge(found: Review) -> Review:
            return found.adding({item.target.key: lossy(update, target, item.post) for item in found.items})

        self._push(desk, draft=draft, kept=kept, targets=[target], edits=update, send=send, about=about, judge=judge)

    def _cut_off(self, desk: Desk) -> Kept | None:
        """The newest draft of the account that was not left by its writer: a composer that is left says so.

        Among those that are loaded: a composer opens at once, and what is typed after its key is for it.
        """
        return next(
            (
                kept
                for kept in desk.drafts.items
                if kept.place.focus and not kept.place.focus.startswith(EDITS) and not kept.draft.is_empty
                if kept.id not in self._ours
            ),
            None,
        )

    def _offer(self, desk: Desk, draft: Draft, waiting: Kept) -> None:
        from kosmo_tui.ui.screens.ask import Answer, AskScreen

        def decided(answer: str | None) -> None:
            if answer == "open":
                self.open_draft(waiting)
            elif answer == "new":
                self._ours.add(waiting.id)
                self._work(
                    "set the draft aside", lambda: self._app.drafts.save(waiting, waiting.draft, _left_at(waiting))
                )
                self._push(desk, draft=draft)

        when = f"{waiting.updated_at.astimezone(self._app.zone):%a %H:%M}"
        question = f"A draft of {when} was cut off: “{_excerpt(waiting.draft)}”"
        answers = [Answer("o", "open", "primary"), Answer("n", "new"), Answer("b", "back")]
        self._app.push_screen(AskScreen(question, "A new post leaves it among the drafts.", answers), decided)

    def _push(
        self,
        desk: Desk,
        *,
        draft: Draft | None = None,
        kept: Kept | None = None,
        targets: list[Target] | None = None,
        edits: Update | None = None,
        send: Send | None = None,
        about: Callable[[Target], About] | None = None,
        judge: Callable[[Review], Review] = lambda found: found,
    ) -> None:
        from kosmo_tui.ui.screens.compose import ComposeScreen

        self._screen = ComposeScreen(
            account=desk.account,
            account_label=f"{desk.service.capitalize()} · {desk.name}",
            targets=self._targets(desk) if targets is None else targets,
            drafts=self._app.drafts,
            draft=None if kept is not None else draft,
            kept=kept,
            doing="Edit post" if edits else "New post",
            edits=edits.id if edits else "",
            changes_draft=edits is not None and edits.status == "draft",
            known=Known(about or self._about),
            judge=judge,
            reading=targets is None and _reading(desk),
            now=self._app.now,
            zone=self._app.zone,
            send=send or self._send,
            complete=None if edits else self._complete,  # a post that is changed is in the figures already
        )
        self._app.push_screen(self._screen, self._left)
        if edits is None:
            self._stop_doubting = self._app.outbox.subscribe(self._doubt)
            self._doubt()

    def loaded(self, desk: Desk) -> None:
        """An account has news: a composer that was opened before its profiles were there gets them."""
        screen = self.screen
        if screen is not None and screen.waits_for(desk.account):
            screen.offer(self._targets(desk), reading=_reading(desk))

    def _targets(self, desk: Desk) -> list[Target]:
        """Where a post written as `desk` may go: its own profiles, and the Instagram accounts, its own first."""
        zone = str(self._app.zone)
        instagram = [
            instagram_target(other.account, other.user.username if other.user else "", zone)
            for other in sorted(self._app.workspace, key=lambda other: other is not desk)
            if isinstance(other, InstagramDesk)
        ]
        return [*(profile_targets(desk.account, desk.profiles) if isinstance(desk, BufferDesk) else ()), *instagram]

    def _about(self, target: Target) -> About:
        """What the dashboard has loaded of a target, without a request."""
        desk = self._app.workspace.desks.get(target.account)
        profile = desk.profile(target.profile_id) if isinstance(desk, BufferDesk) and target.profile_id else None
        if not isinstance(desk, BufferDesk) or profile is None:
            return About()
        return About(facts(desk, profile.id), known_free(desk, profile, self._app.now()))

    async def _complete(self, facts: Mapping[str, Facts], review: Review) -> Mapping[str, Facts]:
        await self._read_unknown()  # another kosmo writes into the same outbox
        return await self._asking.complete(facts, review)

    def _doubt(self) -> None:
        """Let the composer know, now and whenever the outbox changes, of which writes nobody knows what became."""
        self._app.run_worker(self._read_unknown(), name="read what is unknown", group="doubts", exit_on_error=False)

    async def _read_unknown(self) -> None:
        with suppress(StorageError):  # saving the draft says so
            unknown = await asyncio.to_thread(self._app.outbox.rows, states={"unknown"})
            if self.screen is not None:
                self.screen.doubt(unknown)

    # Leaving

    def _left(self, left: Left | None) -> None:
        self._stop_doubting()
        if left is None or left.kept is None:
            return
        kept = left.kept
        self._ours.add(kept.id)
        if left.how == "discarded":
            drafts = self._app.drafts
            self._work("discard the draft", lambda: drafts.delete(kept.id))
            if not kept.draft.is_empty:
                name = f"the discarded draft “{_excerpt(kept.draft)}”"
                self._app.undoable(name, self._in_thread("bring the draft back", lambda: drafts.restore(kept.id)))
                self._app.notify("Discarded. u brings it back.", markup=False)
        elif left.how == "kept":
            how = "kept" if self._app.drafts.durable else "kept until kosmo ends, not on disk"
            self._app.notify(f"The draft is {how}: it is among the drafts.", markup=False)

    # Sending

    def _send(self, draft: Draft, review: Review, draft_id: str | None, reason: str) -> Publication:
        self._ours.add(draft_id or "")
        targets = [item.target for item in review.items]
        whens = {item.target.key: item.when for item in review.items if item.when is not None}
        return self._app.publisher.start(draft, targets, whens, draft_id=draft_id, reason=reason)

    def published(self, publication: Publication) -> None:
        """A publication has news: look at its accounts again once all targets have their last word."""
        main = self._app.main
        if main is None:
            return
        if publication.done and publication not in self._settled:
            self._settled.add(publication)  # there is news of every target, but its end is one
            self._settle_draft(publication)
            accounts = {row.target.account for row in publication.rows} - self._looked_at_once
            for desk in self._app.workspace:
                if desk.account in accounts:
                    main.refresh_account(desk)
        main.describe()

    @contextmanager
    def looking_once(self, desk: Desk) -> Iterator[None]:
        """Look at an account again after many writes, and not after each: every look is a request."""
        self._looked_at_once.add(desk.account)
        try:
            yield
        finally:
            self._looked_at_once.discard(desk.account)
        if self._app.main is not None:
            self._app.main.refresh_account(desk)

    def _settle_draft(self, publication: Publication) -> None:
        """Delete the draft of a post that every target has; of any other the rest stays a draft."""
        shown = self.screen is not None and self.screen.publication is publication
        rest = publication.rest
        if rest is None:
            self._work("delete the draft", lambda: drop_spent(self._app.publisher.store))
            return
        if shown:  # the composer has it
            return
        if publication.repeats and all(row.state == "unknown" for row in publication.rows):
            (row,) = publication.rows
            self._app.notify(
                f"{row.note.rstrip('.')}. It is still unknown.", severity="warning", markup=False, timeout=15
            )
            return
        self._work("keep the draft", lambda: self._keep(publication, rest))
        if publication.taken_back:
            self._app.notify("Taken back: the post is among the drafts.", markup=False)
            return
        refused = sum(row.state == "refused" for row in publication.rows)
        unknown = sum(row.state == "unknown" for row in publication.rows)
        targets = plural(len(publication.rows), "target")
        told = [f"{refused} of {targets} did not take the post. It is among the drafts."] if refused else []
        told += (
            [f"Of {unknown} of {targets} it is not known whether the post is there: see the outbox."] if unknown else []
        )
        self._app.notify(" ".join(told), severity="warning", markup=False, timeout=15)

    def _keep(self, publication: Publication, rest: Draft) -> None:
        drafts = self._app.drafts
        kept = drafts.get(publication.draft_id) if publication.draft_id is not None else None
        if kept is None:
            drafts.add(publication.rows[0].target.account, rest)
        else:
            drafts.save(kept, rest, _left_at(kept))

    # The store is slow and may be full: never in the event loop, never in silence

    def _work(self, name: str, work: Callable[[], object]) -> None:
        self._app.run_worker(self._in_thread(name, work)(), name=name, group="drafts", exit_on_error=False)

    def _in_thread(self, name: str, work: Callable[[], object]) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            try:
                await asyncio.to_thread(work)
            except StorageError as error:
                said = f"Could not {name}: {error.message}. {error.hint}"
                self._app.notify(said, severity="error", markup=False, timeout=15)
            if self._app.main is not None:
                self._app.main.read_store()

        return run


def _reading(desk: Desk) -> bool:
    """Whether the profiles of an account are still to come."""
    return isinstance(desk, BufferDesk) and desk.user is None


def _left_at(kept: Kept) -> Place:
    """Its place, without the focus: that only a composer that was cut off leaves behind, or one that changes a post."""
    return kept.place if kept.place.focus.startswith(EDITS) else replace(kept.place, focus="")


def _find(desk: Desk, update_id: str) -> Update | None:
    posts = desk.queue.items if isinstance(desk, BufferDesk) else ()
    return next((update for update in posts if update.id == update_id), None)


def _excerpt(draft: Draft) -> str:
    texts = [draft.text, *(own.text or "" for own in draft.overrides.values())]
    line = one_line(next((text for text in texts if text.strip()), "")[:200])
    return line if len(line) <= 40 else f"{line[:39]}…"
