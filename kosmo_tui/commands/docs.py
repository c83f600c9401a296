"""`kosmo docs`: the reference of the fourteen functions, read from the same data that the calls go through."""

from __future__ import annotations

from typing import Any

from kosmo_tui.api.errors import BadParameter
from kosmo_tui.api.functions import FUNCTIONS, Function, Parameter, find
from kosmo_tui.commands import output
from kosmo_tui.commands.parser import Parser

EXAMPLES = {
    "string": "name=TEXT",
    "integer": "name=20",
    "boolean": "name=true",
    "array": "name=ID,ID",
    "string|array": "name=TEXT",
}


def run(words: list[str]) -> int:
    """Print the functions that are asked for: all, those of a service, or one."""
    parser = Parser("kosmo docs", "The reference of the fourteen functions.")
    parser.add_argument("name", nargs="?", help="buffer, instagram, or a function (default: a list of all)")
    parser.add_output()
    args = parser.parse_args(words)
    chosen = _chosen(args.name)
    text = _overview(chosen) if args.name is None else "\n\n".join(map(_page, chosen))
    output.show([_data(function) for function in chosen], output.wanted(words), text)
    return 0


def _chosen(name: str | None) -> list[Function]:
    if name is None:
        return list(FUNCTIONS)
    for matches in (
        [function for function in FUNCTIONS if function.service == name],
        [function for function in FUNCTIONS if name in (function.name, f"{function.service}_{function.name}")],
    ):
        if matches:
            return matches
    if "." not in name:
        raise BadParameter(f"there is no service or function {name!r}", hint="`kosmo docs` lists them")
    return [find(name)]


def _overview(functions: list[Function]) -> str:
    rows = [(function.full_name, "writes" if function.writes else "reads", function.doc) for function in functions]
    return output.table(rows) + "\n\n`kosmo docs NAME` shows the parameters of one."


def _page(function: Function) -> str:
    lines = [f"{function.full_name}  ({'writes' if function.writes else 'reads'})", f"  {function.doc}", ""]
    if function.parameters:
        rows = [
            (parameter.wire, parameter.type, "required" if parameter.required else "", parameter.doc)
            for parameter in function.parameters
        ]
        lines += [f"  {line}" for line in output.table(rows).split("\n")]
    else:
        lines.append("  No parameters.")
    return "\n".join([*lines, "", f"  {_example(function)}"])


def _example(function: Function) -> str:
    words = [_word(parameter) for parameter in function.parameters if parameter.required]
    return " ".join(["kosmo call", function.full_name, *words])


def _word(parameter: Parameter) -> str:
    return EXAMPLES.get(parameter.type, "name:={}").replace("name", parameter.wire, 1)


def _data(function: Function) -> dict[str, Any]:
    return {
        "name": function.full_name,
        "service": function.service,
        "writes": function.writes,
        "doc": function.doc,
        "parameters": [
            {"name": item.wire, "python_name": item.name, "type": item.type, "required": item.required, "doc": item.doc}
            for item in function.parameters
        ],
    }
