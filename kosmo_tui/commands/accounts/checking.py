"""`kosmo accounts check`: does every token still work?"""

from __future__ import annotations

import asyncio
from typing import Any

from kosmo_tui.accounts import settings
from kosmo_tui.accounts.hub import Hub
from kosmo_tui.api.errors import KosmoError
from kosmo_tui.commands import output
from kosmo_tui.commands.parser import Parser


def run(words: list[str]) -> int:
    """Ask each service who its token belongs to; 0 when all answer, else the worst exit code of them."""
    parser = Parser("kosmo accounts check", "Ask each service who its token belongs to.")
    parser.add_argument("account", nargs="*", help="agency or buffer.agency (default: all)")
    parser.add_output()
    args = parser.parse_intermixed_args(words)
    config = settings.load()
    chosen = [config.find(name).id for name in args.account] or [account.id for account in config.some()]
    outcomes = asyncio.run(_check(Hub(config), chosen))
    rows = [row for row, _ in outcomes]
    text = output.table([(row["account"], "ok" if row["ok"] else row["error"]["kind"], _words(row)) for row in rows])
    output.show(rows, output.wanted(words), text)
    return max(code for _, code in outcomes)


async def _check(hub: Hub, accounts: list[str]) -> list[tuple[dict[str, Any], int]]:
    async with hub:
        return list(await asyncio.gather(*(_ask(hub, account) for account in accounts)))


async def _ask(hub: Hub, account: str) -> tuple[dict[str, Any], int]:
    try:
        return {"account": account, "ok": True, "user": await hub.whose(account)}, 0
    except KosmoError as error:
        return {"account": account, "ok": False, "error": error.as_json()}, error.exit_code


def _words(row: dict[str, Any]) -> str:
    return row["user"] if row["ok"] else " - ".join(filter(None, (row["error"]["message"], row["error"]["hint"])))
