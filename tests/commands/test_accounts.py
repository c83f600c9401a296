"""`kosmo accounts`: what is there, does it work, one more, one less."""

from __future__ import annotations

import os
import pty
import tomllib
from pathlib import Path

import pytest

from kosmo_tui.accounts.credentials import Credentials
from kosmo_tui.accounts.settings import new_account
from kosmo_tui.api.secret import Secret
from tests.commands.test_commands import KOSMO
from tests.conftest import ROOT, Command, Sandbox


@pytest.fixture
def unlisted(sandbox: Sandbox, folders: Path) -> Sandbox:
    """The sandbox, without a config.toml."""
    (folders / "config.toml").unlink()
    return sandbox


def credentials(folders: Path) -> dict[str, object]:
    return tomllib.loads((folders / "credentials.toml").read_text())


def at_a_terminal(typed: bytes, *words: str) -> tuple[int, bytes]:
    """The exit code of `kosmo` at a terminal where `typed` answers its question for a token, and what it showed."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execv(KOSMO[0], [*KOSMO, *words])
    shown = b""
    try:
        while chunk := os.read(terminal, 65536):
            if b"Token of buffer.x: " not in shown and b"Token of buffer.x: " in shown + chunk:
                os.write(terminal, typed)
            shown += chunk
    except OSError:  # the terminal is closed when its last program ends
        pass
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), shown


class TestList:
    def test_nothing_yet(self, kosmo: Command) -> None:
        assert kosmo("accounts", "list").json == []
        assert "kosmo accounts add" in kosmo("accounts", "list", "--output", "text").out

    def test_where_tokens_come_from_and_nobody_is_asked(self, kosmo: Command, folders: Path, tmp_path: Path) -> None:
        mark = tmp_path / "asked"
        (folders / "config.toml").write_text(
            f"[buffer.a]\ntoken_cmd = 'touch {mark}'\n[buffer.b]\ntoken_env = 'X'\n[instagram.c]\nlogin = 'facebook'\n"
            "[instagram.d]\n"
        )
        (folders / "credentials.toml").write_text("[instagram.c]\ntoken = 'x'\n")
        (folders / "credentials.toml").chmod(0o600)
        told = {row["account"]: row["token"] for row in kosmo("accounts", "list").json}
        assert told == {
            "buffer.a": "token_cmd",
            "buffer.b": "token_env",
            "instagram.c": "credentials.toml",
            "instagram.d": "missing",
        }
        assert not mark.exists()
        (folders / "credentials.toml").chmod(0o644)
        assert kosmo("accounts", "list").json[-1]["token"] == "unusable"


class TestCheck:
    def test_all_are_well(self, kosmo: Command, sandbox: Sandbox) -> None:
        outcome = kosmo("accounts", "check")
        assert outcome.code == 0
        assert len(outcome.json) == 6
        assert all(row["ok"] and row["user"] for row in outcome.json)

    def test_one_is_not(self, kosmo: Command, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TOKEN_BUFFER_AGENCY", "wrong-t0ken")
        outcome = kosmo("accounts", "check", "buffer.default", "buffer.agency")
        assert outcome.code == 4
        assert [row["ok"] for row in outcome.json] == [True, False]
        assert outcome.json[1]["error"]["kind"] == "auth"
        text = kosmo("accounts", "check", "agency", "--output", "text").out
        assert text.startswith("buffer.agency  auth")

    def test_no_account(self, kosmo: Command) -> None:
        assert kosmo("accounts", "check").code == 1

    def test_an_unknown_account(self, kosmo: Command, sandbox: Sandbox) -> None:
        assert kosmo("accounts", "check", "nobody").code == 2


class TestAdd:
    def test_a_token_from_standard_input_is_checked_and_kept(
        self, kosmo_process: Command, unlisted: Sandbox, folders: Path
    ) -> None:
        add = ["accounts", "add", "buffer.agency", "--base-url", unlisted.description["url"]]
        outcome = kosmo_process(*add, stdin=unlisted.token("buffer.agency") + "\n")
        assert outcome.code == 0, outcome.err
        assert outcome.json["user"]
        assert credentials(folders) == {"buffer": {"agency": {"token": unlisted.token("buffer.agency")}}}
        assert (folders / "credentials.toml").stat().st_mode & 0o777 == 0o600
        assert kosmo_process("call", "buffer.list_profiles", "--account", "agency").code == 0

    def test_an_instagram_account_keeps_its_options(
        self, kosmo_process: Command, unlisted: Sandbox, folders: Path
    ) -> None:
        url = unlisted.description["url"]
        add = ["accounts", "add", "instagram.agency", "--login", "facebook", "--base-url", url]
        assert kosmo_process(*add, stdin=unlisted.token("instagram.agency")).code == 0
        table = tomllib.loads((folders / "config.toml").read_text())["instagram"]["agency"]
        assert table == {"login": "facebook", "base_url": url}

    def test_a_token_that_does_not_work_changes_nothing(
        self, kosmo_process: Command, unlisted: Sandbox, folders: Path
    ) -> None:
        add = ["accounts", "add", "buffer.agency", "--base-url", unlisted.description["url"]]
        outcome = kosmo_process(*add, stdin="wrong-t0ken")
        assert outcome.code == 4
        assert "wrong-t0ken" not in outcome.err
        assert list(folders.iterdir()) == []
        assert kosmo_process(*add, "--no-check", stdin="wrong-t0ken").code == 0
        assert credentials(folders) == {"buffer": {"agency": {"token": "wrong-t0ken"}}}

    def test_a_new_token_replaces_the_old_one(self, kosmo_process: Command, unlisted: Sandbox, folders: Path) -> None:
        add = ["accounts", "add", "buffer.agency"]
        first = [*add, "--base-url", unlisted.description["url"], "--no-check"]
        assert kosmo_process(*first, stdin="old-t0ken").json["replaced"] is False
        before = (folders / "config.toml").read_text()
        assert kosmo_process(*add, stdin=unlisted.token("buffer.agency")).json["replaced"] is True
        assert (folders / "config.toml").read_text() == before
        assert credentials(folders) == {"buffer": {"agency": {"token": unlisted.token("buffer.agency")}}}
        assert kosmo_process(*first, stdin="x").code == 2

    @pytest.mark.parametrize(
        "option", [["--token-cmd", "echo $TOKEN_BUFFER_AGENCY"], ["--token-env", "TOKEN_BUFFER_AGENCY"]]
    )
    def test_a_token_that_lives_elsewhere_is_not_kept(
        self, kosmo: Command, unlisted: Sandbox, folders: Path, option: list[str]
    ) -> None:
        add = ["accounts", "add", "buffer.agency", "--base-url", unlisted.description["url"], *option]
        assert kosmo(*add).code == 0
        assert [file.name for file in folders.iterdir()] == ["config.toml"]
        assert kosmo("call", "buffer.get_current_user", "--account", "agency").code == 0
        assert kosmo("accounts", "add", "buffer.agency").code == 2

    @pytest.mark.parametrize(
        ("words", "stdin", "code"),
        [
            (["buffer.x", "S3CRET-t0ken"], "", 2),
            (["buffer.x", "--token", "S3CRET-t0ken"], "", 2),
            (["S3CRET-t0ken"], "", 2),
            (["twitter.x"], "t", 2),
            (["buffer.1x"], "t", 1),
            (["buffer.x", "--login", "facebook"], "t", 1),
            (["buffer.x", "--base-url", "http://example.com"], "t", 1),
            (["buffer.x"], "", 4),
            (["buffer.x"], "S3CRET-t0ken\nS3CRET-t0ken\n", 4),
            (["buffer.x"], "S3CRET t0ken", 4),
        ],
    )
    def test_what_cannot_be_added_is_not_repeated(
        self, kosmo_process: Command, folders: Path, words: list[str], stdin: str, code: int
    ) -> None:
        outcome = kosmo_process("accounts", "add", *words, stdin=stdin)
        assert (outcome.code, outcome.out) == (code, "")
        assert "S3CRET" not in outcome.err
        assert outcome.error["message"]
        assert list(folders.iterdir()) == []

    def test_at_a_terminal_the_token_is_asked_for_without_echo(self, folders: Path) -> None:
        code, shown = at_a_terminal(b"S3CRET-t0ken\n", "accounts", "add", "buffer.x", "--no-check")
        assert code == 0, shown
        assert b"S3CRET" not in shown
        assert b"added to" in shown
        assert credentials(folders) == {"buffer": {"x": {"token": "S3CRET-t0ken"}}}

    def test_at_a_terminal_the_end_of_input_is_no_token(self, folders: Path) -> None:
        code, shown = at_a_terminal(b"\x04", "accounts", "add", "buffer.x", "--no-check")
        assert code == 4, shown
        assert b"no token was given" in shown and b"Traceback" not in shown
        assert list(folders.iterdir()) == []

    def test_a_table_that_cannot_be_appended_leaves_the_kept_token(self, kosmo_process: Command, folders: Path) -> None:
        (folders / "config.toml").write_text("buffer = {}\n")
        Credentials().put(new_account("buffer", "agency", {}), Secret("old-t0ken"))
        assert kosmo_process("accounts", "add", "buffer.agency", "--no-check", stdin="new-t0ken").code == 1
        assert credentials(folders) == {"buffer": {"agency": {"token": "old-t0ken"}}}


class TestRemove:
    def test_the_token_goes_and_the_table_to_delete_is_named(self, kosmo_process: Command, folders: Path) -> None:
        kosmo_process("accounts", "add", "buffer.a", "--no-check", stdin="t1")
        kosmo_process("accounts", "add", "buffer.b", "--no-check", stdin="t2")
        before = (folders / "config.toml").read_text()
        outcome = kosmo_process("accounts", "remove", "buffer.b")
        assert outcome.code == 0
        assert outcome.json["token_removed"] is True
        assert outcome.json["delete_line"] == before.splitlines().index("[buffer.b]") + 1
        assert credentials(folders) == {"buffer": {"a": {"token": "t1"}}}
        assert (folders / "config.toml").read_text() == before
        again = kosmo_process("accounts", "remove", "b", "--output", "text")
        assert "there was no token" in again.out
        assert "delete the table [buffer.b]" in again.out

    def test_a_token_without_its_table(self, kosmo_process: Command, folders: Path) -> None:
        kosmo_process("accounts", "add", "buffer.a", "--no-check", stdin="t1")
        (folders / "config.toml").unlink()
        outcome = kosmo_process("accounts", "remove", "buffer.a")
        assert outcome.json["token_removed"] is True
        assert outcome.json["delete_line"] is None

    def test_what_is_not_there_or_not_clear(self, kosmo: Command, sandbox: Sandbox) -> None:
        assert kosmo("accounts", "remove", "buffer.nobody").code == 2
        outcome = kosmo("accounts", "remove", "agency")
        assert outcome.code == 2
        assert "buffer.agency or instagram.agency" in outcome.error["hint"]
