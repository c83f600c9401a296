"""Faults on order: the next requests that match misbehave as told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

# Done by the core, around a service.
BEFORE = frozenset({"drop_before", "status", "html"})
AFTER = frozenset({"drop_after_commit", "hang_after_commit", "truncated", "slow"})
# Handed to the service, which answers in its own style.
SERVICE = frozenset({"rate_limited", "expired_token", "lie_failed", "never_finishes", "container_error"})
KINDS = BEFORE | AFTER | SERVICE

_MATCH = re.compile(r"\*|[A-Za-z_][A-Za-z0-9_]*|(GET|POST|DELETE|PUT|PATCH|HEAD|OPTIONS) /\S*")


class BadFault(ValueError):
    """A fault that nobody could carry out; the message says what is wrong and what is allowed."""


@dataclass
class Fault:
    """One order: `match` is a GraphQL root field, `METHOD /path-suffix` or `*`; it holds for `times` requests.

    `code` is an HTTP status (`status`) or a service's error code (`rate_limited`), `seconds` a delay (`slow`),
    `window` a Buffer rate window (`15m`, `24h`, `30d`), `subcode` an Instagram error subcode (`container_error`).
    """

    match: str
    fault: str
    times: int = 1
    code: int | None = None
    seconds: float | None = None
    window: str | None = None
    subcode: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.match, str) or not _MATCH.fullmatch(self.match):
            raise BadFault(f"match must be an operation, 'METHOD /path-suffix' or '*', not {self.match!r}")
        if self.fault not in KINDS:
            raise BadFault(f"unknown fault {self.fault!r}; known: {', '.join(sorted(KINDS))}")
        for name in ("times", "code", "subcode"):
            value = getattr(self, name)
            if not (value is None and name != "times") and (not isinstance(value, int) or isinstance(value, bool)):
                raise BadFault(f"{name} must be an integer, not {value!r}")
        if self.times < 1:
            raise BadFault(f"times must be 1 or more, not {self.times}")
        if self.fault == "status" and (self.code is None or not 200 <= self.code <= 599):
            raise BadFault(f"a status fault needs a code from 200 to 599, not {self.code!r}")
        if self.seconds is not None and (isinstance(self.seconds, bool) or not isinstance(self.seconds, int | float)):
            raise BadFault(f"seconds must be a number, not {self.seconds!r}")
        if self.fault == "slow" and not (self.seconds is not None and 0 <= self.seconds <= 3600):
            raise BadFault("a slow fault needs seconds from 0 to 3600")
        if self.window not in (None, "15m", "24h", "30d"):
            raise BadFault(f"window must be 15m, 24h or 30d, not {self.window!r}")

    def matches(self, method: str, path: str, operations: Sequence[str]) -> bool:
        """Is this the order for a request with this method, path and GraphQL root fields?"""
        if self.match == "*" or self.match in operations:
            return True
        verb, _, suffix = self.match.partition(" ")
        if not suffix or verb != method:
            return False
        path, suffix = path.rstrip("/"), suffix.rstrip("/")
        return path == suffix if not suffix else path.endswith(suffix)


class Faults:
    """The orders that are still open, in the order given, and a log of those carried out."""

    def __init__(self) -> None:
        self.open: list[Fault] = []
        self.hits: list[dict[str, Any]] = []

    def load(self, orders: object) -> list[dict[str, Any]]:
        """Add orders (a list of JSON objects, or one) and return all open ones; all or none.  Raises BadFault."""
        if isinstance(orders, Mapping):
            orders = [orders]
        if not isinstance(orders, list):
            raise BadFault("faults are a JSON list of objects with match and fault")
        self.open += [_fault(order) for order in orders]
        return self.listed()

    def listed(self) -> list[dict[str, Any]]:
        """The open orders as JSON values; `times` is what is left."""
        return [{key: value for key, value in asdict(fault).items() if value is not None} for fault in self.open]

    def take(self, method: str, path: str, operations: Sequence[str] = ()) -> Fault | None:
        """The first open order for this request, counted down, or None."""
        for fault in self.open:
            if fault.matches(method, path, operations):
                fault.times -= 1
                if not fault.times:
                    self.open.remove(fault)
                self.hits.append({"match": fault.match, "fault": fault.fault, "method": method, "path": path})
                return fault
        return None

    def clear(self) -> None:
        """Forget orders and hits."""
        self.open.clear()
        self.hits.clear()


def _fault(order: object) -> Fault:
    known = {field.name for field in fields(Fault)}
    if not isinstance(order, Mapping):
        raise BadFault(f"a fault is a JSON object, not {order!r}")
    if unknown := set(order) - known:
        raise BadFault(f"unknown key {sorted(map(str, unknown))[0]!r} in a fault; known: {', '.join(sorted(known))}")
    if missing := {"match", "fault"} - set(order):
        raise BadFault(f"a fault needs {' and '.join(sorted(missing))}")
    return Fault(**order)
