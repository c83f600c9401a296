"""Buffer's own reading of an answer: the five ways in which it says no → typed errors with a next step.

HTTP 401 before anything else · 400 for a document that does not fit the schema · 429 with the window that is used up ·
200 with `errors[]` · 200 with an error member of a mutation's union (`refusal`).
"""

from __future__ import annotations

from typing import Any

from kosmo_tui.api.buffer.wire import Payload
from kosmo_tui.api.errors import (
    ApiError,
    AuthExpired,
    BadAnswer,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unavailable,
)
from kosmo_tui.api.http import Answer

_WINDOWS = {"15m": "15 minutes", "24h": "24 hours", "30d": "30 days"}
_NEW_VERSION = "Buffer may have changed its interface: look for a newer version of kosmo-tui"
_OPTIONAL = {"metrics", "metricsUpdatedAt"}  # only personal API keys may read them; a post is whole without
_FAILURES = ("UNEXPECTED", "UnexpectedError", "RestProxyError", "VoidMutationError")
TOO_COMPLEX = "TOO_COMPLEX"
"""The code of a refusal to which Buffer gives none: a query asks for more at once than it allows."""
_UNKNOWN_V1_ERROR = 1000  # "an unknown error occurred", in the numbering of Buffer's first interface


def judge(answer: Answer, account: str) -> ApiError | None:
    """What `answer` to a request of `account` stands for; None when its `data` can be used."""
    body = answer.json if isinstance(answer.json, dict) else {}
    errors = [error for error in _list(body.get("errors")) if isinstance(error, dict)]
    data = body.get("data")
    if not errors:
        if answer.status >= 400 or isinstance(data, dict):
            return None  # the status speaks for itself, or all is well
        return BadAnswer("Buffer answered with JSON that is no GraphQL answer", hint=f"check base_url of {account}")
    if answer.status < 400 and isinstance(data, dict) and all(_is_optional(error) for error in errors):
        return None
    first = errors[0]
    extensions = first.get("extensions")
    extensions = extensions if isinstance(extensions, dict) else {}
    code = _string(extensions.get("code"))
    message = "; ".join(filter(None, (_string(error.get("message")) for error in errors[:3]))) or "no reason given"
    return _by_code(answer.status, code, message, _string(extensions.get("window")), account)


def _by_code(status: int, code: str, message: str, window: str, account: str) -> ApiError:
    match code:
        case _ if status == 401 or code == "UNAUTHENTICATED":
            return AuthExpired(
                f"Buffer does not accept the token of {account}: {message}",
                hint="make a new API key at publish.buffer.com/settings/api and store it for this account",
                code=code,
            )
        case _ if status == 429 or code == "RATE_LIMIT_EXCEEDED":
            span = _WINDOWS.get(window, window or "a while")
            return RateLimited(
                f"Buffer takes no more requests of {account} for now ({window or 'window not told'})",
                hint=f"the requests of the last {span} are used up; they come back one by one",
                window=window,
                code=code,
            )
        case "NOT_FOUND":
            return NotFound(
                f"Buffer does not know it: {message}", hint=f"check the id, and that {account} may see it", code=code
            )
        case "FORBIDDEN" | "UNAUTHORIZED":
            return Forbidden(
                f"Buffer does not allow it: {message}", hint=f"{account} lacks the right to this", code=code
            )
        case "GRAPHQL_VALIDATION_FAILED" | "GRAPHQL_PARSE_FAILED":
            return Refused(f"Buffer does not understand the request: {message}", hint=_NEW_VERSION, code=code)
        case "BAD_USER_INPUT":
            return Refused(f"Buffer refuses: {message}", hint="check the ids and values of the request", code=code)
    if "complexity" in message:
        return Refused(f"Buffer refuses: {message}", hint="ask for fewer items per page", code=code or TOO_COMPLEX)
    if 400 <= status < 500:
        return Refused(f"Buffer refuses (HTTP {status}): {message}", hint=_NEW_VERSION, code=code)
    return Unavailable(
        f"Buffer failed: {message}",
        hint="try again later",
        code=code,
        transient=status >= 500 or code in ("UNEXPECTED", "INTERNAL_SERVER_ERROR"),
    )


def refusal(payload: Payload, what: str = "profile") -> ApiError:
    """The error that a mutation's answer stands for when its work was not done; `what` is what it named by id.

    A clear no is Refused, NotFound or Forbidden; where Buffer says that it does not know what happened, neither do
    we, and it is OutcomeUnknown.
    """
    message = payload.message
    match payload.typename:
        case "NotFoundError":
            return NotFound(f"Buffer does not know the {what}: {message}", hint="refresh, then look again")
        case "UnauthorizedError":
            return Forbidden(
                f"Buffer does not allow it: {message}", hint="check what the account may do on this profile"
            )
        case "LimitReachedError":
            return Refused(
                message or "a limit of the Buffer plan is reached",
                hint="wait until posts have gone out, delete some, or use a larger Buffer plan",
                code="LimitReachedError",
            )
        case "RestProxyError" if payload.code != _UNKNOWN_V1_ERROR:
            return Refused(message or "Buffer refuses the post", code=str(payload.code or "RestProxyError"))
        case "InvalidInputError":
            return Refused(
                message or "Buffer refuses the post", hint="mend the post, then try again", code="InvalidInputError"
            )
    return OutcomeUnknown(
        f"Buffer failed while it worked on the post: {message or 'no reason given'}",
        hint="look what became of it before you send it again",
        code=payload.typename,
    )


def may_lie(error: ApiError) -> bool:
    """Whether a post may be there, or changed, although Buffer answered `error`: look before it is believed.

    InvalidInputError and LimitReachedError come of checks before any work, and so do the refusals of tokens, rights,
    rate limits and ids: these are believed.  UnexpectedError and what the old interface behind Buffer answers
    (RestProxyError, with a number as code or none) come out of the work itself, and may hide that it was done.
    """
    return isinstance(error, OutcomeUnknown) or (isinstance(error, Refused) and was_answered(error))


def was_answered(error: ApiError) -> bool:
    """Whether Buffer itself told of the failure, so that nothing is still on its way."""
    return error.code in _FAILURES or error.code.isdecimal()


def _is_optional(error: dict[str, Any]) -> bool:
    path = _list(error.get("path"))
    return bool(path) and isinstance(path[-1], str) and path[-1] in _OPTIONAL


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
