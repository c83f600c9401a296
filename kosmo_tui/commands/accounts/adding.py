"""`kosmo accounts add`: a new account, or a new token for one."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from typing import TYPE_CHECKING

from kosmo_tui.accounts import config_file, settings
from kosmo_tui.accounts.connecting import whose
from kosmo_tui.accounts.credentials import Credentials
from kosmo_tui.accounts.secrets import GivenSecrets, StoredSecrets
from kosmo_tui.accounts.settings import SERVICES, Account, Config
from kosmo_tui.api.errors import BadParameter, TokenError
from kosmo_tui.api.secret import Secret
from kosmo_tui.commands import output
from kosmo_tui.commands.parser import Parser

if TYPE_CHECKING:
    from kosmo_tui.accounts.secrets import Secrets

MAX_TOKEN = 10_000  # characters on standard input
OPTIONS = ("token_env", "token_cmd", "base_url", "login", "api_version", "user_id")
EPILOG = """\
The token is asked for without echo, or read from standard input:
  pass show buffer/agency | kosmo accounts add buffer.agency
It is checked with one request and kept in credentials.toml, readable by you alone. With --token-cmd or --token-env
nothing is kept: the token is fetched from there in every run."""


def run(words: list[str]) -> int:
    """Check the token and keep it, then append the account to config.toml."""
    args, rest = _parser().parse_known_args(words)
    if rest:  # never repeated on the screen: it may be a token
        raise BadParameter(
            "there is a word too many on the command line",
            hint="a token never belongs there, where others can see it: it is asked for, or read from standard input",
        )
    config = settings.load()
    known, account = _account(config, args)
    if not known:
        config_file.addition(config.path, account)  # before a token is asked for or kept
    credentials = Credentials()
    token = None if account.token_env or account.token_cmd else _token(account)
    secrets: Secrets = GivenSecrets({account.id: token}) if token else StoredSecrets(credentials)
    user = None if args.no_check else asyncio.run(whose(config, account, secrets))
    if token:
        credentials.put(account, token)
    if not known:
        config_file.append(config.path, account)
    result = {"account": account.id, "user": user, "config": str(config.path), "replaced": known}
    whom = f" ({user})" if user else ""
    text = f"{account.id}{whom}: {'the token was replaced' if known else f'added to {config.path}'}"
    output.show(result, output.wanted(words), text)
    return 0


def _account(config: Config, args: argparse.Namespace) -> tuple[bool, Account]:
    """The account that is meant, and whether config.toml has it already."""
    service, dot, name = args.account.partition(".")
    if service not in SERVICES or not dot:
        raise BadParameter(
            "an account is named with its service", parameter="account", hint="e.g. buffer.default or instagram.brand"
        )
    given = {key: getattr(args, key) for key in OPTIONS if getattr(args, key) is not None}
    for account in config.accounts:
        if account.id == args.account:
            if given or account.token_env or account.token_cmd:
                raise BadParameter(
                    f"{config.path} has an account {account.id} already",
                    hint="change its table there" if given else "its table says where the token comes from",
                )
            return True, account
    return False, settings.new_account(service, name, given)


def _token(account: Account) -> Secret:
    if sys.stdin.isatty():
        try:
            return Secret(getpass.getpass(f"Token of {account.id}: ", stream=sys.stderr).strip())
        except EOFError:  # ctrl+d
            raise TokenError("no token was given", hint="nothing was changed") from None
    lines = [line.strip() for line in sys.stdin.read(MAX_TOKEN).splitlines() if line.strip()]
    if len(lines) != 1:
        raise TokenError(
            f"standard input has {len(lines)} lines, not one" if lines else "there is no token on standard input",
            hint=f"e.g. pass show buffer/me | kosmo accounts add {account.id}",
        )
    return Secret(lines[0])


def _parser() -> Parser:
    parser = Parser(
        "kosmo accounts add",
        "Add an account, or replace the token of one.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("account", help="its service and a name of your choice, e.g. buffer.agency")
    parser.add_argument("--token-cmd", metavar="COMMAND", help="a command that prints the token")
    parser.add_argument("--token-env", metavar="NAME", help="an environment variable that holds the token")
    parser.add_argument("--login", choices=("instagram", "facebook"), help="Instagram: where the token is from")
    parser.add_argument("--user-id", metavar="DIGITS", help="Instagram: the account, when the token sees several")
    parser.add_argument("--api-version", metavar="VERSION", help="Instagram: the version of the Graph API")
    parser.add_argument("--base-url", metavar="URL", help="another address of the service, e.g. of a sandbox")
    parser.add_argument("--no-check", action="store_true", help="do not ask the service whether the token works")
    parser.add_output()
    return parser
