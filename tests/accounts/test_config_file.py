"""An account is appended to config.toml; what people wrote stays as it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from kosmo_tui.accounts import config_file, settings
from kosmo_tui.accounts.settings import new_account
from kosmo_tui.api.errors import ConfigError


@pytest.mark.parametrize(
    ("service", "values"),
    [
        ("buffer", {}),
        ("buffer", {"token_cmd": 'pass "show" \\ it', "base_url": "http://localhost:1"}),
        ("instagram", {"login": "facebook", "user_id": "17", "api_version": "v24.0", "token_env": "T"}),
        ("instagram", {"login": "facebook"}),
    ],
)
@pytest.mark.parametrize("before", ["", "# mine\n[settings]\nmouse = true # so\n", "[buffer.old]\n\n", "[keys]"])
def test_what_is_appended_reads_back(tmp_path: Path, service: str, values: dict[str, Any], before: str) -> None:
    path = tmp_path / "new" / "config.toml"
    if before:
        path.parent.mkdir()
        path.write_text(before)
    account = new_account(service, "agency", values)
    config_file.append(path, account)
    assert path.read_text().startswith(before)
    assert account in settings.load(path).accounts


def test_only_what_differs_from_the_defaults_is_written() -> None:
    assert (
        config_file.table(new_account("instagram", "a", {"login": "facebook"})) == '[instagram.a]\nlogin = "facebook"\n'
    )


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "dotfiles.toml").write_text("[settings]\n")
    (tmp_path / "config.toml").symlink_to(tmp_path / "dotfiles.toml")
    config_file.append(tmp_path / "config.toml", new_account("buffer", "a", {}))
    assert (tmp_path / "dotfiles.toml").read_text() == "[settings]\n\n[buffer.a]\n"


@pytest.mark.parametrize(
    "text", ["[buffer.agency]\n", "buffer = {}\n", "buffer.old = {}\n[keys", "[unknown]\n", 'x = """']
)
def test_a_file_that_does_not_allow_it_is_untouched(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"config\.toml"):
        config_file.append(path, new_account("buffer", "agency", {}))
    assert path.read_text() == text


def test_when_it_cannot_be_written_the_lines_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(number: int) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ConfigError, match="Read-only file system") as caught:
        config_file.append(tmp_path / "config.toml", new_account("buffer", "agency", {}))
    assert "[buffer.agency]" in caught.value.hint
