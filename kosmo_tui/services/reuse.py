"""A post that is there → a draft for a new one."""

from __future__ import annotations

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.compose.draft import Attachment, Draft


def draft_like(update: Update) -> Draft:
    """A draft with the text and the media of `update`; its time and its targets are for the user to choose.

    The text is the one that was shown: control characters that somebody put into it are not sent on.
    """
    media = tuple(
        Attachment(item.url, str(item.alt_text), "video" if item.type == "video" else "image")
        for item in update.media
        if item.type in ("image", "video") and item.url
    )
    return Draft(text=str(update.text), media=media)
