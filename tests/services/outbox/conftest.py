"""One kosmo on the sandbox, with a store of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kosmo_tui.sandbox import Sandbox
from tests.services.kosmos import Kosmo


@pytest.fixture(scope="module")
def one_sandbox() -> Sandbox:
    return Sandbox(unlimited=True)


@pytest.fixture
def sandbox(one_sandbox: Sandbox) -> Sandbox:
    one_sandbox.reset()
    return one_sandbox


@pytest.fixture
async def kosmo(sandbox: Sandbox, tmp_path: Path) -> Any:
    kosmo = Kosmo(sandbox, tmp_path)
    yield kosmo
    await kosmo.close()
