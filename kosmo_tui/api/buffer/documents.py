"""The GraphQL documents that the client sends: files of `documents/`, read when first used."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("documents")  # importlib.resources takes longer to import than all of this package
_SPREAD = r"\.\.\.\s*(\w+Fields)\b"
_QUERY = r"(?s)(?:#.*?\n)?query (\w+)\((.*?)\) \{\n(.*)\}\n"


@cache
def document(operation: str, times: int = 1) -> str:
    """The document of `operation`, with the fragments that it spreads (`...PostFields` is `PostFields.graphql`).

    A query that is asked several `times` in one request has the number of each, from 0, at the end of its variables and
    fields: `posts_0: posts(input: $input_0)`.
    """
    query = _read(operation)
    parts = [query if times == 1 else _repeated(query, times)]
    included: set[str] = set()
    for part in parts:  # grows while fragments spread further fragments
        for fragment in re.findall(_SPREAD, part):
            if fragment not in included:
                included.add(fragment)
                parts.append(_read(fragment))
    return "\n".join(parts)


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.graphql").read_text("utf-8")


def _repeated(query: str, times: int) -> str:
    parts = re.fullmatch(_QUERY, query)
    assert parts is not None  # the files of all queries with variables are written so
    name, variables, fields = parts.groups()

    def numbered(part: str, number: int) -> str:
        return re.sub(r"\$(\w+)", rf"$\1_{number}", re.sub(r"(?m)^  (\w+)", rf"  \1_{number}: \1", part))

    all_variables = ", ".join(numbered(variables, number) for number in range(times))
    all_fields = "".join(numbered(fields, number) for number in range(times))
    return f"query {name}({all_variables}) {{\n{all_fields}}}\n"
