"""Instagram's Graph API on both hosts, in memory."""

from __future__ import annotations

from kosmo_tui.sandbox.instagram.service import Instagram
from kosmo_tui.sandbox.instagram.switches import Switches

__all__ = ["Instagram", "Switches"]
