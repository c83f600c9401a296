"""A killed terminal costs at most the last second of what was typed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

KILLS, SEED = 200, 4


def test_of_what_was_typed_at_most_the_last_second_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.draft_kills", tmp_path, str(KILLS), str(SEED)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    with capsys.disabled():
        print(
            "\n{kills} kills while typing {keys} keys: at worst {worst_seconds} s of typing"
            " ({worst_characters} characters, pastes among them) were missing".format(**figures)
        )
    assert figures["kills"] == KILLS
    assert figures["keys"] > 10 * KILLS
    assert figures["continued"] > KILLS / 10
    assert figures["worst_seconds"] <= 1.0
