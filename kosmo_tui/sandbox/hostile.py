"""Texts that try to drive a terminal, break markup or draw over their neighbours."""

from __future__ import annotations

# Each is what somebody could put into a caption, a comment, a name or an error message.
VENOM: tuple[str, ...] = (
    "\x1b]52;c;aGFja2Vk\x07",  # OSC 52: writes the reader's clipboard
    "\x1b[2J\x1b[H",  # CSI: clears the screen
    "\x9b31m\x9d0;owned\x9c",  # C1: the same introducers as single characters
    "[/b][bold red]owned[/]",  # console markup, closing what was never opened
    "[@click=app.quit]click me[/]",  # markup that calls an action
    "\u202egnp.exe\u202c",  # bidi override: reads backwards
    "\u2066\u2067\u2068",  # bidi isolates that never end
    "\u200b\u200d\u2060" * 60,  # a flood of zero-width characters
    "Z" + "\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307" * 8,  # combining marks piled up
    "\x00\x07\x08\x08\x08\r",  # NUL, bell, backspaces, carriage return
    "\x1b]8;;https://evil.example/\x1b\\link\x1b]8;;\x1b\\",  # OSC 8: a link that hides its target
    "\x1bP+q544e\x1b\\\x1b[6n",  # DCS and a cursor report: the terminal types an answer
    "\u2028\u2029\ufeff\ufffe",  # line separators, byte-order mark, a non-character
    "{{7*7}} ${jndi:x} %s %n <script>alert(1)</script>",  # what template engines fall for
    "👩‍👩‍👧‍👦" * 12 + "\U000e0001\U000e0062",  # wide joined emoji and tag characters
    "\x1b[?1049h\x1b[?1000h\x1b[>4;2m",  # other screen, mouse reports, key modifiers
)


def poison(text: str, n: int) -> str:
    """`text` with the `n`-th venom in it: before, inside or behind, always the same for the same `n`."""
    venom = VENOM[n % len(VENOM)]
    where = (n // len(VENOM)) % 3
    cut = (0, len(text) // 2, len(text))[where]
    return text[:cut] + venom + text[cut:]
