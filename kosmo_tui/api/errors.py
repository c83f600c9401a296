"""One small tree of errors: what happened, whether anything may be live, and what to do next.

Messages are written by us from status codes and from fields of an answer, never from `str()` of a transport error:
httpx puts the URL, and with it a token in a query string, into that text.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from kosmo_tui.api.safe_text import clean


class KosmoError(Exception):
    """Something went wrong that a person can be told about.

    `message` says what happened and where, `hint` what to do next, `may_have_been_published` whether a post may be
    live in spite of the error.  Both texts are cleaned: they often quote a service.
    """

    kind: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "", may_have_been_published: bool = False) -> None:
        super().__init__(clean(message))
        self.message = clean(message)
        self.hint = clean(hint)
        self.may_have_been_published = may_have_been_published

    def as_json(self) -> dict[str, object]:
        """The error as the commands print it (`{"error": …}` on stderr)."""
        return {
            "kind": self.kind,
            "message": self.message,
            "may_have_been_published": self.may_have_been_published,
            "hint": self.hint,
        }


class ConfigError(KosmoError):
    """config.toml or credentials.toml cannot be used; nothing was sent."""

    kind = "config"


class TokenError(KosmoError):
    """No usable token for an account: none named, `token_cmd` failed, the file is open to others."""

    kind = "token"
    exit_code = 4


class BadParameter(KosmoError):
    """A function was called with a parameter that is missing, unknown or of the wrong type; nothing was sent."""

    kind = "usage"
    exit_code = 2

    def __init__(self, message: str, *, parameter: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.parameter = parameter


class ApiError(KosmoError):
    """The service, or the way to it, failed.  `transient` errors of reads are tried again by the request loop."""

    kind = "api"
    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        may_have_been_published: bool = False,
        code: str = "",
        transient: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, hint=hint, may_have_been_published=may_have_been_published)
        self.code = code  # the service's own code, e.g. "190/463" or "RATE_LIMIT_EXCEEDED"
        self.transient = transient
        self.retry_after = retry_after  # seconds, when the service named them


class AuthExpired(ApiError):
    """The token is not accepted (any more): reconnect the account."""

    kind = "auth"
    exit_code = 4


class Forbidden(ApiError):
    """The token is fine and may not do this."""

    kind = "forbidden"


class NotFound(ApiError):
    """The service knows no such thing, or hides it."""

    kind = "not_found"


class Refused(ApiError):
    """The service understood and said no, for the reason in `message`; `field` names the culprit when known."""

    kind = "refused"

    def __init__(self, message: str, *, field: str = "", hint: str = "", code: str = "") -> None:
        super().__init__(message, hint=hint, code=code)
        self.field = field


class RateLimited(ApiError):
    """Too many requests in `window` ("15m", "24h", "30d", "app", "account"); `until` is when to come back, if known."""

    kind = "rate_limited"

    def __init__(
        self,
        message: str,
        *,
        window: str = "",
        until: datetime | None = None,
        hint: str = "",
        code: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, hint=hint, code=code, transient=True, retry_after=retry_after)
        self.window = window
        self.until = until


class Unavailable(ApiError):
    """The service could not be reached, or answered that it is down; nothing was done."""

    kind = "unavailable"


class BadAnswer(ApiError):
    """The answer was no JSON, half a JSON, or had a field of the wrong type (named in the message)."""

    kind = "bad_answer"


class OutcomeUnknown(ApiError):
    """A write was sent and no clear answer came: it may have been carried out.  Never sent again by the program.

    `reference` is what the service can be asked about it by: the id of Instagram's container; empty when there is none.
    """

    kind = "outcome_unknown"
    exit_code = 5

    def __init__(self, message: str, *, hint: str = "", code: str = "", reference: str = "") -> None:
        super().__init__(message, hint=hint, code=code, may_have_been_published=True)
        self.reference = reference
