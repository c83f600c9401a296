"""Rate-limit headers → how much is left, per window.

Headers are hints: what cannot be read is ignored, and the last reading stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

_SECONDS = {900: "15m", 86_400: "24h", 2_592_000: "30d"}
_TEXT = r'"(?:[^"\\]|\\.)*"'
# Compiled when the first answer comes: a dashboard starts without one.
_PARAMETER = rf"(?i);\s*(?P<key>[a-z*][\w.*-]*)(?:=(?P<value>{_TEXT}|:[^:]*:|[^;,\s]*))?"
_ITEM = (
    rf'(?i)(?P<name>{_TEXT}|[^;,\s"]+)'
    rf"(?P<parameters>(?:\s*;\s*[a-z*][\w.*-]*(?:=(?:{_TEXT}|:[^:]*:|[^;,\s]*))?)*)"
)


class Window(msgspec.Struct, frozen=True):
    """One rolling window: "15m", "24h", "30d" in requests; Instagram's "app" and "account" in percent (limit 100)."""

    name: str
    limit: int
    remaining: int
    resets_at: datetime | None = None

    @property
    def left(self) -> float:
        """The share that is left, 0.0 to 1.0."""
        return max(0.0, min(1.0, self.remaining / self.limit)) if self.limit > 0 else 0.0


class Limits:
    """What is left of an account's rate limits, as of the last answer that told.  `answers` counts all answers."""

    def __init__(self) -> None:
        self.answers = 0
        self._windows: dict[str, Window] = {}

    @property
    def windows(self) -> tuple[Window, ...]:
        """The known windows, in the order in which the service names them."""
        return tuple(self._windows.values())

    def window(self, name: str) -> Window | None:
        """The window called `name`, if it is known."""
        return self._windows.get(name)

    def tightest(self) -> Window | None:
        """The window with the smallest share left; None while nothing is known."""
        return min(self._windows.values(), key=lambda window: (window.left, window.remaining), default=None)

    def put(self, *windows: Window) -> None:
        """Take what is known of windows otherwise than from headers: from before the start, or from a refusal."""
        self._windows |= {window.name: window for window in windows}

    def update_buffer(self, headers: Mapping[str, str], now: datetime) -> None:
        """Read `RateLimit` and `RateLimit-Policy` (draft 8 of the HTTPAPI working group) or the old `X-RateLimit-*`.

        A reading finds its policy by name, else by position.
        """
        self.answers += 1
        policies = _items(headers.get("ratelimit-policy", ""))
        by_name = {name: values for name, values in policies if name}
        found = {}
        for position, (name, values) in enumerate(_items(headers.get("ratelimit", ""))):
            policy = by_name.get(name) or (policies[position][1] if position < len(policies) else {})
            limit, remaining = policy.get("q"), values.get("r")
            if limit is None or remaining is None:
                continue
            title = _title(policy.get("w")) or name
            found[title] = Window(title, limit, remaining, _later(now, values.get("t")))
        if not found:
            found = _legacy(headers)
        if found:
            self._windows = found

    def update_instagram(self, headers: Mapping[str, str], now: datetime) -> None:
        """Read `X-App-Usage` and `X-Business-Use-Case-Usage`: percent used, and minutes until access comes back."""
        self.answers += 1
        app = _json(headers.get("x-app-usage"))
        if isinstance(app, dict) and (used := _percent([app])) is not None:
            self._windows["app"] = Window("app", 100, 100 - used)
        cases = _json(headers.get("x-business-use-case-usage"))
        if isinstance(cases, dict):
            usages = [usage for case in cases.values() if isinstance(case, list) for usage in case]
            usages = [usage for usage in usages if isinstance(usage, dict)]
            if (used := _percent(usages)) is not None:
                minutes = max(
                    (_number(usage.get("estimated_time_to_regain_access")) or 0 for usage in usages), default=0
                )
                self._windows["account"] = Window("account", 100, 100 - used, _later(now, minutes * 60 or None))


def _items(header: str) -> list[tuple[str, dict[str, int]]]:
    """The entries of a list header with their whole-number parameters."""
    found = []
    for item in re.finditer(_ITEM, header[:8192]):
        values = {}
        for parameter in re.finditer(_PARAMETER, item["parameters"]):
            number = re.fullmatch(r"\d{1,15}", parameter["value"] or "")
            if number:
                values[parameter["key"].lower()] = int(number[0])
        found.append((item["name"].strip('"'), values))
    return found


def _title(seconds: int | None) -> str:
    if not seconds:
        return ""
    if seconds in _SECONDS:
        return _SECONDS[seconds]
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _legacy(headers: Mapping[str, str]) -> dict[str, Window]:
    try:
        limit, remaining = (int(headers[f"x-ratelimit-{key}"]) for key in ("limit", "remaining"))
    except (KeyError, ValueError):
        return {}
    try:
        reset = datetime.fromtimestamp(float(headers.get("x-ratelimit-reset", "")), UTC)
    except (ValueError, OverflowError, OSError):
        reset = None
    return {"now": Window("now", limit, remaining, reset)} if limit >= 0 <= remaining else {}


def _later(now: datetime, seconds: float | None) -> datetime | None:
    try:
        return None if seconds is None else now + timedelta(seconds=seconds)
    except OverflowError:
        return None


def _json(header: str | None) -> Any:
    try:
        return msgspec.json.decode(header or "null")
    except (ValueError, RecursionError):
        return None


def _number(value: Any) -> float | None:
    known = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e9
    return float(value) if known else None


def _percent(usages: list[dict[str, Any]]) -> int | None:
    """The highest of all percentages: any one of them at 100 stops everything."""
    names = ("call_count", "total_time", "total_cputime")
    known = [number for usage in usages for name in names if (number := _number(usage.get(name))) is not None]
    return min(100, round(max(known))) if known else None
