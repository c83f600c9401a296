"""What Instagram's insights know: metrics and their rules, as data.

The rules are those of Meta's pages "Instagram Account Insights" and "Instagram Media Insights", corrected by what the
service accepts in practice: a metric of a wrong type, period or range fails the whole request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

MetricType = Literal["time_series", "total_value"]
DAY = 86_400  # seconds
WINDOW = 30 * DAY  # the most between `since` and `until` of one request
LONGEST = 731 * DAY  # the most that is asked at once; nothing older is kept
PERIODS: Mapping[str, int | None] = {
    "day": DAY,
    "week": 7 * DAY,
    "days_28": 28 * DAY,
    "month": 30 * DAY,
    "lifetime": None,
}


@dataclass(frozen=True)
class Rule:
    """How one metric of an account must be asked.

    `types`: the first is the usual one.  `periods` of a series; a total has the period `day` and covers its whole
    range.  `breakdowns`: one request each, all needed.  `additive`: totals of neighbouring ranges may be added.
    `followers`: how many followers the account needs.  `days`: how far back it reaches, today excluded.
    """

    types: tuple[MetricType, ...] = ("total_value",)
    periods: tuple[str, ...] = ("day",)
    breakdowns: tuple[str, ...] = ()
    timeframe: str = ""
    additive: bool = True
    followers: int = 0
    days: int | None = None

    @property
    def ranged(self) -> bool:
        """Whether `since` and `until` mean anything to it."""
        return "lifetime" not in self.periods


_TOTAL = Rule()
_PEOPLE = Rule(additive=False)  # who came twice counts once
_WHO = ("age", "gender", "country", "city")

ACCOUNT: Mapping[str, Rule] = {
    "reach": Rule(("time_series", "total_value"), ("day", "week", "days_28"), additive=False),
    "follower_count": Rule(("time_series",), followers=100, days=30),
    "online_followers": Rule(("time_series",), ("lifetime",), followers=100),
    "views": _TOTAL,
    "accounts_engaged": _PEOPLE,
    "total_interactions": _TOTAL,
    "likes": _TOTAL,
    "comments": _TOTAL,
    "shares": _TOTAL,
    "saves": _TOTAL,
    "replies": _TOTAL,
    "reposts": _TOTAL,
    "profile_views": _TOTAL,
    "website_clicks": _TOTAL,
    "profile_links_taps": _TOTAL,
    "follows_and_unfollows": Rule(breakdowns=("follow_type",), followers=100),
    "follower_demographics": Rule(periods=("lifetime",), breakdowns=_WHO, followers=100),
    "engaged_audience_demographics": Rule(
        periods=("lifetime",), breakdowns=_WHO, timeframe="this_month", followers=100
    ),
    "reached_audience_demographics": Rule(
        periods=("lifetime",), breakdowns=_WHO, timeframe="this_month", followers=100
    ),
}
UNKNOWN = Rule(additive=False)  # how a metric is asked that is not in the table: most are totals, few safe to add

DEFAULT = (
    "reach",
    "follower_count",
    "views",
    "accounts_engaged",
    "total_interactions",
    "likes",
    "comments",
    "saves",
    "shares",
    "profile_views",
    "website_clicks",
    "follows_and_unfollows",
)

_TAPS = "withdrawn in January 2025; use profile_links_taps"
_AUDIENCE = "withdrawn in December 2023; use follower_demographics"
DEAD: Mapping[str, str] = {  # names that fail the whole request → what became of them
    "impressions": "withdrawn in April 2025; use views",
    "email_contacts": _TAPS,
    "phone_call_clicks": _TAPS,
    "text_message_clicks": _TAPS,
    "get_directions_clicks": _TAPS,
    "audience_city": _AUDIENCE,
    "audience_country": _AUDIENCE,
    "audience_gender_age": _AUDIENCE,
    "audience_locale": _AUDIENCE,
    "profile_visits": "a metric of single media; of an account use profile_views",
    "saved": "a metric of single media; of an account use saves",
    "plays": "withdrawn in April 2025; use views",
    "video_views": "withdrawn in April 2025; use views",
    "engagement": "withdrawn in 2023; use total_interactions",
}

MEDIA: Mapping[str, tuple[str, ...]] = {  # by media_product_type
    "FEED": (
        "views",
        "reach",
        "likes",
        "comments",
        "saved",
        "shares",
        "total_interactions",
        "reposts",
        "follows",
        "profile_visits",
        "profile_activity",
    ),
    "REELS": (
        "views",
        "reach",
        "likes",
        "comments",
        "saved",
        "shares",
        "total_interactions",
        "reposts",
        "ig_reels_avg_watch_time",
        "ig_reels_video_view_total_time",
        "reels_skip_rate",
    ),
    "STORY": (
        "views",
        "reach",
        "shares",
        "total_interactions",
        "reposts",
        "replies",
        "navigation",
        "follows",
        "profile_visits",
    ),
}
MEDIA_ANY = ("views", "reach", "shares", "total_interactions")  # what every product type has
