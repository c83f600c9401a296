"""One client per account, opened when it is first asked for."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from kosmo_tui.accounts import paths
from kosmo_tui.accounts.hub import Hub
from kosmo_tui.accounts.settings import load
from kosmo_tui.api.errors import AuthExpired, TokenError

DESCRIPTION = {
    "buffer": {"url": "http://demo.localhost", "tokens": {"default": "b-one", "agency": "b-two"}},
    "instagram": {
        "url": "http://demo.localhost",
        "tokens": {"default": "i-one", "agency": "i-two"},
        "login": {"default": "instagram", "agency": "facebook"},
    },
}


def refusing(seen: list[str]) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["Authorization"])
        return httpx.Response(401, json={})

    return httpx.MockTransport(answer)


async def test_every_account_has_its_own_client_and_token() -> None:
    seen: list[str] = []
    async with Hub.for_sandbox(DESCRIPTION, refusing(seen)) as hub:
        assert hub.accounts == ("buffer.default", "buffer.agency", "instagram.default", "instagram.agency")
        assert (list(hub.buffer), len(hub.instagram)) == (["default", "agency"], 2)
        assert hub.client("buffer.agency") is hub.buffer["agency"]
        assert hub.client("instagram.agency") is hub.instagram["agency"]
        assert hub.buffer["agency"] is not hub.buffer["default"]
        for account in hub.accounts:
            with pytest.raises(AuthExpired):
                await hub.whose(account)
            assert hub.client(account).account == account
    assert seen == ["Bearer b-one", "Bearer b-two", "Bearer i-one", "Bearer i-two"]
    assert not hub.buffer.opened


async def test_an_unknown_account_is_a_key_error() -> None:
    async with Hub.for_sandbox(DESCRIPTION) as hub:
        for name in ("buffer.nobody", "instagram.nobody", "nobody"):
            with pytest.raises(KeyError):
                hub.client(name)


async def test_without_a_token_nothing_is_sent(folders: Path) -> None:
    (folders / "config.toml").write_text("[buffer.default]\n")
    seen: list[str] = []
    async with Hub(load(), transport=refusing(seen)) as hub:
        with pytest.raises(TokenError):
            await hub.buffer["default"].get_current_user()
    assert seen == []


def test_the_folders_follow_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KOSMO_CONFIG_DIR", "~/c")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert paths.config_file() == tmp_path / "c" / "config.toml"
    assert paths.credentials_file() == tmp_path / "c" / "credentials.toml"
