"""Text from outside → text that cannot drive a terminal.

Captions, comments, names and error messages can hold escape sequences (an `ESC ] 52` writes the reader's clipboard)
and bidi controls that reorder a line.  Textual strips only a few control characters, so everything is cleaned once,
where a model is decoded.  Joiners and variation selectors stay: emoji need them.
"""

from __future__ import annotations

from typing import Any

# C0 but newline and tab, DEL, C1 → U+FFFD, so that a person sees that something stood there.  Bidi marks, embeddings,
# overrides and isolates, the two Unicode line separators and the byte-order mark vanish: visible replacements of them
# would litter honest Arabic and Hebrew.
_TABLE: dict[int, str | None] = {
    **dict.fromkeys((*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0)), "\ufffd"),
    **dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)),
    0x2028: "\n",
    0x2029: "\n",
}
MAX_MARKS = 8  # combining marks, joiners and zero-width characters in a row; no script or emoji needs more


def clean(text: str) -> str:
    """`text` without control characters (newline and tab stay), bidi controls and floods of zero-width characters."""
    if text.isascii() and text.isprintable():
        return text
    if not text.isprintable():
        text = text.replace("\r\n", "\n").translate(_TABLE)
        if not _is_encodable(text):  # lone surrogates, which no terminal can be sent
            text = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text if text.isascii() else _thin(text)


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _thin(text: str) -> str:
    """Cut runs of more than `MAX_MARKS` zero-width characters: a "Zalgo" caption must not draw over its neighbours."""
    import unicodedata

    run, kept = 0, []
    for char in text:
        if char > "\u02ff" and unicodedata.category(char) in {"Mn", "Me", "Cf"}:
            run += 1
            if run > MAX_MARKS:
                continue
        else:
            run = 0
        kept.append(char)
    return "".join(kept) if len(kept) != len(text) else text


class SafeText(str):
    """A string that is safe to display; `raw` is what the service sent, for sending it back unchanged."""

    __slots__ = ("raw",)
    raw: str

    def __new__(cls, raw: str = "") -> SafeText:
        self = super().__new__(cls, clean(raw))
        self.raw = raw
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return (SafeText, (self.raw,))


def raw(value: Any) -> Any:
    """JSON values with every `SafeText` in them as its service sent it, for sending it back."""
    match value:
        case SafeText():
            return value.raw
        case dict():
            return {raw(key): raw(item) for key, item in value.items()}
        case list() | tuple():
            return [raw(item) for item in value]
    return value
