"""What of a URL is Buffer's: the API, and what it has or had beside it and the sandbox does not offer."""

from __future__ import annotations

import re

from starlette.responses import JSONResponse, Response

API = frozenset({"", "/", "/graphql", "/graphql/"})
_CLASSIC = re.compile(r"/1/.*\.json")
_OAUTH = re.compile(r"/(auth|token|reg|jwks|\.well-known)(/.*)?")


def is_buffers(path: str) -> bool:
    """Does a request for `path` mean Buffer?"""
    return path in API or not_offered(path) is not None


def not_offered(path: str) -> Response | None:
    """The answer for a path that Buffer has, but not here: 410 for the classic API, 404 for OAuth."""
    if _CLASSIC.fullmatch(path):
        text = "The classic API has been retired. Use the GraphQL API at https://api.buffer.com"
        return JSONResponse({"success": False, "code": 410, "error": text}, status_code=410)
    if _OAUTH.fullmatch(path):
        text = "OAuth is not offered here. Use an API key"
        return JSONResponse({"error": "not_found", "error_description": text}, status_code=404)
    return None
