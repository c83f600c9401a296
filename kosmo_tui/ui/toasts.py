"""What is told in passing: at most two toasts of a few lines; the next key takes them away unless one is an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from kosmo_tui.ui.text import mark, two_lines

if TYPE_CHECKING:
    from textual.app import App
    from textual.notifications import Notification, Notify, SeverityLevel

    Base = App[str]
else:
    Base = object  # Textual looks through every class of an app

_MOST = 2
_WIDTH, _LEAST = 80, 20  # cells of a toast, at most and at least
_LINES = {"information": 2}  # of the message; what went wrong may take more
_MORE = 4
_FRAME = 5  # cells beside the text, a scroll bar among them


class Toasts(Base):
    """The part of the app that tells."""

    _told: tuple[Notification, ...] = ()

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        room = max(_LEAST, min(_WIDTH, self.size.width) - _FRAME)
        message = message if markup else cut(message, room, _LINES.get(severity, _MORE))
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def on_notify(self, event: Notify) -> None:
        """Before Textual shows it: older ones end here."""
        standing = [told for told in self._told if not told.has_expired]
        for old in standing[: 1 - _MOST]:
            old.timeout = 0
        self._told = (*standing[1 - _MOST :], event.notification)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and self._told and not event.is_forwarded:
            self._drop()
        await super().on_event(event)

    def _drop(self) -> None:
        if all(told.severity == "information" or told.has_expired for told in self._told):
            self._told = ()
            self.clear_notifications()


def cut(text: str, width: int, lines: int) -> str:
    """`text` in at most so many lines, the last one cut at a word."""
    shown: list[str] = []
    for paragraph in text.splitlines():
        line, rest = two_lines(paragraph, width)
        shown.append(line)
        while rest:
            line, rest = two_lines(rest, width)
            shown.append(line)
    if len(shown) <= lines:
        return text
    more = mark("…")
    last, _ = two_lines(shown[lines - 1], width - len(more))
    return "\n".join([*shown[: lines - 1], f"{last}{more}"])
