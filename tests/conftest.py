"""What many tests need: folders of their own, the real command, and a sandbox that listens."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# One run is like the next: a suite that finds something new on every other run cannot be trusted to judge a change.
# `--hypothesis-profile=explore` looks further, with other examples every time.
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("suite", deadline=None, derandomize=True, max_examples=60, suppress_health_check=SLOW)
settings.register_profile("explore", deadline=None, max_examples=1_000, suppress_health_check=SLOW)
settings.load_profile("suite")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in the background of a shell: commands inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parent.parent
NOBODY = 65534  # a user without rights, on every Unix


@pytest.fixture(autouse=True)
def folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of this test's config.toml; no test sees the configuration of the person who runs it."""
    folder = tmp_path_factory.mktemp("config")
    monkeypatch.setenv("KOSMO_CONFIG_DIR", str(folder))
    monkeypatch.setenv("KOSMO_STATE_DIR", str(tmp_path_factory.mktemp("state")))
    monkeypatch.delenv("KOSMO_DEBUG", raising=False)
    yield folder
    if (networks := sys.modules.get("kosmo_tui.compose.networks")) is not None:
        networks.use({}, None)  # the limits of one test's user are not those of the next


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """The error it printed; fails when there is none, or anything beside it."""
        error = json.loads(self.err)["error"]
        assert set(error) == {"kind", "message", "may_have_been_published", "hint"}
        return dict(error)


Command = Callable[..., Outcome]


@pytest.fixture
def kosmo(capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """`kosmo("call", "buffer.list_profiles")`: the command in this process, as if its output went into a pipe."""
    from kosmo_tui.__main__ import main

    handler = signal.getsignal(signal.SIGTERM)

    def run(*words: str) -> Outcome:
        capsys.readouterr()
        try:
            code = main(list(words))
        except SystemExit as leaving:  # argparse leaves so after --help
            code = int(leaving.code or 0)
        printed = capsys.readouterr()
        return checked(Outcome(code, printed.out, printed.err))

    yield run
    signal.signal(signal.SIGTERM, handler)


@pytest.fixture
def unwritable() -> Iterator[Callable[[Path], None]]:
    """Makes a folder one that this process may read and not write, also where it runs as root."""
    root, folders = os.geteuid() == 0, []

    def lock(folder: Path) -> None:
        folders.append(folder)
        for path in (*folder.rglob("*"), folder):
            path.chmod(0o500 if path.is_dir() else 0o400)
            if root:
                os.chown(path, NOBODY, NOBODY)
        if root:
            os.seteuid(NOBODY)

    yield lock
    if root:
        os.seteuid(0)
    for folder in folders:
        folder.chmod(0o700)
        shutil.rmtree(folder)


@pytest.fixture
def kosmo_process() -> Command:
    """Like `kosmo`, as a process of its own; `stdin` is its standard input, `env` is added to the environment."""

    def run(*words: str, stdin: str = "", env: dict[str, str] | None = None) -> Outcome:
        done = subprocess.run(
            [sys.executable, "-m", "kosmo_tui", *words],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            timeout=60,
        )
        return checked(Outcome(done.returncode, done.stdout, done.stderr))

    return run


def checked(outcome: Outcome) -> Outcome:
    """`outcome`, which whatever happened shows neither a traceback nor a token (those of the variables TOKEN…)."""
    printed = outcome.out + outcome.err
    assert "Traceback" not in printed
    assert not any(value in printed for name, value in os.environ.items() if name.startswith("TOKEN"))
    return outcome


@dataclass(frozen=True)
class Sandbox:
    """A `kosmo sandbox` that listens; `description` is the line it printed."""

    description: dict[str, Any]

    def control(self, path: str, body: object = None) -> Any:
        """The answer of a control endpoint: GET, or POST when there is a body."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.description['control']}/{path}", data=data, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def faults(self, *faults: dict[str, Any]) -> None:
        """Make the next matching requests misbehave."""
        self.control("faults", list(faults))

    def log(self) -> list[dict[str, Any]]:
        """The requests that were seen since the last reset."""
        return list(self.control("log"))

    def token(self, account: str) -> str:
        """The token of e.g. `buffer.agency`."""
        service, _, name = account.partition(".")
        return str(self.description[service]["tokens"][name])


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Sandbox]:
    """One `kosmo sandbox` for all tests of this process."""
    command = [sys.executable, "-m", "kosmo_tui", "sandbox", "--unlimited"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield Sandbox(json.loads(process.stdout.readline()))
        finally:
            process.terminate()


@pytest.fixture
def sandbox(sandbox_process: Sandbox, folders: Path, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The sandbox as new, and a config.toml that names all its accounts."""
    sandbox_process.control("reset", {})
    lines = []
    for service in ("buffer", "instagram"):
        about = sandbox_process.description[service]
        for name, token in about["tokens"].items():
            variable = f"TOKEN_{service}_{name}".upper()
            monkeypatch.setenv(variable, token)
            lines += [f"[{service}.{name}]", f'base_url = "{about["url"]}"', f'token_env = "{variable}"']
            lines += [f'login = "{about["login"][name]}"'] if "login" in about else []
    (folders / "config.toml").write_text("\n".join(lines))
    return sandbox_process


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """`figure("500 posts, …")`: a measured figure, printed below the results of the run (also of parallel workers)."""
    return lambda text: request.node.user_properties.append(("figure", text))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    figures = [
        f"{report.nodeid.rpartition('::')[2]}: {text}"
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, text in report.user_properties
        if name == "figure"
    ]
    if figures:
        terminalreporter.section("figures")
        for line in sorted(figures):
            terminalreporter.write_line(line)
