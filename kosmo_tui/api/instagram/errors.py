"""What an answer of Instagram's Graph API means: its error bodies → our errors.

Graph answers nearly every failure with HTTP 400, and the two hosts differ in `type`, message prefix and status, so
everything here is decided by `code` and `error_subcode`.  The meanings follow Meta's pages "Error codes" of the content
publishing guide and "Handle errors" of the Graph API; where practice differs, practice wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kosmo_tui.api.errors import ApiError, AuthExpired, Forbidden, NotFound, RateLimited, Refused, Unavailable
from kosmo_tui.api.http import Answer
from kosmo_tui.api.limits import Limits

MAX_MESSAGE = 300  # characters of a service's own message that are worth quoting


@dataclass(frozen=True)
class Reason:
    """Why something cannot be published, in words; `field` is the culprit, `retry` that a second try is worthwhile."""

    message: str
    hint: str = ""
    field: str = ""
    retry: bool = False


_NEW_CONTAINER = "send it again from the start; if it fails again, check the file"
_JPEG = "use a JPEG of at most 8 MB, between 4:5 (portrait) and 1.91:1 (landscape)"
_REEL = "use an MP4 or MOV file: H.264 or HEVC, AAC, 3 seconds to 15 minutes, at most 300 MB"
_PUBLIC = "the URL must be public, answer without a redirect and lead straight to the file"
_SPAM = "open the Instagram app and look whether the post is there before you send it again"

PUBLISHING: Mapping[int, Reason] = {
    2207001: Reason("Instagram had a failure of its own", "try again in a minute", retry=True),
    2207003: Reason("fetching the media took Instagram too long", _PUBLIC, "image_url", retry=True),
    2207004: Reason("the image is larger than 8 MB", _JPEG, "image_url"),
    2207005: Reason("the format of the image is not supported", _JPEG, "image_url"),
    2207006: Reason("the container is gone, or belongs to another account", _NEW_CONTAINER),
    2207008: Reason("the container is gone: it expired, or Instagram lost it", _NEW_CONTAINER),
    2207009: Reason("the aspect ratio of the image is not supported", _JPEG, "image_url"),
    2207010: Reason("the caption is too long", "2,200 characters, 30 hashtags and 20 @mentions are allowed", "caption"),
    2207020: Reason("the container expired: a container lives for 24 hours", _NEW_CONTAINER),
    2207023: Reason("the media type is unknown", "use IMAGE, VIDEO or CAROUSEL", "media_type"),
    2207026: Reason("the format of the video is not supported", _REEL, "image_url"),
    2207027: Reason("the media is not ready for publishing yet", "wait a minute, then try again"),
    2207028: Reason("a carousel takes 2 to 10 items", "", "image_url"),
    2207032: Reason("Instagram could not create the media", "try again in a minute"),
    2207035: Reason("product tags are not allowed on this media"),
    2207036: Reason("the product tags are not valid"),
    2207037: Reason("a product of the tags is not valid"),
    2207040: Reason("the caption holds more than 20 @mentions", "use fewer", "caption"),
    2207042: Reason("the account published as many posts as it may in 24 hours", "come back tomorrow"),
    2207050: Reason(
        "Instagram restricts the account", "open the Instagram app, sign in, and do what it asks for; then try again"
    ),
    2207051: Reason("Instagram blocked the action as possible spam", _SPAM),
    2207052: Reason(
        "Instagram could not fetch the media, or it is neither a photo nor a video", _PUBLIC, "image_url", retry=True
    ),
    2207053: Reason("the upload failed for an unknown reason", _NEW_CONTAINER, "image_url"),
    2207057: Reason("the offset of the thumbnail lies outside the video"),
    2207067: Reason("Instagram publishes a single video as a reel only", "use VIDEO or REELS", "media_type"),
    2207073: Reason("this type of media does not support the operation"),
    2207076: Reason("Instagram rejected the video, or could fetch only a part of it", _REEL, "image_url"),
    2207077: Reason(
        "Instagram could not download the video", f"{_PUBLIC}; its server must support Range requests", "image_url"
    ),
    2207081: Reason("this account may not publish trial reels"),
    2207082: Reason("the upload to Instagram failed", _NEW_CONTAINER, "image_url"),
    2207085: Reason("Instagram could not process the video", _REEL, "image_url"),
    2207086: Reason("the metric exists only for media that is shared to Facebook as well"),
    2207089: Reason("a video that was made for a carousel cannot be published alone", "use REELS", "media_type"),
}

_RECONNECT = "reconnect the account: make a new token and store it with `kosmo accounts add`"
_TOKEN: Mapping[int, tuple[str, str]] = {  # subcodes of 190 and 102
    0: ("the token has expired", _RECONNECT),
    458: ("the app was removed from the account", _RECONNECT),
    459: ("Instagram wants the account's owner to sign in (checkpoint)", "sign in at instagram.com, then reconnect"),
    460: ("the token ended because the password was changed", _RECONNECT),
    463: ("the token has expired", _RECONNECT),
    464: ("the account is not confirmed", "sign in at instagram.com and confirm it, then reconnect"),
    467: ("the token is not valid any more", _RECONNECT),
    492: ("the user behind the token has no access to the Page any more", _RECONNECT),
}
_TOO_MANY: Mapping[int, tuple[str, str]] = {  # code → (window, who is limited)
    4: ("app", "the app"),
    17: ("user", "the user"),
    32: ("page", "the Page"),
    341: ("app", "the app"),
    613: ("app", "this kind of call"),
    80002: ("account", "the account"),
}


def judge(answer: Answer) -> ApiError | None:
    """The error that `answer` stands for; None when its body holds no error of Graph's."""
    error = answer.json.get("error") if isinstance(answer.json, dict) else None
    if not isinstance(error, dict):
        return None
    code, subcode = _integer(error.get("code")), _integer(error.get("error_subcode"))
    name = f"http {answer.status}" if code is None else str(code) if subcode is None else f"{code}/{subcode}"
    text = said(error)
    match code, subcode:
        case ((102 | 190), _):
            return _token(subcode, text, name)
        case 104, _:
            return AuthExpired("Instagram got no token", hint=_RECONNECT, code=name)
        case 2500, _ if "access token" in text:
            return AuthExpired("Instagram did not see the token", hint=_RECONNECT, code=name)
        case 2500, _ if "path components" in text:
            hint = "check api_version of this account, and that base_url holds no version"
            return Refused(f"Instagram does not know this address: {text}", hint=hint, code=name)
        case 9, 2207042:
            reason = PUBLISHING[2207042]
            return RateLimited(reason.message, window="24h", hint=reason.hint, code=name)
        case 24, _:
            return NotFound(PUBLISHING[2207008].message, hint=_NEW_CONTAINER, code=name)
        case 25, _:
            return Forbidden(PUBLISHING[2207050].message, hint=PUBLISHING[2207050].hint, code=name)
        case _, int() if subcode in PUBLISHING:
            reason = PUBLISHING[subcode]
            return Refused(reason.message, field=reason.field, hint=reason.hint, code=name)
        case int(), _ if code in _TOO_MANY or 80000 <= code <= 80014:
            return _limited(code, answer.headers, name)
        case 10, _ if "enough viewers" in text:
            return Refused("too few people saw it: Instagram tells nothing below 5 viewers", code=name)
        case int(), _ if code in (3, 10) or 200 <= code <= 299:
            hint = "reconnect the account and grant the permission that is missing"
            return Forbidden(f"the token has no permission for this: {text}", hint=hint, code=name)
        case (100, 33) | (803, _):
            hint = "check the id; it may be deleted, or belong to an account that this token cannot see"
            found = re.search(r"ID '([^']{1,80})'", text)
            what = f"the id {found[1]}" if found else f"this object ({text})"
            return NotFound(f"Instagram does not know {what}, or hides it", hint=hint, code=name)
        case ((1 | 2), _) if "reduce the amount of data" in text:
            return Unavailable("this is too much for one request", hint="ask for fewer items or fields", code=name)
        case ((1 | 2), _):
            hint = "try again in a minute"
            return Unavailable(f"Instagram failed: {text}", hint=hint, code=name, transient=True)
        case 100, _ if "method type" in text:
            hint = "while the app is in development, the account must be one of its testers; check the token's host too"
            return Refused(f"Instagram does not serve this account: {text}", hint=hint, code=name)
        case 368, _:
            hint = "wait some hours, or look into the Instagram app for the reason"
            return Refused(f"Instagram blocks the action for now: {text}", hint=hint, code=name)
    if error.get("is_transient") is True or (answer.status >= 500 and code != 100):
        return Unavailable(f"Instagram failed: {text}", hint="try again in a minute", code=name, transient=True)
    return Refused(f"Instagram refused: {text}", code=name)


