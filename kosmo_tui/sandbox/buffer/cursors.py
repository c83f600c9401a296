"""Opaque cursors: they name the last thing seen by its sort key, so they stay right while things come and go."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any


class BadCursor(ValueError):
    """Not a cursor of this list in this order."""


def write(order: str, key: Sequence[int | float | str]) -> str:
    """The cursor of a thing with this sort key in a list ordered by `order`; base64 twice, as the real ones are."""
    plain = json.dumps([order, *key], separators=(",", ":")).encode()
    return base64.b64encode(base64.b64encode(plain)).decode()


def read(cursor: str, order: str, types: Sequence[type]) -> list[Any]:
    """The sort key in `cursor`.  Raises BadCursor when it is none, of another order, or has other types."""
    try:
        plain = json.loads(base64.b64decode(base64.b64decode(cursor, validate=True), validate=True))
    except (binascii.Error, ValueError, UnicodeError, RecursionError):
        raise BadCursor("Invalid cursor") from None
    if not isinstance(plain, list) or len(plain) != 1 + len(types) or plain[0] != order:
        raise BadCursor("Invalid cursor")
    if not all(type(value) is kind for value, kind in zip(plain[1:], types, strict=True)):
        raise BadCursor("Invalid cursor")
    return plain[1:]


def page_info(cursors: Sequence[str], more: bool) -> dict[str, Any]:
    """`PaginationPageInfo` of a page with these cursors."""
    return {
        "startCursor": cursors[0] if cursors else None,
        "endCursor": cursors[-1] if cursors else None,
        "hasNextPage": more,
        "hasPreviousPage": False,
    }
