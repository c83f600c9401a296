"""A token shows itself to nobody."""

from __future__ import annotations

import pickle

import pytest

from kosmo_tui.api.errors import (
    TokenError,
)
from kosmo_tui.api.secret import Secret
from tests.api.conftest import TOKEN


def test_a_secret_shows_itself_only_when_it_is_asked_to() -> None:
    secret = Secret(TOKEN)
    assert secret.reveal() == TOKEN
    for shown in (repr(secret), str(secret), f"{secret}", f"{[secret]}"):
        assert TOKEN not in shown
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.mark.parametrize("text", ["", "\t", "key key", "key\n", "\u200bkey", "schlüssel", "a\x1b[0m", "a\x7f"])
def test_what_can_be_no_token(text: str) -> None:
    with pytest.raises(TokenError) as caught:
        Secret(text)
    assert not text or text not in str(caught.value)
