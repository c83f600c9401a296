"""`python -m tests.screenshots`: writes screenshots/*.svg from the running demo, the same bytes every time."""

from __future__ import annotations

import asyncio
import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from textual.pilot import Pilot

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.accounts.settings import Settings
from kosmo_tui.api.http import in_process
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.sandbox.clock import Clock
from kosmo_tui.ui.app import KosmoApp

FOLDER = Path(__file__).parent.parent / "screenshots"
NOW = datetime(2026, 11, 22, 12, 3, tzinfo=UTC)
POST = """The new roast is here. Two bags for the price of one until Friday.

https://northwind.example/roast"""
PHOTO, ALT = "https://northwind.example/roast.jpg", "A paper bag of coffee beans"


@dataclass(frozen=True)
class Scene:
    """One picture: where the dashboard opens, and what is pressed or typed then."""

    name: str
    account: str
    pane: str
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = (120, 40)


SCENES = (
    Scene("dashboard", "buffer.agency", "queue", ("down",) * 6),
    Scene("queue", "buffer.default", "queue", ("down",) * 2),
    Scene(
        "compose",
        "buffer.agency",
        "queue",
        ("c", "space", "down", "space", "down", "space", "tab", POST, "tab", PHOTO, "tab", ALT),
    ),
    Scene("media", "instagram.brand_account", "media", ("down",) * 4),
    Scene("comments", "instagram.brand_account", "comments", ("down",)),
    Scene("insights", "instagram.brand_account", "insights"),
    Scene("narrow", "buffer.agency", "queue", ("down",) * 6, size=(80, 24)),
)


def picture(scene: Scene) -> str:
    """The picture of `scene` as SVG."""
    return place(asyncio.run(take(scene)))


async def take(scene: Scene) -> str:
    """What stands on the screen at the end of `scene`, as SVG."""
    sandbox = Sandbox(clock=Clock(NOW))
    hub = Hub.for_sandbox(sandbox.describe("http://demo.localhost"), in_process(sandbox.app))
    app = KosmoApp(
        hub,
        Settings(timezone="Europe/London"),
        start_account=scene.account,
        start_pane=scene.pane,
        demo=True,
        now=lambda: NOW,
    )
    async with app.run_test(size=scene.size) as pilot:
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
