"""A draft in full: the base, and for each target what differs there and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from textual.content import Content

from kosmo_tui.api.safe_text import clean
from kosmo_tui.compose.draft import Attachment, Draft, Override, Target, thread_items
from kosmo_tui.compose.findings import Finding
from kosmo_tui.ui.lines import Line, block, heading, lines, moment
from kosmo_tui.ui.text import mark, muted, network, plural

if TYPE_CHECKING:
    from kosmo_tui.services.drafts import Kept


def draft_detail(
    kept: Kept,
    targets: Mapping[str, Target],
    findings: Mapping[str, tuple[Finding, ...]],
    now: datetime,
    zone: tzinfo,
) -> Content:
    """`targets` are those that are known, `findings` what is wrong, both by the keys of targets."""
    draft = kept.draft
    posts = thread_items(draft.text)
    return lines(
        heading("draft", plural(len(draft.targets), "target") if draft.targets else "no target yet"),
        "",
        muted("last changed"),
        moment(kept.updated_at, zone, now),
        "",
        clean(draft.text) or muted("(no text)"),
        muted(f"a thread of {len(posts)} posts") if len(posts) > 1 else None,
        *media_lines(draft.media),
        *block("When", clean(draft.when) or muted("at the end of the queue")),
        *block("Options", *_options(draft.options)),
        *(line for key in draft.targets for line in _target(key, draft, targets.get(key), findings.get(key, ()))),
        *_unchosen(draft, targets),
        "",
        [("enter", "bold $text-primary"), " writes on"],
        muted(f"version {kept.version}"),
    )


def media_lines(media: Iterable[Attachment]) -> list[Line]:
    """The attachments: kind, address, alternative text."""
    told: list[Line] = []
    for one in media:
        told.append(one.kind)
        told.append(muted(clean(one.url) or "(no address yet)"))
        if one.alt:
            told.append(muted(f"alt text: {clean(one.alt)}"))
        elif one.kind == "image":
            told.append(Content.styled(f"{mark('▲')} alt text: missing", "$text-warning"))
    return block("Media", *told)


def _target(key: str, draft: Draft, target: Target | None, findings: Iterable[Finding]) -> list[Line]:
    name = f"{network(target.network)} · {target.label}" if target else key
    own = draft.overrides.get(key, Override())
    told: list[Line] = [*_own(own), *map(_finding, findings)]
    if target is None:
        told.append(muted("not loaded: no longer there, or not asked for yet"))
    return block(name, *(told or [muted("as above; nothing is wrong with it")]))


def _own(own: Override) -> list[Line]:
    """What an override holds."""
    told: list[Line] = []
    if own.text is not None:
        told += [muted("its own text:"), clean(own.text) or muted("(no text)")]
    if own.media is not None:
        told.append(muted("its own media:" if own.media else "without media"))
        told += [clean(one.url) for one in own.media]
    if own.when is not None:
        told.append(f"when: {clean(own.when) or 'at the end of the queue'}")
    return [*told, *_options(own.options)]


def _options(options: Mapping[str, str]) -> list[Line]:
    return [f"{clean(name.replace('_', ' '))}: {clean(value)}" for name, value in options.items() if value]


def _finding(finding: Finding) -> Content:
    glyph, style = ("✕", "$text-error") if finding.level == "error" else ("▲", "$text-warning")
    fix = f": {finding.fix}" if finding.fix else ""
    return Content.assemble((f"{mark(glyph)} {finding.message}", style), (fix, "$foreground"))


def _unchosen(draft: Draft, targets: Mapping[str, Target]) -> list[Line]:
    """Overrides of targets that are not chosen now: they stay, and come back with the target."""
    names = [
        network(targets[key].network) if key in targets else key
        for key, own in draft.overrides.items()
        if key not in draft.targets and not own.is_empty
    ]
    return block("Kept for targets that are not chosen", ", ".join(names)) if names else []
