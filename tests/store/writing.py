"""A write like any other."""

from __future__ import annotations

from kosmo_tui.store.records import NewWrite


def write(target: str = "buffer.agency/p1", fingerprint: str = "f", **changes: object) -> NewWrite:
    """A write of a post to a profile, but for what is given."""
    values = {
        "batch": "b1",
        "account": "buffer.agency",
        "kind": "create",
        "target": target,
        "profile_id": "p1",
        "network": "mastodon",
        "label": "@agency",
        "request": "{}",
        "fingerprint": fingerprint,
        "summary": "Hello",
        **changes,
    }
    return NewWrite(**values)  # type: ignore[arg-type]
