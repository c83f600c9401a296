"""What a network is asked for beside text and attachments when the post does not say: told before it is sent."""

from __future__ import annotations

from kosmo_tui.compose.draft import Draft, Target
from kosmo_tui.compose.options import title_of

_TYPES = {"reel": "a reel", "story": "a story", "post": "a feed post", "event": "an event", "offer": "an offer"}


def default(draft: Draft, target: Target) -> str:
    """What the draft becomes on `target`, in a few words; nothing when that needs no word.

    Where no option says it, these are the choices of the clients in `kosmo_tui.api`.
    """
    post = draft.on(target.key)
    reel = len(post.media) == 1 and post.media[0].kind == "video"
    if target.service == "instagram":
        return _directly(post, reel)
    kind = post.options.get("type", "")
    match target.network:
        case "instagram" if post.media:
            return f"Goes out as {_TYPES.get(kind) or ('a reel' if reel else 'a feed post')}"
        case "facebook":
            return f"Goes out as {_TYPES[kind] if kind in ('reel', 'story') else 'a plain post'}"
        case "pinterest" if target.boards:
            first, name = target.boards[0]
            return f"Goes to the board “{dict(target.boards).get(post.options.get('board') or first, name)}”"
        case "youtube" if title := title_of(post):
            return f"The title will be “{title}”"
        case "googlebusiness":
            return f"Goes out as {_TYPES[kind] if kind in ('event', 'offer') else 'an update (What’s new)'}"
    return ""


def _directly(post: Draft, reel: bool) -> str:
    """At Instagram itself, where the kind can be chosen and publishing can wait."""
    if post.container_only:
        return "Only prepared: nothing is public until its container is published, within 24 hours"
    if post.instagram_kind or not post.media:
        return ""
    if len(post.media) > 1:
        return "Goes out as a carousel"
    return "Goes out as a reel" if reel else "Goes out as an image"
