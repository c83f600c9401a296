"""How the filters of a search were understood: what `due:<fri` and the beginning of a name became."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo

from kosmo_tui.services.search_query import Known
from kosmo_tui.store.search import Filters
from kosmo_tui.ui.text import network, state

_NAMED = 4  # of one filter; what more of them it lets through is counted


def understood(filters: Filters, known: Known) -> str:
    """Each filter in words; empty when there is none."""
    return " · ".join(_filters(filters, known))


def _filters(filters: Filters, known: Known) -> Iterator[str]:
    if filters.accounts:
        yield _some(filters.accounts)
    if filters.targets:
        called = {target.key: f"{network(target.network)} {target.label}" for target in known.targets}
        yield _some(called[key] for key in filters.targets)
    if filters.statuses:
        yield _some(f"{kind} {state(status).word}" if status else kind for kind, status in filters.statuses)
    if filters.kinds:
        yield _some(filters.kinds)
    if filters.since is not None or filters.until is not None:
        yield " ".join(_span(filters.since, filters.until, known.now, known.zone))


def _some(names: Iterable[str]) -> str:
    shown = sorted(dict.fromkeys(names))
    rest = len(shown) - _NAMED
    return " or ".join(shown[:_NAMED]) + (f" or {rest} more" if rest > 0 else "")


def _span(since: datetime | None, until: datetime | None, now: datetime, zone: tzinfo) -> Iterator[str]:
    if since is not None:
        yield f"from {_at(since, now, zone)}"
    if until is not None:
        yield f"before {_at(until, now, zone)}"
    yield f"{(until or since or now).astimezone(zone):%Z}"


def _at(at: datetime, now: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    year = "" if local.year == now.astimezone(zone).year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year} {local:%H:%M}"
