"""Graph's field selection: `id,caption,children{id},comments.limit(5){text},insights.metric(reach)`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from kosmo_tui.sandbox.instagram.errors import GraphError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DEPTH = 6


@dataclass(frozen=True)
class Selection:
    """One field: its modifiers (`.limit(5)`) and the fields asked of what it points to."""

    name: str
    modifiers: dict[str, str] = field(default_factory=dict)
    fields: tuple[Selection, ...] = ()

    @property
    def source(self) -> str:
        """The selection as it is written in a URL."""
        inner = ",".join(item.source for item in self.fields)
        dots = "".join(f".{name}({value})" for name, value in self.modifiers.items())
        return self.name + dots + (f"{{{inner}}}" if inner else "")


def parse(text: str) -> tuple[Selection, ...]:
    """The fields of a `fields` parameter: a list with commas, or a JSON array of them; empty for none.

    Raises 2500 for a syntax error and for a field that is named twice.
    """
    if text.lstrip().startswith("["):
        try:
            names = json.loads(text)
        except ValueError:
            names = None
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            text = ",".join(names)
    reader = _Reader(text)
    fields = reader.fields(0)
    if reader.position < len(text):
        raise reader.error(f'Expected end of string instead of "{text[reader.position]}".')
    return fields


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.position = text, 0

    def error(self, what: str) -> GraphError:
        return GraphError(2500, f'Syntax error "{what}" at character {self.position}: {self.text}', style="plain")

    def skip(self, sign: str) -> bool:
        while self.text[self.position : self.position + 1].isspace():
            self.position += 1
        if self.text.startswith(sign, self.position):
            self.position += len(sign)
            return True
        return False

    def name(self) -> str:
        self.skip("")
        found = _NAME.match(self.text, self.position)
        if not found:
            here = self.text[self.position : self.position + 1] or "end of string"
            raise self.error(f'Expected name instead of "{here}".')
        self.position = found.end()
        return found[0]

    def fields(self, depth: int) -> tuple[Selection, ...]:
        if depth > _DEPTH:
            raise self.error("Fields are nested too deep.")
        found: dict[str, Selection] = {}
        while not found or self.skip(","):
            self.skip("")
            if self.position >= len(self.text) and not depth:  # an empty list, or a comma at its end
                break
            name = self.name()
            if name in found:
                raise self.error(f"Field {name} specified more than once. This is only possible before version 2.1")
            found[name] = Selection(name, self.modifiers(), self.inner(depth))
        return tuple(found.values())

    def modifiers(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while self.skip("."):
            name = self.name()
            if not self.skip("("):
                raise self.error('Expected "(" after a modifier.')
            end = self.text.find(")", self.position)
            if end < 0:
                raise self.error('Expected ")" instead of "end of string".')
            found[name] = self.text[self.position : end]
            self.position = end + 1
        return found

    def inner(self, depth: int) -> tuple[Selection, ...]:
        if not self.skip("{"):
            return ()
        fields = self.fields(depth + 1)
        if not self.skip("}"):
            raise self.error('Expected "}" at the end of nested fields.')
        return fields
