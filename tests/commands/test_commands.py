"""The command line itself: what is offered, what is refused, how it ends."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from kosmo_tui import __version__
from kosmo_tui.api.functions import FUNCTIONS
from kosmo_tui.commands import COMMANDS
from tests.conftest import ROOT, Command, Sandbox

KOSMO = [sys.executable, "-m", "kosmo_tui"]


def test_the_version(kosmo: Command) -> None:
    assert kosmo("--version").out == f"kosmo {__version__}\n"


def test_help_lists_the_commands_that_exist_and_each_has_help(kosmo: Command) -> None:
    text = kosmo("--help").out
    for name, what in COMMANDS.items():
        assert f"{name} " in text
        assert what in text
        told = kosmo(name, "--help")
        assert told.code == 0
        assert f"usage: kosmo {name}" in told.out
    for action in ("list", "check", "add", "remove"):
        assert f"usage: kosmo accounts {action}" in kosmo("accounts", action, "--help").out


@pytest.mark.parametrize(
    ("words", "says", "hint"),
    [
        (["cal"], "'cal'", "kosmo call"),
        (["--demmo"], "--demmo", "--help"),
        (["--pane", "nope"], "nope", "--help"),
        (["--posts", "3"], "--demo", ""),
        (["--demo", "--posts", "-1"], "0 to", ""),
        (["sandbox", "--port", "70000"], "65535", ""),
        (["sandbox", "--posts", "x"], "must be a number", ""),
        (["accounts"], "ACTION", "--help"),
        (["accounts", "ad"], "'ad'", "--help"),
        (["call"], "function", "--help"),
        (["call", "buffer.list_profile"], "'buffer.list_profile'", "buffer.list_profiles"),
        (["call", "buffer.list_profiles", "--output", "xml"], "xml", ""),
        (["call", "buffer.get_profile"], "needs profileId", "profileId"),
        (["call", "buffer.get_profile", "profileId"], "'profileId' is no parameter", "name=value"),
        (["call", "buffer.get_profile", "=x"], "is no parameter", "name=value"),
        (["call", "buffer.get_profile", ":=x"], "is no parameter", "name=value"),
        (["call", "buffer.get_profile", "id=x"], "no parameter 'id'", "profileId"),
        (["call", "buffer.get_profile", "profileId=x", "profileId=y"], "given twice", ""),
        (["call", "buffer.get_profile", "profileId=x", "profile_id=y"], "given twice", ""),
        (["call", "buffer.get_profile", "--json", '{"profileId": "x"}', "profileId=y"], "given twice", ""),
        (["call", "buffer.get_profile", "profileId:={"], "no valid JSON", "name=value"),
        (["call", "buffer.get_profile", "--json", "[]"], "must be an object", "--json"),
        (["call", "buffer.get_profile", "--json", "{'x'"], "no valid JSON", "--json"),
        (["call", "buffer.get_profile", "--json", "[" * 100_000], "no valid JSON", ""),
        (["call", "buffer.list_pending_updates", "profileId=x", "count=many"], "must be of type integer", ""),
        (["call", "buffer.create_update", "text=\udcff", "profileIds=x"], "UTF-8", ""),
        (["docs", "bufer"], "'bufer'", "kosmo docs"),
        (["docs", "buffer.nothing"], "'buffer.nothing'", ""),
    ],
)
def test_wrong_usage_is_told_and_ends_with_2(kosmo: Command, words: list[str], says: str, hint: str) -> None:
    outcome = kosmo(*words)
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.error["kind"] == "usage"
    assert says in outcome.error["message"]
    assert hint in outcome.error["hint"]


def test_people_get_the_error_as_lines(kosmo: Command) -> None:
    outcome = kosmo("call", "buffer.get_profile", "--output", "text")
    assert outcome.err.splitlines()[0] == "kosmo: buffer.get_profile needs profileId"


def test_parameters_in_every_spelling(kosmo: Command) -> None:
    """All of these are understood, so that only the account is missing."""
    for words in (
        ["buffer.list_pending_updates", "profileId=x", "count=3", "page:=2"],
        ["buffer.list_pending_updates", "--account", "agency", "profile_id=x"],
        ["buffer.buffer_list_pending_updates", "profileId=x", "--account=agency"],
        ["buffer.create_update", "text=a=b:=c", "profileIds=a,b", "now=true"],
        ["buffer.create_update", "text=-x", 'profileIds:=["a"]', 'media:={"photo": "https://a/b.jpg"}'],
        ["buffer.create_update", "--json", '{"text": "x", "profileIds": ["a"]}', "now:=false"],
    ):
        assert kosmo("call", *words).error["message"].startswith("there is no account yet")


def test_parameters_from_standard_input(kosmo_process: Command) -> None:
    outcome = kosmo_process("call", "buffer.get_profile", "--json", "-", stdin='{"profileId": 5, "x": 1}')
    assert "no parameter 'x'" in outcome.error["message"]


class TestDocs:
    def test_all_functions_as_json(self, kosmo: Command) -> None:
        told = kosmo("docs").json
        assert [function["name"] for function in told] == [function.full_name for function in FUNCTIONS]

    def test_a_service(self, kosmo: Command) -> None:
        assert {function["service"] for function in kosmo("docs", "instagram").json} == {"instagram"}

    @pytest.mark.parametrize("name", ["buffer.create_update", "buffer.buffer_create_update", "create_update"])
    def test_one_function(self, kosmo: Command, name: str) -> None:
        (function,) = kosmo("docs", name).json
        assert function["writes"] is True
        assert [item["name"] for item in function["parameters"] if item["required"]] == ["text", "profileIds"]

    def test_a_name_that_both_services_have(self, kosmo: Command) -> None:
        assert len(kosmo("docs", "get_current_user").json) == 2

    @pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.full_name)
    def test_the_page_of_a_function_has_all_of_it(self, kosmo: Command, function: object) -> None:
        text = kosmo("docs", function.full_name, "--output", "text").out  # type: ignore[attr-defined]
        for parameter in function.parameters:  # type: ignore[attr-defined]
            assert parameter.wire in text
            assert parameter.doc in text

    @pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.full_name)
    def test_the_example_of_a_page_is_a_valid_call(self, kosmo: Command, function: object) -> None:
        text = kosmo("docs", function.full_name, "--output", "text").out  # type: ignore[attr-defined]
        words = text.rstrip().splitlines()[-1].split()
        assert words[:2] == ["kosmo", "call"]
        assert kosmo(*words[1:]).error["kind"] == "config"  # only the account is missing


class TestEnd:
    def test_an_unforeseen_error_is_one_message_without_its_text(
        self, kosmo: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(words: list[str]) -> int:
            raise ValueError("S3CRET")

        monkeypatch.setattr("kosmo_tui.commands.docs.run", fail)
        outcome = kosmo("docs")
        assert outcome.code == 1
        assert "ValueError" in outcome.error["message"]
        assert "KOSMO_DEBUG" in outcome.error["hint"]
        assert "S3CRET" not in outcome.err

    def test_debugging_shows_where_but_no_values(self, kosmo_process: Command, folders: Path) -> None:
        code = "import kosmo_tui.commands.docs as d; d.run = lambda words: 1 / len([])"
        run = f"{code}; from kosmo_tui.__main__ import main; main(['docs'])"
        env = {**os.environ, "KOSMO_DEBUG": "1"}
        done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, env=env, cwd=ROOT)
        assert "ZeroDivisionError" in done.stderr
        assert "Traceback" in done.stderr

    def test_a_reader_that_leaves_early_is_no_error(self) -> None:
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([*KOSMO, "docs"], stdout=writer, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        os.close(writer)
        assert (done.returncode, done.stderr) == (0, "")

    def test_closed_streams_are_no_traceback(self) -> None:
        done = subprocess.run(["sh", "-c", f"{sys.executable} -m kosmo_tui cal >&- 2>&-"], cwd=ROOT)
        assert done.returncode == 2

    @pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
    @pytest.mark.parametrize("writes", [False, True])
    def test_a_signal_ends_it_and_says_that_nothing_was_written(
        self, folders: Path, tmp_path: Path, number: int, code: int, writes: bool
    ) -> None:
        gate = tmp_path / "gate"
        os.mkfifo(gate)
        (folders / "config.toml").write_text(f"[buffer.default]\ntoken_cmd = 'echo ready >{gate}; sleep 100'\n")
        words = ["buffer.create_update", "text=x", "profileIds=a"] if writes else ["buffer.list_profiles"]
        with subprocess.Popen(
            [*KOSMO, "call", *words],
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # background jobs of a shell ignore it
        ) as process:
            gate.read_text()
            process.send_signal(number)
            _, said = process.communicate()
        assert process.returncode == code
        assert "Traceback" not in said
        if writes:
            error = json.loads(said)["error"]
            assert (error["kind"], error["may_have_been_published"]) == ("stopped", False)
        else:
            assert said == ""


DEMO, SANDBOX = ["call", "buffer.list_profiles", "--demo"], ["sandbox"]


@pytest.mark.parametrize(
    ("package", "words"),
    [("starlette", DEMO), ("graphql", DEMO), ("starlette", SANDBOX), ("graphql", SANDBOX), ("uvicorn", SANDBOX)],
)
def test_without_the_extra_the_line_that_installs_it_is_told(package: str, words: list[str]) -> None:
    run = f"import sys; sys.modules['{package}'] = None; from kosmo_tui.__main__ import main; sys.exit(main({words!r}))"
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stdout) == (1, "")
    error = json.loads(done.stderr)["error"]
    assert package in error["message"]
    assert "pip install 'kosmo-tui[demo]'" in error["hint"]


def test_a_port_that_is_taken_is_told(kosmo_process: Command, sandbox: Sandbox) -> None:
    outcome = kosmo_process("sandbox", "--port", sandbox.description["url"].rpartition(":")[2])
    assert outcome.code == 1
    assert "cannot listen on port" in outcome.error["message"]


class TestDashboard:
    def test_it_needs_a_terminal(self, kosmo_process: Command) -> None:
        outcome = kosmo_process("--demo")
        assert outcome.code == 2
        assert "terminal" in outcome.error["message"]
        assert "kosmo call" in outcome.error["hint"]

    @pytest.mark.parametrize(
        ("config", "words", "code", "says"),
        [
            ("[settings", [], 1, "config.toml, line 1"),
            ("[buffer.default]\n[settings]\ntheme = 'nope'", [], 1, "there is no theme 'nope'"),
            ("[buffer.default]\n[keys]\ncompos = 'c'", [], 1, "no action 'compos'"),
            ("[buffer.default]\n", ["--account", "agency"], 2, "buffer.default"),
            ("[buffer.default]\n", ["--account", "buffer.default", "--pane", "media"], 2, "has no pane media"),
        ],
    )
    def test_what_is_wrong_is_told_before_the_screen_is_taken(
        self, folders: Path, config: str, words: list[str], code: int, says: str
    ) -> None:
        (folders / "config.toml").write_text(config)
        ended, shown = in_terminal(words)
        assert ended == code
        assert says in shown
        assert "\x1b[?1049h" not in shown
        assert "Traceback" not in shown


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_leaves_a_clean_terminal_and_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: int
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("TERM", "xterm-256color")
    ended, shown = in_terminal(["--demo", "--account", "buffer.agency", "--pane", "sent"], kill=number)
    assert ended == code
    assert "\x1b[?1049l" in shown
    assert "Traceback" not in shown
    assert list(tmp_path.iterdir()) == []


def in_terminal(words: list[str], kill: int = signal.SIGTERM) -> tuple[int, str]:
    """The exit code of `kosmo` in a terminal, and what it wrote there; `kill` is sent when it takes the screen."""
    pid, terminal = pty.fork()
    if pid == 0:
        termios.tcsetwinsize(0, (24, 80))
        os.chdir(ROOT)
        os.execv(KOSMO[0], [*KOSMO, *words])
    shown = b""
    try:
        while chunk := os.read(terminal, 65536):
            shown += chunk
            if kill and b"\x1b[?1049h" in shown:
                os.kill(pid, kill)
                kill = 0
    except OSError:  # the terminal is closed when its last program ends
        pass
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), " ".join(shown.decode(errors="replace").split())


def test_a_terminal_that_is_gone_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    pid, terminal = pty.fork()
    if pid == 0:
        termios.tcsetwinsize(0, (24, 80))
        os.chdir(ROOT)
        os.execv(KOSMO[0], [*KOSMO, "--demo"])
    shown = b""
    while b"\x1b[?1049h" not in shown:
        shown += os.read(terminal, 65536)
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 129
    assert list(tmp_path.iterdir()) == []
