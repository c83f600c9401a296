"""One kosmo on the sandbox, with a store of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kosmo_tui.sandbox import Sandbox
from kosmo_tui.sandbox.clock import Clock
from tests.services.kosmos import Kosmo

# Between two slots of every profile: what is queued does not go out when a test lets ten minutes pass.
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def one_sandbox() -> Sandbox:
    return Sandbox(unlimited=True, clock=Clock(NOON))


@pytest.fixture
def sandbox(one_sandbox: Sandbox) -> Sandbox:
    one_sandbox.reset()
    return one_sandbox


@pytest.fixture
async def kosmo(sandbox: Sandbox, tmp_path: Path) -> Any:
    kosmo = Kosmo(sandbox, tmp_path)
    yield kosmo
    await kosmo.close()
