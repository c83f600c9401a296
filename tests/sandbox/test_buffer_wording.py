"""Messages of GraphQL are those of the real service's library, in JavaScript's spelling, whatever is installed here."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import build_schema, execute, get_operation_ast, parse, validate
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.sandbox.buffer.wording import in_its_words, inspect, variable_errors
from tests.sandbox.asking import CREATE, Buffer

SCHEMA = build_schema("""
  enum Colour { red green blue }
  input Point { x: Int! y: Float = 1 next: Point tags: [String!] }
  type Query { f(i: Int, s: String, b: Boolean, d: ID, c: Colour, p: Point, l: [[Int]!]): Boolean }
""")
NEAR = 'Did you mean the enum value "green" or "red"?'
WHOLE = '{ y: null, next: { x: [Object] }, tag: "it\'s" }; '
GOT = 'Variable "$v" got invalid value '


def told(kind: str, given: Any) -> list[str]:
    document = parse(f"query ($v: {kind}) {{ __typename }}")
    operation = get_operation_ast(document)
    assert operation
    return [error.message for error in variable_errors(SCHEMA, operation, given)]


@pytest.mark.parametrize(
    ("kind", "value", "messages"),
    [
        ("Int", "2", [GOT + '"2"; Int cannot represent non-integer value: "2"']),
        ("Int", True, [GOT + "true; Int cannot represent non-integer value: true"]),
        ("Int", 2.0, []),
        ("Int", 3e9, [GOT + "3000000000; Int cannot represent non 32-bit signed integer value: 3000000000"]),
        ("Int", None, []),
        ("Int!", None, ['Variable "$v" of non-null type "Int!" must not be null.']),
        ("Float", "x", [GOT + '"x"; Float cannot represent non numeric value: "x"']),
        ("String", [None, False], [GOT + "[null, false]; String cannot represent a non string value: [null, false]"]),
        ("Boolean", 1, [GOT + "1; Boolean cannot represent a non boolean value: 1"]),
        ("ID", 2.5, [GOT + "2.5; ID cannot represent value: 2.5"]),
        (
            "Colour",
            "gren",
            [GOT + '"gren"; Value "gren" does not exist in "Colour" enum. ' + NEAR],
        ),
        ("Colour", 5, [GOT + '5; Enum "Colour" cannot represent non-string value: 5.']),
        ("[[Int]!]", [[1], None], [GOT + 'null at "v[1]"; Expected non-nullable type "[Int]!" not to be null.']),
        ("[Int]", "a", [GOT + '"a"; Int cannot represent non-integer value: "a"']),
        ("Point", "here", [GOT + '"here"; Expected type "Point" to be an object.']),
        (
            "Point",
            {"y": None, "next": {"x": {"deep": {"er": [1]}}}, "tag": "it's"},
            [
                GOT + WHOLE + 'Field "x" of required type "Int!" was not provided.',
                GOT + '{ deep: { er: [Array] } } at "v.next.x"; '
                "Int cannot represent non-integer value: { deep: { er: [Array] } }",
                GOT + WHOLE + 'Field "tag" is not defined by type "Point". Did you mean "tags"?',
            ],
        ),
    ],
)  # fmt: skip
def test_variables_are_judged_in_its_words(kind: str, value: Any, messages: list[str]) -> None:
    assert told(kind, {"v": value}) == messages


def test_variables_that_are_not_given_and_too_many_errors() -> None:
    assert told("Int!", {}) == ['Variable "$v" of required type "Int!" was not provided.']
    assert told("Int", {}) == told("Int! = 5", {}) == []
    assert told("[Int]", {"v": ["x"] * 60})[50:] == [
        "Too many errors processing variables, error limit reached. Execution aborted."
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["x", "y", "next", "tags", "z"]), inner, max_size=3)
    ),
    max_leaves=6,
)
KINDS = st.sampled_from(["Int", "Float!", "String", "Boolean", "ID", "Colour", "Point", "Point!", "[Int!]", "[[Int]!]"])


@given(KINDS, JSON | st.sampled_from(["red", {"x": 1}, [[1], []], 2**31]))
def test_what_is_refused_is_what_the_library_refuses(kind: str, value: Any) -> None:
    document = parse(f"query ($v: {kind}) {{ __typename }}")
    result: Any = execute(SCHEMA, document, variable_values={"v": value})
    assert bool(told(kind, {"v": value})) == bool(result.errors)


@given(st.none() | st.booleans() | st.integers() | st.text())
def test_simple_values_are_shown_as_json(value: Any) -> None:
    assert json.loads(inspect(value)) == value


def test_long_and_deep_values_are_shown_in_part() -> None:
    assert inspect(list(range(12))) == "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ... 2 more items]"
    assert inspect([[None, [], {}, [True], {"a": 1}]]) == "[[null, [], {}, [Array], [Object]]]"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ f(p: {}) }", 'Field "Point.x" of required type "Int!" was not provided.'),
        ("{ f(p: {x: null}) }", 'Expected value of type "Int!", found null.'),
        ("{ f(p: 5) }", 'Expected value of type "Point", found 5.'),
        ("{ f(p: {x: 1, tag: 2}) }", 'Field "tag" is not defined by type "Point". Did you mean "tags"?'),
        ('{ f(p: {x: 1, foobar: "it\'s"}) }', 'Field "foobar" is not defined by type "Point".'),
        ("{ f @skip }", 'Directive "@skip" argument "if" of type "Boolean!" is required, but it was not provided.'),
        ("{ f(c: rot) }", 'Value "rot" does not exist in "Colour" enum.'),
        ("{ g }", 'Cannot query field "g" on type "Query".'),
    ],
)
def test_documents_are_judged_in_its_words(query: str, message: str) -> None:
    assert message in in_its_words(validate(SCHEMA, parse(query))[0].message, SCHEMA)


async def test_a_required_argument(buffer: Buffer) -> None:
    error = await buffer.trouble("{ channel { id } }")
    assert (
        error["message"]
        == 'Field "channel" argument "input" of type "ChannelInput!" is required, but it was not provided.'
    )


async def test_scalars_of_buffers_own(buffer: Buffer) -> None:
    for literal in ("true", "null", "[1]"):
        error = await buffer.trouble(f"{{ channel(input: {{id: {literal}}}) {{ id }} }}")
        assert literal in error["message"] and "None" not in error["message"]
    given = {"channelId": "1", "schedulingType": "automatic", "mode": "customScheduled", "dueAt": True}
    error = await buffer.trouble(CREATE, input=given)
    assert error["message"] == (
        'Variable "$input" got invalid value true at "input.dueAt"; '
        "DateTime cannot represent an invalid date-time-string true."
    )
    assert error["extensions"] == {"code": "BAD_USER_INPUT"} and error["locations"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"query": "{ account { id } }", "variables": {"x": NaN}}',
        b'{"query": "{ account { id } }", "variables": {"x": -Infinity}}',
        b'{"query": "{ account { id } } # \xff"}',
        '{"query": "{ account { id } }"}'.encode("utf-16"),
    ],
    ids=["NaN", "Infinity", "Latin-1", "UTF-16"],
)
async def test_bodies_that_only_python_reads_are_refused(buffer: Buffer, body: bytes) -> None:
    token = buffer.sandbox.buffer.tokens["agency"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = await buffer.http.post("/", content=body, headers=headers)
    assert answer.status_code == 400 and answer.json()["errors"][0]["message"] == "POST body is not a JSON object."
