"""What is known of a profile beside its rules: what is planned there, how much it may hold, what its files are.

Facts come from what was read already; the checks ask nobody.  What is not known is left out and checked by nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime


@dataclass(frozen=True)
class Planned:
    """A post of the profile: waiting or sent.

    `at` is when it goes or went out (aware), `status` Buffer's word ("scheduled", "sent", …), `media` the URLs.
    """

    id: str
    text: str
    at: datetime | None
    status: str
    media: tuple[str, ...] = ()


@dataclass(frozen=True)
class MediaFact:
    """What is known of a file: `width` and `height` in pixels, `size` in bytes, `type` a MIME type.

    `problem` says why the file could not be looked at; empty when it could, or when nobody tried.
    """

    width: int | None = None
    height: int | None = None
    size: int | None = None
    type: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Facts:
    """What is known of one profile.  None, and what is missing, is not known.

    `plan_limit` is how many scheduled posts the plan allows on the profile and `planned` how many there are;
    `daily_limit` how many posts a day may have and `daily_used` how many a day of the profile's zone has, sent and
    scheduled.  `media` is by URL.  `as_of` is when the posts were read.
    """

    posts: tuple[Planned, ...] = ()
    plan_limit: int | None = None
    planned: int = 0
    daily_limit: int | None = None
    daily_used: Mapping[date, int] = field(default_factory=dict)
    media: Mapping[str, MediaFact] = field(default_factory=dict)
    as_of: datetime | None = None

    def without(self, post_id: str) -> Facts:
        """The facts as if the post `post_id` were not there: for a post that is changed, not added."""
        rest = tuple(post for post in self.posts if post.id != post_id)
        scheduled = any(post.id == post_id and post.status == "scheduled" for post in self.posts)
        return replace(self, posts=rest, planned=max(0, self.planned - scheduled))
