"""`/{media}/insights`: which metric exists for which kind of media, and the answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from kosmo_tui.sandbox.instagram.call import Edge
from kosmo_tui.sandbox.instagram.errors import Flavour, GraphError, invalid, no_permission, not_one_of, required
from kosmo_tui.sandbox.instagram.media import EDGES, gone
from kosmo_tui.sandbox.instagram.world import Media

NAMES: dict[Flavour, tuple[str, ...]] = {
    "facebook": (
        "impressions", "reach", "replies", "saved", "likes", "comments", "shares", "total_interactions", "follows",
        "profile_visits", "profile_activity", "navigation", "ig_reels_video_view_total_time", "ig_reels_avg_watch_time",
        "views", "reels_skip_rate", "reposts", "facebook_views", "crossposted_views", "total_views", "total_likes",
        "total_comments", "link_clicks",
    ),
    "instagram": (
        "impressions", "shares", "comments", "likes", "saved", "replies", "total_interactions", "navigation", "follows",
        "profile_visits", "profile_activity", "reach", "ig_reels_video_view_total_time", "ig_reels_avg_watch_time",
        "views", "thread_replies", "reposts", "quotes", "thread_shares", "threads_views", "threads_media_clicks",
        "reels_skip_rate", "threads_reposts", "facebook_views", "crossposted_views", "total_views", "total_likes",
        "total_comments", "link_clicks",
    ),
}  # fmt: skip
BREAKDOWNS = ("follow_type", "surface_type", "action_type", "story_navigation_action_type")

# Product types that have a metric.  Names that are accepted and not listed here belong to Threads.
PRODUCTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("views", "reach", "shares", "total_interactions", "reposts"), ("FEED", "REELS", "STORY")),
    **dict.fromkeys(("likes", "comments", "saved", "total_likes", "total_comments"), ("FEED", "REELS")),
    **dict.fromkeys(("follows", "profile_visits", "profile_activity"), ("FEED", "STORY")),
    **dict.fromkeys(("ig_reels_avg_watch_time", "ig_reels_video_view_total_time", "reels_skip_rate"), ("REELS",)),
    **dict.fromkeys(("navigation", "replies", "link_clicks"), ("STORY",)),
    "total_views": ("FEED", "REELS", "STORY"),
    "facebook_views": ("FEED", "REELS", "STORY"),
    "crossposted_views": ("REELS",),
    "impressions": ("FEED", "STORY"),
}
_FACEBOOK_ONLY = frozenset({"link_clicks", "total_likes", "total_comments", "total_views"})
_ACTIONS = {
    "action_type": ("profile_activity", ("bio_link_clicked", "call", "direction", "email", "other", "text")),
    "story_navigation_action_type": ("navigation", ("tap_forward", "tap_back", "tap_exit", "swipe_forward")),
}
_IMPRESSIONS_UNTIL = datetime(2024, 7, 2, tzinfo=UTC)
_FEWEST_VIEWERS = 5
_TITLES = {
    "reach": "Accounts reached",
    "saved": "Saved",
    "ig_reels_avg_watch_time": "Average watch time",
    "ig_reels_video_view_total_time": "Watch time",
    "reels_skip_rate": "Skip rate",
}


def media_insights(media: Media, edge: Edge) -> Mapping[str, Any]:
    """`{"data"}`: one entry per metric, `period` always lifetime.

    Raises 100 for a name, breakdown or product type that does not go, -1/2207086 for Facebook views of what is not on
    Facebook, 10 for a story with fewer than five viewers, 100/2108006 for media older than the professional account.
    """
    call = edge.call
    call.may("manage_insights")
    if media.parent or gone(media, call.now) or not call.owns(media.account):
        raise call.missing()
    metrics = edge.parameters.items("metric")
    names = NAMES[call.flavour]
    if not metrics:
        raise required("metric")
    for place, metric in enumerate(metrics):
        if metric not in names:
            raise not_one_of(f"metric[{place}]", names)
    breakdowns = edge.parameters.items("breakdown")
    for place, breakdown in enumerate(breakdowns):
        if breakdown not in BREAKDOWNS:
            raise not_one_of(f"breakdown[{place}]", BREAKDOWNS)
    for metric in metrics:
        if bad := [name for name in breakdowns if _ACTIONS.get(name, ("",))[0] != metric]:
            raise invalid(f"Incompatible breakdowns ({','.join(bad)}) for metric ({metric})")
    for metric in metrics:
        _supported(media, metric, call.flavour)
    if media.before_conversion and call.switches.conversion_error:
        raise GraphError(
            100, "Invalid parameter", 2108006, style="oauth", transient=False,
            title="Media posted before business account conversion",
            text="The media was posted before the most recent time that the user's account was converted to a business "
            "account from a personal account.",
        )  # fmt: skip
    views = call.figures.of_media(media, "views", call.now) or 0
    if media.product == "STORY" and views < _FEWEST_VIEWERS:
        few = no_permission(call.flavour)
        raise GraphError(10, "Not enough viewers for the media to show insights", status=few.status)
    return {"data": [_entry(media, metric, breakdowns, edge) for metric in dict.fromkeys(metrics)]}


EDGES["insights"] = media_insights


def _supported(media: Media, metric: str, flavour: Flavour) -> None:
    products = () if flavour == "instagram" and metric in _FACEBOOK_ONLY else PRODUCTS.get(metric, ())
    if media.product not in products:
        raise invalid(f"The Media Insights API does not support the {metric} metric for this media product type.")
    if metric == "impressions" and media.created >= _IMPRESSIONS_UNTIL:
        raise invalid(
            "Starting from version v22.0 and above, the impressions metric is no longer supported for the "
            "queried media."
        )
    if metric in {"facebook_views", "crossposted_views"} and not media.shared_to_facebook:
        raise GraphError(-1, "Fatal", 2207086, style="oauth")


def _entry(media: Media, metric: str, breakdowns: list[str], edge: Edge) -> dict[str, Any]:
    value = edge.call.figures.of_media(media, metric, edge.call.now)
    entry: dict[str, Any] = {"name": metric, "period": "lifetime", "values": [{"value": value}]}
    entry["title"] = _TITLES.get(metric, metric.replace("_", " ").capitalize())
    entry["description"] = f"{entry['title']} of this {media.product.lower()} item."
    if breakdowns and isinstance(value, int):
        actions = _ACTIONS[breakdowns[0]][1]
        share = [value // (2**place) - value // (2 ** (place + 1)) for place in range(len(actions))]
        share[0] += value - sum(share)
        results = [
            {"dimension_values": [action], "value": amount}
            for action, amount in zip(actions, share, strict=True)
            if amount
        ]
        entry["total_value"] = {
            "value": value,
            "breakdowns": [{"dimension_keys": breakdowns, "results": results}],
        }
    return entry | {"id": f"{media.id}/insights/{metric}/lifetime"}
