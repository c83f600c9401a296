"""The Instagram side: takes a request, judges it as Graph does, answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from kosmo_tui.sandbox.faults import Fault
from kosmo_tui.sandbox.instagram import batch, publishing, routes
from kosmo_tui.sandbox.instagram.arrivals import Arrivals
from kosmo_tui.sandbox.instagram.call import Call
from kosmo_tui.sandbox.instagram.containers import Container
from kosmo_tui.sandbox.instagram.errors import Flavour, GraphError, invalid, missing_object, spam_block, throttled
from kosmo_tui.sandbox.instagram.exchange import Asked, Reply, received
from kosmo_tui.sandbox.instagram.figures import Figures
from kosmo_tui.sandbox.instagram.fixtures import Fetcher
from kosmo_tui.sandbox.instagram.media import gone
from kosmo_tui.sandbox.instagram.seed import build
from kosmo_tui.sandbox.instagram.switches import Switches
from kosmo_tui.sandbox.instagram.tokens import Token, Tokens, cannot_parse, expired
from kosmo_tui.sandbox.instagram.usage import Usage
from kosmo_tui.sandbox.instagram.versions import split

_MOST_IDS = 50


class Time(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""


class Instagram:
    """Both hosts in one: graph.instagram.com for `IGAA…` tokens, graph.facebook.com for `EAAB…` tokens.

    The world is the same for one seed and one start, and moves with `clock`.
    """

    def __init__(
        self,
        clock: Time,
        seed: int = 0,
        hostile: bool = False,
        unlimited: bool = False,
        switches: Switches | None = None,
    ) -> None:
        self.clock, self._seed, self._hostile, self._unlimited = clock, seed, hostile, unlimited
        self.switches = switches or Switches()
        self.reset()

    def reset(self) -> None:
        """Back to the seed, as of the clock's now."""
        start = self.clock.now()
        self.world = build(self._seed, start, self._hostile)
        self._tokens = Tokens(self.world, start, self.switches)
        self._figures = Figures(self._seed, start)
        self._arrivals = Arrivals(self.world, start, self._hostile)
        self._fetcher = Fetcher(self.switches)
        self._usage = Usage(self.switches, self._unlimited)
        self._traces = Random(f"{self._seed}:traces")

    @property
    def tokens(self) -> dict[str, str]:
        """The tokens of the accounts `default`, `brand_account` and `agency`."""
        return dict(self._tokens.names)

    @property
    def special_tokens(self) -> dict[str, str]:
        """Tokens that are trouble: see `Tokens`."""
        return dict(self._tokens.special)

    def tick(self) -> None:
        """Bring the world to the clock's now: new comments arrive.  Containers go by the time by themselves."""
        self._arrivals.bring(self.clock.now())

    def media_now(self) -> list[dict[str, Any]]:
        """What really exists, newest first by account: the truth that tests compare with."""
        return [
            {
                "account": account.name,
                "id": item.id,
                "media_type": item.type,
                "media_product_type": item.product,
                "caption": item.caption,
                "permalink": item.permalink,
                "timestamp": item.created.isoformat(),
                "container_id": item.container or None,
                "children": [child.id for child in item.children],
                "comments_count": item.comments_count,
            }
            for account in self.world.accounts.values()
            for item in account.media
            if not gone(item, self.clock.now())
        ]

    async def answer(self, request: Request, body: bytes, fault: Fault | None = None) -> Response:
        """The answer to one request; `fault` is one of those that only the service itself can play."""
        reply = self._reply(received(request, body), fault)
        return Response(reply.text, reply.status, dict(reply.headers), media_type=reply.media_type)

    def _reply(self, asked: Asked, fault: Fault | None, in_batch: bool = False) -> Reply:
        token = self._tokens.get(asked.token)
        flavour: Flavour = token.flavour if token else "facebook" if asked.token.startswith("EAA") else "instagram"
        headers = {"facebook-api-version": self.switches.default_version}
        try:
            version, parts = split(asked.parts, self.switches.default_version)
            headers["facebook-api-version"] = version
            if not in_batch and batch.is_one(asked, parts):
                answers = batch.run(asked, lambda one: self._reply(one, fault, in_batch=True))
                return Reply(answers, 200, flavour, headers)
            if fault:
                self._play(fault, token, flavour)
            answer: Mapping[str, Any] | None = None
            if len(parts) == len(asked.parts) or self.switches.versioned_token_endpoints:
                path = "/".join(parts)
                answer = self._tokens.endpoint(asked.method, path, asked.parameters, asked.token, self.clock.now())
            if answer is None and not parts and asked.method == "GET" and "ids" in asked.parameters:
                answer = {
                    identifier: self._judge(self._call(asked, identifier, token, version), [], headers, fault)
                    for identifier in _identifiers(asked)
                }
            if answer is None:
                call = self._call(asked, "".join(parts[:1]), token, version)
                answer = self._judge(call, parts[1:], headers, fault)
        except GraphError as error:
            return self._refusal(error, flavour, headers)
        return Reply(answer, 200, flavour, headers)

    def _call(self, asked: Asked, target: str, token: Token | None, version: str) -> Call:
        """The call for one object, with a token that is good.  Raises 104, 2500 or 190 otherwise."""
        if not asked.token and target == "me":
            raise GraphError(
                2500,
                "An active access token must be used to query information about the current user.",
                style="oauth",
            )
        if not asked.token:
            raise GraphError(104, "An access token is required to request this resource.", style="oauth")
        if token is None:
            raise cannot_parse()
        now = self.clock.now()
        token.check(now, asked.method)
        if not target:
            raise missing_object(asked.method, "")
        return Call(
            asked.method,
            target,
            asked.parameters,
            token,
            version,
            asked.base,
            now,
            self.world,
            self._tokens,
            self._figures,
            self._fetcher,
            self.switches,
        )

    def _play(self, fault: Fault, token: Token | None, flavour: Flavour) -> None:
        """Raises what the faults that come before any work ask for."""
        if fault.fault == "expired_token":
            now = self.clock.now()
            raise expired(flavour, min(token.expires, now) if token and token.expires else now, now)
        if fault.fault == "rate_limited":
            account = token.accounts[0] if token and token.accounts else None
            code = fault.code if fault.code and fault.code != 429 else 80002 if account else 4
            raise throttled(code, self._usage.exhausted(account, code))

    def _judge(self, call: Call, rest: list[str], headers: dict[str, str], fault: Fault | None) -> Mapping[str, Any]:
        """Count, work, and the faults that come after it.  Usage goes into `headers`."""
        headers |= self._usage.count(routes.charged(call), call.now)
        answer = routes.work(call, rest)
        if fault and fault.fault in {"never_finishes", "container_error"}:
            self._doom(answer.get("id"), fault)
        if fault and fault.fault == "lie_failed":
            raise _lie(fault, call)
        return answer

    def _doom(self, identifier: object, fault: Fault) -> None:
        container = self.world.objects.get(str(identifier))
        if isinstance(container, Container):
            stuck = fault.fault == "never_finishes"
            error = None if stuck else fault.subcode or 2207026
            container.fate = replace(container.fate, stuck=stuck, error=error)

    def _refusal(self, error: GraphError, flavour: Flavour, headers: dict[str, str]) -> Reply:
        trace = "A" + "".join(
            self._traces.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", k=22)
        )
        body = error.body(flavour, trace)
        kind = "invalid_token" if error.code == 190 else "invalid_request"
        words = body["error"]["message"].encode("ascii", "replace").decode()
        words = re.sub(r'[\x00-\x1f\x7f"]', " ", words)
        headers = (
            headers
            | error.headers
            | {
                "WWW-Authenticate": f'OAuth "Facebook Platform" "{kind}" "{words}"',
                "x-fb-trace-id": trace,
                "Cache-Control": "no-store",
            }
        )
        return Reply(body, error.status, flavour, headers)


def _lie(fault: Fault, call: Call) -> Exception:
    """The error that a request gets although its work was done: 4/2207051 by default, as publishing does at times."""
    known = {4: spam_block, 24: publishing.gone, 100: call.missing, 9007: publishing.not_ready}
    if (code := fault.code or 4) in known:
        return known[code]()
    return GraphError(code, "An unknown error occurred", fault.subcode, style="plain")


def _identifiers(asked: Asked) -> list[str]:
    """The objects that `GET /?ids=a,b` asks for at once.  Raises 2500 for none, 100 for more than 50."""
    identifiers = list(dict.fromkeys(asked.parameters.items("ids")))
    if not identifiers:
        raise GraphError(2500, "Cannot specify an empty identifier", style="plain")
    if len(identifiers) > _MOST_IDS:
        raise invalid(f"Too many IDs. Maximum: {_MOST_IDS}. Provided: {len(identifiers)}.")
    return identifiers
