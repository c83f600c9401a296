"""Buffer's side of the sandbox."""

from kosmo_tui.sandbox.buffer.service import Buffer
from kosmo_tui.sandbox.buffer.switches import Switches

__all__ = ["Buffer", "Switches"]
