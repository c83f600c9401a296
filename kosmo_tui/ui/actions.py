"""Every key of the dashboard, in one registry.

Bindings, footer, help screen, palette and the `[keys]` table of config.toml are all read from here, so they cannot
disagree.  No default is a key that terminals send for something else (ctrl+h, ctrl+i, ctrl+j, ctrl+m) or that tmux,
screen or zellij take for themselves.
"""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Iterator

from msgspec import Struct
from textual.binding import Binding
from textual.keys import Keys


class Action(Struct, frozen=True):
    """One thing a person can do.  `scope` is the part of the screen that handles it; `call` its Textual action."""

    id: str
    keys: str
    label: str
    help: str
    scope: str
    call: str = ""
    key_display: str | None = None

    @property
    def binding(self) -> Binding:
        """The Textual binding; its id is what `[keys]` names."""
        return Binding(
            self.keys,
            self.call or self.id,
            self.label,
            id=self.id,
            show=False,  # the status bar chooses by pane
            # Handled at once: what climbs to the app through every widget takes longer.  In the composer also because
            # a text field has meanings of its own for some of the keys.
            priority=self.scope != "app",
            key_display=self.key_display,
        )

    def shown(self, own: str | None) -> str:
        """The key as people write it; `own` is what `[keys]` says for this action."""
        return self.key_display if own is None and self.key_display else key_name((own or self.keys).split(",")[0])

    @property
    def of_item(self) -> bool:
        """Whether it is done to the item under the cursor."""
        return self.id in _OF_ITEMS


_OF_ITEMS = frozenset((
    "open", "filter", "mark", "edit", "reschedule", "to_top", "to_bottom", "to_draft", "delete", "again", "duplicate",
    "copy", "link",
))  # fmt: skip
ACTIONS: tuple[Action, ...] = (
    # What the dashboard is for.
    Action("compose", "c", "compose", "Write a post", "main"),
    Action("open", "enter", "open", "Open the item; write a post for a free slot", "feed", key_display="⏎"),
    Action(
        "back",
        "escape",
        "back",
        "Close what is open; take marks and filter away",
        "main",
    ),
    Action("filter", "slash", "filter", "Show only the items that contain a text", "main", key_display="/"),
    Action("mark", "space", "mark", "Mark the item or unmark it; keys act on all marked", "main"),
    # A post, a draft or a write under the cursor; delete, to draft and try again take the marked posts.
    Action("edit", "e", "edit", "Change this post or draft; mend one that failed", "main"),
    Action("reschedule", "m", "move", "Give this post another time", "main"),
    Action("to_top", "t", "top", "Move this post to the front of the queue", "main"),
    Action("to_bottom", "T", "bottom", "Move this post to the end of the queue", "main"),
    Action("to_draft", "D", "to draft", "Turn this post back into a draft", "main"),
    Action("delete", "x", "delete", "Delete this post, after a question, or this draft", "main"),
    Action("again", "a", "try again", "Send again what failed; decide what is unknown", "main"),
    Action("duplicate", "d", "duplicate", "Write a new post from this one", "main"),
    Action("undo", "u", "undo", "Take back what is held, was moved or was deleted", "main"),
    Action("refresh", "r", "refresh", "Ask the service for this view again", "main"),
    Action(
        "refresh_all",
        "R",
        "refresh account",
        "Ask the service for this view and this account again",
        "main",
    ),
    Action("copy", "y", "copy", "Copy the text through the terminal (OSC 52)", "main"),
    Action("link", "o", "link", "Show and copy the link of the item", "main"),
    Action("rows", "v", "rows", "Rows of one line, or of two with more of the text", "main"),
    # Where to go.
    Action("next_view", "right_square_bracket", "next view", "Go to the next view", "main", key_display="]"),
    Action("previous_view", "left_square_bracket", "previous view", "Go to the previous view", "main", key_display="["),
    Action("search", "ctrl+f", "search", "Search everything that was seen, and the drafts", "main"),
    Action("outbox", "O", "outbox", "Go to what was sent; first to what needs you", "main"),
    Action("accounts", "b", "accounts", "Go to the accounts; shows them in a narrow terminal", "main"),
    Action("go_left", "left,h", "left", "Go to the part on the left", "main"),
    Action("go_right", "right,l", "right", "Go to the part on the right", "main"),
    # In a list.
    Action("cursor_down", "down,j", "down", "Next item", "feed"),
    Action("cursor_up", "up,k", "up", "Previous item", "feed"),
    Action("first", "g,home", "first", "First item", "feed"),
    Action("last", "G,end", "last", "Last item", "feed"),
    Action("page_down", "pagedown,ctrl+d", "page down", "One page down", "feed"),
    Action("page_up", "pageup,ctrl+u", "page up", "One page up", "feed"),
    # Insights.
    Action("period", "p", "period", "Day, week, 28 or 90 days, year; ← and → step", "insights", call="next_period"),
    # Writing a post.  ctrl+enter reaches us only in terminals that tell it from enter; f5 works in all.
    Action("send", "f5,ctrl+enter", "send", "Look over the post, and send it", "compose"),
    Action("close", "escape", "close", "Leave; what was written can be kept", "compose", key_display="esc"),
    Action("editor", "ctrl+e", "editor", "Write the text in $VISUAL or $EDITOR", "compose"),
    Action("next_target", "f7,ctrl+pagedown", "next target", "Show what goes out on the next target", "compose"),
    Action("previous_target", "f6,ctrl+pageup", "previous target", "… on the previous target, or the base", "compose"),
    Action("next_finding", "f8", "next finding", "Go to what is wrong, one thing after another", "compose"),
    Action("inherit", "f9", "inherit", "Take text, media and time of the base again", "compose"),
    Action("undo_edit", "ctrl+z", "undo", "Undo; beyond this text, the versions saved before", "compose"),
    Action("redo_edit", "ctrl+y", "redo", "Do again what was undone", "compose"),
    # The app.
    Action("help", "question_mark,f1", "help", "Show all keys; type to find one", "app", key_display="?"),
    Action("command_palette", "ctrl+p", "palette", "Find a command, an account or a view", "app"),
    Action("redraw", "ctrl+l", "redraw", "Draw the screen anew: something wrote over it", "app"),
    Action("suspend", "ctrl+z", "suspend", "Go to the shell; fg comes back", "app", "suspend_process"),
    Action("quit", "q", "quit", "Leave", "app"),
    *(
        Action(f"account_{n}", str(n), f"account {n}", "Switch to the account of this number", "main", f"account({n})")
        for n in range(1, 10)
    ),
)

