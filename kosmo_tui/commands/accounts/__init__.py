"""`kosmo accounts`: list, check, add and remove accounts."""

from __future__ import annotations

import argparse
import importlib

from kosmo_tui.commands import output
from kosmo_tui.commands.parser import Parser

ACTIONS = {  # the module is not called like the action: `list` would hide the builtin in this package
    "list": ("listing", "the accounts of config.toml and where their tokens come from (asks nobody)"),
    "check": ("checking", "ask each service who its token belongs to"),
    "add": ("adding", "add an account, or replace the token of one"),
    "remove": ("removing", "forget the token of an account"),
}


def run(words: list[str]) -> int:
    """Run the action that `words` names."""
    if not words or words[0] not in ACTIONS:
        _parser().parse_args(words)  # leaves or raises
    action = importlib.import_module(f"kosmo_tui.commands.accounts.{ACTIONS[words[0]][0]}")
    code: int = action.run(words[1:])
    return code


def _parser() -> Parser:
    listed = output.table([(f"  {name}", what) for name, (_, what) in ACTIONS.items()])
    parser = Parser(
        "kosmo accounts",
        "List, check, add and remove accounts.",
        usage="kosmo accounts ACTION …",
        epilog=f"actions (`kosmo accounts ACTION --help` shows more):\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("action", choices=[*ACTIONS], metavar="ACTION", help=", ".join(ACTIONS))
    return parser
