"""Fewer widgets are asked for their lines than Textual asks, and the same is drawn."""

from __future__ import annotations

import random
import re
from types import MethodType

import pytest
from rich.console import Console
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.geometry import Region

from kosmo_tui.ui.compositor import SparingCompositor
from tests.ui.conftest import Open

IDLE = re.compile(r"(?:\x1b\[\d+;\d+H)+(?=\x1b\[\d+;\d+H|\n|$)")  # moves to where nothing is written
CONSOLE = Console(color_system="truecolor", force_terminal=True)


def drawn(compositor: Compositor, regions: set[Region]) -> str:
    compositor._dirty_regions = {*regions}
    update = compositor.render_update(screen_stack=[])
    assert isinstance(update, LayoutUpdate | ChopsUpdate)
    return IDLE.sub("", update.render_segments(CONSOLE))


@pytest.mark.parametrize("size", [(140, 40), (80, 24)])
async def test_any_part_of_the_screen_is_drawn_as_textual_would_draw_it(
    dashboard: Open, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(1)
    async with dashboard(size=size) as board:
        for keys in ((), ("b",), ("tab", "b")):  # at 80 columns the accounts come over the list
            await board.press(*keys)
            compositor = board.app.screen._compositor
            assert isinstance(compositor, SparingCompositor)
            for _ in range(40):
                shown = [region.intersection(clip) for region, clip in compositor.visible_widgets.values()]
                x, y = chance.randrange(size[0]), chance.randrange(size[1])
                shown.append(Region(x, y, chance.randint(1, size[0] - x), chance.randint(1, size[1] - y)))
                regions = {*chance.sample(shown, chance.randint(1, 3))}
                ours = drawn(compositor, regions)
                with monkeypatch.context() as patch:
                    patch.setattr(compositor, "_get_renders", MethodType(Compositor._get_renders, compositor))
                    assert drawn(compositor, regions) == ours, regions
