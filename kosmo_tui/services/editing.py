"""What can be done to a post that Buffer keeps: which changes it allows, and why not the others.

Buffer tells the changes it allows with every post (`allowed_actions`); nothing is guessed beyond them.  The names of the
changes are those of the keys that ask for them.
"""

from __future__ import annotations

from typing import Literal

from kosmo_tui.api.buffer.models import Update

Change = Literal["edit", "reschedule", "to_top", "to_bottom", "to_draft", "again", "duplicate", "delete"]

# Any one of these of Buffer's `PostAction`s allows the change.
_NEEDS: dict[Change, tuple[str, ...]] = {
    "edit": ("updatePost",),
    "reschedule": ("updatePostSchedule",),
    "to_top": ("publishPostNext",),
    "to_bottom": ("addPostToQueue", "updatePostSchedule"),
    "to_draft": ("movePostToDraft", "revertPostApprovalRequest"),
    "again": ("addPostToQueue", "updatePostSchedule", "duplicatePost"),
    "delete": ("deletePost",),
}
# What a person would find first, by the state of the post.
_OFFERED: dict[str, tuple[Change, ...]] = {
    "error": ("again", "edit", "reschedule", "to_draft", "delete", "duplicate"),
    "scheduled": ("edit", "reschedule", "to_top", "to_bottom", "to_draft", "delete", "duplicate"),
    "needs_approval": ("edit", "reschedule", "to_draft", "delete", "duplicate"),
    "draft": ("edit", "reschedule", "to_top", "to_bottom", "delete", "duplicate"),
}
_WORDS: dict[Change, str] = {
    "edit": "changed",
    "reschedule": "given another time",
    "to_top": "moved to the front",
    "to_bottom": "moved to the end",
    "to_draft": "turned into a draft",
    "again": "sent again",
    "duplicate": "used again",
    "delete": "deleted",
}


def changes(update: Update) -> tuple[Change, ...]:
    """What can be done to `update` now, the most wanted first."""
    offered = _OFFERED.get(update.status, ("duplicate",))
    return tuple(change for change in offered if not refusal(update, change))


def refusal(update: Update, change: Change) -> str:
    """Why `change` cannot be done to `update`, as a sentence; empty when it can."""
    match update.status, change:
        case _, "duplicate":
            return ""  # a new post: Buffer is not asked about the old one
        case "sent", "delete":
            return "It has gone out: Buffer can no longer take it back. Delete it at the network itself."
        case "sent", _:
            return f"It has gone out: it cannot be {_WORDS[change]} any more."
        case "sending", _:
            return "It is being sent right now: wait for what becomes of it."
        case "draft", "to_draft":
            return "It is a draft already."
        case "needs_approval", "to_top" | "to_bottom":
            return "It waits for approval: it has no place in the queue before."
        case status, "again" if status != "error":
            return "It has not failed: there is nothing to try again."
    if not set(_NEEDS[change]) & set(update.allowed_actions):
        return f"Buffer does not allow that this post is {_WORDS[change]}."
    return ""
