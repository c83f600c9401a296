"""What a network is asked for beside text and attachments when the post does not say: told before it is sent."""

from __future__ import annotations

from kosmo_tui.compose.draft import Draft, Target

_TITLE = 100  # characters; YouTube takes no longer title


def default(draft: Draft, target: Target) -> str:
    """What the draft becomes on `target` without being asked, in a few words; nothing when that needs no word.

    These are the choices of the clients in `kosmo_tui.api`, which no field of the composer changes but `kind`.
    """
    videos = sum(one.kind == "video" for one in draft.media)
    reel = videos == 1 and len(draft.media) == 1
    if target.service == "instagram":
        return _directly(draft, reel)
    match target.network:
        case "instagram" if draft.media:
            return "Goes out as a reel" if reel else "Goes out as a feed post"
        case "facebook":
            return "Goes out as a plain post"
        case "pinterest" if target.boards:
            return f"Goes to the board “{target.boards[0][1]}”"
        case "youtube":
            line = draft.text.strip().partition("\n")[0].replace("<", "").replace(">", "")
            title = line[:_TITLE].strip()
            return f"The title will be “{title}”" if title else ""
        case "googlebusiness":
            return "Goes out as an update (What’s new)"
    return ""


def _directly(draft: Draft, reel: bool) -> str:
    """At Instagram itself, where the kind can be chosen and publishing can wait."""
    if draft.container_only:
        return "Only prepared: nothing is public until its container is published, within 24 hours"
    if draft.instagram_kind or not draft.media:
        return ""
    if len(draft.media) > 1:
        return "Goes out as a carousel"
    return "Goes out as a reel" if reel else "Goes out as an image"