_BY_ID = {action.id: action for action in ACTIONS}
# The scopes that handle keys at the same time.  The composer lies over the rest and takes the keys that it knows.
_TOGETHER = (frozenset({"main", "feed", "insights", "app"}), frozenset({"compose"}))


def action(name: str) -> Action:
    """The action called `name`."""
    return _BY_ID[name]


def bindings(scope: str) -> list[Binding]:
    """The bindings of all actions that `scope` ("main", "feed", "compose", "app") handles."""
    return [entry.binding for entry in ACTIONS if entry.scope == scope]


_SIGNS = {"slash": "/", "question_mark": "?", "left_square_bracket": "[", "right_square_bracket": "]"}


def key_name(key: str) -> str:
    """A key as people write it: `^p` for `ctrl+p`, `/` for `slash`."""
    return _SIGNS.get(key.strip(), key.strip()).replace("ctrl+", "^")


def _is_key(key: str) -> bool:
    """Whether `key` is one that Textual can report: a character, a named key, or one of them with modifiers."""
    *modifiers, last = key.split("+") if key != "+" else [key]
    named = last in {known.value for known in Keys} or last in _SIGNS or len(last) == 1
    with contextlib.suppress(KeyError):
        named = named or bool(unicodedata.lookup(last.replace("_", " ")))
    return named and all(modifier in ("ctrl", "shift", "alt", "super", "meta") for modifier in modifiers)


def keymap_errors(keys: dict[str, str]) -> Iterator[str]:
    """What is wrong with a `[keys]` table: unknown actions, and keys that two actions would share."""
    import difflib

    for name in keys:
        if name not in _BY_ID:
            near = difflib.get_close_matches(name, _BY_ID, n=1)
            yield f"[keys] has no action {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    owners: dict[tuple[str, int], list[str]] = {}
    for entry in ACTIONS:
        for key in keys.get(entry.id, entry.keys).split(","):
            group = next(number for number, scopes in enumerate(_TOGETHER) if entry.scope in scopes)
            owners.setdefault((key.strip(), group), []).append(entry.id)
            if not _is_key(key.strip()):
                yield f"[keys] {entry.id}: there is no key {key.strip()!r}; e.g. c, f5, ctrl+e, slash, question_mark"
    for (key, _), names in owners.items():
        if len(names) > 1:
            yield f"[keys] gives {key!r} to both {names[0]!r} and {names[1]!r}"
