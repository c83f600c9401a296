"""Colours of a theme → colours that can be read on its page.

Themes choose accents for their looks; some are too pale for text (amber on a light page has 3:1).  WCAG 2.2 (1.4.3)
asks 4.5:1 of text, and every state here is told in words.
"""

from __future__ import annotations

from textual.color import Color, ColorParseError

ENOUGH = 4.5
TEXTS = ("text-primary", "text-secondary", "text-accent", "text-success", "text-warning", "text-error")
BACK = 0.7  # how much of the foreground text has that steps back
FAINT = {"text-muted": "auto 70%", "text-disabled": "auto 65%"}  # labels and placeholders are to be read, too
_TINT = 0.1  # of a list that has the focus, with some to spare
_STEPS = 20


def ratio(one: Color, other: Color) -> float:
    """The contrast of two colours, 1.0 to 21.0, as WCAG defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(color: Color, pages: list[Color], share: float = 1) -> Color:
    """`color`, moved towards black or white until that `share` of it stands out from all `pages`."""
    towards = Color(0, 0, 0) if _luminance(pages[0]) > 0.18 else Color(255, 255, 255)
    for step in range(_STEPS + 1):
        moved = color.blend(towards, step / _STEPS, alpha=1)
        if all(ratio(page.blend(moved, share, alpha=1), page) >= ENOUGH for page in pages):
            return moved
    return towards


def readable_variables(variables: dict[str, str]) -> dict[str, str]:
    """The variables of a theme with its text colours made readable on its background, its surface and its panel.

    A theme of the terminal's own colours is left as it is: nobody knows what they look like.
    """
    try:
        pages = [Color.parse(variables[name]) for name in ("background", "surface", "panel")]
        if any(page.ansi is not None for page in pages):
            return variables
        foreground = Color.parse(variables["foreground"])
        pages.append(pages[-1].blend(foreground, _TINT, alpha=1))
        foreground = readable(foreground, pages, BACK)
        mended = {name: readable(Color.parse(variables[name]), pages).hex for name in TEXTS}
        button = readable(Color(255, 255, 255), [Color.parse(variables["primary"])])
    except (KeyError, ColorParseError):
        return variables
    return {**variables, **FAINT, **mended, "foreground": foreground.hex, "button-color-foreground": button.hex}


def _luminance(color: Color) -> float:
    """Relative luminance, 0.0 (black) to 1.0 (white)."""
    channels = (value / 255 for value in color.rgb)
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
