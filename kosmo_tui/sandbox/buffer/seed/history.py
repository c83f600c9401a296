"""Posts of the seeded world: months of sent ones, a queue of pending ones, drafts, failures."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from kosmo_tui.sandbox.buffer import content
from kosmo_tui.sandbox.buffer.lifecycle import SUPPORT
from kosmo_tui.sandbox.buffer.posts import Promise, promise
from kosmo_tui.sandbox.buffer.queue import upcoming
from kosmo_tui.sandbox.buffer.records import Channel, Post, object_id
from kosmo_tui.sandbox.buffer.seed import texts
from kosmo_tui.sandbox.buffer.seed.channels import REFERENCE_CHANNELS, REFERENCE_POST
from kosmo_tui.sandbox.buffer.slots import slots
from kosmo_tui.sandbox.buffer.world import World

Say = Callable[[str, int], str]
T = TypeVar("T")
_PICTURES = (
    ("cup", "1080x1350", "A cup of filter coffee on a windowsill"),
    ("roaster", "1080x1080", ""),
    ("team", "1200x675", "Nine people laughing at a printer"),
    ("poster", "1000x1500", "Ein Plakat mit großen Buchstaben"),
    ("fuji", "1620x1080", "窓から見える富士山"),
    ("dog", "1080x1080", "A small dog asleep on a pile of invoices"),
)
_VIDEO = (content.video("https://media.example.com/dial-in.mp4"),)
_MODES = ("addToQueue", "addToQueue", "addToQueue", "customScheduled", "shareNext", "shareNow")
_MONTHS = 5
_SENT = {"default": 12, "agency": 30, "client_acct": 6}  # per channel
_PENDING = {"default": (4, 6, 9), "agency": (6, 5, 6, 4, 5, 5, 4, 5), "client_acct": (2, 2, 0, 1, 3, 0)}


def fill(world: World, start: datetime, say: Say, sent: int | None) -> None:
    """All posts of all accounts; `sent` is how many the agency has sent (default: some months of them)."""
    promises: list[Promise] = []
    for name, per_channel in _SENT.items():
        account = next(item for item in world.accounts.values() if item.name == name)
        channels = [channel for home in account.organizations for channel in world.channels_of(home.id)]
        counts = [per_channel] * len(channels)
        if name == "agency" and sent is not None:
            counts = [sent // len(channels) + (number < sent % len(channels)) for number in range(len(channels))]
        for channel, many, waiting in zip(channels, counts, _PENDING[name], strict=True):
            maker = _Maker(
                world, start, say, channel, account.id, texts.ROASTERY if name == "default" else texts.AGENCY
            )
            # What is pending is made first: making sent posts on demand throws the maker's dice anew.
            new = [*maker.pending(waiting), *maker.others(name)]
            promises += [promise(post) for post in new]
            promises += maker.sent(many)
    world.posts.load(promises)


class _Maker:
    """Makes the posts of one channel.  The n-th post is the same whenever, and in whatever order, it is made."""

    def __init__(
        self, world: World, start: datetime, say: Say, channel: Channel, author: str, captions: tuple[str, ...]
    ) -> None:
        self._world, self._start, self._say = world, start, say
        self._channel, self._author = channel, author
        limit = 140 if channel.service in {"twitter", "bluesky"} else 500
        self._captions = [text for text in captions if len(text) <= limit]
        self._tags = tuple(world.organizations[channel.organization_id].tags)
        self._number = 0
        images = [
            content.image(f"https://media.example.com/{name}-{size}.jpg", say(alt, number))
            for number, (name, size, alt) in enumerate(_PICTURES)
        ]
        self._pictures, self._carousel = [(image,) for image in images], tuple(images[:3])
        self._random = random.Random(f"{world.seed} {channel.id}").random

    def _roll(self, low: int, high: int) -> int:
        return low + int(self._random() * (high - low + 1))

    def _pick(self, among: Sequence[T]) -> T:
        return among[int(self._random() * len(among))]

    def sent(self, many: int) -> Iterator[Promise]:
        """`many` posts on past slots of the channel, spread over five months, or over all slots when they do not fit.

        They are made when somebody looks, for there may be a hundred thousand.
        """
        channel = self._channel
        schedule = channel.schedule or {"mon": ("12:00",)}
        past = slots(schedule, channel.timezone, self._start - timedelta(seconds=30), backwards=True)
        weekly = sum(len(times) for times in schedule.values())
        stride = max(1, _MONTHS * 30 * weekly // (7 * max(many, 1)))
        for number, due in enumerate(islice(past, 0, many * stride, stride)):
            created = due - timedelta(seconds=10_000 + zlib.crc32(b"%d" % number) % 800_000)
            post_id = object_id(created, self._world.seed, channel.id, "sent", number)
            if channel.id == REFERENCE_CHANNELS[0] and number == 3:
                post_id = REFERENCE_POST
            yield Promise(post_id, channel.id, "sent", due, created, partial(self._sent, post_id, number, created, due))

    def _sent(self, post_id: str, number: int, created: datetime, due: datetime) -> Post:
        self._random = random.Random(f"{self._world.seed} {post_id}").random
        post = self._post("sent", created, due, post_id)
        post.share_mode = self._pick(_MODES)
        post.custom, post.shared_now = post.share_mode == "customScheduled", post.share_mode == "shareNow"
        post.sent_at = post.updated_at = due + timedelta(seconds=post.delay, milliseconds=self._roll(0, 999))
        if number % 23 == 11:
            post.via = "network"
        return post

    def pending(self, many: int) -> Iterator[Post]:
        """Posts on real slots of the coming days, with gaps; every fifth at a time of its own."""
        channel = self._channel
        free = upcoming(channel, self._start + timedelta(minutes=4))
        for number in range(many):
            due = next(free)
            for _ in range(self._pick((0, 0, 1))):
                due = next(free)
            post = self._post("scheduled", self._start - timedelta(hours=self._roll(1, 90)), due)
            if number % 5 == 4:
                post.due_at = due + timedelta(minutes=self._pick((7, 13, 22)))
                post.custom, post.share_mode = True, "customScheduled"
            if number == 3:
                post.fails_with = self._failure()
            yield post

    def others(self, account: str) -> Iterator[Post]:
        """Drafts, one that waits for approval, and failed posts with reasons."""
        start, service = self._start, self._channel.service
        if account == "agency" or service == "instagram":
            yield self._post("draft", start - timedelta(days=self._roll(1, 9), seconds=7), None)
        if account == "agency" and service == "linkedin":
            post = self._post(
                "needs_approval", start - timedelta(hours=5), start.replace(minute=37) + timedelta(days=3)
            )
            post.notes = tuple(
                {"id": object_id(post.created_at, post.id, kind), "type": kind, "text": self._say(text, number)}
                for number, (kind, text) in enumerate(texts.NOTES)
            )
            yield post
        if (account, service) in {
            ("default", "instagram"), ("agency", "twitter"), ("agency", "threads"), ("agency", "instagram"),
            ("client_acct", "tiktok"),
        }:  # fmt: skip
            for days in (1, 6):
                due = next(
                    slots(self._channel.schedule, self._channel.timezone, start - timedelta(days=days), backwards=True)
                )
                post = self._post("error", due - timedelta(days=2), due)
                post.error, post.updated_at = self._failure(), due + timedelta(seconds=post.delay)
                yield post

    def _post(self, status: str, created: datetime, due: datetime | None, post_id: str = "") -> Post:
        self._number += 1
        channel = self._channel
        assets = self._assets()
        post_id = post_id or object_id(created, self._world.seed, channel.id, self._number)
        post = Post(
            id=post_id,
            channel_id=channel.id,
            organization_id=channel.organization_id,
            status=status,
            text=self._say(self._text(bool(assets)), zlib.crc32(post_id.encode())),
            created_at=created,
            updated_at=created,
            author_id=self._author,
            due_at=due,
            assets=assets,
            metadata=self._metadata(assets),
        )
        if self._tags and self._random() < 0.3:
            post.tags = (self._pick(self._tags),)
        return post

    def _text(self, may_be_empty: bool) -> str:
        channel = self._channel
        roll = self._random()
        if roll < 0.04 and channel.service in {"linkedin", "facebook", "instagram"}:
            return texts.LONG
        if roll < 0.10:
            return self._pick(texts.SHORT if may_be_empty else texts.SHORT[1:])
        return self._pick(self._captions)

    def _assets(self) -> tuple[dict[str, Any], ...]:
        service = self._channel.service
        if service in {"youtube", "tiktok"}:
            return _VIDEO
        if service == "instagram" and self._random() < 0.3:
            return self._pick((self._carousel, _VIDEO))
        if service in {"instagram", "pinterest"} or self._random() < 0.4:
            return self._pick(self._pictures)
        return ()

    def _metadata(self, assets: tuple[dict[str, Any], ...]) -> dict[str, Any]:
        match self._channel.service:
            case "instagram":
                return {"type": "reel" if assets is _VIDEO else "post", "shouldShareToFeed": True}
            case "facebook":
                return {"type": "post"}
            case "pinterest":
                return {
                    "boardServiceId": self._pick(self._channel.boards)["serviceId"],
                    "title": self._say("Pinned", 7),
                }
            case "youtube":
                return {
                    "title": self._say("Route of the week", 8),
                    "categoryId": "26",
                    "privacy": "public",
                    "license": "youtube",
                }
            case "googlebusiness":
                return {"type": "whats_new", "detailsWhatsNew": {"button": "none"}}
        return {}

    def _failure(self) -> dict[str, str | None]:
        message, raw, article = self._pick(texts.FAILURES)
        return {"message": self._say(message, 0), "rawError": self._say(raw, 1), "supportUrl": SUPPORT + article}
