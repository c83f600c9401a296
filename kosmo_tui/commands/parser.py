"""Command lines: argparse, with its complaints as errors like all others."""

from __future__ import annotations

import argparse
from collections.abc import Callable
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


def whole_number(most: int) -> Callable[[str], int]:
    """A type for argparse: a number from 0 to `most`."""

    def parse(text: str) -> int:
        if not text.isdecimal() or len(text) > 9 or int(text) > most:
            raise argparse.ArgumentTypeError(f"must be a number from 0 to {most}, not {text[:20]!r}")
        return int(text)

    return parse
