"""A new account from a token: checked first, and never in the place of another."""

from __future__ import annotations

from pathlib import Path

import pytest

from kosmo_tui.accounts import connecting, settings
from kosmo_tui.accounts.credentials import Credentials
from kosmo_tui.api.errors import ConfigError
from kosmo_tui.api.secret import Secret


@pytest.mark.parametrize("text", ["[buffer.agency]\n", "buffer = {}\n"])
async def test_a_table_that_cannot_be_appended_leaves_the_kept_token(
    folders: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def whose(*_: object) -> str:
        return "somebody"

    monkeypatch.setattr(connecting, "whose", whose)
    (folders / "config.toml").write_text(text)
    account = settings.new_account("buffer", "agency", {})
    Credentials().put(account, Secret("old"))
    with pytest.raises(ConfigError, match=r"config\.toml"):
        await connecting.connect(settings.load(), account, Secret("new"))
    kept = Credentials().get(account)
    assert kept is not None and kept.reveal() == "old"
    assert (folders / "config.toml").read_text() == text
