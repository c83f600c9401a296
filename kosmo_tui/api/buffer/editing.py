"""`edit_update` as an `EditPostInput`: what is to change, and what must be sent again so that it stays.

Buffer keeps what an edit leaves out, by its documentation; by a report of its users an omitted `assets` lost the
video.  So assets are always sent, and so are `schedulingType` and `mode`, which were required until July 2026.  Mode
is left out where it would act again: `shareNow` would publish, `shareNext` would move to the top once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

from kosmo_tui.api.buffer.attachments import Attachments, asset_input, attachments
from kosmo_tui.api.buffer.graph import timestamp
from kosmo_tui.api.buffer.mentions import moved, shift
from kosmo_tui.api.buffer.models import Profile, Update
from kosmo_tui.api.buffer.posting import METADATA_KEY, Order, due_time, network_metadata
from kosmo_tui.api.errors import BadParameter

Mode = Literal["queue", "top", "now", "at"]
SHARE_MODES = {"queue": "addToQueue", "top": "shareNext", "now": "shareNow", "at": "customScheduled"}


class Change(msgspec.Struct, frozen=True):
    """What is to change of a post; None stays as it is.  `media` is falsy when all of it is to go."""

    text: str | None = None
    media: Attachments | None = None
    due_at: datetime | None = None
    mode: Mode | None = None
    save_to_draft: bool | None = None
    metadata: Mapping[str, Mapping[str, Any]] | None = None

    def input(self, known: Update, profile: Profile) -> dict[str, Any]:
        """The `EditPostInput` that makes it of the post `known`.  Raises BadParameter when it leaves a post empty, or
        takes a draft out of the drafts without saying where to."""
        stays_draft = known.status == "draft" if self.save_to_draft is None else self.save_to_draft
        if known.status == "draft" and self.save_to_draft is None and self.mode is not None:
            stays_draft = False
        if known.status == "draft" and not stays_draft and self.mode is None:
            raise BadParameter(
                "the draft needs a time to go out", parameter="mode", hint="mode is one of queue, top, now, at"
            )
        media = [asset_input(one) for one in known.media if one.type != "link"]
        wanted: dict[str, Any] = {
            "id": known.id,
            "schedulingType": known.scheduling_type or "automatic",
            "assets": media if self.media is None else self.media.assets,
        }
        if self.text is not None:
            wanted["text"] = self.text
        if metadata := self._metadata(known, profile):
            wanted["metadata"] = {METADATA_KEY.get(profile.service, profile.service): metadata}
        text = known.text if self.text is None else self.text
        if not text.strip() and not wanted["assets"] and not metadata.get("linkAttachment"):
            raise BadParameter("the post would be empty", parameter="text", hint="give a text, or media")
        return wanted | self._timing(known, stays_draft)

    def _timing(self, known: Update, draft: bool) -> dict[str, Any]:
        found: dict[str, Any] = {}
        due_at = self.due_at
        if self.mode is not None:
            found["mode"] = SHARE_MODES[self.mode]
        elif draft:
            found["mode"] = known.share_mode or "addToQueue"
        elif known.status in ("scheduled", "needs_approval") and known.share_mode == "addToQueue":
            found["mode"] = known.share_mode
        elif known.status in ("scheduled", "needs_approval") and known.share_mode == "customScheduled" and known.due_at:
            found["mode"], due_at = known.share_mode, known.due_at
        if due_at is not None:
            found["dueAt"] = timestamp(due_at)
        if draft:
            found["saveToDraft"] = True
        return found

    def _metadata(self, known: Update, profile: Profile) -> dict[str, Any]:
        """The whole metadata of the post as it is to be; {} leaves it as it is, which is safest where it can.

        What is to go is an explicit null: Buffer keeps what an edit leaves out.
        """
        had = known.metadata.get(known.profile_service, {})
        told = dict(had)
        thread = list(told.get("thread", ()))
        text = known.text.raw if self.text is None else self.text
        astray = known.mentions if any(shift(one, known.text.raw, text) != 0 for one in known.mentions) else ()
        if "annotations" in told:
            told["annotations"] = moved(told["annotations"], known.text.raw, text)
        if self.text is not None and len(thread) > 1:  # its first part must be the text
            thread[0] = {**thread[0], "text": self.text}
        elif self.metadata is None and self.media is None and not astray:
            return {}
        if self.media is not None:
            told.pop("linkAttachment", None)
            if told.get("type") in ("post", "reel"):
                told.pop("type")
            if thread:
                thread[0] = {**thread[0], "assets": self.media.assets}
        if len(thread) > 1:
            told["thread"] = thread
        else:
            told.pop("thread", None)
        given = self.metadata or {}
        wishes = given.get(profile.service) or given.get(METADATA_KEY.get(profile.service, profile.service)) or {}
        media = self.media if self.media is not None else _attached(known)
        order = Order(
            known.text if self.text is None else self.text,
            mode="",
            attachments=media,
            metadata={profile.service: {**told, **wishes}},
        )
        stays = network_metadata(order, profile)[0]
        if astray and "annotations" not in told:  # at their old places they would stand for other words
            stays["annotations"] = []
        return {key: None for key in had if key not in stays} | stays

    def plain_mentions(self, known: Update) -> tuple[str, ...]:
        """The words that stand for a page or a person now, stay in the text, and may be plain text afterwards."""
        old, new = known.text.raw, known.text.raw if self.text is None else self.text
        movable = known.profile_service == "facebook"
        kept = self.metadata is None and self.media is None
        found = []
        for one in known.mentions:
            by = shift(one, old, new)
            stays = by is not None if movable else kept and all(shift(each, old, new) == 0 for each in known.mentions)
            if not stays and one.text in new:
                found.append(str(one.text))
        return tuple(found)


def change(
    *,
    moment: datetime,
    text: str | None = None,
    media: Mapping[str, Any] | None = None,
    scheduled_at: str | datetime | None = None,
    mode: Mode | None = None,
    save_to_draft: bool | None = None,
    metadata: Mapping[str, Mapping[str, Any]] | None = None,
) -> Change:
    """The parameters of `edit_update`, checked; `moment` is the present.  Raises BadParameter."""
    if all(given is None for given in (text, media, scheduled_at, mode, save_to_draft, metadata)):
        raise BadParameter("nothing is to change", parameter="text", hint="give what is to be different")
    if mode is not None and mode not in SHARE_MODES:
        raise BadParameter(f"mode must be one of {', '.join(SHARE_MODES)}", parameter="mode")
    if scheduled_at and mode not in (None, "at"):
        raise BadParameter(f"scheduledAt and mode {mode} exclude each other", parameter="mode", hint="choose one")
    if mode == "at" and not scheduled_at:
        raise BadParameter("mode at needs scheduledAt", parameter="scheduledAt", hint="say when it is to go out")
    if save_to_draft and mode == "now":
        raise BadParameter("a draft cannot go out now", parameter="mode", hint="leave one of the two out")
    if text is not None:
        try:
            text.encode()
        except UnicodeEncodeError:
            raise BadParameter("the text is not valid Unicode", parameter="text", hint="save it as UTF-8") from None
    return Change(
        text=text,
        media=attachments(media) if media is not None else None,
        due_at=due_time(scheduled_at, moment) if scheduled_at else None,
        mode="at" if scheduled_at else mode,
        save_to_draft=save_to_draft,
        metadata=metadata,
    )


def _attached(known: Update) -> Attachments:
    """The media of a post as attachments: what its network's metadata are derived from."""
    return Attachments(given=tuple(asset_input(media) for media in known.media if media.type != "link"))
