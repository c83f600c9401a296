"""`/{ig-user}/insights`: what may be asked together, in the order in which it is checked, and the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kosmo_tui.sandbox.instagram.call import Edge, stamp
from kosmo_tui.sandbox.instagram.errors import invalid, not_one_of, required
from kosmo_tui.sandbox.instagram.parameters import Parameters
from kosmo_tui.sandbox.instagram.ranges import DAY, day_of, days_between, end_of, moment, start_of
from kosmo_tui.sandbox.instagram.switches import Switches
from kosmo_tui.sandbox.instagram.world import Account

PERIODS = ("day", "week", "days_28", "month", "lifetime", "total_over_range")
METRIC_TYPES = ("default", "time_series", "total_value")
BREAKDOWNS = ("age", "city", "contact_button_type", "country", "follow_type", "gender", "media_product_type")
TIMEFRAMES = ("last_14_days", "last_30_days", "last_90_days", "prev_month", "this_month", "this_week")
_LENGTHS = {"day": 1, "week": 7, "days_28": 28}
_WIDEST = timedelta(days=30)


@dataclass(frozen=True)
class Rule:
    """What one metric takes.  `floor`: needs 100 followers; `empty`: accepted by name, never with data here."""

    title: str
    description: str
    series: bool = False
    total: bool = True
    periods: tuple[str, ...] = ("day",)
    breakdowns: tuple[str, ...] = ()
    floor: bool = False
    empty: bool = False

    @property
    def demographic(self) -> bool:
        """Is it about who the audience is?"""
        return "country" in self.breakdowns


_BY_PRODUCT = ("media_product_type",)
_WHO = ("age", "city", "country", "gender")
_THREADS = Rule("Threads", "Activity on Threads.", empty=True)
_LIFETIME = ("lifetime",)

RULES: dict[str, Rule] = {
    "reach": Rule(
        "Accounts reached",
        "The number of unique accounts that have seen your content.",
        series=True,
        periods=("day", "week", "days_28"),
        breakdowns=("media_product_type", "follow_type"),
    ),
    "follower_count": Rule("Follower Count", "New followers on each day.", series=True, total=False, floor=True),
    "website_clicks": Rule("Website Clicks", "Taps on the website of the profile."),
    "profile_views": Rule("Profile Views", "How often the profile was viewed."),
    "online_followers": Rule(
        "Online Followers",
        "Followers that were online, by hour.",
        series=True,
        total=False,
        periods=_LIFETIME,
        floor=True,
    ),
    "accounts_engaged": Rule("Accounts engaged", "Accounts that have interacted with your content."),
    "total_interactions": Rule(
        "Content interactions", "Likes, comments, shares, saves, replies.", breakdowns=_BY_PRODUCT
    ),
    "likes": Rule("Likes", "Likes on your content.", breakdowns=_BY_PRODUCT),
    "comments": Rule("Comments", "Comments on your content.", breakdowns=_BY_PRODUCT),
    "shares": Rule("Shares", "Shares of your content.", breakdowns=_BY_PRODUCT),
    "saves": Rule("Saves", "Saves of your content.", breakdowns=_BY_PRODUCT),
    "replies": Rule("Replies", "Replies to your stories."),
    "engaged_audience_demographics": Rule(
        "Engaged audience demographics", "Who has engaged with your content.", periods=_LIFETIME, breakdowns=_WHO
    ),
    "reached_audience_demographics": Rule(
        "Reached audience demographics", "Who has seen your content.", periods=_LIFETIME, breakdowns=_WHO
    ),
    "follower_demographics": Rule(
        "Follower demographics", "Who follows you.", periods=_LIFETIME, breakdowns=_WHO, floor=True
    ),
    "follows_and_unfollows": Rule(
        "Follows and unfollows",
        "Accounts that followed you and accounts that left.",
        breakdowns=("follow_type",),
        floor=True,
    ),
    "profile_links_taps": Rule(
        "Profile links taps", "Taps on the buttons of the profile.", breakdowns=("contact_button_type",)
    ),
    "views": Rule(
        "Views", "How often your content was played or shown.", breakdowns=("follow_type", "media_product_type")
    ),
    "threads_likes": _THREADS,
    "threads_replies": _THREADS,
    "reposts": Rule("Reposts", "How often your content was reposted."),
    "quotes": _THREADS,
    "threads_followers": _THREADS,
    "threads_follower_demographics": _THREADS,
    "content_views": _THREADS,
    "threads_views": _THREADS,
    "threads_clicks": _THREADS,
    "threads_reposts": _THREADS,
}
METRICS = tuple(RULES)


@dataclass(frozen=True)
class Question:
    """Parameters that passed every check."""

    metrics: tuple[str, ...]
    periods: tuple[str, ...]
    total: bool
    breakdowns: tuple[str, ...]
    timeframe: str
    since: datetime
    until: datetime


def check(parameters: Parameters, now: datetime, instagram: bool, switches: Switches) -> Question:
    """The question behind `parameters`.

    Checked in this order, the first fault is the answer (all code 100): names, metric type, period, breakdown, range.
    """
    metrics = _enumerated(parameters, "metric", METRICS)
    periods = _enumerated(parameters, "period", PERIODS)
    breakdowns = _enumerated(parameters, "breakdown", BREAKDOWNS, optional=True)
    metric_type = parameters.text("metric_type") or "default"
    if metric_type not in METRIC_TYPES:
        raise not_one_of("metric_type", METRIC_TYPES)
    timeframe = parameters.text("timeframe")
    if timeframe and timeframe not in TIMEFRAMES:
        raise not_one_of("timeframe", TIMEFRAMES)

    total_only = [metric for metric in metrics if not RULES[metric].series]
    if metric_type == "default" and total_only:
        if not (instagram and switches.instagram_drops_total_only):
            raise invalid(
                f"The following metrics ({','.join(total_only)}) should be specified with parameter "
                "metric_type=total_value"
            )
        metrics = tuple(metric for metric in metrics if metric not in total_only)
    total = metric_type == "total_value"
    for metric in metrics:
        if not (RULES[metric].total if total else RULES[metric].series):
            raise invalid(f"The following metric ({metric}) is incompatible with the metric type ({metric_type})")

    for metric in metrics:
        if bad := [period for period in periods if period not in RULES[metric].periods]:
            raise invalid(f"The following periods ({','.join(bad)}) are incompatible with the metric ({metric})")

    for metric in metrics:
        if bad := [name for name in breakdowns if not total or name not in RULES[metric].breakdowns]:
            raise invalid(f"Incompatible breakdowns ({','.join(bad)}) for metric ({metric})")
        if RULES[metric].demographic and metric != "follower_demographics":
            if not timeframe and switches.timeframe_required:
                raise required("timeframe")
            if timeframe not in {"", "this_week", "this_month"}:
                raise invalid(f"Incompatible timeframe ({timeframe}) for metric ({metric})")

    since, until = window(parameters, now)
    if "follower_count" in metrics and since < start_of(day_of(now) - _WIDEST):
        raise invalid(
            "(follower_count) metric only supports querying data for the last 30 days excluding the current day"
        )
    return Question(metrics, periods, total, breakdowns, timeframe, since, until)


def _enumerated(parameters: Parameters, name: str, allowed: tuple[str, ...], optional: bool = False) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(parameters.items(name)))
    if not values and not optional:
        raise required(name)
    for place, value in enumerate(parameters.items(name)):
        if value not in allowed:
            raise not_one_of(f"{name}[{place}]", allowed)
    return values


def window(parameters: Parameters, now: datetime) -> tuple[datetime, datetime]:
    """`since` and `until`; the last 24 hours when neither is given, a day before `until`, or from `since` to now.

    Raises 100 when they are more than 30 days apart or the wrong way round.
    """
    until = moment(parameters, "until", now) if "until" in parameters else now
    since = moment(parameters, "since", now) if "since" in parameters else until - DAY
    if until - since > _WIDEST:
        raise invalid("There cannot be more than 30 days (2592000 s) between since and until.")
    if since >= until:
        raise invalid("Param since must be before until")
    return since, until


def account_insights(account: Account, edge: Edge) -> Mapping[str, Any]:
    """`{"data", "paging"}`: one entry per metric and period; what is not there is missing, never 0."""
    call = edge.call
    call.may("manage_insights")
    question = check(edge.parameters, call.now, call.flavour == "instagram", call.switches)
    followers = call.figures.followers(account, call.now)
    data = []
    for metric in question.metrics:
        rule = RULES[metric]
        if rule.floor and followers < call.switches.follower_floor:
            if call.switches.small_account_is_error:
                raise invalid(f"({metric}) metric is not supported for users with fewer than 100 followers")
            continue
        for period in question.periods:
            entry = None if rule.empty else _entry(edge, account, metric, period, question)
            if entry is not None:
                head = {"name": metric, "period": period}
                tail = {"title": rule.title, "description": rule.description}
                data.append(head | entry | tail | {"id": f"{account.id}/insights/{metric}/{period}"})
    if not data or question.periods == _LIFETIME:
        return {"data": data}
    return {"data": data, "paging": _neighbours(edge, account, question)}


def _known(edge: Edge) -> datetime:
    """Up to when the numbers are known."""
    return edge.call.now - timedelta(hours=edge.call.switches.insights_lag_hours)


def _entry(edge: Edge, account: Account, metric: str, period: str, question: Question) -> dict[str, Any] | None:
    if metric == "online_followers":
        return _online(edge, account, question)
    if question.total:
        return _total(edge, account, metric, period, question)
    call = edge.call
    known = _known(edge)
    # follower_count counts whole days only.
    last = start_of(day_of(known)) if metric == "follower_count" else known
    values = [
        {"value": call.figures.series(account, metric, day, _LENGTHS[period], known), "end_time": stamp(end_of(day))}
        for day in days_between(question.since, min(question.until, last))
    ]
    return {"values": values} if values else None


def _online(edge: Edge, account: Account, question: Question) -> dict[str, Any] | None:
    now = _known(edge)
    days = days_between(max(question.since, now - _WIDEST), min(question.until, now))
    values = [{"value": edge.call.figures.online(account, day), "end_time": stamp(end_of(day))} for day in days]
    return {"values": values} if values else None


def _total(edge: Edge, account: Account, metric: str, period: str, question: Question) -> dict[str, Any] | None:
    figures = edge.call.figures
    if RULES[metric].demographic:
        return _demographics(edge, account, metric, question)
    until = min(question.until, _known(edge))
    since = question.since if period == "day" else min(question.since, until - _LENGTHS[period] * DAY)
    if since >= until:
        return None
    if metric == "follows_and_unfollows":
        if not question.breakdowns:
            return {}
        gained, lost = (figures.total(account, name, since, until) for name in ("follower_count", "unfollows"))
        parts: list[tuple[tuple[str, ...], int]] = [(("FOLLOWER",), gained), (("NON_FOLLOWER",), lost)]
        return {"total_value": {"breakdowns": [_broken(("follow_type",), parts)]}}
    amount = figures.total(account, metric, since, until)
    if not question.breakdowns:
        return {"total_value": {"value": amount}}
    parts = figures.split(amount, question.breakdowns, f"{account.name}:{metric}")
    return {"total_value": {"value": amount, "breakdowns": [_broken(question.breakdowns, parts)]}}


def _demographics(edge: Edge, account: Account, metric: str, question: Question) -> dict[str, Any] | None:
    call, figures = edge.call, edge.call.figures
    if metric == "follower_demographics":
        people = figures.followers(account, call.now)
    else:
        days = 30 if question.timeframe == "this_month" else 7
        source = "accounts_engaged" if metric.startswith("engaged") else "reach"
        people = figures.total(account, source, call.now - days * DAY, call.now)
        if people < call.switches.engagement_floor:
            return None
    if not question.breakdowns:
        return {}
    parts = figures.split(people, question.breakdowns, f"{account.name}:{metric}")[:45]
    if call.switches.timeframe_in_dimensions and question.timeframe:
        parts = [((question.timeframe.upper(), *values), amount) for values, amount in parts]
        return {"total_value": {"breakdowns": [_broken(("timeframe", *question.breakdowns), parts)]}}
    return {"total_value": {"breakdowns": [_broken(question.breakdowns, parts)]}}


def _broken(keys: tuple[str, ...], parts: list[tuple[tuple[str, ...], int]]) -> dict[str, Any]:
    results = [{"dimension_values": list(values), "value": amount} for values, amount in parts]
    return {"dimension_keys": list(keys), "results": results}


def _neighbours(edge: Edge, account: Account, question: Question) -> dict[str, str]:
    """The windows before and after: insights have no cursors."""
    width = question.until - question.since
    links = {}
    for name, shift in (("previous", -width), ("next", width)):
        bounds = {
            "since": str(int((question.since + shift).timestamp())),
            "until": str(int((question.until + shift).timestamp())),
        }
        links[name] = edge.call.address(f"{account.id}/insights", edge.answer() | bounds)
    return links
