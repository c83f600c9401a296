"""What nobody knows for sure about the real service: each doubt is a switch with a sane default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Switches:
    """The doubts, and the numbers that tests and demos turn.

    A default is what was seen most often or, where nothing was seen, the stricter choice: a client that copes with
    it copes with the other one too.
    """

    # Versions and tokens
    default_version: str = "v25.0"  # what a call without a version gets: the app's default, not the newest
    versioned_token_endpoints: bool = True  # documented without a version; whether one is refused is unknown
    refresh_after_hours: int = 24

    # Reading
    media_page_limit: int = 100  # documented nowhere; common use
    comment_page_limit: int = 50
    short_pages: bool = True  # pages behind the first hold one less than asked: only a missing `next` ends a list
    expansion_rows: int = 1500  # rows of nested lists in one call before "reduce the amount of data" (code 1)
    replies_newest_first: bool = False  # documented for comments, not for replies
    instagram_tags: bool = True  # the guide says tags are not for Instagram login, the specification has them
    replied_hidden_is_gone: bool = True  # a reply to a hidden comment: 100/33, as for one that is gone

    # Publishing
    publish_quota: int = 50  # 25, 50 and 100 are all documented; clients read `quota_total`
    container_quota: int = 400
    container_hours: int = 24
    image_seconds: tuple[float, float] = (1.0, 3.0)  # seen: 0 to 5
    video_seconds: tuple[float, float] = (10.0, 40.0)
    slow_video_seconds: float = 240.0
    png: Literal["accept", "9004", "36001"] = "9004"  # all three were seen; JPEG alone is documented
    image_type: bool = True  # media_type=IMAGE said aloud: not documented, accepted in practice
    unfinished_children: Literal["refuse", "wait"] = "refuse"  # a carousel over children that are not FINISHED
    second_publish: Literal["refuse", "same_id"] = "refuse"  # publishing one container twice

    # Insights
    instagram_drops_total_only: bool = False  # True: graph.instagram.com leaves out metrics that lack metric_type
    small_account_is_error: bool = False  # True: below 100 followers an error instead of a missing entry
    timeframe_required: bool = True  # for engaged and reached audience demographics
    timeframe_in_dimensions: bool = False  # True: demographics name the timeframe as their first dimension
    conversion_error: bool = True  # media older than the professional account: 2108006 instead of numbers
    insights_lag_hours: int = 0  # account numbers are up to 48 hours late; what is not there yet is missing
    follower_floor: int = 100
    engagement_floor: int = 100

    # Limits.  4800 × impressions a day is far beyond a small demo; one observer saw 243 posts cost 1 %.
    account_calls_per_day: int = 24_000
    app_calls_per_hour: int = 5_000
