"""The parameters of a call, whatever dress they came in: query, form, JSON or multipart."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qsl

from kosmo_tui.sandbox.instagram.errors import invalid, required

_INDEX = re.compile(r"^([A-Za-z_]\w*)\[\w*\]$")


class Parameters:
    """Values by name, read as the type that is wanted; an empty string counts as not given."""

    def __init__(self, values: Mapping[str, Any] = {}) -> None:
        self.values = {name: value for name, value in values.items() if value is not None and value != ""}

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str:
        """The value as text, empty when it was not given."""
        value = self.values.get(name, "")
        if isinstance(value, bool):
            return str(value).lower()
        return value if isinstance(value, str) else json.dumps(value)

    def need(self, name: str) -> str:
        """The value as text.  Raises 100 when it was not given."""
        if name not in self.values:
            raise required(name)
        return self.text(name)

    def flag(self, name: str) -> bool:
        """True for true, 1, yes; false for false, 0, no and for nothing.  Raises 100 for anything else."""
        value = self.text(name).lower()
        if value in {"true", "1", "yes"}:
            return True
        if value in {"false", "0", "no", ""}:
            return False
        raise invalid(f"Param {name} must be a boolean")

    def integer(self, name: str, default: int) -> int:
        """The value as an integer.  Raises 100 for anything else."""
        if name not in self.values:
            return default
        if not re.fullmatch(r"[+-]?\d{1,18}", self.text(name).strip()):
            raise invalid(f"Param {name} must be an integer")
        return int(self.text(name))

    def items(self, name: str) -> list[str]:
        """A list: JSON array, or text with commas."""
        value = self.values.get(name, "")
        if isinstance(value, str) and value.lstrip().startswith("["):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError) as error:
                raise invalid(f"Param {name} must be an array.") from error
        if isinstance(value, list):
            return [item if isinstance(item, str) else json.dumps(item) for item in value]
        return [item.strip() for item in self.text(name).split(",") if item.strip()]

    def objects(self, name: str) -> list[dict[str, Any]]:
        """A list of JSON objects.  Raises 100 for anything else."""
        value = self.values.get(name, [])
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                value = None
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise invalid(f"Param {name} must be an array.")
        return value


def read(query: str, content_type: str, body: bytes) -> dict[str, Any]:
    """Everything that was sent, by name; the body wins over the query, as in Graph.

    A body that is not what its content type says counts as empty: the parameters it should hold are then missing.
    """
    values = _pairs(parse_qsl(query, keep_blank_values=True))
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        try:
            sent = json.loads(body or b"{}")
        except (ValueError, RecursionError):
            sent = {}
        if isinstance(sent, dict):
            values |= sent
    elif kind == "multipart/form-data":
        message = message_from_bytes(b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n" + body)
        parts = message.get_payload() if message.is_multipart() else []
        for part in parts if isinstance(parts, list) else []:
            name, payload = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)  # type: ignore[union-attr]
            if isinstance(name, str) and isinstance(payload, bytes):
                values[name] = payload.decode("utf-8", "replace")
    elif body:
        values |= _pairs(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return values


def _pairs(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Pairs as a mapping; `children[]=1&children[0]=2` is a list."""
    values: dict[str, Any] = {}
    for name, value in pairs:
        if found := _INDEX.match(name):
            listed = values.setdefault(found[1], [])
            if isinstance(listed, list):
                listed.append(value)
        else:
            values[name] = value
    return values
