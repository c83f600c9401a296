"""Buffer and Instagram in one process: a judge that refuses what the real services refuse.

`Sandbox` is imported on demand: it needs starlette and graphql-core (the extra `demo`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kosmo_tui.sandbox.sandbox import Sandbox
    from kosmo_tui.sandbox.server import serve

__all__ = ["Sandbox", "serve"]


def __getattr__(name: str) -> Any:
    if name == "Sandbox":
        from kosmo_tui.sandbox.sandbox import Sandbox

        return Sandbox
    if name == "serve":
        from kosmo_tui.sandbox.server import serve

        return serve
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
