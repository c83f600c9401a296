"""Tokens come from where config.toml says, and never from a place that others can read."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tomllib
from pathlib import Path

import psutil
import pytest

from kosmo_tui.accounts import token_command
from kosmo_tui.accounts.credentials import Credentials
from kosmo_tui.accounts.secrets import GivenSecrets, StoredSecrets
from kosmo_tui.accounts.settings import Account, new_account
from kosmo_tui.api.errors import ConfigError, KosmoError, TokenError
from kosmo_tui.api.secret import Secret

TOKEN = "S3CRET-t0ken"


def account(**keys: str) -> Account:
    return new_account("buffer", "agency", keys)


async def resolve(**keys: str) -> str:
    return (await StoredSecrets().resolve(account(**keys))).reveal()


async def refused(**keys: str) -> KosmoError:
    with pytest.raises(KosmoError) as caught:
        await resolve(**keys)
    assert TOKEN not in repr((caught.value.message, caught.value.hint, caught.value.args))
    return caught.value


async def test_the_environment_goes_before_the_command_and_the_command_before_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Credentials().put(account(), Secret("from-file"))
    monkeypatch.setenv("A_TOKEN", "  from-env\n")
    both = {"token_env": "A_TOKEN", "token_cmd": "echo from-cmd"}
    assert await resolve(**both) == "from-env"
    monkeypatch.setenv("A_TOKEN", "")
    assert await resolve(**both) == "from-cmd"
    assert await resolve(token_env="A_TOKEN") == "from-file"
    assert await resolve() == "from-file"


async def test_no_token_says_where_it_was_looked_for(folders: Path) -> None:
    error = await refused()
    assert isinstance(error, TokenError)
    assert error.exit_code == 4
    assert str(folders / "credentials.toml") in error.message
    assert "kosmo accounts add buffer.agency" in error.hint


async def test_an_environment_variable_is_named_only_when_it_looks_like_one() -> None:
    assert "BUFFER_KEY" in (await refused(token_env="BUFFER_KEY")).message
    assert "aB3xToken" not in (await refused(token_env="aB3xToken")).message


async def test_what_cannot_be_a_token_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in (f"{TOKEN} {TOKEN}", f"{TOKEN}\n{TOKEN}", f"{TOKEN}é"):
        monkeypatch.setenv("A_TOKEN", value)
        assert "token_env of buffer.agency" in (await refused(token_env="A_TOKEN")).message


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (f"echo {TOKEN}; echo {TOKEN} >&2; exit 3", "ended with status 3"),
        (f"{TOKEN}-no-such-command", "no such command"),
        ("kill -9 $$", "signal 9"),
        (f"echo {TOKEN}; echo second", "printed 2 lines"),
        ("true", "printed nothing"),
        ("echo; echo '  '", "printed nothing"),
        (f"echo '{TOKEN} {TOKEN}'", "blank"),
        (f"printf '{TOKEN}\\377'", "not ASCII"),
        (f"yes {TOKEN}", "more than one line"),
    ],
)
async def test_a_command_that_fails_is_told_without_its_output(command: str, says: str) -> None:
    error = await refused(token_cmd=command)
    assert isinstance(error, TokenError)
    assert error.message.startswith("token_cmd of buffer.agency")
    assert says in error.message


async def test_blank_lines_around_the_token_do_not_matter() -> None:
    assert await resolve(token_cmd=f"echo; printf '  {TOKEN}\\r\\n\\n'") == TOKEN


async def test_a_command_has_no_terminal_and_no_input() -> None:
    assert await resolve(token_cmd="cat; (: </dev/tty) 2>/dev/null && echo tty || echo none") == "none"


async def test_a_command_that_hangs_is_stopped_with_all_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(token_command, "TIMEOUT", 0.5)
    pids = tmp_path / "pids"
    error = await refused(token_cmd=f"sleep 1000 & echo $! >{pids}; echo $$ >>{pids}; echo {TOKEN}; wait")
    assert "not done within 0.5 s" in error.message
    for pid in pids.read_text().split():
        assert await ended(int(pid))


async def test_a_command_is_stopped_when_nobody_waits_any_more(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    os.mkfifo(pid)
    asking = asyncio.create_task(token_command.run(f"sleep 1000 & echo $! >{pid}; wait", "buffer.agency"))
    number = int(await asyncio.to_thread(pid.read_text))
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await ended(number)


async def test_a_shell_that_is_gone_leaves_nothing_running(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(token_command, "TIMEOUT", 0.5)
    error = await refused(token_cmd=f"sleep 1000 & echo $! >{tmp_path}/pid; echo {TOKEN}")
    assert "not done within 0.5 s" in error.message
    assert await ended(int((tmp_path / "pid").read_text()))


async def ended(pid: int) -> bool:
    """Whether a process ends, or is dead already and only waits for its parent to notice; in at most ten seconds."""
    async with asyncio.timeout(10):
        while psutil.pid_exists(pid):
            with contextlib.suppress(psutil.NoSuchProcess):
                if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                    break
            await asyncio.sleep(0.01)
    return True


async def test_a_command_runs_once_for_all_who_ask(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    secrets = StoredSecrets()
    asked = account(token_cmd=f"echo run >>{runs}; echo {TOKEN}")
    tokens = [*await asyncio.gather(*(secrets.resolve(asked) for _ in range(3))), await secrets.resolve(asked)]
    assert [token.reveal() for token in tokens] == [TOKEN] * 4
    assert runs.read_text() == "run\n"


async def test_a_failed_look_is_repeated(tmp_path: Path) -> None:
    secrets, asked = StoredSecrets(), account(token_cmd=f"cat {tmp_path}/token")
    with pytest.raises(TokenError):
        await secrets.resolve(asked)
    (tmp_path / "token").write_text(TOKEN)
    assert (await secrets.resolve(asked)).reveal() == TOKEN


async def test_one_who_gives_up_does_not_take_the_token_from_the_others(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    secrets, asked = StoredSecrets(), account(token_cmd=f"cat {gate}")
    first, second = (asyncio.create_task(secrets.resolve(asked)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.to_thread(gate.write_text, TOKEN)
    assert (await second).reveal() == TOKEN
    assert first.cancelled()


async def test_given_tokens() -> None:
    secrets = GivenSecrets({"buffer.agency": Secret(TOKEN)})
    assert (await secrets.resolve(account())).reveal() == TOKEN
    with pytest.raises(TokenError):
        await secrets.resolve(new_account("buffer", "other", {}))


class TestCredentials:
    def test_the_file_is_private_from_the_first_moment(self, tmp_path: Path) -> None:
        path = tmp_path / "new" / "credentials.toml"
        Credentials(path).put(account(), Secret(TOKEN))
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert [file.name for file in path.parent.iterdir()] == ["credentials.toml"]

    def test_tokens_come_and_go_and_the_others_stay(self, folders: Path) -> None:
        kept, other = Credentials(), new_account("instagram", "brand", {})
        kept.put(account(), Secret("one"))
        kept.put(other, Secret('two"\\'))
        kept.put(account(), Secret("three"))
        assert [secret and secret.reveal() for secret in (kept.get(account()), kept.get(other))] == ["three", 'two"\\']
        assert kept.remove(account())
        assert not kept.remove(account())
        assert kept.get(account()) is None
        data = tomllib.loads((folders / "credentials.toml").read_text())
        assert data == {"instagram": {"brand": {"token": 'two"\\'}}}

    def test_what_else_stands_in_the_file_is_kept(self, folders: Path) -> None:
        write(folders, "[buffer.agency]\ntoken = 'x'\nexpires = 2027-01-01T00:00:00Z\n[later]\nfeature = 1\n")
        Credentials().put(account(), Secret(TOKEN))
        data = tomllib.loads((folders / "credentials.toml").read_text())
        assert set(data) == {"buffer", "later"}
        assert set(data["buffer"]["agency"]) == {"token", "expires"}

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
    def test_a_file_that_others_can_read_is_refused(self, folders: Path, mode: int) -> None:
        write(folders, f"[buffer.agency]\ntoken = '{TOKEN}'").chmod(mode)
        for use in (lambda: Credentials().get(account()), lambda: Credentials().put(account(), Secret("x"))):
            with pytest.raises(TokenError) as caught:
                use()
            assert f"chmod 600 {folders}/credentials.toml" in caught.value.hint
        assert TOKEN in (folders / "credentials.toml").read_text()

    def test_a_folder_in_which_others_can_write_is_refused(self, folders: Path) -> None:
        write(folders, f"[buffer.agency]\ntoken = '{TOKEN}'")
        folders.chmod(0o770)
        with pytest.raises(TokenError) as caught:
            Credentials().get(account())
        assert caught.value.hint == f"chmod 700 {folders}"

    def test_a_symbolic_link_is_refused_and_the_command_mends_it(self, folders: Path, tmp_path: Path) -> None:
        path = write(folders, f"[buffer.agency]\ntoken = '{TOKEN}'").rename(tmp_path / "else where.toml")
        (folders / "credentials.toml").symlink_to(path)
        with pytest.raises(TokenError, match="symbolic link") as caught:
            Credentials().get(account())
        assert os.system(caught.value.hint.partition(": ")[2]) == 0
        assert Credentials().get(account()) is not None

    def test_a_pipe_is_refused_without_waiting_for_it(self, folders: Path) -> None:
        os.mkfifo(folders / "credentials.toml", 0o600)
        with pytest.raises(TokenError, match="not a file"):
            Credentials().get(account())

    @pytest.mark.parametrize(
        "text",
        [
            f"token = {TOKEN}",
            "\0",
            f"buffer = '{TOKEN}'",
            f"[buffer]\nagency = '{TOKEN}'",
            "[buffer.agency]\ntoken = 3",
        ],
    )
    def test_a_broken_file_is_told_without_what_is_in_it(self, folders: Path, text: str) -> None:
        write(folders, text)
        with pytest.raises(ConfigError) as caught:
            Credentials().get(account())
        assert "credentials.toml" in caught.value.message
        assert TOKEN not in repr((caught.value.message, caught.value.hint))

    def test_a_disk_that_fails_leaves_the_old_file(self, folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        Credentials().put(account(), Secret("old"))

        def fail(number: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(TokenError, match="No space left"):
            Credentials().put(account(), Secret("new"))
        kept = Credentials().get(account())
        assert kept is not None
        assert kept.reveal() == "old"
        assert [file.name for file in folders.iterdir()] == ["credentials.toml"]


def write(folder: Path, text: str) -> Path:
    path = folder / "credentials.toml"
    path.write_text(text)
    path.chmod(0o600)
    return path
