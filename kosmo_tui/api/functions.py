"""The fourteen functions as data: names, parameters and documentation, in one place.

`kosmo call`, `kosmo docs` and the palette read from here, and no account may have the name of a function.  Names and
parameters follow the function reference; a parameter has the reference's camelCase spelling (`wire`) and a Python
spelling (`name`): callers may use either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

from kosmo_tui.api.errors import BadParameter
from kosmo_tui.api.safe_text import SafeText, clean

Service = Literal["buffer", "instagram"]
Type = Literal["string", "integer", "boolean", "array", "object", "string|array"]
MAX_COUNT = 100  # the most of one page that either service hands out


class Parameter(msgspec.Struct, frozen=True):
    """One parameter: `wire` as in the reference, `name` as in Python."""

    wire: str
    type: Type
    doc: str
    required: bool = False

    @property
    def name(self) -> str:
        return re.sub(r"([A-Z])", lambda found: "_" + found[1].lower(), self.wire)


class Function(msgspec.Struct, frozen=True):
    """One of the fourteen: `writes` marks the two that publish."""

    service: Service
    name: str
    doc: str
    parameters: tuple[Parameter, ...] = ()
    writes: bool = False

    @property
    def full_name(self) -> str:
        """`buffer.list_profiles`."""
        return f"{self.service}.{self.name}"


def _paged(what: str) -> tuple[Parameter, ...]:
    return (
        Parameter("profileId", "string", f"The social profile ID to list {what} updates for.", required=True),
        Parameter("count", "integer", "Number of updates to return per page (1 to 100, default 20)."),
        Parameter("page", "integer", "Page number, from 1 (default 1). Each page before it costs one request."),
    )


_FIELDS = Parameter("fields", "string", "Comma-separated list of fields to return.")

FUNCTIONS: tuple[Function, ...] = (
    Function("buffer", "list_profiles", "List all social media profiles connected to the Buffer account."),
    Function(
        "buffer",
        "get_profile",
        "Get one social media profile by its ID.",
        (Parameter("profileId", "string", "The social profile ID to retrieve.", required=True),),
    ),
    Function("buffer", "list_pending_updates", "List the scheduled (pending) updates of a profile.", _paged("pending")),
    Function(
        "buffer",
        "create_update",
        "Create an update on one or more profiles: at the end of the queue, now, or at a time.",
        (
            Parameter("text", "string", "The text of the update.", required=True),
            Parameter("profileIds", "array", "IDs of the profiles to publish to.", required=True),
            Parameter("shorten", "boolean", "Shorten links. Buffer decides this per channel now: a notice tells."),
            Parameter("now", "boolean", "Post immediately instead of queueing (default false)."),
            Parameter("scheduledAt", "string", "ISO 8601 time with offset, e.g. 2027-02-01T09:00:00Z."),
            Parameter(
                "media",
                "object",
                "Attachments: photo (or picture), video, link; with alt_text, title, description. "
                "A list of URLs is accepted for photo.",
            ),
        ),
        writes=True,
    ),
    Function("buffer", "list_sent_updates", "List the updates of a profile that were sent.", _paged("sent")),
    Function(
        "buffer",
        "get_update",
        "Get one update by its ID: text, times, media, status, and why it failed.",
        (Parameter("updateId", "string", "The update ID to retrieve.", required=True),),
    ),
    Function("buffer", "get_current_user", "Get the Buffer user behind the token."),
    Function(
        "instagram",
        "list_media",
        "List the media that the account published, newest first.",
        (
            Parameter("limit", "integer", "Number of media items per page (1 to 100, default 25)."),
            Parameter("after", "string", "Return items after this cursor."),
            Parameter("before", "string", "Return items before this cursor."),
            _FIELDS,
        ),
    ),
    Function(
        "instagram",
        "get_media",
        "Get one media item by its ID.",
        (Parameter("mediaId", "string", "The media ID to retrieve.", required=True), _FIELDS),
    ),
    Function(
        "instagram",
        "create_media",
        "Publish a photo, a video (as a reel) or a carousel from public URLs.",
        (
            Parameter(
                "imageUrl",
                "string|array",
                "URL of the image or video; for a carousel 2 to 10 URLs, as a list or separated by commas.",
                required=True,
            ),
            Parameter("caption", "string", "Caption of the post."),
            Parameter("mediaType", "string", "IMAGE, VIDEO (published as a reel) or CAROUSEL; guessed when left out."),
            Parameter("publish", "boolean", "Publish immediately (default true); false makes the container only."),
        ),
        writes=True,
    ),
    Function(
        "instagram",
        "list_comments",
        "List the comments on a media item, newest first.",
        (
            Parameter("mediaId", "string", "The media ID to list comments for.", required=True),
            Parameter("limit", "integer", "Number of comments per page (1 to 50, default 25)."),
            Parameter("after", "string", "Return comments after this cursor."),
        ),
    ),
    Function(
        "instagram",
        "get_comment",
        "Get one comment by its ID.",
        (Parameter("commentId", "string", "The comment ID to retrieve.", required=True),),
    ),
    Function(
        "instagram",
        "list_insights",
        "Get the insights of the account; a metric that cannot be had becomes a notice.",
        (
            Parameter("metric", "string", "Comma-separated metrics, e.g. reach,views,profile_views,follower_count."),
            Parameter("period", "string", "day (default), week, days_28, month or lifetime."),
            Parameter("since", "string", "Start (UNIX timestamp or ISO date)."),
            Parameter("until", "string", "End (UNIX timestamp or ISO date)."),
        ),
    ),
    Function("instagram", "get_current_user", "Get the Instagram account behind the token."),
)


def find(name: str) -> Function:
    """The function called `name`: `buffer.list_profiles` or `buffer.buffer_list_profiles`.

    Raises BadParameter with the nearest names when there is none.
    """
    service, _, short = name.partition(".")
    short = short.removeprefix(f"{service}_")
    for function in FUNCTIONS:
        if function.service == service and function.name == short:
            return function
    import difflib

    near = difflib.get_close_matches(name, [function.full_name for function in FUNCTIONS], n=3, cutoff=0.5)
    hint = "did you mean " + " or ".join(near) + "?" if near else "`kosmo docs` lists the functions"
    raise BadParameter(f"no function is called {name!r}", hint=hint)


def check(function: Function, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """`arguments` by their Python names, of the right types.

    Strings that spell an integer or a boolean are taken as such (command lines have only strings).  Raises
    BadParameter for one that is unknown, given twice, missing or of the wrong type.
    """
    known = {spelling: parameter for parameter in function.parameters for spelling in (parameter.wire, parameter.name)}
    checked: dict[str, Any] = {}
    for given, value in arguments.items():
        parameter = known.get(given)
        if parameter is None:
            names = ", ".join(parameter.wire for parameter in function.parameters) or "none"
            raise BadParameter(
                f"{function.full_name} has no parameter {given!r}", parameter=given, hint=f"its parameters: {names}"
            )
        if parameter.name in checked:
            raise BadParameter(f"{parameter.wire} is given twice", parameter=given)
        if value is not None:
            checked[parameter.name] = _typed(function, parameter, value)
    for parameter in function.parameters:
        if parameter.required and parameter.name not in checked:
            raise BadParameter(
                f"{function.full_name} needs {parameter.wire}",
                parameter=parameter.wire,
                hint=f"{parameter.wire}: {parameter.doc}",
            )
    return checked


def _typed(function: Function, parameter: Parameter, value: Any) -> Any:
    match parameter.type, value:
        case "string" | "string|array", str():
            return value
        case "string", int() | float() if not isinstance(value, bool):
            return str(value)
        case "integer", int() if not isinstance(value, bool):
            return value
        case "integer", str() if re.fullmatch(r"[+-]?\d{1,18}", value.strip()):
            return int(value)
        case "boolean", bool():
            return value
        case "boolean", str() if value.lower() in {"true", "false", "yes", "no", "1", "0"}:
            return value.lower() in {"true", "yes", "1"}
        case "array" | "string|array", list() | tuple() if all(isinstance(item, str) for item in value):
            return list(value)
        case "array", str():
            return [item.strip() for item in value.split(",") if item.strip()]
        case "object", Mapping():
            return dict(value)
        case "object", str() if value.lstrip().startswith("{"):
            try:
                decoded = msgspec.json.decode(value.encode())
            except (msgspec.DecodeError, UnicodeEncodeError):
                decoded = None
            if isinstance(decoded, dict):
                return decoded
    raise BadParameter(
        f"{function.full_name}: {parameter.wire} must be of type {parameter.type}, not {clean(repr(value))[:60]}",
        parameter=parameter.wire,
        hint=f"{parameter.wire}: {parameter.doc}",
    )


async def call(client: Any, function: Function, arguments: Mapping[str, Any]) -> Any:
    """Call `function` on `client` (the client of its service and account) and return its result as plain JSON values.

    The result has the shape of the reference; texts are as the service sent them.  Raises BadParameter before
    anything is sent, and the errors of the client.
    """
    result = await getattr(client, function.name)(**check(function, arguments))
    return as_json(result)


def as_json(result: Any) -> Any:
    """A result of a client as plain JSON values: Graph's own JSON for Instagram, the reference's shapes for Buffer."""
    raw = getattr(result, "raw", None)
    if isinstance(raw, dict):
        return raw
    plain = msgspec.to_builtins(result, enc_hook=_encode, builtin_types=(datetime,))
    if isinstance(plain, dict):
        plain.pop("cursor", None)  # for the dashboard: the reference pages by number
    return plain


def _encode(value: Any) -> Any:
    if isinstance(value, SafeText):
        return value.raw
    raise NotImplementedError
