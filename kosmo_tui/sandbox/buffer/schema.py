"""The schema, ready to be executed: `schema.graphql` with its scalars and resolvers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLScalarType,
    GraphQLSchema,
    IntValueNode,
    Node,
    StringValueNode,
    ValueNode,
    build_schema,
    print_ast,
)

from kosmo_tui.sandbox.buffer.records import iso
from kosmo_tui.sandbox.buffer.wording import inspect

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)")
_OBJECT_ID = re.compile(r"[0-9a-fA-F]{24}")
_IDS = frozenset(
    f"{name}Id"
    for name in (
        "Account",
        "Channel",
        "Draft",
        "Idea",
        "Invitation",
        "Note",
        "Organization",
        "Post",
        "PostGroup",
        "PostTemplate",
        "Tag",
    )
)


def build(resolvers: Mapping[str, Mapping[str, Callable[..., Any]]], *, strict_ids: bool) -> GraphQLSchema:
    """The executable schema; `resolvers` are by type and field, everything else is read from the parent's dict."""
    schema = build_schema(sdl())
    for name, fields in resolvers.items():
        for field, resolve in fields.items():
            schema.type_map[name].fields[field].resolve = resolve  # type: ignore[attr-defined]
    for name, scalar in schema.type_map.items():
        if not isinstance(scalar, GraphQLScalarType):
            continue
        if name == "DateTime":
            _codec(scalar, parse_time, _write_time)
        elif name in _IDS:
            _codec(scalar, _id_parser(name, strict_ids), str)
    return schema


def _codec(scalar: GraphQLScalarType, parse: Callable[[Any], Any], write: Callable[[Any], Any]) -> None:
    def literal(node: ValueNode, _variables: Any = None) -> Any:
        return parse(node.value if isinstance(node, StringValueNode | IntValueNode) else node)

    made = GraphQLScalarType(scalar.name, serialize=write, parse_value=parse, parse_literal=literal)
    # The type is known to fields and arguments already, so it takes over the functions of a new one.
    vars(scalar).update({name: value for name, value in vars(made).items() if callable(value)})


@cache
def sdl() -> str:
    """The text of `schema.graphql`."""
    return files(__package__).joinpath("schema.graphql").read_text(encoding="utf-8")


def parse_time(value: Any) -> datetime:
    """A `DateTime` from outside: ISO 8601 with an offset.  Raises GraphQLError."""
    if isinstance(value, str) and _RFC3339.fullmatch(value):
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise GraphQLError(f"DateTime cannot represent an invalid date-time-string {_shown(value)}.")


def _write_time(value: Any) -> str | None:
    return iso(value) if isinstance(value, datetime) else str(value)


def _id_parser(name: str, strict: bool) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if not isinstance(value, str) or (strict and not _OBJECT_ID.fullmatch(value)):
            raise GraphQLError(f"{name} cannot represent value: {_shown(value)}")
        return value

    return parse


def _shown(value: Any) -> str:
    """What was given, a JSON value or a literal that is none of text and number, for a message."""
    return (print_ast(value) if isinstance(value, Node) else inspect(value))[:60]
