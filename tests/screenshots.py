"""`python -m tests.screenshots`: writes screenshots/*.svg from the running demo, the same bytes every time."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.cells import cell_len
from textual.pilot import Pilot

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.accounts.settings import Settings
from kosmo_tui.api.http import in_process
from kosmo_tui.compose.draft import Attachment, Draft, Target
from kosmo_tui.compose.when import When
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.sandbox.clock import Clock
from kosmo_tui.services.targets import profile_targets
from kosmo_tui.store.database import Store
from kosmo_tui.ui.app import KosmoApp

FOLDER = Path(__file__).parent.parent / "screenshots"
NOW = datetime(2026, 11, 22, 12, 3, tzinfo=UTC)
POST = """The new roast is here. Two bags for the price of one until Friday.

https://northwind.example/roast"""
PHOTO, ALT = "https://northwind.example/roast.jpg", "A paper bag of coffee beans"


@dataclass(frozen=True)
class Scene:
    """One picture: where the dashboard opens, what has happened `before`, and what is pressed or typed then."""

    name: str
    account: str
    pane: str
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = (120, 40)
    before: Callable[[KosmoApp, Sandbox], Awaitable[None]] | None = None


class Stopped(Clock):
    """A clock that stands still: pictures of what was just sent tell the second."""

    def now(self) -> datetime:
        return self.start


def targets(app: KosmoApp) -> dict[str, Target]:
    """The profiles of buffer.agency, by network."""
    profiles: Any = app.workspace.desks["buffer.agency"].profiles  # type: ignore[union-attr]
    return {target.network: target for target in profile_targets("buffer.agency", profiles)}


async def written(app: KosmoApp, _: Sandbox) -> None:
    """Some drafts."""
    known = targets(app)
    chosen = tuple(known[network].key for network in ("twitter", "linkedin", "mastodon"))
    draft = Draft(text=POST, targets=chosen, media=(Attachment(PHOTO, ALT),), when="fri 17:30")
    draft = draft.override(known["linkedin"].key, text="Our new roast is here, and what we learned while finding it.")
    app.drafts.add("buffer.agency", Draft(text="Ask the farm for pictures of the harvest"))
    app.drafts.add("buffer.agency", Draft(text="Closed on Monday: we paint the shop", targets=chosen[:1]))
    app.drafts.add("buffer.agency", draft)


async def sent(app: KosmoApp, sandbox: Sandbox) -> None:
    """Posts of which one has no answer, one is refused, and one can still be taken back."""
    known = targets(app)
    for network, text in (("linkedin", "We are hiring a barista"), ("mastodon", "Good morning from the roastery")):
        await app.publisher.start(Draft(text=text), [known[network]], When("queue")).wait()
    await app.publisher.start(Draft(text="A post without a picture"), [known["instagram"]], When("queue")).wait()
    sandbox.faults.load([{"match": "createPost", "fault": "drop_before", "times": 1}])
    await app.publisher.start(Draft(text=POST), [known["twitter"]], When("queue")).wait()
    app.publisher.start(Draft(text="The doors are open!"), [known["facebook"]], When("now"))


SCENES = (
    Scene("dashboard", "buffer.agency", "queue", ("down",) * 6),
    Scene("queue", "buffer.default", "queue", ("down",) * 2),
    Scene(
        "compose",
        "buffer.agency",
        "queue",
        ("c", "space", "down", "space", "down", "space", "tab", POST, "tab", "tab", PHOTO, "tab", ALT),
    ),
    Scene(
        "review",
        "buffer.agency",
        "queue",
        ("c", "space", "down", "space", "down", "space", "tab", POST, "tab", "tab", PHOTO, "tab", ALT, "f5"),
    ),
    Scene("media", "instagram.brand_account", "media", ("down",) * 4),
    Scene("comments", "instagram.brand_account", "comments", ("down",)),
    Scene("insights", "instagram.brand_account", "insights"),
    Scene("drafts", "buffer.agency", "drafts", before=written),
    Scene("outbox", "buffer.agency", "outbox", ("g",), before=sent),
    Scene("resolve", "buffer.agency", "outbox", ("g", "a"), before=sent),
    Scene("search", "buffer.agency", "queue", ("ctrl+f", "case study kind:post", "down")),
    Scene("two-lines", "buffer.agency", "queue", ("v", "down", "down", "down", "space", "down", "space")),
    Scene("narrow", "buffer.agency", "queue", ("down",) * 6, size=(80, 24)),
)


def picture(scene: Scene) -> str:
    """The picture of `scene` as SVG."""
    return place(asyncio.run(take(scene)))


async def take(scene: Scene, theme: str = "textual-dark") -> str:
    """What stands on the screen at the end of `scene`, as SVG."""
    sandbox = Sandbox(clock=Stopped(NOW))
    hub = Hub.for_sandbox(sandbox.describe("http://demo.localhost"), in_process(sandbox.app))
    with TemporaryDirectory() as folder, closing(Store.open(Path(folder), lambda: NOW)) as store:
        app = KosmoApp(
            hub,
            Settings(timezone="Europe/London", theme=theme, hold_seconds=600),
            store=store,
            start_account=scene.account,
            start_pane=scene.pane,
            demo=True,
            now=lambda: NOW,
        )
        async with app.run_test(size=scene.size) as pilot:
            await settled(pilot)
            if scene.before is not None:
                await scene.before(app, sandbox)
                app.stored_changed()
                app.clear_notifications()
                await settled(pilot)
            for key in scene.keys:
                await pilot.press(*(["enter" if char == "\n" else char for char in key] if len(key) > 9 else [key]))
                await settled(pilot)
            return app.export_screenshot(title=f"kosmo · {scene.name}")


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until no worker runs and the screen has stopped changing."""
    before, picture = "", " "
    while before != picture:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause(0.1)  # longer than any delayed drawing
        before, picture = picture, pilot.app.export_screenshot()


def main() -> None:
    """Take all pictures and drop those of scenes that are no more."""
    FOLDER.mkdir(exist_ok=True)
    for scene in SCENES:
        path = FOLDER / f"{scene.name}.svg"
        path.write_text(picture(scene), encoding="utf-8")
        print(path.relative_to(FOLDER.parent))
    for path in FOLDER.glob("*.svg"):
        if path.stem not in {scene.name for scene in SCENES}:
            path.unlink()


_TEXT = re.compile(
    r'<text class="([^"]+)" x="([^"]+)" y="([^"]+)" textLength="([^"]+)" clip-path="([^"]+)">([^<]+)</text>'
)


# Words stand together; braille is placed dot by dot, since it often comes from a font of another width.
_WORD = re.compile("[\u2800-\u28ff]|[^\u00a0\u2800-\u28ff]+")


def place(svg: str) -> str:
    """`svg` with every word at a place of its own.

    Rich writes a run of words as one text and trusts `textLength` and leading blanks, which not all viewers honour:
    there columns would shift as soon as a font lacks a glyph.  Fonts are the viewer's own: nothing is fetched.
    """
    return _TEXT.sub(_words, re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL))


def _words(match: re.Match[str]) -> str:
    look, x, y, length, clip, content = match.groups()
    text = html.unescape(content)
    width = float(length) / max(cell_len(text), 1)
    parts = []
    for word in _WORD.finditer(text):
        start, size = cell_len(text[: word.start()]) * width, cell_len(word[0]) * width
        parts.append(
            f'<text class="{look}" x="{float(x) + start:.1f}" y="{y}" textLength="{size:.1f}" '
            f'clip-path="{clip}">{html.escape(word[0])}</text>'
        )
    return "".join(parts)


if __name__ == "__main__":
    main()
