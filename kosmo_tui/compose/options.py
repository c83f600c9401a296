"""What networks take beside text and attachments: the names under which a draft holds it, and who takes what.

The fields are those of Buffer's schema (`PostInputMetaData`): `first_comment` is `firstComment`, `board` is
`boardServiceId`, `spoiler` is `spoilerText`; `title`, `topic`, `type` and `privacy` are called the same there.
`link` is Pinterest's `url`, and at Google the link of the button; `start` and `end` are the days (ISO) of Google's
events and offers, which need a title.  How long each may be is in networks.toml.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kosmo_tui.compose.draft import Draft, Target

Choices = tuple[tuple[str, str], ...]
_TITLE = 100  # characters; YouTube takes no longer title


@dataclass(frozen=True)
class Option:
    """One option.  `placeholder` says what an empty one means; `choices` are (value, label), if there is a choice.

    Where there are choices, an empty value means the first of them.
    """

    name: str
    label: str
    networks: tuple[str, ...]
    placeholder: str = ""
    choices: Choices = ()


_GOOGLE_TYPES: Choices = (("whats_new", "update"), ("event", "event"), ("offer", "offer"))
_KINDS: Choices = (("", "automatic"), ("post", "post"), ("reel", "reel"), ("story", "story"))
_PRIVACY: Choices = (("public", "public"), ("unlisted", "unlisted"), ("private", "private"))

OPTIONS: tuple[Option, ...] = (
    Option("type", "Type", ("instagram", "facebook"), choices=_KINDS),
    Option("type", "Type", ("googlebusiness",), choices=_GOOGLE_TYPES),
    Option("title", "Title", ("youtube",), "the first line of the text"),
    Option("title", "Title", ("pinterest", "tiktok"), "none"),
    Option("title", "Title", ("googlebusiness",), "of the event or offer"),
    Option("start", "Starts", ("googlebusiness",), "first day, e.g. 2026-12-24"),
    Option("end", "Ends", ("googlebusiness",), "last day, e.g. 2026-12-26"),
    Option("board", "Board", ("pinterest",)),
    Option("link", "Link", ("pinterest",), "where the pin leads"),
    Option("link", "Link", ("googlebusiness",), "of the button “Learn more”"),
    Option("first_comment", "First comment", ("instagram", "facebook", "linkedin"), "none"),
    Option("spoiler", "Warning", ("mastodon",), "shown before the text"),
    Option("topic", "Topic", ("threads",), "one, without #"),
    Option("privacy", "Privacy", ("youtube",), choices=_PRIVACY),
)
NAMES = frozenset(option.name for option in OPTIONS)


def options_of(target: Target) -> tuple[Option, ...]:
    """The options that `target` takes, in the order in which they are asked.  Instagram itself takes none."""
    if target.service == "instagram":
        return ()
    return tuple(
        replace(option, choices=target.boards) if option.name == "board" else option
        for option in OPTIONS
        if target.network in option.networks
    )


def title_of(post: Draft) -> str:
    """The title of a video at YouTube: the one that is given, else the first line of the text."""
    line = post.text.strip().partition("\n")[0].replace("<", "").replace(">", "")  # neither may be in a title
    return post.options.get("title", "").strip() or line[:_TITLE].strip()
