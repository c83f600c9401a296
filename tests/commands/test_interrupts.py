"""An interrupt ends `kosmo` quietly with 130, whatever it is loading just then."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize("module", ["kosmo_tui.api.errors", "argparse", "asyncio", "starlette", "httpx"])
def test_an_interrupt_while_a_module_is_loaded(module: str) -> None:
    """The interpreter itself tells which module it has loaded; the one around it is loaded then."""
    command = [sys.executable, "-X", "importtime", "-m", "kosmo_tui", "call", "--demo", "buffer.list_profiles"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None and process.stderr is not None
        for line in process.stderr:
            if line.rpartition("|")[2].strip() == module:
                break
        process.send_signal(signal.SIGINT)
        said = [line for line in process.stderr if not line.startswith("import time:")]
        assert (process.wait(), said, process.stdout.read()) == (130, [], "")
