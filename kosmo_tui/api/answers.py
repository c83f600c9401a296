"""What an HTTP answer says, whatever the service: its status, its `Retry-After`, its JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from kosmo_tui.api.errors import ApiError, AuthExpired, BadAnswer, Forbidden, NotFound, RateLimited, Unavailable


def by_status(status: int, where: str) -> ApiError:
    """The error that an HTTP status stands for when the body says nothing better."""
    match status:
        case 401:
            return AuthExpired(f"{where} does not accept the token (HTTP 401)", hint="make a new token and store it")
        case 403:
            return Forbidden(f"{where} refuses this request (HTTP 403)", hint="check what the token may do")
        case 404:
            return NotFound(f"{where} knows no such thing (HTTP 404)", hint="check the id and base_url")
        case 429:
            return RateLimited(f"{where} takes no more requests for now (HTTP 429)", hint="wait before the next try")
        case _ if status >= 500:
            return Unavailable(f"{where} is out of order (HTTP {status})", hint="try again later", transient=True)
    return BadAnswer(f"{where} answered with HTTP {status}", hint="check base_url of this account")


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that `Retry-After` asks to wait: a number, a fraction or an HTTP date; None when absent or senseless."""
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        date = http_date(value)
        if date is None:
            return None
        seconds = (date - now).total_seconds()
    return min(max(seconds, 0.0), 366 * 86400.0) if seconds == seconds else None  # NaN is no time


def http_date(value: str) -> datetime | None:
    """The time in a `Date` or `Retry-After` header; None when it is none."""
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def decode(body: bytes) -> Any:
    """The JSON in `body`.  Raises ValueError.

    Services cut texts in the middle of a surrogate pair or of a UTF-8 sequence; the broken half becomes U+FFFD, so
    that every string can be encoded again.
    """
    try:
        return msgspec.json.decode(body)
    except (ValueError, RecursionError):
        pass
    try:
        return _mend(json.loads(body.decode("utf-8-sig", "replace"), strict=False, parse_constant=_no_constant))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _mend(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_mend(item) for item in value]
        case dict():
            return {_mend(key): _mend(item) for key, item in value.items()}
        case float() if value in (float("inf"), float("-inf")):
            raise ValueError("number out of range")
    return value
