"""The real composer in a real terminal, killed while somebody types: the next start has the text and the cursor."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase

from kosmo_tui.services.drafts import Drafts
from kosmo_tui.services.storage import open_store
from tests.e2e.served import served
from tests.e2e.terminal import Terminal

KILLS = 4
SIZES = ((120, 40), (80, 24))
COMMAND = [sys.executable, "-m", "kosmo_tui", "--account", "buffer.agency"]


@dataclass(frozen=True)
class Text:
    """A text with the cursor in it."""

    before: str = ""
    after: str = ""

    def typed(self, letters: str) -> Text:
        return Text(self.before + letters, self.after)

    def moved_left(self, steps: int) -> Text:
        whole, at = self.before + self.after, max(len(self.before) - steps, 0)
        return Text(whole[:at], whole[at:])


def stored(folder: Path) -> Text:
    """The only draft that lies in the state folder of a kosmo that runs, or did."""
    store = open_store(folder)
    [kept, *others] = Drafts(store).list() or [None]
    store.close()
    assert not others
    if kept is None:
        return Text()
    line, column = kept.place.cursor
    assert line == 0
    return Text(kept.draft.text[:column], kept.draft.text[column:])


def test_a_killed_composer_opens_again_where_it_was(tmp_path: Path) -> None:
    chance = random.Random(4)
    possible = [Text()]  # what may be stored: all that was saved for certain, and of the rest what came first

    def letters(number: int) -> str:
        return "".join(chance.choices(ascii_lowercase, k=number))

    with served(tmp_path) as env:
        for kill in range(KILLS + 1):
            columns, rows = SIZES[kill % 2]
            with Terminal(COMMAND, columns=columns, rows=rows, env=env) as terminal:
                terminal.wait_for("Buffer · agency", "Queue", "◷")
                text = stored(tmp_path)
                assert text in possible
                terminal.press("c")
                if kill == 0:
                    terminal.wait_for("New post")
                    terminal.tap("tab")
                else:
                    terminal.wait_for("was cut off", "open")
                    terminal.press("o")
                    terminal.wait_for("New post", text.before + text.after)
                terminal.type("¦")
                terminal.wait_for(f"{text.before}¦{text.after}")
                # Textual hands out letters faster than other keys, so these must not come in one packet.
                terminal.press("backspace")
                terminal.wait_gone("¦")
                if kill == KILLS:
                    break
                typed = letters(6)
                terminal.type(typed)
                terminal.wait_for(f"{text.before}{typed}{text.after}")
                terminal.press("left", "left")
                text = text.typed(typed).moved_left(2)
                begun = time.monotonic()
                while stored(tmp_path) != text:  # the screen does not tell when the cursor was saved
                    terminal.pump(0.05)
                    assert time.monotonic() - begun < terminal.limit, f"never saved {text}:\n{terminal.text()}"
                typed = letters(3)
                terminal.type(typed)
                possible = [text.typed(typed[:length]) for length in range(len(typed) + 1)]
                os.kill(terminal.pid, signal.SIGKILL)
