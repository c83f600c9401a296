"""A failed post → what happened, whether it is live, and what to do: the three things a person asks.

The sentences of the services are matched by words that their own pages use; an unknown one is quoted, not guessed at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from kosmo_tui.api.buffer.models import Profile, Update
from kosmo_tui.api.safe_text import SafeText

if TYPE_CHECKING:
    from kosmo_tui.services.editing import Change


class Explanation(Struct, frozen=True):
    """`live` is a sentence: Buffer's word is not the network's, so it is never a plain yes or no.

    `change` is the change (of services/editing.py) that mends it, once a person has done what `action` says.
    """

    cause: str
    live: str
    action: str
    change: Change = "again"

    @property
    def may_be_live(self) -> bool:
        """Whether sending it again could double it."""
        return self.live != _NOT_LIVE


_NOT_LIVE = "No: it was refused before it reached the network's feed."
_PERHAPS = "Perhaps: look at the profile before you send it again."

# (words in the message or the raw answer, cause, is it live, what to do, and the change that does it)
_KNOWN: tuple[tuple[str, str, str, str, Change], ...] = (
    (
        r"(re-?connect|disconnect|authori[sz]|token|expired|logged out|permission)",
        "Buffer has lost its permission for this profile.",
        _NOT_LIVE,
        "Reconnect the profile in Buffer (Channels), then schedule the post again.",
        "again",
    ),
    (
        r"(aspect|ratio|dimension|resolution|format|codec|too large|file size|unsupported (image|video|media))",
        "The network did not accept the picture or the video.",
        _NOT_LIVE,
        "Use media that fits the network's rules and schedule the post again.",
        "edit",
    ),
    (
        r"(download|fetch|could not (be )?(load|reach)|uri|url)",
        "The network could not download the media.",
        _NOT_LIVE,
        "Check that the address is public, then schedule the post again.",
        "again",
    ),
    (
        r"(duplicate|already (posted|shared|published)|identical)",
        "The network says that it has this post already.",
        "Probably: an equal post is on the profile.",
        "Look at the profile; change the text if it has to go out once more.",
        "edit",
    ),
    (
        r"(rate limit|too many|daily limit|limit reached|maximum number)",
        "The profile posted too much in too short a time.",
        _NOT_LIVE,
        "Schedule it for later.",
        "reschedule",
    ),
    (
        r"(timed? ?out|temporar|unavailable|try again|server error|internal error)",
        "The network did not answer in time.",
        _PERHAPS,
        "Look at the profile; schedule the post again only if it is not there.",
        "again",
    ),
    (
        r"(too long|characters|caption|text is required|hashtag)",
        "The text does not fit the network's rules.",
        _NOT_LIVE,
        "Shorten or change the text and schedule the post again.",
        "edit",
    ),
    (
        r"(spam|blocked|restricted|policy|community)",
        "The network held the post back as spam or against its rules.",
        _PERHAPS,
        "Look at the profile and its notifications; do not send the same text again at once.",
        "edit",
    ),
)


def explain(update: Update) -> Explanation | None:
    """Why `update` failed, or None when it did not."""
    if update.status != "error":
        return None
    told = f"{update.error.message} {update.error.raw}" if update.error else ""
    for words, cause, live, action, change in _KNOWN:
        if re.search(words, told, re.IGNORECASE):
            return Explanation(cause, live, action, change)
    cause = "Buffer gave no reason." if not told.strip() else "Buffer could not publish it; its words are below."
    return Explanation(cause, _PERHAPS, "Look at the profile; schedule the post again only if it is not there.")


def in_vain(update: Update, profile: Profile | None) -> str:
    """Why a failed `update` is not to be queued again as it is, as a sentence; empty when it may be.

    It would fail again, wait for ever, or become another post.
    """
    from kosmo_tui.services.editing import stays_itself

    told = explain(update)
    if told is not None and told.change != "again":
        return told.action
    if not stays_itself(update):
        return "Buffer takes it as a new post only: try it again alone."
    return profile_problem(profile) if profile is not None else ""


def profile_state(profile: Profile) -> str:
    """`disconnected`, `locked`, `paused` or `ok`: the worst that is true."""
    worst = (("disconnected", profile.disconnected), ("locked", profile.locked), ("paused", profile.paused))
    return next((name for name, holds in worst if holds), "ok")


def profile_problem(profile: Profile) -> str:
    """What keeps `profile` from publishing, as a sentence; empty when nothing does."""
    if profile.disconnected:
        return "Disconnected: nothing goes out until you reconnect it in Buffer (Channels)."
    if profile.locked:
        return "Locked by Buffer: the plan does not cover it."
    if profile.paused:
        return "Queue paused: posts are taken in and do not go out until you resume it in Buffer."
    if not any(schedule.times for schedule in profile.schedules):
        return "No posting slots: posts for the queue get no time. Add slots in Buffer (Posting schedule)."
    return ""


def said(update: Update) -> SafeText | None:
    """The service's own words about a failure."""
    return update.error.message if update.error else None
