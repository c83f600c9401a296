"""How long a text is, as each network counts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_URL = re.compile(r"https?://\S+")
_MENTION = re.compile(r"(@\w+)@[\w.-]+\w")
_PICTURE = (
    "[\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935\u2b05-\u2b55"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]*[\U000e0020-\U000e007f]*"
)
_EMOJI = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_PICTURE}(?:\u200d{_PICTURE})*")
# twitter-text, configuration version 3: these ranges weigh 1, everything else 2.
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))


def code_points(text: str) -> int:
    return len(text)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def clusters(text: str) -> int:
    """Roughly what a reader takes for one character: marks, modifiers and joined emoji count with their base."""
    count, joined, flag = 0, False, False
    for char in unicodedata.normalize("NFC", text):
        regional = "\U0001f1e6" <= char <= "\U0001f1ff"
        extends = (
            char in "\u200d\ufe0e\ufe0f" or unicodedata.category(char) in {"Mn", "Me", "Mc"}
            or "\U0001f3fb" <= char <= "\U0001f3ff" or "\U000e0020" <= char <= "\U000e007f"
        )  # fmt: skip
        if not extends and not joined and not (regional and flag):
            count += 1
            flag = regional
        else:
            flag = False
        joined = char == "\u200d"
    return count


def weighted(text: str) -> int:
    """X: links weigh 23, an emoji (however long its sequence) and most scripts outside Latin 2, the rest 1."""
    bare, links = _URL.subn("", unicodedata.normalize("NFC", text))
    bare, emoji = _EMOJI.subn("", bare)
    return (
        23 * links + 2 * emoji + sum(1 if any(low <= ord(char) <= high for low, high in _LIGHT) else 2 for char in bare)
    )


def mastodon(text: str) -> int:
    """A link counts 23, `@user@host` counts as `@user`."""
    return clusters(_MENTION.sub(r"\1", _URL.sub("x" * 23, text)))


def threads(text: str) -> int:
    """An emoji counts as the bytes of its UTF-8, everything else as one."""
    return sum(utf8(found) for found in _EMOJI.findall(text)) + len(_EMOJI.sub("", text))


Counter = Callable[[str], int]
