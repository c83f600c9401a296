"""The demo: the sandbox in this process, behind the same client layer as the real services."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from kosmo_tui.accounts.hub import Hub
from kosmo_tui.accounts.settings import Config
from kosmo_tui.api.errors import ConfigError

URL = "http://demo.localhost"  # no port is opened; the name only appears in messages
_EXTRA = {"starlette", "graphql", "uvicorn"}


def demo_hub(posts: int | None = None, own: Config | None = None) -> Hub:
    """The accounts of a fresh sandbox, with the settings and the keys of `own`.

    Raises ConfigError when the extra `demo` is not installed.
    """
    with needs_extra():
        from kosmo_tui.api.http import in_process
        from kosmo_tui.sandbox import Sandbox

        sandbox = Sandbox(posts=posts)
    hub = Hub.for_sandbox(sandbox.describe(URL), in_process(sandbox.app))
    if own is not None:
        hub.config = replace(hub.config, path=own.path, settings=own.settings, keys=own.keys)
    return hub


@contextmanager
def needs_extra() -> Iterator[None]:
    """Turns the lack of the extra `demo` into a ConfigError that says how to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise ConfigError(
            f"the sandbox needs the package {error.name}, which is not installed",
            hint="install the extra: pip install 'kosmo-tui[demo]'",
        ) from None
