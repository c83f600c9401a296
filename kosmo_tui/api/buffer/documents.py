"""The GraphQL documents that the client sends: files of `documents/`, read when first used."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("documents")  # importlib.resources takes longer to import than all of this package
_SPREAD = r"\.\.\.\s*(\w+Fields)\b"


@cache
def document(operation: str) -> str:
    """The document of `operation`, with the fragments that it spreads (`...PostFields` is `PostFields.graphql`)."""
    parts = [_read(operation)]
    included: set[str] = set()
    for part in parts:  # grows while fragments spread further fragments
        for fragment in re.findall(_SPREAD, part):
            if fragment not in included:
                included.add(fragment)
                parts.append(_read(fragment))
    return "\n".join(parts)


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.graphql").read_text("utf-8")
