"""What a search costs in a store of a hundred thousand posts: it is asked again with every letter."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path

from kosmo_tui.api.buffer.models import Profile, Update
from kosmo_tui.api.safe_text import SafeText
from kosmo_tui.services import cached
from kosmo_tui.services.drafts import Drafts
from kosmo_tui.services.search import Search
from kosmo_tui.services.search_query import Known, parse
from kosmo_tui.services.targets import profile_target
from kosmo_tui.store.cache import Item
from kosmo_tui.store.database import Store

POSTS = 100_000
NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
ACCOUNTS = ("buffer.agency", "buffer.client", "buffer.default")
NETWORKS = ("twitter", "linkedin", "mastodon", "bluesky", "facebook", "threads", "pinterest", "instagram")
_BEGINS = "b c d f g h k l m n p r s t v w st tr ch sh"
QUERIES = (
    "coffee", "co", "the", "the new co", "new roast", "stou", '"the new"', "日本", "投", "🎉", "🚀", "zzzz",
    "the account:client", "co account:client status:sent", "the status:failed", "status:failed",
    "status:scheduled due:<fri",
    "the account:client status:failed due:<2026-06-01", "profile:x", "coffee profile:bluesky due:2026-05",
    "the profile:linkedin status:failed", "account:agency due:>-30d", "roast 🎉 due:<now account:agency,default",
)  # fmt: skip


def items(posts: int) -> Iterator[Item]:
    """Posts of eight profiles in three accounts, one an hour: most were sent, some wait, one in a thousand failed."""
    chance = random.Random(7)
    sounds = [f"{begin}{vowel}" for begin in _BEGINS.split() for vowel in "aeiou"]
    made = {"".join(chance.choices(sounds, k=chance.choice((1, 2, 2, 3, 4)))) for _ in range(20_000)}
    words = ["the", "and", "our", "new", "coffee", "roast", "today", "you", *sorted(made)]
    often = list(accumulate(1 / place for place in range(1, len(words) + 1)))  # as in any language
    ends = ("", " 🎉", " 日本語の投稿です", " مرحبا")
    for number in range(posts):
        at = NOW + timedelta(hours=500 - number)
        status = "scheduled" if at > NOW else "error" if chance.random() < 0.001 else "sent"
        profile = chance.randrange(len(NETWORKS))
        text = " ".join(chance.choices(words, cum_weights=often, k=30)) + chance.choice(ends)
        update = Update(
            id=f"{number:024}", profile_id=f"profile{profile}", profile_service=NETWORKS[profile],
            status=status, text=SafeText(text), scheduled_at=at,
        )  # type: ignore[arg-type]  # fmt: skip
        yield cached.of_update(ACCOUNTS[profile % 3], update, NOW)


def searches(runs: int, posts: int = POSTS) -> Iterator[float]:
    """Milliseconds of CPU of typical queries, each from what was typed to what is shown, in a store made for it."""
    targets = [
        profile_target(ACCOUNTS[number % 3], Profile(id=f"profile{number}", service=network))
        for number, network in enumerate(NETWORKS)
    ]
    known = Known(ACCOUNTS, tuple(targets), NOW, UTC)
    with tempfile.TemporaryDirectory(prefix="kosmo-bench-search-") as folder:
        store = Store.open(Path(folder) / "state", lambda: NOW)
        rows = items(posts)
        while some := list(islice(rows, 2_000)):
            store.cache.put(some)
        search = Search(store, Drafts(store))
        for run in range(-1, runs):
            for query in QUERIES:
                begun = time.process_time()
                search.find(parse(query, known), 100)
                if run >= 0:  # the first one also reads the file
                    yield (time.process_time() - begun) * 1e3
        store.close()
