"""One target in the review: who, when, and the post exactly as it goes out there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from textual.content import Content
from textual.widgets import Static

from kosmo_tui.compose.options import options_of
from kosmo_tui.compose.when import describe
from kosmo_tui.services.review import Item
from kosmo_tui.ui.screens.compose_findings import marked, words
from kosmo_tui.ui.text import MUTED, mark, network

STAYS = "stays a draft at Buffer"


class ItemView(Static, can_focus=True):
    """A target.  It takes the focus, so that a list of many can be walked and the one with an error is shown."""

    DEFAULT_CSS = """
    ItemView { height: auto; padding: 0 1; margin-bottom: 1; border-left: blank; }
    ItemView:focus { border-left: outer $text-accent; }
    ItemView:last-of-type { margin-bottom: 0; }
    """

    def __init__(
        self, item: Item, now: datetime, seen: dict[str, str], account: Content | None = None, base: str | None = None
    ) -> None:
        """`seen` are the texts that stand further up, each with whose it is; this one is added.

        `account` is named where it is another one than that of the whole post; `base` is the text that targets
        without one of their own have.
        """
        self.item = item
        super().__init__(Content("\n").join(_lines(item, now, seen, account, base)))


def _lines(
    item: Item, now: datetime, seen: dict[str, str], account: Content | None, base: str | None
) -> Iterator[Content]:
    yield Content.assemble(account, "  ", _who(item)) if account is not None else _who(item)
    if item.stays_draft:
        yield Content.styled(STAYS, "bold")
    elif item.when is None:
        yield marked("error", item.problem or "There is no time for it")
    elif item.when.mode == "now":
        yield Content.styled("goes out now", "bold $text-accent")
    else:
        yield Content(describe(item.when, now))
    for finding in item.findings:  # above the text, which may be longer than the window
        yield marked(finding.level, words(finding))
    yield from _text(item, seen, base)
    yield from _media(item)
    yield from _options(item)


def _who(item: Item) -> Content:
    target, length = item.target, item.length
    direct = "direct · " if target.service == "instagram" else ""
    used = f"{length.used:,}" if length.limit is None else f"{length.used:,}/{length.limit:,}"
    longest = "longest " if len(item.items) > 1 else ""
    style = "bold $text-error" if length.refused else "$text-warning" if length.over else MUTED
    requests = f" · {item.requests} requests" if item.requests > 1 else ""
    return Content.assemble(
        (network(target.network), "bold $text-primary"),
        (f"  {direct}{target.label}", "bold"),
        (f"   {longest}{used}", style),
        (requests, MUTED),
    )


def _text(item: Item, seen: dict[str, str], base: str | None) -> Iterator[Content]:
    """The text, once in full: on further targets it is named, so that what differs stands out."""
    text, me = item.post.text, f"{network(item.target.network)} {item.target.label}"
    if not text.strip():
        yield Content.styled("(no text)", MUTED)
        return
    if text in seen:
        yield Content.styled(f"the same text as {seen[text]}", MUTED)
        return
    if base is not None and text != base:
        yield Content.styled("its own text", "$text-accent")
    seen[text] = me
    for number, part in enumerate(item.items, 1):
        if len(item.items) > 1:
            yield Content.styled(f"{number} of {len(item.items)}", "bold $text-accent")
        yield Content(part.strip("\n"))


def _media(item: Item) -> Iterator[Content]:
    for number, one in enumerate(item.post.media, 1):
        glyph = mark("▶") if one.kind == "video" else mark("▣")
        yield Content.assemble((f"{glyph} {one.kind} {number}  ", MUTED), one.url)
        if one.alt.strip():
            yield Content.styled(f"  alt text: {one.alt}", MUTED)


def _options(item: Item) -> Iterator[Content]:
    for option in options_of(item.target):
        value = item.post.options.get(option.name, "")
        if value:
            label = dict(option.choices).get(value, value)
            yield Content.assemble((f"{option.label}: ", MUTED), label)
    if item.default:
        yield Content.styled(f"{mark('→')} {item.default}", MUTED)
