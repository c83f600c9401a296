"""Containers: media on its way to being published, in states that follow from the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from kosmo_tui.sandbox.instagram.call import Call, Edge, Schema
from kosmo_tui.sandbox.instagram.fixtures import Fate
from kosmo_tui.sandbox.instagram.world import Account, Media

State = Literal["IN_PROGRESS", "FINISHED", "ERROR", "EXPIRED", "PUBLISHED"]
Kind = Literal["IMAGE", "VIDEO", "REELS", "STORIES", "CAROUSEL"]

_STATUS = {
    "IN_PROGRESS": "In Progress: Media is still being processed.",
    "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
    "EXPIRED": "Expired: Media was not published within 24 hours.",
    "PUBLISHED": "Published: Media has been successfully published.",
}


@dataclass(eq=False)
class Container:
    """One container.  `ready` is when processing ends, None while it waits for an upload; `source` the media URL."""

    id: str
    account: Account
    kind: Kind
    created: datetime
    ready: datetime | None
    fate: Fate
    lifetime: timedelta
    caption: str = ""
    alt_text: str = ""
    source: str = ""
    is_video: bool = False
    is_child: bool = False
    shared_to_feed: bool = True
    children: list[Container] = field(default_factory=list)
    published: Media | None = None

    def state(self, now: datetime) -> State:
        """Its `status_code` by `now`."""
        if self.published:
            return "PUBLISHED"
        if now - self.created >= self.lifetime:
            return "EXPIRED"
        states = [child.state(now) for child in self.children]
        if "ERROR" in states or "EXPIRED" in states:
            return "ERROR"
        if "IN_PROGRESS" in states or self.fate.stuck or self.ready is None or now < self.ready:
            return "IN_PROGRESS"
        return "ERROR" if self.fate.error else "FINISHED"

    def status(self, now: datetime) -> str:
        """The sentence that goes with the state."""
        state = self.state(now)
        if state != "ERROR":
            return _STATUS[state]
        error = next((item.fate.error for item in (self, *self.children) if item.fate.error), 2207032)
        if error == 2207052:
            return "Error: Media download has failed. The media URI doesn't meet our requirements."
        return f"Error: Media upload has failed with error code {error}"

    def code(self, now: datetime) -> str | None:
        """`status_code`, which is missing for some errors."""
        return None if self.fate.no_code and self.state(now) == "ERROR" else self.state(now)


def _video_status(call: Call, container: Container) -> dict[str, Any] | None:
    if not container.is_video:
        return None
    done = container.state(call.now) in {"FINISHED", "PUBLISHED"}
    phase = {"status": "complete" if done else "in_progress"}
    uploaded = {"status": "complete" if container.ready else "not_started"}
    return {"uploading_phase": uploaded, "processing_phase": phase}


SCHEMA = Schema(
    {
        "id": lambda call, container: container.id,
        "status_code": lambda call, container: container.code(call.now),
        "status": lambda call, container: container.status(call.now),
        "copyright_check_status": lambda call, container: (
            {"status": "completed", "matches_found": False} if container.is_video else None
        ),
        "video_status": _video_status,
    },
    {},
)


def get(call: Call, container: Container) -> Mapping[str, Any]:
    """`GET /{container}`."""
    call.may("content_publish")
    return SCHEMA.read(call, container, Edge(call, container.id, "", call.parameters, call.fields).fields)
