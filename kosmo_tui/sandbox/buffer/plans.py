"""Buffer's plans: requests per window and numbers of things."""

from __future__ import annotations

from types import MappingProxyType

from kosmo_tui.sandbox.buffer.records import Plan

_FREE = {
    "channels": 3,
    "generateContent": 5000,
    "ideaGroups": 3,
    "ideas": 100,
    "members": 0,
    "postTemplates": 3,
    "savedReplies": 1,
    "scheduledPosts": 10,  # per channel
    "scheduledStoriesPerChannel": 2000,
    "scheduledThreadsPerChannel": 1,
    "tags": 3,
}
_PAID = {
    **_FREE,
    "channels": 100,
    "generateContent": 45000,
    "ideaGroups": 100,
    "ideas": 5000,
    "postTemplates": 250,
    "savedReplies": 250,
    "scheduledPosts": 5000,
    "scheduledThreadsPerChannel": 5000,
    "tags": 250,
}

FREE = Plan("Free", (100, 250, 3000), MappingProxyType(_FREE))  # every world shares these, so none may change them
ESSENTIALS = Plan("Essentials", (100, 250, 7500), MappingProxyType(_PAID))
TEAM = Plan("Team", (100, 500, 15000), MappingProxyType({**_PAID, "members": 100}))
