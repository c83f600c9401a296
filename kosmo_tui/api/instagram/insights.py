"""Asking for insights: whatever can be had is returned, and what cannot becomes a notice.

Graph fails a whole request for one metric that it does not like.  The refused metric is dropped and the others are
asked again; the numbers of several windows are joined.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kosmo_tui.api.errors import ApiError, AuthExpired, Refused
from kosmo_tui.api.instagram import decode
from kosmo_tui.api.instagram.graph import Graph
from kosmo_tui.api.instagram.metrics import ACCOUNT, MEDIA, MEDIA_ANY
from kosmo_tui.api.instagram.models import Insights, Media
from kosmo_tui.api.instagram.plan import Ask, Plan, Range

Entry = dict[str, Any]
_TOGETHER = 3  # requests under way at once


@dataclass
class _Part:
    """What became of one Ask: the entries of each window, a reason per metric that fell out, or an error for all."""

    ask: Ask
    entries: list[list[Entry]] = field(default_factory=list)
    notices: dict[str, str] = field(default_factory=dict)
    error: ApiError | None = None


async def of_account(graph: Graph, wanted: Plan) -> Insights:
    """The insights of the account.  Raises an error only when nothing at all could be had because of it, or when the
    token is not accepted."""
    path = f"{await graph.account_id()}/insights"
    bound = asyncio.Semaphore(_TOGETHER)

    async def bounded(ask: Ask) -> _Part:
        async with bound:
            return await _answer(graph, path, ask, "insights")

    parts = await asyncio.gather(*(bounded(ask) for ask in wanted.asks))
    return _joined(wanted.metrics, parts, wanted.notices)


async def of_media(graph: Graph, media: Media) -> Insights:
    """The insights of one media item: the metrics that its product type has.  Raises as `of_account`."""
    metrics = MEDIA.get(media.media_product_type or "", MEDIA_ANY)
    part = await _answer(graph, f"{media.id}/insights", Ask(metrics), "media insights")
    return _joined(metrics, [part], ())


async def _answer(graph: Graph, path: str, ask: Ask, label: str) -> _Part:
    part = _Part(ask)
    try:
        for window in ask.windows:
            left = [name for name in ask.metrics if name not in part.notices]
            part.entries.append(await _accepted(graph, path, part, left, window, label))
    except ApiError as error:
        part.error = error
    return part


async def _accepted(
    graph: Graph, path: str, part: _Part, metrics: list[str], window: Range | None, label: str
) -> list[Entry]:
    """The entries of those of `metrics` that Graph does not refuse; the others get a notice."""
    while metrics:
        try:
            raw = await graph.get(path, part.ask.query(metrics, window), label=label)
        except Refused as error:
            guilty = blamed(error.message, metrics)
            if not guilty and len(metrics) > 1:  # it does not say which: find out one by one
                alone = [await _accepted(graph, path, part, [name], window, label) for name in metrics]
                return [entry for entries in alone for entry in entries]
            for name in guilty or list(metrics):
                part.notices[name] = _reason(error)
                metrics.remove(name)
        else:
            held = {found.name for found in decode.insights(raw, label)}  # also checks every type
            return [entry for entry in decode.without_urls(raw).get("data") or () if entry["name"] in held]
    return []


def blamed(message: str, metrics: Sequence[str]) -> list[str]:
    """Those of `metrics` that an error message names: `metric[2]`, `(views,likes)` or `the views metric`."""
    index = re.search(r"\bmetric\[([0-9]{1,4})\]", message)
    if index:
        return list(metrics[int(index[1]) : int(index[1]) + 1])
    groups = re.findall(r"\(([a-z0-9_, ]+)\)|\bthe ([a-z0-9_]+) metric\b", message)
    named = {name.strip() for group in groups for part in group for name in part.split(",")}
    return [name for name in metrics if name in named]


def _reason(error: ApiError) -> str:
    if "must be one of the following values" in error.message:
        return "Instagram knows no such metric"
    return error.message


def _joined(metrics: Sequence[str], parts: Sequence[_Part], notices: Sequence[tuple[str, str]]) -> Insights:
    failed = [part for part in parts if part.error is not None]
    found: dict[str, Entry] = {}
    told = list(notices)
    for part in parts:
        if part.error is not None:
            told += [(name, part.error.message) for name in part.ask.metrics]
            continue
        told += part.notices.items()
        for name in part.ask.metrics:
            entries = [entry for window in part.entries for entry in window if entry["name"] == name]
            if name in part.notices:
                continue
            if not entries:
                told.append((name, _nothing(name)))
                continue
            if len(entries) < len(part.ask.windows):
                told.append((name, "Instagram has no numbers for a part of the range"))
            for entry in entries:
                found[name] = _sum(found[name], entry) if name in found else entry
    for part in failed:
        if isinstance(part.error, AuthExpired) or (part.error and not found):
            raise part.error
    data = [found[name] for name in metrics if name in found]
    lines = tuple(f"{', '.join(names)}: {reason}" for reason, names in _by_reason(told).items())
    return Insights(
        items=decode.insights({"data": data}),
        notices=lines,
        raw={"data": data, "notices": [str(line) for line in lines]},
    )


def _nothing(name: str) -> str:
    followers = ACCOUNT[name].followers if name in ACCOUNT else 0
    if followers:
        return f"no data; Instagram tells this only of accounts with {followers} followers or more"
    return "no data; Instagram has none for this range, or not yet (up to 48 hours)"


def _by_reason(told: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for name, reason in told:
        names = reasons.setdefault(reason, [])
        if name not in names:
            names.append(name)
    return reasons


def _sum(first: Entry, second: Entry) -> Entry:
    """Two entries of one metric as one: series one after the other, totals and equal breakdowns added."""
    joined = dict(first)
    if first.get("values") or second.get("values"):
        known = {value.get("end_time") for value in first.get("values") or ()}
        later = [value for value in second.get("values") or () if value.get("end_time") not in known]
        joined["values"] = [*(first.get("values") or ()), *later]
    one, other = first.get("total_value") or {}, second.get("total_value") or {}
    if one or other:
        total = {**other, **one}
        numbers = [part["value"] for part in (one, other) if part.get("value") is not None]
        if numbers:
            total["value"] = sum(numbers)
        breakdowns = _added([*(one.get("breakdowns") or ()), *(other.get("breakdowns") or ())])
        if breakdowns:
            total["breakdowns"] = breakdowns
        joined["total_value"] = total
    return joined


def _added(breakdowns: Sequence[Entry]) -> list[Entry]:
    sums: dict[tuple[str, ...], dict[tuple[str, ...], float]] = {}
    for part in breakdowns:
        results = sums.setdefault(tuple(part.get("dimension_keys") or ()), {})
        for result in part.get("results") or ():
            if result.get("value") is not None:
                key = tuple(result.get("dimension_values") or ())
                results[key] = results.get(key, 0) + result["value"]
    return [
        {
            "dimension_keys": list(keys),
            "results": [{"dimension_values": list(values), "value": value} for values, value in results.items()],
        }
        for keys, results in sums.items()
    ]