def said(error: Mapping[str, Any]) -> str:
    """The words of an error body, without `(#100) `: the message, and what it has for people when that is more."""
    texts = []
    for key in ("message", "error_user_msg"):
        text = error.get(key)
        if isinstance(text, str) and text.strip():
            texts.append(re.sub(r"^\(#\d+\) ", "", text.strip()))
    text = ": ".join(dict.fromkeys(texts)) or "no reason given"
    return text if len(text) <= MAX_MESSAGE else text[:MAX_MESSAGE] + "…"


def subcode_of(error: ApiError) -> int | None:
    """The subcode in `error.code` ("9004/2207052" → 2207052)."""
    _, _, subcode = error.code.partition("/")
    return _integer(subcode)


def _token(subcode: int | None, text: str, name: str) -> AuthExpired:
    if subcode == 0 and "expired" not in text:  # graph.instagram.com sends 0 for whatever ended the token
        subcode = None
    if subcode is None and "expired" in text:
        subcode = 463
    if subcode is not None and subcode in _TOKEN:
        message, hint = _TOKEN[subcode]
    elif "parse" in text:
        message = "the token is not one that this host understands"
        hint = 'a token of Instagram Login starts with IGAA and needs login = "instagram", others need "facebook"'
    else:
        message, hint = f"the token is not accepted: {text}", _RECONNECT
    return AuthExpired(message, hint=hint, code=name)


def _limited(code: int, headers: Mapping[str, str], name: str) -> RateLimited:
    window, who = _TOO_MANY.get(code, ("account", "the account"))
    now, limits = datetime.now(UTC), Limits()
    limits.update_instagram(headers, now)
    known = limits.window("account")
    if known is None or known.resets_at is None:
        hint = "wait, up to an hour; calls that are made meanwhile make it longer"
        return RateLimited(f"too many calls of {who}", window=window, hint=hint, code=name)
    seconds = (known.resets_at - now).total_seconds()
    hint = f"wait {seconds / 60:.0f} minutes, until {known.resets_at:%H:%M} UTC; calls made meanwhile make it longer"
    return RateLimited(
        f"too many calls of {who}", window=window, until=known.resets_at, hint=hint, code=name, retry_after=seconds
    )


def _integer(value: Any) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
