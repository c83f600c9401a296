"""The controls of the sandbox: `/_sandbox/…`, for tests and for the curious.  They need no token."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kosmo_tui.sandbox.buffer.paging import STATUSES
from kosmo_tui.sandbox.faults import BadFault

if TYPE_CHECKING:
    from kosmo_tui.sandbox.sandbox import Sandbox

_POSTS = 1000  # shown unless `limit` says otherwise


class _BadOrder(ValueError):
    """An order that cannot be carried out."""


def answer(sandbox: Sandbox, request: Request, body: bytes) -> Response:
    """Carry out a control request; 400 with the reason when it makes no sense."""
    name = request.url.path.removeprefix("/_sandbox").strip("/")
    found = _CONTROLS.get((request.method, name))
    if found is None:
        known = ", ".join(f"{method} /_sandbox/{path}".rstrip("/") for method, path in _CONTROLS)
        allowed = [method for method, path in _CONTROLS if path == name]
        status, headers = (405, {"Allow": ", ".join(allowed)}) if allowed else (404, None)
        return JSONResponse({"error": f"no such control; known: {known}"}, status_code=status, headers=headers)
    try:
        given = json.loads(body) if body.strip() else None
        sandbox.tick()
        return JSONResponse(found(sandbox, request, given))
    except (BadFault, _BadOrder) as trouble:
        return JSONResponse({"error": str(trouble)}, status_code=400)
    except ValueError:
        return JSONResponse({"error": "the body is no JSON"}, status_code=400)


def _describe(sandbox: Sandbox, request: Request, _: Any) -> Any:
    about = sandbox.describe(str(request.base_url))
    about["instagram"]["special_tokens"] = sandbox.instagram.special_tokens
    return about


def _log(sandbox: Sandbox, _request: Request, _: Any) -> Any:
    return list(sandbox.log)


def _posts(sandbox: Sandbox, request: Request, _: Any) -> Any:
    asked = request.query_params
    status, limit = asked.get("status"), asked.get("limit", str(_POSTS))
    if status is not None and status not in STATUSES:
        raise _BadOrder(f"status is one of {', '.join(STATUSES)}, not {status[:40]!r}")
    if not (limit.isdecimal() and len(limit) < 8):
        raise _BadOrder(f"limit is a number, not {limit[:40]!r}")
    return sandbox.buffer.posts_now(asked.get("channel"), status, int(limit))


def _media(sandbox: Sandbox, _request: Request, _: Any) -> Any:
    return sandbox.instagram.media_now()


def _clock(sandbox: Sandbox, _request: Request, _: Any) -> Any:
    return {"now": sandbox.clock.now().isoformat(timespec="milliseconds")}


def _move_clock(sandbox: Sandbox, request: Request, given: Any) -> Any:
    seconds = given.get("advance") if isinstance(given, dict) and set(given) == {"advance"} else None
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        raise _BadOrder('the clock takes {"advance": seconds}')
    try:
        sandbox.clock.advance(seconds)
    except ValueError as trouble:
        raise _BadOrder(str(trouble)) from None
    sandbox.tick()
    return _clock(sandbox, request, None)


def _faults(sandbox: Sandbox, _request: Request, _: Any) -> Any:
    return {"open": sandbox.faults.listed(), "hits": sandbox.faults.hits}


def _load_faults(sandbox: Sandbox, _request: Request, given: Any) -> Any:
    return {"open": sandbox.faults.load(given)}


def _clear_faults(sandbox: Sandbox, _request: Request, _: Any) -> Any:
    sandbox.faults.clear()
    return {"open": []}


def _reset(sandbox: Sandbox, request: Request, _: Any) -> Any:
    sandbox.reset()
    return _clock(sandbox, request, None)


_CONTROLS = {
    ("GET", ""): _describe,
    ("GET", "log"): _log,
    ("GET", "posts"): _posts,
    ("GET", "media"): _media,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _move_clock,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _load_faults,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "reset"): _reset,
}
