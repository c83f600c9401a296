"""Which requests a question about insights takes.

One bad combination fails a whole request, so metrics are grouped by how they must be asked, and what cannot be had is
not asked at all: it becomes a notice with the reason.  Pure: no I/O, and the time is a parameter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from kosmo_tui.api.errors import BadParameter
from kosmo_tui.api.instagram.metrics import ACCOUNT, DAY, DEAD, LONGEST, PERIODS, UNKNOWN, WINDOW, MetricType, Rule

Range = tuple[int, int]  # since, until, in UNIX seconds
_PACIFIC = ZoneInfo("America/Los_Angeles")
_FIRST, _LAST = 1_262_304_000, 4_102_444_800  # 2010, when Instagram began, to 2100: anything else is a slip


@dataclass(frozen=True)
class Ask:
    """Metrics that can share a request, and the ranges (oldest first; None: Instagram's own) to ask one by one."""

    metrics: tuple[str, ...]
    period: str = ""
    metric_type: MetricType = "time_series"
    breakdown: str = ""
    timeframe: str = ""
    windows: tuple[Range | None, ...] = (None,)

    def query(self, metrics: Sequence[str], window: Range | None) -> dict[str, str | None]:
        """The parameters of the request for `metrics` in `window`.  A series is what comes without a type."""
        return {
            "metric": ",".join(metrics),
            "period": self.period or None,
            "metric_type": "total_value" if self.metric_type == "total_value" else None,
            "breakdown": self.breakdown or None,
            "timeframe": self.timeframe or None,
            "since": str(window[0]) if window else None,
            "until": str(window[1]) if window else None,
        }


@dataclass(frozen=True)
class Plan:
    """What is asked, and `(metric, reason)` for what is not asked or not as it was wanted."""

    metrics: tuple[str, ...]
    asks: tuple[Ask, ...]
    notices: tuple[tuple[str, str], ...]


def plan(
    metrics: Sequence[str],
    *,
    now: int,
    period: str | None = None,
    wanted: Range | None = None,
    metric_type: MetricType | None = None,
) -> Plan:
    """The plan for `metrics` over the range `wanted`.

    `metric_type` is used where a metric has the choice.  A total over several windows is asked only when its parts
    may be added: people who came in two windows would be counted twice.
    """
    groups: dict[Ask, list[str]] = {}
    notices: list[tuple[str, str]] = []
    names = tuple(dict.fromkeys(metrics))
    for name in names:
        if name in DEAD:
            notices.append((name, DEAD[name]))
            continue
        rule = ACCOUNT.get(name, UNKNOWN)
        shape = _shape(rule, period, wanted, metric_type, now)
        notices += [(name, notice) for notice in shape.notices]
        for breakdown in (rule.breakdowns or ("",)) if shape.windows else ():
            # A metric that is not in the table is asked apart, so that its refusal costs the others nothing.
            alone = (name,) if name not in ACCOUNT else ()
            key = Ask(alone, shape.period, shape.metric_type, breakdown, rule.timeframe, shape.windows)
            groups.setdefault(key, []).append(name)
    asks = tuple(
        Ask(tuple(group), key.period, key.metric_type, key.breakdown, key.timeframe, key.windows)
        for key, group in groups.items()
    )
    return Plan(names, asks, tuple(notices))


@dataclass(frozen=True)
class _Shape:
    """How one metric is asked; without windows it is not."""

    period: str = "day"
    metric_type: MetricType = "time_series"
    windows: tuple[Range | None, ...] = ()
    notices: tuple[str, ...] = ()


def _shape(rule: Rule, period: str | None, wanted: Range | None, asked: MetricType | None, now: int) -> _Shape:
    kind = asked if asked in rule.types else rule.types[0]
    if not rule.ranged:
        given = period not in (None, "lifetime") or wanted
        notices = ("told for period lifetime only, and for no range",) if given else ()
        return _Shape("lifetime", kind, (None,), notices)
    if period == "lifetime":
        return _Shape(notices=("no period lifetime; use day, week, days_28 or month, or since and until",))
    notices = ()
    span, length = wanted, PERIODS[period or "day"] or DAY
    own = kind == "time_series" and period in rule.periods  # Instagram itself cuts the series into these periods
    if length > DAY and not own:
        if span is None:
            span = (now - length, now)
        elif kind == "total_value":
            notices = (f"one total of the whole range: Instagram has no period {period} here",)
        if kind == "time_series":
            notices = (f"values per day: Instagram has no period {period} here",)
    if span is not None and rule.days is not None:
        earliest = now - rule.days * DAY + 3600  # an hour for clocks that differ
        if span[1] <= earliest:
            return _Shape(notices=(f"Instagram keeps the last {rule.days} days only",))
        if span[0] < earliest:
            span = (earliest, span[1])
            if wanted is not None:
                notices = (*notices, f"Instagram keeps the last {rule.days} days only: the rest is missing")
    windows: tuple[Range | None, ...] = (None,) if span is None else tuple(_windows(span))
    if kind == "total_value" and len(windows) > 1 and not rule.additive:
        why = "perhaps counts people" if rule is UNKNOWN else "counts people"
        return _Shape(notices=(f"{why}: totals of several 30-day windows cannot be added; ask for 30 days or less",))
    return _Shape(period if own and period else "day", kind, windows, notices)


def _windows(span: Range) -> Iterator[Range]:
    """`span` in parts of 30 days at most.  They meet at Pacific midnights, where Instagram's days end, so that no day
    lies in two parts."""
    since, until = span
    while until - since > WINDOW:
        end = datetime.fromtimestamp(since + WINDOW, _PACIFIC).replace(hour=0, minute=0, second=0, fold=0)
        yield since, int(end.timestamp())
        since = int(end.timestamp())
    yield since, until


def names(metric: str) -> tuple[str, ...]:
    """The metrics in a comma-separated list.  Raises BadParameter when one is no name, or there is none."""
    found = tuple(name for part in metric.split(",") if (name := part.strip().lower()))
    bad = next((name for name in found if not re.fullmatch(r"[a-z0-9_]{1,60}", name)), None)
    if bad is not None or not found:
        raise BadParameter(
            f"metric must be names separated by commas, not {bad or metric!r}",
            parameter="metric",
            hint=f"metrics: {', '.join(ACCOUNT)}",
        )
    return found


def checked_period(period: str | None) -> str | None:
    """`period` if it is one; else BadParameter."""
    if period is not None and period not in PERIODS:
        raise BadParameter(
            f"period must be one of {', '.join(PERIODS)}, not {period!r}",
            parameter="period",
            hint="for other spans use since and until",
        )
    return period


def span(since: str | int | datetime | None, until: str | int | datetime | None, *, now: int) -> Range | None:
    """The range from `since` to `until` in UNIX seconds; None when neither is given.

    An ISO date means its midnight, a time without an offset is UTC.  A missing `until` is now, a missing `since` a day
    before `until`.  Raises BadParameter.
    """
    if since is None and until is None:
        return None
    end = _moment(until, "until") if until is not None else now
    start = _moment(since, "since") if since is not None else end - DAY
    if start >= end:
        raise BadParameter(
            "since must lie before until",
            parameter="since",
            hint="" if until is not None else "until is now when it is left out",
        )
    if end - start > LONGEST:
        raise BadParameter(
            f"a range may be {LONGEST // DAY} days at most", parameter="since", hint="Instagram keeps nothing older"
        )
    return start, end


def _moment(value: str | int | datetime, parameter: str) -> int:
    moment: float | None = None
    if isinstance(value, datetime):
        moment = _seconds(value)
    elif isinstance(value, int):
        moment = value
    elif re.fullmatch(r"\s*[0-9]{1,15}\s*", value):
        moment = int(value)
    else:
        try:
            moment = _seconds(datetime.fromisoformat(value.strip()))
        except ValueError:
            moment = None
    if moment is None or not _FIRST <= moment <= _LAST:
        raise BadParameter(
            f"{parameter} must be a UNIX timestamp in seconds or an ISO date, not {str(value)[:40]!r}",
            parameter=parameter,
            hint="e.g. 2026-11-01, 2026-11-01T09:00:00Z or 1793523600",
        )
    return int(moment)


def _seconds(value: datetime) -> float | None:
    try:
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    except OverflowError:
        return None
