"""A request as the judge sees it, and its reply: the same alone and as an item of a batch."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from starlette.requests import Request

from kosmo_tui.sandbox.instagram.errors import Flavour
from kosmo_tui.sandbox.instagram.parameters import Parameters, read

Body = Mapping[str, Any] | Sequence[Any]
_OVERRIDES = frozenset({"GET", "POST", "DELETE"})


@dataclass(frozen=True)
class Asked:
    """One request; `token` is empty when none was sent, `base` is scheme and host."""

    method: str
    path: str
    parameters: Parameters
    token: str
    base: str

    @property
    def parts(self) -> list[str]:
        """The path without its slashes."""
        return [part for part in self.path.split("/") if part]


@dataclass(frozen=True)
class Reply:
    """Its answer, in the words of the host `flavour`."""

    body: Body
    status: int
    flavour: Flavour
    headers: Mapping[str, str]
    media_type: ClassVar[str] = "application/json; charset=UTF-8"

    @property
    def text(self) -> str:
        """The body as JSON; graph.instagram.com escapes slashes."""
        text = json.dumps(self.body, separators=(",", ":"))
        return text.replace("/", "\\/") if self.flavour == "instagram" else text


def asked(method: str, path: str, values: Mapping[str, Any], token: str, base: str) -> Asked:
    """A request from what was sent; a `token` wins over the parameter.  HEAD is judged as GET, `method=` turns POST."""
    values = dict(values)
    if method == "HEAD":
        method = "GET"
    elif method == "POST" and (other := str(values.get("method", "")).upper()) in _OVERRIDES:
        method = other
        del values["method"]
    parameters = Parameters(values)
    return Asked(method, path, parameters, token or parameters.text("access_token"), base)


def received(request: Request, body: bytes) -> Asked:
    """A request that came over HTTP."""
    values = read(request.url.query, request.headers.get("content-type", ""), body)
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    bearer = bearer.strip() if scheme.lower() in {"bearer", "oauth"} else ""
    return asked(request.method, request.url.path, values, bearer, f"{request.url.scheme}://{request.url.netloc}")
