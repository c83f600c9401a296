"""What becomes of an answer on its way out: cut, held back, delayed, halved or replaced."""

from __future__ import annotations

import asyncio

from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kosmo_tui.sandbox.faults import Fault

ABORT = "kosmo.abort"  # extension of the ASGI scope: cuts the connection at once (see server.py)
_BAD_GATEWAY = """<!DOCTYPE html>
<html><head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr><center>cloudflare</center></body></html>
"""


def instead(fault: Fault) -> ASGIApp:
    """What goes out when the service is not even asked."""
    if fault.fault == "drop_before":
        return _cut
    if fault.fault == "html":
        return HTMLResponse(_BAD_GATEWAY, status_code=502)
    return PlainTextResponse(f"{fault.code}\n", status_code=fault.code or 500)


async def spoiled(response: Response, fault: Fault) -> ASGIApp:
    """What goes out in place of the `response` of a service that has done its work."""
    match fault.fault:
        case "drop_after_commit":
            return _cut
        case "hang_after_commit":
            return _hang
        case "truncated":
            whole = bytes(response.body)
            headers = {key: value for key, value in response.headers.items() if key != "content-length"}
            return Response(whole[: len(whole) // 2], status_code=response.status_code, headers=headers)
        case _:
            await asyncio.sleep(fault.seconds or 0)
            return response


async def _cut(scope: Scope, receive: Receive, send: Send) -> None:
    """End the connection without an answer: over a socket by resetting it, in process by an exception."""
    abort = scope.get("extensions", {}).get(ABORT)
    if abort is None:
        raise ConnectionResetError("the connection was cut")
    abort()
    await _hang(scope, receive, send)


async def _hang(scope: Scope, receive: Receive, send: Send) -> None:
    """Never answer; ends when the client goes away."""
    while (await receive())["type"] != "http.disconnect":
        pass
