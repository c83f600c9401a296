"""What the checks of a post cost: every key in the composer pays for them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from kosmo_tui.compose.draft import Attachment, Draft, Target
from kosmo_tui.compose.facts import Facts, Planned
from kosmo_tui.compose.networks import networks
from kosmo_tui.services.review import review

TEXTS = {
    "prose": "The new roast is here. Come in, try it and tell us. ",
    "links, tags and emoji": "Neu 👍🏽 https://example.com/a/b?c=d #kaffee @kosmo café 日本語 example.org 👨‍👩‍👧‍👦 ",
    "emoji": "👨‍👩‍👧‍👦👍🏽🇺🇳❤️",
    "Japanese": "日本語の投稿です。",
    "Hindi": "क्षि नमस्ते दुनिया ",
}
SIZE = 5_000  # characters
TARGETS = 10
POSTS = 100  # that a profile has waiting, or sent lately
CLIP = Attachment("https://example.com/roast.mp4", kind="video")


def keys(kind: str, runs: int) -> Iterator[float]:
    """Milliseconds of CPU for the whole review after each of some keys in a long text, on as many networks."""
    now = datetime.now(UTC)
    targets = [
        Target(key=name, account="buffer.b", service="buffer", network=name, label="", profile_id=name)
        for name in [*networks()][:TARGETS]
    ]
    text = (TEXTS[kind] * SIZE)[: SIZE - 10]
    planned = (Planned(str(n), f"{text[:250]}{n}", now + timedelta(hours=5 * n), "scheduled") for n in range(POSTS))
    known = Facts(posts=tuple(planned), plan_limit=2 * POSTS, planned=POSTS, as_of=now)
    facts = {target.key: known for target in targets}
    for run in range(-1, runs * 6):
        draft = Draft(text=f"{text[:4000]}{run:04}{text[4000:]}", media=(CLIP,), targets=tuple(t.key for t in targets))
        begun = time.process_time()
        review(draft, targets, now, facts)
        if run >= 0:  # the first one also reads the tables
            yield (time.process_time() - begun) * 1e3
