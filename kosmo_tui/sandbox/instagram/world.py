"""What exists: accounts, media, comments, pages; every id leads to one object."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

if TYPE_CHECKING:
    from kosmo_tui.sandbox.instagram.containers import Container

Login = Literal["instagram", "facebook"]
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
GROWTH_DAYS = 1.6  # after so many days an item has 63 % of what it will ever have


@dataclass(eq=False)
class Account:
    """A professional account.  `media` is newest first and holds stories too; `scale` is its views on a usual day."""

    name: str
    login: Login
    id: str
    scoped_id: str
    username: str
    title: str
    account_type: str
    biography: str
    website: str
    followers: int
    follows: int
    scale: float
    born: datetime
    comment_gap: float
    media: list[Media] = field(default_factory=list)
    tagged: list[Media] = field(default_factory=list)
    containers: list[Container] = field(default_factory=list)
    published: list[datetime] = field(default_factory=list)
    liked: set[str] = field(default_factory=set)
    next_comment: datetime | None = None

    @property
    def feed(self) -> list[Media]:
        """What `/media` lists: everything but stories, newest first."""
        return [media for media in self.media if media.product != "STORY"]


@dataclass(eq=False)
class Media:
    """A published item, or one child of a carousel (`parent`); `final_*` is what it will have when it is old."""

    id: str
    account: Account | None  # None: of somebody we do not act for
    username: str
    type: str
    product: str
    created: datetime
    caption: str = ""
    alt_text: str = ""
    children: list[Media] = field(default_factory=list)
    parent: Media | None = None
    comments: list[Comment] = field(default_factory=list)
    comments_enabled: bool = True
    shared_to_feed: bool = True
    shared_to_facebook: bool = False
    before_conversion: bool = False
    likes_hidden: bool = False
    flagged: bool = False  # copyrighted sound: no media_url
    final_views: int = 0
    final_likes: int = 0
    container: str = ""
    hearts: int = 0  # likes of accounts of ours

    @property
    def shortcode(self) -> str:
        """The id in Instagram's base 64, as permalinks show it."""
        number, letters = int(self.id), ""
        while number:
            number, digit = divmod(number, 64)
            letters = _ALPHABET[digit] + letters
        return letters

    @property
    def permalink(self) -> str:
        """Where a person can look at it."""
        if self.product == "STORY":
            return f"https://www.instagram.com/stories/{quote(self.username)}/{self.id}"
        return f"https://www.instagram.com/{'reel' if self.product == 'REELS' else 'p'}/{self.shortcode}/"

    @property
    def comments_count(self) -> int:
        """Comments and their replies."""
        return sum(1 + len(comment.replies) for comment in self.comments)

    def growth(self, now: datetime) -> float:
        """The part of its final numbers that it has by `now`, 0 to 1."""
        days = max((now - self.created).total_seconds(), 0.0) / 86400
        return 1 - math.exp(-days / GROWTH_DAYS)

    def likes(self, now: datetime) -> int:
        """Its likes by `now`."""
        return int(self.final_likes * self.growth(now)) + self.hearts


@dataclass(eq=False)
class Comment:
    """A comment (`parent` None) or a reply; `replies` is oldest first, `own` the account that wrote it, if ours."""

    id: str
    media: Media
    username: str
    author_id: str
    text: str
    created: datetime
    hearts: int = 0
    hidden: bool = False
    own: Account | None = None
    parent: Comment | None = None
    replies: list[Comment] = field(default_factory=list)


@dataclass(eq=False)
class Page:
    """A Facebook page; `account` is the professional account that is linked to it, if one is."""

    id: str
    name: str
    account: Account | None


@dataclass(eq=False)
class Person:
    """A Facebook user and the pages that he may act for."""

    id: str
    name: str
    pages: list[Page]


Node = Account | Media | Comment | Page | Person


class World:
    """All objects by id, and the source of new ids."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.accounts: dict[str, Account] = {}
        self.objects: dict[str, Node | Container] = {}
        self.others: list[Media] = []  # media of people we do not act for
        self.person: Person | None = None
        self._ids = Random(f"{seed}:ids")

    def new_id(self, prefix: str = "17") -> str:
        """A fresh id of 17 digits."""
        while True:
            digits = 17 - len(prefix)
            identifier = prefix + str(self._ids.randrange(10 ** (digits - 1), 10**digits))
            if identifier not in self.objects:
                return identifier

    def add(self, *nodes: Node | Container) -> None:
        """Let ids lead to these objects."""
        for node in nodes:
            self.objects[node.id] = node

    def comment(
        self, media: Media, username: str, author_id: str, text: str, created: datetime, parent: Comment | None = None
    ) -> Comment:
        """A new comment below `media`, or below `parent` (a reply to a reply lands under the top-level comment)."""
        parent = parent.parent or parent if parent else None
        comment = Comment(self.new_id(), media, username, author_id, text, created, parent=parent)
        if parent:
            parent.replies.append(comment)
        else:
            media.comments.insert(0, comment)
        self.add(comment)
        return comment

    def remove_comment(self, comment: Comment) -> None:
        """Forget a comment and its replies."""
        for gone in self._tree(comment):
            del self.objects[gone.id]
        (comment.parent.replies if comment.parent else comment.media.comments).remove(comment)

    def remove_media(self, media: Media) -> None:
        """Forget an item with its children and comments."""
        assert media.account
        media.account.media.remove(media)
        gone: list[Node] = [media, *media.children]
        for comment in media.comments:
            gone += self._tree(comment)
        for node in gone:
            del self.objects[node.id]

    @staticmethod
    def _tree(comment: Comment) -> Iterator[Comment]:
        yield comment
        yield from comment.replies
