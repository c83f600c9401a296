"""Command lines: argparse, with its complaints as errors like all others."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from kosmo_tui.api.errors import BadParameter


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that raises BadParameter instead of printing and leaving."""

    def __init__(self, prog: str, description: str, **more: Any) -> None:
        super().__init__(prog=prog, description=description, allow_abbrev=False, **more)

    def error(self, message: str) -> NoReturn:
        raise BadParameter(message, hint=f"`{self.prog} --help` shows how")

    def add_output(self) -> None:
        """`--output`: text on a terminal, else JSON."""
        self.add_argument(
            "--output", choices=("json", "text"), help="how to print (default: text on a terminal, else json)"
        )
