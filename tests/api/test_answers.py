"""JSON as services send it, and as none should."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api.answers import decode

# JSON.


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_every_json_is_read_as_it_is(value: Any) -> None:
    assert decode(json.dumps(value).encode()) == value
    assert decode(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.text(st.characters(min_codepoint=0xD700, max_codepoint=0xE010), min_size=1))
def test_half_a_character_is_mended(text: str) -> None:
    value = decode(json.dumps({"text": text}).encode())
    value["text"].encode()  # can be written to a terminal and to a file


@given(st.binary())
def test_bytes_that_are_no_json_are_a_value_error(body: bytes) -> None:
    try:
        decode(body)
    except ValueError:
        return
    json.loads(body.decode("utf-8-sig", "replace"), strict=False)


@pytest.mark.parametrize("body", [b"[" * 100_000, b"NaN", b"Infinity", b"1e999", b"", b'{"a":1'])
def test_what_no_service_should_send(body: bytes) -> None:
    with pytest.raises(ValueError):
        decode(body)
