"""What was sent and what reading found, each as lines of a detail."""

from __future__ import annotations

from datetime import datetime, tzinfo

from textual.content import Content

from kosmo_tui.api.buffer.matching import plain
from kosmo_tui.api.safe_text import clean
from kosmo_tui.services.evidence import Evidence, Seen
from kosmo_tui.ui.lines import Line, lines
from kosmo_tui.ui.text import MUTED, distance, mark, muted, plural


def sent_side(evidence: Evidence, now: datetime, zone: tzinfo) -> Content:
    """What was sent."""
    sent = evidence.sent
    return lines(
        Content.styled("What was sent", "bold $text-primary"),
        _time("sent", sent.made, now, zone) or muted("never sent"),
        _time("for", sent.at, now, zone),
        muted(plural(sent.media, "attachment")) if sent.media else None,
        "",
        sent.text or muted("(no text)"),
    )


def seen_side(evidence: Evidence, now: datetime, zone: tzinfo, instead: str = "") -> Content:
    """What reading found, and what of it is the same; `instead` stands where nothing was read yet."""
    if evidence.at is None:
        return lines(Content.styled("What is there", "bold $text-primary"), muted(instead))
    looked = evidence.at.astimezone(zone)
    told: list[Line] = [
        Content.assemble(
            (f"What is there, as of {looked:%H:%M:%S}", "bold $text-primary"),
            (f" · {distance(evidence.at, now)}", MUTED),
        )
    ]
    if not evidence.seen:
        told.append("no post since it was sent")
    for seen in evidence.seen:
        told += ["", *_seen(seen, evidence.sent, now, zone)]
    return lines(*told)


def _seen(seen: Seen, sent: Seen, now: datetime, zone: tzinfo) -> list[Line]:
    same_text = plain(seen.text) == plain(sent.text)
    compared = [("the same text", same_text), ("as many attachments", seen.media == sent.media)]
    if sent.at is not None and seen.at is not None:
        compared.append(("the same time", abs((seen.at - sent.at).total_seconds()) < 60))
    alike = [
        (f"{mark('✓')} {what}   " if same else f"{mark('✕')} not {what}   ", "$text-success" if same else MUTED)
        for what, same in compared
    ]
    return [
        _time("made", seen.made, now, zone),
        _time(seen.status or "for", seen.at, now, zone),
        Content.assemble(*alike),
        None if same_text else clean(seen.text) or muted("(no text)"),
        muted(clean(seen.link)) if seen.link else None,
    ]


def _time(what: str, at: datetime | None, now: datetime, zone: tzinfo) -> Content | None:
    if at is None:
        return None
    there = at.astimezone(zone)
    return Content.assemble(
        (f"{what} ", MUTED), f"{there:%a} {there.day} {there:%b %H:%M:%S %Z}", (f" · {distance(at, now)}", MUTED)
    )
