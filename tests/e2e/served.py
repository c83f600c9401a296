"""A sandbox on loopback, and a configuration with all of its accounts: `kosmo` as its users run it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def served(folder: Path, *options: str) -> Iterator[dict[str, str]]:
    """Runs `kosmo sandbox OPTIONS`, configures its accounts in `folder`, and yields the environment to use them in."""
    command = [sys.executable, "-m", "kosmo_tui", "sandbox", "--unlimited", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            about = json.loads(process.stdout.readline())
            lines, env = [], {"KOSMO_CONFIG_DIR": str(folder), "KOSMO_STATE_DIR": str(folder)}
            for service in ("buffer", "instagram"):
                for name, token in about[service]["tokens"].items():
                    variable = f"TOKEN_{service}_{name}".upper()
                    env[variable] = token
                    lines += [f"[{service}.{name}]", f'base_url = "{about[service]["url"]}"']
                    lines += [f'token_env = "{variable}"']
                    lines += [f'login = "{about[service]["login"][name]}"'] if service == "instagram" else []
            (folder / "config.toml").write_text("\n".join(lines))
            yield env
        finally:
            process.terminate()
