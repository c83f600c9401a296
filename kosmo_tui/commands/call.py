"""`kosmo call`: one function of one account, from a script or by hand."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kosmo_tui.api.errors import AuthExpired, BadParameter, KosmoError, OutcomeUnknown
from kosmo_tui.commands import output
from kosmo_tui.commands.parser import Parser
from kosmo_tui.commands.stored import opened_store

if TYPE_CHECKING:
    from kosmo_tui.accounts.hub import Hub
    from kosmo_tui.api.functions import Function
    from kosmo_tui.services.publication import Publication

MAX_INPUT = 5_000_000  # characters on standard input
EPILOG = """\
examples:
  kosmo call buffer.list_profiles
  kosmo call buffer.list_pending_updates --account agency profileId=4eb8572a512f7f621800004e count=20
  kosmo call buffer.create_update text="Hello" profileIds:='["4eb8572a512f7f621800004e"]' now:=true
  kosmo call instagram.list_insights --account brand_account metric=reach,views period=day
  kosmo call buffer.create_update --json - < post.json

exit codes: 0 done, 1 other error, 2 usage, 3 the service refused or failed, 4 authentication,
5 outcome unknown (something may have been published), 130 interrupted"""


def run(words: list[str]) -> int:
    """Call the function and print its result; the exit code tells what became of it."""
    from kosmo_tui.api import functions

    args = _parser().parse_intermixed_args(words)
    form = output.wanted(words)
    function = functions.find(args.function)
    arguments = _arguments(args.parameters, args.json)
    functions.check(function, arguments)
    if args.dry_run:
        from kosmo_tui.commands import dry_run

        return dry_run.run(_hub(args.demo), function, arguments, args.account, form, demo=args.demo)
    begun: list[Publication] = []
    try:
        result = asyncio.run(_call(function, arguments, args.account, args.demo, form, begun.append))
    except (KeyboardInterrupt, SystemExit):
        if function.writes:
            output.tell(_stopped(function, begun), form)
        raise
    output.show(result, form)
    return exit_code(function, result)


class Stopped(KosmoError):
    """A signal ended a call before everything of it was sent."""

    kind = "stopped"


def _stopped(function: Function, begun: Sequence[Publication]) -> KosmoError:
    """What to say of a call that writes and that a signal has ended."""
    states = [row.state for publication in begun for row in publication.rows]
    if "unknown" in states or "sending" in states:
        return OutcomeUnknown(
            f"{function.full_name} was stopped half-way",
            hint="`kosmo outbox resolve` looks whether the post is there; do not repeat it before",
        )
    if done := states.count("confirmed"):
        return Stopped(
            f"{function.full_name} was stopped: {done} of {len(states)} targets have the post, the others do not",
            hint="`kosmo outbox list` shows which; repeat it for the others only",
            may_have_been_published=True,
        )
    return Stopped(f"{function.full_name} was stopped before anything was sent", hint="it can be repeated")


def exit_code(function: Function, result: Any) -> int:
    """0, or for posts that some profiles did not take: 3, 4 when none took it for want of a good token, and 5 when it
    is not known of one whether it did.
    """
    if function.full_name != "buffer.create_update":
        return 0
    kinds = {failure["kind"] for failure in result["failures"]}
    if OutcomeUnknown.kind in kinds:
        return OutcomeUnknown.exit_code
    if kinds == {AuthExpired.kind} and not result["updates"]:
        return AuthExpired.exit_code
    return 0 if result["success"] else 3


async def _call(
    function: Function,
    arguments: dict[str, Any],
    account: str,
    demo: bool,
    form: output.Format,
    begun: Callable[[Publication], None],
) -> Any:
    from kosmo_tui.api import functions

    async with _hub(demo) as hub:
        found = hub.config.find(account, function.service)
        if not function.writes:
            return await functions.call(hub.client(found.id), function, arguments)
        from kosmo_tui.services import reference

        with opened_store(demo) as store:
            if store.notice:
                output.notice(store.notice, form)
            return await reference.write(hub, store, found.id, function, arguments, begun)


def _hub(demo: bool) -> Hub:
    if demo:
        from kosmo_tui.commands.demo import demo_hub

        return demo_hub()
    from kosmo_tui.accounts import settings
    from kosmo_tui.accounts.hub import Hub

    return Hub(settings.load())


def _arguments(words: Iterable[str], given: str | None) -> dict[str, Any]:
    """The parameters of the command line: `name=value`, `name:=json` and the object of `--json`."""
    import msgspec

    arguments: dict[str, Any] = {}
    if given is not None:
        decoded = _decode(sys.stdin.read(MAX_INPUT + 1) if given == "-" else given, "--json")
        if not isinstance(decoded, dict):
            raise BadParameter("--json must be an object", hint="""e.g. --json '{"count": 20}'""")
        arguments = decoded
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name.rstrip(":"):
            raise BadParameter(f"{word[:60]!r} is no parameter", hint="write name=value, or name:=json")
        is_json = name.endswith(":")
        name = name.removesuffix(":")
        if name in arguments:
            raise BadParameter(f"{name} is given twice", parameter=name)
        arguments[name] = _decode(value, name) if is_json else value
    try:
        msgspec.json.encode(arguments)
    except UnicodeEncodeError:  # a command line that is no UTF-8 arrives as lone surrogates
        raise BadParameter("a parameter is no valid UTF-8", hint="give it with --json, in UTF-8") from None
    return arguments


def _decode(text: str, name: str) -> Any:
    import msgspec

    if len(text) > MAX_INPUT:
        raise BadParameter(f"{name} is longer than {MAX_INPUT:,} characters", parameter=name)
    try:
        return msgspec.json.decode(text.encode())
    except (ValueError, RecursionError):
        hint = "name:=json takes JSON, name=value a text" if name != "--json" else """e.g. --json '{"count": 20}'"""
        raise BadParameter(f"{name} is no valid JSON", parameter=name, hint=hint) from None


def _parser() -> Parser:
    import argparse

    parser = Parser(
        "kosmo call",
        "Call one of the fourteen functions (`kosmo docs` lists them).",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("function", help="e.g. buffer.list_profiles; buffer.buffer_list_profiles is the same")
    parser.add_argument("parameters", nargs="*", metavar="name=value", help="a parameter; name:=json for other types")
    parser.add_argument("--json", metavar="OBJECT", help="the parameters as one JSON object; - reads standard input")
    parser.add_argument(
        "--account", default="default", metavar="NAME", help="agency or buffer.agency (default: default)"
    )
    parser.add_argument("--dry-run", action="store_true", help="check it as the call would, send nothing that writes")
    parser.add_argument("--demo", action="store_true", help="ask a fresh sandbox in this process; nothing is published")
    parser.add_output()
    return parser
