"""`kosmo sync`: the history of accounts into the store, as far as the request budget goes."""

from __future__ import annotations

import argparse
import asyncio
import copy
from datetime import UTC, date, datetime, time, tzinfo
from typing import TYPE_CHECKING, Any

from kosmo_tui.api.errors import BadParameter
from kosmo_tui.commands import output
from kosmo_tui.commands.parser import Parser
from kosmo_tui.commands.stored import opened_store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kosmo_tui.accounts.settings import Config
    from kosmo_tui.api.limits import Window
    from kosmo_tui.services.sync import Brought
    from kosmo_tui.store.database import Store

DEFAULT = "12m"
EPILOG = """\
Buffer: posts of every state of all profiles.  Instagram: media, comments, and the numbers of the account by day.
The newest comes first.  What was read and cannot have changed is not asked for again, so that a run can be stopped at
any time (ctrl+c): the next one goes on where it ended.  It stops by itself where the rate limits' reserve begins.

DATE is a day, or how long ago: 2024-01-31, 30d, 8w, 12m, 2y (default: 12m).

Buffer tells 100 posts per request, Instagram 50 media, with their comments in a second one.  Numbers by day cost one
request a day, once.

examples:
  kosmo sync
  kosmo sync --account buffer.agency --since 2020-01-01

exit codes: 0 all of it is there, or the rest waits for the rate limits; 3 a service refused or failed, 4 a token was
not accepted, 1 the store could not be written; 130 stopped by ctrl+c"""


def run(words: list[str]) -> int:
    """Bring the history and say what came of it; the exit code is that of the first account that failed."""
    from kosmo_tui.accounts import settings

    args = _parser().parse_args(words)
    form = output.wanted(words)
    config = settings.load()
    zone = config.settings.zone
    since = since_of(args.since, datetime.now(zone))
    accounts = [config.find(args.account).id] if args.account else [account.id for account in config.some()]
    with opened_store() as store:
        if store.notice:
            output.notice(store.notice, form)
        try:
            brought = asyncio.run(_sync(config, store, accounts, since, form))
        except (KeyboardInterrupt, SystemExit):
            output.note("stopped; what was read is kept, and `kosmo sync` goes on from there", form)
            raise
    output.show(
        {"since": since.isoformat(), "accounts": [_data(one) for one in brought]}, form, _text(brought, since, zone)
    )
    for one in brought:
        if one.error is not None:
            named = copy.copy(one.error)
            named.message = f"{one.account}: {one.error.message}"
            output.tell(named, form)
    return next((one.error.exit_code for one in brought if one.error is not None), 0)


def since_of(text: str, now: datetime) -> datetime:
    """The time that `--since` means, in the zone of `now`: the begin of a day, or a number of days, weeks, months or
    years ago.  Raises BadParameter."""
    from whenever import Date

    today = Date(now.year, now.month, now.day)
    hint = "a day such as 2024-01-31, or how long ago: 30d, 8w, 12m, 2y"
    number, unit = text[:-1], text[-1:]
    try:
        if number.isascii() and number.isdecimal() and unit in "dwmy":
            units = {"d": "days", "w": "weeks", "m": "months", "y": "years"}
            day = today.subtract(**{units[unit]: int(number)})
        else:
            day = Date.parse_iso(text)
        found = datetime.combine(date(day.year, day.month, day.day), time(), now.tzinfo)
    except (ValueError, OverflowError):
        raise BadParameter(f"--since takes no {text[:40]!r}", parameter="since", hint=hint) from None
    if day > today:
        raise BadParameter(f"--since {text} lies in the future", parameter="since", hint=hint)
    if day < Date(2010, 1, 1):
        raise BadParameter(f"--since {text} is before there was anything to bring", parameter="since", hint=hint)
    return found


async def _sync(
    config: Config, store: Store, accounts: Sequence[str], since: datetime, form: output.Format
) -> list[Brought]:
    from kosmo_tui.accounts import paths
    from kosmo_tui.accounts.hub import Hub
    from kosmo_tui.commands.sync_progress import shown
    from kosmo_tui.services.sync import Sync

    async with Hub(config) as hub:
        with shown(accounts) as report:
            sync = Sync(
                hub,
                store,
                since.astimezone(UTC),
                folder=paths.state_dir(),
                reserve=config.settings.reserve / 100,
                report=report,
            )
            prices = {account: await sync.price(account) for account in accounts}
            for account, price in prices.items():
                if price:
                    output.note(f"{account}: numbers by day take {price} request{'s' * (price > 1)}", form)
            return await sync.run(accounts)


def _data(one: Brought) -> dict[str, Any]:
    window = one.waits_for
    return {
        "account": one.account,
        "whole": one.whole,
        "requests": one.requests,
        "posts": one.posts,
        "media": one.media,
        "comments": one.comments,
        "values": one.values,
        "missing": list(one.missing),
        "waits_for": window
        and {"window": window.name, "limit": window.limit, "remaining": window.remaining, "until": window.resets_at},
        "error": one.error and one.error.as_json(),
    }


def _text(brought: Sequence[Brought], since: datetime, zone: tzinfo) -> str:
    rows = [["account", "posts", "media", "comments", "values", "requests", ""]]
    for one in brought:
        has = (True, False, False, False) if one.account.startswith("buffer.") else (False, True, True, True)
        counts = zip((one.posts, one.media, one.comments, one.values), has, strict=True)
        end = "all there" if one.whole else "failed" if one.error else "stopped"
        rows.append([one.account, *(str(count) if told else "-" for count, told in counts), str(one.requests), end])
    lines = [f"since {_day(since)}", output.table(rows)]
    for one in brought:
        lines += [f"{one.account} has no {missing}" for missing in one.missing]
        if (window := one.waits_for) is not None:
            lines.append(f"{one.account} stops here: {_left(window, zone)}")
    if any(one.waits_for for one in brought):
        lines.append("What is left is kept for you (reserve in config.toml).  `kosmo sync` goes on where it stopped.")
    return "\n".join(lines)


def _left(window: Window, zone: tzinfo) -> str:
    left = f"{window.remaining} of {window.limit} requests in {window.name} are left"
    if window.name in ("app", "account"):  # Instagram counts in percent
        left = f"{window.remaining} % of the requests are left"
    if window.resets_at is None:
        return left
    back = window.resets_at.astimezone(zone)
    return f"{left}, more from {back:%H:%M} on {_day(back)}"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"


def _parser() -> Parser:
    parser = Parser(
        "kosmo sync",
        "Bring the history of your accounts into the store, to be read and searched offline.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--account", metavar="NAME", help="agency or buffer.agency (default: all accounts)")
    parser.add_argument("--since", metavar="DATE", default=DEFAULT, help=f"how far back (default: {DEFAULT})")
    parser.add_output()
    return parser
