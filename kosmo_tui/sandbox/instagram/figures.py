"""Numbers of accounts and media: the same for the same question, whole, and consistent with one another."""

from __future__ import annotations

import zlib
from datetime import date, datetime, timedelta
from functools import lru_cache

from kosmo_tui.sandbox.instagram.ranges import day_of, days_between, end_of, start_of
from kosmo_tui.sandbox.instagram.world import Account, Media

# What share of a day's views each number is.  total_interactions is the sum of its five parts.
_SHARES = {
    "views": 1.0,
    "reach": 0.58,
    "likes": 0.038,
    "comments": 0.0022,
    "shares": 0.004,
    "saves": 0.005,
    "replies": 0.0008,
    "accounts_engaged": 0.03,
    "profile_views": 0.016,
    "website_clicks": 0.0022,
    "profile_links_taps": 0.003,
    "reposts": 0.0012,
    "follower_count": 0.0035,
    "unfollows": 0.0016,
}
_PARTS = ("likes", "comments", "shares", "saves", "replies")
_WEEK = (0.92, 0.95, 1.0, 1.07, 1.2, 1.1, 0.8)  # Monday to Sunday
_TREND = 1.0014  # a day
_CUSTOMARY = 3650  # days that the trend is counted back at most

SPLITS: dict[str, tuple[tuple[str, float], ...]] = {
    "media_product_type": (("REEL", 0.44), ("POST", 0.24), ("CAROUSEL_CONTAINER", 0.21), ("STORY", 0.08), ("AD", 0.03)),
    "follow_type": (("FOLLOWER", 0.57), ("NON_FOLLOWER", 0.4), ("UNKNOWN", 0.03)),
    "contact_button_type": (
        ("DIRECTION", 0.38), ("EMAIL", 0.27), ("CALL", 0.21), ("BOOK_NOW", 0.08), ("TEXT", 0.05), ("UNDEFINED", 0.01),
    ),
    "age": (("25-34", 0.36), ("18-24", 0.21),
        ("35-44", 0.22), ("45-54", 0.11), ("55-64", 0.05), ("65+", 0.03), ("13-17", 0.02)),
    "gender": (("F", 0.56), ("M", 0.35), ("U", 0.09)),
    "country": (
        ("DE", 0.24), ("US", 0.19), ("GB", 0.11), ("FR", 0.07), ("ES", 0.06), ("JP", 0.05), ("BR", 0.05), ("IT", 0.04),
        ("IN", 0.04), ("TR", 0.03), ("NL", 0.03), ("KR", 0.03), ("MX", 0.02), ("SE", 0.02), ("NO", 0.01), ("AU", 0.01),
    ),
    "city": (
        ("Berlin, Berlin", 0.3), ("London, England", 0.18), ("Hamburg, Hamburg", 0.14), ("New York, New York", 0.1),
        ("Paris, Île-de-France", 0.08), ("東京都", 0.06),
        ("São Paulo, São Paulo (state)", 0.05), ("İstanbul, İstanbul", 0.05),
        ("Madrid, Comunidad de Madrid", 0.04),
    ),
}  # fmt: skip


@lru_cache(maxsize=1 << 16)
def _noise(key: str) -> float:
    """0 to 1, always the same for one key."""
    return zlib.crc32(key.encode()) / 0xFFFFFFFF


