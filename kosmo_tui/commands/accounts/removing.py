"""`kosmo accounts remove`: forget the token of an account."""

from __future__ import annotations

from kosmo_tui.accounts import settings
from kosmo_tui.accounts.credentials import Credentials
from kosmo_tui.accounts.settings import KINDS, SERVICES
from kosmo_tui.accounts.toml_file import TomlFile
from kosmo_tui.api.errors import BadParameter
from kosmo_tui.commands import output
from kosmo_tui.commands.parser import Parser


def run(words: list[str]) -> int:
    """Take the token out of credentials.toml and say which table of config.toml is to be deleted by hand."""
    parser = Parser(
        "kosmo accounts remove",
        "Forget the token of an account. config.toml is yours: the table to delete there is named.",
    )
    parser.add_argument("account", help="agency or buffer.agency")
    parser.add_output()
    args = parser.parse_args(words)
    config = settings.load()
    service, _, name = args.account.partition(".")
    matches = [account for account in config.accounts if args.account in (account.id, account.name)]
    if len(matches) > 1:
        raise BadParameter(
            f"there are several accounts called {args.account}",
            parameter="account",
            hint=f"say which: {' or '.join(account.id for account in matches)}",
        )
    if matches:
        account = matches[0]
    elif service in SERVICES and name:  # its table may be deleted already
        account = KINDS[service](name=settings.check_name(name), base_url="none")
    else:
        account = config.find(args.account)
    removed = Credentials().remove(account)
    if not removed and not matches:
        config.find(args.account)  # raises: there is no such account
    line = TomlFile.read(config.path).line(account.service, account.name)
    text = f"{account.id}: {'the token was removed' if removed else 'there was no token in credentials.toml'}."
    if removed:
        text += " It still works until you revoke it at the service."
    if line:
        text += f"\nTo remove the account, delete the table [{account.id}] in {config.path}, line {line}."
    output.show(
        {"account": account.id, "token_removed": removed, "config": str(config.path), "delete_line": line},
        output.wanted(words),
        text,
    )
    return 0
