"""The Graph API as one account sees it: versioned paths, ids, and which account it is."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from kosmo_tui.api.errors import ApiError, BadAnswer, BadParameter, ConfigError, NotFound
from kosmo_tui.api.http import Connection, Request
from kosmo_tui.api.instagram import decode
from kosmo_tui.api.safe_text import SafeText

Login = Literal["instagram", "facebook"]
HOSTS: Mapping[str, str] = {"instagram": "https://graph.instagram.com", "facebook": "https://graph.facebook.com"}
_MAX_PAGES = 5  # requests of /me/accounts; 500 Pages of one person are enough


class Graph:
    """Reads and writes below `/{version}`.  `name` is the account's name in the configuration, for messages."""

    def __init__(
        self, connection: Connection, *, name: str, login: Login, api_version: str, user_id: str | None = None
    ) -> None:
        if not re.fullmatch(r"v[0-9]{1,3}\.[0-9]{1,2}", api_version):
            raise ConfigError(f"{name}: api_version must look like v25.0, not {api_version[:20]!r}")
        if user_id is not None and not re.fullmatch(r"[0-9]{1,40}", user_id):
            raise ConfigError(f"{name}: user_id must be the number of the Instagram account, e.g. 17841400000000000")
        self.name = name
        self.login = login
        self._connection = connection
        self._version = api_version
        self._account_id = user_id
        self._finding = asyncio.Lock()

    async def get(self, path: str, query: Mapping[str, str | None] | None = None, *, label: str) -> dict[str, Any]:
        """The JSON object at `path`; parameters that are None are left out."""
        sent = _sendable(query or {})
        return await self._send(Request("GET", f"/{self._version}/{path}", query=sent, label=label))

    async def post(self, path: str, form: Mapping[str, str], *, label: str, read_timeout: float) -> dict[str, Any]:
        """The JSON object that a write answers; it is sent once."""
        sent = _sendable(form)
        path = f"/{self._version}/{path}"
        return await self._send(Request("POST", path, form=sent, write=True, label=label, read_timeout=read_timeout))

    async def me(self) -> str:
        """How to address the account in reads: its id when that is known or needed, else `me`."""
        return "me" if self.login == "instagram" and self._account_id is None else await self.account_id()

    async def account_id(self) -> str:
        """The id of the professional account (1784…), found once.

        Instagram Login tells it as `user_id` of `/me` (its `id` is app-scoped, and some writes refuse `me`).  With
        Facebook Login `/me` is a person, and the account hangs on one of the Pages of `/me/accounts`.  Raises NotFound
        when there is none and ConfigError when there are several.
        """
        async with self._finding:
            if self._account_id is None:
                self._account_id = await (self._of_token() if self.login == "instagram" else self._of_pages())
        return self._account_id

    def learn(self, account_id: str) -> None:
        """Take `account_id`, which an answer told by the way, so that it need not be asked for."""
        if self._account_id is None:
            self._account_id = account_id

    async def _send(self, request: Request) -> dict[str, Any]:
        answer = await self._connection.send(request)
        if not isinstance(answer.json, dict):
            raise BadAnswer(f"Instagram's answer ({request.label}) is no JSON object")
        return answer.json

    async def _of_token(self) -> str:
        return decode.user(await self.get("me", {"fields": "id,user_id"}, label="account")).user_id

    async def _of_pages(self) -> str:
        pages: list[_FacebookPage] = []
        after: str | None = None
        for _ in range(_MAX_PAGES):
            query = {"fields": "id,name,instagram_business_account{id,username}", "limit": "100", "after": after}
            raw = await self.get("me/accounts", query, label="Pages")
            found = decode.page(raw, _FacebookPage, asked=after, where="Pages")
            pages += found.items
            after = found.after
            if after is None:
                break
        hint = f"or name the account by user_id in [{self.name}] of config.toml"
        if not pages:
            raise NotFound(
                f"{self.name}: the token's person has no Facebook Page",
                hint=f"link the Instagram account to a Page and grant pages_show_list, {hint}",
            )
        linked = {page.instagram.id: page for page in pages if page.instagram is not None}
        if not linked:
            names = ", ".join(page.name for page in pages[:5])
            raise NotFound(
                f"{self.name}: no Page of the token ({names}) is linked to a professional Instagram account",
                hint=f"link one in the settings of the Page, {hint}",
            )
        if len(linked) > 1:
            choice = ", ".join(f"{key} (@{page.instagram.username})" for key, page in linked.items() if page.instagram)
            raise ConfigError(
                f"{self.name}: the token leads to {len(linked)} Instagram accounts: {choice}",
                hint=f'choose one: user_id = "…" in [{self.name}] of config.toml',
            )
        return next(iter(linked))


class _Linked(msgspec.Struct):
    id: str
    username: SafeText = SafeText()


class _FacebookPage(msgspec.Struct):
    id: str
    name: SafeText = SafeText()
    instagram: _Linked | None = msgspec.field(default=None, name="instagram_business_account")


def _sendable(parameters: Mapping[str, str | None]) -> dict[str, str]:
    """`parameters` without those that are None.  Raises BadParameter for a text that is no valid Unicode, as command
    lines can hold it."""
    sent = {key: value for key, value in parameters.items() if value is not None}
    for key, value in sent.items():
        if any("\ud800" <= char <= "\udfff" for char in value):
            raise BadParameter(f"{key} holds bytes that are no valid text", parameter=key, hint="save it as UTF-8")
    return sent


def checked_id(value: str, parameter: str) -> str:
    """`value` when it can be an id of Graph's; else BadParameter.  Ids become part of a path."""
    value = value.strip()
    if not re.fullmatch(r"[0-9A-Za-z_]{1,80}", value):
        raise BadParameter(
            f"{parameter} is no id of Instagram's",
            parameter=parameter,
            hint="an id is a run of digits, e.g. 17895695668004550",
        )
    return value


def limited(value: int | None, most: int, parameter: str = "limit") -> int:
    """`value` (25 when it is None) when it is from 1 to `most`; else BadParameter."""
    value = 25 if value is None else value
    if not 1 <= value <= most:
        raise BadParameter(f"{parameter} must be from 1 to {most}, not {value}", parameter=parameter)
    return value


def refused_field(error: ApiError) -> str | None:
    """The name of the field that this host does not know, if that is what `error` says."""
    found = re.search(r"nonexisting field \((\w+)\)", error.message)
    return found[1] if found else None
