"""The command line of the dashboard."""

from __future__ import annotations

import argparse

from kosmo_tui import __version__
from kosmo_tui.commands import COMMANDS
from kosmo_tui.commands.dashboard import Options
from kosmo_tui.commands.parser import Parser, whole_number
from kosmo_tui.services.workspace import VIEWS


def parsed(words: list[str]) -> Options:
    """The options of a command line; `--help` and `--version` print and leave.  Raises BadParameter."""
    commands = "\n".join(f"  {name:<9} {what}" for name, what in COMMANDS.items())
    parser = Parser(
        "kosmo",
        "A terminal dashboard for Buffer queues and Instagram accounts.",
        usage="kosmo [options]\n       kosmo COMMAND …",
        epilog=f"commands (`kosmo COMMAND --help` shows more):\n{commands}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--account", metavar="NAME", help="the account to open: agency or buffer.agency")
    panes = dict.fromkeys(pane for panes in VIEWS.values() for pane in panes)
    parser.add_argument("--pane", choices=list(panes), help="the pane to open")
    parser.add_argument("--demo", action="store_true", help="a sandbox full of data; needs no account, keeps nothing")
    parser.add_argument(
        "--posts",
        type=whole_number(1_000_000),
        metavar="N",
        help="with --demo: sent posts of the Buffer account agency",
    )
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    parser.add_argument("--version", action="version", version=f"kosmo {__version__}")
    return Options(**vars(parser.parse_args(words)))