class Figures:
    """The numbers of a world, told by Pacific days from `start` on, into the past and the future."""

    def __init__(self, seed: int, start: datetime) -> None:
        self._seed, self._start = seed, start

    def day(self, account: Account, metric: str, day: date) -> int:
        """One metric over one whole Pacific day."""
        if metric == "total_interactions":
            return sum(self.day(account, part, day) for part in _PARTS)
        age = max(min((day - day_of(self._start)).days, _CUSTOMARY), -_CUSTOMARY)
        pulse = 0.8 + 0.4 * _noise(f"{self._seed}:{account.name}:{day}")
        own = 0.88 + 0.24 * _noise(f"{self._seed}:{account.name}:{metric}:{day}")
        usual = account.scale * _SHARES[metric] * _WEEK[day.weekday()] * _TREND**age * pulse * own
        whole = int(usual)
        return whole + (_noise(f"{self._seed}:{account.name}:{metric}:{day}:rest") < usual - whole)

    def total(self, account: Account, metric: str, since: datetime, until: datetime) -> int:
        """One metric over a window, days at its edges counted by the part inside.

        People who were reached on several days count once, so reach and accounts_engaged are no sums.
        """
        if metric == "total_interactions":
            return sum(self.total(account, part, since, until) for part in _PARTS)
        days = days_between(since, until)
        amount = 0.0
        for day in days:
            begin, end = start_of(day), end_of(day)
            inside = (min(end, until) - max(begin, since)) / (end - begin)
            amount += self.day(account, metric, day) * inside
        if metric in {"reach", "accounts_engaged"} and days:
            amount *= max((until - since) / timedelta(days=1), 1.0) ** -0.22
        return round(amount)

    def series(self, account: Account, metric: str, day: date, length: int, now: datetime) -> int:
        """A point of a series: the `length` days (1, 7, 28) that end with `day`, as far as they are over by `now`."""
        return self.total(account, metric, start_of(day - timedelta(days=length - 1)), min(end_of(day), now))

    def followers(self, account: Account, now: datetime) -> int:
        """Followers by `now`: those at the start, and what came and went since."""
        if now <= self._start:
            return account.followers
        gained, lost = (self.total(account, name, self._start, now) for name in ("follower_count", "unfollows"))
        return account.followers + gained - lost

    def split(self, total: int, dimensions: tuple[str, ...], key: str) -> list[tuple[tuple[str, ...], int]]:
        """`total` divided by dimensions; the parts add up to it, the largest first and empty ones left out."""
        parts: list[tuple[tuple[str, ...], int]] = [((), total)]
        for dimension in dimensions:
            parts = [
                ((*values, value), amount)
                for values, whole in parts
                for value, amount in self._divide(whole, SPLITS[dimension], f"{key}:{values}:{dimension}")
            ]
        return sorted(((values, amount) for values, amount in parts if amount), key=lambda part: -part[1])

    def _divide(self, total: int, shares: tuple[tuple[str, float], ...], key: str) -> list[tuple[str, int]]:
        weights = [share * (0.85 + 0.3 * _noise(f"{self._seed}:{key}:{name}")) for name, share in shares]
        bounds = [round(total * sum(weights[: n + 1]) / sum(weights)) for n in range(len(weights))]
        return [(name, bound - before) for (name, _), bound, before in zip(shares, bounds, [0, *bounds], strict=False)]

    def online(self, account: Account, day: date) -> dict[str, int]:
        """Followers online by hour of the day, `"0"` to `"23"`: low at night, high in the evening."""
        rhythm = (2, 1, 1, 1, 1, 2, 4, 6, 7, 7, 6, 6, 7, 7, 6, 6, 7, 8, 9, 10, 10, 8, 6, 4)
        return {
            str(hour): round(account.followers * weight / 26 * (0.9 + 0.2 * _noise(f"{self._seed}:{day}:{hour}")))
            for hour, weight in enumerate(rhythm)
        }

    def of_media(self, media: Media, metric: str, now: datetime) -> int | float | None:
        """One metric of one item by `now`; None for media of accounts that are not ours.  Counts never fall."""
        if not media.account:
            return None
        views = int(media.final_views * media.growth(now))
        likes, comments = media.likes(now), media.comments_count
        saved, shares, reposts = (
            int(views * share * (0.6 + 0.8 * _noise(f"{media.id}:{share}"))) for share in (0.006, 0.005, 0.0014)
        )
        quirk = _noise(f"{self._seed}:{media.id}:quirk")
        plain: dict[str, int | float] = {
            "views": views,
            "total_views": views,
            "reach": int(views * (0.62 + 0.2 * quirk)),
            "likes": likes,
            "total_likes": likes,
            "comments": comments,
            "total_comments": comments,
            "saved": saved,
            "shares": shares,
            "reposts": reposts,
            "total_interactions": likes + comments + saved + shares,
            "follows": int(views * 0.0009),
            "profile_visits": int(views * 0.007),
            "profile_activity": int(views * 0.002),
            "navigation": int(views * 1.3),
            "replies": int(views * 0.004),
            "link_clicks": int(views * 0.003),
            "facebook_views": int(views * 0.18),
            "crossposted_views": int(views * 1.18),
            "impressions": views,
            "ig_reels_avg_watch_time": 3_400 + int(9_000 * quirk),
            "ig_reels_video_view_total_time": views * (3_400 + int(9_000 * quirk)),
            "reels_skip_rate": round(28 + 40 * (1 - quirk), 1),
        }
        return plain[metric]
