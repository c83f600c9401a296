"""What is printed is exact for programs, readable for people, and harmless for terminals."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosmo_tui.api.errors import KosmoError, OutcomeUnknown
from kosmo_tui.commands import output

ANY_CHAR = st.characters(exclude_categories=())  # surrogates too
TEXTS = st.text(ANY_CHAR) | st.text(
    st.sampled_from("a\x1b\x07\x7f\x9b\x85\u202e\u2066\u200f\ud83d\ude00\u2028\ufeff\n\t")
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=10,
)
FORBIDDEN = {
    *map(chr, (*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0))),
    *"\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff",
    *map(chr, range(0xD800, 0xE000)),
}


class Stream(io.TextIOWrapper):
    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)


@settings(max_examples=50)
@given(VALUES)
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_json_means_the_same_and_drives_no_terminal(encoding: str, value: Any) -> None:
    text = output.as_json(value, Stream(encoding))
    text.encode(encoding)
    assert not FORBIDDEN & set(text)
    # A pair of escaped surrogates is one character in JSON; Python's own writer loses that difference as well.
    assert json.loads(text) == json.loads(json.dumps(value))


@settings(max_examples=50)
@given(VALUES)
def test_text_drives_no_terminal(value: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        stream = Stream("utf-8")
        patch.setattr("sys.stdout", stream)
        output.show(value, "text")
        stream.seek(0)
        assert not FORBIDDEN & set(stream.read())


def test_readable_forms() -> None:
    posts = [{"id": "1", "text": "two\nlines", "tags": ["a", "b"], "gone": None, "none": [], "ok": True}, {"id": "2"}]
    assert output.readable({"updates": posts, "page": 1, "in": {"zone": "UTC"}}) == (
        "updates\n"
        "  id    1\n"
        "  text  two\n"
        "        lines\n"
        "  tags  a, b\n"
        "  ok    yes\n"
        "\n"
        "  id  2\n"
        "page     1\n"
        "in\n"
        "  zone  UTC"
    )
    assert output.readable([]) == output.readable({}) == "(nothing)"


@pytest.mark.parametrize(
    ("words", "form"),
    [
        (["call", "--output", "text"], "text"),
        (["call", "--output=text", "x"], "text"),
        (["call", "--output", "text", "--output", "json"], "json"),
        (["call", "--output"], "json"),
        (["call", "text=--output=text"], "json"),
        ([], "json"),
    ],
)
def test_a_pipe_gets_json_unless_text_is_asked_for(
    words: list[str], form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert output.wanted(words) == form


def test_a_terminal_gets_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert output.wanted(["call"]) == "text"


def test_an_error_in_json_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    output.tell(OutcomeUnknown("no answer\x1b]52;", hint="look first"), "json")
    printed = capsys.readouterr().err
    assert printed.count("\n") == 1
    assert json.loads(printed) == {
        "error": {
            "kind": "outcome_unknown",
            "message": "no answer�]52;",
            "may_have_been_published": True,
            "hint": "look first",
        }
    }


def test_an_error_for_people_says_what_and_what_next(capsys: pytest.CaptureFixture[str]) -> None:
    output.tell(OutcomeUnknown("no answer", hint="look first"), "text")
    output.tell(KosmoError("it broke"), "text")
    assert capsys.readouterr().err.splitlines() == [
        "kosmo: no answer",
        "  it may have been published all the same",
        "  look first",
        "kosmo: it broke",
    ]
