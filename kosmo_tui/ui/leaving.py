"""Leaving while posts are held back or on their way: a question, and what each answer means."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.worker import Worker

from kosmo_tui.ui.screens.ask import Answer, AskScreen
from kosmo_tui.ui.text import plural

if TYPE_CHECKING:
    from kosmo_tui.ui.app import KosmoApp

STAY = Answer("s", "stay", "primary")
QUIT = Answer("q", "quit now", "error")


class Leaving:
    """Ends the app when nothing of it is lost; drafts never hinder it, as they are kept."""

    def __init__(self, app: KosmoApp) -> None:
        self._app = app
        self._finishing: Worker[None] | None = None

    def ask(self) -> None:
        """Leave, at once when nothing is under way."""
        publisher = self._app.publisher
        holding = publisher.holding
        sending = publisher.pending - holding
        if sending:
            held = f", {holding} more held back" if holding else ""
            question = f"{plural(sending, 'post')} on the way{held}."
            note = (
                "Quitting now waits a few seconds for an answer. What has none by then is unknown: it is looked for at "
                "the next start. What is held back is not sent, and asks you then."
            )
            answers = [Answer("f", "finish, then quit"), QUIT, STAY]
        elif holding:
            question = f"{plural(holding, 'post')} held back: nothing was sent yet."
            note = "Later: it is not sent by itself, the outbox asks you at the next start."
            answers = [Answer("n", "send, then quit"), Answer("l", "later"), STAY]
        else:
            self._app.exit()
            return
        self._app.push_screen(AskScreen(question, note, answers), self._decide)

    def _decide(self, answer: str | None) -> None:
        if answer in ("finish, then quit", "send, then quit"):
            self._finish()
        elif answer in ("quit now", "later"):
            self._app.exit()

    def _finish(self) -> None:
        """Send what is held, wait for every answer, and leave; until then one can still change one's mind."""
        app = self._app
        self._finishing = app.run_worker(self._wait(), name="finish", group="leaving", exit_on_error=False)
        waiting = AskScreen(
            f"Waiting for the answer to {plural(app.publisher.pending, 'post')} …",
            "kosmo quits when the last one is there.",
            [QUIT, STAY],
        )
        app.push_screen(waiting, self._changed_mind)

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
