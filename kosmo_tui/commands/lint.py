"""`kosmo lint`: what would go wrong with a post on each network, told offline and before it is sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from kosmo_tui.commands import output, reviewed
from kosmo_tui.commands.parser import Parser

EPILOG = """\
examples:
  kosmo lint post.txt
  kosmo lint --service x --service mastodon - < post.txt
  echo '{"text": "Hello", "media": ["https://example.com/a.jpg"], "networks": ["instagram"]}' | kosmo lint

a draft in JSON has: text, media (URLs, or objects of url, alt and kind), when, networks (or targets), options,
and overrides (text, media, when, options by network)

exit codes: 0 nothing would be refused, 2 something would be (or the command line is wrong)"""


def run(words: list[str]) -> int:
    """Print the lengths and findings; 2 when an error was found."""
    from kosmo_tui.accounts import network_rules
    from kosmo_tui.commands import post_file
    from kosmo_tui.services.review import review

    args = _parser().parse_args(words)
    network_rules.load()
    services = [name.strip() for given in args.service for name in given.split(",")]
    text = post_file.read(args.file)
    draft, targets = post_file.parse(text, services, _zone(), is_json=args.file.lower().endswith(".json"))
    now = datetime.now(UTC)
    found = review(draft, targets, now)
    data: dict[str, Any] = {
        "refused": found.blocked,
        "findings": reviewed.general_data(found, draft.text),
        "networks": [reviewed.item_data(item) for item in found.items],
    }
    output.show(data, output.wanted(words), reviewed.as_text(found, draft.text, now))
    return 2 if found.blocked else 0


def _zone() -> str:
    """The zone in which times are meant: the settings', else the machine's."""
    from kosmo_tui.accounts import settings

    return getattr(settings.load().settings.zone, "key", None) or "UTC"


def _parser() -> Parser:
    import argparse

    parser = Parser(
        "kosmo lint",
        "Check a post offline: its length, limit and findings on each network.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", nargs="?", default="-", help="a text, or a draft in JSON (default: -, standard input)")
    parser.add_argument(
        "--service", action="append", default=[], metavar="NAME", help="a network, e.g. x or mastodon (default: all)"
    )
    parser.add_output()
    return parser
