"""Where a token may go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api.base_url import host_of, takes_token


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://api.buffer.com", True),
        ("https://api.buffer.com:8443/v1/", True),
        ("http://localhost:8000", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8000", True),
        ("http://LOCALHOST/v1", True),
        ("http://demo.localhost", False),
        ("http://localhost.", False),
        ("http://localhost.example.com", False),
        ("http://10.0.0.1", False),
        ("http://127.0.0.1@example.com", False),
        ("ftp://api.buffer.com", False),
        ("https://", False),
        ("https://a b", False),
        ("https://a:port", False),
        ("https://a\n", False),
        ("https://a/#x", False),
        ("", False),
    ],
)
def test_where_a_token_may_be_sent(url: str, fine: bool) -> None:
    assert takes_token(url) is fine


@given(st.text(alphabet="htps:/.@a1[]?#\\ é") | st.text())
def test_any_text_is_judged(url: str) -> None:
    if takes_token(url):
        assert host_of(url) and url.lower().startswith(("http://", "https://"))
