"""A post that is there → a draft for a new one, or for changing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.api.safe_text import clean
from kosmo_tui.compose.draft import Attachment, Draft

# The fields of Buffer's metadata that a draft has an option for.
_OPTIONS = {
    "firstComment": "first_comment",
    "boardServiceId": "board",
    "spoilerText": "spoiler",
    "title": "title",
    "topic": "topic",
    "privacy": "privacy",
    "url": "link",
}


def draft_like(update: Update) -> Draft:
    """A draft with the text, the media and the options of `update`; time and targets are for the user to choose.

    The text is the one that was shown: control characters that somebody put into it are not sent on.  The posts of a
    thread are divided by lines of `---`.
    """
    media = tuple(
        Attachment(str(item.url), str(item.alt_text), "video" if item.type == "video" else "image")
        for item in update.media
        if item.type in ("image", "video") and item.url
    )
    thread = [clean(str(text)) for text in update.thread]
    text = "\n---\n".join(thread) if len(thread) > 1 else str(update.text)
    network = update.profile_service
    return Draft(text=text, media=media, options=options_in(network, update.metadata.get(network, {})))


def options_in(network: str, about: Mapping[str, Any]) -> dict[str, str]:
    """The options of a draft that stand in `about`, what Buffer's metadata says for `network`."""
    found = {name: clean(str(about[field])) for field, name in _OPTIONS.items() if about.get(field)}
    if about.get("type") == "story":  # the other types are what the attachments make of a post by themselves
        found["type"] = "story"
    details: dict[str, Any] = next(
        (about[key] for key in about if key.startswith("details") and isinstance(about[key], dict)), {}
    )
    if details.get("link"):
        found["link"] = clean(str(details["link"]))
    if network == "googlebusiness" and about.get("type") in ("event", "offer"):
        found |= {"type": str(about["type"]), "title": clean(str(details.get("title") or about.get("title") or ""))}
        for name, field in (("start", "startDate"), ("end", "endDate")):
            if details.get(field):
                found[name] = str(details[field])[:10]
    return {name: value for name, value in found.items() if value}
