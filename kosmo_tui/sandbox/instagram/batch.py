"""Many requests in one: `batch=[{"method", "relative_url", "body"}, …]`, posted to the root of a version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request

from kosmo_tui.sandbox.instagram.errors import invalid
from kosmo_tui.sandbox.instagram.exchange import Asked, Reply, asked
from kosmo_tui.sandbox.instagram.parameters import Parameters, read

MOST = 50
_FORM = "application/x-www-form-urlencoded"
_FORMS = frozenset({_FORM, "multipart/form-data"})


def is_form(request: Request, body: bytes) -> bool:
    """Is it a batch that was posted as a form?  So it is known at `/`, where Buffer lives, which takes JSON only."""
    kind = request.headers.get("content-type", "")
    if request.method != "POST" or kind.partition(";")[0].strip().lower() not in _FORMS:
        return False
    return "batch" in read(request.url.query, kind, body)


def is_one(whole: Asked, parts: list[str]) -> bool:
    """Is it a batch?  `parts` is the path without the version."""
    return whole.method == "POST" and parts in ([], ["me"]) and "batch" in whole.parameters


def run(whole: Asked, reply: Callable[[Asked], Reply]) -> list[dict[str, Any]]:
    """`{"code", "headers", "body"}` for every item, in order; `body` is JSON as text.

    An item is counted and judged by `reply` like a request of its own, with the token of the batch unless it brings
    one.  Raises 100 for what is no list of objects with a `relative_url`, and for more than 50.
    """
    items = [Parameters(item) for item in whole.parameters.objects("batch")]
    if len(items) > MOST:
        raise invalid(f"Too many requests in batch message. Maximum batch size is {MOST}")
    wanted = [_item(item, whole) for item in items]
    with_headers = whole.parameters.text("include_headers").lower() not in {"false", "0"}
    return [_shown(reply(one), with_headers) for one in wanted]


def _item(item: Parameters, whole: Asked) -> Asked:
    path, _, query = item.need("relative_url").partition("?")
    values = read(query, _FORM, item.text("body").encode())
    token = str(values.get("access_token") or whole.token)
    return asked(item.text("method").upper() or "GET", unquote(path), values, token, whole.base)


def _shown(reply: Reply, with_headers: bool) -> dict[str, Any]:
    listed = [{"name": name, "value": value} for name, value in reply.headers.items()]
    shown: dict[str, Any] = {"code": reply.status}
    if with_headers:
        shown["headers"] = [*listed, {"name": "Content-Type", "value": Reply.media_type}]
    return shown | {"body": reply.text}
