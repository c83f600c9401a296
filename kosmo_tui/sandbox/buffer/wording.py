"""GraphQL's complaints in the words of graphql-js 16, which the real service runs, whatever the library here says."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    is_required_input_field,
    type_from_ast,
)
from graphql.pyutils import did_you_mean, suggestion_list

_DEPTH, _ITEMS, _MOST = 2, 10, 50
_SCALARS = {
    "Int": "non-integer value",
    "Float": "non numeric value",
    "String": "a non string value",
    "Boolean": "a non boolean value",
    "ID": "value",
}
Trouble = tuple[str, Any, str]  # path, value, what is wrong with it


def inspect(value: Any, depth: int = 0) -> str:
    """A JSON value as JavaScript shows it in messages: `{ id: "x", tags: [null, true] }`."""
    if isinstance(value, dict) and value:
        if depth >= _DEPTH:
            return "[Object]"
        return "{ " + ", ".join(f"{key}: {inspect(item, depth + 1)}" for key, item in value.items()) + " }"
    if isinstance(value, list) and value:
        if depth >= _DEPTH:
            return "[Array]"
        shown = [inspect(item, depth + 1) for item in value[:_ITEMS]]
        if (more := len(value) - _ITEMS) > 0:
            shown.append(f"... {more} more item{'s' if more > 1 else ''}")
        return f"[{', '.join(shown)}]"
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        value = int(value)
    return json.dumps(value, ensure_ascii=False)


def variable_errors(
    schema: GraphQLSchema, operation: OperationDefinitionNode, given: dict[str, Any]
) -> list[GraphQLError]:
    """What is wrong with the variables of an operation that is valid in itself."""
    errors: list[GraphQLError] = []
    for node in operation.variable_definitions or ():
        name, kind = node.variable.name.value, type_from_ast(schema, node.type)
        value = given.get(name, Undefined)
        if value is Undefined and (node.default_value or not isinstance(kind, GraphQLNonNull)):
            continue
        if value is Undefined:
            told = [f'Variable "${name}" of required type "{kind}" was not provided.']
        elif value is None and isinstance(kind, GraphQLNonNull):
            told = [f'Variable "${name}" of non-null type "{kind}" must not be null.']
        else:
            told = [
                f'Variable "${name}" got invalid value {inspect(wrong)}'
                + (f' at "{name}{path}"' if path else "")
                + f"; {what}"
                for path, wrong, what in _troubles(kind, value, "")
            ]
        errors += [GraphQLError(message, node) for message in told]
    if len(errors) > _MOST:
        too_many = "Too many errors processing variables, error limit reached. Execution aborted."
        return [*errors[:_MOST], GraphQLError(too_many)]
    return errors


def _troubles(kind: Any, value: Any, path: str) -> Iterator[Trouble]:
    if isinstance(kind, GraphQLNonNull):
        if value is None:
            yield path, value, f'Expected non-nullable type "{kind}" not to be null.'
        else:
            yield from _troubles(kind.of_type, value, path)
    elif value is None:
        return
    elif isinstance(kind, GraphQLList):
        items = enumerate(value) if isinstance(value, list) else ()
        for number, item in items:
            yield from _troubles(kind.of_type, item, f"{path}[{number}]")
        if not isinstance(value, list):
            yield from _troubles(kind.of_type, value, path)
    elif isinstance(kind, GraphQLInputObjectType):
        yield from _object_troubles(kind, value, path)
    elif isinstance(kind, GraphQLEnumType):
        if not isinstance(value, str):
            yield path, value, f'Enum "{kind}" cannot represent non-string value: {inspect(value)}.'
        elif value not in kind.values:
            near = did_you_mean(suggestion_list(value, list(kind.values)), "the enum value")
            yield path, value, f'Value "{value}" does not exist in "{kind}" enum.{_quoted(near)}'
    else:
        yield from _scalar_troubles(kind, value, path)


def _object_troubles(kind: GraphQLInputObjectType, value: Any, path: str) -> Iterator[Trouble]:
    if not isinstance(value, dict):
        yield path, value, f'Expected type "{kind}" to be an object.'
        return
    for name, field in kind.fields.items():
        if name in value:
            yield from _troubles(field.type, value[name], f"{path}.{name}")
        elif is_required_input_field(field):
            yield path, value, f'Field "{name}" of required type "{field.type}" was not provided.'
    for name in value:
        if name not in kind.fields:
            near = did_you_mean(suggestion_list(name, list(kind.fields)))
            yield path, value, f'Field "{name}" is not defined by type "{kind}".{_quoted(near)}'


def _scalar_troubles(kind: GraphQLScalarType, value: Any, path: str) -> Iterator[Trouble]:
    try:
        kind.parse_value(value)
    except GraphQLError as error:
        if kind.name not in _SCALARS:
            yield path, value, error.message
            return
        what = _SCALARS[kind.name]
        if kind.name == "Int" and not isinstance(value, bool | str) and inspect(value).lstrip("-").isdecimal():
            what = "non 32-bit signed integer value"
        yield path, value, f"{kind} cannot represent {what}: {inspect(value)}"


def _quoted(text: str) -> str:
    return text.replace("'", '"')


# Sentences of graphql-js 17, as newer libraries have them, and what 16 says.
_NEWER = tuple(
    (re.compile(newer, re.DOTALL), older)
    for newer, older in (
        (
            r'Expected value of non-null type "([^"]+)" not to be (None|null)\.',
            r'Expected value of type "\1", found null.',
        ),
        (r'Expected value of type "([^"]+)" to be an object, found: ', r'Expected value of type "\1", found '),
        (
            r'Expected value of type "([^"]+)" not to include unknown field "([^"]+)"(?:, f|\.( Did.*?\?) F)ound: .*',
            r'Field "\2" is not defined by type "\1".\3',
        ),
        (r'Argument "\w+\.(\w+)\((\w+):\)" of type', r'Field "\1" argument "\2" of type'),
        (r'Argument "(@\w+)\((\w+):\)" of type', r'Directive "\1" argument "\2" of type'),
    )
)
_LEFT_OUT = re.compile(r'Expected value of type "([^"]+)" to include required field "([^"]+)", found: .*', re.DOTALL)
_NAME = re.compile(r"(?<!\w)'([^'\"\s]+)'(?!\w)")


def in_its_words(message: str, schema: GraphQLSchema) -> str:
    """A message of the library about a document, with names in double quotes as the real service has them."""
    message = _NAME.sub(r'"\1"', message)
    for newer, older in _NEWER:
        message = newer.sub(older, message)
    if found := _LEFT_OUT.fullmatch(message):
        kind = schema.type_map[found[1]]
        assert isinstance(kind, GraphQLInputObjectType)
        return f'Field "{found[1]}.{found[2]}" of required type "{kind.fields[found[2]].type}" was not provided.'
    return message
