"""`kosmo accounts`: list, check, add and remove accounts."""

from __future__ import annotations

import argparse
import importlib

from kosmo_tui.api.errors import BadParameter
from kosmo_tui.commands import output
from kosmo_tui.commands.parser import Parser

ACTIONS = {
    "list": "the accounts of config.toml and where their tokens come from (asks nobody)",
    "check": "ask each service who its token belongs to",
    "add": "add an account, or replace the token of one",
    "remove": "forget the token of an account",
}


def run(words: list[str]) -> int:
    """Run the action that `words` names."""
    if not words or words[0] not in ACTIONS:
        listed = output.table([(f"  {name}", what) for name, what in ACTIONS.items()])
        parser = Parser(
            "kosmo accounts",
            "List, check, add and remove accounts.",
            usage="kosmo accounts ACTION …",
            epilog=f"actions (`kosmo accounts ACTION --help` shows more):\n{listed}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        parser.add_argument("action", choices=list(ACTIONS), metavar="ACTION", help=", ".join(ACTIONS))
        parser.parse_args(words)
        raise BadParameter("an action is missing", hint=f"it is one of: {', '.join(ACTIONS)}")
    action = importlib.import_module(f"kosmo_tui.commands.accounts.{words[0]}")
    code: int = action.run(words[1:])
    return code
