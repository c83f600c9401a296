"""Tokens: whose they are, what they may do, how long they live; exchange and refresh."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from kosmo_tui.sandbox.instagram.errors import Flavour, GraphError, invalid
from kosmo_tui.sandbox.instagram.parameters import Parameters
from kosmo_tui.sandbox.instagram.switches import Switches
from kosmo_tui.sandbox.instagram.world import Account, Page, Person, World

PACIFIC = ZoneInfo("America/Los_Angeles")
LIFE = timedelta(days=60)
SHORT_LIFE = timedelta(hours=1)
_BASE62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
SCOPES = frozenset(
    {"basic", "content_publish", "manage_comments", "manage_insights", "manage_contents", "manage_engagement"}
)
_INSTAGRAM_SCOPES = SCOPES - {"manage_contents", "manage_engagement"}  # the others are Facebook Login's
_APP = "1049927374021186"  # the app of every token, unless an app asks
_APP_TOKEN = re.compile(r"(\d+)\|\S+")  # `id|secret`, too: any secret is good here


@dataclass
class Token:
    """A token of `subject`; `expires` None is never; `state` ok, revoked (password changed) or no_tester."""

    value: str
    subject: Account | Person | Page
    issued: datetime
    expires: datetime | None
    scopes: frozenset[str] = SCOPES
    state: str = "ok"

    @property
    def flavour(self) -> Flavour:
        """The host that the token is for."""
        return "instagram" if isinstance(self.subject, Account) and self.subject.login == "instagram" else "facebook"

    @property
    def accounts(self) -> list[Account]:
        """The professional accounts that it may act for."""
        if isinstance(self.subject, Account):
            return [self.subject]
        pages = self.subject.pages if isinstance(self.subject, Person) else [self.subject]
        return [page.account for page in pages if page.account]

    @property
    def permissions(self) -> list[str]:
        """Its scopes by the names that the host has for them, in order."""
        if self.flavour == "facebook":
            return [
                "pages_read_engagement",
                "pages_show_list",
                *(f"instagram_{scope}" for scope in sorted(self.scopes)),
            ]
        return [f"instagram_business_{scope}" for scope in sorted(self.scopes & _INSTAGRAM_SCOPES)]

    def check(self, now: datetime, method: str) -> None:
        """Raises 190 when the token is of no use, 100 when its account is no tester of the app."""
        if self.state == "revoked":
            raise GraphError(
                190,
                "Error validating access token: The session has been invalidated because the user changed their "
                "password or Facebook has changed the session for security reasons.",
                460,
                style="oauth",
            )
        if self.expires and now >= self.expires:
            raise expired(self.flavour, self.expires, now)
        if self.state == "no_tester":
            raise invalid(f"Unsupported request - method type: {method.lower()}")


def cannot_parse() -> GraphError:
    """190 without a subcode: a token that nobody issued, or one of the other host."""
    return GraphError(190, "Invalid OAuth access token - Cannot parse access token", style="oauth")


def expired(flavour: Flavour, when: datetime, now: datetime) -> GraphError:
    """190 with subcode 0 on graph.instagram.com and 463 on graph.facebook.com; times in Pacific time."""
    spelled = [moment.astimezone(PACIFIC).strftime("%A, %d-%b-%y %H:%M:%S %Z") for moment in (when, now)]
    return GraphError(
        190,
        f"Error validating access token: Session has expired on {spelled[0]}. The current time is {spelled[1]}.",
        0 if flavour == "instagram" else 463,
        style="oauth",
    )


class Tokens:
    """All tokens of the sandbox, by value.

    Beside the three of the accounts there are some for trouble, in `special`: `expired`, `revoked`, `short_lived`
    (one hour), `fresh` (too young to refresh), `basic_only` (no publishing, comments or insights), `no_tester`, and
    `agency_expired`, `agency_revoked`, `agency_basic_only` for the Facebook host.
    """

    def __init__(self, world: World, start: datetime, switches: Switches) -> None:
        assert world.person
        self._world, self._switches = world, switches
        self._random = Random(f"{world.seed}:tokens")
        self._all: dict[str, Token] = {}
        days = timedelta(days=1)
        default, brand, person = world.accounts["default"], world.accounts["brand_account"], world.person
        old, until = start - 10 * days, start + 50 * days
        self.names = {
            "default": self._issue(default, old, until).value,
            "brand_account": self._issue(brand, old, until).value,
            "agency": self._issue(person, old, until).value,
        }
        basic = frozenset({"basic"})
        self.special = {
            "expired": self._issue(default, start - 61 * days, start - days).value,
            "revoked": self._issue(default, old, until, state="revoked").value,
            "short_lived": self._issue(default, start, start + SHORT_LIFE).value,
            "fresh": self._issue(default, start, start + LIFE).value,
            "basic_only": self._issue(default, old, until, basic).value,
            "no_tester": self._issue(default, old, until, state="no_tester").value,
            "agency_expired": self._issue(person, start - 61 * days, start - days).value,
            "agency_revoked": self._issue(person, old, until, state="revoked").value,
            "agency_basic_only": self._issue(person, old, until, basic).value,
        }
        self._pages = {page.id: self._issue(page, old, None).value for page in person.pages}

    def _issue(
        self,
        subject: Account | Person | Page,
        issued: datetime,
        expires: datetime | None,
        scopes: frozenset[str] = SCOPES,
        state: str = "ok",
    ) -> Token:
        family = "IGAA" if isinstance(subject, Account) else "EAAB"
        value = family + "".join(self._random.choices(_BASE62, k=140))
        token = self._all[value] = Token(value, subject, issued, expires, scopes, state)
        return token

    def get(self, value: str) -> Token | None:
        """The token of this value."""
        return self._all.get(value)

    def of_page(self, page: Page) -> str:
        """The token of a page, as `/me/accounts` hands it out; it does not expire."""
        return self._pages[page.id]

    def endpoint(
        self, method: str, path: str, parameters: Parameters, token: str, now: datetime
    ) -> dict[str, Any] | None:
        """The answer of a token endpoint, None when `path` is none; `token` is the one in the header.

        Raises 100 for a grant type that the endpoint does not know or that comes too early, 190 for a dead token.
        """
        grant = parameters.text("grant_type")
        if token and "access_token" not in parameters:
            parameters = Parameters(parameters.values | {"access_token": token})
        match method, path, grant:
            case _, "oauth/access_token", "client_credentials":
                return self._of_app(parameters)
            case "POST", "oauth/access_token", _:
                return self._from_code(parameters, now)
            case "GET", "oauth/access_token", "" if "code" in parameters:
                return self._from_facebook_code(parameters, now)
            case "GET", "debug_token", _:
                return {"data": self._about(parameters, now)}
            case ("GET", "oauth/access_token", "fb_exchange_token") | ("GET", "access_token", "ig_exchange_token"):
                return self._exchange(parameters, grant, now)
            case "GET", "refresh_access_token", "ig_refresh_token":
                return self._refresh(parameters, now)
            case _, "access_token" | "refresh_access_token" | "oauth/access_token", _:
                parameters.need("grant_type")
                raise invalid(f"Invalid grant_type: {grant}")
        return None

    def _exchange(self, parameters: Parameters, grant: str, now: datetime) -> dict[str, Any]:
        """A short-lived token for one of 60 days (`ig_exchange_token`, `fb_exchange_token`)."""
        if grant == "fb_exchange_token":
            parameters.need("client_id")
        parameters.need("client_secret")
        value = parameters.need("access_token" if grant == "ig_exchange_token" else "fb_exchange_token")
        return self._renewed(self._usable(value, grant.removesuffix("_exchange_token"), now), now)

    def _refresh(self, parameters: Parameters, now: datetime) -> dict[str, Any]:
        """60 more days for a token that is at least a day old and still alive (`ig_refresh_token`)."""
        token = self._usable(parameters.need("access_token"), "ig", now)
        if now - token.issued < timedelta(hours=self._switches.refresh_after_hours):
            raise invalid("The access token must be at least 24 hours old to be refreshed.")
        return self._renewed(token, now) | {"permissions": ",".join(token.permissions)}

    def _from_code(self, parameters: Parameters, now: datetime) -> dict[str, Any]:
        """The code of an authorization for a token of one hour; any code belongs to the account `default`."""
        for name in ("client_id", "client_secret", "redirect_uri", "code"):
            parameters.need(name)
        if parameters.text("grant_type") != "authorization_code":
            raise invalid("Invalid grant_type: " + parameters.text("grant_type"))
        account = self._world.accounts["default"]
        token = self._issue(account, now, now + SHORT_LIFE)
        return {"access_token": token.value, "user_id": account.id, "permissions": "instagram_business_basic"}

    def _from_facebook_code(self, parameters: Parameters, now: datetime) -> dict[str, Any]:
        """The same on the Facebook host, where no grant type is named: any code belongs to the one Facebook user."""
        for name in ("client_id", "redirect_uri", "client_secret"):
            parameters.need(name)
        assert self._world.person
        token = self._issue(self._world.person, now, now + SHORT_LIFE)
        return _bearer(token, SHORT_LIFE)

    def _of_app(self, parameters: Parameters) -> dict[str, Any]:
        """A token of an app (`client_credentials`); all that it can do here is to ask `/debug_token`."""
        parameters.need("client_secret")
        secret = "".join(self._random.choices(_BASE62, k=27))
        return {"access_token": f"{parameters.need('client_id')}|{secret}", "token_type": "bearer"}

    def _about(self, parameters: Parameters, now: datetime) -> dict[str, Any]:
        """What `/debug_token` tells of `input_token`, to an app or to whoever has a token that is good."""
        asking = parameters.need("access_token")
        app = _APP_TOKEN.fullmatch(asking)
        if not app:
            self._usable(asking, "fb", now)
        token = self.get(parameters.need("input_token"))
        try:
            if not token or token.flavour != "facebook":
                raise cannot_parse()
            token.check(now, "get")
        except GraphError as error:
            trouble = {"code": error.code, "message": error.message}
            if error.subcode is not None:
                trouble["subcode"] = error.subcode
            return {"error": trouble, "is_valid": False, "scopes": []}
        about = {
            "app_id": app[1] if app else _APP,
            "type": "PAGE" if isinstance(token.subject, Page) else "USER",
            "expires_at": int(token.expires.timestamp()) if token.expires else 0,
            "issued_at": int(token.issued.timestamp()),
            "is_valid": True,
            "scopes": token.permissions,
        }
        return about | {"profile_id" if isinstance(token.subject, Page) else "user_id": token.subject.id}

    def _usable(self, value: str, family: str, now: datetime) -> Token:
        token = self.get(value)
        if not token or token.flavour != ("instagram" if family == "ig" else "facebook"):
            raise cannot_parse()
        token.check(now, "get")
        return token

    def _renewed(self, token: Token, now: datetime) -> dict[str, Any]:
        return _bearer(self._issue(token.subject, now, now + LIFE, token.scopes), LIFE)


def _bearer(token: Token, life: timedelta) -> dict[str, Any]:
    return {"access_token": token.value, "token_type": "bearer", "expires_in": int(life.total_seconds())}
