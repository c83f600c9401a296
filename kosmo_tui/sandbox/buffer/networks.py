"""What Buffer asks of a post, network by network (limits in the unit that the network counts)."""

from __future__ import annotations

from dataclasses import dataclass

from kosmo_tui.sandbox.buffer import counting


@dataclass(frozen=True)
class Network:
    """`images` and `videos` are the most that one post takes; `mixed` says whether both may stand in one post."""

    title: str
    limit: int
    count: counting.Counter = counting.code_points
    images: int = 10
    videos: int = 1
    documents: int = 0
    mixed: bool = False
    media: str | None = None  # what must be there, in Buffer's words
    metadata: str = ""  # key in PostInputMetaData
    post_metadata: str = ""  # type name of PostMetadata
    threaded: bool = False
    link_attachment: bool = False
    daily_limit: int | None = None
    link: str = "https://example.com/{id}"
    metrics: tuple[str, ...] = ("reactions", "comments")


NETWORKS: dict[str, Network] = {
    "instagram": Network(
        "Instagram", 2200, images=10, videos=10, mixed=True, media="image or video", metadata="instagram",
        post_metadata="InstagramPostMetadata", daily_limit=50, link="https://www.instagram.com/p/{id}/",
        metrics=("reach", "views", "viewers", "likes", "reactions", "comments", "shares", "saves", "follows"),
    ),
    "facebook": Network(
        "Facebook", 5000, metadata="facebook", post_metadata="FacebookPostMetadata", link_attachment=True,
        daily_limit=35, link="https://www.facebook.com/{id}",
        metrics=("reach", "views", "reactions", "comments", "shares", "clicks", "engagementRate"),
    ),
    "linkedin": Network(
        "LinkedIn", 3000, counting.utf16, images=9, documents=1, metadata="linkedin",
        post_metadata="LinkedInPostMetadata", link_attachment=True, daily_limit=100,
        link="https://www.linkedin.com/feed/update/urn:li:share:{id}",
        metrics=("impressions", "reactions", "comments", "shares", "clicks", "engagementRate"),
    ),
    "twitter": Network(
        "X", 280, counting.weighted, images=4, metadata="twitter", post_metadata="TwitterPostMetadata",
        threaded=True, daily_limit=100, link="https://x.com/i/status/{id}",
        metrics=("impressions", "likes", "reactions", "reposts", "quotes", "comments", "clicks", "engagementRate"),
    ),
    "threads": Network(
        "Threads", 500, counting.threads, images=20, videos=20, mixed=True, metadata="threads",
        post_metadata="ThreadsPostMetadata", threaded=True, link_attachment=True, daily_limit=250,
        link="https://www.threads.net/post/{id}",
        metrics=("views", "likes", "reactions", "reposts", "quotes", "comments", "shares"),
    ),
    "bluesky": Network(
        "Bluesky", 300, counting.clusters, images=4, metadata="bluesky", post_metadata="BlueskyPostMetadata",
        threaded=True, link_attachment=True, link="https://bsky.app/profile/x/post/{id}",
        metrics=("likes", "reactions", "reposts", "quotes", "comments"),
    ),
    "mastodon": Network(
        "Mastodon", 500, counting.mastodon, images=4, metadata="mastodon", post_metadata="MastodonPostMetadata",
        threaded=True, link="https://mastodon.example/@x/{id}", metrics=("reactions", "reposts", "comments"),
    ),
    "pinterest": Network(
        "Pinterest", 500, images=5, media="image or video", metadata="pinterest",
        post_metadata="PinterestPostMetadata", daily_limit=50, link="https://www.pinterest.com/pin/{id}/",
        metrics=("impressions", "saves", "clicks", "reactions", "comments"),
    ),
    "tiktok": Network(
        "TikTok", 2200, counting.utf16, images=35, media="image or video", metadata="tiktok",
        post_metadata="TiktokPostMetadata", daily_limit=15, link="https://www.tiktok.com/@x/video/{id}",
        metrics=("views", "reach", "likes", "reactions", "comments", "shares", "totalTimeWatched"),
    ),
    "youtube": Network(
        "YouTube", 5000, counting.utf8, images=0, media="video", metadata="youtube",
        post_metadata="YoutubePostMetadata", daily_limit=10, link="https://www.youtube.com/shorts/{id}",
        metrics=("views", "likes", "reactions", "comments", "totalTimeWatched", "follows"),
    ),
    "googlebusiness": Network(
        "Google Business Profile", 1500, images=1, videos=0, metadata="google",
        post_metadata="GoogleBusinessPostMetadata", link="https://posts.gle/{id}",
        metrics=("views", "clicks", "reactions", "comments"),
    ),
}  # fmt: skip
