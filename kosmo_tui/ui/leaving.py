"""Leaving while posts are held back or on their way: a question, and what each answer means."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.worker import Worker

from kosmo_tui.ui.screens.ask import Answer, AskScreen
from kosmo_tui.ui.text import plural

if TYPE_CHECKING:
    from kosmo_tui.ui.app import KosmoApp

STAY = Answer("s", "stay", "primary")
QUIT = Answer("q", "quit now", "error")


class Leaving:
    """Ends the app when nothing of it is lost; drafts hinder it only where they cannot be kept on disk."""

    def __init__(self, app: KosmoApp) -> None:
        self._app = app
        self._finishing: Worker[None] | None = None

    def ask(self) -> None:
        """Leave, at once when nothing is under way."""
        publisher = self._app.publisher
        if not publisher.pending:
            self._leave_drafts()
            return
        publisher.stop_clock()  # what is held back must not go out while somebody reads that it was not sent
        screen = AskScreen(*self._question())
        follow = self._follow(lambda: screen.ask(*self._question()))

        def decided(answer: str | None) -> None:
            follow()
            self._decide(answer)

        self._app.push_screen(screen, decided)

    def _leave_drafts(self) -> None:
        """Leave, after a question when a draft would be lost that is not lost on purpose, as those of the demo are."""
        app = self._app
        lost = [kept for kept in app.drafts.list() if kept.updated_at >= app.began] if app.keeps_nothing else []
        if not lost:
            app.exit()
            return
        copies = "Copy what you need first: y on a draft." if len(lost) == 1 else "Copy what you need first: y on each."
        question = f"{plural(len(lost), 'draft')} of this session cannot be kept on disk, and will be lost."
        answers = [Answer("l", "lose and quit", "error"), STAY]
        app.push_screen(
            AskScreen(question, copies, answers), lambda answer: app.exit() if answer == "lose and quit" else None
        )

    def _follow(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` after every change of what is under way; returns how to stop it."""
        stops = [publication.subscribe(lambda _: changed()) for publication in self._app.publisher.publications]

        def stop() -> None:
            for one in stops:
                one()

        return stop

    def _question(self) -> tuple[str, str, list[Answer]]:
        """What to ask, as things are now."""
        publisher = self._app.publisher
        holding = publisher.holding
        if sending := publisher.pending - holding:
            held = f", {holding} more held back" if holding else ""
            note = (
                "Quitting now waits a few seconds for an answer. What has none by then is unknown: it is looked for at "
                "the next start. What is held back is not sent, and asks you then."
            )
            return f"{plural(sending, 'post')} on the way{held}.", note, [Answer("f", "finish, then quit"), QUIT, STAY]
        if holding:
            note = (
                "The clock stands still while you decide. Later: nothing is sent by itself, the outbox asks you at the "
                "next start."
            )
            answers = [Answer("f", "send, then quit"), Answer("q", "quit, send later"), STAY]
            return f"{plural(holding, 'post')} held back: nothing was sent yet.", note, answers
        return "Every post has its answer now.", "The outbox shows what became of it.", [QUIT, STAY]

    def _decide(self, answer: str | None) -> None:
        if answer in ("finish, then quit", "send, then quit"):
            self._app.publisher.go_on()
            self._finish()
        elif answer in ("quit now", "quit, send later"):
            self._app.exit()
        else:
            self._app.publisher.go_on()

    def _finish(self) -> None:
        """Send what is held, wait for every answer, and leave; until then one can still change one's mind."""
        app = self._app
        self._finishing = app.run_worker(self._wait(), name="finish", group="leaving", exit_on_error=False)

        def question() -> tuple[str, str, list[Answer]]:
            asked = f"Waiting for the answer to {plural(app.publisher.pending, 'post')} …"
            return asked, "kosmo quits when the last one is there.", [QUIT, STAY]

        waiting = AskScreen(*question())
        stop = self._follow(lambda: waiting.ask(*question()) if app.publisher.pending else None)

        def decided(answer: str | None) -> None:
            stop()
            self._changed_mind(answer)

        app.push_screen(waiting, decided)

    async def _wait(self) -> None:
        publisher = self._app.publisher
        for publication in publisher.publications:
            if publication.held_until is not None:
                publisher.send_now(publication)
        await asyncio.gather(*(publication.wait() for publication in publisher.publications))
        self._app.exit()

    def _changed_mind(self, answer: str | None) -> None:
        if answer == "quit now":
            self._app.exit()
        elif self._finishing is not None:
            self._finishing.cancel()
