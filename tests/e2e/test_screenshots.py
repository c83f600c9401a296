"""The pictures of the README: the same bytes every time, and every word where it stood."""

from __future__ import annotations

import html
import re
from xml.etree import ElementTree

from tests.screenshots import SCENES, picture, place


def test_a_picture_is_the_same_every_time() -> None:
    scene = next(scene for scene in SCENES if scene.size == (80, 24))
    first = picture(scene)
    assert picture(scene) == first
    ElementTree.fromstring(first)
    words = {html.unescape(word) for word in re.findall(r"<text [^>]*>([^<]+)</text>", first)}
    assert {"Buffer", "Queue", "agency", "12:03"} <= words
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]+"|https?://www\.textualize\.io', "", first)


def test_words_are_placed_by_their_cells() -> None:
    text = '<text class="a" x="10" y="5" textLength="100" clip-path="url(#b)">&#160;日&#160;&#160;a&amp;b⠁⠂</text>'
    assert re.findall(r'x="([\d.]+)" y="5" textLength="([\d.]+)" clip-path="[^"]+">([^<]+)<', place(text)) == [
        ("20.0", "20.0", "日"),
        ("60.0", "30.0", "a&amp;b"),
        ("90.0", "10.0", "⠁"),
        ("100.0", "10.0", "⠂"),
    ]
